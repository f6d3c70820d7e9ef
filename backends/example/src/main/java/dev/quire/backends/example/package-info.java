/** The backend of docs/backend-guide.md: the least that is worth certifying. Never served by default. */
package dev.quire.backends.example;
