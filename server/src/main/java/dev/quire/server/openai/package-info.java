/**
 * OpenAI's endpoints: turns validated bodies into requests to the engine, and its events into OpenAI's and vLLM's answers. Never sees
 * sockets' settings, keys, schedulers or tensors.
 */
package dev.quire.server.openai;
