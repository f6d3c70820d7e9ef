/** Runs cases in a JVM of their own, one after another, and judges what comes back. Knows arguments, processes and files; never what a case does. */
package dev.quire.conformance.run;
