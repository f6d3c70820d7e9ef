/** What a run of the kit found, as a table and as JSON. Never sees backends. */
package dev.quire.conformance.report;
