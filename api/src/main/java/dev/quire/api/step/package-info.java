/** One step's work in explicit arrays: tokens, positions, block tables, sampling rows. Never sees requests or text. */
package dev.quire.api.step;
