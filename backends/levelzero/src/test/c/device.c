/* The driver, its one device, contexts. Settings: LOOPBACK_MEMORY, bytes of device memory; LOOPBACK_INTEGRATED, a device that shares the host's. */
#include "loopback.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
cl_context cl;
cl_device_id cl_device;
bool lost;

static object driver = {DRIVER, 0};
static object device = {DEVICE, 0};

void *make(kind kind, size_t bytes) {
    object *made = calloc(1, bytes);
    if (made != NULL) {
        made->kind = kind;
    }
    return made;
}

bool is(const void *handle, kind kind) {
    return handle != NULL && ((const object *)handle)->kind == kind;
}

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t deadline_of(uint64_t timeout) {
    uint64_t at = now();
    return timeout > UINT64_MAX - at ? UINT64_MAX : at + timeout;
}

bool wait_for_change(uint64_t deadline) {
    if (deadline == UINT64_MAX) {
        pthread_cond_wait(&changed, &lock);
        return true;
    }
    struct timespec t = {(time_t)(deadline / 1000000000u), (long)(deadline % 1000000000u)};
    return pthread_cond_timedwait(&changed, &lock, &t) == 0;
}

ze_result_t initialize(ze_init_flags_t flags) {
    cl_platform_id platform;
    cl_int error = CL_SUCCESS;
    (void)flags;
    pthread_mutex_lock(&lock);
    if (cl == NULL) {
        if (clGetPlatformIDs(1, &platform, NULL) != CL_SUCCESS ||
            clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &cl_device, NULL) != CL_SUCCESS) {
            error = CL_DEVICE_NOT_FOUND;
        } else {
            cl = clCreateContext(NULL, 1, &cl_device, NULL, NULL, &error);
        }
    }
    pthread_mutex_unlock(&lock);
    return error == CL_SUCCESS ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_UNINITIALIZED;
}

