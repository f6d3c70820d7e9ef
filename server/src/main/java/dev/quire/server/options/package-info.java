/**
 * What the program can be told: one table of options that flags, a YAML file, the environment and a verticle's configuration fill
 * alike, and the records that hold the result. Never sees requests; never reads the environment itself.
 */
package dev.quire.server.options;
