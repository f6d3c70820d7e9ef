/* Unified shared memory over OpenCL's fine-grained buffers. Device memory has two addresses: the application's, without access, and the kernels'. */
#include "loopback.h"

#include <sys/mman.h>

extern uint64_t device_memory(void);

static memory *allocations;
static uint64_t taken; /* bytes of device memory */

static ze_result_t allocate(ze_context_handle_t context, ze_memory_type_t type, size_t bytes, size_t alignment, void **address) {
    ENTER_WITH(context, CONTEXT);
    uint64_t counted = type != ZE_MEMORY_TYPE_HOST ? bytes : 0;
    REFUSE(lost, DEVICE_LOST);
    REFUSE(bytes == 0 || bytes > limit(CL_DEVICE_MAX_MEM_ALLOC_SIZE), UNSUPPORTED_SIZE);
    REFUSE((alignment & (alignment - 1)) != 0, UNSUPPORTED_ALIGNMENT);
    REFUSE(counted > 0 && taken + counted > device_memory(), OUT_OF_DEVICE_MEMORY);
    char *real = clSVMAlloc(cl, CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER, bytes, 128);
    REFUSE(real == NULL, OUT_OF_DEVICE_MEMORY);
    memset(real, 0xa5, bytes); /* what nobody may rely on */
    memory *made = make(MEMORY, sizeof *made, NULL);
    made->type = type;
    made->bytes = bytes;
    made->real = real;
    made->visible = type != ZE_MEMORY_TYPE_DEVICE ? real
        : mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    made->next = allocations;
    allocations = made;
    taken += counted;
    *address = made->visible;
    return ZE_RESULT_SUCCESS;
}

static ze_result_t memory_device(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted, size_t bytes, size_t alignment,
                                 ze_device_handle_t device, void **address) {
    CHECK(device, DEVICE);
    return allocate(context, ZE_MEMORY_TYPE_DEVICE, bytes, alignment, address);
}

static ze_result_t memory_host(ze_context_handle_t context, const ze_host_mem_alloc_desc_t *wanted, size_t bytes, size_t alignment,
                               void **address) {
    return allocate(context, ZE_MEMORY_TYPE_HOST, bytes, alignment, address);
}

static ze_result_t memory_shared(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted, const ze_host_mem_alloc_desc_t *host,
                                 size_t bytes, size_t alignment, ze_device_handle_t device, void **address) {
    CHECK(device, DEVICE);
    return allocate(context, ZE_MEMORY_TYPE_SHARED, bytes, alignment, address);
}

bool locate(const void *address, size_t bytes, memory **found, char **real) {
    const char *from = address;
    *found = NULL;
    *real = (char *)address;
    for (memory *m = allocations; m != NULL; m = m->next) {
        if (from < m->visible + m->bytes && m->visible < from + bytes) {
            *found = m;
            *real = m->real + (from - m->visible);
            return from >= m->visible && from + bytes <= m->visible + m->bytes;
        }
    }
    return true;
}

static ze_result_t memory_free(ze_context_handle_t context, void *address) {
    ENTER_WITH(context, CONTEXT);
    memory **at = &allocations;
    while (*at != NULL && (*at)->visible != address) { at = &(*at)->next; }
    memory *m = *at;
    CHECK_IDLE(m, MEMORY);
    *at = m->next;
    m->head.kind = GONE;
    taken -= m->type != ZE_MEMORY_TYPE_HOST ? m->bytes : 0;
    if (m->type == ZE_MEMORY_TYPE_DEVICE) { munmap(m->visible, m->bytes); }
    clSVMFree(cl, m->real);
    return ZE_RESULT_SUCCESS;
}

TABLE(Mem, mem, P(AllocShared, memory_shared), P(AllocDevice, memory_device), P(AllocHost, memory_host), P(Free, memory_free))
