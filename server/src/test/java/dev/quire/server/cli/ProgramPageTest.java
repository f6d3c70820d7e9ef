package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.ProgramBuilder.Routed;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A program's page shows each kind of layer once, with its constants, and who runs what the backend refuses. */
class ProgramPageTest {
    private static final int LAYERS = 6;

    @Test
    void layersThatDoTheSameAreWrittenOnce() {
        String page = new ProgramPage(placed(Optional.empty()), "gpu", false).text();
        assertEquals(1, count(page, "  layers 0, 2, 4\n"), page);
        assertEquals(1, count(page, "  layers 1, 3, 5\n"), page);
        assertEquals(1, count(page, "window of 7"), page);
        assertEquals(1, count(page, "causal"), page);
        assertTrue(page.contains("logits [R, 11]"), page);
    }

    @Test
    void everyLayerIsWrittenIfAskedFor() {
        String page = new ProgramPage(placed(Optional.empty()), "gpu", true).text();
        for (int i = 0; i < LAYERS; i++) {
            assertEquals(1, count(page, "  layer " + i + "\n"), page);
        }
    }

    @Test
    void aLineReadsLikeItsEquation() {
        String page = new ProgramPage(placed(Optional.empty()), "gpu", false).text();
        assertTrue(page.contains("embedding [T, 8] "), page);
        assertTrue(page.contains("= Embed(tokens) "), page);
        assertTrue(page.contains("= Linear(norm) "), page);
        assertTrue(page.contains(" attn.q.weight [8, 8] BF16, attn.q.bias [8]\n"), page);
        assertTrue(page.contains("= Rope(q, positions, all of each 4, periods 6.283 to 628.3)"), page);
        assertTrue(page.contains("= Attend(rotated, 2 x 4 on 1, scale 0.5, window of 7)"), page);
        assertTrue(page.contains("= Add(x, attention)"), page);
        assertFalse(page.contains("[gpu"), page);
    }

    @Test
    void whatTheBackendRefusesSaysWhoRunsItAndWhy() {
        String page = new ProgramPage(placed(Optional.of("no windows")), "gpu", false).text();
        assertEquals(1, count(page, "[cpu: no windows]"), page);
        String split = "  7 segments a step; values that cross between backends, once each: 3 to gpu, 3 from it\n";
        assertEquals(1, count(page, split), page);
        assertEquals(0, count(new ProgramPage(placed(Optional.empty()), "gpu", false).text(), "segments a step"), page);
    }

    @Test
    void ofManyExpertsTheFirstAndTheLastAreNamed() {
        ProgramBuilder p = new ProgramBuilder(name -> WeightFormat.BF16);
        ProgramBuilder l = p.within("layer0", "model.h.0");
        Value x = p.embed("embedding", Value.TOKENS, "embed", 11, 8);
        Routed routed = l.route("experts", l.linear("router", x, "gate", 4, Split.WHOLE), 2, Over.CHOSEN);
        List<String> experts =
                IntStream.range(0, 4).mapToObj("expert.%d"::formatted).toList();
        Value up = l.expertLinear("up", x, routed.experts(), experts, 8, 5, Split.WHOLE);
        Program program = p.build(l.weightedSum("mixed", up, routed.gates()));
        List<PlacedOp> ops = program.ops().stream()
                .map(op -> new PlacedOp(op, Runner.PRIMARY, "gpu", Optional.empty()))
                .toList();
        String page = new ProgramPage(new ProgramPlacement(program, ops), "gpu", false).text();
        assertTrue(page.contains("= Route(router, 2 of 4, softmax over chosen)"), page);
        assertTrue(page.contains("= ExpertLinear(x, experts, 4 experts) "), page);
        assertTrue(page.contains(" expert.0.weight [5, 8] BF16 to expert.3.weight [5, 8] BF16\n"), page);
        assertTrue(page.contains("mixed [T, 5] "), page);
    }

    private static ProgramPlacement placed(Optional<String> refusal) {
        Program program = program();
        List<PlacedOp> ops = program.ops().stream()
                .map(op -> refusal.isPresent() && op instanceof Op.Attend a && a.mask() instanceof Mask.SlidingWindow
                        ? new PlacedOp(op, Runner.FALLBACK, "cpu", refusal)
                        : new PlacedOp(op, Runner.PRIMARY, "gpu", Optional.empty()))
                .toList();
        return new ProgramPlacement(program, ops);
    }

    private static Program program() {
        ProgramBuilder p = new ProgramBuilder(name -> WeightFormat.BF16);
        Rotary rotary = Rotary.of(4, 10_000, Rotary.Pairing.HALF);
        Value x = p.embed("embedding", Value.TOKENS, "embed", 11, 8);
        for (int i = 0; i < LAYERS; i++) {
            ProgramBuilder l = p.within("layer" + i, "model.h." + i);
            Mask mask = i % 2 == 0 ? new Mask.SlidingWindow(7) : Mask.CAUSAL;
            Value h = l.rmsNorm("norm", x, "norm", 1e-6);
            Value q = l.linear("q", h, "attn.q", 8, Split.WHOLE, Bias.PRESENT);
            q = l.rope("rotated", q, rotary, 4);
            Value attended = l.attend("attention", q, new CacheRef(0, i), new HeadShape(2, 1, 4, 0.5), mask);
            x = l.add("out", x, attended);
        }
        return p.build(p.linear("logits", p.gatherRows("wanted", x), "embed", 11, Split.WHOLE));
    }

    private static int count(String page, String part) {
        return page.split(Pattern.quote(part), -1).length - 1;
    }
}
