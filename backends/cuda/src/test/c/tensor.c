// Tensors for copies of boxes, by the rules that the driver API gives for cuTensorMapEncodeTiled.
#include "stub.h"
#include <string.h>

enum { DIMENSIONS = 5 };

// As host.tma.h reads it, in place of what NVIDIA's hardware reads.
struct tensor_map {
    unsigned long long address, strides[DIMENSIONS - 1];
    unsigned sizes[DIMENSIONS], box[DIMENSIONS], rank, element_bytes, swizzle, unused[9];
};
_Static_assert(sizeof(struct tensor_map) == 128, "a tensor's description has 128 bytes");

int cuTensorMapEncodeTiled(struct tensor_map *map, int type, unsigned rank, unsigned long long address, const unsigned long long *sizes,
                           const unsigned long long *strides, const unsigned *box, const unsigned *steps, int interleave, int swizzle, int promotion,
                           int fill) {
    static const int bytes[] = {1, 2, 4};
    READY();
    CHECK((unsigned long long)map % 64 == 0 && type >= 0 && type <= 2 && rank >= 3 && rank <= DIMENSIONS, INVALID_VALUE);
    CHECK(address % 16 == 0 && interleave == 0 && promotion >= 0 && promotion <= 3 && fill == 0, INVALID_VALUE);
    struct tensor_map made = {.address = address, .rank = rank, .element_bytes = bytes[type]};
    unsigned long long whole = bytes[type];
    for (unsigned d = 0; d < rank; d++) {
        CHECK(sizes[d] >= 1 && sizes[d] <= 1ull << 32 && box[d] >= 1 && box[d] <= 256 && steps[d] == 1, INVALID_VALUE);
        if (d > 0) {
            unsigned long long stride = strides[d - 1];
            CHECK(stride % 16 == 0 && stride < 1ull << 40 && stride >= whole, INVALID_VALUE);
            made.strides[d - 1] = whole = stride;
        }
        whole *= sizes[d];
        made.sizes[d] = sizes[d];
        made.box[d] = box[d];
    }
    unsigned line = box[0] * made.element_bytes;
    CHECK(line % 16 == 0 && swizzle >= 0 && swizzle <= 3, INVALID_VALUE);
    made.swizzle = swizzle ? 16u << swizzle : 0;
    CHECK(swizzle == 0 || line <= made.swizzle, INVALID_VALUE);
    CHECK(owned(address, whole), INVALID_VALUE);
    memcpy(map, &made, sizeof made);
    return SUCCESS;
}
