// What streams are given or capture, graphs and events.
#include "queue.h"
#include <stdlib.h>
#include <string.h>

struct graph {
    struct object object;
    int nodes, room;
    struct node *node;
};

// What a stream had been given when the event was recorded.
struct event {
    struct object object;
    struct stream *stream;
    unsigned long long given;
};

_Thread_local int capturing;

int give(struct stream *stream, struct node node) {
    CHECK(is(stream, STREAM), INVALID_HANDLE);
    struct graph *graph = stream->captured;
    if (!graph) {
        queue_up(stream, &node);
        return SUCCESS;
    }
    if (graph->nodes == graph->room) {
        graph->room = 2 * graph->room + 8;
        graph->node = realloc(graph->node, graph->room * sizeof node);
    }
    graph->node[graph->nodes++] = node;
    return SUCCESS;
}

// A copy from or to memory that is not pinned has ended when the call returns.
static int give_copy(struct stream *stream, struct node node, const void *host) {
    int status = give(stream, node);
    CHECK(status == SUCCESS, status);
    return stream->captured || pinned(host, node.bytes) ? SUCCESS : run_until(stream, stream->given);
}

int cuStreamCreate(struct stream **stream, unsigned flags) {
    READY();
    CHECK(flags == 1, INVALID_VALUE);
    *stream = make(STREAM, sizeof **stream);
    open_stream(*stream);
    return SUCCESS;
}

int cuStreamDestroy_v2(struct stream *stream) {
    int status = give_back(stream, STREAM);
    if (status == SUCCESS) {
        run_until(stream, stream->given);
    }
    return status;
}

int cuLaunchKernel(const struct function *function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   struct stream *stream, void **values, void **extra) {
    READY();
    CHECK(x > 0 && y == 1 && z == 1 && bx > 0 && bx <= 1024 && by == 1 && bz == 1 && shared <= function->shared && !extra, INVALID_VALUE);
    struct node node = {.what = LAUNCH, .function = function, .groups = x, .group_size = bx};
    for (int i = 0; i < function->parameters; i++) {
        memcpy(&node.values[function->at[i]], values[i], function->sizes[i]);
    }
    return give(stream, node);
}

int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, struct stream *stream) {
    READY();
    CHECK(owned(to, bytes), INVALID_VALUE);
    return give_copy(stream, (struct node){.what = COPY, .to = (void *)to, .from = from, .bytes = bytes}, from);
}

int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, struct stream *stream) {
    READY();
    CHECK(owned(from, bytes), INVALID_VALUE);
    return give_copy(stream, (struct node){.what = COPY, .to = to, .from = (void *)from, .bytes = bytes, .back = 1}, to);
}

int cuMemsetD8Async(unsigned long long to, unsigned char byte, size_t bytes, struct stream *stream) {
    READY();
    CHECK(owned(to, bytes), INVALID_VALUE);
    return give(stream, (struct node){.what = FILL, .to = (void *)to, .bytes = bytes, .byte = byte});
}

int cuStreamBeginCapture_v2(struct stream *stream, int mode) {
    READY();
    CHECK(is(stream, STREAM) && !stream->captured && mode == 1, INVALID_VALUE);
    stream->captured = make(GRAPH, sizeof *stream->captured);
    capturing = 1;
    return SUCCESS;
}

int cuStreamEndCapture(struct stream *stream, struct graph **graph) {
    CHECK(is(stream, STREAM) && stream->captured, INVALID_VALUE);
    *graph = stream->captured;
    stream->captured = NULL;
    capturing = 0;
    return SUCCESS;
}

int cuGraphInstantiateWithFlags(struct graph **exec, const struct graph *graph, unsigned long long flags) {
    READY();
    CHECK(is(graph, GRAPH) && flags == 0, INVALID_VALUE);
    *exec = make(EXEC, sizeof **exec);
    (*exec)->nodes = graph->nodes;
    (*exec)->node = malloc(graph->nodes * sizeof *graph->node);
    memcpy((*exec)->node, graph->node, graph->nodes * sizeof *graph->node);
    return SUCCESS;
}

// Takes other values and sizes, and copies elsewhere, but no other kernels, as long as commands stay of the same kinds.
int cuGraphExecUpdate_v2(struct graph *exec, const struct graph *graph, void *info) {
    READY();
    CHECK(is(exec, EXEC) && is(graph, GRAPH) && info, INVALID_HANDLE);
    CHECK(!setting("REFUSE_UPDATES", 0) && exec->nodes == graph->nodes, UPDATE_FAILURE);
    for (int i = 0; i < graph->nodes; i++) {
        CHECK(exec->node[i].what == graph->node[i].what && exec->node[i].function == graph->node[i].function &&
                  exec->node[i].call == graph->node[i].call,
              UPDATE_FAILURE);
    }
    memcpy(exec->node, graph->node, graph->nodes * sizeof *graph->node);
    return SUCCESS;
}

int cuGraphLaunch(struct graph *exec, struct stream *stream) {
    READY();
    CHECK(is(exec, EXEC) && is(stream, STREAM) && !stream->captured, INVALID_HANDLE);
    for (int i = 0; i < exec->nodes; i++) {
        queue_up(stream, &exec->node[i]);
    }
    return SUCCESS;
}

int cuGraphExecDestroy(struct graph *exec) {
    CHECK(is(exec, EXEC), refuse(INVALID_HANDLE));
    free(exec->node);
    exec->node = NULL;
    return give_back(exec, EXEC);
}

int cuGraphDestroy(struct graph *graph) {
    CHECK(is(graph, GRAPH), refuse(INVALID_HANDLE));
    free(graph->node);
    return give_back(graph, GRAPH);
}

int cuEventCreate(struct event **event, unsigned flags) {
    READY();
    CHECK(flags == 2, INVALID_VALUE);
    *event = make(EVENT, sizeof **event);
    return SUCCESS;
}

int cuEventRecord(struct event *event, struct stream *stream) {
    READY();
    CHECK(is(event, EVENT) && is(stream, STREAM), INVALID_HANDLE);
    event->stream = stream;
    event->given = stream->given;
    return SUCCESS;
}

// The first who asks hears that it is not reached yet.
int cuEventQuery(struct event *event) {
    READY();
    CHECK(is(event, EVENT), INVALID_HANDLE);
    CHECK(event->stream && event->stream->done < event->given, SUCCESS);
    run_until(event->stream, event->given);
    return NOT_READY;
}

int cuEventSynchronize(struct event *event) {
    READY();
    CHECK(is(event, EVENT), INVALID_HANDLE);
    return event->stream ? run_until(event->stream, event->given) : SUCCESS;
}

int cuEventDestroy_v2(struct event *event) { return give_back(event, EVENT); }
