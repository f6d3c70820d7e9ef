/** The vocabulary of numbers: element types, weight formats, numerics modes. Never sees programs, batches or devices. */
package dev.quire.api.types;
