/* Bytes of rows as they are, to another place: a group takes a row at a time. Traffic: both once, when weights are loaded. Groups: any number. */
KERNEL void copy_rows(GLOBAL const u8 *from, GLOBAL u8 *to, int rows, int row_bytes) {
    for (int row = GRP; row < rows; row += GROUPS) {
        for (int i = LID; i < row_bytes; i += LSZ) {
            to[(i64)row * row_bytes + i] = from[(i64)row * row_bytes + i];
        }
    }
}
