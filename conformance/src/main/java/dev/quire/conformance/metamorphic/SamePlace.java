package dev.quire.conformance.metamorphic;

/** A token of a sequence. */
record SamePlace(int sequence, int position) {}
