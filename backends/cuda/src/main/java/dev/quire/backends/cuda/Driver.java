package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.foreign.NativeFunction;
import dev.quire.kernels.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** The functions of libcuda that this backend calls. Handles and device pointers are {@code long}; an {@code ADDRESS} is host memory. */
final class Driver {
    static final String LIBRARY = "libcuda.so.1";
    /** The oldest that serves, as cuDriverGetVersion has it: CUDA 12.0. */
    static final int OLDEST = 12000;

    private static final int NAME_BYTES = 256;

    final NativeFunction deviceGet;
    final NativeFunction deviceGetName;
    final NativeFunction deviceTotalMem;
    final NativeFunction deviceGetAttribute;
    final NativeFunction primaryCtxRetain;
    final NativeFunction primaryCtxRelease;
    final NativeFunction ctxSetCurrent;
    final NativeFunction memGetInfo;
    final NativeFunction memAlloc;
    final NativeFunction memFree;
    final NativeFunction memHostAlloc;
    final NativeFunction memFreeHost;
    final NativeFunction memcpyHtoDAsync;
    final NativeFunction memcpyDtoHAsync;
    final NativeFunction memsetD8Async;
    final NativeFunction moduleLoadData;
    final NativeFunction moduleUnload;
    final NativeFunction moduleGetFunction;
    final NativeFunction funcSetAttribute;
    final NativeFunction launchKernel;
    final NativeFunction tensorMapEncodeTiled;
    final NativeFunction streamCreate;
    final NativeFunction streamDestroy;
    final NativeFunction streamBeginCapture;
    final NativeFunction streamEndCapture;
    final NativeFunction graphInstantiate;
    final NativeFunction graphExecUpdate;
    final NativeFunction graphLaunch;
    final NativeFunction graphExecDestroy;
    final NativeFunction graphDestroy;
    final NativeFunction eventCreate;
    final NativeFunction eventRecord;
    final NativeFunction eventQuery;
    final NativeFunction eventSynchronize;
    final NativeFunction eventDestroy;

    private final NativeFunction getErrorName;
    private final int version;
    private final int devices;

