/** A fork-join pool for kernels that last microseconds. Knows parts and workers; never sees tensors, programs or requests. */
package dev.quire.backends.cpu.threads;
