/**
 * Who runs which op of a program, and how a program runs when it takes two backends: cut into segments, with values crossing through
 * buffers. The engine serves so what a backend refuses, and the conformance kit certifies so a backend that only attends. Never sees
 * requests, files or architectures.
 */
package dev.quire.api.placement;
