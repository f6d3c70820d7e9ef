// A layer between the OpenCL loader and its driver that counts every call, whatever function it is of. x86-64: a call's arguments are left where
// they are, since each entry of the layer's table counts and then jumps to the driver's.
#include <cstddef>

namespace {
constexpr unsigned ENTRIES = 512;   // more than the table has
constexpr unsigned ENTRY_BYTES = 32; // of code
} // namespace

extern "C" {
__attribute__((visibility("hidden"))) long calls = 0;
__attribute__((visibility("hidden"))) void *targets[ENTRIES];
__attribute__((visibility("hidden"))) extern char entries[];
void *table[ENTRIES];

asm(R"(
    .text
    .balign 32
    .hidden entries
    .globl entries
entries:
    .set i, 0
    .rept 512
    .balign 32
    lock incq calls(%rip)
    jmp *(targets + 8 * i)(%rip)
    .set i, i + 1
    .endr
)");

long call_count() { return calls; }

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

int clInitLayer(unsigned count, void *const *driver, unsigned *count_ret, void *const **layer) {
    for (unsigned i = 0; i < count && i < ENTRIES; i++) {
        targets[i] = driver[i];
        table[i] = entries + i * ENTRY_BYTES;
    }
    *count_ret = count;
    *layer = table;
    return 0;
}
}
