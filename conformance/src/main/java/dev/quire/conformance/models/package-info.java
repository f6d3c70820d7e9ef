/**
 * The models that the kit runs whole: programs, weights, golden tokens and reference hashes, and how to run one over a text. Knows no backend,
 * and judges nothing.
 */
package dev.quire.conformance.models;
