/* A Level Zero driver for tests: one device that forwards to the machine's first OpenCL device. It is harsher than a device needs to be. Commands
 * between two barriers run last to first unless events hold them back; the host cannot touch device memory (it sees addresses of a region without
 * access); stale handles are refused; nothing that the queue still uses can be freed, reset or destroyed. Missing pointers and handles are left to
 * the loader's validation layer, which the tests switch on. Settings, from the environment: LOOPBACK_MEMORY, bytes of device memory;
 * LOOPBACK_INTEGRATED, a device that shares the host's; LOOPBACK_LOSE_AFTER, launches after which the device is lost. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#define _GNU_SOURCE
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <level_zero/ze_api.h>
#include <level_zero/ze_ddi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a handle points to begins with its kind. Objects are marked GONE, never freed, so that a stale handle is recognized. */
typedef enum { GONE, DRIVER, DEVICE, CONTEXT, MEMORY, MODULE, BUILD_LOG, FUNCTION, LIST, QUEUE, FENCE, POOL, EVENT } kind;

typedef struct object {
    kind kind;
    int uses;             /* jobs in flight, or parts, that need it */
    struct object *whole; /* what it is part of, if anything */
} object;

typedef struct memory {
    object head;
    ze_memory_type_t type;
    char *visible; /* what the application holds */
    char *real;    /* what kernels read and write */
    size_t bytes;
    struct memory *next;
} memory;

/* An event, which is part of a pool, or the fence of a queue, which is pending while it has uses. */
typedef struct {
    object head;
    object *queue;
    bool timed, signaled;
    uint64_t start, end; /* nanoseconds */
} event;

#define MOST_ARGUMENTS 32
#define MOST_WAITS 16
#define MOST_BYTES 16

typedef struct {
    enum { VALUE, POINTER } kind;
    bool set;
    size_t size; /* of a value */
    unsigned char value[MOST_BYTES];
    memory *memory; /* what a pointer points into, if anything */
    char *real;
} argument;

typedef struct {
    object head; /* part of a module */
    cl_kernel kernel;
    uint32_t arguments;
    size_t local[3];
    argument argument[MOST_ARGUMENTS];
} function;

typedef struct {
    enum { LAUNCH, COPY, FILL, BARRIER } what;
    function *function;
    argument *arguments; /* as they were when the launch was appended */
    size_t local[3], global[3];
    char *to, *from;
    size_t bytes, pattern_bytes;
    unsigned char pattern[MOST_BYTES];
    event *signal, *wait[MOST_WAITS];
    uint32_t waits;
    object *needs[MOST_ARGUMENTS + MOST_WAITS + 2]; /* all of the above that may go away */
    uint32_t needed;
    bool done;
} command;

typedef struct queue queue;

typedef struct {
    object head;
    bool closed;
    queue *immediate; /* where an immediate list's commands go at once */
    size_t count;
    command *commands;
} list;

extern cl_context cl;
extern cl_device_id cl_device;
extern bool lost; /* the device; nothing works any more */

/* One lock guards all: a call holds it to its end, and is counted. */
extern pthread_mutex_t lock;
extern uint64_t loopback_calls, loopback_launches; /* for tests that count below the backend */
extern pthread_cond_t changed; /* an event, a fence, a queue */
static inline void unlock(pthread_mutex_t **held) { pthread_mutex_unlock(*held); }
#define ENTER                                                                \
    pthread_mutex_t *held __attribute__((cleanup(unlock), unused)) = &lock;  \
    pthread_mutex_lock(held);                                                \
    loopback_calls++
#define REFUSE(condition, result) \
    if (condition)                \
    return ZE_RESULT_ERROR_##result
#define CHECK(handle, wanted) REFUSE(!is(handle, wanted), INVALID_ARGUMENT)
#define CHECK_IDLE(handle, wanted)                                             \
    CHECK(handle, wanted);                                                     \
    REFUSE(((object *)(handle))->uses > 0, HANDLE_OBJECT_IN_USE)
#define ENTER_WITH(handle, wanted) \
    ENTER;                         \
    CHECK(handle, wanted)

static inline bool is(const void *handle, kind kind) { return handle != NULL && ((const object *)handle)->kind == kind; }

/* A number that the OpenCL device says of itself. */
uint64_t limit(cl_device_info what);
/* A new object of so many bytes, part of another or of none. */
void *make(kind kind, size_t bytes, void *whole);
/* Hands a new object to the application. */
static inline ze_result_t give(void *handle, void *made) { return *(void **)handle = made, ZE_RESULT_SUCCESS; }
/* Marks an object that nothing uses as gone. */
ze_result_t retire(void *handle, kind kind);
uint64_t now(void);
/* Waits, without the lock meanwhile, until a flag is set, the device is lost or so many nanoseconds have passed. */
ze_result_t await(const bool *flag, uint64_t timeout);

/* Where an address lies: in the allocation whose `bytes` bytes from it all exist; outside every allocation, for NULL; or, false, partly inside. */
bool locate(const void *address, size_t bytes, memory **found, char **real);
/* Remembers that a command cannot do without an object, if there is one. */
void need(command *c, void *object);

ze_result_t open_queue(queue **made);
ze_result_t close_queue(queue *q);
/* Has a list's commands run behind what the queue holds, if all that they need is there. */
ze_result_t enqueue(queue *q, list *l, event *fence);

/* Answers the loader's wish for the functions on one kind of object. */
#define P(member, function) .pfn##member = function
#define TABLE(name, type, ...)                                                                                     \
    ZE_DLLEXPORT ze_result_t zeGet##name##ProcAddrTable(ze_api_version_t version, ze_##type##_dditable_t *table) { \
        *table = (ze_##type##_dditable_t){__VA_ARGS__};                                                            \
        return ZE_RESULT_SUCCESS;                                                                                  \
    }

#endif
