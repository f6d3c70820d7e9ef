/** Repeats and times whatever it is given. Never sees models or backends. */
package dev.quire.server.bench.measure;
