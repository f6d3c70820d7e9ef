/* The portable dialect as OpenCL C 1.2. Build with -cl-fp32-correctly-rounded-divide-sqrt and -DEXACT_DIVISION where the device offers that;
 * without, quotients and roots are made of integers. Never build with -cl-fast-relaxed-math, -cl-mad-enable or -cl-denorms-are-zero.
 * Functions are always inlined: PoCL 3.1 keeps the ids of work-items in globals that its threads share wherever a call remains. */
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel
#define FN static inline __attribute__((always_inline))
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_POINTER __local
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define LID ((int)get_local_id(0))
#define GRP ((int)get_group_id(0))
#define LSZ ((int)get_local_size(0))
#define GID ((int)get_global_id(0))
#define GROUPS ((int)get_num_groups(0))

typedef char i8;
typedef uchar u8;
typedef ushort u16;
typedef uint u32;
typedef long i64;
typedef ulong u64;

#define BITS(x) as_int(x)
#define FLT(i) as_float(i)
#define I2F(i) convert_float_rte(i)
#define FMUL(a, b) ((a) * (b))
#define FADD(a, b) ((a) + (b))
#define FSUB(a, b) ((a) - (b))
#define FMA(a, b, c) fma((a), (b), (c))
#define F16_LOAD(at) vload_half(0, (GLOBAL const half *)(at))

/* c + a·b where the product is exact: fused or not, the bits are the same. */
#ifdef FP_FAST_FMAF
#define MAC(a, b, c) FMA(a, b, c)
#else
#define MAC(a, b, c) FADD(c, FMUL(a, b))
#endif

#ifdef EXACT_DIVISION
#define FDIV(a, b) ((a) / (b))
#define FSQRT(a) sqrt(a)
#else
#include "division.h"
#define FDIV(a, b) integer_division(a, b)
#define FSQRT(a) integer_root(a)
#endif
