/**
 * Level C2: the same sequences computed in two ways, which must give the same rows: alone and in a crowd, whole and in chunks, in other blocks, from a
 * shared prefix, forked, swapped out and in. Small whole models, which show what fusing ops does to them, are also compared with the interpreter
 * that defines their mode. Never sees single ops, files or providers.
 */
package dev.quire.conformance.metamorphic;
