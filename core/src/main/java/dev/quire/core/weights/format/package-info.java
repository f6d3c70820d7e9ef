/**
 * The two file formats of weights, read with suspicion: every count, length and offset is checked against the file before it is used.
 * Knows bytes, names and shapes; never sees models, programs or what a tensor is for.
 */
package dev.quire.core.weights.format;
