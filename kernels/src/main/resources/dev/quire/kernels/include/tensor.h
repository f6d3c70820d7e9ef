/* Products on tensor cores, and fragments of their factors, as the PTX ISA lays them out over the lanes of a warp. */
#include "warp.h"

#ifndef HOST_WARP
/* Four 8 × 8 matrices of 16-bit elements, lane i naming row i % 8 of matrix i / 8: elements [i / 4][2 (i % 4)] and the next of each. */
FN void load_matrices(u32 (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"((u32)__cvta_generic_to_shared(row))
                 : "memory");
}

/* The same, transposed: elements [2 (i % 4)][i / 4] and [2 (i % 4) + 1][i / 4]. */
FN void load_transposed(u32 (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"((u32)__cvta_generic_to_shared(row))
                 : "memory");
}

/* Two of them, which lanes 0 to 15 name the rows of. */
FN void load_transposed(u32 (&r)[2], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"((u32)__cvta_generic_to_shared(row))
                 : "memory");
}

/* c += a · b, 16 × 8 += 16 × 16 · 16 × 8. Lane i holds rows i / 4 and i / 4 + 8 of a and c, column i / 4 of b. */
FN void multiply_bf16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* The same of binary16. */
FN void multiply_f16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* Two float32s as bf16, to nearest even, the first in the lower half. */
FN u32 pack_bf16(float low, float high) {
    u32 pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

/* The same as binary16. */
FN u32 pack_f16(float low, float high) {
    u32 pair;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

/* The codes of E4M3 in the upper bytes of two halves as binary16, exact (RULES, A8). */
FN u32 widen_e4m3(u32 codes) {
    u32 pair;
#if __CUDA_ARCH__ >= 890
    asm("{.reg .b16 low, high; mov.b32 {low, high}, %1; cvt.rn.f16x2.e4m3x2 %0, low;}" : "=r"(pair) : "r"(__byte_perm(codes, 0, 0x4431)));
#else
    u32 magnitudes = codes & 0x7f007f00u;
    u32 nans = ((magnitudes + 0x01000100u) >> 15 & 0x00010001u) * 0x7e00u;
    u32 small = (codes & 0x80008000u) | magnitudes >> 1; /* 2^8 times too small */
    asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(pair) : "r"(small), "r"(0x5c005c00u));
    pair |= nans;
#endif
    return pair;
}

/* a + b of two pairs of bf16, each rounded to nearest even. */
FN u32 add_pairs(u32 a, u32 b) {
    u32 sum;
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(sum) : "r"(a), "r"(0x3f803f80u), "r"(b));
    return sum;
}
#endif
