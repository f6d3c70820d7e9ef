/** Metrics under vLLM's names, so that its dashboards and routers read them. Sees events and counts; never sees text or HTTP. */
package dev.quire.server.metrics;
