/**
 * The C kernels of {@code src/main/c}: finds, unpacks and binds their library where there is one for this machine. Knows addresses, sizes and rows; never sees
 * tensors, layers or steps.
 */
package dev.quire.backends.cpu.compiled;
