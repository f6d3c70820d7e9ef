/** From the program's options to a loaded model: finds its files, downloads what is missing, loads. Never sees HTTP requests. */
package dev.quire.server.launch;
