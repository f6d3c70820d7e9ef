/** Programs of random shapes and hostile values, run on this backend and on the kit's bits interpreter: every bit must be the same. */
package dev.quire.backends.cpu.canonical;
