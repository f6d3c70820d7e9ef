package dev.quire.backends.opencl;

import org.jocl.cl_event;

/** A call that puts a command into the queue. */
@FunctionalInterface
interface Call {
    /**
     * Makes the call.
     *
     * @param event receives the command's event; null for none, as the C interface has it. Copies and fills do not fill it
     */
    void enqueue(cl_event event);
}
