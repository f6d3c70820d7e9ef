// Streams: what they were given waits until a caller waits for it, so that one who does not wait reads what is not there yet.
#pragma once
#include "stub.h"

struct node {
    enum { LAUNCH, COPY, FILL, CALL } what;
    const struct function *function;
    void (*call)(const unsigned long long *values);
    int groups, group_size;
    unsigned long long values[MOST_WORDS];
    void *to;
    const void *from;
    size_t bytes;
    unsigned char byte;
    int back; // a copy to the host
};

struct stream {
    struct object object;
    struct graph *captured;
    struct work *first, *last;
    unsigned long long given, done; // how many nodes
    struct stream *next;
};

// Knows a new stream.
void open_stream(struct stream *stream);
// Gives a node to a stream, or to the graph that it captures.
int give(struct stream *stream, struct node node);
// Adds to what a stream is to run.
void queue_up(struct stream *stream, const struct node *node);
// Runs what a stream was given up to a count of nodes, as far as the device lives.
int run_until(struct stream *stream, unsigned long long count);
