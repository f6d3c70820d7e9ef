/** Backends that are wrong on purpose, each in one way, around one that is right: what the kit must catch. */
package dev.quire.conformance.broken;
