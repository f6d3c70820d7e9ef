/* out[t] = x[t, from : from + width] (RULES, N20). A work-item per element of out; words are copied, never rounded. */
KERNEL void slice(GLOBAL const u32 *x, GLOBAL u32 *out, int elements, int x_width, int from, int width) {
    int i = GID;
    if (i < elements) {
        out[i] = x[(i64)(i / width) * x_width + from + i % width];
    }
}
