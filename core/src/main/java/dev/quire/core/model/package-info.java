/** From a checkpoint's config to a program, and from a plan to logits and tokens. Never sees HTTP or text. */
package dev.quire.core.model;
