/** Starts programs and waits until they answer. */
package dev.quire.server.bench.startup;
