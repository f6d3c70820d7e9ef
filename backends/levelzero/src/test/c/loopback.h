/* A Level Zero driver for tests: one device that forwards to the machine's first OpenCL device. It is harsher than a device needs to be. Commands
 * between two barriers run last to first unless events hold them back; the host cannot touch device memory (it sees addresses of a region without
 * access); handles are checked and stale ones refused; nothing that the queue still uses can be freed, reset or destroyed. One lock guards all. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <level_zero/ze_api.h>
#include <level_zero/ze_ddi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What a handle points to begins with its kind. Objects are marked GONE, never freed, so that a stale handle is recognized. */
typedef enum { GONE, DRIVER, DEVICE, CONTEXT, MEMORY, MODULE, BUILD_LOG, FUNCTION, LIST, QUEUE, FENCE, POOL, EVENT } kind;

typedef struct {
    kind kind;
    int uses; /* jobs in flight, or parts, that need it */
} object;

typedef struct memory {
    object head;
    ze_memory_type_t type;
    char *visible; /* what the application holds */
    char *real;    /* what kernels read and write */
    size_t bytes;
    struct memory *next;
} memory;

typedef struct {
    object head;
    object *pool;
    uint32_t index;
    bool timed;
    bool signaled;
    uint64_t start, end; /* nanoseconds */
} event;

#define MOST_ARGUMENTS 32
#define MOST_BYTES 16

typedef struct {
    enum { VALUE, POINTER, LOCAL } kind;
    bool set;
    size_t size; /* of a value, or of local memory */
    unsigned char value[MOST_BYTES];
    memory *memory; /* what a pointer points into, if anything */
    char *real;
} argument;

typedef struct {
    object head;
    object *module;
    cl_kernel kernel;
    char name[128];
    uint32_t arguments;
    argument argument[MOST_ARGUMENTS];
    uint32_t size[3];
} function;

/* One end of a copy: inside an allocation, or anywhere else on the host. */
typedef struct {
    memory *memory;
    char *real;
} place;

#define MOST_WAITS 16

typedef struct {
    enum { LAUNCH, COPY, FILL, BARRIER, SIGNAL, RESET, STAMPS, CLOCK } what;
    function *function;
    argument *arguments; /* as they were when the launch was appended */
    uint32_t size[3], groups[3];
    place to, from;
    size_t bytes;
    unsigned char pattern[MOST_BYTES];
    size_t pattern_bytes;
    event **stamps; /* as many as `bytes` holds */
    event *signal;
    uint32_t waits;
    event *wait[MOST_WAITS];
    bool done;
} command;

typedef struct queue queue;

typedef struct {
    object head;
    bool closed;
    queue *immediate; /* where an immediate list's commands go at once */
    size_t count, capacity;
    command *commands;
} list;

typedef struct {
    object head;
    object *queue;
    bool pending, signaled;
} fence;

extern pthread_mutex_t lock;
extern pthread_cond_t changed; /* an event, a fence, a queue */

extern cl_context cl;
extern cl_device_id cl_device;
extern bool lost; /* the device; nothing works any more */

/* Registers an object of so many bytes; NULL if there is no memory. */
void *make(kind kind, size_t bytes);
bool is(const void *handle, kind kind);
uint64_t now(void);
/* Waits for a change, at most until `deadline` of now(); false when it has passed. The lock is held. */
bool wait_for_change(uint64_t deadline);
uint64_t deadline_of(uint64_t timeout);

/* Where an address lies: in the allocation whose `bytes` bytes from it all exist; outside every allocation; or, false, partly inside. */
bool locate(const void *address, size_t bytes, place *found);
bool alive(const place *place);

/* Checks, and holds or lets go of, all that a command uses. */
ze_result_t hold(const command *command);
void let_go(const command *command);
/* Runs commands in the order described above; the lock is held, and released while it waits. False: the device is lost. */
bool run(cl_command_queue q, command *commands, size_t count);

/* Takes over a command to run behind what the queue holds. */
ze_result_t enqueue(queue *q, command *commands, size_t count, list *owner, fence *fence);
ze_result_t settle(queue *q, uint64_t timeout);

#define CHECK(handle, kind)                                                                                       \
    do {                                                                                                          \
        if (!is(handle, kind)) {                                                                                  \
            return (handle) == NULL ? ZE_RESULT_ERROR_INVALID_NULL_HANDLE : ZE_RESULT_ERROR_INVALID_ARGUMENT;     \
        }                                                                                                         \
    } while (0)
#define NEED(pointer)                                  \
    do {                                               \
        if ((pointer) == NULL) {                       \
            return ZE_RESULT_ERROR_INVALID_NULL_POINTER; \
        }                                              \
    } while (0)

#endif
