package dev.quire.backends.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneDnnTest {
    @TempDir
    Path folder;

    private static boolean hasNatives() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    @Test
    void aCacheThatCannotBeWrittenLeavesOneDnnMissingWithTheReason() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        var missing = assertInstanceOf(OneDnnLibrary.Missing.class, OneDnn.load(file.resolve("cache")));
        assertTrue(missing.reason().contains(hasNatives() ? "file" : "only for Linux"), missing::reason);
    }

    @Test
    void aShapeIsCompiledOnceAndARefusedOneSaysWhichCallRefused() {
        assumeTrue(hasNatives(), "oneDNN has native files for Linux amd64 alone");
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "quire-test-" + System.getProperty("user.name"));
        try (OneDnn oneDnn =
                assertInstanceOf(OneDnnLibrary.Loaded.class, OneDnn.load(cache)).oneDnn()) {
            var shape = new MatMul.Shape(MatrixType.F32, 4, 32, 64, 64);
            MatMul matMul = oneDnn.matMul(shape);
            assertEquals(matMul, oneDnn.matMul(shape));
            assertTrue(matMul.implementation().contains("matmul"), matMul::implementation);
            var thrown = assertThrows(
                    OneDnnException.class, () -> oneDnn.matMul(new MatMul.Shape(MatrixType.F32, 4, 32, 64, 63)));
            assertTrue(thrown.getMessage().contains("dnnl_"), thrown::getMessage);
        }
    }
}
