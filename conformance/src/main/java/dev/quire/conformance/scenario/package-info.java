/**
 * What a case has a backend do, with seeded data: steps, copies and swaps over one cache, in order. The same scenario runs on any backend, the oracle
 * included. Never sees what results should be.
 */
package dev.quire.conformance.scenario;
