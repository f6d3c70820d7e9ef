package dev.quire.conformance.run;

import java.util.Map;

/** How a process ended, in words. */
final class ExitStatus {
    private static final int SIGNALLED = 128;
    private static final Map<Integer, String> SIGNALS =
            Map.of(4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

    private ExitStatus() {}

    /** Such as {@code by SIGSEGV (exit status 139)}: a shell's way to count signals, which Java's processes share. */
    static String text(int status) {
        String signal = SIGNALS.get(status - SIGNALLED);
        return signal == null ? "with exit status " + status : "by %s (exit status %d)".formatted(signal, status);
    }
}
