/* out = x · factor (RULES, N20). A work-item per element. */
KERNEL void scale(GLOBAL const float *x, GLOBAL float *out, int elements, float factor) {
    int i = GID;
    if (i < elements) {
        out[i] = FMUL(x[i], factor);
    }
}
