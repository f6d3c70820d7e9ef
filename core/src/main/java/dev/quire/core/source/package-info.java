/**
 * From what a user calls a model to its files on disk: a folder, a GGUF file, a repository of the Hugging Face hub, a Python package
 * or a jar that carries one. Downloads resume and are checksummed. Never reads the environment, and never looks into the weights.
 */
package dev.quire.core.source;
