/* Copies to local memory that nobody waits for until the data are wanted, and how rows lie there. */
#include "warp.h"

#ifndef HOST_WARP
/* Copies 16 bytes to local memory, of which all behind the first `bytes` become zeros; nothing is read for none. */
FN void copy_async(void *to, const void *from, int bytes) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((u32)__cvta_generic_to_shared(to)), "l"(from), "r"(bytes));
}

/* Ends a group of copies. */
#define COPY_COMMIT asm volatile("cp.async.commit_group;")

/* Waits until at most the last `groups` groups of this work-item are under way. Others see what was copied after a barrier. */
#define COPY_WAIT(groups) asm volatile("cp.async.wait_group %0;" ::"n"(groups) : "memory")
#endif

/* Where chunk `chunk` of 16 bytes of row `row` lies, so that the same chunk of eight rows in a row lies in all banks. Rows have `chunks` chunks
 * and follow one another. In bytes. */
FN int swizzled(int row, int chunk, int chunks) {
    int cycle = chunks % 8 == 0 ? 8 : chunks % 4 == 0 ? 4 : chunks % 2 == 0 ? 2 : 1; /* chunks that change places */
    return (row * chunks + (chunk ^ (row / (8 / cycle) % cycle))) * 16;
}
