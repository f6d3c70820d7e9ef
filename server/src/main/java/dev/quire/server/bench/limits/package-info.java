/** What a machine and a backend can do at best: the figures that every other figure is held against. */
package dev.quire.server.bench.limits;