ze_result_t driver_get(uint32_t *count, ze_driver_handle_t *drivers) {
    NEED(count);
    if (drivers != NULL && *count > 0) {
        drivers[0] = (ze_driver_handle_t)&driver;
    }
    *count = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t driver_version(ze_driver_handle_t handle, ze_api_version_t *version) {
    CHECK(handle, DRIVER);
    NEED(version);
    *version = ZE_API_VERSION_1_4;
    return ZE_RESULT_SUCCESS;
}

ze_result_t driver_properties(ze_driver_handle_t handle, ze_driver_properties_t *properties) {
    CHECK(handle, DRIVER);
    NEED(properties);
    memset(&properties->uuid, 0x51, sizeof properties->uuid);
    properties->driverVersion = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t driver_extensions(ze_driver_handle_t handle, uint32_t *count, ze_driver_extension_properties_t *extensions) {
    CHECK(handle, DRIVER);
    NEED(count);
    (void)extensions;
    *count = 0;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_get(ze_driver_handle_t handle, uint32_t *count, ze_device_handle_t *devices) {
    CHECK(handle, DRIVER);
    NEED(count);
    if (devices != NULL && *count > 0) {
        devices[0] = (ze_device_handle_t)&device;
    }
    *count = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_parts(ze_device_handle_t handle, uint32_t *count, ze_device_handle_t *parts) {
    CHECK(handle, DEVICE);
    NEED(count);
    (void)parts;
    *count = 0;
    return ZE_RESULT_SUCCESS;
}

static uint64_t limit(cl_device_info what) {
    cl_ulong value = 0;
    clGetDeviceInfo(cl_device, what, sizeof value, &value, NULL);
    return value;
}

uint64_t device_memory(void) {
    const char *set = getenv("LOOPBACK_MEMORY");
    return set != NULL ? strtoull(set, NULL, 10) : limit(CL_DEVICE_GLOBAL_MEM_SIZE);
}

ze_result_t device_properties(ze_device_handle_t handle, ze_device_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(properties);
    cl_uint units = 1;
    clGetDeviceInfo(cl_device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    properties->type = ZE_DEVICE_TYPE_GPU;
    properties->vendorId = 0x10000;
    properties->deviceId = 1;
    properties->flags = getenv("LOOPBACK_INTEGRATED") != NULL ? ZE_DEVICE_PROPERTY_FLAG_INTEGRATED : 0;
    properties->coreClockRate = 1000;
    properties->maxMemAllocSize = limit(CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    properties->maxHardwareContexts = 1;
    properties->numThreadsPerEU = 1;
    properties->physicalEUSimdWidth = 8;
    properties->numEUsPerSubslice = units;
    properties->numSubslicesPerSlice = properties->numSlices = 1;
    properties->timerResolution = properties->stype == ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES_1_2 ? 1000000000 : 1;
    properties->timestampValidBits = properties->kernelTimestampValidBits = 64;
    memset(&properties->uuid, 0x52, sizeof properties->uuid);
    snprintf(properties->name, sizeof properties->name, "Loopback to ");
    size_t length = strlen(properties->name);
    clGetDeviceInfo(cl_device, CL_DEVICE_NAME, sizeof properties->name - length, properties->name + length, NULL);
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_compute(ze_device_handle_t handle, ze_device_compute_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(properties);
    properties->maxTotalGroupSize = properties->maxGroupSizeX = properties->maxGroupSizeY = properties->maxGroupSizeZ = 1024;
    properties->maxGroupCountX = properties->maxGroupCountY = properties->maxGroupCountZ = UINT32_MAX;
    properties->maxSharedLocalMemory = 65536;
    properties->numSubGroupSizes = 1;
    properties->subGroupSizes[0] = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_modules(ze_device_handle_t handle, ze_device_module_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(properties);
    properties->spirvVersionSupported = ZE_MAKE_VERSION(1, 2);
    properties->flags = ZE_DEVICE_MODULE_FLAG_FP64;
    properties->fp16flags = 0;
    properties->fp32flags = properties->fp64flags = ZE_DEVICE_FP_FLAG_DENORM | ZE_DEVICE_FP_FLAG_INF_NAN |
        ZE_DEVICE_FP_FLAG_ROUND_TO_NEAREST | ZE_DEVICE_FP_FLAG_FMA;
    properties->maxArgumentsSize = MOST_ARGUMENTS * MOST_BYTES;
    properties->printfBufferSize = 0;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_memories(ze_device_handle_t handle, uint32_t *count, ze_device_memory_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(count);
    if (properties != NULL && *count > 0) {
        properties[0].flags = 0;
        properties[0].maxClockRate = 1000;
        properties[0].maxBusWidth = 64;
        properties[0].totalSize = device_memory();
        snprintf(properties[0].name, sizeof properties[0].name, "host");
    }
    *count = 1;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_access(ze_device_handle_t handle, ze_device_memory_access_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(properties);
    properties->hostAllocCapabilities = properties->deviceAllocCapabilities = properties->sharedSingleDeviceAllocCapabilities =
        ZE_MEMORY_ACCESS_CAP_FLAG_RW;
    properties->sharedCrossDeviceAllocCapabilities = properties->sharedSystemAllocCapabilities = 0;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_queues(ze_device_handle_t handle, uint32_t *count, ze_command_queue_group_properties_t *properties) {
    CHECK(handle, DEVICE);
    NEED(count);
    /* As devices may: the first group only copies. */
    for (uint32_t i = 0; properties != NULL && i < *count && i < 2; i++) {
        properties[i].flags = ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COPY | (i == 1 ? ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE : 0);
        properties[i].maxMemoryFillPatternSize = MOST_BYTES;
        properties[i].numQueues = 1;
    }
    *count = properties != NULL && *count < 2 ? *count : 2;
    return ZE_RESULT_SUCCESS;
}

ze_result_t device_status(ze_device_handle_t handle) {
    CHECK(handle, DEVICE);
    return lost ? ZE_RESULT_ERROR_DEVICE_LOST : ZE_RESULT_SUCCESS;
}

ze_result_t device_clock(ze_device_handle_t handle, uint64_t *host, uint64_t *clock) {
    CHECK(handle, DEVICE);
    NEED(host);
    NEED(clock);
    *host = *clock = now();
    return ZE_RESULT_SUCCESS;
}

ze_result_t context_create(ze_driver_handle_t handle, const ze_context_desc_t *wanted, ze_context_handle_t *context) {
    CHECK(handle, DRIVER);
    NEED(wanted);
    NEED(context);
    *context = make(CONTEXT, sizeof(object));
    return *context != NULL ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY;
}

ze_result_t context_destroy(ze_context_handle_t context) {
    CHECK(context, CONTEXT);
    ((object *)context)->kind = GONE;
    return ZE_RESULT_SUCCESS;
}
