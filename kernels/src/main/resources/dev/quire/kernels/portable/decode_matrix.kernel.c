/* A stored matrix as bf16, row-major (RULES, N4 and W5): the image that `linear` reads. A work-group takes a row at a time, a work-item every
 * group-size-th element of it; runs once, when weights are loaded. */
#include "bf16.h"
#include "decode.h"

KERNEL void decode_matrix(GLOBAL const u8 *stored, GLOBAL u16 *out, int rows, int columns, int format, int row_bytes) {
    for (int row = GRP; row < rows; row += GROUPS) {
        for (int i = LID; i < columns; i += LSZ) {
            out[(i64)row * columns + i] = bf16_round(decode(format, stored + (i64)row * row_bytes, i));
        }
    }
}
