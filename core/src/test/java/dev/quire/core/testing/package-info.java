/** What the tests of several packages share: seeded histories. Never sees what is under test. */
package dev.quire.core.testing;
