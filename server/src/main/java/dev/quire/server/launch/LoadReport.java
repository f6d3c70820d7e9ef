package dev.quire.server.launch;

import dev.quire.core.llm.LlmListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Prints what an operator should know while a model loads: notices, how far weights are where that takes long, and at how many bytes a second they
 * went to the device. One thread.
 */
public final class LoadReport implements LlmListener {
    private static final double GIGA = 1e9;
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(5);
    /** From where on a load is worth a line. */
    private static final long LONG = TimeUnit.SECONDS.toNanos(1);

    private static final long LARGE = 1_000_000_000;

    private final PrintWriter out;
    private final LongSupplier clock;
    private long before;
    private long begun;
    private long said;

    public LoadReport(PrintWriter out) {
        this(out, System::nanoTime);
    }

    /** @param clock nanoseconds */
    LoadReport(PrintWriter out, LongSupplier clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void notice(String sentence) {
        say(sentence);
    }

    /** A weight is counted when it is asked for: what was counted before it has gone to the device by then, or is on its way. */
    @Override
    public void weightsLoaded(long loaded, long total) {
        long now = clock.getAsLong();
        if (loaded <= before || before == 0) {
            before = 0;
            begun = now;
            said = now;
        }
        long taken = now - begun;
        if (loaded == total) {
            if (taken > 0 && (taken >= LONG || total >= LARGE)) {
                say(String.format(
                        Locale.ROOT,
                        "Weights: %.1f GB in %.1f s, %.1f GB/s",
                        total / GIGA,
                        taken / GIGA,
                        (double) before / taken));
            }
        } else if (now - said >= PAUSE) {
            said = now;
            say(String.format(Locale.ROOT, "Weights: %d%% of %.1f GB", 100 * loaded / total, total / GIGA));
        }
        before = loaded;
    }

    private void say(String sentence) {
        out.println(sentence);
        out.flush();
    }
}
