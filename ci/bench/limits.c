/*
 * The machine's limits, measured without Java: bytes per second that all cores read together from memory, and bf16 operations per second of
 * their tiles (AMX) or of their dot-product instruction where the compiler may use one. Prints two numbers: GB/s and GFLOP/s (0 without either).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __AMX_BF16__
#include <immintrin.h>
#include <sys/syscall.h>
#endif

#define BYTES (1L << 30)
#define TURNS 24
#ifdef __AMX_BF16__
#define PRODUCTS 400000L
#else
#define PRODUCTS 40000000L
#endif

typedef struct {
    const uint64_t *from;
    long words;
    uint64_t found;
} Part;

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *read_part(void *argument) {
    Part *part = argument;
    uint64_t a = 0;
    for (long i = 0; i < part->words; i++) {
        a |= part->from[i];
    }
    part->found = a;
    return NULL;
}

#if defined __AMX_BF16__

#define OPERATIONS (2.0 * 16 * 16 * 32)

static int permitted(void) {
    return syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* tile data */) == 0;
}

/* Four tiles of sums, two of each factor, which are brought from the first cache each time: what a product of matrices does at best. */
static void *multiply(void *argument) {
    static const char factors[4096] __attribute__((aligned(64)));
    struct {
        uint8_t palette, start, none[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } tiles = {.palette = 1};
    for (int t = 0; t < 8; t++) {
        tiles.bytes[t] = 64;
        tiles.rows[t] = 16;
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(tiles));
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (long turn = 0; turn < PRODUCTS / 4; turn++) {
        _tile_loadd(4, factors, 64);
        _tile_loadd(6, factors + 1024, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(5, factors + 2048, 64);
        _tile_dpbf16ps(1, 5, 6);
        _tile_loadd(7, factors + 3072, 64);
        _tile_dpbf16ps(2, 4, 7);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_release();
    return argument;
}

#elif defined __AVX512BF16__

#define OPERATIONS 64.0

static int permitted(void) {
    return 1;
}

static void *multiply(void *argument) {
    __asm__ volatile("vpxord %%zmm8, %%zmm8, %%zmm8" : : : "zmm8");
    for (long turn = 0; turn < PRODUCTS / 8; turn++) { /* sums in zmm0 to zmm7, in assembly: a compiler's copies and spills halve the rate */
        __asm__ volatile("vdpbf16ps %%zmm8, %%zmm8, %%zmm0\n vdpbf16ps %%zmm8, %%zmm8, %%zmm1\n vdpbf16ps %%zmm8, %%zmm8, %%zmm2\n"
                         "vdpbf16ps %%zmm8, %%zmm8, %%zmm3\n vdpbf16ps %%zmm8, %%zmm8, %%zmm4\n vdpbf16ps %%zmm8, %%zmm8, %%zmm5\n"
                         "vdpbf16ps %%zmm8, %%zmm8, %%zmm6\n vdpbf16ps %%zmm8, %%zmm8, %%zmm7"
                         :
                         :
                         : "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8");
    }
    return argument;
}

#else

#define OPERATIONS 0.0

static int permitted(void) {
    return 0;
}

static void *multiply(void *argument) {
    return argument;
}

#endif

/* The fastest of TURNS turns on all cores, in seconds. Each thread has a core of its own from its start: a turn is over before a scheduler spreads them. */
static double fastest(void *(*work)(void *), Part *parts, int cores) {
    double best = 1e9;
    pthread_t threads[256];
    for (int turn = 0; turn < TURNS; turn++) {
        double start = seconds();
        for (int c = 0; c < cores; c++) {
            pthread_attr_t own;
            cpu_set_t core;
            CPU_ZERO(&core);
            CPU_SET(c, &core);
            pthread_attr_init(&own);
            pthread_attr_setaffinity_np(&own, sizeof core, &core);
            pthread_create(&threads[c], &own, work, &parts[c]);
            pthread_attr_destroy(&own);
        }
        for (int c = 0; c < cores; c++) {
            pthread_join(threads[c], NULL);
        }
        double taken = seconds() - start;
        best = taken < best ? taken : best;
    }
    return best;
}

int main(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int cores = online < 256 ? (int)online : 256;
    uint64_t *memory = aligned_alloc(1 << 21, BYTES);
    if (memory == NULL) {
        fprintf(stderr, "no gibibyte of memory to read\n");
        return 1;
    }
    memset(memory, 1, BYTES);
    Part parts[256];
    for (int c = 0; c < cores; c++) {
        parts[c] = (Part){memory + BYTES / 8 / cores * c, BYTES / 8 / cores, 0};
    }
    double reading = fastest(read_part, parts, cores);
    double flops = permitted() ? OPERATIONS * PRODUCTS * cores / fastest(multiply, parts, cores) : 0;
    printf("%.1f %.1f\n", BYTES / reading * 1e-9, flops * 1e-9);
    return parts[0].found == 0;
}
