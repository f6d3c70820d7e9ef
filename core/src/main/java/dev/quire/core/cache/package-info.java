/**
 * Says who holds which block of the KV cache. Knows token ids, block numbers and hashes; never sees requests, tensors or devices.
 *
 * <p>{@link dev.quire.core.cache.BlockManager} is the only entry. A block is in exactly one of three states: <em>free</em>,
 * <em>cached</em> (no one holds it, but its content is indexed and may be taken up again) or <em>held</em> (by block tables, or by a
 * step in flight that still names it), so that {@code free + cached + held == total}.
 *
 * <p>Two rules keep the contents right without ever looking at them:
 *
 * <ul>
 *   <li>A block is indexed when the step that filled it has <em>completed</em>, never when it is planned. Steps run in the order of
 *       issue, so an earlier index entry would be legal; but a step that fails would then have to take entries back that others may
 *       have used. Waiting for completion costs one step of sharing between equal prompts and needs no way back.
 *   <li>A full block that completes with a hash that the index already knows is exchanged for the known one. So whoever holds a block
 *       of a chain holds the indexed blocks before it too, and a chain is always evicted from its tail.
 * </ul>
 *
 * <p>One manager serves one cache group. A model with several groups (sliding window beside full attention) has one manager per group
 * and a sequence has one table in each.
 *
 * <p>All types are confined to one thread, the engine's.
 */
package dev.quire.core.cache;
