/** Server-sent events on an HTTP response, with a bound on what a client leaves unread. Knows frames; never sees what is in them. */
package dev.quire.server.stream;
