package dev.quire.kernels.host;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of one of the kernels' headers, compiled for the host. */
abstract class HeaderTests {
    @TempDir
    Path folder;

    HeaderFunctions functions;

    private final String header;

    HeaderTests(String header) {
        this.header = header;
    }

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        functions = new HeaderFunctions(folder, header);
    }

    @AfterEach
    void close() {
        functions.close();
    }
}
