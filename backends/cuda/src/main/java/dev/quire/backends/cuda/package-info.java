/**
 * The portable kernels on NVIDIA GPUs: the driver's functions by java.lang.foreign, kernels compiled by NVRTC, steps as CUDA graphs that are replayed
 * on one stream. Never sees programs or steps; they are {@link dev.quire.kernels.device.DeviceBackend}'s.
 */
package dev.quire.backends.cuda;
