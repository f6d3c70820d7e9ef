package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A layer between the OpenCL loader and its driver, for processes of their own; under Level Zero's loopback driver, too, which calls OpenCL. */
record DriverLayer(Path library) {
    private static final String SOURCE = "driver_layer.cpp";

    /** Compiles the layer. */
    static DriverLayer build(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve(SOURCE);
        try (InputStream in = DriverLayer.class.getResourceAsStream(SOURCE)) {
            Files.copy(in, source);
        }
        Path library = folder.resolve("layer.so");
        Process compiler = new ProcessBuilder(
                        "g++", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        assertEquals(0, compiler.waitFor());
        return new DriverLayer(library);
    }

    /** What a process needs to run under the layer; the source of the layer says what tasks there are. */
    Map<String, String> environment(String task) {
        return Map.of("OPENCL_LAYERS", library.toString(), "LAYER_TASK", task);
    }
}
