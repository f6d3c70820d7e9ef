/**
 * Linear layers: y = x · wᵀ + bias, with weights packed once into panels of 64 outputs. The result of a row never depends on how
 * many other rows are in the batch, nor on the number of threads. Knows weight formats, workers and rows; never sees programs,
 * requests or the cache.
 */
package dev.quire.backends.cpu.linear;
