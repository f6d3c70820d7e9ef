package dev.quire.server.bench.startup;

/**
 * One start of a server.
 *
 * @param version seconds that a JVM takes to say the program's version
 * @param listening seconds from the start of the process until the server says that it serves
 * @param answered seconds from the start of the process until its first completion is there
 */
public record Start(double version, double listening, double answered) {}
