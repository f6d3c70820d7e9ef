package dev.quire.conformance.scenario;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Op;
import dev.quire.conformance.guards.CacheImage;
import dev.quire.conformance.guards.Violation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Images of the cache around judged steps. */
final class BlockWatch {
    private final AttentionBackend backend;
    private final KvCache cache;
    private final Arena arena;
    private final List<Watched> steps = new ArrayList<>();
    private Optional<CacheImage> latest = Optional.empty();

    private record Watched(Action.Step step, CacheImage before, CacheImage after) {}

    BlockWatch(AttentionBackend backend, KvCache cache, Arena arena) {
        this.backend = backend;
        this.cache = cache;
        this.arena = arena;
    }

    /** The cache has changed since the latest image. */
    void stale() {
        latest = Optional.empty();
    }

    void before(boolean watched) {
        if (watched && latest.isEmpty()) {
            latest = Optional.of(new CacheImage(backend, cache, arena));
        } else if (!watched) {
            stale();
        }
    }

    void after(Action.Step step, boolean watched) {
        if (watched) {
            CacheImage after = new CacheImage(backend, cache, arena);
            steps.add(new Watched(step, latest.orElseThrow(), after));
            latest = Optional.of(after);
        }
    }

    /** Whether the latest image still waits for a ticket. */
    boolean unread() {
        return latest.isPresent();
    }

    /** Everything has run. */
    Optional<Violation> violation() {
        for (Watched one : steps) {
            String what = "step '%s'".formatted(one.step().label());
            Optional<Violation> found = one.before().violation(one.after(), written(one.step()), what);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Blocks that the step's slots lie in, by group. */
    private List<Set<Integer>> written(Action.Step step) {
        List<Set<Integer>> written = new ArrayList<>();
        for (int g = 0; g < cache.layout().groups().size(); g++) {
            Set<Integer> blocks = new HashSet<>();
            int group = g;
            boolean writes = step.program().expand(composite -> true).ops().stream()
                    .anyMatch(op ->
                            op instanceof Op.WriteKv write && write.target().group() == group);
            if (writes) {
                for (int slot : step.batch().groups().get(g).slots()) {
                    blocks.add(slot / cache.layout().groups().get(g).blockSize());
                }
            }
            written.add(blocks);
        }
        return written;
    }
}
