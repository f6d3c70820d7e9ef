/**
 * The engine as an object in a JVM program: from a model's name to text. Loads, chooses a backend, sizes the KV cache and puts the parts
 * together; never sees HTTP, arguments or the environment.
 */
package dev.quire.core.llm;
