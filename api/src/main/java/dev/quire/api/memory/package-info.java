/** The memory that a backend holds for its callers: KV cache layout, blocks, buffers. Never sees tokens. */
package dev.quire.api.memory;
