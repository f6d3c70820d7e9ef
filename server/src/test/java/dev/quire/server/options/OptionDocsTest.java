package dev.quire.server.options;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionDocsTest {
    private static final Path PAGE = Path.of("..", "docs", "options.md");

    @Test
    void pageOfOptionsIsUpToDate() throws IOException {
        if (Boolean.getBoolean("quire.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, OptionDocs.markdown());
        }
        assertEquals(
                OptionDocs.markdown(),
                Files.readString(PAGE),
                "docs/options.md is stale; write it again with: ./mvnw -pl server -am test -Dtest=OptionDocsTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dquire.write=true");
    }
}
