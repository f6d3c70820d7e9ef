/**
 * The definition of REPRODUCIBLE numerics, executable: a scalar float32 interpreter of programs, every operation in the order that RULES.md
 * writes ("Canon 1"). It is a backend like any other, and what it computes are the bits that all others are held to. Never sees another
 * backend, vectors or fused operations.
 */
package dev.quire.conformance.bits;
