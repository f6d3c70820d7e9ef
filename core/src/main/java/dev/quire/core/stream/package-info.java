/**
 * Turns a request's tokens into text beside the engine thread: detokenization, stop strings, usage. Never sees schedulers, backends or
 * HTTP.
 */
package dev.quire.core.stream;
