/** What streams over HTTP cost beside the engine alone: the same trace both ways, in turns. */
package dev.quire.server.bench.streams;
