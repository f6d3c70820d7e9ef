package dev.quire.backends.tornado.device;

import java.util.Optional;

/**
 * What a closed backend leaves, a device's memory and the compiled code over it, for the next one on that device: every plan that TornadoVM makes compiles
 * its kernels anew, which takes longer than most runs of the conformance kit's cases. Keeps one at most. Any thread may call it.
 */
final class IdleRunner {
    private Optional<GraphRunner> idle = Optional.empty();

    /** One that runs these kernels there: the idle one, else a new one, for which the idle one is freed. */
    synchronized GraphRunner take(Target target, KernelSet set) {
        Optional<GraphRunner> found = idle;
        idle = Optional.empty();
        if (found.isPresent() && !found.get().runs(target, set)) {
            found.get().close();
            found = Optional.empty();
        }
        return found.orElseGet(() -> new GraphRunner(target, set));
    }

    /** Keeps it, or frees it where another one is kept already or it cannot go on. */
    synchronized void give(GraphRunner runner) {
        if (idle.isEmpty() && runner.isReusable()) {
            idle = Optional.of(runner);
        } else {
            runner.close();
        }
    }
}
