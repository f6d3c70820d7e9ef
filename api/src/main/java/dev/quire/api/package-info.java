/**
 * The SPI: what a backend implements and what the engine hands it. Depends on nothing; never sees requests, text or HTTP.
 *
 * <p>Threads: one engine thread calls a backend's methods; {@link dev.quire.api.step.Ticket#await} may be called from any thread.
 */
package dev.quire.api;
