/** The conformance kit: what certifies a backend. Depends on the SPI alone; never sees the engine or another backend. */
package dev.quire.conformance;
