/**
 * Attention over paged keys and values, and the pages themselves. The context is cut into segments of 512 tokens at absolute positions, each
 * computed the same way however the work is cut, and merged left to right: a row's bits depend on its own tokens alone. Never sees requests,
 * programs or weights.
 */
package dev.quire.backends.cpu.attention;
