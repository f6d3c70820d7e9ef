/* The portable dialect as CUDA C. The intrinsics round to nearest whatever -fmad says; never build with -use_fast_math or -ftz=true, which
 * flush even these. */
#define KERNEL extern "C" __global__
#define FN static __device__ __forceinline__
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_POINTER
#define BARRIER __syncthreads()
#define LID ((int)threadIdx.x)
#define GRP ((int)blockIdx.x)
#define LSZ ((int)blockDim.x)
#define GID ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#define GROUPS ((int)gridDim.x)

typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#define BITS(x) __float_as_int(x)
#define FLT(i) __int_as_float(i)
#define I2F(i) __int2float_rn(i)
#define FMUL(a, b) __fmul_rn((a), (b))
#define FADD(a, b) __fadd_rn((a), (b))
#define FSUB(a, b) __fsub_rn((a), (b))
#define FDIV(a, b) __fdiv_rn((a), (b))
#define FSQRT(a) __fsqrt_rn(a)
#define FMA(a, b, c) __fmaf_rn((a), (b), (c))

/* c + a·b where the product is exact: fused or not, the bits are the same. */
#define MAC(a, b, c) FMA(a, b, c)
