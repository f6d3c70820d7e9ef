/* Unified shared memory over OpenCL's fine-grained buffers. Device memory has two addresses: the application's, without access, and the kernels'. */
#include "loopback.h"

#include <stdlib.h>
#include <sys/mman.h>

extern uint64_t device_memory(void);

static memory *allocations;
static uint64_t taken; /* bytes of device memory */

static ze_result_t allocate(ze_memory_type_t type, size_t bytes, size_t alignment, void **address) {
    NEED(address);
    if (bytes == 0) {
        return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
    }
    if ((alignment & (alignment - 1)) != 0) {
        return ZE_RESULT_ERROR_UNSUPPORTED_ALIGNMENT;
    }
    cl_ulong most = 0;
    clGetDeviceInfo(cl_device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof most, &most, NULL);
    if (bytes > most) {
        return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
    }
    bool counted = type != ZE_MEMORY_TYPE_HOST;
    pthread_mutex_lock(&lock);
    ze_result_t result = lost ? ZE_RESULT_ERROR_DEVICE_LOST : ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
    memory *made = lost || (counted && taken + bytes > device_memory()) ? NULL : make(MEMORY, sizeof *made);
    if (made != NULL) {
        made->type = type;
        made->bytes = bytes;
        made->real = clSVMAlloc(cl, CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER, bytes, 128);
        if (made->real != NULL) {
            memset(made->real, 0xa5, bytes); /* what nobody may rely on */
            made->visible = type != ZE_MEMORY_TYPE_DEVICE ? made->real
                : mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            made->next = allocations;
            allocations = made;
            taken += counted ? bytes : 0;
            *address = made->visible;
            result = ZE_RESULT_SUCCESS;
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t memory_device(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted, size_t bytes, size_t alignment,
                          ze_device_handle_t device, void **address) {
    CHECK(context, CONTEXT);
    CHECK(device, DEVICE);
    NEED(wanted);
    return allocate(ZE_MEMORY_TYPE_DEVICE, bytes, alignment, address);
}

ze_result_t memory_host(ze_context_handle_t context, const ze_host_mem_alloc_desc_t *wanted, size_t bytes, size_t alignment, void **address) {
    CHECK(context, CONTEXT);
    NEED(wanted);
    return allocate(ZE_MEMORY_TYPE_HOST, bytes, alignment, address);
}

ze_result_t memory_shared(ze_context_handle_t context, const ze_device_mem_alloc_desc_t *wanted, const ze_host_mem_alloc_desc_t *host,
                          size_t bytes, size_t alignment, ze_device_handle_t device, void **address) {
    CHECK(context, CONTEXT);
    NEED(wanted);
    NEED(host);
    if (device != NULL) {
        CHECK(device, DEVICE);
    }
    return allocate(ZE_MEMORY_TYPE_SHARED, bytes, alignment, address);
}

bool locate(const void *address, size_t bytes, place *found) {
    const char *from = address;
    found->memory = NULL;
    found->real = (char *)address;
    for (memory *m = allocations; m != NULL; m = m->next) {
        if (from < m->visible + m->bytes && m->visible < from + bytes) {
            found->memory = m;
            found->real = m->real + (from - m->visible);
            return from >= m->visible && from + bytes <= m->visible + m->bytes;
        }
    }
    return true;
}

bool alive(const place *place) {
    return place->memory == NULL || is(place->memory, MEMORY);
}

static memory **find(const void *address) {
    for (memory **m = &allocations; *m != NULL; m = &(*m)->next) {
        if ((const char *)address >= (*m)->visible && (const char *)address < (*m)->visible + (*m)->bytes) {
            return m;
        }
    }
    return NULL;
}

ze_result_t memory_free(ze_context_handle_t context, void *address) {
    CHECK(context, CONTEXT);
    NEED(address);
    pthread_mutex_lock(&lock);
    ze_result_t result = ZE_RESULT_SUCCESS;
    memory **at = find(address);
    if (at == NULL || (*at)->visible != address) {
        result = ZE_RESULT_ERROR_INVALID_ARGUMENT;
    } else if ((*at)->head.uses > 0) {
        result = ZE_RESULT_ERROR_HANDLE_OBJECT_IN_USE;
    } else {
        memory *m = *at;
        *at = m->next;
        m->head.kind = GONE;
        taken -= m->type != ZE_MEMORY_TYPE_HOST ? m->bytes : 0;
        if (m->type == ZE_MEMORY_TYPE_DEVICE) {
            munmap(m->visible, m->bytes);
        }
        clSVMFree(cl, m->real);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

ze_result_t memory_properties(ze_context_handle_t context, const void *address, ze_memory_allocation_properties_t *properties,
                              ze_device_handle_t *device) {
    CHECK(context, CONTEXT);
    NEED(properties);
    pthread_mutex_lock(&lock);
    memory **at = find(address);
    properties->type = at != NULL ? (*at)->type : ZE_MEMORY_TYPE_UNKNOWN;
    properties->id = 0;
    properties->pageSize = 4096;
    if (device != NULL) {
        *device = NULL;
    }
    pthread_mutex_unlock(&lock);
    return ZE_RESULT_SUCCESS;
}

ze_result_t memory_range(ze_context_handle_t context, const void *address, void **base, size_t *bytes) {
    CHECK(context, CONTEXT);
    pthread_mutex_lock(&lock);
    memory **at = find(address);
    if (at != NULL && base != NULL) {
        *base = (*at)->visible;
    }
    if (at != NULL && bytes != NULL) {
        *bytes = (*at)->bytes;
    }
    pthread_mutex_unlock(&lock);
    return at != NULL ? ZE_RESULT_SUCCESS : ZE_RESULT_ERROR_INVALID_ARGUMENT;
}
