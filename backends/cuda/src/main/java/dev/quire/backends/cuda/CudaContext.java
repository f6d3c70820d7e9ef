package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.foreign.NativeFunction;

/** A device's primary context with one stream. Every thread enters it before it calls the driver. */
final class CudaContext implements AutoCloseable {
    private static final int NON_BLOCKING = 1;

    private final Target target;
    private final Driver driver;
    private final long context;
    private final long stream;

    CudaContext(Target target) {
        this.target = target;
        this.driver = target.driver();
        this.context = driver.make(Kind.UNSUPPORTED, driver.primaryCtxRetain, target.handle());
        try {
            enter();
            this.stream = driver.make(Kind.UNSUPPORTED, driver.streamCreate, NON_BLOCKING);
        } catch (BackendException e) {
            driver.primaryCtxRelease.call(target.handle());
            throw e;
        }
    }

    /** The driver, with this context as the thread's. */
    Driver enter() {
        driver.run(Kind.DEVICE_LOST, driver.ctxSetCurrent, context);
        return driver;
    }

    /** The driver, with this context as the thread's unless the device is lost: then the next call says so. */
    Driver tryEnter() {
        driver.ctxSetCurrent.call(context);
        return driver;
    }

    /** Gives something back; a lost device has nothing left to give back, so its answer is not asked for. */
    void release(NativeFunction destroy, Object handle) {
        tryEnter();
        destroy.call(handle);
    }

    Target target() {
        return target;
    }

    long stream() {
        return stream;
    }

    @Override
    public void close() {
        release(driver.streamDestroy, stream);
        driver.primaryCtxRelease.call(target.handle());
    }
}
