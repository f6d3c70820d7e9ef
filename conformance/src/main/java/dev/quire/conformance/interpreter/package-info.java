/**
 * What the kit's interpreters of programs share: moving values between a step and its buffers, finding key rows, keeping buffers and paged arrays. Never
 * computes anything.
 */
package dev.quire.conformance.interpreter;
