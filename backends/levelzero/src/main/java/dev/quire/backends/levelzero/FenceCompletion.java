package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_NOT_READY;
import static dev.quire.backends.levelzero.ze.LevelZero.zeFenceHostSynchronize;
import static dev.quire.backends.levelzero.ze.LevelZero.zeFenceQueryStatus;

import dev.quire.api.BackendException.Kind;
import dev.quire.backends.levelzero.ze._ze_fence_handle_t;
import dev.quire.kernels.device.Completion;

/** A submission is done when its fence is signaled. */
record FenceCompletion(_ze_fence_handle_t fence) implements Completion {
    private static final long FOREVER = -1; // the largest unsigned number of nanoseconds

    @Override
    public boolean isDone() {
        return zeFenceQueryStatus(fence) != ZE_RESULT_NOT_READY;
    }

    @Override
    public void await() {
        Status.check(zeFenceHostSynchronize(fence, FOREVER), Kind.STEP_FAILED, "zeFenceHostSynchronize");
    }
}
