/*
 * The machine's limits, measured without Java: bytes per second that all cores read together from memory, and bf16 operations per second of
 * their dot-product instruction where the compiler may use it. Prints two numbers: GB/s and GFLOP/s (0 without the instruction).
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
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#define BYTES (1L << 30)
#define TURNS 24
#define PRODUCTS 40000000L

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

static void *multiply(void *argument) {
    Part *part = argument;
#ifdef __AVX512BF16__
    __m512 sums[8] = {0};
    __m512 x = _mm512_castsi512_ps(_mm512_set1_epi32(0x3f803f80));
    __m512 y = x;
    for (long turn = 0; turn < PRODUCTS / 8; turn++) { /* in assembly: a compiler adds copies, which halve it */
        __asm__ volatile("vdpbf16ps %9, %8, %0\n vdpbf16ps %9, %8, %1\n vdpbf16ps %9, %8, %2\n vdpbf16ps %9, %8, %3\n"
                         "vdpbf16ps %9, %8, %4\n vdpbf16ps %9, %8, %5\n vdpbf16ps %9, %8, %6\n vdpbf16ps %9, %8, %7"
                         : "+v"(sums[0]), "+v"(sums[1]), "+v"(sums[2]), "+v"(sums[3]), "+v"(sums[4]), "+v"(sums[5]), "+v"(sums[6]),
                           "+v"(sums[7])
                         : "v"(x), "v"(y));
    }
    for (int i = 0; i < 8; i++) {
        part->found += (uint64_t)_mm512_reduce_add_ps(sums[i]);
    }
#else
    part->found = 0;
#endif
    return NULL;
}

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
    double multiplying = fastest(multiply, parts, cores);
#ifdef __AVX512BF16__
    double flops = 64.0 * PRODUCTS * cores / multiplying;
#else
    double flops = 0 * multiplying;
#endif
    printf("%.1f %.1f\n", BYTES / reading * 1e-9, flops * 1e-9);
    return parts[0].found == 0;
}
