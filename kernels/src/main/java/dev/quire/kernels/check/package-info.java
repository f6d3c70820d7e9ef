/**
 * Whether NVIDIA's compiler makes of every kernel what it should, on a machine without a GPU: it compiles, attention stays in registers, and what is
 * written for tensor cores and asynchronous copies uses them. Reads the listings of NVIDIA's own tools. Never sees a device.
 */
package dev.quire.kernels.check;
