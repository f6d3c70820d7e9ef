package dev.quire.backends.cpu.canonical;

import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CanonicalLinearsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    private final Random random = new Random(SEED);
    private final Hostile hostile = new Hostile(random);

    @Test
    void linearsOfEveryFormatHaveTheBitsOfTheInterpreter() { // N3 to N6, N12, W1, W5
        try (TwoBackends backends = new TwoBackends()) {
            for (int i = 0; i < 10; i++) {
                for (WeightFormat format : WeightFormat.values()) {
                    if (format != WeightFormat.F32) {
                        Trial trial = trial(format);
                        backends.assertSameBits(
                                trial, "%s, seed %d".formatted(trial.program().ops(), SEED));
                    }
                }
            }
        }
    }

    private Trial trial(WeightFormat format) {
        int unit = format.blockElements();
        int k = unit * random.nextInt(1, Math.max(3, 700 / unit));
        int n = random.nextInt(1, 120);
        int rows = random.nextInt(1, 20);
        Value x = Value.tokens("x", k);
        Value out = Value.tokens("out", n);
        Op.Linear.Split split = Op.Linear.Split.values()[random.nextInt(2)];
        Optional<WeightRef> bias = random.nextBoolean() ? Optional.of(WeightRef.vector("bias", n)) : Optional.empty();
        Op op = new Op.Linear(x, new WeightRef("weight", n, k, format), bias, split, out);
        StepBatch batch = StepBatch.rows(rows);
        float[] data = random.nextInt(4) == 0 ? hostile.withInfinities(rows * k) : hostile.finite(rows * k);
        return Trial.of(Program.of(List.of(x), List.of(op), List.of(out)), this::weight, batch, Map.of("x", data));
    }

    private MemorySegment weight(WeightRef ref) {
        Random own = new Random(SEED + ref.toString().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        if (!ref.format().isQuantized()) {
            float[] values = new Hostile(own).finite(Math.multiplyExact(ref.rows(), ref.columns()));
            PlainEncoder.encode(ref.format(), values, 0, memory, 0, values.length);
            return memory;
        }
        byte[] bytes = new byte[Math.toIntExact(ref.bytes())];
        own.nextBytes(bytes);
        boolean finite = ref.format() == WeightFormat.INT8
                || own.nextInt(4) > 0; // W6; products of 2^128 are outside the contract
        for (int i = 0; i < bytes.length && finite; i++) {
            bytes[i] &= (byte)
                    0xbf; // no number of 16 or 32 bits made of such bytes is infinite, whichever bytes are scales
        }
        return memory.copyFrom(MemorySegment.ofArray(bytes));
    }
}
