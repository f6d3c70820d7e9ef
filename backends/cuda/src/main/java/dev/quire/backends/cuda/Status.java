package dev.quire.backends.cuda;

import dev.quire.api.BackendException.Kind;

/** Results of the driver's functions, numbered as in cuda.h. */
final class Status {
    static final int SUCCESS = 0;
    static final int OUT_OF_MEMORY = 2;
    static final int NO_DEVICE = 100;
    static final int NOT_READY = 600;

    private Status() {}

    /** What a caller can do; {@code otherwise} where the status does not say. After most failures in a kernel every later call fails. */
    static Kind kind(int status, Kind otherwise) {
        return switch (status) {
            case OUT_OF_MEMORY -> Kind.OUT_OF_MEMORY;
            case 4, 46, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999 -> Kind.DEVICE_LOST;
            default -> otherwise;
        };
    }

    /** A status in plain words. */
    static String text(int status) {
        return switch (status) {
            case OUT_OF_MEMORY -> "out of device memory";
            case NO_DEVICE -> "the driver finds no GPU";
            case 46 -> "the GPU is busy or unavailable";
            case 200, 209, 218, 222 -> "the driver does not take the binary";
            case 214, 220, 226 -> "the GPU's memory or link failed";
            case 500 -> "the module has no such kernel";
            case 700, 714, 715, 716, 717, 718, 719 -> "a kernel failed, and the device with it";
            case 702 -> "a kernel ran too long, and the device was lost";
            case 803, 804 -> "the driver's library does not match the kernel module; restart the machine";
            default -> "failed";
        };
    }

    /** What to do, behind a semicolon; nothing where another part of the message says it. */
    static String advice(int status) {
        return kind(status, Kind.UNSUPPORTED) == Kind.DEVICE_LOST
                ? "; restart Quire, and if it comes again see what nvidia-smi and the Xid lines of dmesg say"
                : "";
    }
}
