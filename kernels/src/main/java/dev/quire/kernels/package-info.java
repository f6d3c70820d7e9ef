/** Device code and its lookup: sources on the class path, compiled binaries on disk. Never sees programs, batches or devices. */
package dev.quire.kernels;
