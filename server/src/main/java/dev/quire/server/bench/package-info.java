/** Measures a backend against what its machine can do, in one run. Never a gate. */
package dev.quire.server.bench;
