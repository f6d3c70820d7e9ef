/* Event pools, events with timestamps, fences. */
#include "loopback.h"

#include <stdlib.h>

typedef struct {
    object head;
    uint32_t count;
    bool timed;
    bool taken[];
} pool;

ze_result_t pool_create(ze_context_handle_t context, const ze_event_pool_desc_t *wanted, uint32_t devices, ze_device_handle_t *device,
                        ze_event_pool_handle_t *handle) {
    CHECK(context, CONTEXT);
    NEED(wanted);
    NEED(handle);
    (void)devices;
    (void)device;
    if (wanted->count == 0) {
        return ZE_RESULT_ERROR_INVALID_SIZE;
    }
    pool *made = make(POOL, sizeof *made + wanted->count);
    made->count = wanted->count;
    made->timed = (wanted->flags & ZE_EVENT_POOL_FLAG_KERNEL_TIMESTAMP) != 0;
    *handle = (ze_event_pool_handle_t)made;
    return ZE_RESULT_SUCCESS;
}

ze_result_t pool_destroy(ze_event_pool_handle_t handle) {
    CHECK(handle, POOL);
    object *p = (object *)handle;
    if (p->uses > 0) {
        return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    }
    p->kind = GONE;
    return ZE_RESULT_SUCCESS;
}

ze_result_t event_create(ze_event_pool_handle_t owner, const ze_event_desc_t *wanted, ze_event_handle_t *handle) {
    CHECK(owner, POOL);
    NEED(wanted);
    NEED(handle);
    pool *p = (pool *)owner;
    if (wanted->index >= p->count || p->taken[wanted->index]) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    event *made = make(EVENT, sizeof *made);
    made->pool = &p->head;
    made->index = wanted->index;
    made->timed = p->timed;
    p->taken[wanted->index] = true;
    p->head.uses++;
    *handle = (ze_event_handle_t)made;
    return ZE_RESULT_SUCCESS;
}

ze_result_t event_destroy(ze_event_handle_t handle) {
    CHECK(handle, EVENT);
    event *e = (event *)handle;
    pthread_mutex_lock(&lock);
    ze_result_t result = e->head.uses > 0 ? ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE : ZE_RESULT_SUCCESS;
    if (result == ZE_RESULT_SUCCESS) {
        e->head.kind = GONE;
        e->pool->uses--;
        ((pool *)e->pool)->taken[e->index] = false;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static ze_result_t put(ze_event_handle_t handle, bool signaled) {
    CHECK(handle, EVENT);
    pthread_mutex_lock(&lock);
    ((event *)handle)->signaled = signaled;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return ZE_RESULT_SUCCESS;
}

ze_result_t event_signal(ze_event_handle_t handle) {
    return put(handle, true);
}

ze_result_t event_reset(ze_event_handle_t handle) {
    return put(handle, false);
}

/* Waits until *signaled; the lock is taken here. */
static ze_result_t await(const bool *signaled, uint64_t timeout) {
    uint64_t deadline = deadline_of(timeout);
    pthread_mutex_lock(&lock);
    while (!*signaled && !lost && wait_for_change(deadline)) {
    }
    ze_result_t result = *signaled ? ZE_RESULT_SUCCESS : lost ? ZE_RESULT_ERROR_DEVICE_LOST : ZE_RESULT_NOT_READY;
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t event_await(ze_event_handle_t handle, uint64_t timeout) {
    CHECK(handle, EVENT);
    return await(&((event *)handle)->signaled, timeout);
}

ze_result_t event_status(ze_event_handle_t handle) {
    return event_await(handle, 0);
}

ze_result_t event_stamp(ze_event_handle_t handle, ze_kernel_timestamp_result_t *stamp) {
    CHECK(handle, EVENT);
    NEED(stamp);
    event *e = (event *)handle;
    if (!e->timed) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    pthread_mutex_lock(&lock);
    ze_result_t result = e->signaled ? ZE_RESULT_SUCCESS : ZE_RESULT_NOT_READY;
    stamp->global.kernelStart = stamp->context.kernelStart = e->start;
    stamp->global.kernelEnd = stamp->context.kernelEnd = e->end;
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t fence_create(ze_command_queue_handle_t queue, const ze_fence_desc_t *wanted, ze_fence_handle_t *handle) {
    CHECK(queue, QUEUE);
    NEED(wanted);
    NEED(handle);
    fence *made = make(FENCE, sizeof *made);
    made->queue = (object *)queue;
    made->signaled = (wanted->flags & ZE_FENCE_FLAG_SIGNALED) != 0;
    *handle = (ze_fence_handle_t)made;
    return ZE_RESULT_SUCCESS;
}

ze_result_t fence_destroy(ze_fence_handle_t handle) {
    CHECK(handle, FENCE);
    fence *f = (fence *)handle;
    if (f->pending) {
        return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    }
    f->head.kind = GONE;
    return ZE_RESULT_SUCCESS;
}

ze_result_t fence_await(ze_fence_handle_t handle, uint64_t timeout) {
    CHECK(handle, FENCE);
    return await(&((fence *)handle)->signaled, timeout);
}

ze_result_t fence_status(ze_fence_handle_t handle) {
    return fence_await(handle, 0);
}

ze_result_t fence_reset(ze_fence_handle_t handle) {
    CHECK(handle, FENCE);
    fence *f = (fence *)handle;
    if (f->pending) {
        return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    }
    f->signaled = false;
    return ZE_RESULT_SUCCESS;
}
