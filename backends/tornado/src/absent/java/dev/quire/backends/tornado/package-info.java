/** What stands in for the TornadoVM backend in a build without an SDK. */
package dev.quire.backends.tornado;
