package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.Session.arguments;
import static dev.quire.backends.levelzero.Session.barrier;
import static dev.quire.backends.levelzero.Session.copy;
import static dev.quire.backends.levelzero.Session.execute;
import static dev.quire.backends.levelzero.Session.fails;
import static dev.quire.backends.levelzero.Session.launch;
import static dev.quire.backends.levelzero.Session.succeeds;
import static dev.quire.backends.levelzero.ze.LevelZero.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.backends.levelzero.ze._ze_command_list_handle_t;
import dev.quire.backends.levelzero.ze._ze_command_queue_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_pool_handle_t;
import dev.quire.backends.levelzero.ze._ze_fence_handle_t;
import dev.quire.backends.levelzero.ze._ze_kernel_handle_t;
import dev.quire.backends.levelzero.ze.ze_kernel_timestamp_result_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loopback driver keeps the promises of Level Zero, and only those; through the real loader, with its validation layer on. */
class LoopbackTest {
    private static final long FOREVER = -1;
    private static final long SECOND = 1_000_000_000L;

    private Session session;

    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    @BeforeEach
    void open() {
        session = new Session();
    }

    /** Which the driver under it would call an invalid argument. */
    @Test
    void theValidationLayerRefusesAMissingHandle() {
        fails(ZE_RESULT_ERROR_INVALID_NULL_HANDLE, zeCommandQueueSynchronize(null, 0));
    }

    @Test
    void aListIsReplayedAndItsFenceSignaledEachTime() {
        _ze_command_queue_handle_t queue = session.queue();
        _ze_fence_handle_t fence = session.fence(queue);
        _ze_kernel_handle_t kernel = session.scale();
        Pointer x = session.device(400);
        FloatPointer host = session.host(100);
        _ze_command_list_handle_t list = session.list();
        arguments(kernel, x, x, 100, 2);
        succeeds(copy(list, x, host, 400, null));
        succeeds(barrier(list));
        succeeds(launch(list, kernel, null));
        arguments(kernel, x, x, 100, 3); // the launch above has its own
        succeeds(barrier(list));
        succeeds(copy(list, host, x, 400, null));
        succeeds(zeCommandListClose(list));
        host.put(7, 1.5f);
        for (int replay = 1; replay <= 3; replay++) {
            succeeds(zeFenceReset(fence));
            succeeds(execute(queue, list, fence));
            succeeds(zeFenceHostSynchronize(fence, FOREVER));
            assertEquals(1.5f * (1 << replay), host.get(7));
        }
        succeeds(zeCommandQueueSynchronize(queue, FOREVER));
        succeeds(zeCommandListDestroy(list));
        succeeds(zeFenceDestroy(fence));
        succeeds(zeCommandQueueDestroy(queue));
    }

    @Test
    void withoutABarrierTheLastCommandRunsFirst() {
        _ze_command_queue_handle_t queue = session.queue();
        FloatPointer from = session.host(1).put(1);
        FloatPointer middle = session.host(1).put(2);
        FloatPointer to = session.host(1).put(3);
        _ze_command_list_handle_t list = session.list();
        succeeds(copy(list, middle, from, 4, null));
        succeeds(copy(list, to, middle, 4, null));
        succeeds(zeCommandListClose(list));
        succeeds(execute(queue, list, null));
        succeeds(zeCommandQueueSynchronize(queue, FOREVER));
        assertEquals(2, to.get());
    }

    @Test
    void eventsOrderCommandsAndCarryTimestamps() {
        _ze_command_queue_handle_t queue = session.queue();
        _ze_event_pool_handle_t pool = session.pool(2);
        _ze_event_handle_t first = session.event(pool, 0);
        _ze_event_handle_t gate = session.event(pool, 1);
        FloatPointer from = session.host(1).put(1);
        FloatPointer middle = session.host(1).put(2);
        FloatPointer to = session.host(1).put(3);
        _ze_command_list_handle_t list = session.list();
        succeeds(copy(list, middle, from, 4, first, gate));
        succeeds(copy(list, to, middle, 4, null, first));
        succeeds(zeCommandListClose(list));
        succeeds(execute(queue, list, null));
        fails(ZE_RESULT_NOT_READY, zeEventHostSynchronize(first, SECOND / 100));
        fails(ZE_RESULT_NOT_READY, zeCommandQueueSynchronize(queue, 0));
        fails(ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE, zeCommandListReset(list));
        fails(ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE, zeMemFree(session.context, from));
        fails(ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE, zeEventDestroy(gate));
        fails(ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE, zeCommandQueueDestroy(queue));
        succeeds(zeEventHostSignal(gate));
        succeeds(zeCommandQueueSynchronize(queue, FOREVER));
        assertEquals(1, to.get());
        succeeds(zeEventQueryStatus(first));
        ze_kernel_timestamp_result_t stamp = new ze_kernel_timestamp_result_t();
        succeeds(zeEventQueryKernelTimestamp(first, stamp));
        assertTrue(stamp.global().kernelStart() > 0
                && stamp.global().kernelEnd() >= stamp.global().kernelStart());
        succeeds(zeEventHostReset(first));
        fails(ZE_RESULT_NOT_READY, zeEventQueryStatus(first));
    }

