/** JSON text (RFC 8259) as values, read with bounds and written so that what is written can be read. Never sees programs. */
package dev.quire.api.json;
