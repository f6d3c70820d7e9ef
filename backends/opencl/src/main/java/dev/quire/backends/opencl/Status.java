package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import org.jocl.CL;

/** What an OpenCL call returns. */
final class Status {
    /** Codes of drivers' own, such as those after an illegal access, are at or below this. */
    private static final int VENDOR_ERRORS = -9000;

    private Status() {}

    /**
     * Passes where a call succeeded.
     *
     * @param call its name
     * @throws BackendException of the kind that {@link #failure} finds
     */
    static void check(int status, String call) {
        if (status != CL.CL_SUCCESS) {
            throw failure(status, call);
        }
    }

    /** What a call's status says. */
    static BackendException failure(int status, String call) {
        String name = name(status);
        return switch (status) {
            case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, CL.CL_OUT_OF_HOST_MEMORY ->
                new BackendException(
                        BackendException.Kind.OUT_OF_MEMORY,
                        "%s: %s; lower --kv-cache-memory-bytes or --max-num-batched-tokens".formatted(call, name));
            case CL.CL_DEVICE_NOT_AVAILABLE,
                    CL.CL_DEVICE_NOT_FOUND,
                    CL.CL_INVALID_DEVICE,
                    CL.CL_INVALID_CONTEXT,
                    CL.CL_INVALID_COMMAND_QUEUE,
                    CL.CL_OUT_OF_RESOURCES,
                    CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST -> lost(call, name);
            default ->
                status <= VENDOR_ERRORS
                        ? lost(call, name)
                        : new BackendException(
                                BackendException.Kind.STEP_FAILED, "%s failed: %s".formatted(call, name));
        };
    }

    /** The device ended a command abnormally: what it holds cannot be relied on. */
    static BackendException lost(String call, String name) {
        return new BackendException(
                BackendException.Kind.DEVICE_LOST,
                "the OpenCL device is lost: %s: %s. Start again; the system's log may say why it stopped."
                        .formatted(call, name));
    }

    static String name(int status) {
        return CL.stringFor_errorCode(status);
    }
}
