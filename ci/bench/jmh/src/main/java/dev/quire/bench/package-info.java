/** JMH benchmarks of the paths that every token takes. Each runs real parts alone; whole answers are measured by {@code quire bench}. */
package dev.quire.bench;
