package dev.quire.conformance.broken;

import dev.quire.api.program.Activation;
import dev.quire.conformance.bits.Canon;
import java.util.List;

/** Mistakes in the last bits: what REPRODUCIBLE numerics promises and FAST does not. */
final class ArithmeticFaults {
    private static final int LANES = Canon.LANES;

    private ArithmeticFaults() {}

    static List<Fault> list() {
        return List.of(
                Fault.of("folds by xor 8 before 16", "N5", "Linear", new Canon() {
                    @Override
                    public float fold(float[] lanes) {
                        for (int bit : new int[] {8, 16, 4, 2, 1}) {
                            float[] before = lanes.clone();
                            for (int i = 0; i < LANES; i++) {
                                lanes[i] = before[i] + before[i ^ bit];
                            }
                        }
                        return lanes[0];
                    }
                }),
                Fault.of("adds lanes one after another", "N5", "Linear", new Canon() {
                    @Override
                    public float fold(float[] lanes) {
                        float sum = 0;
                        for (float lane : lanes) {
                            sum += lane;
                        }
                        return sum;
                    }
                }),
                Fault.of("puts the tail of a dot one lane too far", "N5", "Linear", new Canon() {
                    @Override
                    public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
                        return lanes(a, aAt, b, bAt, n, n % LANES == 0 ? 0 : 1);
                    }

                    private float lanes(float[] a, int aAt, float[] b, int bAt, int n, int shift) {
                        float[] lanes = new float[LANES];
                        for (int i = 0; i < n; i++) {
                            int lane = (i < n - n % LANES ? i : i + shift) % LANES;
                            lanes[lane] += a[aAt + i] * b[bAt + i];
                        }
                        return fold(lanes);
                    }
                }),
                Fault.of("keeps 16 partial sums", "N5", "Linear", new Canon() {
                    @Override
                    public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
                        float[] lanes = new float[LANES];
                        for (int i = 0; i < n; i++) {
                            lanes[i % 16] += a[aAt + i] * b[bAt + i];
                        }
                        return fold(lanes);
                    }
                }),
                Fault.of("sums in float64", "N5", "Linear", new Canon() {
                    @Override
                    public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
                        double sum = 0;
                        for (int i = 0; i < n; i++) {
                            sum += (double) a[aAt + i] * b[bAt + i];
                        }
                        return (float) sum;
                    }
                }),
                Fault.of("takes eight slices as one dot", "N6", "Linear", new Canon() {
                    @Override
                    public float slicedDot(float[] a, int aAt, float[] b, int bAt, int n) {
                        return dot(a, aAt, b, bAt, n);
                    }
                }),
                Fault.of("cuts K in slices of equal size, rounded up", "N6", "Linear", new Canon() {
                    @Override
                    public float slicedDot(float[] a, int aAt, float[] b, int bAt, int n) {
                        int size = Math.ceilDiv(n, 8);
                        float[] s = new float[8];
                        for (int j = 0; j < 8; j++) {
                            int from = Math.min(n, j * size);
                            s[j] = dot(a, aAt + from, b, bAt + from, Math.min(n, from + size) - from);
                        }
                        return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
                    }
                }),
                Fault.of("folds slices in pairs of neighbours", "N6", "Linear", new Canon() {
                    @Override
                    public float slicedDot(float[] a, int aAt, float[] b, int bAt, int n) {
                        float[] s = new float[8];
                        for (int j = 0; j < 8; j++) {
                            int from = j * n / 8;
                            s[j] = dot(a, aAt + from, b, bAt + from, (j + 1) * n / 8 - from);
                        }
                        return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
                    }
                }),
                Fault.of("cuts to bf16 in place of rounding", "N3", "Linear", new Canon() {
                    @Override
                    public float bf16(float x) {
                        return Float.intBitsToFloat(Float.floatToRawIntBits(super.bf16(x) == 0 ? 0 : x) & 0xffff0000);
                    }
                }),
                Fault.of("rounds halves away from zero", "N3", "Linear", new Canon() {
                    @Override
                    public float bf16(float x) {
                        int bits = Float.floatToRawIntBits(x);
                        boolean half = (bits & 0xffff) == 0x8000;
                        return half ? Float.intBitsToFloat(bits + 0x8000) : super.bf16(x);
                    }
                }),
                Fault.of("keeps bf16 values below 2^-56", "N3", "", new Canon() {
                    @Override
                    public float bf16(float x) {
                        int bits = Float.floatToRawIntBits(x);
                        return Float.isNaN(x)
                                ? x
                                : Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
                    }
                }),
                Fault.of("fuses the squares of a norm", "N8", "RmsNorm", new Canon() {
                    @Override
                    public float squares(float[] x, int at, int n, float mean) {
                        float[] lanes = new float[LANES];
                        for (int i = 0; i < n; i++) {
                            float d = x[at + i] - mean;
                            lanes[i % LANES] = Math.fma(d, d, lanes[i % LANES]);
                        }
                        return fold(lanes);
                    }
                }),
                Fault.of("takes the inverse root in one rounding", "N8", "RmsNorm", new Canon() {
                    @Override
                    public float inverseRoot(float sum, int n, float eps) {
                        return (float) (1 / Math.sqrt((double) sum / n + eps));
                    }
                }),
                Fault.of("adds eps outside the root", "N8", "RmsNorm", new Canon() {
                    @Override
                    public float inverseRoot(float sum, int n, float eps) {
                        return 1f / ((float) Math.sqrt(sum / n) + eps);
                    }
                }),
                Fault.of("takes the variance from sums of x and x squared", "N17", "LayerNorm", new Canon() {
                    @Override
                    public float squares(float[] x, int at, int n, float mean) {
                        return mean == 0 ? super.squares(x, at, n, 0) : super.squares(x, at, n, 0) - n * mean * mean;
                    }
                }),
                Fault.of("takes the library's exp", "N16", "Activate", new Canon() {
                    @Override
                    public float exp(float x) {
                        return x > 88 ? Float.POSITIVE_INFINITY : x < -87 ? 0 : (float) Math.exp(x);
                    }
                }),
                Fault.of("takes the library's log", "N19", "Sample", new Canon() {
                    @Override
                    public float log(float x) {
                        return (float) Math.log(x);
                    }
                }),
                Fault.of("takes the library's tanh", "N15", "", new Canon() {
                    @Override
                    public float tanh(float x) {
                        return (float) Math.tanh(x);
                    }
                }),
                Fault.of("flushes subnormal results of activations", "N16", "Activate", new Canon() {
                    @Override
                    public float activate(Activation activation, float x) {
                        float y = super.activate(activation, x);
                        return Math.abs(y) < Float.MIN_NORMAL ? 0f : y;
                    }
                }),
                Fault.of("takes x times sigmoid for SiLU", "N16", "Activate", new Canon() {
                    @Override
                    public float activate(Activation activation, float x) {
                        return activation == Activation.SILU
                                ? x * (1f / (1f + exp(-x)))
                                : super.activate(activation, x);
                    }
                }),
                Fault.of("caps with the reciprocal of the cap", "N20", "SoftCap", new Canon() {
                    @Override
                    public float softCap(float x, float cap) {
                        return cap * tanh(x * (1f / cap));
                    }
                }),
                Fault.of("takes the softmax without its maximum", "N11", "Attend", new Canon() {
                    @Override
                    public float weight(float score, float max) {
                        return bf16(exp(score));
                    }
                }),
                Fault.of("does not round p", "N11", "Attend", new Canon() {
                    @Override
                    public float weight(float score, float max) {
                        return exp(score - max);
                    }
                }),
                Fault.of("cuts p to bf16", "N11", "Attend", new Canon() {
                    @Override
                    public float weight(float score, float max) {
                        return Float.intBitsToFloat(Float.floatToRawIntBits(exp(score - max)) & 0xffff0000);
                    }
                }),
                Fault.of("cuts contexts in segments of 256", "N11", "Attend", new Canon() {
                    @Override
                    public int segment() {
                        return 256;
                    }
                }),
                Fault.of("fuses a rotation", "N9", "Rope", new Canon() {
                    @Override
                    public float rotated(float a, float c, float b, float s) {
                        return Math.fma(a, c, b * s);
                    }
                }));
    }
}
