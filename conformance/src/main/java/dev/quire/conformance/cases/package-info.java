/** Op cases: small programs with seeded data, run on a backend and on the oracle, and compared. Never sees providers, arguments or files. */
package dev.quire.conformance.cases;
