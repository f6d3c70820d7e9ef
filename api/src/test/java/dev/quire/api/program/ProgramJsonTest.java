package dev.quire.api.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProgramJsonTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int MUTATIONS = 20_000;

    @Test
    void everyKindOfOpKeyAndMaskReadsBackEqual() {
        Program program = everyOp();
        assertEquals(
                Set.copyOf(RecordShape.choices(Op.class).values()),
                kinds(program.ops()),
                "a new op needs a sample here");
        Set<Class<?>> parts = program.ops().stream()
                .filter(Op.Attend.class::isInstance)
                .map(Op.Attend.class::cast)
                .flatMap(attend -> List.of(attend.mask(), attend.keys()).stream())
                .map(Object::getClass)
                .collect(Collectors.toSet());
        Set<Class<?>> known = new HashSet<>(Arrays.asList(Mask.class.getPermittedSubclasses()));
        known.addAll(Arrays.asList(KeySource.class.getPermittedSubclasses()));
        assertEquals(known, parts, "a new mask or key source needs a sample here");

        String text = ProgramJson.write(program);
        assertEquals(program, ProgramJson.read(text));
        assertEquals(text, ProgramJson.write(ProgramJson.read(text)));
    }

    @Test
    void everyBitOfAFloatSurvives() {
        Random random = new Random(SEED);
        Value x = Value.tokens("x", 4);
        for (int i = 0; i < 2000; i++) {
            double factor = switch (i) {
                case 0 -> Double.NaN;
                case 1 -> Double.NEGATIVE_INFINITY;
                case 2 -> -0.0;
                case 3 -> Double.MIN_VALUE;
                default -> Double.longBitsToDouble(random.nextLong());
            };
            double frequency = Double.longBitsToDouble(random.nextLong());
            Rotary rotary = new Rotary(List.of(frequency), 1, Rotary.Pairing.HALF);
            Value scaled = Value.tokens("scaled", 4);
            Value out = Value.tokens("out", 4);
            Program program = Program.of(
                    List.of(x, Value.POSITIONS),
                    List.of(new Op.Scale(x, factor, scaled), new Op.Rope(scaled, Value.POSITIONS, rotary, 4, out)),
                    List.of(out));
            assertEquals(program, ProgramJson.read(ProgramJson.write(program)), "seed " + SEED + ", round " + i);
        }
    }

    @Test
    void anUnknownOpIsRefusedWithTheKnownOnes() {
        String text = ProgramJson.write(everyOp()).replaceFirst("\"SoftCap\"", "\"SoftHat\"");
        String message = refusal(text);
        assertTrue(message.contains("unknown op 'SoftHat'; known: [Embed, RmsNorm"), message);
        assertTrue(message.startsWith("program.ops["), message);
    }

    @Test
    void aRecordsOwnMessageComesThroughWithItsPath() {
        String text = ProgramJson.write(everyOp()).replaceFirst("\"factor\": 0.3", "\"factor\": 1e999");
        assertTrue(refusal(text).contains(".factor: 1e999 is too large"), refusal(text));
        String window = ProgramJson.write(everyOp()).replaceFirst("\"size\": 5", "\"size\": 0");
        assertTrue(refusal(window).contains(".mask: a window of 0 tokens sees nothing; at least 1"), refusal(window));
        String member = ProgramJson.write(everyOp()).replaceFirst("\"softCap\"", "\"softcap\"");
        assertTrue(refusal(member).contains("Attend has no [softcap]; it has [q, keys"), refusal(member));
    }

    @Test
    void brokenTextIsRefusedWithLineAndColumn() {
        assertEquals("JSON line 2, column 3: a value or a digit expected", refusal("{\"inputs\":\n  ?}"));
        assertEquals("JSON line 1, column 65: nested deeper than 64", refusal("[".repeat(100_000)));
        assertTrue(refusal("{\"a\": 1, \"a\": 2}").contains("member 'a' stands twice"));
        assertTrue(refusal("\"abc").contains("a string without an end"));
        assertTrue(refusal("{} {}").contains("text after the value"));
        assertTrue(refusal("").contains("line 1, column 1"));
    }

    @Test
    void mutatedTextIsReadOrRefusedAndNothingElse() {
        Random random = new Random(SEED);
        String text = ProgramJson.write(everyOp());
        String[] spares = {
            "\"", "{", "}", "[", "]", ",", ":", "-", "1e9", "null", "0", "9999999999", "\\u", "\u0000", "é"
        };
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            StringBuilder mutant = new StringBuilder(text);
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int from = random.nextInt(mutant.length());
                int to = Math.min(mutant.length(), from + random.nextInt(4));
                switch (random.nextInt(4)) {
                    case 0 -> mutant.delete(from, to);
                    case 1 -> mutant.insert(from, spares[random.nextInt(spares.length)]);
                    case 2 -> mutant.replace(from, to, spares[random.nextInt(spares.length)]);
                    default -> mutant.setLength(random.nextInt(50) == 0 ? Math.max(1, from) : mutant.length());
                }
            }
            try {
                ProgramJson.read(mutant.toString());
            } catch (IllegalArgumentException e) {
                refused++;
                assertTrue(!e.getMessage().endsWith("null"), "seed " + SEED + ", mutant " + i + ": " + e.getMessage());
            }
        }
        assertTrue(refused > MUTATIONS / 4, "seed " + SEED + ": only " + refused + " mutants were refused");
    }

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> ProgramJson.read(text))
                .getMessage();
    }

    private static Set<Class<?>> kinds(List<Op> ops) {
        return ops.stream().map(Object::getClass).collect(Collectors.toSet());
    }

    /** One program with each op, each mask and each key source, and names that need escapes. */
    private static Program everyOp() {
        List<Op> ops = new ArrayList<>();
        Value x = Value.tokens("x \"quoted\" \\ \n é 😀", 32);
        WeightRef table = new WeightRef("table", 10, 32, WeightFormat.Q8_0);
        ops.add(new Op.Embed(Value.TOKENS, table, 2, x));
        Value rms = Value.tokens("rms", 32);
        ops.add(new Op.RmsNorm(x, Optional.empty(), 1, 1e-5f, 8, rms));
        Value layer = Value.tokens("layer", 32);
        Optional<WeightRef> norm = Optional.of(WeightRef.vector("norm", 32));
        ops.add(new Op.LayerNorm(rms, norm, Optional.empty(), 1e-6f, 32, layer));
        Value linear = Value.tokens("linear", 64);
        WeightRef projection = new WeightRef("projection", 64, 32, WeightFormat.BF16);
        Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", 64));
        ops.add(new Op.Linear(layer, projection, bias, Op.Linear.Split.EIGHT_SLICES, linear));
        Value q = Value.tokens("q", 32);
        Value k = Value.tokens("k", 16);
        ops.add(new Op.Slice(linear, 0, q));
        ops.add(new Op.Slice(linear, 48, k));
        Value rotated = Value.tokens("rotated", 32);
        Rotary rotary = Rotary.of(8, 10_000, Rotary.Pairing.INTERLEAVED);
        ops.add(new Op.Rope(q, Value.POSITIONS, rotary, 8, rotated));
        CacheRef cache = new CacheRef(0, 1);
        ops.add(new Op.WriteKv(k, k, cache));
        Op.Attend.HeadShape shape = new Op.Attend.HeadShape(4, 2, 8, 0.35);
        KeySource cached = new KeySource.Cached(cache);
        Value a = Value.tokens("a", 32);
        Value b = Value.tokens("b", 32);
        Value c = Value.tokens("c", 32);
        ops.add(new Op.Attend(rotated, cached, shape, Mask.CAUSAL, Optional.of(30f), List.of(), a));
        List<Float> slopes = List.of(0.5f, 0.25f, 0.125f, 0.1f);
        ops.add(new Op.Attend(rotated, cached, shape, new Mask.SlidingWindow(5), Optional.empty(), slopes, b));
        KeySource step = new KeySource.Step(k, k);
        ops.add(new Op.Attend(rotated, step, shape, new Mask.Bidirectional(), Optional.empty(), List.of(), c));
        Value gated = Value.tokens("gated", 32);
        ops.add(new Op.Gated(a, b, Activation.SILU, gated));
        Value active = Value.tokens("active", 32);
        ops.add(new Op.Activate(gated, Activation.GELU_TANH, active));
        Value sum = Value.tokens("sum", 32);
        ops.add(new Op.Add(active, c, sum));
        Value scaled = Value.tokens("scaled", 32);
        Value capped = Value.tokens("capped", 32);
        ops.add(new Op.Composite(
                "twice",
                List.of(sum),
                List.of(capped),
                List.of(new Op.Scale(sum, 0.3, scaled), new Op.SoftCap(scaled, 50, capped))));
        Value outside = Value.tokens("outside", 32);
        ops.add(new Op.Scale(capped, 2, outside));
        Value soft = Value.tokens("soft", 32);
        ops.add(new Op.SoftCap(outside, 4, soft));
        Value experts = new Value("experts", Rows.TOKENS, 2, DType.I32);
        Value gates = Value.tokens("gates", 2);
        ops.add(new ExpertOp.Route(soft, ExpertOp.Route.Over.CHOSEN, experts, gates));
        WeightRef first = new WeightRef("expert.0", 32, 32, WeightFormat.BF16);
        WeightRef second = new WeightRef("expert.1", 32, 32, WeightFormat.BF16);
        Value each = Value.tokens("each", 64);
        ops.add(new ExpertOp.ExpertLinear(soft, experts, List.of(first, second), Op.Linear.Split.WHOLE, each));
        Value mixed = Value.tokens("mixed", 32);
        ops.add(new ExpertOp.WeightedSum(each, gates, mixed));
        Value logits = Value.logits("logits", 32);
        ops.add(new Op.GatherRows(mixed, logits));
        Value tokens = new Value("sampled", Rows.LOGITS, 1, DType.I32);
        Value ranks = new Value("ranks", Rows.LOGITS, 1, DType.I32);
        Value ids = new Value("ids", Rows.LOGITS, 3, DType.I32);
        Value logprobs = new Value("logprobs", Rows.LOGITS, 3, DType.F32);
        ops.add(new Op.Sample(logits, tokens, ranks, ids, logprobs));
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(tokens, ranks, ids, logprobs));
    }
}
