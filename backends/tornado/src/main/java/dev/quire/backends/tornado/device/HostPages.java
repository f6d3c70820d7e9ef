package dev.quire.backends.tornado.device;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Host memory of which no page is there before it is written: TornadoVM wants as much on the host as an array has on the device. */
@SuppressWarnings("restricted")
final class HostPages {
    private HostPages() {}

    /**
     * Memory that lives as long as the arena.
     *
     * @throws OutOfMemoryError if the machine refuses
     */
    static MemorySegment allocate(long bytes, Arena arena) {
        Linker linker = Linker.nativeLinker();
        MethodHandle malloc = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("malloc"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        MethodHandle free = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        MemorySegment memory = (MemorySegment) call(malloc, bytes);
        if (memory.address() == 0) {
            throw new OutOfMemoryError("malloc gives no %d bytes".formatted(bytes));
        }
        return memory.reinterpret(bytes, arena, freed -> call(free, freed));
    }

    private static Object call(MethodHandle function, Object argument) {
        try {
            return function.invoke(argument);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of libc failed", e);
        }
    }
}
