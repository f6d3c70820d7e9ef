/** The list of all cases of a run. Never runs one. */
package dev.quire.conformance.suite;
