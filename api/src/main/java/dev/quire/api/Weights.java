package dev.quire.api;

import dev.quire.api.program.WeightRef;
import java.util.List;

/** Weights on a device, shared by executables; closing them while an executable uses them is an error of the caller. */
public interface Weights extends AutoCloseable {
    /** What was loaded. */
    List<WeightRef> refs();

    /** Bytes that they take on the device. */
    long bytes();

    @Override
    void close();
}
