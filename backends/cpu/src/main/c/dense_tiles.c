/*
 * Products with bf16 weights by AMX's tiles; the layout is DensePacking's, 16 pairs of inputs of 16 outputs being a tile as they lie. Shape: up to 16 rows
 * meet a panel of 64 outputs, more of them 32 outputs two tiles of rows at a time, so that four tiles hold sums, two or one x, two weights; of wide inputs
 * 512 at a time, whose weights then stay in the first cache for all of 128 rows. Traffic: weights once for each 128 rows; up to 16 rows ask for them a step
 * and a half ahead into the first cache; of more rows, the first to meet a panel ask for the next one into the second. A row's bits do not depend on how many
 * rows there are: one chain of tiles over the inputs in order for each output. Limits: Linux on processors with AMX, which quire_tiles() asks for;
 * subnormals count as zero. Leaves no tile in use. Calls nothing.
 */
#include "gate.h"
#include "tiles.h"

#include <cpuid.h>

#define WIDTH GATES
#define PAIR_BYTES (4L * WIDTH)
#define STEP_BYTES (TILE * PAIR_BYTES)
#define STEPS 16
#define BLOCK 128
#define AHEAD (STEP_BYTES + STEP_BYTES / 2)

#define SYS_ARCH_PRCTL 158
#define ARCH_REQ_XCOMP_PERM 0x1023
#define TILE_DATA 18

/* Whether processor and kernel have tiles of bf16; from then on all threads of this process may use them. */
int quire_tiles(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 22 & 1) == 0 || (d >> 24 & 1) == 0) {
        return 0;
    }
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c >> 27 & 1) == 0 || (_xgetbv(0) >> 17 & 3) != 3) {
        return 0;
    }
    long answer;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"((long)SYS_ARCH_PRCTL), "D"((long)ARCH_REQ_XCOMP_PERM), "S"((long)TILE_DATA)
                     : "rcx", "r11", "memory");
    return answer == 0;
}

#define ASK(k, cache) \
    for (int u = 0; u < lines; u++) { \
        _mm_prefetch(ahead + LINE * ((k) * lines + u), cache); \
    }

/* One tile of rows times a panel; sums begin with zero, or go on where they are. Asks for lines from `ahead` on. x_bytes, y_stride: from row to row. */
INLINE void strip(int steps, int fresh, const char *w, const char *x, long x_bytes, float *y, long y_stride, const char *ahead, const int lines) {
    long y_bytes = 4 * y_stride;
    if (fresh) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    } else {
        _tile_loadd(0, y, y_bytes);
        _tile_loadd(1, y + TILE, y_bytes);
        _tile_loadd(2, y + 2 * TILE, y_bytes);
        _tile_loadd(3, y + 3 * TILE, y_bytes);
    }
    for (int k = 0; k < steps; k++) {
        const char *from = w + STEP_BYTES * k;
        _tile_loadd(4, x + LINE * k, x_bytes);
        _tile_loadd(6, from, PAIR_BYTES);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, from + LINE, PAIR_BYTES);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(6, from + 2 * LINE, PAIR_BYTES);
        _tile_dpbf16ps(2, 4, 6);
        _tile_loadd(7, from + 3 * LINE, PAIR_BYTES);
        _tile_dpbf16ps(3, 4, 7);
        ASK(k, _MM_HINT_T0)
    }
    _tile_stored(0, y, y_bytes);
    _tile_stored(1, y + TILE, y_bytes);
    _tile_stored(2, y + 2 * TILE, y_bytes);
    _tile_stored(3, y + 3 * TILE, y_bytes);
}

