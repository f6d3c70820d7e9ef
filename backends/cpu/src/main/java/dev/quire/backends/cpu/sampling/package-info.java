/** From logits to tokens: adjustments, cuts, the draw, and log-probabilities. Never sees programs or requests. */
package dev.quire.backends.cpu.sampling;
