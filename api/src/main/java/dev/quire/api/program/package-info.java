/**
 * A model's forward step as data: values, weights and a list of ops that an architecture writes and a backend runs. Never sees
 * buffers, devices or requests.
 */
package dev.quire.api.program;
