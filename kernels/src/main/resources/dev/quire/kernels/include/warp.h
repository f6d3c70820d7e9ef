/* What a warp of sm_80 and newer does together, as PTX. `host.warp.h` brings this, `tensor.h` and `copies.h` to a CPU. */
#ifndef HOST_WARP
#define EVERY_LANE 0xffffffffu
#define WARP_SYNC __syncwarp()

/* Local memory whose size the launch names: more than 48 KiB must be asked for. */
#define LAUNCHED_LOCAL(name) extern __shared__ __align__(128) u8 name[]

/* 2^x within 2 ulp; no subnormal result. */
FN float exp2_near(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/* 16 bytes that are read once, and 16 or 8 that are read again; aligned. */
FN void load_once(u32 (&r)[4], const void *from) {
    asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "l"(from));
}

FN void load_again(u32 (&r)[4], const void *from) {
    asm("ld.global.nc.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "l"(from));
}

FN void load_again(u32 &r, u32 &s, const void *from) {
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];" : "=r"(r), "=r"(s) : "l"(from));
}

FN float shuffle_xor(float x, int lanes) {
    return __shfl_xor_sync(EVERY_LANE, x, lanes);
}

FN int shuffle_xor(int x, int lanes) {
    return __shfl_xor_sync(EVERY_LANE, x, lanes);
}

FN int shuffle_from(int x, int lane) {
    return __shfl_sync(EVERY_LANE, x, lane);
}

FN int warp_any(int condition) {
    return __any_sync(EVERY_LANE, condition);
}

#define ITEMS_PER_GROUP(most, groups) __launch_bounds__(most, groups)
#endif

#define WARP 32

FN float larger(float a, float b) {
    return fmaxf(a, b); /* of NaN and a number, the number */
}

#define MINUS_INFINITY FLT((int)0xff800000u)
