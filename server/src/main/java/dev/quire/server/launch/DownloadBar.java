package dev.quire.server.launch;

import dev.quire.core.source.DownloadProgress;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows downloads as a bar on standard error, one after another. */
public final class DownloadBar implements DownloadProgress {
    private static final int REFRESH_MILLIS = 250;

    private ProgressBar bar;

    @Override
    public synchronized void started(String file, long present, OptionalLong total) {
        close();
        bar = new ProgressBarBuilder()
                .setTaskName(file)
                .setInitialMax(total.orElse(-1))
                .setUnit(" MiB", 1 << 20)
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .startsFrom(present, java.time.Duration.ZERO)
                .build();
    }

    @Override
    public synchronized void advanced(String file, long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    @Override
    public synchronized void finished(String file) {
        close();
    }

    private void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
