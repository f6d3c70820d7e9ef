/* Which pages a segment's kernels read, for attend.c and attend_tiles.c. */
#ifndef QUIRE_PAGES_H
#define QUIRE_PAGES_H

#include <stdint.h>

/* Pages in the order in which they are read: those of a pool, then the first of another. */
typedef struct {
    const char *pool;
    const int64_t *page;
    int pages;
    const char *then;
    const int64_t *later;
} Order;

INLINE const char *page_at(const Order *order, int j) {
    return j < order->pages ? order->pool + order->page[j] : order->then + order->later[j - order->pages];
}

#endif
