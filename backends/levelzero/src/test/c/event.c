/* Event pools, events with timestamps, fences. */
#include "loopback.h"

typedef struct {
    object head;
    uint32_t count;
    bool timed;
} pool;

static ze_result_t pool_create(ze_context_handle_t context, const ze_event_pool_desc_t *wanted, uint32_t devices, ze_device_handle_t *device,
                               ze_event_pool_handle_t *handle) {
    ENTER_WITH(context, CONTEXT);
    pool *made = make(POOL, sizeof *made, NULL);
    made->count = wanted->count;
    made->timed = (wanted->flags & ZE_EVENT_POOL_FLAG_KERNEL_TIMESTAMP) != 0;
    return give(handle, made);
}

static ze_result_t pool_destroy(ze_event_pool_handle_t handle) { return retire(handle, POOL); }

static ze_result_t event_create(ze_event_pool_handle_t owner, const ze_event_desc_t *wanted, ze_event_handle_t *handle) {
    ENTER_WITH(owner, POOL);
    REFUSE(wanted->index >= ((pool *)owner)->count, INVALID_ARGUMENT);
    event *made = make(EVENT, sizeof *made, owner);
    made->timed = ((pool *)owner)->timed;
    return give(handle, made);
}

/* Sets an event or a fence; what a job will set cannot be taken back before. */
static ze_result_t put(void *handle, kind kind, bool signaled) {
    ENTER_WITH(handle, kind);
    event *e = handle;
    REFUSE(!signaled && e->head.uses > 0, HANDLE_OBJECT_IN_USE);
    e->signaled = signaled;
    pthread_cond_broadcast(&changed);
    return ZE_RESULT_SUCCESS;
}

static ze_result_t reach(void *handle, kind kind, uint64_t timeout) {
    ENTER_WITH(handle, kind);
    return await(&((event *)handle)->signaled, timeout);
}

static ze_result_t event_destroy(ze_event_handle_t handle) { return retire(handle, EVENT); }

static ze_result_t event_signal(ze_event_handle_t handle) { return put(handle, EVENT, true); }

static ze_result_t event_reset(ze_event_handle_t handle) { return put(handle, EVENT, false); }

static ze_result_t event_await(ze_event_handle_t handle, uint64_t timeout) { return reach(handle, EVENT, timeout); }

static ze_result_t event_status(ze_event_handle_t handle) { return reach(handle, EVENT, 0); }

static ze_result_t event_stamp(ze_event_handle_t handle, ze_kernel_timestamp_result_t *stamp) {
    ENTER_WITH(handle, EVENT);
    event *e = (event *)handle;
    REFUSE(!e->timed, INVALID_ARGUMENT);
    stamp->global = stamp->context = (ze_kernel_timestamp_data_t){e->start, e->end};
    return e->signaled ? ZE_RESULT_SUCCESS : ZE_RESULT_NOT_READY;
}

static ze_result_t fence_create(ze_command_queue_handle_t queue, const ze_fence_desc_t *wanted, ze_fence_handle_t *handle) {
    ENTER_WITH(queue, QUEUE);
    event *made = make(FENCE, sizeof *made, NULL);
    made->queue = (object *)queue;
    made->signaled = (wanted->flags & ZE_FENCE_FLAG_SIGNALED) != 0;
    return give(handle, made);
}

static ze_result_t fence_destroy(ze_fence_handle_t handle) { return retire(handle, FENCE); }

static ze_result_t fence_await(ze_fence_handle_t handle, uint64_t timeout) { return reach(handle, FENCE, timeout); }

static ze_result_t fence_status(ze_fence_handle_t handle) { return reach(handle, FENCE, 0); }

static ze_result_t fence_reset(ze_fence_handle_t handle) { return put(handle, FENCE, false); }

TABLE(EventPool, event_pool, P(Create, pool_create), P(Destroy, pool_destroy))
TABLE(Event, event, P(Create, event_create), P(Destroy, event_destroy), P(HostSignal, event_signal), P(HostSynchronize, event_await),
      P(QueryStatus, event_status), P(HostReset, event_reset), P(QueryKernelTimestamp, event_stamp))
TABLE(Fence, fence, P(Create, fence_create), P(Destroy, fence_destroy), P(HostSynchronize, fence_await), P(QueryStatus, fence_status),
      P(Reset, fence_reset))
