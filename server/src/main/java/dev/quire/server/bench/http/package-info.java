/** Load on an OpenAI-compatible server, ours or another's, as a client sees it. Never sees an engine. */
package dev.quire.server.bench.http;
