package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.ROW_ALLOWED;
import static dev.quire.backends.tornado.KernelConstants.ROW_BIASED;
import static dev.quire.backends.tornado.KernelConstants.ROW_COUNTER;
import static dev.quire.backends.tornado.KernelConstants.ROW_FORCED;
import static dev.quire.backends.tornado.KernelConstants.ROW_FREQUENCY;
import static dev.quire.backends.tornado.KernelConstants.ROW_INTS;
import static dev.quire.backends.tornado.KernelConstants.ROW_KEY;
import static dev.quire.backends.tornado.KernelConstants.ROW_LOGITS;
import static dev.quire.backends.tornado.KernelConstants.ROW_MIN_P;
import static dev.quire.backends.tornado.KernelConstants.ROW_PENALIZED;
import static dev.quire.backends.tornado.KernelConstants.ROW_PRESENCE;
import static dev.quire.backends.tornado.KernelConstants.ROW_PRODUCED;
import static dev.quire.backends.tornado.KernelConstants.ROW_REPETITION;
import static dev.quire.backends.tornado.KernelConstants.ROW_TEMPERATURE;
import static dev.quire.backends.tornado.KernelConstants.ROW_TOP_K;
import static dev.quire.backends.tornado.KernelConstants.ROW_TOP_P;
import static dev.quire.backends.tornado.KernelConstants.ROW_TOP_P_CUTS;
import static dev.quire.backends.tornado.KernelConstants.SAMPLE_GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Chooses tokens, as {@link ElementKernels} takes parameters. */
final class SampleKernel {
    /** Bits of p that a pass of a cut finds, of 30. */
    private static final int DIGIT = 3;

    private static final int DIGITS = (1 << DIGIT) - 1;

    private static final int TOP_K = 0;
    private static final int TOP_P = 1;
    private static final int DRAW = 2;
    private static final int TURNS = 3;

    private SampleKernel() {}

    /**
     * Chooses a token for each sampling row (RULES, S1 to S8). A work-group of 256 takes a row at a time and has a row of scratch: adjusted logits, then p,
     * which are written as floats and read as words behind a barrier, or −1 for a token that a cut dropped. Masses are integers, so the order of their sums
     * does not matter. Traffic: the vocabulary twice for a greedy row, some 8 times for one that draws, and 12 times more for each cut.
     *
     * <p>Top-k, top-p and the draw are three turns of one loop. Each looks, by falling p or in the order of ids, for the first token at which a sum of ones or of
     * masses exceeds a target. Barriers stand in no branch: where nothing is asked, loops have nothing to do.
     */
    static void sample(KernelContext context, int at, IntArray p, IntArray words, FloatArray f) {
        long[] shared = context.allocateLongLocalArray(SAMPLE_GROUP);
        long[] sums = context.allocateLongLocalArray(DIGITS * SAMPLE_GROUP);
        int[] found = context.allocateIntLocalArray(1);
        int local = context.localIdx;
        int groups = context.globalGroupSizeX / context.localGroupSizeX;
        int vocabulary = p.get(at + 6);
        int row = p.get(at + 1) + context.groupIdx * vocabulary;
        int step = p.get(at + 2);
        for (int r = context.groupIdx; r < p.get(at + 5); r += groups) {
            int record = step + p.get(at + 3) + r * ROW_INTS;
            int logits = p.get(at) + words.get(record + ROW_LOGITS) * vocabulary;
            adjust(context, local, logits, row, vocabulary, step, record, words, f);

            long best = Ranks.NOTHING;
            for (int i = local; i < vocabulary; i += SAMPLE_GROUP) {
                best = Math.max(best, Ranks.key(words.get(row + i), i));
            }
            shared[local] = best;
            context.localBarrier();
            for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                if (local < reach) {
                    shared[local] = Math.max(shared[local], shared[local + reach]);
                }
                context.localBarrier();
            }
            int token = Ranks.id(shared[0]); // the most probable one, unless one is drawn
            int forced = words.get(record + ROW_FORCED);
            int draws = words.get(record + ROW_TEMPERATURE) & 0x7fffffff & (forced >> 31); // 0 where nothing is drawn
            int candidates = draws != 0 ? vocabulary : 0;
            exponentials(context, local, row, candidates, token, f.get(record + ROW_TEMPERATURE), words, f);

            for (int turn = draws != 0 ? 0 : TURNS; turn < TURNS; turn++) {
                int asked = asked(turn, record, words) * vocabulary;
                long mine = 0;
                for (int i = local; i < asked; i += SAMPLE_GROUP) {
                    mine = mine + weight(turn, words.get(row + i));
                }
                shared[local] = mine;
                context.localBarrier();
                for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                    if (local < reach) {
                        shared[local] = shared[local] + shared[local + reach];
                    }
                    context.localBarrier();
                }
                long whole = shared[0];
                context.localBarrier();
                long target = target(turn, whole, record, words);
                int searched = whole > target ? asked : 0;

                int least = 0; // of a cut: the largest bits from which on the sum exceeds the target
                long above = 0; // the sum from the next bits on
                int narrowed = searched * Math.min(DRAW - turn, 1); // 0 where one is drawn
                for (int bit = narrowed > 0 ? 30 - DIGIT : -1; bit >= 0; bit -= DIGIT) {
                    long[] digits = new long[DIGITS];
                    for (int j = 0; j < DIGITS; j++) {
                        digits[j] = 0;
                    }
                    for (int i = local; i < searched; i += SAMPLE_GROUP) {
                        int bits = words.get(row + i);
                        int digit = bits < least ? 0 : (bits - least) >> bit;
                        long weight = weight(turn, bits);
                        for (int j = 0; j < DIGITS; j++) {
                            digits[j] = digits[j] + (digit > j ? weight : 0);
                        }
                    }
                    for (int j = 0; j < DIGITS; j++) {
                        sums[j * SAMPLE_GROUP + local] = digits[j];
                    }
                    context.localBarrier();
                    for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                        if (local < reach) {
                            for (int j = 0; j < DIGITS; j++) {
                                int to = j * SAMPLE_GROUP + local;
                                sums[to] = sums[to] + sums[to + reach];
                            }
                        }
                        context.localBarrier();
                    }
                    int digit = 0;
                    for (int j = 0; j < DIGITS; j++) {
                        if (sums[j * SAMPLE_GROUP] > target) {
                            digit = j + 1;
                        }
                    }
                    if (digit < DIGITS) {
                        above = sums[digit * SAMPLE_GROUP];
                    }
                    least = least + (digit << bit);
                    context.localBarrier();
                }

