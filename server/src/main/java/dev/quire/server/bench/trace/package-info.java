/** Traces: which requests a benchmark makes. Lengths and tokens only; never sees an engine. */
package dev.quire.server.bench.trace;
