package dev.quire.kernels.foreign;

import dev.quire.api.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * A shared library, loaded until the process ends: neither the driver nor its compiler can be unloaded safely.
 *
 * @param name what it was found by
 */
@SuppressWarnings("restricted")
public record NativeLibrary(String name, SymbolLookup symbols) {
    /** The first of some names, or paths, that the dynamic loader takes. */
    public static Optional<NativeLibrary> first(List<String> names) {
        for (String name : names) {
            Optional<NativeLibrary> library = load(name);
            if (library.isPresent()) {
                return library;
            }
        }
        return Optional.empty();
    }

    private static Optional<NativeLibrary> load(String name) {
        try {
            return Optional.of(new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
        } catch (IllegalArgumentException absent) {
            return Optional.empty();
        }
    }

    /**
     * A function that returns a status.
     *
     * @throws BackendException of kind UNSUPPORTED if the library lacks it
     */
    public NativeFunction function(String symbol, MemoryLayout... parameters) {
        MemorySegment address = symbols.find(symbol)
                .orElseThrow(() -> new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "%s has no function %s; install a newer version of it".formatted(name, symbol)));
        FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
        MethodHandle handle = Linker.nativeLinker().downcallHandle(address, type);
        return NativeFunction.of(symbol, handle);
    }
}
