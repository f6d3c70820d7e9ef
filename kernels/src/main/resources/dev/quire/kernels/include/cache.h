/* How a cache keeps keys and values (RULES, A7): CACHE says its type, CACHE_BF16 where nothing else is defined. Both sides of attention's products
 * are bf16 with a bf16 cache, which is Canon 1's, and float32 with the others, which belong to FAST. */
#include "bf16.h"
#include "e4m3.h"
#include "f16.h"

#define CACHE_BF16 0
#define CACHE_F16 1
#define CACHE_F32 2
#define CACHE_F8_E4M3 3
#ifndef CACHE
#define CACHE CACHE_BF16
#endif

#if CACHE == CACHE_F32
typedef float cached;
#define TO_CACHE(x) (x)
#define FROM_CACHE(at) (*(at))
#elif CACHE == CACHE_F16
typedef u16 cached;
#define TO_CACHE(x) f16_round(x)
#define FROM_CACHE(at) F16_LOAD(at)
#elif CACHE == CACHE_F8_E4M3
typedef u8 cached;
#define TO_CACHE(x) e4m3_round(x)
#define FROM_CACHE(at) e4m3_float(*(at))
#else
typedef u16 cached;
#define TO_CACHE(x) bf16_round(x)
#define FROM_CACHE(at) bf16_float(*(at))
#endif

/* A factor of a product with a cached element. */
#if CACHE == CACHE_BF16
#define FACTOR(x) bf16_float(bf16_round(x))
#else
#define FACTOR(x) (x)
#endif
