/**
 * What a backend must leave alone: margins of buffers, inputs, batch arrays, cache blocks that no slot of a step names. Watches them and names the
 * rule that a change breaks. Never sees what a result should be.
 */
package dev.quire.conformance.guards;
