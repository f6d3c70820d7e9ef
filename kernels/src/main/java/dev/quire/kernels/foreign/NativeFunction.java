package dev.quire.kernels.foreign;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/**
 * A C function that returns a status. Callers make a few calls a step, so what boxing costs does not matter.
 *
 * @param name the symbol, for messages
 * @param handle takes all arguments in one array
 */
public record NativeFunction(String name, MethodHandle handle) {
    static NativeFunction of(String name, MethodHandle handle) {
        int arity = handle.type().parameterCount();
        return new NativeFunction(
                name,
                handle.asSpreader(Object[].class, arity).asType(MethodType.methodType(int.class, Object[].class)));
    }

    /**
     * Calls it.
     *
     * @param arguments {@code Integer}, {@code Long} or {@code MemorySegment}, as the function was bound
     * @return the status
     */
    public int call(Object... arguments) {
        try {
            return (int) handle.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e); // a downcall throws nothing that is checked
        }
    }
}
