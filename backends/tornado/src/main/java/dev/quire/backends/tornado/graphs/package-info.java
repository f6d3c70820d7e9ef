/**
 * How task graphs are shared: between the layers of a step, the steps of a program and the backends of a series. Compiles with no SDK. Never sees a
 * graph, a task or memory.
 */
package dev.quire.backends.tornado.graphs;
