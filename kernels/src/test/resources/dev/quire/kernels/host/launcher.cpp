// Runs a kernel's work-groups one after another, each work-item on a stack of its own. A barrier passes control to the next item; an item that
// ends while others wait at a barrier is an error, as it is undefined on a device. One thread at a time.
#include <csetjmp>
#include <cstdlib>
#include <ucontext.h>

struct Index {
    unsigned x;
};
Index threadIdx, blockIdx, blockDim, gridDim;

namespace {
constexpr int MOST_ITEMS = 1024;
constexpr size_t STACK = 128 * 1024;

enum class State { READY, WAITING, ENDED };

struct Item {
    jmp_buf place;
    State state;
    bool begun;
    ucontext_t context;
};

Item items[MOST_ITEMS];
jmp_buf scheduler;
ucontext_t first_switch;
unsigned current;
void (*kernel)(void **);
void **arguments;

void leave(State state) {
    items[current].state = state;
    if (_setjmp(items[current].place) == 0) {
        _longjmp(scheduler, 1);
    }
}

void serve() {
    for (;;) {
        kernel(arguments);
        leave(State::ENDED);
    }
}

void begin(Item &item) {
    getcontext(&item.context);
    item.context.uc_stack.ss_sp = malloc(STACK);
    item.context.uc_stack.ss_size = STACK;
    item.context.uc_link = nullptr;
    makecontext(&item.context, serve, 0);
    item.begun = true;
    swapcontext(&first_switch, &item.context);
}

void resume(unsigned i) {
    current = i;
    threadIdx.x = i;
    if (_setjmp(scheduler) == 0) {
        if (items[i].begun) {
            _longjmp(items[i].place, 1);
        }
        begin(items[i]);
    }
}
} // namespace

void __syncthreads() { leave(State::WAITING); }

// 0, or 1 if some items of a group ended while others waited at a barrier, or 2 if a group has too many items.
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
        for (int waiting = group_size; waiting > 0;) {
            waiting = 0;
            for (int i = 0; i < group_size; i++) {
                resume(i);
                waiting += items[i].state == State::WAITING;
            }
            if (waiting != 0 && waiting != group_size) {
                return 1;
            }
        }
    }
    return 0;
}
