package dev.quire.api.step;

/**
 * One cache group's part of a step.
 *
 * @param contextLengths [S] tokens of each sequence that are in the cache once this step has written its own
 * @param blockTables [S, tableStride] block numbers; entry i of a row holds tokens {@code i · blockSize} onward; entries past the context are
 *     never read
 * @param tableStride entries per sequence
 * @param slots [T] where each token's key and value go: {@code block · blockSize + offset}
 */
public record GroupStep(int[] contextLengths, int[] blockTables, int tableStride, int[] slots) {
    public GroupStep {
        if (blockTables.length < (long) contextLengths.length * tableStride) {
            throw new IllegalArgumentException("block tables hold %d entries; %d sequences of stride %d need more"
                    .formatted(blockTables.length, contextLengths.length, tableStride));
        }
    }

    /** Entry {@code index} of sequence {@code sequence}'s block table. */
    public int block(int sequence, int index) {
        return blockTables[sequence * tableStride + index];
    }
}
