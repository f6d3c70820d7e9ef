package dev.quire.core.text.template;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A chat template, parsed once and rendered for each request.
 *
 * <p>Written in the Jinja2 subset that models ship, with the semantics of Python's Jinja2 as Hugging Face Transformers configures it (see
 * the package description). Immutable; any number of threads can render at once, each within its own {@link TemplateLimits}.
 */
public final class ChatTemplate {

    private final List<Statement> statements;
    private final Map<List<Statement>, Set<String>> hiddenNames;
    private final TemplateLimits limits;
    private final Clock clock;

    private ChatTemplate(List<Statement> statements, TemplateLimits limits, Clock clock) {
        this.statements = statements;
        this.hiddenNames = Frames.hiddenNames(statements);
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Parses with default limits and the system's clock in its time zone.
     *
     * @throws TemplateException of kind {@code SYNTAX}, {@code UNSUPPORTED} or {@code LIMIT}, with the line
     */
    public static ChatTemplate parse(String source) {
        return parse(source, TemplateLimits.defaults(), Clock.systemDefaultZone());
    }

    /**
     * Parses.
     *
     * @param limits what each rendering may use; nesting bounds the source as well
     * @param clock what {@code strftime_now} reads, with its zone
     * @throws TemplateException of kind {@code SYNTAX}, {@code UNSUPPORTED} or {@code LIMIT}, with the line
     */
    public static ChatTemplate parse(String source, TemplateLimits limits, Clock clock) {
        try {
            return new ChatTemplate(StatementParser.parse(source, limits), limits, clock);
        } catch (StackOverflowError overflow) {
            throw TemplateLimits.stackEnded();
        }
    }

    /**
     * Renders.
     *
     * @param context variables by name: Map with String keys (order is kept), List, String, Boolean, numbers and null, nested at will;
     *     read, never modified or kept
     * @return the text, white space included as the template has it
     * @throws TemplateException of kind {@code RENDER}, {@code LIMIT}, {@code UNSUPPORTED}, or {@code RAISED} where the template called
     *     {@code raise_exception}
     * @throws IllegalArgumentException if the context holds any other Java object
     */
    public String render(Map<String, Object> context) {
        Sandbox sandbox = new Sandbox(limits, clock);
        Evaluator evaluator = new Evaluator(sandbox);
        try {
            Scope given = Globals.scope(sandbox).inner();
            ContextValues.define(context, given, sandbox);
            return new Interpreter(sandbox, evaluator, given, hiddenNames).render(statements);
        } catch (TemplateException failure) {
            throw failure.at(evaluator.line());
        } catch (StackOverflowError overflow) {
            throw TemplateLimits.stackEnded().at(evaluator.line());
        }
    }
}
