/**
 * The definition of every op, executable: an interpreter of programs in float64. It is a backend like any other, slow and exact. Never sees
 * another backend.
 */
package dev.quire.conformance.oracle;
