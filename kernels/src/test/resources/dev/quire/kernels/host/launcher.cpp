// Runs a kernel's work-groups one after another, each work-item on a stack of its own. A barrier passes control to the next item; an item that
// ends while others wait at a barrier is an error, as it is undefined on a device. What 32 items in a row do together, all of them do at the same
// place. One thread at a time.
#include <cstdlib>

struct Index {
    unsigned x;
};
Index threadIdx, blockIdx, blockDim, gridDim;

// Where a stack goes on. `change` leaves one and goes on with another; it saves no more than a call must, since items change at every barrier.
#ifdef __x86_64__
using Place = void *;
extern "C" void change(Place &from, Place to) asm("change_stacks");
asm(".text\n"
    ".local change_stacks\n"
    "change_stacks:\n"
    "push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15\n"
    "mov %rsp, (%rdi)\n"
    "mov %rsi, %rsp\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp\n"
    "ret\n");
#else
#include <ucontext.h>
using Place = ucontext_t;
static void change(Place &from, Place &to) { swapcontext(&from, &to); }
#endif

// What has a copy arrive that is under way, if there is one; a kernel that asks for copies sets it.
bool (*land_copy)();

namespace {
constexpr int MOST_ITEMS = 1024;
constexpr int WARP = 32;
constexpr int WARP_GROUP = 4 * WARP;
constexpr size_t STACK = 128 * 1024;

enum class State { READY, AT_WARP, AT_WARP_GROUP, AT_GROUP, WAITING, ENDED };

struct Item {
    Place place;
    State state;
    int instruction;
    const unsigned *count; // that it waits for, until its lowest bit is another than `parity`
    unsigned parity;
    bool begun;
};

Item items[MOST_ITEMS];
Place scheduler;
unsigned current;
void (*kernel)(void **);
void **arguments;

// Where a function begins, on a stack that ends at `end`.
#ifdef __x86_64__
void begin(Place &place, char *end, void (*function)()) {
    void **top = (void **)end;
    *--top = nullptr; // whom the function would return to, so that the stack is aligned as after a call
    *--top = (void *)function;
    for (int saved = 0; saved < 6; saved++) {
        *--top = nullptr;
    }
    place = top;
}
#else
void begin(Place &place, char *end, void (*function)()) {
    getcontext(&place);
    place.uc_stack.ss_sp = end - STACK / 2;
    place.uc_stack.ss_size = STACK / 2;
    place.uc_link = nullptr;
    makecontext(&place, function, 0);
}
#endif

void leave(State state) {
    items[current].state = state;
    change(items[current].place, scheduler);
}

void serve() {
    for (;;) {
        kernel(arguments);
        leave(State::ENDED);
    }
}

void resume(unsigned i) {
    current = i;
    threadIdx.x = i;
    if (!items[i].begun) {
        items[i].begun = true;
        begin(items[i].place, (char *)malloc(STACK) + STACK - i % 64 * 320, serve); // not all in the same lines of a cache
    }
    change(scheduler, items[i].place);
}

// Runs items `from` to `to` − 1, a warp, until all wait for others or have ended. Whether they stayed together.
bool run_warp(int from, int to) {
    for (;;) {
        int together = 0, at_warp = 0, alike = 0;
        for (int i = from; i < to; i++) {
            if (items[i].state != State::ENDED) {
                resume(i);
            }
            State state = items[i].state;
            at_warp += state == State::AT_WARP;
            together += state == State::AT_WARP && items[i].instruction == items[from].instruction;
            alike += state == items[from].state;
        }
        if (at_warp == 0) {
            State first = items[from].state;
            return alike == to - from || (first != State::WAITING && first != State::AT_WARP_GROUP);
        }
        if (together != to - from) {
            return false;
        }
    }
}

// Whether all items `from` to `to` − 1 can go on.
bool ready(int from, int to, int size) {
    for (int i = from; i < to; i++) {
        const Item &item = items[i];
        if (item.state == State::AT_WARP_GROUP) {
            int first = i / WARP_GROUP * WARP_GROUP;
            for (int other = first; other < first + WARP_GROUP; other++) {
                if (other >= size || items[other].state != State::AT_WARP_GROUP || items[other].instruction != item.instruction) {
                    return false;
                }
            }
        } else if (item.state == State::WAITING ? (*item.count & 1) == item.parity : item.state != State::READY) {
            return false;
        }
    }
    return true;
}

void release(int from, int to) {
    for (int i = from; i < to; i++) {
        items[i].state = State::READY;
    }
}

// Has a copy arrive. Whether there was one.
bool landed() { return land_copy && land_copy(); }

// Runs a group to its end: 0, 1, 3, 4 or 5 as `launch` says.
int run_group(int size) {
    release(0, size);
    for (;;) {
        bool moved = false;
        int ended = 0, at_group = 0, waiting = 0;
        for (int from = 0; from < size; from += WARP) {
            int to = from + WARP < size ? from + WARP : size;
            if (ready(from, to, size)) {
                moved = true;
                if (items[from].state == State::AT_WARP_GROUP) {
                    release(from / WARP_GROUP * WARP_GROUP, from / WARP_GROUP * WARP_GROUP + WARP_GROUP);
                }
                if (!run_warp(from, to)) {
                    return 3;
                }
            }
        }
        for (int i = 0; i < size; i++) {
            ended += items[i].state == State::ENDED;
            at_group += items[i].state == State::AT_GROUP;
            waiting += items[i].state == State::WAITING || items[i].state == State::AT_WARP_GROUP;
        }
        if (ended == size) {
            return landed() ? 5 : 0;
        }
        if (at_group == size) {
            release(0, size);
        } else if (!moved && !landed()) {
            return waiting > 0 ? 4 : 1;
        }
    }
}
} // namespace

void __syncthreads() { leave(State::AT_GROUP); }

void sync_warp(int instruction) {
    items[current].instruction = instruction;
    leave(State::AT_WARP);
}

void sync_warp_group(int instruction) {
    items[current].instruction = instruction;
    leave(State::AT_WARP_GROUP);
}

// Others go on meanwhile even if there is nothing to wait for: what one of them does too early shows.
void wait_for(const unsigned *count, unsigned parity) {
    items[current].count = count;
    items[current].parity = parity;
    leave(State::WAITING);
}

// 0, or 1 if some items of a group ended while others waited at a barrier, or 2 if a group has too many items, or 3 if the items of a warp parted,
// or 4 if some wait for what never comes, or 5 if a group ended under copies that it had asked for. After 1, 3, 4 and 5 no kernel can be run any more.
extern "C" int launch(void (*entry)(void **), int groups, int group_size, void **values) {
    if (group_size > MOST_ITEMS) {
        return 2;
    }
    kernel = entry;
    arguments = values;
    blockDim.x = group_size;
    gridDim.x = groups;
    for (int g = 0; g < groups; g++) {
        blockIdx.x = g;
        int status = run_group(group_size);
        if (status != 0) {
            return status;
        }
    }
    return 0;
}
