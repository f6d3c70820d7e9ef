/**
 * What to launch: turns programs, batches and block copies into launches of the portable kernels, with their arguments, sizes and memory, for
 * backends that only allocate and launch. REPRODUCIBLE numerics (RULES, N: Canon 1). Never sees a device or its driver.
 */
package dev.quire.kernels.portable;
