/* The driver, its one device, contexts. */
#include "loopback.h"

#include <time.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
cl_context cl;
cl_device_id cl_device;
bool lost;
uint64_t loopback_calls;

static object driver = {DRIVER, 0, NULL};
static object device = {DEVICE, 0, NULL};

#define SECOND 1000000000u
#define DEFAULT_MEMORY (2ull << 30) /* all that is allocated is also written, so not all that the host has */
#define LONG (100000000ull * SECOND) /* years */

void *make(kind kind, size_t bytes, void *whole) {
    object *made = calloc(1, bytes);
    *made = (object){kind, 0, whole};
    if (whole != NULL) { made->whole->uses++; }
    return made;
}

ze_result_t retire(void *handle, kind kind) {
    ENTER;
    CHECK_IDLE(handle, kind);
    object *o = handle;
    o->kind = GONE;
    if (o->whole != NULL) { o->whole->uses--; }
    return ZE_RESULT_SUCCESS;
}

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

ze_result_t await(const bool *flag, uint64_t timeout) {
    uint64_t end = now() + (timeout < LONG ? timeout : LONG);
    struct timespec t = {(time_t)(end / SECOND), (long)(end % SECOND)};
    while (!lost && !*flag && pthread_cond_timedwait(&changed, &lock, &t) == 0) {
    }
    REFUSE(lost, DEVICE_LOST);
    return *flag ? ZE_RESULT_SUCCESS : ZE_RESULT_NOT_READY;
}

static ze_result_t initialize(ze_init_flags_t flags) {
    ENTER;
    cl_platform_id platform;
    if (cl == NULL && clGetPlatformIDs(1, &platform, NULL) == CL_SUCCESS &&
        clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &cl_device, NULL) == CL_SUCCESS) {
        cl = clCreateContext(NULL, 1, &cl_device, NULL, NULL, NULL);
    }
    REFUSE(cl == NULL, UNINITIALIZED);
    return ZE_RESULT_SUCCESS;
}

static ze_result_t the_one(uint32_t *count, void **handles, object *only) {
    if (handles != NULL && *count > 0) { *handles = only; }
    *count = 1;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t driver_get(uint32_t *count, ze_driver_handle_t *drivers) { return the_one(count, (void **)drivers, &driver); }

static ze_result_t driver_version(ze_driver_handle_t handle, ze_api_version_t *version) {
    ENTER_WITH(handle, DRIVER);
    *version = ZE_API_VERSION_1_4;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t driver_properties(ze_driver_handle_t handle, ze_driver_properties_t *properties) {
    ENTER_WITH(handle, DRIVER);
    memset(&properties->uuid, 0x51, sizeof properties->uuid);
    properties->driverVersion = 1;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t driver_extensions(ze_driver_handle_t handle, uint32_t *count, ze_driver_extension_properties_t *extensions) {
    ENTER_WITH(handle, DRIVER);
    *count = 0;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t device_get(ze_driver_handle_t handle, uint32_t *count, ze_device_handle_t *devices) {
    ENTER_WITH(handle, DRIVER);
    return the_one(count, (void **)devices, &device);
}

uint64_t limit(cl_device_info what) {
    cl_ulong value = 0;
    clGetDeviceInfo(cl_device, what, sizeof value, &value, NULL);
    return value;
}

uint64_t device_memory(void) {
    const char *set = getenv("LOOPBACK_MEMORY");
    return set != NULL ? strtoull(set, NULL, 10) : DEFAULT_MEMORY;
}

static ze_result_t device_properties(ze_device_handle_t handle, ze_device_properties_t *properties) {
    ENTER_WITH(handle, DEVICE);
    *properties = (ze_device_properties_t){
        .stype = properties->stype, .pNext = properties->pNext, .type = ZE_DEVICE_TYPE_GPU, .vendorId = 0x10000, .deviceId = 1,
        .flags = getenv("LOOPBACK_INTEGRATED") != NULL ? ZE_DEVICE_PROPERTY_FLAG_INTEGRATED : 0, .coreClockRate = 1000,
        .maxMemAllocSize = limit(CL_DEVICE_MAX_MEM_ALLOC_SIZE), .timerResolution = 1, .timestampValidBits = 64,
        .kernelTimestampValidBits = 64, .name = "Loopback to "};
    size_t length = strlen(properties->name);
    clGetDeviceInfo(cl_device, CL_DEVICE_NAME, sizeof properties->name - length, properties->name + length, NULL);
    return ZE_RESULT_SUCCESS;
}

static ze_result_t device_memories(ze_device_handle_t handle, uint32_t *count, ze_device_memory_properties_t *properties) {
    ENTER_WITH(handle, DEVICE);
    if (properties != NULL && *count > 0) {
        *properties = (ze_device_memory_properties_t){
            .stype = properties->stype, .pNext = properties->pNext, .totalSize = device_memory(), .name = "host"};
    }
    *count = 1;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t device_queues(ze_device_handle_t handle, uint32_t *count, ze_command_queue_group_properties_t *properties) {
    ENTER_WITH(handle, DEVICE);
    /* As devices may: the first group only copies. */
    for (uint32_t i = 0; properties != NULL && i < *count && i < 2; i++) {
        properties[i].flags = i == 0 ? ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COPY : ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE;
        properties[i].maxMemoryFillPatternSize = MOST_BYTES;
        properties[i].numQueues = 1;
    }
    *count = properties != NULL && *count < 2 ? *count : 2;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t context_create(ze_driver_handle_t handle, const ze_context_desc_t *wanted, ze_context_handle_t *context) {
    ENTER_WITH(handle, DRIVER);
    return give(context, make(CONTEXT, sizeof(object), NULL));
}

static ze_result_t context_destroy(ze_context_handle_t context) { return retire(context, CONTEXT); }

TABLE(Global, global, P(Init, initialize))
TABLE(Driver, driver, P(Get, driver_get), P(GetApiVersion, driver_version), P(GetProperties, driver_properties),
      P(GetExtensionProperties, driver_extensions))
TABLE(Device, device, P(Get, device_get), P(GetProperties, device_properties), P(GetMemoryProperties, device_memories),
      P(GetCommandQueueGroupProperties, device_queues))
TABLE(Context, context, P(Create, context_create), P(Destroy, context_destroy))
