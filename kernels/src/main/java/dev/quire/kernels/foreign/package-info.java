/** Shared libraries of vendors whose functions all return a status, by java.lang.foreign. Never sees what the functions do. */
package dev.quire.kernels.foreign;
