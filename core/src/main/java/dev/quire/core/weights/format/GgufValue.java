package dev.quire.core.weights.format;

import java.lang.foreign.MemorySegment;

/** A value of GGUF metadata. */
public sealed interface GgufValue {
    /** Its type in the file. */
    GgufType type();

    /** How errors name what was found. */
    default String description() {
        return type().toString();
    }

    /** A whole number; a uint64 above the largest long is negative. */
    record Int(GgufType type, long value) implements GgufValue {}

    /** A number with a fraction. */
    record Real(GgufType type, double value) implements GgufValue {}

    /** True or false. */
    record Bool(boolean value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.BOOL;
        }
    }

    /** Text; what is not UTF-8 reads as replacement characters. */
    record Text(String value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.STRING;
        }
    }

    /**
     * An array, left in the file until it is asked for: vocabularies are large.
     *
     * @param elementType type of every element
     * @param count how many
     * @param bytes the elements, already checked
     */
    record Items(GgufType elementType, int count, MemorySegment bytes) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.ARRAY;
        }

        @Override
        public String description() {
            return "array of %d %s".formatted(count, elementType);
        }
    }
}
