package dev.quire.conformance.report;

/** What became of a case. Every case has one. */
public enum Outcome {
    /** Within its bound, or of the very bits. */
    PASS,
    /** Not so; or refused although the profile requires it. */
    FAIL,
    /** The backend says that it does not run an op or a type of the case; not a pass. */
    UNSUPPORTED,
    /** It failed, and a waiver that is in force for this device and driver says why that is known. */
    WAIVED,
    /** The backend threw, crashed or hung. */
    ERROR
}
