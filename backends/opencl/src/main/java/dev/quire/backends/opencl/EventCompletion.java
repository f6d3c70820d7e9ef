package dev.quire.backends.opencl;

import dev.quire.kernels.device.Completion;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/** The end of a submission as the event of its last command. */
final class EventCompletion implements Completion {
    private final cl_event event;
    private final cl_event[] events;

    EventCompletion(cl_event event) {
        this.event = event;
        this.events = new cl_event[] {event};
    }

    /** An error's code is negative and an end as well. */
    @Override
    public boolean isDone() {
        return state() <= CL.CL_COMPLETE;
    }

    private int state() {
        int[] state = new int[1];
        int status =
                CL.clGetEventInfo(event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(state), null);
        return status == CL.CL_SUCCESS ? state[0] : status;
    }

    @Override
    public void await() {
        int status = CL.clWaitForEvents(1, events);
        if (status != CL.CL_SUCCESS) {
            int state = state();
            CL.clReleaseEvent(event);
            throw Status.lost("a command ended with " + Status.name(Math.min(state, status)), "clWaitForEvents");
        }
        CL.clReleaseEvent(event);
    }
}
