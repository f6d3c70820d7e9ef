/* What four warps in a row, a warp group, do together on compute capability 9.0 (sm_90a), as PTX: products whose factors lie in local memory, and what
 * orders those who bring them there. `host.wgmma.h` brings all of it to a CPU. */
#include "warp.h"

#define WARP_GROUP (4 * WARP)
#define PATTERN 1024 /* bytes after which any swizzled layout repeats; matrices begin at a multiple */

#ifndef HOST_WARP
FN u32 local_address(const void *p) {
    return (u32)__cvta_generic_to_shared(p);
}

/* 16 bytes to local memory. */
FN void store_local(void *to, const u32 (&r)[4]) {
    asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(local_address(to)), "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3]) : "memory");
}

/* Lets products see what this work-item has stored in local memory, and copies of boxes the meetings that it began. Others' see it after a barrier that
 * follows. */
FN void show_products() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

/* A place where some wait for `count` arrivals, again and again. All see it after a barrier of the work-group. */
FN void meeting_begin(u64 *meeting, int count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(local_address(meeting)), "r"(count) : "memory");
}

FN void meeting_arrive(u64 *meeting) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(local_address(meeting)) : "memory");
}

/* Arrives, and has the meeting wait for so many bytes of boxes too. */
FN void meeting_expect(u64 *meeting, int bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(local_address(meeting)), "r"(bytes) : "memory");
}

/* Waits for the first, third, … time that all have arrived with `turn` 0, for the second, fourth, … with 1. */
FN void meeting_wait(u64 *meeting, int turn) {
    u32 met;
    do {
        asm volatile("{\n.reg .pred met;\n"
                     "mbarrier.try_wait.parity.shared::cta.b64 met, [%1], %2;\n"
                     "selp.u32 %0, 1, 0, met;\n}"
                     : "=r"(met)
                     : "r"(local_address(meeting)), "r"(turn)
                     : "memory");
    } while (!met);
}

/* A tensor in device memory, as the driver describes it to what copies its boxes: read where the kernel's parameters lie. */
struct alignas(64) TensorMap {
    u64 words[16];
};
#define TENSOR(name) const __grid_constant__ TensorMap name

/* Copies the box at [z, y, x] of a tensor to local memory, to a multiple of 128 bytes, as wide a swizzle as its lines; zeros stand for what lies outside the
 * tensor. The meeting hears of its bytes, and who waited for it sees them, as its products do. */
FN void copy_box(void *to, const TensorMap &tensor, int x, int y, int z, u64 *meeting) {
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], [%5];" ::"r"(
                     local_address(to)),
                 "l"(&tensor), "r"(x), "r"(y), "r"(z), "r"(local_address(meeting))
                 : "memory");
}

/* Registers of each work-item of this warp group from here on. */
#define FEWER_REGISTERS(count) asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(count))
#define MORE_REGISTERS(count) asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(count))

/* Before products, of registers that were written since the last wait. */
#define PRODUCTS_BEGIN asm volatile("wgmma.fence.sync.aligned;" ::: "memory")
#define PRODUCTS_COMMIT asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory")

/* Waits for all products; `sums` are what they made of it, and not read before. */
template <int COUNT>
FN void products_wait(float (&sums)[COUNT][4]) {
    asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
#pragma unroll
    for (int i = 0; i < COUNT * 4; i++) {
        asm volatile("" : "+f"(sums[i / 4][i % 4])::"memory");
    }
}

#define EIGHT_SUMS(c, i) \
    "+f"(c[i][0]), "+f"(c[i][1]), "+f"(c[i][2]), "+f"(c[i][3]), "+f"(c[i + 1][0]), "+f"(c[i + 1][1]), "+f"(c[i + 1][2]), "+f"(c[i + 1][3])
#define SUMS_OF_64(c) EIGHT_SUMS(c, 0), EIGHT_SUMS(c, 2), EIGHT_SUMS(c, 4), EIGHT_SUMS(c, 6)
#define SUMS_OF_128(c) SUMS_OF_64(c), EIGHT_SUMS(c, 8), EIGHT_SUMS(c, 10), EIGHT_SUMS(c, 12), EIGHT_SUMS(c, 14)
#define NAMES_OF_64 \
    "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31"
#define NAMES_OF_128 \
    NAMES_OF_64 ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59," \
                "%60,%61,%62,%63"

/* c = a · b, or c += a · b with `add`, 64 × 128 of 64 × 16 · 16 × 128: both factors in local memory, as `matrix` describes them, a with its rows in a
 * row, b with its columns in a row. Warp w of the group holds rows 16 w to 16 w + 15 of c, as `tensor.h` says of eight columns after another. Then
 * c += a · b of 128 and of 64 columns, a a fragment as `tensor.h` has them. */
#define GROUP_PRODUCTS(name, types)                                                                                                     \
    FN void name(float (&c)[16][4], u64 a, u64 b, int add) {                                                                            \
        asm volatile("{\n.reg .pred add;\nsetp.ne.s32 add, %66, 0;\n"                                                                   \
                     "wgmma.mma_async.sync.aligned.m64n128k16.f32." types " {" NAMES_OF_128 "}, %64, %65, add, 1, 1, 0, 1;\n}"          \
                     : SUMS_OF_128(c)                                                                                                   \
                     : "l"(a), "l"(b), "r"(add));                                                                                       \
    }                                                                                                                                   \
    FN void name(float (&c)[16][4], const u32 (&a)[4], u64 b) {                                                                         \
        asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32." types " {" NAMES_OF_128 "}, {%64, %65, %66, %67}, %68, 1, 1, 1, 1;" \
                     : SUMS_OF_128(c)                                                                                                   \
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));                                                             \
    }                                                                                                                                   \
    FN void name(float (&c)[8][4], const u32 (&a)[4], u64 b) {                                                                          \
        asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32." types " {" NAMES_OF_64 "}, {%32, %33, %34, %35}, %36, 1, 1, 1, 1;"   \
                     : SUMS_OF_64(c)                                                                                                    \
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));                                                             \
    }
GROUP_PRODUCTS(multiply_group_bf16, "bf16.bf16")
GROUP_PRODUCTS(multiply_group_f16, "f16.f16")
#endif

/* Where 16 bytes of a swizzled matrix lie: chunk `chunk` of line `line`, lines of 64 elements after one another. In bytes. */
FN int line_chunk(int line, int chunk) {
    return line * 128 + (chunk ^ line % 8) * 16;
}

/* How a matrix of lines of 16, 32, 64 or 128 bytes lies, which follow one another and are swizzled by as much, 16 not at all. Where columns lie in a row,
 * lines are rows of a factor, and the next columns lie `next` bytes on; where rows lie in a row, lines are its rows too, of 128 bytes, `next` means
 * nothing, and a product's 16 columns may begin at any multiple of 16 of a line. */
FN u64 matrix_form(int line, int next) {
    int eight = 8 * line;
    u64 leading = line == 16 ? eight : next, stride = line == 16 ? next : eight;
    return leading >> 4 << 16 | stride >> 4 << 32 | (u64)(line == 128 ? 1 : line == 64 ? 2 : line == 32 ? 3 : 0) << 62;
}

/* Describes a matrix from a line on whose number is a multiple of 8. */
FN u64 matrix(const u8 *at, u64 form) {
    return (u64)((local_address(at) & 0x3ffff) >> 4) | form;
}
