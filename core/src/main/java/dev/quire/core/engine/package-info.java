/**
 * From a submitted request to a stream of tokens: the one thread that owns the scheduler, the blocks and the backend. Never sees HTTP.
 */
package dev.quire.core.engine;
