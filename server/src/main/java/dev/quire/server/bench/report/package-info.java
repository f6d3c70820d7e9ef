/** What a benchmark says, and how it is written: as text, as JSON, as a page with plots. Never measures anything. */
package dev.quire.server.bench.report;
