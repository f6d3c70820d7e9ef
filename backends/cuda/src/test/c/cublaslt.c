// cuBLASLt for the stub's device: products of matrices by columns, the left one transposed, in the types that Quire asks for. What it is given is checked
// against what it was told, and its workspace is left full of NaNs, so that nobody else keeps anything there.
#include "queue.h"
#include <stdlib.h>
#include <string.h>

enum { NOT_INITIALIZED = 1, REFUSED = 7, NOT_SUPPORTED = 15 };
enum { FLOAT32 = 0, BFLOAT16 = 14, COMPUTE_FLOAT32 = 68 };
enum { TRANSPOSED_A = 3, EPILOGUE = 7, BIAS_POINTER = 8, PLAIN = 1, WITH_BIAS = 4, MOST_WORKSPACE = 1 };
enum { NEEDED = 1 << 20, MAGIC = 0x5175 };

struct descriptor {
    struct object object;
    int transposed, epilogue;
    unsigned long long bias;
};

struct layout {
    struct object object;
    int type;
    unsigned long long rows, columns;
    long long stride;
};

struct preference {
    struct object object;
    unsigned long long workspace;
};

struct algorithm {
    unsigned long long data[8];
};

struct result {
    struct algorithm algorithm;
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};

// What a product's node carries, in this order.
enum value { A, B, BIAS, D, WORKSPACE, TYPE, M, N, K, VALUES };

int cublasLtCreate(struct object **handle) {
    CHECK(ready(__func__) == SUCCESS && !setting("NO_CUBLASLT", 0), NOT_INITIALIZED);
    *handle = make(LIBRARY, sizeof **handle);
    return SUCCESS;
}

int cublasLtDestroy(struct object *handle) { return give_back(handle, LIBRARY); }

int cublasLtMatmulDescCreate(struct descriptor **descriptor, int compute, int scale) {
    CHECK(compute == COMPUTE_FLOAT32 && scale == FLOAT32, REFUSED);
    *descriptor = make(DESCRIPTOR, sizeof **descriptor);
    (*descriptor)->epilogue = PLAIN;
    return SUCCESS;
}

int cublasLtMatmulDescDestroy(struct descriptor *descriptor) { return give_back(descriptor, DESCRIPTOR); }

int cublasLtMatmulDescSetAttribute(struct descriptor *descriptor, int attribute, const void *value, size_t bytes) {
    CHECK(is(descriptor, DESCRIPTOR), REFUSED);
    switch (attribute) {
    case TRANSPOSED_A: CHECK(bytes == sizeof(int), REFUSED); memcpy(&descriptor->transposed, value, bytes); break;
    case EPILOGUE: CHECK(bytes == sizeof(int), REFUSED); memcpy(&descriptor->epilogue, value, bytes); break;
    case BIAS_POINTER: CHECK(bytes == sizeof descriptor->bias, REFUSED); memcpy(&descriptor->bias, value, bytes); break;
    default: return REFUSED;
    }
    return SUCCESS;
}

int cublasLtMatrixLayoutCreate(struct layout **layout, int type, unsigned long long rows, unsigned long long columns, long long stride) {
    CHECK((type == FLOAT32 || type == BFLOAT16) && rows > 0 && columns > 0 && stride >= (long long)rows, REFUSED);
    *layout = make(LAYOUT, sizeof **layout);
    (*layout)->type = type;
    (*layout)->rows = rows;
    (*layout)->columns = columns;
    (*layout)->stride = stride;
    return SUCCESS;
}

int cublasLtMatrixLayoutDestroy(struct layout *layout) { return give_back(layout, LAYOUT); }

int cublasLtMatmulPreferenceCreate(struct preference **preference) {
    *preference = make(PREFERENCE, sizeof **preference);
    return SUCCESS;
}

int cublasLtMatmulPreferenceDestroy(struct preference *preference) { return give_back(preference, PREFERENCE); }

int cublasLtMatmulPreferenceSetAttribute(struct preference *preference, int attribute, const void *value, size_t bytes) {
    CHECK(is(preference, PREFERENCE) && attribute == MOST_WORKSPACE && bytes == sizeof preference->workspace, REFUSED);
    memcpy(&preference->workspace, value, bytes);
    return SUCCESS;
}

