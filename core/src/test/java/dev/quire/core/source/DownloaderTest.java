package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(600)
class DownloaderTest {
    private static final byte[] FILE = SourceFixture.bytes(3_000_000, 7);

    @TempDir
    Path folder;

    private WebServer server;
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = new WebServer().put("/file", FILE);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anInterruptedDownloadGoesOnWhereItStopped() throws IOException {
        server.fail(WebServer.Fault.HANG_UP_MIDWAY, 2);
        fetch(SourceFixture.patient(), wanted());
        assertArrayEquals(FILE, Files.readAllBytes(target()));
        assertEquals(3, server.asked.size());
        assertEquals(Optional.empty(), server.asked.get(0).range());
        long second = start(server.asked.get(1));
        long third = start(server.asked.get(2));
        assertTrue(0 < second && second < third && third < FILE.length, second + ", " + third);
        assertFalse(Files.exists(wanted().part()));
        assertEquals("started 0 of 3000000", heard.getFirst());
        assertTrue(heard.contains("started %d of 3000000".formatted(second)), heard.toString());
        assertEquals("finished", heard.getLast());
    }

    @Test
    void aLaterRunGoesOnWithWhatAnEarlierOneLeft() throws IOException {
        server.fail(WebServer.Fault.HANG_UP_MIDWAY, 1);
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.once(), wanted()));
        long kept = Files.size(wanted().part());
        assertTrue(kept > 0);
        assertTrue(e.getMessage().contains(kept + " bytes are kept in " + wanted().part()), e.getMessage());

        fetch(SourceFixture.patient(), wanted());
        assertEquals(kept, start(server.asked.getLast()));
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    @Test
    void aServerThatIgnoresRangesIsReadFromTheStart() throws IOException {
        Files.write(wanted().part(), Arrays.copyOf(FILE, 1_000_000));
        server.fail(WebServer.Fault.IGNORE_RANGE, 1);
        fetch(SourceFixture.patient(), wanted());
        assertEquals(1_000_000, start(server.asked.getFirst()));
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    @Test
    void wrongBytesAreDeletedAndNamed() {
        server.fail(WebServer.Fault.WRONG_BYTES, 1);
        ModelSourceException e =
                assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.patient(), wanted()));
        assertTrue(e.getMessage().contains("its checksum is"), e.getMessage());
        assertTrue(e.getMessage().contains(SourceFixture.sha256(FILE)), e.getMessage());
        assertFalse(Files.exists(target()));
        assertFalse(Files.exists(wanted().part()));
    }

    @Test
    void aPartOfAnotherFileIsDroppedAndFetchedAnew() throws IOException {
        Files.write(wanted().part(), SourceFixture.bytes(1_000_000, 8));
        fetch(SourceFixture.patient(), wanted());
        assertEquals(2, server.asked.size());
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    @Test
    void aPartThatIsTooLongIsDropped() throws IOException {
        Files.write(wanted().part(), SourceFixture.bytes(4_000_000, 8));
        fetch(SourceFixture.patient(), wanted());
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    @Test
    void aWholePartIsOnlyChecked() throws IOException {
        Files.write(wanted().part(), FILE);
        fetch(SourceFixture.patient(), wanted());
        assertEquals(0, server.asked.size());
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    @Test
    void aBusyServerIsAskedAgain() throws IOException {
        server.fail(WebServer.Fault.BUSY, 2);
        fetch(SourceFixture.patient(), wanted());
        assertEquals(3, server.asked.size());
    }

    @Test
    void aSilentServerIsGivenUp() {
        server.fail(WebServer.Fault.FALL_SILENT, 1);
        ModelSourceException e =
                assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.impatient(), wanted()));
        assertTrue(e.getMessage().contains("the server was silent for 3000 ms"), e.getMessage());
        assertTrue(e.getMessage().contains("bytes are kept"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"401,HF_TOKEN", "403,accept its terms", "404,Check the name", "418,answered 418"})
    void aRefusalIsFinalAndSaysWhatWouldHelp(int status, String hint) {
        server.put("/file", status, Map.of(), new byte[0]);
        ModelSourceException e =
                assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.patient(), wanted()));
        assertTrue(e.getMessage().contains(hint), e.getMessage());
        assertEquals(1, server.asked.size());
    }

    @Test
    void noServerAtAllSaysSo() {
        server.close();
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.once(), wanted()));
        assertTrue(e.getMessage().contains("no connection"), e.getMessage());
    }

    @Test
    void aFullDiskIsNoticedBeforeTheFirstByte() {
        Downloader.Wanted huge = wanted(OptionalLong.of(1L << 60));
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.patient(), huge));
        assertTrue(e.getMessage().contains("needs 1152921504606.8 MB"), e.getMessage());
        assertFalse(Files.exists(huge.part()));
    }

    @Test
    void redirectsAreFollowedButTheTokenStaysHome() throws IOException {
        try (WebServer elsewhere = new WebServer().put("/far", FILE)) {
            server.put("/file", 302, Map.of("Location", elsewhere.address() + "/far"), new byte[0]);
            fetch(SourceFixture.patient(), wanted());
            assertEquals(Optional.of("Bearer secret"), server.asked.getFirst().authorization());
            assertEquals(Optional.empty(), elsewhere.asked.getFirst().authorization());
            assertArrayEquals(FILE, Files.readAllBytes(target()));
        }
    }

    @Test
    void redirectsThatGoInCirclesEnd() {
        server.put("/file", 302, Map.of("Location", "/file"), new byte[0]);
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> fetch(SourceFixture.once(), wanted()));
        assertTrue(e.getMessage().contains("redirects more than 10 times"), e.getMessage());
    }

    @Test
    void threadsThatWantTheSameFileFetchItOnce() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> quietly(wanted())));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertEquals(1, server.asked.size());
        assertArrayEquals(FILE, Files.readAllBytes(target()));
    }

    private Downloader.Wanted wanted() {
        return wanted(OptionalLong.of(FILE.length));
    }

    private Downloader.Wanted wanted(OptionalLong size) {
        return new Downloader.Wanted(
                "file",
                server.address().resolve("/file"),
                Map.of("Authorization", "Bearer secret"),
                target(),
                size,
                Checksum.sha256(SourceFixture.sha256(FILE)));
    }

    private Path target() {
        return folder.resolve("file");
    }

    private void quietly(Downloader.Wanted wanted) {
        try (Http http = new Http(SourceFixture.patient())) {
            new Downloader(http, SourceFixture.patient(), DownloadProgress.silent())
                    .fetch(wanted, folder.resolve("lock"));
        }
    }

    private void fetch(SourceOptions.Network network, Downloader.Wanted wanted) {
        DownloadProgress listener = new DownloadProgress() {
            private long bytes;

            @Override
            public void started(String file, long present, OptionalLong total) {
                bytes = present;
                heard.add("started %d of %d".formatted(present, total.orElse(-1)));
            }

            @Override
            public void advanced(String file, long more) {
                bytes += more;
            }

            @Override
            public void finished(String file) {
                assertEquals(FILE.length, bytes);
                heard.add("finished");
            }
        };
        try (Http http = new Http(network)) {
            new Downloader(http, network, listener).fetch(wanted, folder.resolve("lock"));
        }
    }

    private static long start(WebServer.Asked asked) {
        return Long.parseLong(asked.range().orElseThrow().replaceAll("\\D", ""));
    }
}
