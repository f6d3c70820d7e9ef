package dev.quire.backends.cpu.threads;

/** What {@link WorkerPool#parallel} does for each part. Parts run at the same time, so they write to different places. */
@FunctionalInterface
public interface Part {
    /**
     * Does one part.
     *
     * @param part 0 to parts − 1
     * @param worker who does it, 0 to {@link WorkerPool#threads()} − 1: an index of scratch memory that no other thread touches
     *     meanwhile
     */
    void run(int part, int worker);
}
