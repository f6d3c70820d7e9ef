package dev.quire.conformance.report;

/** What became of a case. Every case has one. */
public enum Outcome {
    /** Within its bound. */
    PASS,
    /** Beyond it. */
    FAIL,
    /** The backend says that it does not run an op or a type of the case; not a pass. */
    UNSUPPORTED,
    /** The backend threw. */
    ERROR
}
