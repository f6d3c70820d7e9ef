package dev.quire.backends.tornado;

/**
 * The numbers of {@code constants.h} of {@code dev.quire.kernels} for kernels in Java, under the same names: what launches and these kernels agree on. They
 * are constants of the compiler, since TornadoVM reads no enum and no static field.
 */
public final class KernelConstants {
    public static final int LANES = 32;
    public static final int SLICES = 8;
    public static final int SEGMENT = 512;

    public static final int ELEMENT_GROUP = 256;
    public static final int LINEAR_GROUP = 128;
    public static final int LINEAR_COLUMNS = 4;
    public static final int LINEAR_ROWS = 8;
    public static final int ATTEND_GROUP = 128;
    public static final int ATTEND_VECTORS = 8;
    public static final int ATTEND_HEAD = 256;
    public static final int SAMPLE_GROUP = 256;
    public static final int EXPERTS = 1024;
    public static final int TILE_INTS = 3;

    public static final int ACTIVATION_SILU = 0;
    public static final int ACTIVATION_GELU = 1;
    public static final int ACTIVATION_GELU_TANH = 2;
    public static final int ACTIVATION_QUICK_GELU = 3;
    public static final int ACTIVATION_RELU = 4;
    public static final int ACTIVATION_RELU_SQUARED = 5;
    public static final int ACTIVATION_TANH = 6;
    public static final int ACTIVATION_SIGMOID = 7;

    public static final int FORMAT_F32 = 0;
    public static final int FORMAT_F16 = 1;
    public static final int FORMAT_BF16 = 2;
    public static final int FORMAT_Q8_0 = 3;
    public static final int FORMAT_Q4_0 = 4;
    public static final int FORMAT_Q4_1 = 5;
    public static final int FORMAT_Q5_0 = 6;
    public static final int FORMAT_Q5_1 = 7;
    public static final int FORMAT_Q2_K = 8;
    public static final int FORMAT_Q3_K = 9;
    public static final int FORMAT_Q4_K = 10;
    public static final int FORMAT_Q5_K = 11;
    public static final int FORMAT_Q6_K = 12;
    public static final int FORMAT_INT8 = 13;
    public static final int FORMAT_INT4_G32 = 14;
    public static final int FORMAT_INT4_G64 = 15;
    public static final int FORMAT_INT4_G128 = 16;

    public static final int MASK_WINDOW = 1;
    public static final int MASK_BIDIRECTIONAL = 2;

    public static final int ROW_LOGITS = 0;
    public static final int ROW_TEMPERATURE = 1;
    public static final int ROW_TOP_K = 2;
    public static final int ROW_TOP_P = 3;
    public static final int ROW_TOP_P_CUTS = 5;
    public static final int ROW_MIN_P = 6;
    public static final int ROW_KEY = 7;
    public static final int ROW_COUNTER = 9;
    public static final int ROW_FORCED = 11;
    public static final int ROW_TOP_LOGPROBS = 12;
    public static final int ROW_REPETITION = 13;
    public static final int ROW_FREQUENCY = 14;
    public static final int ROW_PRESENCE = 15;
    public static final int ROW_ALLOWED = 16;
    public static final int ROW_PENALIZED = 18;
    public static final int ROW_PRODUCED = 20;
    public static final int ROW_BIASED = 22;
    public static final int ROW_INTS = 24;

    private KernelConstants() {}
}
