/** The program: the only place that reads arguments and the environment. */
package dev.quire.server;
