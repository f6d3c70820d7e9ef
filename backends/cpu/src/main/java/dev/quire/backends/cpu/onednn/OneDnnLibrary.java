package dev.quire.backends.cpu.onednn;

/** Whether oneDNN serves on this machine, and why not if it does not. */
public sealed interface OneDnnLibrary {
    /** It does; the holder closes it. */
    record Loaded(OneDnn oneDnn) implements OneDnnLibrary {}

    /** It does not; matrix products run in plain Java. */
    record Missing(String reason) implements OneDnnLibrary {}
}
