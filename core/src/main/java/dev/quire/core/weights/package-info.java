/**
 * A checkpoint's tensors, mapped from its files, and handed to backends in the format that a program asks for. Never sees programs, the
 * network or where files came from.
 */
package dev.quire.core.weights;
