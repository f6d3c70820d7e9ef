package dev.quire.kernels.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Memory for the words of steps in flight, used in turn. A slot is written once the step that used it last has ended. */
final class StepSlots implements AutoCloseable {
    /** Steps that may be in flight before the next has to wait. */
    static final int COUNT = 2;
    /** Words are uploaded in pieces of this many bytes, so that steps of nearly one size can share a recording. */
    private static final long PIECE = 4096;

    private final IssueQueue queue;
    private final List<Slot> slots = new ArrayList<>();
    private int turn;

    /** The words of one step. */
    final class Slot {
        private Exchange words;
        private Optional<Submission> last = Optional.empty();

        private Slot(long bytes) {
            words = Exchange.allocate(queue, bytes);
        }

        private void reserve(long bytes) {
            if (words.device().bytes() < bytes) {
                settle();
                Exchange larger = Exchange.allocate(queue, bytes);
                words.close();
                words = larger;
            }
        }

        private void settle() {
            last.ifPresent(Submission::settle);
            last = Optional.empty();
        }

        DeviceMemory memory() {
            return words.device();
        }

        /** What brings {@code count} words to the device. */
        List<Command> upload(int count) {
            return words.upload(0, rounded(count * (long) Integer.BYTES));
        }

        void usedBy(Submission step) {
            last = Optional.of(step);
        }
    }

    /** @param bytes of the words of one step */
    StepSlots(IssueQueue queue, long bytes) {
        this.queue = queue;
        Owned begun = new Owned();
        for (int i = 0; i < COUNT; i++) {
            Slot slot = begun.orFree(() -> new Slot(rounded(bytes)));
            begun.add(slot.words::close);
            slots.add(slot);
        }
    }

    /** Makes room for steps of so many bytes of words. */
    void reserve(long bytes) {
        slots.forEach(slot -> slot.reserve(rounded(bytes)));
    }

    /** Where the next slot's words lie, unless they need more room. */
    DeviceMemory memory() {
        return slots.get(turn).memory();
    }

    /** The next slot, with the words in it. Waits for the step that used it before. */
    Slot next(int[] words) {
        Slot slot = slots.get(turn);
        turn = (turn + 1) % COUNT;
        slot.settle();
        slot.reserve(rounded(words.length * (long) Integer.BYTES));
        MemorySegment.copy(words, 0, slot.words.host(), ValueLayout.JAVA_INT, 0, words.length);
        return slot;
    }

    long bytes() {
        return slots.stream().mapToLong(slot -> slot.memory().bytes()).sum();
    }

    /** Waits for all steps. */
    void settle() {
        slots.forEach(Slot::settle);
    }

    @Override
    public void close() {
        settle();
        slots.forEach(slot -> slot.words.close());
    }

    private static long rounded(long bytes) {
        return Math.max(PIECE, Math.ceilDiv(bytes, PIECE) * PIECE);
    }
}
