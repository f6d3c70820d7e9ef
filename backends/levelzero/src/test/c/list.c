/* Command lists: what an application records, or, on immediate lists, has done at once. */
#include "loopback.h"

static ze_result_t list_create(ze_context_handle_t context, ze_device_handle_t device, const ze_command_list_desc_t *wanted,
                               ze_command_list_handle_t *handle) {
    ENTER_WITH(context, CONTEXT);
    CHECK(device, DEVICE);
    REFUSE(wanted->commandQueueGroupOrdinal > 1, INVALID_ARGUMENT);
    return give(handle, make(LIST, sizeof(list), NULL));
}

static ze_result_t list_immediate(ze_context_handle_t context, ze_device_handle_t device, const ze_command_queue_desc_t *wanted,
                                  ze_command_list_handle_t *handle) {
    ENTER_WITH(context, CONTEXT);
    CHECK(device, DEVICE);
    REFUSE(wanted->ordinal > 1, INVALID_ARGUMENT);
    list *made = make(LIST, sizeof *made, NULL);
    *handle = (ze_command_list_handle_t)made;
    return open_queue(&made->immediate);
}

static void drop_commands(list *l) {
    while (l->count > 0) { free(l->commands[--l->count].arguments); }
    free(l->commands);
    l->commands = NULL;
}

static ze_result_t list_destroy(ze_command_list_handle_t handle) {
    list *l = (list *)handle;
    ze_result_t result = is(l, LIST) && l->immediate != NULL ? close_queue(l->immediate) : ZE_RESULT_SUCCESS;
    result = result == ZE_RESULT_SUCCESS ? retire(handle, LIST) : result;
    if (result == ZE_RESULT_SUCCESS) { drop_commands(l); }
    return result;
}

static ze_result_t list_reset(ze_command_list_handle_t handle) {
    ENTER;
    CHECK_IDLE(handle, LIST);
    drop_commands((list *)handle);
    ((list *)handle)->closed = false;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t list_close(ze_command_list_handle_t handle) {
    ENTER_WITH(handle, LIST);
    list *l = (list *)handle;
    REFUSE(l->immediate != NULL || l->closed, INVALID_COMMAND_LIST_TYPE);
    l->closed = true;
    return ZE_RESULT_SUCCESS;
}

void need(command *c, void *object) {
    if (object != NULL) { c->needs[c->needed++] = object; }
}

/* Appends a command, or has it done. */
static ze_result_t append(ze_command_list_handle_t handle, command *c, ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    list *l = (list *)handle;
    REFUSE(l->closed, INVALID_ARGUMENT);
    REFUSE(waits > MOST_WAITS, INVALID_SIZE);
    REFUSE(signal != NULL && !is(signal, EVENT), INVALID_SYNCHRONIZATION_OBJECT);
    c->signal = (event *)signal;
    need(c, signal);
    for (c->waits = 0; c->waits < waits; c->waits++) {
        REFUSE(!is(wait[c->waits], EVENT), INVALID_SYNCHRONIZATION_OBJECT);
        c->wait[c->waits] = (event *)wait[c->waits];
        need(c, wait[c->waits]);
    }
    if (c->what == LAUNCH) {
        size_t bytes = sizeof(argument) * c->function->arguments;
        c->arguments = memcpy(malloc(bytes), c->function->argument, bytes);
    }
    list *to = l->immediate != NULL ? make(LIST, sizeof *to, NULL) : l;
    to->commands = realloc(to->commands, (to->count + 1) * sizeof *c);
    to->commands[to->count++] = *c;
    return l->immediate != NULL ? enqueue(l->immediate, to, NULL) : ZE_RESULT_SUCCESS;
}

static ze_result_t append_launch(ze_command_list_handle_t handle, ze_kernel_handle_t kernel, const ze_group_count_t *groups,
                                 ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    ENTER_WITH(handle, LIST);
    CHECK(kernel, FUNCTION);
    function *f = (function *)kernel;
    command c = {.what = LAUNCH, .function = f};
    memcpy(c.local, f->local, sizeof c.local);
    memcpy(c.global, (size_t[]){groups->groupCountX, groups->groupCountY, groups->groupCountZ}, sizeof c.global);
    for (int i = 0; i < 3; i++) {
        REFUSE(c.global[i] == 0, INVALID_ARGUMENT);
        c.global[i] *= c.local[i];
    }
    need(&c, f);
    for (uint32_t i = 0; i < f->arguments; i++) {
        REFUSE(!f->argument[i].set, INVALID_ARGUMENT);
        need(&c, f->argument[i].memory);
    }
    return append(handle, &c, signal, waits, wait);
}

static ze_result_t append_copy(ze_command_list_handle_t handle, void *to, const void *from, size_t bytes, ze_event_handle_t signal,
                               uint32_t waits, ze_event_handle_t *wait) {
    ENTER_WITH(handle, LIST);
    command c = {.what = COPY, .bytes = bytes};
    memory *ends[2];
    REFUSE(!locate(to, bytes, &ends[0], &c.to) || !locate(from, bytes, &ends[1], &c.from), INVALID_ARGUMENT);
    need(&c, ends[0]);
    need(&c, ends[1]);
    return append(handle, &c, signal, waits, wait);
}

static ze_result_t append_fill(ze_command_list_handle_t handle, void *to, const void *pattern, size_t pattern_bytes, size_t bytes,
                               ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    ENTER_WITH(handle, LIST);
    REFUSE(pattern_bytes == 0 || pattern_bytes > MOST_BYTES || (pattern_bytes & (pattern_bytes - 1)) != 0, INVALID_SIZE);
    command c = {.what = FILL, .bytes = bytes, .pattern_bytes = pattern_bytes};
    memcpy(c.pattern, pattern, pattern_bytes);
    memory *end;
    REFUSE(!locate(to, bytes, &end, &c.to), INVALID_ARGUMENT);
    need(&c, end);
    return append(handle, &c, signal, waits, wait);
}

static ze_result_t append_barrier(ze_command_list_handle_t handle, ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    ENTER_WITH(handle, LIST);
    return append(handle, &(command){.what = BARRIER}, signal, waits, wait);
}

TABLE(CommandList, command_list, P(Create, list_create), P(CreateImmediate, list_immediate), P(Destroy, list_destroy), P(Close, list_close),
      P(Reset, list_reset), P(AppendBarrier, append_barrier), P(AppendMemoryCopy, append_copy), P(AppendMemoryFill, append_fill),
      P(AppendLaunchKernel, append_launch))
