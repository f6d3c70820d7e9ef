package dev.quire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.kernels.portable.WorkItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSourceTest {
    private final KernelFolder sample = new KernelFolder("/dev/quire/kernels/sample");

    @Test
    void eachIncludedFileStandsOnceWhereItIsFirstNamed() {
        KernelSource source = sample.find(KernelFamily.PORTABLE, "add.kernel.c");
        String expected = """
            #include <stdint.h>
            #define TINY 1
            #define ONE TINY
            int add(int x) { return x + ONE; }
            """;
        assertEquals(expected, source.text());
        assertEquals(Sha256.hex(expected.getBytes(StandardCharsets.UTF_8)), source.sha256());
        assertEquals(64, source.sha256().length());
    }

    @ParameterizedTest
    @EnumSource
    void everyPortableKernelStandsBehindEachPreludeUnderItsFilesName(Dialect dialect) {
        assertEquals(
                KernelSource.names(KernelFamily.PORTABLE).size(),
                KernelSource.portable().size());
        for (String kernel : KernelSource.portable()) {
            String text = KernelSource.portable(kernel, dialect).text();
            assertTrue(text.indexOf("#define KERNEL ") < text.indexOf("KERNEL void " + kernel + "("), kernel);
            assertTrue(!text.contains("#include \""), kernel);
            assertEquals(1, text.split("KERNEL void ", -1).length - 1, "one kernel per file: " + kernel);
        }
    }

    @Test
    void everyOpenClKernelStandsBehindItsPreludeUnderItsFilesName() {
        for (String file : KernelSource.names(KernelFamily.OPENCL)) {
            String kernel = file.replace(".cl", "");
            String text = KernelSource.openCl(kernel).text();
            assertTrue(text.indexOf("#define KERNEL ") < text.indexOf("KERNEL void " + kernel + "("), kernel);
            assertEquals(1, text.split("KERNEL void ", -1).length - 1, "one kernel per file: " + kernel);
            assertTrue(!KernelSource.portable().contains(kernel), "in two families: " + kernel);
        }
    }

    @Test
    void everyCudaKernelStandsBehindItsPreludeAndWhatItsNameDefinesOnAGpuAndOnTheHost() {
        for (String file : KernelSource.names(KernelFamily.CUDA)) {
            String kernel = file.replace(".cu", "");
            for (KernelSource source :
                    List.of(KernelSource.cuda(kernel + ":HEAD=64"), KernelSource.cudaOnHost(kernel + ":HEAD=64"))) {
                String text = source.text();
                assertTrue(text.indexOf("#define HEAD 64") < text.indexOf("KERNEL void "), kernel);
                assertTrue(text.indexOf("#define KERNEL ") < text.indexOf("KERNEL void "), kernel);
                assertEquals(1, text.split("KERNEL void ", -1).length - 1, "one kernel per file: " + kernel);
            }
            assertTrue(!KernelSource.portable().contains(kernel), "in two families: " + kernel);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyKernelThatAPlanMayLaunchHasASource(WorkItem items) {
        for (String kernel : items.kernels()) {
            KernelSource source = items.isWarp() ? KernelSource.cuda(kernel) : KernelSource.openCl(kernel);
            Pattern head = Pattern.compile("KERNEL void\\s+(ITEMS_PER_GROUP\\([^\\n]*\\)\\s+)?" + kernel + "\\(");
            assertTrue(head.matcher(source.text()).find(), kernel);
        }
    }

    @Test
    void aDialectsSourceHasAHashOfItsOwn() {
        Set<String> hashes = Arrays.stream(Dialect.values())
                .map(dialect -> KernelSource.portable("add", dialect).sha256())
                .collect(Collectors.toSet());
        assertEquals(Dialect.values().length, hashes.size());
    }

    @Test
    void anUnknownKernelIsRefusedWithTheKnownOnes() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> sample.find(KernelFamily.PORTABLE, "../include/a.h"))
                .getMessage();
        assertTrue(message.endsWith("known: [add.kernel.c, lost.kernel.c, stray.kernel.c]"), message);
    }

    @Test
    void anUnknownIncludeNamesWhoIncludesItAndTheKnownOnes() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> sample.find(KernelFamily.PORTABLE, "stray.kernel.c"))
                .getMessage();
        assertTrue(message.contains("included by PORTABLE kernel 'stray.kernel.c' 'c.h'"), message);
        assertTrue(message.endsWith("known: [a.h, b.h]"), message);
    }

    @Test
    void aFileThatOnlyTheIndexKnowsIsAnError() {
        assertThrows(IllegalStateException.class, () -> sample.find(KernelFamily.PORTABLE, "lost.kernel.c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"portable", "cuda", "opencl", "include"})
    void theIndexNamesTheFilesOfItsFolder(String folder) throws IOException {
        Path sources = Path.of("src/main/resources/dev/quire/kernels", folder);
        List<String> indexed = new KernelFolder("/dev/quire/kernels").names(folder);
        Set<String> files;
        try (var listed = Files.list(sources)) {
            files = listed.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("index"))
                    .collect(Collectors.toSet());
        }
        assertEquals(files, new HashSet<>(indexed), "correct " + sources.resolve("index"));
        assertEquals(files.size(), indexed.size(), "a name stands twice in " + sources.resolve("index"));
    }

    @Test
    void everyKernelOfEveryFamilyExpands() {
        for (KernelFamily family : KernelFamily.values()) {
            for (String name : KernelSource.names(family)) {
                assertTrue(!KernelSource.find(family, name).text().contains("#include \""), name);
            }
        }
    }

    @Test
    void everyKernelThatNvidiasCompilerIsShownExpandsAndEachOfItsOwnFamilyIsAmongThem() {
        Set<String> shown = KernelSource.cuda().stream()
                .map(kernel -> KernelSource.cuda(kernel).name())
                .collect(Collectors.toSet());
        assertTrue(
                shown.containsAll(KernelSource.names(KernelFamily.CUDA)),
                "src/main/resources/dev/quire/kernels/cuda.variants lacks a kernel: " + shown);
        assertTrue(shown.containsAll(KernelSource.names(KernelFamily.PORTABLE)), shown::toString);
    }
}
