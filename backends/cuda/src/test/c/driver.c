// Devices, contexts, memory and the counts of what lives.
#include "stub.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTINGS = 24, CALLS = 56, ALIGNMENT = 256, TOTAL = 1 << 30 };

struct allocation {
    struct object object;
    struct allocation *next;
    size_t bytes;
};

static struct {
    char name[32];
    long value;
} settings[SETTINGS];
static struct {
    const char *name;
    int count;
} calls[CALLS];
static int live[KINDS];
static int refused;
static int lost;
static struct allocation *allocations, *host_allocations;
static size_t used;
static _Thread_local void *current;
static struct object *primary;
static int retained;

long setting(const char *name, long otherwise) {
    for (int i = 0; i < SETTINGS; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return settings[i].value;
        }
    }
    char variable[64];
    snprintf(variable, sizeof variable, "STUB_CUDA_%s", name);
    const char *value = getenv(variable);
    return value ? atol(value) : otherwise;
}

// Changes a setting, and heals a device that was lost.
int stubSet(const char *name, long value) {
    lost = 0;
    for (int i = 0; i < SETTINGS; i++) {
        if (settings[i].name[0] == 0 || strcmp(settings[i].name, name) == 0) {
            snprintf(settings[i].name, sizeof settings[i].name, "%s", name);
            settings[i].value = value;
            return SUCCESS;
        }
    }
    return INVALID_VALUE;
}

// How many handles and allocations live, all kinds together, and how often one was given back that could not be.
int stubLive(int *count) {
    *count = refused;
    for (int i = 0; i < KINDS; i++) {
        *count += live[i];
    }
    return SUCCESS;
}

// The bytes of each allocation of the device that lives, the latest first, as many as there is room for, and how many there are.
int stubAllocated(long long *bytes, int room, int *count) {
    *count = 0;
    for (struct allocation *each = allocations; each; each = each->next) {
        if (*count < room) {
            bytes[*count] = each->bytes;
        }
        ++*count;
    }
    return SUCCESS;
}

void *make(enum kind kind, size_t bytes) {
    struct object *object = calloc(1, bytes);
    object->kind = kind;
    live[kind]++;
    return object;
}

int is(const void *handle, enum kind kind) { return handle && ((const struct object *)handle)->kind == kind; }

int refuse(int status) {
    refused++;
    return status;
}

int give_back(void *handle, enum kind kind) {
    CHECK(is(handle, kind), refuse(INVALID_HANDLE));
    ((struct object *)handle)->kind = 0;
    live[kind]--;
    return SUCCESS;
}

static void count(const char *call) {
    int i = 0;
    while (i < CALLS - 1 && calls[i].name && strcmp(calls[i].name, call) != 0) {
        i++;
    }
    calls[i].name = call;
    calls[i].count++;
}

// How often a function was called that works on the device.
int stubCalls(const char *name, int *count) {
    *count = 0;
    for (int i = 0; i < CALLS && calls[i].name; i++) {
        *count += strcmp(calls[i].name, name) == 0 ? calls[i].count : 0;
    }
    return SUCCESS;
}

static size_t bytes_back;

void copied(size_t bytes) { bytes_back += bytes; }

// At the process's end, writes a line for each function, and one for the bytes that came back to the host, to the file that STUB_CUDA_CALLS names.
__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("STUB_CUDA_CALLS");
    FILE *file = path ? fopen(path, "w") : NULL;
    for (int i = 0; file && i < CALLS && calls[i].name; i++) {
        fprintf(file, "%s %d\n", calls[i].name, calls[i].count);
    }
    if (file) {
        fprintf(file, "bytes_back %zu\n", bytes_back);
        fclose(file);
    }
}

void lose(void) { lost = 1; }

int is_lost(void) { return lost; }

int ready(const char *call) {
    count(call);
    CHECK(!lost, LAUNCH_FAILED);
    return current && current == primary ? SUCCESS : INVALID_CONTEXT;
}

int cuDriverGetVersion(int *version) {
    *version = setting("VERSION", 13000);
    return SUCCESS;
}

int cuInit(unsigned flags) {
    CHECK(flags == 0, INVALID_VALUE);
    return setting("DEVICES", 1) == 0 ? NO_DEVICE : SUCCESS;
}

int cuGetErrorName(int status, const char **name) {
    switch (status) {
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case NO_DEVICE: *name = "CUDA_ERROR_NO_DEVICE"; break;
    case INVALID_IMAGE: *name = "CUDA_ERROR_INVALID_IMAGE"; break;
    case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; break;
    default: return INVALID_VALUE;
    }
    return SUCCESS;
}

