/** Levels C3 and C4: whole models against golden tokens and published hashes. Never makes the data that it compares with. */
package dev.quire.conformance.golden;
