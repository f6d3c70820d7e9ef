/* Command lists: what an application records, or, on immediate lists, has done at once. */
#include "loopback.h"

#include <stdlib.h>

extern ze_result_t queue_open(queue **made);
extern ze_result_t queue_close(queue *q);

ze_result_t list_create(ze_context_handle_t context, ze_device_handle_t device, const ze_command_list_desc_t *wanted,
                        ze_command_list_handle_t *handle) {
    CHECK(context, CONTEXT);
    CHECK(device, DEVICE);
    NEED(wanted);
    NEED(handle);
    if (wanted->commandQueueGroupOrdinal > 1) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    *handle = make(LIST, sizeof(list));
    return ZE_RESULT_SUCCESS;
}

ze_result_t list_immediate(ze_context_handle_t context, ze_device_handle_t device, const ze_command_queue_desc_t *wanted,
                           ze_command_list_handle_t *handle) {
    CHECK(context, CONTEXT);
    CHECK(device, DEVICE);
    NEED(wanted);
    NEED(handle);
    list *made = make(LIST, sizeof *made);
    ze_result_t result = queue_open(&made->immediate);
    *handle = (ze_command_list_handle_t)made;
    return result;
}

static void drop(list *l) {
    for (size_t i = 0; i < l->count; i++) {
        free(l->commands[i].arguments);
        free(l->commands[i].stamps);
    }
    l->count = 0;
}

