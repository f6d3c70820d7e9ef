package dev.quire.core.testing;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Another file of a GGUF model whose matrices are plain: each is decoded and rounded to BF16, everything else is copied. */
public final class PlainGguf {
    private static final int F32 = 0;
    private static final int BF16 = 30;
    private static final int ALIGNMENT = 32;
    /** Where the metadata begins. */
    private static final int HEADER = 24;

    private PlainGguf() {}

    /** Writes the file {@code to}; of a model whose tensors are aligned as by default. */
    public static void write(Path from, Path to) throws IOException {
        try (Gguf file = Gguf.open(from);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            List<Tensor> tensors = new ArrayList<>(file.tensors().values());
            byte[] whole = Files.readAllBytes(from);
            int infos = tensors.stream()
                    .mapToInt(tensor -> find(whole, tensor.name()))
                    .min()
                    .orElseThrow();
            ByteBuffer head = ByteBuffer.allocate(infos + tensors.size() * 256).order(ByteOrder.LITTLE_ENDIAN);
            head.put(whole, 0, infos);
            long offset = 0;
            for (Tensor tensor : tensors) {
                info(head, tensor, offset);
                offset += aligned(bytes(tensor));
            }
            head.position(Math.toIntExact(aligned(head.position())));
            out.write(head.flip());
            for (Tensor tensor : tensors) {
                ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(aligned(bytes(tensor))));
                fill(tensor, MemorySegment.ofBuffer(data));
                out.write(data);
            }
        }
    }

    private static int find(byte[] whole, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] wanted = ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
        for (int at = HEADER; at < whole.length - wanted.length; at++) {
            if (Arrays.equals(whole, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new IllegalStateException("no tensor '%s'".formatted(name));
    }

    private static WeightFormat format(Tensor tensor) {
        return tensor.shape().size() == 1 ? WeightFormat.F32 : WeightFormat.BF16;
    }

    private static long bytes(Tensor tensor) {
        return tensor.rows() * format(tensor).bytes(tensor.columns());
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    private static void info(ByteBuffer head, Tensor tensor, long offset) {
        byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
        head.putLong(name.length).put(name).putInt(tensor.shape().size());
        tensor.shape().reversed().forEach(head::putLong);
        head.putInt(format(tensor) == WeightFormat.F32 ? F32 : BF16).putLong(offset);
    }

    private static void fill(Tensor tensor, MemorySegment to) {
        int columns = Math.toIntExact(tensor.columns());
        float[] row = new float[columns];
        for (long r = 0; r < tensor.rows(); r++) {
            BlockDecoder.decode(
                    tensor.format(), tensor.data(), r * tensor.format().bytes(columns), row, 0, columns);
            PlainEncoder.encode(format(tensor), row, 0, to, r * format(tensor).bytes(columns), columns);
        }
    }
}
