/**
 * A backend for any device that can hold memory and replay a list of commands. A driver's module brings a {@link
 * dev.quire.kernels.device.Device}; everything else of the SPI, from weights to swapped blocks, stands in
 * {@link dev.quire.kernels.device.DeviceBackend} over the launches of {@link dev.quire.kernels.portable}. Never sees a driver's calls.
 *
 * <p>A step is a {@link dev.quire.kernels.device.Recording}: its commands are resolved to memory once and replayed by every later step of the
 * same shape. What changes from step to step travels in its words, of which each executable holds {@value
 * dev.quire.kernels.device.StepSlots#COUNT} copies, so that the next step is issued while one runs.
 */
package dev.quire.kernels.device;
