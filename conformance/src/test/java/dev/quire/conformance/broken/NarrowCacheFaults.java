package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.format.E4M3;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Mistakes of {@code WriteKv} to caches of F8_E4M3: other numbers are written, which the right rounding then keeps. */
final class NarrowCacheFaults {
    /** What is written instead of a number. */
    @FunctionalInterface
    private interface Rounding {
        float of(float x);
    }

    private NarrowCacheFaults() {}

    static List<Fault> list() {
        return List.of(
                fault("truncates what it keeps in 8 bits", x -> {
                    byte code = E4M3.encode(x);
                    float near = E4M3.decode(code);
                    return Math.abs(near) > Math.abs(x) ? E4M3.decode((byte) (code - 1)) : near;
                }),
                fault("rounds to bf16 before it rounds to 8 bits", x -> PlainEncoder.fromBf16(PlainEncoder.toBf16(x))),
                fault("keeps NaN for what 8 bits cannot hold", x -> Math.abs(x) > E4M3.MAX ? Float.NaN : x),
                fault("flushes the smallest numbers of 8 bits", x -> Math.abs(x) < 0x1p-6f ? 0 : x),
                fault("keeps the IEEE type of 8 bits, whose largest number is 240", x -> Math.clamp(x, -240f, 240f)));
    }

    private static Fault fault(String name, Rounding rounding) {
        return Fault.of(name, "A8", "WriteKv", right -> broken(right, rounding)).only(Numerics.FAST);
    }

    private static AttentionBackend broken(AttentionBackend right, Rounding rounding) {
        return new OtherSteps(
                right, (program, executable, batch, io) -> executable.submit(batch, other(program, io, rounding)));
    }

    /** The same bindings, but for copies of what goes to narrow groups. */
    private static Bindings other(Program program, Bindings io, Rounding rounding) {
        Map<String, Buffer> buffers = new HashMap<>(io.buffers());
        for (Op op : program.ops()) {
            if (op instanceof Op.WriteKv write && narrow(write, io)) {
                for (Value value : List.of(write.k(), write.v())) {
                    buffers.computeIfPresent(value.name(), (name, buffer) -> rounded(buffer, rounding));
                }
            }
        }
        return new Bindings(io.cache(), buffers, io.resident());
    }

    private static boolean narrow(Op.WriteKv write, Bindings io) {
        PagedKv group = (PagedKv)
                io.cache().orElseThrow().layout().groups().get(write.target().group());
        return group.dtype() == DType.F8_E4M3;
    }

    private static Buffer rounded(Buffer buffer, Rounding rounding) {
        MemorySegment copy = Arena.ofAuto().allocate(buffer.memory().byteSize(), Float.BYTES);
        for (long i = 0; i < copy.byteSize() / Float.BYTES; i++) {
            float x = buffer.memory().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            copy.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, rounding.of(x));
        }
        return new Buffer(copy, buffer.dtype(), buffer.rows(), buffer.width());
    }
}
