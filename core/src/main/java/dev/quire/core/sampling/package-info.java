/** Prepares the rows of sampling steps: what a request asks becomes numbers that a backend applies to logits. Never sees logits. */
package dev.quire.core.sampling;
