package dev.quire.kernels.device;

/** What memory is for, and so where it should lie. */
public enum MemoryUse {
    /** Weights: read by the device alone. */
    WEIGHTS("weights", "load a smaller or a quantized model, or pass --device for one with more memory"),
    /** Values inside a program and its tables. */
    WORKSPACE("scratch memory", "lower --max-num-batched-tokens, or pass --device for one with more memory"),
    /** Keys and values. */
    CACHE("the KV cache", "lower --kv-cache-memory-bytes or --gpu-memory-utilization"),
    /** Small or often exchanged: a step's numbers, inputs and outputs. Shared with the host where the device can. */
    EXCHANGE("inputs and outputs", "lower --max-num-seqs");

    private final String text;
    private final String advice;

    MemoryUse(String text, String advice) {
        this.text = text;
        this.advice = advice;
    }

    /** For messages. */
    public String text() {
        return text;
    }

    /** What to do where there is not enough. */
    public String advice() {
        return advice;
    }
}
