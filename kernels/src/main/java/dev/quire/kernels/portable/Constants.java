package dev.quire.kernels.portable;

/** The numbers of {@code include/constants.h} that the planning needs under its own names. */
final class Constants {
    static final int LANES = 32;
    static final int SLICES = 8;
    static final int SEGMENT = 512;

    static final int ELEMENT_GROUP = 256;
    static final int LINEAR_GROUP = 128;
    static final int LINEAR_COLUMNS = 4;
    static final int LINEAR_ROWS = 8;
    static final int ATTEND_GROUP = 128;
    static final int ATTEND_VECTORS = 8;
    static final int ATTEND_HEAD = 256;
    static final int SAMPLE_GROUP = 256;
    static final int PART_WORDS = 37;
    static final int EXPERTS = 1024;
    static final int TILE_INTS = 3;

    static final int WIDE_GROUP = 4;
    static final int WIDE_BLOCK = 16;
    static final int WIDE_ROW_COLUMNS = 8;
    static final int WIDE_STORED_COLUMNS = 4;
    static final int WIDE_STORED_ROWS = 32;
    static final int WIDE_TILE_ROWS = 4;
    static final int WIDE_TALL_ROWS = 8;
    static final int WIDE_TILE_COLUMNS = 3;
    static final int ATTEND_FEW = 4;

    static final int DECODE_VECTORS = 16;
    static final int MERGE_GROUP = 128;
    static final int FEW_WARPS = 8;
    static final int FEW_ROWS = 8;
    static final int FEW_COLUMNS = 16;
    static final int MANY_WARPS = 4;
    static final int MANY_ROWS = 64;
    static final int MANY_COLUMNS = 32;
    static final int NORM_GROUP = 256;

    static final int MASK_CAUSAL = 0;
    static final int MASK_WINDOW = 1;
    static final int MASK_BIDIRECTIONAL = 2;

    static final int ROW_LOGITS = 0;
    static final int ROW_TEMPERATURE = 1;
    static final int ROW_TOP_K = 2;
    static final int ROW_TOP_P = 3;
    static final int ROW_TOP_P_CUTS = 5;
    static final int ROW_MIN_P = 6;
    static final int ROW_KEY = 7;
    static final int ROW_COUNTER = 9;
    static final int ROW_FORCED = 11;
    static final int ROW_TOP_LOGPROBS = 12;
    static final int ROW_REPETITION = 13;
    static final int ROW_FREQUENCY = 14;
    static final int ROW_PRESENCE = 15;
    static final int ROW_ALLOWED = 16;
    static final int ROW_PENALIZED = 18;
    static final int ROW_PRODUCED = 20;
    static final int ROW_BIASED = 22;
    static final int ROW_INTS = 24;

    private Constants() {}
}