                long each = Math.max(weight(turn, least), 1);
                long wanted = turn < DRAW ? (target - above) / each : target;
                int chunk = (searched + SAMPLE_GROUP - 1) / SAMPLE_GROUP;
                int from = Math.min(local * chunk, searched);
                int to = Math.min(from + chunk, searched);
                mine = 0;
                for (int i = from; i < to; i++) {
                    mine = mine + weightAt(turn, words.get(row + i), least);
                }
                shared[local] = mine;
                if (local == 0) {
                    found[0] = -1;
                }
                context.localBarrier();
                long running = 0;
                for (int i = 0; i < local; i++) {
                    running = running + shared[i];
                }
                for (int i = from; i < to; i++) {
                    if (running <= wanted) {
                        running = running + weightAt(turn, words.get(row + i), least);
                        if (running > wanted) {
                            found[0] = i;
                        }
                    }
                }
                context.localBarrier();
                int last = found[0];
                context.globalBarrier();
                long kept = searched > 0 ? place(least, last) : Ranks.NOTHING;
                if (turn == TOP_P) {
                    kept = Math.max(kept, place(words.get(record + ROW_MIN_P), Integer.MAX_VALUE));
                }
                int cut = turn < DRAW ? vocabulary : 0;
                for (int i = local; i < cut; i += SAMPLE_GROUP) {
                    if (place(words.get(row + i), i) < kept) {
                        words.set(row + i, -1);
                    }
                }
                context.globalBarrier();
                if (turn == DRAW) {
                    token = last < 0 ? token : last;
                }
            }
            if (local == 0) {
                words.set(p.get(at + 4) + r, forced < 0 ? token : forced);
            }
            context.globalBarrier();
        }
    }

    /** 1, or 0 where a request asks for no such cut. */
    private static int asked(int turn, int record, IntArray words) {
        int asked = 1;
        if (turn == TOP_K) {
            asked = Math.min(Math.max(words.get(record + ROW_TOP_K), 0), 1);
        } else if (turn == TOP_P) {
            asked = words.get(record + ROW_TOP_P_CUTS);
        }
        return asked;
    }

    /** Falls with falling p, and among equal ones with rising id. */
    private static long place(int bits, int id) {
        return ((long) bits << 32) - id;
    }

    /** What a sum has to exceed: k − 1 of ones, a fraction of all masses that is asked for, or one that is random. */
    private static long target(int turn, long whole, int record, IntArray words) {
        long target = words.get(record + ROW_TOP_K) - 1;
        if (turn == TOP_P) {
            long upper = words.get(record + ROW_TOP_P + 1) & 0xffffffffL;
            target = Draws.below(upper, words.get(record + ROW_TOP_P) & 0xffffffffL, whole);
        } else if (turn == DRAW) {
            target = Draws.below(random(record, false, words), random(record, true, words), whole);
        }
        return target;
    }

    /** What a token that was not dropped adds to a sum. */
    private static long weight(int turn, int bits) {
        long one = bits < 0 ? 0 : 1;
        return turn == TOP_K ? one : Draws.mass(bits);
    }

    /** What a token adds to a sum in the order of ids: in a cut, one if its p has these bits. */
    private static long weightAt(int turn, int bits, int least) {
        long one = bits == least ? 1 : 0;
        return turn == DRAW ? Draws.mass(bits) : one;
    }

    /** Copies the bits of a row and changes what the request asks for (S2). A token stands once in a list, but for biases, which one work-item a token adds. */
    private static void adjust(
            KernelContext context,
            int local,
            int logits,
            int row,
            int vocabulary,
            int step,
            int record,
            IntArray words,
            FloatArray f) {
        int allowed = words.get(record + ROW_ALLOWED + 1);
        for (int i = local; i < vocabulary; i += SAMPLE_GROUP) {
            words.set(row + i, allowed > 0 ? 0xff800000 : words.get(logits + i));
        }
        context.globalBarrier();
        for (int i = local; i < allowed; i += SAMPLE_GROUP) {
            int token = words.get(step + words.get(record + ROW_ALLOWED) + i);
            words.set(row + token, words.get(logits + token));
        }
        context.globalBarrier();
        for (int i = local; i < words.get(record + ROW_PENALIZED + 1); i += SAMPLE_GROUP) {
            int token = row + words.get(step + words.get(record + ROW_PENALIZED) + i);
            float x = f.get(token);
            float penalty = f.get(record + ROW_REPETITION);
            f.set(token, x > 0f ? x / penalty : x * penalty);
        }
        context.globalBarrier();
        int produced = words.get(record + ROW_PRODUCED + 1);
        for (int i = local; i < produced; i += SAMPLE_GROUP) {
            int list = step + words.get(record + ROW_PRODUCED) + i;
            int token = row + words.get(list);
            float frequency = f.get(record + ROW_FREQUENCY) * (float) words.get(list + produced);
            f.set(token, f.get(token) - (frequency + f.get(record + ROW_PRESENCE)));
        }
        context.globalBarrier();
        int biased = words.get(record + ROW_BIASED + 1);
        for (int i = 0; i < biased; i++) {
            int list = step + words.get(record + ROW_BIASED) + i;
            int token = words.get(list);
            if (token % SAMPLE_GROUP == local) {
                f.set(row + token, f.get(row + token) + f.get(list + biased));
            }
        }
        context.globalBarrier();
    }

    /** exp((x − largest) / temperature) in place of each x, and 0 where that is no number (S4). */
    private static void exponentials(
            KernelContext context,
            int local,
            int row,
            int candidates,
            int argmax,
            float temperature,
            IntArray words,
            FloatArray f) {
        int most = words.get(row + argmax);
        float largest = f.get(row + argmax);
        context.globalBarrier();
        for (int i = local; i < candidates; i += SAMPLE_GROUP) {
            float e = 0f;
            if (Ranks.distant(words.get(row + i), most) != 0) {
                e = Curves.exp((f.get(row + i) - largest) / temperature, f);
            }
            f.set(row + i, e);
        }
        context.globalBarrier();
    }

    private static long random(int record, boolean second, IntArray words) {
        int key = record + ROW_KEY;
        int counter = record + ROW_COUNTER;
        return Draws.philox(words.get(key), words.get(key + 1), words.get(counter), words.get(counter + 1), second);
    }
}
