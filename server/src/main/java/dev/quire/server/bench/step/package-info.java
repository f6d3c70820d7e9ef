/** Steps of a model on a backend, with nothing above the SPI. */
package dev.quire.server.bench.step;
