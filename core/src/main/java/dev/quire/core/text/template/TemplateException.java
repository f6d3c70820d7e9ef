package dev.quire.core.text.template;

/**
 * A template that cannot be parsed or rendered. The message names the line of the template, the cause and, where there is one, the fix;
 * {@link #detail()} is the bare cause.
 *
 * <p>Kind {@code RAISED} is a template that called {@code raise_exception}: its author speaks to the client there, so {@link #detail()}
 * is the text to answer with, as a bad request.
 */
public final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_CAUSE = 4000;

    /** Why a template failed. */
    public enum Kind {
        /** The source is not well-formed. */
        SYNTAX("Chat template syntax error"),
        /** The source uses a construct of Jinja2 that is not carried. */
        UNSUPPORTED("Chat template uses an unsupported construct"),
        /** An expression failed, as it would in Python. */
        RENDER("Chat template failed"),
        /** A bound of {@link TemplateLimits} was reached. */
        LIMIT("Chat template exceeded a limit"),
        /** The template itself called {@code raise_exception}. */
        RAISED("Chat template refused the request");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private final Kind kind;
    private final String detail;
    private final int line;

    TemplateException(Kind kind, String cause, int line) {
        this(line, kind, shortened(cause));
    }

    private TemplateException(int line, Kind kind, String detail) {
        super(kind.label + (line > 0 ? " (line " + line + "): " : ": ") + detail);
        this.kind = kind;
        this.detail = detail;
        this.line = line;
    }

    /** A cause can quote what a client sent; nobody needs all of it. */
    private static String shortened(String cause) {
        return cause.length() <= LONGEST_CAUSE
                ? cause
                : cause.substring(0, cause.offsetByCodePoints(0, LONGEST_CAUSE / 2)) + "…";
    }

    static TemplateException render(String detail) {
        return new TemplateException(Kind.RENDER, detail, 0);
    }

    static TemplateException limit(String detail) {
        return new TemplateException(Kind.LIMIT, detail, 0);
    }

    /** This exception with the line where it happened, unless it has one already. */
    TemplateException at(int line) {
        if (this.line > 0 || line <= 0) {
            return this;
        }
        TemplateException placed = new TemplateException(kind, detail, line);
        placed.setStackTrace(getStackTrace());
        return placed;
    }

    /** Why the template failed. */
    public Kind kind() {
        return kind;
    }

    /** The cause alone, without kind and line; for {@code RAISED} the template's own words. */
    public String detail() {
        return detail;
    }

    /** Line of the template, from 1; 0 where no line is to blame. */
    public int line() {
        return line;
    }
}
