/**
 * Who runs which op of a program, and how a program runs when it takes two backends: cut into segments, with values crossing through
 * buffers. Never sees requests, files or architectures.
 */
package dev.quire.core.model.placement;
