/* out = a + b (RULES, N20). A work-item per element; reads two floats, writes one. */
KERNEL void add(GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *out, int elements) {
    int i = GID;
    if (i < elements) {
        out[i] = FADD(a[i], b[i]);
    }
}
