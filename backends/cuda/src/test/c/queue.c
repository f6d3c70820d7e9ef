// What streams were given and have not run. Any thread may wait for a stream.
#include "queue.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct work {
    struct node node;
    struct work *next;
};

static struct stream *streams;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// Whether the kernel that is to run now is the one that is to fail.
static int fails(void) {
    static long launches;
    long last = setting("LOSE_AFTER", -1);
    return last >= 0 && launches++ >= last;
}

// A kernel that fails takes the device with it, as nobody waits for its status.
static void run(struct node *node) {
    void *values[MOST_PARAMETERS];
    switch (node->what) {
    case LAUNCH:
        for (int i = 0; i < node->function->parameters; i++) {
            values[i] = &node->values[node->function->at[i]];
        }
        if (fails() || node->function->launch(node->function->entry, node->groups, node->group_size, values)) {
            lose();
        }
        break;
    case COPY:
        memcpy(node->to, node->from, node->bytes);
        copied(node->back ? node->bytes : 0);
        break;
    case CALL: node->call(node->values); break;
    case FILL: memset(node->to, node->byte, node->bytes); break;
    }
}

void open_stream(struct stream *stream) {
    pthread_mutex_lock(&lock);
    stream->next = streams;
    streams = stream;
    pthread_mutex_unlock(&lock);
}

void queue_up(struct stream *stream, const struct node *node) {
    struct work *work = malloc(sizeof *work);
    *work = (struct work){*node, NULL};
    pthread_mutex_lock(&lock);
    if (stream->first) {
        stream->last->next = work;
    } else {
        stream->first = work;
    }
    stream->last = work;
    stream->given++;
    pthread_mutex_unlock(&lock);
}

// What a lost device was still to do, it does not.
static void advance(struct stream *stream, unsigned long long count) {
    while (stream->first && (is_lost() || stream->done < count)) {
        struct work *work = stream->first;
        if (!is_lost()) {
            run(&work->node);
        }
        stream->first = work->next;
        stream->done++;
        free(work);
    }
}

int run_until(struct stream *stream, unsigned long long count) {
    pthread_mutex_lock(&lock);
    advance(stream, count);
    pthread_mutex_unlock(&lock);
    return is_lost() ? LAUNCH_FAILED : SUCCESS;
}

void run_all(void) {
    pthread_mutex_lock(&lock);
    for (struct stream *each = streams; each; each = each->next) {
        advance(each, each->given);
    }
    pthread_mutex_unlock(&lock);
}

// How much was given to streams and has not run.
int stubWaiting(int *count) {
    *count = 0;
    pthread_mutex_lock(&lock);
    for (struct stream *each = streams; each; each = each->next) {
        *count += each->given - each->done;
    }
    pthread_mutex_unlock(&lock);
    return SUCCESS;
}

static int within(const void *address, const char *first, size_t bytes) {
    return (const char *)address >= first && (const char *)address < first + bytes;
}

int awaited(const void *first, size_t bytes) {
    int found = 0;
    pthread_mutex_lock(&lock);
    for (struct stream *each = streams; each && !is_lost(); each = each->next) {
        for (struct work *work = each->first; work; work = work->next) {
            const struct node *node = &work->node;
            found |= within(node->to, first, bytes) || within(node->from, first, bytes) || within(node->function, first, bytes);
        }
    }
    pthread_mutex_unlock(&lock);
    return found;
}