    private Driver(NativeLibrary cuda, int version) {
        this.version = version;
        getErrorName = cuda.function("cuGetErrorName", JAVA_INT, ADDRESS);
        deviceGet = cuda.function("cuDeviceGet", ADDRESS, JAVA_INT);
        deviceGetName = cuda.function("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
        deviceTotalMem = cuda.function("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
        deviceGetAttribute = cuda.function("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
        primaryCtxRetain = cuda.function("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
        primaryCtxRelease = cuda.function("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
        ctxSetCurrent = cuda.function("cuCtxSetCurrent", JAVA_LONG);
        memGetInfo = cuda.function("cuMemGetInfo_v2", ADDRESS, ADDRESS);
        memAlloc = cuda.function("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
        memFree = cuda.function("cuMemFree_v2", JAVA_LONG);
        memHostAlloc = cuda.function("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
        memFreeHost = cuda.function("cuMemFreeHost", ADDRESS);
        memcpyHtoDAsync = cuda.function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        memcpyDtoHAsync = cuda.function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        memsetD8Async = cuda.function("cuMemsetD8Async", JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG);
        moduleLoadData = cuda.function("cuModuleLoadData", ADDRESS, ADDRESS);
        moduleUnload = cuda.function("cuModuleUnload", JAVA_LONG);
        moduleGetFunction = cuda.function("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
        funcSetAttribute = cuda.function("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT);
        launchKernel = cuda.function(
                "cuLaunchKernel",
                JAVA_LONG,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_LONG,
                ADDRESS,
                ADDRESS);
        tensorMapEncodeTiled = cuda.function(
                "cuTensorMapEncodeTiled",
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT);
        streamCreate = cuda.function("cuStreamCreate", ADDRESS, JAVA_INT);
        streamDestroy = cuda.function("cuStreamDestroy_v2", JAVA_LONG);
        streamBeginCapture = cuda.function("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
        streamEndCapture = cuda.function("cuStreamEndCapture", JAVA_LONG, ADDRESS);
        graphInstantiate = cuda.function("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
        graphExecUpdate = cuda.function("cuGraphExecUpdate_v2", JAVA_LONG, JAVA_LONG, ADDRESS);
        graphLaunch = cuda.function("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
        graphExecDestroy = cuda.function("cuGraphExecDestroy", JAVA_LONG);
        graphDestroy = cuda.function("cuGraphDestroy", JAVA_LONG);
        eventCreate = cuda.function("cuEventCreate", ADDRESS, JAVA_INT);
        eventRecord = cuda.function("cuEventRecord", JAVA_LONG, JAVA_LONG);
        eventQuery = cuda.function("cuEventQuery", JAVA_LONG);
        eventSynchronize = cuda.function("cuEventSynchronize", JAVA_LONG);
        eventDestroy = cuda.function("cuEventDestroy_v2", JAVA_LONG);
        NativeFunction count = cuda.function("cuDeviceGetCount", ADDRESS);
        NativeFunction init = cuda.function("cuInit", JAVA_INT);
        run(Kind.UNSUPPORTED, init, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(JAVA_INT);
            run(Kind.UNSUPPORTED, count, place);
            devices = place.get(JAVA_INT, 0);
        }
    }

    /**
     * The driver of this machine, initialized; empty where its library is not installed.
     *
     * @throws BackendException of kind UNSUPPORTED if it is too old, or does not start
     */
    static Optional<Driver> load() {
        return NativeLibrary.first(List.of(LIBRARY)).map(Driver::start);
    }

    private static Driver start(NativeLibrary cuda) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(JAVA_INT);
            int status = cuda.function("cuDriverGetVersion", ADDRESS).call(place);
            int version = place.get(JAVA_INT, 0);
            if (status != Status.SUCCESS || version < OLDEST) {
                throw new BackendException(
                        Kind.UNSUPPORTED,
                        "the NVIDIA driver is made for CUDA %s; the oldest that serves is for CUDA %s"
                                .formatted(text(version), text(OLDEST)));
            }
            return new Driver(cuda, version);
        }
    }

    /** The CUDA version that the driver is made for, such as 13.0. */
    String version() {
        return text(version);
    }

    /** Its first number. */
    int major() {
        return version / 1000;
    }

    /** How many devices it has. */
    int devices() {
        return devices;
    }

    private static String text(int version) {
        return "%d.%d".formatted(version / 1000, version % 1000 / 10);
    }

    /**
     * Does nothing if a call succeeded.
     *
     * @param otherwise the kind of failures that are neither lost devices nor want of memory
     * @param call what was called
     */
    void check(int status, Kind otherwise, String call) {
        if (status != Status.SUCCESS) {
            throw new BackendException(Status.kind(status, otherwise), "%s: %s".formatted(call, error(status)));
        }
    }

    /** A status in words: the driver's own name for it, its number, and what to do about a device that is lost. */
    @SuppressWarnings("restricted") // the driver's names end with a zero
    String error(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            String name = getErrorName.call(status, place) == Status.SUCCESS
                    ? place.get(ADDRESS, 0).reinterpret(NAME_BYTES).getString(0)
                    : "unknown to this driver";
            return "%s (%s, %d)%s".formatted(Status.text(status), name, status, Status.advice(status));
        }
    }

    /**
     * Calls a function.
     *
     * @throws BackendException if it fails; {@code otherwise} is the kind of failures that are neither lost devices nor want of memory
     */
    void run(Kind otherwise, NativeFunction function, Object... arguments) {
        check(function.call(arguments), otherwise, function.name());
    }

    /** Calls a function that writes a handle, or a 64-bit number, to its first argument. */
    long make(Kind otherwise, NativeFunction function, Object... rest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(JAVA_LONG);
            Object[] arguments = new Object[rest.length + 1];
            arguments[0] = place;
            System.arraycopy(rest, 0, arguments, 1, rest.length);
            run(otherwise, function, arguments);
            return place.get(JAVA_LONG, 0);
        }
    }
}