// The algorithm for a product is known by its shape, so that one that was chosen for another is refused.
static int choose(struct algorithm *algorithm, const struct object *handle, const struct descriptor *descriptor, const struct layout *a,
                  const struct layout *b, const struct layout *c, const struct layout *d) {
    CHECK(is(handle, LIBRARY) && is(descriptor, DESCRIPTOR) && is(a, LAYOUT) && is(b, LAYOUT) && is(c, LAYOUT) && is(d, LAYOUT), REFUSED);
    CHECK(descriptor->transposed && (descriptor->epilogue == PLAIN || descriptor->epilogue == WITH_BIAS), NOT_SUPPORTED);
    CHECK(a->type == b->type && c->type == FLOAT32 && d->type == FLOAT32 && c == d, NOT_SUPPORTED);
    CHECK(a->rows == b->rows && d->rows == a->columns && d->columns == b->columns, REFUSED);
    CHECK(a->stride == (long long)a->rows && b->stride == (long long)b->rows && d->stride == (long long)d->rows, NOT_SUPPORTED);
    *algorithm = (struct algorithm){{MAGIC, a->type, a->rows, d->rows, d->columns, descriptor->epilogue}};
    return SUCCESS;
}

// Never asks for more than it is allowed, and for something wherever it is.
int cublasLtMatmulAlgoGetHeuristic(const struct object *handle, const struct descriptor *descriptor, const struct layout *a,
                                   const struct layout *b, const struct layout *c, const struct layout *d, const struct preference *preference,
                                   int wanted, struct result *results, int *found) {
    ready(__func__); // counts
    CHECK(is(preference, PREFERENCE) && wanted == 1, REFUSED);
    *found = 0;
    CHECK(!setting("NO_ALGORITHM", 0), NOT_SUPPORTED);
    int status = choose(&results->algorithm, handle, descriptor, a, b, c, d);
    CHECK(status == SUCCESS, status);
    results->workspace = preference->workspace < NEEDED ? preference->workspace : NEEDED;
    results->state = SUCCESS;
    *found = 1;
    return SUCCESS;
}

static float number(unsigned long long base, unsigned long long type, size_t index) {
    float value;
    if (type == FLOAT32) {
        memcpy(&value, (const char *)base + 4 * index, sizeof value);
    } else {
        unsigned short half;
        memcpy(&half, (const char *)base + 2 * index, sizeof half);
        unsigned bits = (unsigned)half << 16;
        memcpy(&value, &bits, sizeof value);
    }
    return value;
}

// Sums in four parts, as an order of its own.
static void multiply(const unsigned long long *values) {
    size_t m = values[M], n = values[N], k = values[K];
    float *left = malloc(k * sizeof *left), *all = malloc(n * k * sizeof *all);
    for (size_t i = 0; i < n * k; i++) {
        all[i] = number(values[B], values[TYPE], i);
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t e = 0; e < k; e++) {
            left[e] = number(values[A], values[TYPE], i * k + e);
        }
        for (size_t j = 0; j < n; j++) {
            float part[4] = {0, 0, 0, 0};
            for (size_t e = 0; e < k; e++) {
                part[e % 4] += left[e] * all[j * k + e];
            }
            float bias = values[BIAS] ? ((const float *)values[BIAS])[i] : 0;
            ((float *)values[D])[j * m + i] = part[0] + part[1] + (part[2] + part[3]) + bias;
        }
    }
    memset((void *)values[WORKSPACE], 0xff, NEEDED);
    free(left);
    free(all);
}

// An algorithm is chosen for matrices that begin at a multiple of 256 bytes, unless a preference says less.
static int held(unsigned long long address, const struct layout *layout) {
    return address % 256 == 0 && owned(address, layout->stride * layout->columns * (layout->type == FLOAT32 ? 4 : 2));
}

int cublasLtMatmul(const struct object *handle, const struct descriptor *descriptor, const float *alpha, unsigned long long a,
                   const struct layout *as, unsigned long long b, const struct layout *bs, const float *beta, unsigned long long c,
                   const struct layout *cs, unsigned long long d, const struct layout *ds, const struct algorithm *algorithm,
                   unsigned long long workspace, size_t bytes, struct stream *stream) {
    READY();
    struct algorithm expected;
    int status = choose(&expected, handle, descriptor, as, bs, cs, ds);
    CHECK(status == SUCCESS, status);
    CHECK(memcmp(algorithm, &expected, sizeof expected) == 0 && *alpha == 1 && *beta == 0 && c == d, REFUSED);
    CHECK(held(a, as) && held(b, bs) && held(d, ds), REFUSED);
    CHECK(bytes >= NEEDED && workspace % 256 == 0 && owned(workspace, bytes), REFUSED);
    int biased = descriptor->epilogue == WITH_BIAS;
    CHECK(!biased || owned(descriptor->bias, ds->rows * sizeof(float)), REFUSED);
    struct node node = {.what = CALL, .call = multiply};
    unsigned long long values[VALUES] = {a, b, biased ? descriptor->bias : 0, d, workspace, as->type, ds->rows, ds->columns, as->rows};
    memcpy(node.values, values, sizeof values);
    return give(stream, node);
}
