package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_DEVICE_LOST;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_DEVICE_REQUIRES_RESET;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_INVALID_KERNEL_NAME;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_INVALID_NATIVE_BINARY;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_MODULE_BUILD_FAILURE;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_UNINITIALIZED;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_SUCCESS;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;

/** Results of Level Zero calls, as exceptions. */
final class Status {
    private Status() {}

    /**
     * Does nothing if a call succeeded.
     *
     * @param otherwise the kind of failures that are neither lost devices nor want of memory
     * @param call what was called
     */
    static void check(int result, Kind otherwise, String call) {
        if (result != ZE_RESULT_SUCCESS) {
            throw new BackendException(kind(result, otherwise), "%s: %s".formatted(call, text(result)));
        }
    }

    private static Kind kind(int result, Kind otherwise) {
        return switch (result) {
            case ZE_RESULT_ERROR_DEVICE_LOST, ZE_RESULT_ERROR_DEVICE_REQUIRES_RESET -> Kind.DEVICE_LOST;
            case ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY, ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY -> Kind.OUT_OF_MEMORY;
            default -> otherwise;
        };
    }

    /** A result in words, with its number as ze_api.h has it. */
    static String text(int result) {
        String words = switch (result) {
            case ZE_RESULT_ERROR_DEVICE_LOST -> "the device was lost";
            case ZE_RESULT_ERROR_DEVICE_REQUIRES_RESET -> "the device requires a reset";
            case ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY -> "out of device memory";
            case ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY -> "out of host memory";
            case ZE_RESULT_ERROR_UNSUPPORTED_SIZE -> "more than one allocation may have";
            case ZE_RESULT_ERROR_MODULE_BUILD_FAILURE -> "the module does not build";
            case ZE_RESULT_ERROR_INVALID_NATIVE_BINARY -> "the driver does not take the binary";
            case ZE_RESULT_ERROR_INVALID_KERNEL_NAME -> "the module has no such kernel";
            case ZE_RESULT_ERROR_UNINITIALIZED -> "no driver";
            default -> "failed";
        };
        return "%s (0x%08x)".formatted(words, result);
    }
}
