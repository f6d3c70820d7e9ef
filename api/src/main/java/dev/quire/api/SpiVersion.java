package dev.quire.api;

/** The version of the SPI: it rises with every change of an interface, a record, or a rule of RULES.md. */
public final class SpiVersion {
    private static final String CURRENT = "0.1";

    private SpiVersion() {}

    /** The version of the classes that are running, whatever a backend was compiled against. */
    public static String current() {
        return CURRENT;
    }
}
