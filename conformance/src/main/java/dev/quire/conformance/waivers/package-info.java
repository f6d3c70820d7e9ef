/** Known failures that a certificate tolerates: where, why, and until when. Never runs a case. */
package dev.quire.conformance.waivers;
