package dev.quire.api.program;

import dev.quire.api.json.Json;

/**
 * Programs as JSON text. A record is an object with a member per component; a choice of a sealed interface carries its record's name in
 * {@code "op"} (ops) or {@code "type"} (others); enums stand by name; what is empty is absent or null; floats read back to the same bits.
 */
public final class ProgramJson {
    private ProgramJson() {}

    /**
     * The program as text.
     *
     * @throws IllegalArgumentException if composites nest so deep that the text could not be read back
     */
    public static String write(Program program) {
        return new RecordWriter().write(Program.class, program).text();
    }

    /**
     * Reads a program.
     *
     * @throws IllegalArgumentException if the text is not JSON (with line and column), or no program (with the path of the member, and for an
     *     unknown op the known ones)
     */
    public static Program read(String text) {
        return (Program) new RecordReader().read(Program.class, Json.parse(text), "program");
    }
}
