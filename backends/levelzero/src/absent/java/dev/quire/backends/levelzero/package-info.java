/** What stands in for the Level Zero backend in a build without Level Zero's headers. */
package dev.quire.backends.levelzero;
