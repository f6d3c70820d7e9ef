package dev.quire.api.placement;

import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How often a placed program changes sides, and what crosses then: each value once a step, by a copy where the primary has memory of its own.
 *
 * @param segments runs of neighbouring ops with one runner, in order
 * @param toPrimary values that the fallback writes and the primary reads
 * @param toFallback values that the primary writes and the fallback reads
 */
public record Crossings(List<Runner> segments, List<Value> toPrimary, List<Value> toFallback) {
    public Crossings {
        segments = List.copyOf(segments);
        toPrimary = List.copyOf(toPrimary);
        toFallback = List.copyOf(toFallback);
    }

    static Crossings of(ProgramPlacement placement) {
        List<Segment> segments = Segment.of(placement);
        return new Crossings(
                segments.stream().map(Segment::runner).toList(),
                taken(segments, Runner.FALLBACK, Runner.PRIMARY),
                taken(segments, Runner.PRIMARY, Runner.FALLBACK));
    }

    private static List<Value> taken(List<Segment> segments, Runner writer, Runner reader) {
        Set<Value> written = new HashSet<>();
        List<Value> taken = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.runner() == writer) {
                written.addAll(segment.program().outputs());
            } else if (segment.runner() == reader) {
                segment.program().inputs().stream()
                        .filter(value -> written.contains(value) && !taken.contains(value))
                        .forEach(taken::add);
            }
        }
        return taken;
    }
}
