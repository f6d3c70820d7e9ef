/* Queues: a thread for each runs what it was given, in order. Setting: LOOPBACK_LOSE_AFTER, launches after which the device is lost. */
#include "loopback.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct job {
    command *commands;
    size_t count;
    list *owner; /* of the commands; NULL if the job is */
    fence *fence;
    struct job *next;
} job;

struct queue {
    object head;
    pthread_t thread;
    cl_command_queue cl;
    job *first, **last;
    bool busy, closing;
};

uint64_t loopback_launches; /* for tests that count below the backend */

static bool held(const object *object, kind kind) {
    return object == NULL || object->kind == kind;
}

/* Adds to the uses of all that a command needs. */
static void use(const command *c, int change) {
    if (c->what == LAUNCH) {
        c->function->head.uses += change;
        for (uint32_t i = 0; i < c->function->arguments; i++) {
            if (c->arguments[i].memory != NULL) {
                c->arguments[i].memory->head.uses += change;
            }
        }
    }
    memory *ends[] = {c->to.memory, c->from.memory};
    for (int i = 0; i < 2; i++) {
        if (ends[i] != NULL) {
            ends[i]->head.uses += change;
        }
    }
    if (c->signal != NULL) {
        c->signal->head.uses += change;
    }
    for (uint32_t i = 0; i < c->waits; i++) {
        c->wait[i]->head.uses += change;
    }
}

ze_result_t hold(const command *c) {
    bool whole = alive(&c->to) && alive(&c->from) && held((object *)c->signal, EVENT);
    for (uint32_t i = 0; i < c->waits; i++) {
        whole = whole && is(c->wait[i], EVENT);
    }
    if (c->what == LAUNCH) {
        whole = whole && is(c->function, FUNCTION);
        for (uint32_t i = 0; whole && i < c->function->arguments; i++) {
            whole = held((object *)c->arguments[i].memory, MEMORY);
        }
    }
    if (!whole) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    use(c, 1);
    return ZE_RESULT_SUCCESS;
}

void let_go(const command *c) {
    use(c, -1);
}

/* Sets arguments and launches; nobody else may set arguments between. */
static cl_int launch(cl_command_queue q, const command *c) {
    function *f = c->function;
    cl_int error = CL_SUCCESS;
    for (uint32_t i = 0; i < f->arguments && error == CL_SUCCESS; i++) {
        const argument *a = &c->arguments[i];
        error = a->kind == POINTER ? clSetKernelArgSVMPointer(f->kernel, i, a->real)
            : clSetKernelArg(f->kernel, i, a->size, a->kind == VALUE ? a->value : NULL);
    }
    size_t local[3], global[3];
    for (int i = 0; i < 3; i++) {
        local[i] = c->size[i];
        global[i] = (size_t)c->size[i] * c->groups[i];
    }
    loopback_launches++;
    const char *limit = getenv("LOOPBACK_LOSE_AFTER");
    if (limit != NULL && loopback_launches > strtoull(limit, NULL, 10)) {
        return CL_OUT_OF_RESOURCES;
    }
    return error != CL_SUCCESS ? error : clEnqueueNDRangeKernel(q, f->kernel, 3, NULL, global, local, 0, NULL, NULL);
}

/* Runs one command; whoever waits for its event finds all done. */
static bool perform(cl_command_queue q, const command *c) {
    cl_int error = CL_SUCCESS;
    uint64_t start = now();
    if (c->what == RESET) {
        c->signal->signaled = false;
        return true;
    }
    if (c->what == LAUNCH) {
        error = launch(q, c);
    } else if (c->what == COPY && c->bytes > 0) {
        error = clEnqueueSVMMemcpy(q, CL_FALSE, c->to.real, c->from.real, c->bytes, 0, NULL, NULL);
    } else if (c->what == FILL && c->bytes > 0) {
        error = clEnqueueSVMMemFill(q, c->to.real, c->pattern, c->pattern_bytes, c->bytes, 0, NULL, NULL);
    } else if (c->what == CLOCK) {
        *(uint64_t *)c->to.real = now();
    } else if (c->what == STAMPS) {
        for (size_t i = 0; i < c->bytes; i++) {
            const event *e = c->stamps[i];
            ze_kernel_timestamp_data_t data = {e->start, e->end};
            ((ze_kernel_timestamp_result_t *)c->to.real)[i] = (ze_kernel_timestamp_result_t){data, data};
        }
    }
    if (error == CL_SUCCESS && c->signal != NULL) {
        error = clFinish(q);
        c->signal->start = start;
        c->signal->end = now();
        c->signal->signaled = true;
        pthread_cond_broadcast(&changed);
    }
    if (error != CL_SUCCESS) {
        fprintf(stderr, "loopback: OpenCL error %d%s%s\n", error, c->what == LAUNCH ? " from " : "", c->what == LAUNCH ? c->function->name : "");
    }
    return error == CL_SUCCESS;
}

static bool ready(const command *c) {
    for (uint32_t i = 0; i < c->waits; i++) {
        if (!c->wait[i]->signaled) {
            return false;
        }
    }
    return true;
}

/* Runs commands without a barrier between them, the last that is ready first. */
static bool run_part(cl_command_queue q, command *commands, size_t count) {
    for (size_t left = count; left > 0; left--) {
        size_t next = count;
        while (next == count) {
            for (size_t i = count; i > 0 && next == count; i--) {
                next = !commands[i - 1].done && ready(&commands[i - 1]) ? i - 1 : count;
            }
            if (next == count) {
                if (lost) {
                    return false;
                }
                wait_for_change(UINT64_MAX);
            }
        }
        if (lost || !perform(q, &commands[next])) {
            return false;
        }
        commands[next].done = true;
    }
    return true;
}