/* Two tiles of rows times half of a panel, the same. Vector units are idle meanwhile: with each step they gate a share of what was multiplied before. */
INLINE void square(int steps, int fresh, const char *w, const char *x, long x_bytes, float *y, long y_stride, const char *ahead, const int lines,
                  struct gating *beside, int share) {
    const char *lower_x = x + TILE * x_bytes;
    float *lower = y + TILE * y_stride;
    long y_bytes = 4 * y_stride;
    if (fresh) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    } else {
        _tile_loadd(0, y, y_bytes);
        _tile_loadd(1, y + TILE, y_bytes);
        _tile_loadd(2, lower, y_bytes);
        _tile_loadd(3, lower + TILE, y_bytes);
    }
    for (int k = 0; k < steps; k++) {
        const char *from = w + STEP_BYTES * k;
        _tile_loadd(6, from, PAIR_BYTES);
        _tile_loadd(4, x + LINE * k, x_bytes);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, from + LINE, PAIR_BYTES);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, lower_x + LINE * k, x_bytes);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        ASK(k, _MM_HINT_T1)
        if (beside) {
            gate_some(beside, share);
        }
    }
    _tile_stored(0, y, y_bytes);
    _tile_stored(1, y + TILE, y_bytes);
    _tile_stored(2, lower, y_bytes);
    _tile_stored(3, lower + TILE, y_bytes);
}

/* Pairs of tiles of rows times a panel; `lines` of the next panel are asked for with each of its steps in each of the first 64 / lines calls. */
INLINE void squares(int count, int steps, const char *panel, long panel_bytes, const char *x, long x_bytes, float *y, long y_stride,
                    const int lines, struct gating *beside, int share) {
    int k = 0;
    do {
        int n = least(STEPS, steps - k);
        for (int half = 0; half < 2; half++) {
            const char *w = panel + STEP_BYTES * k + 2 * LINE * half;
            for (int i = 0; i < count; i++) {
                int call = half * count + i;
                const char *from = x + 2 * TILE * x_bytes * i + LINE * k;
                float *to = y + 2 * TILE * y_stride * i + WIDTH / 2 * half;
                const char *ahead = panel + panel_bytes + STEP_BYTES * k + call * LINE * lines * n;
                if (call < WIDTH / lines) {
                    square(n, k == 0, w, from, x_bytes, to, y_stride, ahead, lines, beside, share);
                } else {
                    square(n, k == 0, w, from, x_bytes, to, y_stride, ahead, 0, beside, share);
                }
            }
        }
        k += n;
    } while (k < steps);
}

/* Up to 128 rows times whole panels of inputs that fill their tiles. */
INLINE void whole(int rows, int steps, const char *x, const char *packed, int64_t panel_bytes, int panels, float *y, long y_stride, struct gating *beside,
                  int share) {
    long x_bytes = LINE * steps;
    int pairs = rows / (2 * TILE);
    int rest = rows - 2 * TILE * pairs;
    int odd = rest % TILE;
    for (int i = 0; i < panels; i++) {
        const char *w = packed + i * panel_bytes;
        float *to = y + (long)i * WIDTH;
        if (pairs > 0 && (i == 0 || odd)) {
            configure(TILE, TILE, TILE);
        }
        if (pairs == 1) {
            squares(1, steps, w, panel_bytes, x, x_bytes, to, y_stride, 32, beside, share);
        } else if (pairs > 1) {
            squares(pairs, steps, w, panel_bytes, x, x_bytes, to, y_stride, 16, beside, share);
        }
        if (rest == 0) {
            continue;
        }
        const char *last_x = x + 2 * TILE * x_bytes * pairs;
        float *last = to + 2 * TILE * y_stride * pairs;
        if (pairs > 0 ? odd : i == 0) {
            configure(least(rest, TILE), rest > TILE ? rest - TILE : rest, TILE);
        }
        if (rest > TILE) {
            squares(1, steps, w, panel_bytes, last_x, x_bytes, last, y_stride, 32, beside, share);
        } else if (pairs > 0) {
            strip(steps, 1, w, last_x, x_bytes, last, y_stride, w, 0);
        } else {
            strip(steps, 1, w, last_x, x_bytes, last, y_stride, w + AHEAD, WIDTH);
        }
    }
}