int cuDeviceGetCount(int *count) {
    *count = setting("DEVICES", 1);
    return SUCCESS;
}

int cuDeviceGet(int *device, int index) {
    CHECK(index >= 0 && index < setting("DEVICES", 1), INVALID_DEVICE);
    *device = index;
    return SUCCESS;
}

int cuDeviceGetName(char *name, int bytes, int device) {
    snprintf(name, bytes, "Stub GPU %d", device);
    return SUCCESS;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    CHECK(device >= 0, INVALID_DEVICE);
    *bytes = setting("MEMORY", TOTAL);
    return SUCCESS;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    CHECK(device >= 0 && (attribute == 75 || attribute == 76), INVALID_VALUE);
    int capability = setting("CAPABILITY", 90);
    *value = attribute == 75 ? capability / 10 : capability % 10;
    return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
    CHECK(device >= 0, INVALID_DEVICE);
    if (retained++ == 0) {
        primary = make(CONTEXT, sizeof *primary);
    }
    *context = primary;
    return SUCCESS;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    CHECK(device >= 0 && retained > 0, INVALID_DEVICE);
    if (--retained == 0) {
        give_back(primary, CONTEXT);
        primary = NULL;
    }
    return SUCCESS;
}

int cuCtxSetCurrent(void *context) {
    CHECK(!lost, LAUNCH_FAILED);
    CHECK(is(context, CONTEXT), INVALID_CONTEXT);
    current = context;
    return SUCCESS;
}

int cuMemGetInfo_v2(size_t *available, size_t *total) {
    READY();
    *total = setting("MEMORY", TOTAL);
    *available = *total - used;
    return SUCCESS;
}

// Memory holds NaNs at first, so that what is read before it is written shows.
int cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
    READY();
    CHECK(!capturing, CAPTURE_UNSUPPORTED);
    CHECK(bytes > 0, INVALID_VALUE);
    CHECK(used + bytes <= (size_t)setting("MEMORY", TOTAL), OUT_OF_MEMORY);
    struct allocation *made = aligned_alloc(ALIGNMENT, (ALIGNMENT + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    CHECK(made, OUT_OF_MEMORY);
    *made = (struct allocation){{MEMORY}, allocations, bytes};
    allocations = made;
    used += bytes;
    live[MEMORY]++;
    *address = (unsigned long long)made + ALIGNMENT;
    memset((void *)*address, 0xff, bytes);
    return SUCCESS;
}

// Takes an allocation out of those that live; NULL if it is not one.
static struct allocation *taken(struct allocation **at, const void *address) {
    for (; *at; at = &(*at)->next) {
        struct allocation *found = *at;
        if ((char *)found + ALIGNMENT == address) {
            *at = found->next;
            live[found->object.kind]--;
            return found;
        }
    }
    return NULL;
}

// Waits for all that runs. What a lost device held is given back all the same.
int cuMemFree_v2(unsigned long long address) {
    CHECK(!capturing, CAPTURE_UNSUPPORTED);
    run_all();
    struct allocation *found = taken(&allocations, (void *)address);
    CHECK(found, refuse(INVALID_VALUE));
    used -= found->bytes;
    free(found);
    return SUCCESS;
}

static int lies_in(const struct allocation *each, const char *address, size_t bytes) {
    for (; each; each = each->next) {
        const char *first = (const char *)each + ALIGNMENT;
        if (address >= first && address + bytes <= first + each->bytes) {
            return 1;
        }
    }
    return 0;
}

int owned(unsigned long long address, size_t bytes) { return lies_in(allocations, (const char *)address, bytes); }

int pinned(const void *address, size_t bytes) { return lies_in(host_allocations, address, bytes); }

int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    READY();
    CHECK(!capturing, CAPTURE_UNSUPPORTED);
    CHECK(flags == 0 && bytes > 0, INVALID_VALUE);
    struct allocation *made = make(PINNED, ALIGNMENT + bytes);
    made->next = host_allocations;
    made->bytes = bytes;
    host_allocations = made;
    *address = (char *)made + ALIGNMENT;
    return SUCCESS;
}

// Waits for nothing: memory that is still to be read or written may not go.
int cuMemFreeHost(void *address) {
    struct allocation *found = taken(&host_allocations, address);
    CHECK(found, refuse(INVALID_VALUE));
    int early = awaited(found, ALIGNMENT + found->bytes);
    CHECK(!early, refuse(INVALID_VALUE));
    free(found);
    return SUCCESS;
}
