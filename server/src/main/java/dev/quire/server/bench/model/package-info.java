/** Models to measure: real ones, and ones of a real one's shape with weights from a seed. */
package dev.quire.server.bench.model;
