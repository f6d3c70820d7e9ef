/* What `warp.h` has, on a CPU: every lane lays down what it holds, waits for its warp, and takes its part as the PTX ISA lays fragments out. Copies
 * take effect as late as a wait allows. The launcher sees that all lanes of a warp come to the same instruction. */
#include "e4m3.h"
#include "f16.h"
#define HOST_WARP
#define WARP_SYNC sync_warp(0)
#define ITEMS_PER_GROUP(most, groups)
#define LAUNCHED_LOCAL(name) alignas(128) static u8 name[227 * 1024]

/* Waits for the warp. `instruction` is the same for all lanes. */
extern void sync_warp(int instruction);

enum { WARP_SYNCED, WARP_LOADED, WARP_TRANSPOSED, WARP_MULTIPLIED, WARP_SHUFFLED, WARP_ASKED };

struct LaneSlot {
    alignas(16) u8 bytes[32];
};
static LaneSlot lane_slots[32][2][32]; /* of a warp, by turns, so that a lane may go on while others read */
static unsigned lane_turns[1024];

/* What each lane of the warp holds. */
template <class T>
struct WarpView {
    const LaneSlot *slots;
    T operator[](int lane) const {
        T value;
        __builtin_memcpy(&value, slots[lane].bytes, sizeof value);
        return value;
    }
};
template <class T>
static WarpView<T> warp_view(const T &mine, int instruction) {
    static_assert(sizeof(T) <= sizeof(LaneSlot), "a slot is too small");
    LaneSlot *slots = lane_slots[LID / 32][lane_turns[LID]++ % 2];
    __builtin_memcpy(slots[LID % 32].bytes, &mine, sizeof mine);
    sync_warp(instruction);
    return {slots};
}

struct PendingCopy {
    void *to;
    const void *from;
    int bytes;
    unsigned group;
};
static std::vector<PendingCopy> pending_copies[1024];
static unsigned copy_groups[1024];

FN void copy_async(void *to, const void *from, int bytes) {
    if ((std::size_t)to % 16 != 0 || (bytes > 0 && (std::size_t)from % 16 != 0)) {
        __builtin_trap(); /* a device would fault */
    }
    pending_copies[LID].push_back({to, from, bytes, copy_groups[LID]});
}
#define COPY_COMMIT (copy_groups[LID]++)
FN void copy_wait(unsigned groups) {
    std::vector<PendingCopy> later;
    for (const PendingCopy &copy : pending_copies[LID]) {
        if (copy.group + groups < copy_groups[LID]) {
            __builtin_memset(copy.to, 0, 16);
            __builtin_memcpy(copy.to, copy.from, copy.bytes);
        } else {
            later.push_back(copy);
        }
    }
    pending_copies[LID] = later;
}
#define COPY_WAIT(groups) copy_wait(groups)

FN u32 halves(u16 low, u16 high) { return low | (u32)high << 16; }

FN void load_matrices(u32 (&r)[4], const void *row) {
    WarpView<const u16 *> rows = warp_view((const u16 *)row, WARP_LOADED);
    int lane = LID % 32;
    for (int i = 0; i < 4; i++) {
        const u16 *from = rows[8 * i + lane / 4] + 2 * (lane % 4);
        r[i] = halves(from[0], from[1]);
    }
}

FN void load_transposed(u32 (&r)[4], const void *row) {
    WarpView<const u16 *> rows = warp_view((const u16 *)row, WARP_TRANSPOSED);
    int lane = LID % 32;
    for (int i = 0; i < 4; i++) {
        int first = 8 * i + 2 * (lane % 4);
        r[i] = halves(rows[first][lane / 4], rows[first + 1][lane / 4]);
    }
}

FN void load_transposed(u32 (&r)[2], const void *row) {
    u32 both[4];
    load_transposed(both, row); /* lanes 16 to 31 name rows that nobody reads */
    r[0] = both[0];
    r[1] = both[1];
}

FN u32 widen_e4m3(u32 codes) {
    return halves(f16_round(e4m3_float(codes >> 8 & 0xffu)), f16_round(e4m3_float(codes >> 24)));
}

struct Factors {
    u32 a[4], b[2];
};
FN float half_of(u32 pair, int which) { return FLT((int)(which ? pair & 0xffff0000u : pair << 16)); }

FN float f16_of(u32 pair, int which) { return f16_float(pair >> 16 * which & 0xffffu); }

template <float (*value)(u32, int)>
FN void multiply_pairs(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    WarpView<Factors> lanes = warp_view(Factors{{a[0], a[1], a[2], a[3]}, {b0, b1}}, WARP_MULTIPLIED);
    int lane = LID % 32;
    for (int i = 0; i < 4; i++) {
        int row = lane / 4 + i / 2 * 8, column = 2 * (lane % 4) + i % 2;
        float sum = 0.0f;
        for (int k = 0; k < 16; k++) {
            Factors left = lanes[row % 8 * 4 + k % 8 / 2], right = lanes[column * 4 + k % 8 / 2];
            sum += value(left.a[row / 8 + k / 8 * 2], k % 2) * value(right.b[k / 8], k % 2);
        }
        c[i] += sum;
    }
}

FN void multiply_bf16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) { multiply_pairs<half_of>(c, a, b0, b1); }
FN void multiply_f16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) { multiply_pairs<f16_of>(c, a, b0, b1); }

FN u32 pack_f16(float low, float high) { return halves(f16_round(low), f16_round(high)); }
FN u32 pack_bf16(float low, float high) {
    u32 pair = 0;
    for (float x : {high, low}) {
        u32 bits = (u32)BITS(x);
        u32 rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
        pair = pair << 16 | ((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fffu : rounded);
    }
    return pair;
}

#define fmaxf __builtin_fmaxf

FN float exp2_near(float x) {
    float y = __builtin_exp2f(x);
    return y < 0x1p-126f ? 0.0f : y;
}

FN void load_words(u32 *r, const void *from, int bytes) {
    if ((std::size_t)from % bytes != 0) {
        __builtin_trap(); /* a device would fault */
    }
    __builtin_memcpy(r, from, bytes);
}
FN void load_once(u32 (&r)[4], const void *from) { load_words(r, from, 16); }
FN void load_again(u32 (&r)[4], const void *from) { load_words(r, from, 16); }
FN void load_again(u32 &r, u32 &s, const void *from) {
    u32 words[2];
    load_words(words, from, 8);
    r = words[0];
    s = words[1];
}

FN u32 add_pairs(u32 a, u32 b) {
    return pack_bf16(half_of(a, 0) + half_of(b, 0), half_of(a, 1) + half_of(b, 1));
}

FN float shuffle_xor(float x, int lanes) { return warp_view(x, WARP_SHUFFLED)[LID % 32 ^ lanes]; }
FN int shuffle_xor(int x, int lanes) { return warp_view(x, WARP_SHUFFLED)[LID % 32 ^ lanes]; }
FN int shuffle_from(int x, int lane) { return warp_view(x, WARP_SHUFFLED)[lane]; }

FN int warp_any(int condition) {
    WarpView<int> lanes = warp_view(condition, WARP_ASKED);
    int any = 0;
    for (int i = 0; i < 32; i++) {
        any |= lanes[i];
    }
    return any;
}
