/* out[r] = x[rows[r]] (RULES, N20). A work-item per element of out; words are copied, never rounded. */
KERNEL void gather_rows(GLOBAL const u32 *x, GLOBAL const int *rows, int rows_at, GLOBAL u32 *out, int elements, int width) {
    int i = GID;
    if (i < elements) {
        out[i] = x[(i64)rows[rows_at + i / width] * width + i % width];
    }
}