bool run(cl_command_queue q, command *commands, size_t count) {
    for (size_t i = 0; i < count; i++) {
        commands[i].done = false;
    }
    for (size_t from = 0; from < count;) {
        size_t to = from;
        while (to < count && commands[to].what != BARRIER) {
            to++;
        }
        if (!run_part(q, commands + from, to - from) || (to < count && !run_part(q, commands + to, 1))) {
            return false;
        }
        from = to + 1;
    }
    /* Kernels may take long: others go on meanwhile. */
    pthread_mutex_unlock(&lock);
    cl_int error = clFinish(q);
    pthread_mutex_lock(&lock);
    return error == CL_SUCCESS;
}

static void *work(void *argument) {
    queue *q = argument;
    pthread_mutex_lock(&lock);
    while (!q->closing) {
        job *j = q->first;
        if (j == NULL) {
            wait_for_change(UINT64_MAX);
            continue;
        }
        q->first = j->next;
        q->last = q->first == NULL ? &q->first : q->last;
        q->busy = true;
        if (!run(q->cl, j->commands, j->count)) {
            lost = true;
        }
        q->busy = false;
        for (size_t i = 0; i < j->count; i++) {
            let_go(&j->commands[i]);
        }
        if (j->owner != NULL) {
            j->owner->head.uses--;
        } else {
            free(j->commands->arguments);
            free(j->commands->stamps);
            free(j->commands);
        }
        if (j->fence != NULL) {
            j->fence->pending = false;
            j->fence->signaled = !lost;
        }
        free(j);
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

ze_result_t queue_open(queue **made) {
    cl_int error;
    queue *q = make(QUEUE, sizeof *q);
    q->last = &q->first;
    q->cl = clCreateCommandQueueWithProperties(cl, cl_device, NULL, &error);
    if (error != CL_SUCCESS || pthread_create(&q->thread, NULL, work, q) != 0) {
        return ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
    }
    *made = q;
    return ZE_RESULT_SUCCESS;
}

ze_result_t queue_close(queue *q) {
    pthread_mutex_lock(&lock);
    bool in_use = !lost && (q->busy || q->first != NULL);
    q->closing = !in_use;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    if (in_use) {
        return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    }
    pthread_join(q->thread, NULL);
    clReleaseCommandQueue(q->cl);
    q->head.kind = GONE;
    return ZE_RESULT_SUCCESS;
}

ze_result_t enqueue(queue *q, command *commands, size_t count, list *owner, fence *fence) {
    ze_result_t result = lost ? ZE_RESULT_ERROR_DEVICE_LOST : ZE_RESULT_SUCCESS;
    pthread_mutex_lock(&lock);
    size_t held = 0;
    while (result == ZE_RESULT_SUCCESS && held < count) {
        result = hold(&commands[held]);
        held += result == ZE_RESULT_SUCCESS;
    }
    job *j = result == ZE_RESULT_SUCCESS ? calloc(1, sizeof *j) : NULL;
    if (j != NULL) {
        *j = (job){commands, count, owner, fence, NULL};
        *q->last = j;
        q->last = &j->next;
        if (owner != NULL) {
            owner->head.uses++;
        }
        if (fence != NULL) {
            fence->pending = true;
        }
        pthread_cond_broadcast(&changed);
    } else {
        while (held > 0) {
            let_go(&commands[--held]);
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t settle(queue *q, uint64_t timeout) {
    uint64_t deadline = deadline_of(timeout);
    pthread_mutex_lock(&lock);
    while ((q->busy || q->first != NULL) && !lost && wait_for_change(deadline)) {
    }
    ze_result_t result = lost ? ZE_RESULT_ERROR_DEVICE_LOST : q->busy || q->first != NULL ? ZE_RESULT_NOT_READY : ZE_RESULT_SUCCESS;
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t queue_create(ze_context_handle_t context, ze_device_handle_t device, const ze_command_queue_desc_t *wanted,
                         ze_command_queue_handle_t *handle) {
    CHECK(context, CONTEXT);
    CHECK(device, DEVICE);
    NEED(wanted);
    NEED(handle);
    if (wanted->ordinal > 1 || wanted->index > 0) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    return queue_open((queue **)handle);
}

ze_result_t queue_destroy(ze_command_queue_handle_t handle) {
    CHECK(handle, QUEUE);
    return queue_close((queue *)handle);
}

ze_result_t queue_execute(ze_command_queue_handle_t handle, uint32_t count, ze_command_list_handle_t *lists, ze_fence_handle_t signal) {
    CHECK(handle, QUEUE);
    NEED(lists);
    fence *f = (fence *)signal;
    if (f != NULL && (!is(f, FENCE) || f->queue != (object *)handle || f->pending || f->signaled)) {
        return ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT;
    }
    for (uint32_t i = 0; i < count; i++) {
        CHECK(lists[i], LIST);
        list *l = (list *)lists[i];
        if (l->immediate != NULL || !l->closed) {
            return ZE_RESULT_ERROR_INVALID_COMMAND_LIST_TYPE;
        }
        if (l->head.uses > 0) {
            return ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
        }
    }
    ze_result_t result = ZE_RESULT_SUCCESS;
    for (uint32_t i = 0; i < count && result == ZE_RESULT_SUCCESS; i++) {
        list *l = (list *)lists[i];
        result = enqueue((queue *)handle, l->commands, l->count, l, i + 1 == count ? f : NULL);
    }
    return result;
}

ze_result_t queue_await(ze_command_queue_handle_t handle, uint64_t timeout) {
    CHECK(handle, QUEUE);
    return settle((queue *)handle, timeout);
}
