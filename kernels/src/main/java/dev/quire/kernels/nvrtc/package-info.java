/**
 * CUDA C to machine code or PTX, by NVIDIA's run-time compiler, which needs no GPU: for devices at their first start, and for the build that ships
 * kernels compiled. Never sees a device or a driver.
 */
package dev.quire.kernels.nvrtc;