    @Test
    void anImmediateListRunsItsCommandsAtOnce() {
        _ze_command_list_handle_t list = session.immediate();
        _ze_event_handle_t done = session.event(session.pool(1), 0);
        _ze_kernel_handle_t kernel = session.scale();
        FloatPointer x = session.host(10).put(3, 5);
        arguments(kernel, x, x, 10, 3);
        succeeds(launch(list, kernel, done));
        succeeds(zeEventHostSynchronize(done, FOREVER));
        assertEquals(15, x.get(3));
        fails(ZE_RESULT_ERROR_INVALID_COMMAND_LIST_TYPE, zeCommandListClose(list));
    }

    @Test
    void listsAreRecordedThenClosedThenRun() {
        _ze_command_queue_handle_t queue = session.queue();
        _ze_command_list_handle_t list = session.list();
        fails(ZE_RESULT_ERROR_INVALID_COMMAND_LIST_TYPE, execute(queue, list, null));
        succeeds(zeCommandListClose(list));
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, barrier(list));
        succeeds(zeCommandListReset(list));
        succeeds(barrier(list));
    }

    @Test
    void aFenceServesOneSubmissionUntilItIsReset() {
        _ze_command_queue_handle_t queue = session.queue();
        _ze_fence_handle_t fence = session.fence(queue);
        _ze_command_list_handle_t list = session.list();
        succeeds(zeCommandListClose(list));
        fails(ZE_RESULT_NOT_READY, zeFenceQueryStatus(fence));
        succeeds(execute(queue, list, fence));
        succeeds(zeFenceHostSynchronize(fence, FOREVER));
        fails(ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT, execute(queue, list, fence));
        fails(ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT, execute(session.queue(), list, session.fence(queue)));
    }

    @Test
    void aLaunchNeedsAllItsArgumentsAndPointersIntoMemory() {
        _ze_kernel_handle_t kernel = session.scale();
        _ze_command_list_handle_t list = session.list();
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, launch(list, kernel, null));
        LongPointer heap = new LongPointer(1);
        fails(
                ZE_RESULT_ERROR_INVALID_ARGUMENT,
                zeKernelSetArgumentValue(kernel, 0, Long.BYTES, heap.put(heap.address())));
        fails(ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_SIZE, zeKernelSetArgumentValue(kernel, 0, Integer.BYTES, heap));
        fails(ZE_RESULT_ERROR_INVALID_KERNEL_ARGUMENT_INDEX, zeKernelSetArgumentValue(kernel, 4, Integer.BYTES, heap));
        fails(ZE_RESULT_ERROR_INVALID_GROUP_SIZE_DIMENSION, zeKernelSetGroupSize(kernel, 2048, 1, 1));
    }

    @Test
    void aCopyThatLeavesItsMemoryIsRefused() {
        _ze_command_list_handle_t list = session.list();
        Pointer memory = session.device(64);
        FloatPointer host = session.host(100);
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, copy(list, memory, host, 65, null));
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, copy(list, host, memory, 65, null));
        succeeds(copy(list, host, memory, 64, null));
    }

    @Test
    void aListWhoseMemoryIsGoneIsRefused() {
        _ze_command_queue_handle_t queue = session.queue();
        _ze_command_list_handle_t list = session.list();
        Pointer memory = session.device(64);
        succeeds(copy(list, session.host(16), memory, 64, null));
        succeeds(zeCommandListClose(list));
        succeeds(zeMemFree(session.context, memory));
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, execute(queue, list, null));
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, zeMemFree(session.context, memory));
    }

    @Test
    void staleHandlesAreRefused() {
        _ze_command_list_handle_t list = session.list();
        succeeds(zeCommandListDestroy(list));
        fails(ZE_RESULT_ERROR_INVALID_ARGUMENT, zeCommandListClose(list));
    }
}
