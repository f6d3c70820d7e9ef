/* What `wgmma.h` has, on a CPU. Products are made when they are waited for, as late as they may be, from what was shown to them: copies and stores of a
 * work-item whose fence is missing are not there. Layouts are read out of descriptors as the PTX ISA defines them. `host.tma.h` brings the boxes. */

/* Waits for the warp group; for a count that others change. The launcher has both. */
extern void sync_warp_group(int instruction);
extern void wait_for(const u32 *count, u32 parity);

enum { GROUP_BEGUN = 100, GROUP_COMMITTED, GROUP_WAITED, GROUP_READ, GROUP_MADE, GROUP_REGISTERS };

static u8 *local_begin;
static constexpr u32 LOCAL_BEGIN = 384; /* where a launch's local memory begins, behind what a kernel declares */
static u8 shown[227 * 1024];            /* what products see of local memory */

#undef LAUNCHED_LOCAL
#define LAUNCHED_LOCAL(name)                   \
    alignas(1024) static u8 name[227 * 1024]; \
    local_begin = name

FN u32 local_address(const void *p) { return (u32)((const u8 *)p - local_begin) + LOCAL_BEGIN; }

/* Where a byte of a matrix of lines of 32, 64 or 128 bytes lies: chunks of 16 change places within eight lines of 128. */
FN u32 exchanged(u32 at, u32 line) { return at ^ (at >> 3 & (line - 16)); }

static std::vector<void *> unshown[1024]; /* 16 bytes each that a work-item has brought since its last fence */
FN void note_copy(void *to) { unshown[LID].push_back(to); }

FN void store_local(void *to, const u32 (&r)[4]) {
    if ((std::size_t)to % 16 != 0) {
        __builtin_trap(); /* a device would fault */
    }
    __builtin_memcpy(to, r, 16);
    note_copy(to);
}

static int begun_meetings[1024]; /* that copies of boxes do not see yet, since a work-item's last fence */

FN void show_products() {
    begun_meetings[LID] = 0;
    for (void *to : unshown[LID]) {
        __builtin_memcpy(shown + ((u8 *)to - local_begin), to, 16);
    }
    unshown[LID].clear();
}

/* As its 8 bytes are used here. */
struct Meeting {
    u32 turns;
    u8 count, missing;
    u16 chunks; /* of 16 bytes that boxes are to bring */
};
static_assert(sizeof(Meeting) == sizeof(u64), "a meeting has 8 bytes");

FN void meeting_begin(u64 *meeting, int count) {
    begun_meetings[LID]++;
    *(Meeting *)meeting = {0, (u8)count, (u8)count, 0};
}

FN void turn(Meeting &at) {
    if (at.missing == 0 && at.chunks == 0) {
        at.missing = at.count;
        at.turns++;
    }
}

FN void meeting_arrive(u64 *meeting) {
    Meeting &at = *(Meeting *)meeting;
    at.missing--;
    turn(at);
}

FN void meeting_wait(u64 *meeting, int turn) { wait_for(&((Meeting *)meeting)->turns, turn); }

#define FEWER_REGISTERS(count) sync_warp_group(GROUP_REGISTERS)
#define MORE_REGISTERS(count) sync_warp_group(GROUP_REGISTERS)

/* A product under way: a's fragment, or both descriptors. */
struct PendingProduct {
    float *sums;
    int columns;
    const u32 *fragment;
    u64 a, b;
    int add;
    float (*value)(u32, int);
};
static std::vector<PendingProduct> pending_products[1024];
static bool products_begun[1024], products_committed[1024];

#define PRODUCTS_BEGIN (sync_warp_group(GROUP_BEGUN), (void)(products_begun[LID] = true))
#define PRODUCTS_COMMIT (sync_warp_group(GROUP_COMMITTED), (void)(products_committed[LID] = true))

FN void pend(const PendingProduct &product) {
    if (!products_begun[LID]) {
        __builtin_trap(); /* registers of the product may not be there yet */
    }
    products_committed[LID] = false;
    pending_products[LID].push_back(product);
}

