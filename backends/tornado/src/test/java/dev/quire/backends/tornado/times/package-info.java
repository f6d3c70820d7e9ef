/** Times ops on Java's kernels beside the ones in OpenCL C. Tests that are run by name alone; what they print stands in ADR 13. */
package dev.quire.backends.tornado.times;