/* Both need a list that no job uses. */
static ze_result_t begin_change(ze_command_list_handle_t handle) {
    CHECK(handle, LIST);
    pthread_mutex_lock(&lock);
    ze_result_t result = ((list *)handle)->head.uses > 0 ? ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE : ZE_RESULT_SUCCESS;
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t list_destroy(ze_command_list_handle_t handle) {
    ze_result_t result = begin_change(handle);
    list *l = (list *)handle;
    if (result == ZE_RESULT_SUCCESS && l->immediate != NULL) {
        result = queue_close(l->immediate);
    }
    if (result == ZE_RESULT_SUCCESS) {
        drop(l);
        free(l->commands);
        l->head.kind = GONE;
    }
    return result;
}

ze_result_t list_reset(ze_command_list_handle_t handle) {
    ze_result_t result = begin_change(handle);
    if (result == ZE_RESULT_SUCCESS) {
        drop((list *)handle);
        ((list *)handle)->closed = false;
    }
    return result;
}

ze_result_t list_close(ze_command_list_handle_t handle) {
    CHECK(handle, LIST);
    list *l = (list *)handle;
    if (l->immediate != NULL || l->closed) {
        return ZE_RESULT_ERROR_INVALID_COMMAND_LIST_TYPE;
    }
    l->closed = true;
    return ZE_RESULT_SUCCESS;
}

/* Appends a command, or has it done; its arrays are the list's from here on. */
static ze_result_t append(ze_command_list_handle_t handle, command c, ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    list *l = (list *)handle;
    ze_result_t result = ZE_RESULT_SUCCESS;
    if (l->closed) {
        result = ZE_RESULT_ERROR_INVALID_ARGUMENT;
    } else if (waits > MOST_WAITS || (waits > 0 && wait == NULL)) {
        result = ZE_RESULT_ERROR_INVALID_SIZE;
    } else if (signal != NULL && !is(signal, EVENT)) {
        result = ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT;
    }
    for (uint32_t i = 0; result == ZE_RESULT_SUCCESS && i < waits; i++) {
        c.wait[i] = (event *)wait[i];
        result = is(wait[i], EVENT) ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_SYNCHRONIZATION_OBJECT;
    }
    c.waits = waits;
    c.signal = (event *)signal;
    if (result == ZE_RESULT_SUCCESS && l->immediate != NULL) {
        command *copy = malloc(sizeof c);
        *copy = c;
        return enqueue(l->immediate, copy, 1, NULL, NULL);
    }
    if (result == ZE_RESULT_SUCCESS && l->count == l->capacity) {
        size_t capacity = l->capacity * 2 + 16;
        command *more = realloc(l->commands, capacity * sizeof c);
        result = more != NULL ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
        l->commands = more != NULL ? more : l->commands;
        l->capacity = more != NULL ? capacity : l->capacity;
    }
    if (result == ZE_RESULT_SUCCESS) {
        l->commands[l->count++] = c;
    } else {
        free(c.arguments);
        free(c.stamps);
    }
    return result;
}

ze_result_t append_launch(ze_command_list_handle_t handle, ze_kernel_handle_t kernel, const ze_group_count_t *groups, ze_event_handle_t signal,
                          uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    CHECK(kernel, FUNCTION);
    NEED(groups);
    function *f = (function *)kernel;
    if (groups->groupCountX == 0 || groups->groupCountY == 0 || groups->groupCountZ == 0) {
        return ZE_RESULT_ERROR_INVALID_ARGUMENT;
    }
    for (uint32_t i = 0; i < f->arguments; i++) {
        if (!f->argument[i].set) {
            return ZE_RESULT_ERROR_INVALID_ARGUMENT;
        }
    }
    command c = {.what = LAUNCH, .function = f, .groups = {groups->groupCountX, groups->groupCountY, groups->groupCountZ}};
    memcpy(c.size, f->size, sizeof c.size);
    c.arguments = malloc(sizeof(argument) * f->arguments + 1);
    memcpy(c.arguments, f->argument, sizeof(argument) * f->arguments);
    return append(handle, c, signal, waits, wait);
}

static ze_result_t find(const void *address, size_t bytes, place *place) {
    pthread_mutex_lock(&lock);
    bool whole = locate(address, bytes, place);
    pthread_mutex_unlock(&lock);
    return whole ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_ARGUMENT;
}

ze_result_t append_copy(ze_command_list_handle_t handle, void *to, const void *from, size_t bytes, ze_event_handle_t signal, uint32_t waits,
                        ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    NEED(to);
    NEED(from);
    command c = {.what = COPY, .bytes = bytes};
    ze_result_t result = find(to, bytes, &c.to);
    result = result == ZE_RESULT_SUCCESS ? find(from, bytes, &c.from) : result;
    return result == ZE_RESULT_SUCCESS ? append(handle, c, signal, waits, wait) : result;
}

ze_result_t append_fill(ze_command_list_handle_t handle, void *to, const void *pattern, size_t pattern_bytes, size_t bytes,
                        ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    NEED(to);
    NEED(pattern);
    if (pattern_bytes == 0 || pattern_bytes > MOST_BYTES || (pattern_bytes & (pattern_bytes - 1)) != 0) {
        return ZE_RESULT_ERROR_INVALID_SIZE;
    }
    command c = {.what = FILL, .bytes = bytes, .pattern_bytes = pattern_bytes};
    memcpy(c.pattern, pattern, pattern_bytes);
    ze_result_t result = find(to, bytes, &c.to);
    return result == ZE_RESULT_SUCCESS ? append(handle, c, signal, waits, wait) : result;
}

ze_result_t append_barrier(ze_command_list_handle_t handle, ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    return append(handle, (command){.what = BARRIER}, signal, waits, wait);
}

ze_result_t append_wait(ze_command_list_handle_t handle, uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    return append(handle, (command){.what = BARRIER}, NULL, waits, wait);
}

ze_result_t append_signal(ze_command_list_handle_t handle, ze_event_handle_t signal) {
    CHECK(handle, LIST);
    CHECK(signal, EVENT);
    return append(handle, (command){.what = SIGNAL}, signal, 0, NULL);
}

ze_result_t append_reset(ze_command_list_handle_t handle, ze_event_handle_t signal) {
    CHECK(handle, LIST);
    CHECK(signal, EVENT);
    return append(handle, (command){.what = RESET}, signal, 0, NULL);
}

ze_result_t append_clock(ze_command_list_handle_t handle, uint64_t *to, ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    NEED(to);
    command c = {.what = CLOCK};
    ze_result_t result = find(to, sizeof *to, &c.to);
    return result == ZE_RESULT_SUCCESS ? append(handle, c, signal, waits, wait) : result;
}

ze_result_t append_stamps(ze_command_list_handle_t handle, uint32_t count, ze_event_handle_t *events, void *to, const size_t *offsets,
                          ze_event_handle_t signal, uint32_t waits, ze_event_handle_t *wait) {
    CHECK(handle, LIST);
    NEED(events);
    NEED(to);
    if (offsets != NULL) {
        return ZE_RESULT_ERROR_UNSUPPORTED_FEATURE;
    }
    command c = {.what = STAMPS, .bytes = count};
    for (uint32_t i = 0; i < count; i++) {
        CHECK(events[i], EVENT);
    }
    ze_result_t result = find(to, count * sizeof(ze_kernel_timestamp_result_t), &c.to);
    if (result == ZE_RESULT_SUCCESS) {
        c.stamps = malloc(count * sizeof *c.stamps);
        memcpy(c.stamps, events, count * sizeof *c.stamps);
        result = append(handle, c, signal, waits, wait);
    }
    return result;
}
