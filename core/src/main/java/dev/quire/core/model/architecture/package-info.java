/** One file per model family: its config and its program. Never sees files, buffers or backends. */
package dev.quire.core.model.architecture;
