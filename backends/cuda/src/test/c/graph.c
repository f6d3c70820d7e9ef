// Streams, what they run or capture, graphs and events. A stream is always done: work runs when it is given.
#include "stub.h"
#include <stdlib.h>
#include <string.h>

struct node {
    enum { LAUNCH, COPY, FILL } what;
    const struct function *function;
    int groups, group_size;
    unsigned long long values[MOST_PARAMETERS];
    void *to;
    const void *from;
    size_t bytes;
    unsigned char byte;
};

struct graph {
    struct object object;
    int nodes, room;
    struct node *node;
};

struct stream {
    struct object object;
    struct graph *captured;
};

_Thread_local int capturing;

// Whether the kernel that is to run now is the one that is to fail.
static int fails(void) {
    static long launches;
    long last = setting("LOSE_AFTER", -1);
    return last >= 0 && launches++ >= last;
}

static int run(struct node *node) {
    void *values[MOST_PARAMETERS];
    switch (node->what) {
    case LAUNCH:
        if (fails()) {
            lose();
            return SUCCESS;
        }
        for (int i = 0; i < node->function->parameters; i++) {
            values[i] = &node->values[i];
        }
        return node->function->launch(node->function->entry, node->groups, node->group_size, values) ? LAUNCH_FAILED : SUCCESS;
    case COPY: memcpy(node->to, node->from, node->bytes); return SUCCESS;
    case FILL: memset(node->to, node->byte, node->bytes); return SUCCESS;
    }
    return INVALID_VALUE;
}

static int give(struct stream *stream, struct node node) {
    CHECK(is(stream, STREAM), INVALID_HANDLE);
    struct graph *graph = stream->captured;
    if (!graph) {
        return run(&node);
    }
    if (graph->nodes == graph->room) {
        graph->room = 2 * graph->room + 8;
        graph->node = realloc(graph->node, graph->room * sizeof node);
    }
    graph->node[graph->nodes++] = node;
    return SUCCESS;
}

int cuStreamCreate(struct stream **stream, unsigned flags) {
    READY();
    CHECK(flags == 1, INVALID_VALUE);
    *stream = make(STREAM, sizeof **stream);
    return SUCCESS;
}

int cuStreamDestroy_v2(struct stream *stream) { return give_back(stream, STREAM); }

int cuLaunchKernel(const struct function *function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   struct stream *stream, void **values, void **extra) {
    READY();
    CHECK(x > 0 && y == 1 && z == 1 && bx > 0 && bx <= 1024 && by == 1 && bz == 1 && shared == 0 && !extra, INVALID_VALUE);
    struct node node = {.what = LAUNCH, .function = function, .groups = x, .group_size = bx};
    for (int i = 0; i < function->parameters; i++) {
        memcpy(&node.values[i], values[i], function->sizes[i]);
    }
    return give(stream, node);
}

int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, struct stream *stream) {
    READY();
    CHECK(owned(to, bytes), INVALID_VALUE);
    return give(stream, (struct node){.what = COPY, .to = (void *)to, .from = from, .bytes = bytes});
}

int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, struct stream *stream) {
    READY();
    CHECK(owned(from, bytes), INVALID_VALUE);
    return give(stream, (struct node){.what = COPY, .to = to, .from = (void *)from, .bytes = bytes});
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
        CHECK(exec->node[i].what == graph->node[i].what && exec->node[i].function == graph->node[i].function, UPDATE_FAILURE);
    }
    memcpy(exec->node, graph->node, graph->nodes * sizeof *graph->node);
    return SUCCESS;
}

int cuGraphLaunch(struct graph *exec, struct stream *stream) {
    READY();
    CHECK(is(exec, EXEC) && is(stream, STREAM) && !stream->captured, INVALID_HANDLE);
    for (int i = 0; i < exec->nodes && !is_lost(); i++) {
        int status = run(&exec->node[i]);
        CHECK(status == SUCCESS, status);
    }
    return SUCCESS;
}

int cuGraphExecDestroy(struct graph *exec) {
    CHECK(is(exec, EXEC), INVALID_HANDLE);
    free(exec->node);
    return give_back(exec, EXEC);
}

int cuGraphDestroy(struct graph *graph) {
    CHECK(is(graph, GRAPH), INVALID_HANDLE);
    free(graph->node);
    return give_back(graph, GRAPH);
}

int cuEventCreate(struct object **event, unsigned flags) {
    READY();
    CHECK(flags == 2, INVALID_VALUE);
    *event = make(EVENT, sizeof **event);
    return SUCCESS;
}

int cuEventRecord(struct object *event, struct stream *stream) {
    READY();
    return is(event, EVENT) && is(stream, STREAM) ? SUCCESS : INVALID_HANDLE;
}

int cuEventQuery(struct object *event) {
    READY();
    return is(event, EVENT) ? SUCCESS : INVALID_HANDLE;
}

int cuEventSynchronize(struct object *event) {
    READY();
    return is(event, EVENT) ? SUCCESS : INVALID_HANDLE;
}

int cuEventDestroy_v2(struct object *event) { return give_back(event, EVENT); }
