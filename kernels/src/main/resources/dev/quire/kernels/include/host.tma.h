/* Copies of boxes on a CPU. Some arrive when they are asked for, so that what is asked for too early shows, and the others as late as may be: when nothing
 * else can go on, the last first. What they bring is shown to products, and read by all who waited for it. */

/* A tensor as the drivers that stand in for NVIDIA's describe it; as long as NVIDIA's description. */
struct TensorMap {
    const u8 *address;
    u64 strides[4]; /* in bytes, of all dimensions but the first, along which elements are neighbours */
    u32 sizes[5], box[5], rank, element_bytes, swizzle /* 0, 32, 64 or 128 */, unused[9];
};
static_assert(sizeof(TensorMap) == 128, "a tensor's description has 128 bytes");
#define TENSOR(name) const TensorMap name

struct PendingBox {
    u8 *to;
    TensorMap tensor;
    int at[3];
    u64 *meeting;
};
static std::vector<PendingBox> pending_boxes;

/* What has a copy arrive that is under way, if there is one; the launcher calls it. */
extern bool (*land_copy)();

FN u32 box_bytes(const TensorMap &tensor) { return tensor.box[0] * tensor.box[1] * tensor.box[2] * tensor.element_bytes; }

FN void land(const PendingBox &copy) {
    const TensorMap &tensor = copy.tensor;
    u32 bytes = box_bytes(tensor), unit = tensor.element_bytes;
    for (u32 i = 0; i * unit < bytes; i++) {
        i64 from = 0;
        bool inside = true;
        u32 rest = i;
        for (u32 d = 0; d < 3; d++) {
            i64 at = copy.at[d] + (i64)(rest % tensor.box[d]);
            rest /= tensor.box[d];
            inside = inside && at >= 0 && at < tensor.sizes[d];
            from += at * (d == 0 ? unit : (i64)tensor.strides[d - 1]);
        }
        u32 to = local_address(copy.to) + i * unit;
        u8 *place = local_begin + ((tensor.swizzle ? exchanged(to, tensor.swizzle) : to) - LOCAL_BEGIN);
        __builtin_memset(place, 0, unit);
        if (inside) {
            __builtin_memcpy(place, tensor.address + from, unit);
        }
        __builtin_memcpy(shown + (place - local_begin), place, unit);
    }
    Meeting &at = *(Meeting *)copy.meeting;
    if (at.chunks < bytes / 16) {
        __builtin_trap(); /* the meeting does not wait for them, or no longer */
    }
    at.chunks -= bytes / 16;
    turn(at);
}

static bool land_last() {
    if (pending_boxes.empty()) {
        return false;
    }
    PendingBox last = pending_boxes.back();
    pending_boxes.pop_back();
    land(last);
    return true;
}

FN void meeting_expect(u64 *meeting, int bytes) {
    ((Meeting *)meeting)->chunks += bytes / 16;
    meeting_arrive(meeting);
}

FN void copy_box(u8 *to, const TensorMap &tensor, int x, int y, int z, u64 *meeting) {
    static u32 asked;
    u32 line = tensor.box[0] * tensor.element_bytes;
    if ((std::size_t)to % 128 != 0 || tensor.rank != 3 || (tensor.swizzle && line != tensor.swizzle)) {
        __builtin_trap(); /* a device would fault, or leave gaps between lines */
    }
    for (int count : begun_meetings) {
        if (count > 0) {
            __builtin_trap(); /* the meeting may not have begun for it */
        }
    }
    land_copy = land_last;
    PendingBox copy = {to, tensor, {x, y, z}, meeting};
    if ((asked++ * 0x9e3779b9u) >> 31) {
        land(copy);
    } else {
        pending_boxes.push_back(copy);
    }
}
