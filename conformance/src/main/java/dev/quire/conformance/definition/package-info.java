/** The kit's two interpreters by mode and by name. Never sees a case or another backend. */
package dev.quire.conformance.definition;
