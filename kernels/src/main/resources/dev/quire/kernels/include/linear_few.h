/* Up to 8 rows of x times 16 columns of each of MATRICES matrices of a format, on all warps of a work-group: each takes every FEW_WARPS-th chunk of K,
 * AHEAD chunks under way at a time, and the warps' sums meet in local memory. */
#include "linear_warp.h"

#define AHEAD (FORMAT == FORMAT_Q6_K ? 2 : 4) /* chunks; the longest take registers for two */

/* sums += x · wᵀ of a warp's chunks, for the 16 columns from `first` on. */
template <int MATRICES>
FN void multiply_few(float (&sums)[MATRICES][1][4], const float *x, const u8 *const (&w)[MATRICES], int first, int rows, int n, int k, int row_bytes) {
    constexpr int DEPTH = AHEAD / MATRICES;
    int lane = LID % WARP, warp = LID / WARP;
    const u8 *columns[MATRICES][2];
#pragma unroll
    for (int i = 0; i < 2 * MATRICES; i++) {
        int column = first + lane / 4 + 8 * (i % 2);
        columns[i / 2][i % 2] = w[i / 2] + (i64)(column < n ? column : n - 1) * row_bytes;
    }
#pragma unroll
    for (int i = 0; i < 4 * MATRICES; i++) {
        sums[i / 4][0][i % 4] = 0.0f;
    }
    const float *in = x + (i64)(lane / 4 < rows ? lane / 4 : rows - 1) * k;
    int chunks = k / CHUNK;
    for (int chunk = warp; chunk < chunks; chunk += DEPTH * FEW_WARPS) {
        Chunk ahead[DEPTH][MATRICES];
#pragma unroll
        for (int i = 0; i < DEPTH * MATRICES; i++) {
            int c = chunk + i / MATRICES * FEW_WARPS;
            load_chunk(ahead[i / MATRICES][i % MATRICES], columns[i % MATRICES], c < chunks ? c : chunk);
        }
#pragma unroll
        for (int i = 0; i < DEPTH; i++) {
            int c = chunk + i * FEW_WARPS;
            if (c < chunks) {
#pragma unroll
                for (int group = 0; group < GROUPS_PER_CHUNK; group++) {
                    u32 b[1][4];
                    float of_x[1][2];
                    x_fragments(b[0], in, c * CHUNK + 32 * group);
                    x_sums(of_x, b);
#pragma unroll
                    for (int m = 0; m < MATRICES; m++) {
                        multiply_group(sums[m], b, of_x, ahead[i][m], c, group);
                    }
                }
            }
        }
    }
}

/* What of y falls to a work-item once sums have met: element LID % 4 of lane LID / 4. Most have nothing. */
struct FewPlace {
    int row, column;
};

FN FewPlace few_place(int first) {
    return {LID / 4 % 4 * 2 + LID % 2, first + LID / 16 + LID % 4 / 2 * 8};
}

FN int few_holds(const FewPlace &place, int rows, int n) {
    return LID < FEW_COLUMNS * FEW_ROWS && place.row < rows && place.column < n;
}

/* The total of the sum at a work-item's place. Every work-item calls it, with FEW_PARTIALS floats of local memory. */
#define FEW_PARTIALS (FEW_WARPS * WARP * 4)

FN float few_total(float *partials, const float (&sums)[1][4]) {
#pragma unroll
    for (int e = 0; e < 4; e++) {
        partials[LID * 4 + e] = sums[0][e];
    }
    BARRIER;
    float total = 0.0f;
    for (int warp = 0; warp < FEW_WARPS && LID < FEW_COLUMNS * FEW_ROWS; warp++) {
        total = FADD(total, partials[warp * WARP * 4 + LID]);
    }
    return total;
}
