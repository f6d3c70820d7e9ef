package dev.quire.conformance.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Scenario;
import dev.quire.conformance.suite.CaseSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A new op, format, mask or rule has a case, or this fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CoverageTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    /** What a case runs, without its data. */
    private record Listed(ConformanceCase one, List<Op> ops, List<CacheGroup> groups) {}

    private final Map<Numerics, List<Listed>> cases = new EnumMap<>(Numerics.class);

    private List<Listed> cases(Numerics numerics) {
        return cases.computeIfAbsent(
                numerics,
                mode -> OpSuite.of(mode, Depth.QUICK, SEED).stream()
                        .filter(OpBoundCase.class::isInstance)
                        .map(one -> {
                            Scenario scenario =
                                    ((OpBoundCase) one).op().scenario().get();
                            List<CacheGroup> groups =
                                    scenario.layout().map(KvCacheLayout::groups).orElse(List.of());
                            return new Listed(one, scenario.ops(), groups);
                        })
                        .toList());
    }

    private Set<Op> ops(Numerics numerics) {
        return cases(numerics).stream().flatMap(one -> one.ops().stream()).collect(Collectors.toSet());
    }

    private static <T extends Op> List<T> ops(Set<Op> all, Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Set<Class<?>> kinds(Class<?> sealed) {
        Set<Class<?>> kinds = new HashSet<>();
        for (Class<?> kind : sealed.getPermittedSubclasses()) {
            kinds.addAll(kind.isSealed() ? kinds(kind) : Set.of(kind));
        }
        return kinds;
    }

    private static Set<Class<?>> classes(Stream<?> values) {
        return values.map(Object::getClass).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @EnumSource
    void everyOpAndVariantHasACase(Numerics numerics) {
        Set<Op> all = ops(numerics);
        assertEquals(kinds(Op.class), classes(all.stream()));
        EnumSet<Activation> activations = EnumSet.allOf(Activation.class);
        assertEquals(
                activations,
                ops(all, Op.Activate.class).stream()
                        .map(Op.Activate::activation)
                        .collect(Collectors.toSet()));
        assertEquals(
                activations,
                ops(all, Op.Gated.class).stream().map(Op.Gated::activation).collect(Collectors.toSet()));
        assertEquals(
                EnumSet.allOf(Rotary.Pairing.class),
                ops(all, Op.Rope.class).stream()
                        .map(op -> op.rotary().pairing())
                        .collect(Collectors.toSet()));
        assertEquals(
                EnumSet.allOf(WeightFormat.class),
                ops(all, Op.Embed.class).stream().map(op -> op.table().format()).collect(Collectors.toSet()));
        for (Class<? extends Op> norm : List.of(Op.RmsNorm.class, Op.LayerNorm.class)) {
            assertEquals(
                    Set.of(true, false),
                    ops(all, norm).stream().map(op -> op.weights().isEmpty()).collect(Collectors.toSet()),
                    norm + " with and without a weight");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatOfAMatrixMeetsEverySplitAndABias(Numerics numerics) { // N4: F32 is refused in REPRODUCIBLE
        Set<WeightFormat> formats = EnumSet.allOf(WeightFormat.class);
        if (numerics == Numerics.REPRODUCIBLE) {
            formats.remove(WeightFormat.F32);
        }
        Set<String> expected = new TreeSet<>();
        for (WeightFormat format : formats) {
            for (Op.Linear.Split split : Op.Linear.Split.values()) {
                expected.add("%s %s true".formatted(format, split));
                expected.add("%s %s false".formatted(format, split));
            }
        }
        assertEquals(
                expected,
                ops(ops(numerics), Op.Linear.class).stream()
                        .map(op -> "%s %s %s"
                                .formatted(
                                        op.weight().format(),
                                        op.split(),
                                        op.bias().isPresent()))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource
    void everyMaskAndKeySourceAndCacheTypeHasACase(Numerics numerics) {
        List<Op.Attend> attends = ops(ops(numerics), Op.Attend.class);
        assertEquals(kinds(Mask.class), classes(attends.stream().map(Op.Attend::mask)));
        assertEquals(kinds(KeySource.class), classes(attends.stream().map(Op.Attend::keys)));
        assertTrue(attends.stream().anyMatch(op -> op.softCap().isPresent()));
        assertTrue(attends.stream().anyMatch(op -> !op.alibi().isEmpty()));
        Set<CacheGroup> groups =
                cases(numerics).stream().flatMap(one -> one.groups().stream()).collect(Collectors.toSet());
        assertEquals(kinds(CacheGroup.class), classes(groups.stream()));
        Set<DType> types =
                groups.stream().map(group -> ((PagedKv) group).dtype()).collect(Collectors.toSet());
        Set<DType> all = Set.of(DType.F32, DType.F16, DType.BF16, DType.F8_E4M3);
        assertEquals(numerics == Numerics.FAST ? all : Set.of(DType.BF16), types);
    }

    @ParameterizedTest
    @EnumSource
    void eachProfileRequiresItsOps(Numerics numerics) {
        Set<Class<?>> attention = required(numerics, Profile.ATTENTION);
        assertEquals(Set.of(Op.WriteKv.class, Op.Attend.class), attention);
        Set<Class<?>> model = required(numerics, Profile.MODEL);
        Set<Class<?>> dense = new HashSet<>(kinds(Op.class));
        dense.removeAll(kinds(ExpertOp.class));
        assertEquals(dense, model);
    }

    private Set<Class<?>> required(Numerics numerics, Profile profile) {
        return cases(numerics).stream()
                .filter(listed -> listed.one().required(profile))
                .flatMap(listed -> listed.ops().stream())
                .map(Object::getClass)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @EnumSource
    void namesAreUniqueAndEveryRuleStandsInTheContract(Numerics numerics) throws IOException {
        Set<String> known = new HashSet<>();
        Matcher heading = Pattern.compile("^\\*\\*([MANSTW]\\d+)\\.", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../api/RULES.md")));
        while (heading.find()) {
            known.add(heading.group(1));
        }
        for (Depth depth : Depth.values()) {
            Set<String> names = new HashSet<>();
            for (ConformanceCase one : CaseSuite.of(numerics, depth, SEED)) {
                assertTrue(names.add(one.name()), one.name() + " occurs twice");
                assertTrue(known.containsAll(one.rules()), one.name() + " names " + one.rules());
                assertEquals(one.rules().size(), new HashSet<>(one.rules()).size(), one.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theQuickListIsPartOfTheFullOne(Numerics numerics) {
        Set<String> full = names(numerics, Depth.FULL);
        assertTrue(full.containsAll(names(numerics, Depth.QUICK)));
        assertTrue(full.size() > names(numerics, Depth.QUICK).size());
    }

    private static Set<String> names(Numerics numerics, Depth depth) {
        return CaseSuite.of(numerics, depth, SEED).stream()
                .map(ConformanceCase::name)
                .collect(Collectors.toSet());
    }
}