/* Any rows times one panel, of which `columns` are stored, a tile of rows after the other; the last inputs may fill a part of their tile. */
static void edge(int rows, int all, const char *x, const char *w, int columns, float *y, long y_stride) {
    float sums[TILE * WIDTH] __attribute__((aligned(64)));
    long x_bytes = 4L * all;
    int steps = all / TILE;
    int left = all % TILE;
    for (int row = 0; row < rows; row += TILE) {
        int n = least(TILE, rows - row);
        configure(n, n, TILE);
        strip(steps, 1, w, x + row * x_bytes, x_bytes, sums, WIDTH, w, 0);
        if (left) {
            configure(n, n, left);
            strip(1, 0, w + STEP_BYTES * steps, x + row * x_bytes + LINE * steps, x_bytes, sums, WIDTH, w, 0);
        }
        for (int r = 0; r < n; r++) {
            for (int c = 0; c < columns; c += TILE) {
                __mmask16 stored = lanes(c, columns);
                _mm512_mask_storeu_ps(y + (row + r) * y_stride + c, stored, _mm512_load_ps(sums + r * WIDTH + c));
            }
        }
    }
}

/* As quire_dense, where quire_tiles() said yes. */
void quire_dense_tiles(int first, int rows, int inputs, const int *x, const char *packed, int64_t panel, int64_t panel_bytes, int columns, char *y,
                       int64_t to, int y_stride) {
    int all = (inputs + 1) / 2;
    int panels = all % TILE ? 0 : columns / WIDTH;
    const char *w = packed + panel;
    for (int row = 0; row < rows; row += BLOCK) {
        int n = least(BLOCK, rows - row);
        const char *from = (const char *)(x + (long)(first + row) * all);
        float *out = (float *)(y + to) + (long)row * y_stride;
        whole(n, all / TILE, from, w, panel_bytes, panels, out, y_stride, 0, 0);
        for (int i = panels; i < (columns + WIDTH - 1) / WIDTH; i++) {
            edge(n, all, from, w + i * panel_bytes, least(WIDTH, columns - i * WIDTH), out + i * WIDTH, y_stride);
        }
    }
    _tile_release();
}

/*
 * As quire_gated, where quire_tiles() said yes; sums: room for 128 rows of two pairs of panels, one of which is gated while the other is multiplied.
 */
void quire_gated_tiles(int first, int rows, int inputs, const int *x, const char *packed, int64_t panel, int64_t panel_bytes, int columns, float *sums,
                       char *out, int64_t to, int stride) {
    int all = (inputs + 1) / 2;
    for (int row = 0; row < rows; row += BLOCK) {
        int n = least(BLOCK, rows - row);
        const char *from = (const char *)(x + (long)(first + row) * all);
        const char *w = packed + panel;
        short *rounded = (short *)(out + to) + (long)row * stride;
        int products = all % TILE || n <= TILE ? 0 : 4 * (all / TILE) * ((n + 2 * TILE - 1) / (2 * TILE));
        int share = products ? (n * (WIDTH / TILE) + products - 1) / products : 0;
        struct gating before = {0};
        for (int column = 0, i = 0; column < columns; column += WIDTH, w += 2 * panel_bytes, i ^= 1) {
            float *both = sums + i * BLOCK * 2 * WIDTH;
            if (all % TILE) {
                edge(n, all, from, w, WIDTH, both, 2 * WIDTH);
                edge(n, all, from, w + panel_bytes, WIDTH, both + WIDTH, 2 * WIDTH);
            } else {
                whole(n, all / TILE, from, w, panel_bytes, 2, both, 2 * WIDTH, &before, share);
            }
            gate_some(&before, before.end);
            if (share && columns - column >= WIDTH) {
                before = (struct gating){both, rounded + column, stride, 0, n * (WIDTH / TILE)};
            } else {
                narrow_gated(n, least(WIDTH, columns - column), both, rounded + column, stride);
            }
        }
        gate_some(&before, before.end);
    }
    _tile_release();
}
