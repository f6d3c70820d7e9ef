/* Queues: a thread for each runs what it was given, in order. */
#include "loopback.h"

typedef struct job {
    list *list;
    event *fence;
    struct job *next;
} job;

struct queue {
    object head;
    pthread_t thread;
    cl_command_queue cl;
    job *first, **last;
    bool idle;
};

uint64_t loopback_launches;

/* Sets arguments and launches; nobody else may set arguments between. */
static cl_int launch(cl_command_queue q, const command *c) {
    cl_kernel kernel = c->function->kernel;
    cl_int error = CL_SUCCESS;
    for (uint32_t i = 0; i < c->function->arguments && error == CL_SUCCESS; i++) {
        const argument *a = &c->arguments[i];
        error = a->kind == POINTER ? clSetKernelArgSVMPointer(kernel, i, a->real) : clSetKernelArg(kernel, i, a->size, a->value);
    }
    const char *limit = getenv("LOOPBACK_LOSE_AFTER");
    if (limit != NULL && loopback_launches >= strtoull(limit, NULL, 10)) { return CL_OUT_OF_RESOURCES; }
    loopback_launches++;
    return error != CL_SUCCESS ? error : clEnqueueNDRangeKernel(q, kernel, 3, NULL, c->global, c->local, 0, NULL, NULL);
}

/* Runs one command; whoever waits for its event finds all done. */
static bool perform(cl_command_queue q, const command *c) {
    cl_int error = CL_SUCCESS;
    uint64_t start = now();
    if (c->what == LAUNCH) {
        error = launch(q, c);
    } else if (c->what == COPY && c->bytes > 0) {
        error = clEnqueueSVMMemcpy(q, CL_FALSE, c->to, c->from, c->bytes, 0, NULL, NULL);
    } else if (c->what == FILL && c->bytes > 0) {
        error = clEnqueueSVMMemFill(q, c->to, c->pattern, c->pattern_bytes, c->bytes, 0, NULL, NULL);
    }
    if (error == CL_SUCCESS && c->signal != NULL) {
        error = clFinish(q);
        c->signal->start = start;
        c->signal->end = now();
        c->signal->signaled = true;
        pthread_cond_broadcast(&changed);
    }
    if (error != CL_SUCCESS) { fprintf(stderr, "loopback: OpenCL error %d\n", error); }
    return error == CL_SUCCESS;
}

static bool ready(const command *c) {
    for (uint32_t i = 0; i < c->waits; i++) {
        if (!c->wait[i]->signaled) { return false; }
    }
    return !c->done;
}

/* Runs commands without a barrier between them, the last that is ready first. */
static bool run_part(cl_command_queue q, command *commands, size_t count) {
    for (size_t left = count; left > 0;) {
        size_t next = count;
        while (next > 0 && !ready(&commands[next - 1])) { next--; }
        if (lost || (next > 0 && !perform(q, &commands[next - 1]))) { return false; }
        if (next > 0) {
            commands[next - 1].done = true;
            left--;
        } else {
            pthread_cond_wait(&changed, &lock);
        }
    }
    return true;
}

/* Runs commands in the order described above. False: the device is lost. */
static bool run(cl_command_queue q, command *commands, size_t count) {
    bool well = true;
    for (size_t i = 0; i < count; i++) { commands[i].done = false; }
    for (size_t from = 0, to; well && from < count; from = to) {
        for (to = from + 1; to < count && commands[from].what != BARRIER && commands[to].what != BARRIER; to++) {
        }
        well = run_part(q, commands + from, to - from);
    }
    /* Kernels may take long: others go on meanwhile. Those of a lost device end too, before their memory may go. */
    pthread_mutex_unlock(&lock);
    well = clFinish(q) == CL_SUCCESS && well;
    pthread_mutex_lock(&lock);
    return well;
}

