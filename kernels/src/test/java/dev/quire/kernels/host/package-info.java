/** A backend that runs the portable kernels as C++ on this machine's processor: memory and launching, nothing else. Slow, and only for tests. */
package dev.quire.kernels.host;
