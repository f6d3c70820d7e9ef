/** The command line: a class for each subcommand. Never sees HTTP requests. */
package dev.quire.server.cli;
