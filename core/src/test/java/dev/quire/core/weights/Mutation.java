package dev.quire.core.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Ways to damage a file: by accident and on purpose. */
enum Mutation {
    FLIP_BITS {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            byte[] damaged = file.clone();
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                damaged[near(file, random)] ^= (byte) (1 << random.nextInt(8));
            }
            return damaged;
        }
    },
    TRUNCATE {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
    },
    EXTREME_NUMBER {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            long[] extremes = {
                0,
                1,
                -1,
                31,
                Byte.MAX_VALUE,
                0xFFFF,
                Integer.MAX_VALUE,
                1L << 31,
                1L << 32,
                1L << 40,
                1L << 62,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            };
            ByteBuffer value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            value.putLong(0, extremes[random.nextInt(extremes.length)]);
            int length = random.nextBoolean() ? 4 : 8;
            byte[] damaged = file.clone();
            int at = Math.min(near(file, random), file.length - length);
            System.arraycopy(value.array(), 0, damaged, at, length);
            return damaged;
        }
    },
    EXTREME_DIGITS {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            String[] extremes = {"0", "-1", "1e3", "2147483648", "9223372036854775807", "99999999999999999999", "\"x\""
            };
            int start = near(file, random);
            while (start < file.length && !Character.isDigit(file[start])) {
                start++;
            }
            int end = start;
            while (end < file.length && Character.isDigit(file[end])) {
                end++;
            }
            byte[] digits = extremes[random.nextInt(extremes.length)].getBytes(StandardCharsets.US_ASCII);
            return repaired(splice(file, start, end, digits), digits.length - (end - start));
        }
    },
    REPEAT_BYTES {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            int from = near(file, random);
            int end = Math.min(file.length, from + random.nextInt(1, 64));
            int at = near(file, random);
            return repaired(splice(file, at, at, Arrays.copyOfRange(file, from, end)), end - from);
        }
    },
    OVERWRITE_WITH_OWN_BYTES {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            int length = random.nextInt(1, 64);
            int from = random.nextInt(file.length - length);
            int at = random.nextInt(file.length - length);
            return splice(file, at, at + length, Arrays.copyOfRange(file, from, from + length));
        }
    },
    REMOVE_BYTES {
        @Override
        byte[] apply(byte[] file, RandomGenerator random) {
            int from = near(file, random);
            int end = Math.min(file.length, from + random.nextInt(1, 32));
            return repaired(splice(file, from, end, new byte[0]), from - end);
        }
    };

    abstract byte[] apply(byte[] file, RandomGenerator random);

    /** A position, more often in the header than in the data. */
    private static int near(byte[] file, RandomGenerator random) {
        int position = random.nextInt(file.length);
        return random.nextBoolean() ? position : position / 2;
    }

    private static byte[] splice(byte[] file, int from, int end, byte[] replacement) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, from);
        out.writeBytes(replacement);
        out.write(file, end, file.length - end);
        return out.toByteArray();
    }

    /** A safetensors file keeps a header length that fits, so that damage reaches the JSON. */
    private static byte[] repaired(byte[] file, int grown) {
        if (file.length > 9 && file[8] == '{') {
            ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(0, buffer.getLong(0) + grown);
        }
        return file;
    }
}
