package dev.quire.backends.cpu.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.CpuProvider;
import dev.quire.conformance.bits.BitsBackend;
import java.nio.file.Path;
import java.util.Map;

/** This backend on two threads, and the interpreter that it is compared with. */
final class TwoBackends implements AutoCloseable {
    private final AttentionBackend bits = new BitsBackend();
    private final AttentionBackend cpu;

    TwoBackends() {
        CpuProvider provider = new CpuProvider();
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "quire-canonical-test");
        this.cpu = provider.open(provider.devices().getFirst(), new BackendOptions(2, cache, notice -> {}, Map.of()));
    }

    /** Runs a trial on both, compares every bit of every output, and returns them. */
    Map<String, int[]> assertSameBits(Trial trial, String what) {
        Map<String, int[]> expected = trial.run(bits, Numerics.REPRODUCIBLE);
        Map<String, int[]> actual = trial.run(cpu, Numerics.REPRODUCIBLE);
        expected.forEach((name, want) -> {
            int[] got = actual.get(name);
            for (int i = 0; i < want.length; i++) {
                int at = i;
                assertEquals(
                        want[i],
                        got[i],
                        () -> "%s, %s: element %d is %s (%08x), expected %s (%08x)"
                                .formatted(
                                        what,
                                        name,
                                        at,
                                        Float.intBitsToFloat(got[at]),
                                        got[at],
                                        Float.intBitsToFloat(want[at]),
                                        want[at]));
            }
        });
        return expected;
    }

    @Override
    public void close() {
        cpu.close();
        bits.close();
    }
}
