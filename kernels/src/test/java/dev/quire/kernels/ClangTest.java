package dev.quire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.portable.TileShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The portable kernels and those of the OpenCL family are OpenCL C 1.2 without a warning, as clang reads it. */
class ClangTest {
    private static final List<String> COMMAND = List.of(
            "clang-15",
            "-x",
            "cl",
            "-cl-std=CL1.2",
            "-target",
            "spir64-unknown-unknown",
            "-Xclang",
            "-finclude-default-header",
            "-fsyntax-only",
            "-Wall",
            "-Wextra",
            "-Wno-unused-function",
            "-Wno-sign-compare",
            "-Werror");

    @TempDir
    Path folder;

    @BeforeAll
    static void clangIsInstalled() {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean found = List.of(path.split(":")).stream()
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, COMMAND.getFirst())));
        assumeTrue(found, COMMAND.getFirst() + " is not on PATH");
    }

    @Test
    void everyKernelIsOpenClC() throws IOException, InterruptedException {
        assertEquals("", complaints(List.of("-DEXACT_DIVISION")));
    }

    @Test
    void everyKernelIsOpenClCWhereTheDeviceDividesInexactly() throws IOException, InterruptedException {
        assertEquals("", complaints(List.of()));
    }

    /** A kernel for each format, and each shape of tiles, that it may be asked for. */
    private static List<String> variants(String kernel) {
        List<WeightFormat> formats = List.of(WeightFormat.values());
        return switch (kernel) {
            case "linear_stored_row", "linear_stored_tall", "linear_stored_tile", "linear_sub_group" ->
                formats.stream()
                        .map(format -> new KernelName(kernel, Map.of("FORMAT", "FORMAT_" + format)).toString())
                        .toList();
            case "linear_tiled" ->
                Stream.concat(
                                formats.stream().map(TileShape.ALL.getFirst()::kernel),
                                TileShape.ALL.stream().map(shape -> shape.kernel(WeightFormat.BF16)))
                        .distinct()
                        .toList();
            default -> List.of(kernel);
        };
    }

    private String complaints(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(options);
        List<String> kernels = new ArrayList<>(KernelSource.portable());
        KernelSource.names(KernelFamily.OPENCL).forEach(name -> kernels.addAll(variants(name.replace(".cl", ""))));
        for (String kernel : kernels) {
            Path file = folder.resolve(kernel.replace(':', '.') + ".cl");
            Files.writeString(file, KernelSource.openCl(kernel).text());
            command.add(file.toString());
        }
        Path log = folder.resolve("log");
        Process clang = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        clang.waitFor();
        return Files.readString(log);
    }
}
