/** What clients ask and what they get back. Never sees blocks, steps or tensors. */
package dev.quire.core.request;
