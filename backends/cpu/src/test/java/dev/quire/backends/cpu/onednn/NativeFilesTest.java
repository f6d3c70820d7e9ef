package dev.quire.backends.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFilesTest {
    @TempDir
    Path folder;

    private URLClassLoader jar(String name, String content) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String file : List.of("a.so", "b.so")) {
                out.putNextEntry(new ZipEntry("lib/" + file));
                out.write((file + content).getBytes());
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    @Test
    void filesAreUnpackedOnceHoweverManyStartTogether() throws IOException {
        Path cache = folder.resolve("cache");
        try (URLClassLoader loader = jar("one.jar", "first")) {
            List<Path> targets = IntStream.range(0, 16)
                    .parallel()
                    .mapToObj(i -> unpack(loader, cache))
                    .distinct()
                    .toList();
            assertEquals(1, targets.size());
            assertEquals("b.sofirst", Files.readString(targets.getFirst().resolve("b.so")));
            try (var left = Files.list(cache)) {
                assertEquals(targets, left.toList());
            }
        }
    }

    private static Path unpack(ClassLoader loader, Path cache) {
        try {
            return NativeFiles.unpack(loader, "lib/", List.of("a.so", "b.so"), cache);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void otherContentsGoToAnotherFolder() throws IOException {
        try (URLClassLoader first = jar("one.jar", "first");
                URLClassLoader second = jar("two.jar", "other")) {
            Path one = unpack(first, folder.resolve("cache"));
            Path two = unpack(second, folder.resolve("cache"));
            assertNotEquals(one, two);
            assertEquals("a.soother", Files.readString(two.resolve("a.so")));
        }
    }

    @Test
    void aMissingResourceIsNamed() throws IOException {
        try (URLClassLoader loader = jar("one.jar", "first")) {
            var thrown = assertThrows(
                    IOException.class,
                    () -> NativeFiles.unpack(loader, "lib/", List.of("c.so"), folder.resolve("cache")));
            assertTrue(thrown.getMessage().contains("lib/c.so"), thrown::getMessage);
        }
    }
}
