/* Token ids that an earlier sampling step chose: ids[i] = sampled[~ids[i]] where it is negative (RULES, T6). A work-item per token. */
KERNEL void take_tokens(GLOBAL int *ids, int ids_at, GLOBAL const int *sampled, int tokens) {
    int i = GID;
    if (i < tokens && ids[ids_at + i] < 0) {
        ids[ids_at + i] = sampled[~ids[ids_at + i]];
    }
}
