/** What a run of the kit found: as a table, as JSON that can be rechecked, as a page and as JUnit XML. Never sees backends or cases. */
package dev.quire.conformance.report;
