package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** Built kernels, one program each: from the cache on disk, else from source. */
final class Programs implements AutoCloseable {
    private static final int LOG_LINES = 12;

    private final cl_context context;
    private final Target target;
    private final KernelCache cache;
    private final Function<String, KernelSource> sources;
    private final Map<String, cl_program> built = new HashMap<>();

    /** @param sources of kernels by name */
    Programs(cl_context context, Target target, KernelCache cache, Function<String, KernelSource> sources) {
        this.context = context;
        this.target = target;
        this.cache = cache;
        this.sources = sources;
    }

    private String options(String kernel) {
        return target.groups().subGroups().standard(kernel)
                + target.arithmetic().buildOptions();
    }

    /** Builds a kernel, unless it is. */
    void build(String kernel) {
        if (!built.containsKey(kernel)) {
            built.put(kernel, program(kernel));
        }
    }

    /** A new instance of a kernel, with arguments of its own. */
    cl_kernel create(String kernel) {
        build(kernel);
        int[] status = new int[1];
        cl_kernel created =
                CL.clCreateKernel(built.get(kernel), KernelName.parse(kernel).function(), status);
        Status.check(status[0], "clCreateKernel");
        return created;
    }

    private cl_program program(String kernel) {
        KernelSource source = sources.apply(kernel);
        KernelCache.Key key = new KernelCache.Key(
                source.sha256(), target.info().name(), target.info().driver(), "OpenCL " + options(kernel));
        Map<String, cl_program> fresh = new HashMap<>();
        byte[] binary = cache.get(key, () -> {
            fresh.put(kernel, compile(kernel, source));
            return binary(fresh.get(kernel));
        });
        if (fresh.containsKey(kernel)) {
            return fresh.get(kernel);
        }
        return load(kernel, binary).orElseGet(() -> compile(kernel, source));
    }

    private cl_program compile(String kernel, KernelSource source) {
        int[] status = new int[1];
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source.text()}, null, status);
        Status.check(status[0], "clCreateProgramWithSource");
        int built = CL.clBuildProgram(program, 1, new cl_device_id[] {target.id()}, options(kernel), null, null);
        if (built != CL.CL_SUCCESS) {
            String log = log(program);
            CL.clReleaseProgram(program);
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "kernel '%s' does not build for %s, driver %s: %s%n%s%nUpdate the driver, or pass another --device or --backend."
                            .formatted(
                                    kernel, target.info().name(), target.info().driver(), Status.name(built), log));
        }
        return program;
    }

    /** Nothing if the driver refuses what it wrote itself, as after a change that its version does not tell. */
    private Optional<cl_program> load(String kernel, byte[] binary) {
        cl_device_id[] devices = {target.id()};
        int[] status = new int[1];
        cl_program program = CL.clCreateProgramWithBinary(
                context, 1, devices, new long[] {binary.length}, new byte[][] {binary}, new int[1], status);
        if (status[0] != CL.CL_SUCCESS) {
            return Optional.empty();
        }
        if (CL.clBuildProgram(program, 1, devices, options(kernel), null, null) != CL.CL_SUCCESS) {
            CL.clReleaseProgram(program);
            return Optional.empty();
        }
        return Optional.of(program);
    }

    private static byte[] binary(cl_program program) {
        long[] size = new long[1];
        Status.check(
                CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARY_SIZES, Long.BYTES, Pointer.to(size), null),
                "clGetProgramInfo");
        byte[] binary = new byte[Math.toIntExact(size[0])];
        Status.check(
                CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Long.BYTES, Pointer.to(Pointer.to(binary)), null),
                "clGetProgramInfo");
        return binary;
    }

    private String log(cl_program program) {
        Query query = (what, bytes, answer, size) ->
                CL.clGetProgramBuildInfo(program, target.id(), what, bytes, answer, size);
        String log = query.text(CL.CL_PROGRAM_BUILD_LOG);
        return log.lines().filter(line -> !line.isBlank()).limit(LOG_LINES).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        built.values().forEach(CL::clReleaseProgram);
    }
}
