package dev.quire.backends.opencl;

import org.jocl.CL;

/** How a device's memory is reached. */
enum MemoryModel {
    /** Shared virtual memory of which pieces can be read and written by both sides at any time. */
    FINE("fine-grained shared memory"),
    /** Shared virtual memory; what crosses is copied. */
    COARSE("shared virtual memory, copies to the host"),
    /** Buffers, as in OpenCL 1.2; what crosses is copied. */
    BUFFERS("buffers, copies to the host");

    private final String text;

    MemoryModel(String text) {
        this.text = text;
    }

    /** @param capabilities what CL_DEVICE_SVM_CAPABILITIES answers */
    static MemoryModel of(long capabilities) {
        if ((capabilities & CL.CL_DEVICE_SVM_FINE_GRAIN_BUFFER) != 0) {
            return FINE;
        }
        return (capabilities & CL.CL_DEVICE_SVM_COARSE_GRAIN_BUFFER) != 0 ? COARSE : BUFFERS;
    }

    /** For logs. */
    String text() {
        return text;
    }
}
