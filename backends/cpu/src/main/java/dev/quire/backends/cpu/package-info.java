/** The default backend: any processor that Java runs on. Assembles kernels into executables; never sees requests. */
package dev.quire.backends.cpu;
