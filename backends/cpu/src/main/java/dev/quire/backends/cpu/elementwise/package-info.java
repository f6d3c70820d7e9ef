/**
 * The ops that work row by row: norms, rotary embedding, activations, gathers, argmax, and the written functions (exp, tanh, erfc) behind
 * them. A row's result depends on that row alone, bit for bit, at any vector width. Never sees weights in packed form, caches or sequences.
 */
package dev.quire.backends.cpu.elementwise;
