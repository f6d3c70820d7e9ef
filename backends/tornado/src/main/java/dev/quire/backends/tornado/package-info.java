/**
 * Whether there is a TornadoVM SDK, and what is missing where there is none. Compiles with no SDK; {@code device}, which needs its API, is built only
 * where {@code TORNADOVM_HOME} names one. Never sees kernels or memory.
 */
package dev.quire.backends.tornado;
