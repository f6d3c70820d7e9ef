/** Measures backends, engines and servers against what their machine can do, in one run. Never a gate. */
package dev.quire.server.bench;
