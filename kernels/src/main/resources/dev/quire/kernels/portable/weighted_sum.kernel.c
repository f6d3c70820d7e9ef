/* out = Σ gates[j] · x[j] over the parts j of a row, in order (RULES, N23). A work-item per element of out; x is read once. */
KERNEL void weighted_sum(GLOBAL const float *x, GLOBAL const float *gates, GLOBAL float *out, int elements, int width, int chosen) {
    int i = GID;
    if (i < elements) {
        i64 first = (i64)(i / width) * chosen;
        float sum = 0.0f;
        for (int j = 0; j < chosen; j++) {
            sum = FADD(sum, FMUL(gates[first + j], x[(first + j) * width + i % width]));
        }
        out[i] = sum;
    }
}
