/**
 * oneDNN's matrix product through its C interface: finds and unpacks the native library, binds the functions that are used, builds
 * and runs primitives. Knows matrices; never sees weights formats, layers or threads other than the caller's.
 */
package dev.quire.backends.cpu.onednn;
