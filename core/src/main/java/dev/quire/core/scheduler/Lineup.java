package dev.quire.core.scheduler;

import dev.quire.core.scheduler.Sequence.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Who runs and who waits, both in the order of importance (rule S1). */
final class Lineup {
    private final Comparator<Sequence> importance;
    private final NavigableSet<Sequence> waiting;
    private final List<Sequence> running = new ArrayList<>();

    Lineup(SchedulingPolicy policy) {
        Comparator<Sequence> arrival = Comparator.comparingLong(Sequence::id);
        importance = switch (policy) {
            case FCFS -> arrival;
            case PRIORITY -> Comparator.comparingInt(Sequence::priority).thenComparing(arrival);
        };
        waiting = new TreeSet<>(importance);
    }

    int running() {
        return running.size();
    }

    int waiting() {
        return waiting.size();
    }

    /** The running sequence of this rank, 0 the most important. */
    Sequence running(int rank) {
        return running.get(rank);
    }

    Optional<Sequence> firstWaiting() {
        return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.first());
    }

    /** Running sequences that want one token and can have it in the next step. */
    int decodes() {
        int count = 0;
        for (Sequence sequence : running) {
            count += sequence.isDecode() ? 1 : 0;
        }
        return count;
    }

    /** Running sequences, choices still to be forked included. */
    int seats() {
        int count = 0;
        for (Sequence sequence : running) {
            count += sequence.seats();
        }
        return count;
    }

    /** The least important running sequence with blocks, if it is behind this one. */
    Optional<Sequence> victimBehind(Sequence sequence) {
        for (int i = running.size() - 1; running.get(i) != sequence; i--) {
            if (running.get(i).table.isPresent()) {
                return Optional.of(running.get(i));
            }
        }
        return Optional.empty();
    }

    void enterWaiting(Sequence sequence) {
        sequence.state = State.WAITING;
        waiting.add(sequence);
    }

    void enterRunning(Sequence sequence) {
        sequence.state = State.RUNNING;
        int at = Collections.binarySearch(running, sequence, importance);
        running.add(-at - 1, sequence);
    }

    /** Takes a sequence out of wherever it is, its group included; its state is the caller's to set. */
    void leave(Sequence sequence) {
        switch (sequence.state) {
            case WAITING -> waiting.remove(sequence);
            case RUNNING -> running.remove(sequence);
            case UNFORKED -> {
                running.forEach(first -> first.unforked.remove(sequence));
                waiting.forEach(first -> first.unforked.remove(sequence));
            }
            case FINISHED -> throw new IllegalStateException(sequence + " has left already");
        }
    }

    /** Checks each sequence against the line that it stands in, and its counts against each other. */
    void checkIntegrity(int maxNumSeqs) {
        require(seats() <= maxNumSeqs, "%d seats are taken of %d", seats(), maxNumSeqs);
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            require(sequence.state == State.RUNNING, "%s stands among the running", sequence);
            require(i == 0 || importance.compare(running.get(i - 1), sequence) < 0, "%s runs out of order", sequence);
            require(sequence.table.isPresent() || sequence.isExhausted(), "%s runs without blocks", sequence);
            require(
                    sequence.computed <= sequence.scheduled
                            && sequence.scheduled <= sequence.length() + sequence.pending,
                    "%s has counts out of order",
                    sequence);
            checkCounts(sequence);
        }
        for (Sequence sequence : waiting) {
            require(sequence.state == State.WAITING, "%s stands among the waiting", sequence);
            require(sequence.table.isEmpty() && sequence.scheduled == 0, "%s waits with blocks", sequence);
            checkCounts(sequence);
        }
    }

    private static void checkCounts(Sequence sequence) {
        require(
                sequence.length() + sequence.pending <= sequence.maxTotalTokens(),
                "%s is promised more tokens than it may have",
                sequence);
        require(sequence.pending <= sequence.inFlight, "%s waits for samples of no step", sequence);
        for (Sequence choice : sequence.unforked) {
            require(choice.state == State.UNFORKED, "%s is to be forked", choice);
        }
    }

    private static void require(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new IllegalStateException("Scheduler: " + message.formatted(values));
        }
    }
}
