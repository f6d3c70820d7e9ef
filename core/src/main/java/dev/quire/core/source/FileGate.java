package dev.quire.core.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one at a time fetch a file, of all threads and processes of this machine. */
final class FileGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileGate.class);
    private static final int POLL_MILLIS = 50;

    private final FileChannel channel;

    private FileGate(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until {@code lockFile}, which is made if need be, belongs to the caller. */
    static FileGate enter(Path lockFile) throws IOException {
        Files.createDirectories(lockFile.getParent());
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            boolean waited = false;
            while (tryLock(channel).isEmpty()) {
                if (!waited) {
                    LOG.info("Waiting for another download of {}", lockFile.getFileName());
                    waited = true;
                }
                Thread.sleep(POLL_MILLIS);
            }
            return new FileGate(channel);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw Http.interrupted(e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException heldByThisProcess) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
