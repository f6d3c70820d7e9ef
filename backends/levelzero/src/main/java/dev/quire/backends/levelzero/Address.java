package dev.quire.backends.levelzero;

import org.bytedeco.javacpp.Pointer;

/** A pointer to memory that someone else owns. */
final class Address extends Pointer {
    Address(long value) {
        super((Pointer) null);
        address = value;
    }
}
