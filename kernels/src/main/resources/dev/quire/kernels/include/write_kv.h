/* Stores each row's keys and values, rounded to the cache's type (RULES, A7; bf16 by N3), at its slot (M3). Keys lie as [block, head, dimension,
 * offset], values as [block, head, offset, dimension]. A work-item per element: reads two floats, writes two elements. This is the
 * body of a kernel for each type of cache, which includes cache.h first. */
    int i = GID;
    if (i >= elements) {
        return;
    }
    int slot = slots[slots_at + i / (heads * head_size)];
    if (slot < 0) { /* a row of padding */
        return;
    }
    int head = i / head_size % heads;
    int dimension = i % head_size;
    int offset = slot % block_size;
    i64 page = ((i64)(slot / block_size) * heads + head) * head_size * block_size;
    keys[page + dimension * block_size + offset] = TO_CACHE(k[i]);
    values[page + offset * head_size + dimension] = TO_CACHE(v[i]);
