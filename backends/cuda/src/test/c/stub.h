// A driver of one kind of GPU, which is this machine's processor. It does what Quire asks of libcuda, in the thread that waits for it and no sooner, and
// refuses wrong use. Statuses have cuda.h's numbers.
#pragma once
#include <stddef.h>

enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900,
    UPDATE_FAILURE = 910
};

// What is counted while it lives.
enum kind { CONTEXT = 1, MEMORY, PINNED, MODULE, STREAM, GRAPH, EXEC, EVENT, LIBRARY, DESCRIPTOR, LAYOUT, PREFERENCE, KINDS };

// What every handle begins with.
struct object {
    enum kind kind;
};

enum { MOST_PARAMETERS = 32, MOST_WORDS = 64 };

struct function {
    void (*entry)(void **);
    int (*launch)(void (*)(void **), int, int, void **);
    int parameters;
    int sizes[MOST_PARAMETERS];
    int at[MOST_PARAMETERS]; // the word where each begins
    unsigned shared; // bytes that a launch may ask for
};

// Zeroed memory for a handle, counted.
void *make(enum kind kind, size_t bytes);
// 0, or INVALID_HANDLE if it is not a living handle of the kind, which is counted. Its memory stays, so that one that comes twice is known.
int give_back(void *handle, enum kind kind);
int is(const void *handle, enum kind kind);
// Counts something that may not be given back now, or was before.
int refuse(int status);

// A setting by name, from the environment variable STUB_CUDA_name unless a test has set it.
long setting(const char *name, long otherwise);
// Counts a call that works on the device. What it returns before it does anything: the device is lost, or the thread has no context.
int ready(const char *call);
// Counts bytes that came back to the host.
void copied(size_t bytes);
// A failed kernel: later calls hear of it.
void lose(void);
int is_lost(void);
// Whether so many bytes from an address lie in one allocation of the device, or of pinned memory.
int owned(unsigned long long address, size_t bytes);
int pinned(const void *address, size_t bytes);
// Runs what all streams were given.
void run_all(void);
// Whether what streams have not run reads, writes or calls something in so many bytes.
int awaited(const void *first, size_t bytes);
// Whether this thread's stream captures, when nothing may be allocated or loaded.
extern _Thread_local int capturing;

#define CHECK(condition, status) \
    if (!(condition)) return status
#define READY() \
    int readiness = ready(__func__); \
    if (readiness != SUCCESS) return readiness
