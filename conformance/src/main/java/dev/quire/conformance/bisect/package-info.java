/**
 * Runs one text on two backends, op by op, and finds the first element that they do not agree on. Sees programs, weights and token ids;
 * never sees text, files or how a backend was found.
 */
package dev.quire.conformance.bisect;
