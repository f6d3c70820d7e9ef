/** Measures the ops of a model's program one kind at a time. Sees backends through the SPI alone. */
package dev.quire.server.bench.ops;
