/**
 * The HTTP server: listening, TLS, limits, keys, cross-origin rules, the access log and an orderly end. Never sees what requests ask.
 */
package dev.quire.server.http;
