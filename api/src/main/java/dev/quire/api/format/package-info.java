/**
 * What the stored bytes of a weight mean: scalar reference decoders of every {@link dev.quire.api.types.WeightFormat}, and the
 * encoders of the plain ones. Backends read their own layouts, and are checked against this. Never sees files, names or devices.
 */
package dev.quire.api.format;
