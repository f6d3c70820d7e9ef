/** One file per model family: its config and its program, written over the shapes that families share. Never sees files, buffers or backends. */
package dev.quire.core.model.architecture;
