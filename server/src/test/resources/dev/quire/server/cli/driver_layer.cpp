// A layer between the OpenCL loader and its driver that does one thing, as LAYER_TASK says: `source` spoils the text of kernels, `memory` has no
// piece of 64 KiB, `launch:FILE` has lost the device once FILE exists, and `names:FILE` writes a line into FILE with the name of each kernel that is
// launched. Everything else is the driver's. The places in the table are those of the loader's binary interface.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace {
constexpr unsigned ENTRIES = 512; // more than the table has
constexpr unsigned CREATE_BUFFER = 14;
constexpr unsigned CREATE_PROGRAM_WITH_SOURCE = 26;
constexpr unsigned KERNEL_INFO = 39;
constexpr unsigned ENQUEUE_KERNEL = 59;
constexpr unsigned SVM_ALLOC = 126;
constexpr int MEM_OBJECT_ALLOCATION_FAILURE = -4;
constexpr int DEVICE_NOT_AVAILABLE = -2;
constexpr unsigned FUNCTION_NAME = 0x1190;
constexpr size_t LARGEST = 64 << 10;

void *table[ENTRIES];
void *const *driver;
std::string lost_when;
FILE *names;

using CreateProgram = void *(*)(void *, unsigned, const char **, const size_t *, int *);
using EnqueueKernel = int (*)(void *, void *, unsigned, const size_t *, const size_t *, const size_t *, unsigned, void *const *, void **);
using KernelInfo = int (*)(void *, unsigned, size_t, void *, size_t *);
using CreateBuffer = void *(*)(void *, unsigned long, size_t, void *, int *);
using SvmAlloc = void *(*)(void *, unsigned long, size_t, unsigned);

void *spoiled(void *context, unsigned, const char **strings, const size_t *lengths, int *status) {
    std::string text = lengths && lengths[0] ? std::string(strings[0], lengths[0]) : std::string(strings[0]);
    text += "\n#error this compiler has a bad day\n";
    const char *only = text.c_str();
    return ((CreateProgram)driver[CREATE_PROGRAM_WITH_SOURCE])(context, 1, &only, nullptr, status);
}

int lost(void *queue, void *kernel, unsigned dimensions, const size_t *offset, const size_t *global, const size_t *local, unsigned count,
         void *const *events, void **event) {
    if (access(lost_when.c_str(), F_OK) == 0) {
        return DEVICE_NOT_AVAILABLE;
    }
    return ((EnqueueKernel)driver[ENQUEUE_KERNEL])(queue, kernel, dimensions, offset, global, local, count, events, event);
}

int named(void *queue, void *kernel, unsigned dimensions, const size_t *offset, const size_t *global, const size_t *local, unsigned count,
          void *const *events, void **event) {
    char name[256] = "?";
    ((KernelInfo)driver[KERNEL_INFO])(kernel, FUNCTION_NAME, sizeof name, name, nullptr);
    fprintf(names, "%s\n", name);
    fflush(names);
    return ((EnqueueKernel)driver[ENQUEUE_KERNEL])(queue, kernel, dimensions, offset, global, local, count, events, event);
}

void *small_buffer(void *context, unsigned long flags, size_t bytes, void *host, int *status) {
    if (bytes >= LARGEST) {
        if (status) {
            *status = MEM_OBJECT_ALLOCATION_FAILURE;
        }
        return nullptr;
    }
    return ((CreateBuffer)driver[CREATE_BUFFER])(context, flags, bytes, host, status);
}

void *small_svm(void *context, unsigned long flags, size_t bytes, unsigned alignment) {
    return bytes >= LARGEST ? nullptr : ((SvmAlloc)driver[SVM_ALLOC])(context, flags, bytes, alignment);
}
} // namespace

extern "C" {
// CL_LAYER_API_VERSION is asked; the answer is CL_LAYER_API_VERSION_100.
int clGetLayerInfo(unsigned, size_t size, void *value, size_t *size_ret) {
    if (value && size >= sizeof(unsigned)) {
        *(unsigned *)value = 100;
    }
    if (size_ret) {
        *size_ret = sizeof(unsigned);
    }
    return 0;
}

int clInitLayer(unsigned count, void *const *below, unsigned *count_ret, void *const **layer) {
    driver = below;
    for (unsigned i = 0; i < count && i < ENTRIES; i++) {
        table[i] = below[i];
    }
    std::string task = getenv("LAYER_TASK");
    std::string file = task.substr(task.find(':') + 1);
    if (task == "source") {
        table[CREATE_PROGRAM_WITH_SOURCE] = (void *)spoiled;
    } else if (task == "memory") {
        table[CREATE_BUFFER] = (void *)small_buffer;
        table[SVM_ALLOC] = (void *)small_svm;
    } else if (task.rfind("launch:", 0) == 0) {
        lost_when = file;
        table[ENQUEUE_KERNEL] = (void *)lost;
    } else {
        names = fopen(file.c_str(), "a");
        table[ENQUEUE_KERNEL] = (void *)named;
    }
    *count_ret = count;
    *layer = table;
    return 0;
}
}