/* Adds to the uses of all that a job needs; false if any of it is gone. */
static bool use(queue *q, const job *j, int change) {
    q->head.uses += change;
    q->idle = q->head.uses == 0;
    j->list->head.uses += change;
    if (j->fence != NULL) { j->fence->head.uses += change; }
    for (command *c = j->list->commands; c < j->list->commands + j->list->count; c++) {
        for (uint32_t k = 0; k < c->needed; k++) {
            c->needs[k]->uses += change;
            if (c->needs[k]->kind == GONE) { return false; }
        }
    }
    return true;
}

static void *work(void *argument) {
    pthread_mutex_lock(&lock);
    for (queue *q = argument; q->head.kind != GONE;) {
        job *j = q->first;
        if (j == NULL) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        lost = !run(q->cl, j->list->commands, j->list->count) || lost;
        q->first = j->next;
        q->last = q->first == NULL ? &q->first : q->last;
        use(q, j, -1);
        if (j->fence != NULL) { j->fence->signaled = !lost; }
        free(j);
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

ze_result_t open_queue(queue **made) {
    cl_int error;
    queue *q = *made = make(QUEUE, sizeof *q, NULL);
    q->last = &q->first;
    q->idle = true;
    q->cl = clCreateCommandQueueWithProperties(cl, cl_device, NULL, &error);
    REFUSE(error != CL_SUCCESS || pthread_create(&q->thread, NULL, work, q) != 0, OUT_OF_HOST_MEMORY);
    return ZE_RESULT_SUCCESS;
}

ze_result_t close_queue(queue *q) {
    ze_result_t result = retire(q, QUEUE);
    if (result == ZE_RESULT_SUCCESS) {
        pthread_cond_broadcast(&changed);
        pthread_join(q->thread, NULL);
        clReleaseCommandQueue(q->cl);
    }
    return result;
}

ze_result_t enqueue(queue *q, list *l, event *fence) {
    job wanted = {l, fence, NULL};
    REFUSE(lost, DEVICE_LOST);
    REFUSE(!use(q, &wanted, 0), INVALID_ARGUMENT);
    use(q, &wanted, 1);
    job *j = *q->last = memcpy(malloc(sizeof *j), &wanted, sizeof *j);
    q->last = &j->next;
    pthread_cond_broadcast(&changed);
    return ZE_RESULT_SUCCESS;
}

static ze_result_t queue_create(ze_context_handle_t context, ze_device_handle_t device, const ze_command_queue_desc_t *wanted,
                                ze_command_queue_handle_t *handle) {
    ENTER_WITH(context, CONTEXT);
    CHECK(device, DEVICE);
    REFUSE(wanted->ordinal > 1 || wanted->index > 0, INVALID_ARGUMENT);
    return open_queue((queue **)handle);
}

static ze_result_t queue_destroy(ze_command_queue_handle_t handle) { return close_queue((queue *)handle); }

static ze_result_t queue_execute(ze_command_queue_handle_t handle, uint32_t count, ze_command_list_handle_t *lists, ze_fence_handle_t signal) {
    ENTER_WITH(handle, QUEUE);
    event *f = (event *)signal;
    REFUSE(f != NULL && (!is(f, FENCE) || f->queue != (object *)handle || f->head.uses > 0 || f->signaled), INVALID_SYNCHRONIZATION_OBJECT);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_IDLE(lists[i], LIST);
        REFUSE(!((list *)lists[i])->closed, INVALID_COMMAND_LIST_TYPE);
    }
    ze_result_t result = ZE_RESULT_SUCCESS;
    for (uint32_t i = 0; i < count && result == ZE_RESULT_SUCCESS; i++) {
        result = enqueue((queue *)handle, (list *)lists[i], i + 1 == count ? f : NULL);
    }
    return result;
}

static ze_result_t queue_await(ze_command_queue_handle_t handle, uint64_t timeout) {
    ENTER_WITH(handle, QUEUE);
    return await(&((queue *)handle)->idle, timeout);
}

TABLE(CommandQueue, command_queue, P(Create, queue_create), P(Destroy, queue_destroy), P(ExecuteCommandLists, queue_execute),
      P(Synchronize, queue_await))
