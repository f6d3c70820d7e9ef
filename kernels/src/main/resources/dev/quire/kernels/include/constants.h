/* Numbers that kernels and Java share; ConstantsTest compares each with its namesake in dev.quire.kernels.portable.Constants. */

/* Canon 1 (RULES, N5, N6, N11). */
#define LANES 32
#define SLICES 8
#define SEGMENT 512

/* Work-groups and tiles. */
#define ELEMENT_GROUP 256
#define LINEAR_GROUP 128
#define LINEAR_COLUMNS 4
#define LINEAR_ROWS 8
#define ATTEND_GROUP 128
#define ATTEND_VECTORS 8
#define ATTEND_HEAD 256
#define SAMPLE_GROUP 256
#define PART_WORDS 37
#define EXPERTS 1024
#define TILE_INTS 3

/* Where a work-item is a whole vector unit. */
#define WIDE_GROUP 4
#define WIDE_BLOCK 16
#define WIDE_ROW_COLUMNS 8
#define WIDE_STORED_COLUMNS 4
#define WIDE_STORED_ROWS 32
#define WIDE_TILE_ROWS 4
#define WIDE_TALL_ROWS 8
#define WIDE_TILE_COLUMNS 3
#define ATTEND_FEW 4

/* Where 32 lanes share tensor cores. */
#define DECODE_VECTORS 16
#define MERGE_GROUP 128
#define FEW_WARPS 8
#define FEW_ROWS 8
#define FEW_COLUMNS 16
#define MANY_WARPS 4
#define MANY_ROWS 64
#define MANY_COLUMNS 32
#define NORM_GROUP 256

/* Ordinals of Activation. */
#define ACTIVATION_SILU 0
#define ACTIVATION_GELU 1
#define ACTIVATION_GELU_TANH 2
#define ACTIVATION_QUICK_GELU 3
#define ACTIVATION_RELU 4
#define ACTIVATION_RELU_SQUARED 5
#define ACTIVATION_TANH 6
#define ACTIVATION_SIGMOID 7

/* Ordinals of WeightFormat. */
#define FORMAT_F32 0
#define FORMAT_F16 1
#define FORMAT_BF16 2
#define FORMAT_Q8_0 3
#define FORMAT_Q4_0 4
#define FORMAT_Q4_1 5
#define FORMAT_Q5_0 6
#define FORMAT_Q5_1 7
#define FORMAT_Q2_K 8
#define FORMAT_Q3_K 9
#define FORMAT_Q4_K 10
#define FORMAT_Q5_K 11
#define FORMAT_Q6_K 12
#define FORMAT_INT8 13
#define FORMAT_INT4_G32 14
#define FORMAT_INT4_G64 15
#define FORMAT_INT4_G128 16

/* What a query sees. */
#define MASK_CAUSAL 0
#define MASK_WINDOW 1
#define MASK_BIDIRECTIONAL 2

/* A sampling row's record: ints from here, lists behind all records. A 64-bit number stands low word first. */
#define ROW_LOGITS 0
#define ROW_TEMPERATURE 1
#define ROW_TOP_K 2
#define ROW_TOP_P 3
#define ROW_TOP_P_CUTS 5
#define ROW_MIN_P 6
#define ROW_KEY 7
#define ROW_COUNTER 9
#define ROW_FORCED 11
#define ROW_TOP_LOGPROBS 12
#define ROW_REPETITION 13
#define ROW_FREQUENCY 14
#define ROW_PRESENCE 15
#define ROW_ALLOWED 16
#define ROW_PENALIZED 18
#define ROW_PRODUCED 20
#define ROW_BIASED 22
#define ROW_INTS 24