template <int COUNT>
FN void multiply_group_bf16(float (&c)[COUNT][4], u64 a, u64 b, int add) {
    pend({c[0], 8 * COUNT, nullptr, a, b, add, half_of});
}
template <int COUNT>
FN void multiply_group_bf16(float (&c)[COUNT][4], const u32 (&a)[4], u64 b) {
    pend({c[0], 8 * COUNT, a, 0, b, 1, half_of});
}
template <int COUNT>
FN void multiply_group_f16(float (&c)[COUNT][4], u64 a, u64 b, int add) {
    pend({c[0], 8 * COUNT, nullptr, a, b, add, f16_of});
}
template <int COUNT>
FN void multiply_group_f16(float (&c)[COUNT][4], const u32 (&a)[4], u64 b) {
    pend({c[0], 8 * COUNT, a, 0, b, 1, f16_of});
}

/* An element of a matrix: `along` in the direction in which 8 make 16 bytes, `across` in the other. */
FN u16 described(u64 matrix, int along, int across, bool columns_in_a_row) {
    static const u32 lines[4] = {16, 128, 64, 32};
    u32 start = (matrix & 0x3fff) << 4, leading = (matrix >> 16 & 0x3fff) << 4, stride = (matrix >> 32 & 0x3fff) << 4, line = lines[matrix >> 62];
    if ((matrix >> 46 & 0xffff) != 0 || (columns_in_a_row ? line > 16 && start % (8 * line) != 0 : line != 128)) {
        __builtin_trap(); /* not from a pattern's beginning on, or rows in lines that nobody asks for */
    }
    u32 at = start + along % 8 * 2 + across % 8 * line;
    if (!columns_in_a_row) {
        at += along / 8 * 16 + across / 8 * stride;
    } else if (line == 16) {
        at += along / 8 * stride + across / 8 * leading;
    } else {
        at += along % (line / 2) / 8 * 16 + along / (line / 2) * leading + across / 8 * stride;
    }
    u16 bits;
    __builtin_memcpy(&bits, shown + (exchanged(at, line) - LOCAL_BEGIN), 2);
    return bits;
}

static float left_factors[8][64 * 16], right_factors[8][16 * 256]; /* of a warp group */

FN void read_factors(const PendingProduct &product) {
    int first = LID;
    float *left_factor = left_factors[LID / 128], *right_factor = right_factors[LID / 128];
    for (int k = 0; k < 16; k++) {
        for (int n = 0; n < product.columns; n++) {
            right_factor[k * product.columns + n] = product.value(described(product.b, n, k, true), 0);
        }
        for (int m = 0; m < 64; m++) {
            if (product.fragment) {
                int lane = first + m / 16 * 32 + m % 8 * 4 + k % 8 / 2;
                const u32 *a = pending_products[lane].front().fragment;
                left_factor[m * 16 + k] = product.value(a[m % 16 / 8 + k / 8 * 2], k % 2);
            } else {
                left_factor[m * 16 + k] = product.value(described(product.a, k, m, false), 0);
            }
        }
    }
    for (int lane = first; lane < first + 128; lane++) {
        const PendingProduct &other = pending_products[lane].front();
        if (other.a != product.a || other.b != product.b || other.add != product.add || other.columns != product.columns) {
            __builtin_trap(); /* a warp group makes one product together */
        }
    }
}

FN void products_wait() {
    if (!products_committed[LID]) {
        __builtin_trap(); /* nobody would wait for them */
    }
    sync_warp_group(GROUP_WAITED);
    while (!pending_products[LID].empty()) {
        if (LID % 128 == 0) {
            read_factors(pending_products[LID].front());
        }
        sync_warp_group(GROUP_READ);
        PendingProduct &mine = pending_products[LID].front();
        int row = LID % 128 / 32 * 16 + LID % 32 / 4;
        for (int i = 0; i < mine.columns / 2; i++) {
            const float *a = left_factors[LID / 128] + (row + i % 4 / 2 * 8) * 16;
            const float *b = right_factors[LID / 128] + i / 4 * 8 + LID % 4 * 2 + i % 2;
            float sum = 0.0f;
            for (int k = 0; k < 16; k++) {
                sum += a[k] * b[k * mine.columns];
            }
            mine.sums[i] = mine.add ? mine.sums[i] + sum : sum;
        }
        pending_products[LID].erase(pending_products[LID].begin());
        sync_warp_group(GROUP_MADE);
    }
    products_begun[LID] = false;
}

template <int COUNT>
FN void products_wait(float (&)[COUNT][4]) {
    products_wait();
}
