/**
 * Devices that a TornadoVM SDK reaches. All device memory is one array that stays on the device; a step is a row of task graphs over it, each
 * compiled when its kernels first stand in that order. Kernels are Java methods or the portable
 * ones as prebuilt tasks. Never sees programs, batches or requests.
 */
package dev.quire.backends.tornado.device;
