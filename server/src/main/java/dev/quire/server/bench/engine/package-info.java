/** Requests through the engine, without HTTP and without text. */
package dev.quire.server.bench.engine;
