/* Rotates pairs of each head by the token's position (RULES, N9), from tables [positions, pairs]. A work-item per pair, and per element past the
 * rotated ones, which is copied; `tail` of those in a head. Pairs are (i, i + pairs), or (2i, 2i + 1) if interleaved. */
KERNEL void rope(GLOBAL const float *x, GLOBAL const int *positions, int positions_at, GLOBAL const float *cosines,
                 GLOBAL const float *sines, GLOBAL float *out, int items, int heads, int pairs, int tail, int interleaved) {
    int i = GID;
    if (i >= items) {
        return;
    }
    int head = i / (pairs + tail); /* counted over all rows */
    int part = i % (pairs + tail);
    i64 at = (i64)head * (2 * pairs + tail);
    if (part >= pairs) {
        out[at + pairs + part] = x[at + pairs + part];
        return;
    }
    i64 angle = (i64)positions[positions_at + head / heads] * pairs + part;
    i64 first = at + (interleaved ? 2 * part : part);
    i64 second = interleaved ? first + 1 : first + pairs;
    float a = x[first], b = x[second], c = cosines[angle], s = sines[angle];
    out[first] = FSUB(FMUL(a, c), FMUL(b, s));
    out[second] = FADD(FMUL(b, c), FMUL(a, s));
}
