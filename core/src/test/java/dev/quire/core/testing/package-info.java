/**
 * What the tests of several packages share, the server's too: seeded histories, made models, the backends of devices. Never sees what is under
 * test.
 */
package dev.quire.core.testing;
