package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quire.api.program.Op;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.suite.CaseSuite;
import dev.quire.core.model.ModelRunner;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.architecture.Architectures;
import dev.quire.core.model.checkpoint.CheckpointFormats;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.OneStep;
import dev.quire.core.testing.OpTraits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a backend is certified for is what programs are made of: the conformance kit has a case of every op that any family uses, as it uses it. */
class ProgramsCoverageTest {
    private static final long SEED = 4711;

    @Test
    void everyFamilyHasACheckpointWhoseProgramCounts() {
        Set<String> seen = new TreeSet<>();
        for (Family family : Family.all()) {
            try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(family.folder())) {
                seen.addAll(checkpoint.config().architectures());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertEquals(new TreeSet<>(Architectures.onClassPath().names()), seen);
    }

    @ParameterizedTest
    @EnumSource
    void theKitHasACaseOfEveryOpThatAProgramUses(Numerics numerics) {
        Set<String> used = traits(programs().stream());
        Set<String> covered = traits(CaseSuite.of(numerics, Depth.QUICK, SEED).stream()
                .filter(one -> one.level() == Level.C1)
                .map(ConformanceCase::covers)
                .flatMap(List::stream));
        assertFalse(used.isEmpty());
        Set<String> missing = new TreeSet<>(used);
        missing.removeAll(covered);
        assertEquals(Set.of(), missing, "of %s; covered: %s".formatted(used, covered));
    }

    private static Set<String> traits(Stream<Op> ops) {
        return ops.flatMap(op -> OpTraits.of(op).stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The ops of every family's programs, one checkpoint after another, and of sampling. */
    private static List<Op> programs() {
        List<Op> ops = new ArrayList<>();
        for (Family family : Family.all()) {
            try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(family.folder())) {
                var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.BFLOAT16, Quantization.AUTO);
                Architecture.Definition model = checkpoint.define(formats, OneStep.serving(family));
                ops.addAll(model.forward().ops());
                ops.addAll(ModelRunner.samplingProgram(model.info().vocabSize()).ops());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ops;
    }
}
