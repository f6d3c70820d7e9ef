/* What CUDA C has and C++ lacks, so that the CUDA dialect runs on a CPU. Compile with g++ -std=c++17 -O2 -ffp-contract=off; whoever links the
 * kernels defines the indices and a __syncthreads that switches between the work-items of a group. One group runs at a time. */
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>
#define __global__
#define __device__
#define __forceinline__ inline
#define __shared__ static

struct Index {
    unsigned x;
};
extern Index threadIdx, blockIdx, blockDim, gridDim;
extern void __syncthreads();

static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __int2float_rn(int i) { return (float)i; }
static inline int __float_as_int(float x) {
    int i;
    __builtin_memcpy(&i, &x, sizeof i);
    return i;
}
static inline float __int_as_float(int i) {
    float x;
    __builtin_memcpy(&x, &i, sizeof x);
    return x;
}

#include "cuda.prelude.h"

/* A call to fmaf is slow where the compiler may not use the instruction. */
#undef MAC
#define MAC(a, b, c) FADD(c, FMUL(a, b))

#include "host.warp.h"
#include "host.wgmma.h"
#include "host.tma.h"

template <class... A, std::size_t... I>
static void call(void (*kernel)(A...), void **arguments, std::index_sequence<I...>) {
    kernel(*(A *)arguments[I]...);
}
template <class... A>
static void call(void (*kernel)(A...), void **arguments) {
    call(kernel, arguments, std::index_sequence_for<A...>{});
}
/* Stands behind a kernel: the entry that a launcher calls for each work-item, with a pointer to each argument. */
#define ENTRY(name) \
    extern "C" void entry_##name(void **arguments) { call(name, arguments); }
