package dev.quire.server.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The driver of {@code backends/cuda}'s tests that stands in for NVIDIA's, for processes of their own. */
final class CudaStub {
    /** With NVRTC and cuBLASLt beside it. */
    static final Path FOLDER =
            Path.of("..", "backends", "cuda", "target", "stub").toAbsolutePath().normalize();

    /** The driver alone. */
    static final Path DRIVER = FOLDER.resolve("driver");

    /** With NVRTC beside it, and no cuBLASLt. */
    static final Path COMPILER = FOLDER.resolve("compiler");

    private CudaStub() {}

    /** Skips a test where the build made no stub. */
    static void assume() {
        assumeTrue(
                Files.exists(FOLDER.resolve("libcuda.so.1")),
                "the build made no stub of CUDA, for want of gcc and g++");
    }

    /**
     * What a process finds the stub by.
     *
     * @param libraries where the loader looks first
     * @param home for kernels, and for Python's packages, among which NVRTC may be
     * @param settings of the stub
     */
    static Map<String, String> environment(Path libraries, Path home, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "LD_LIBRARY_PATH",
                libraries.toString(),
                "XDG_CACHE_HOME",
                home.toString(),
                "JDK_JAVA_OPTIONS",
                "-Duser.home=" + home));
        settings.forEach((name, value) -> environment.put("STUB_CUDA_" + name, value));
        return environment;
    }
}
