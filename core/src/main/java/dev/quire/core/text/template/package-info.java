/**
 * Renders chat templates: a small interpreter of the Jinja2 subset that models ship in {@code tokenizer_config.json}.
 *
 * <p>A template is source text of the model's author, and its context holds what clients send, so both are distrusted. Nothing here
 * reflects on Java objects: a context becomes values of a closed set (none, booleans, integers, floats, text, lists, tuples, dictionaries)
 * before the first statement runs, no value can be modified afterwards, and every step, character and element is charged to a
 * {@link dev.quire.core.text.template.TemplateLimits budget}. Text that a client sends is data: braces in it are never evaluated.
 *
 * <p>The semantics are those of Python's Jinja2 under the settings that Hugging Face Transformers uses for chat templates: immutable
 * sandbox, {@code trim_blocks}, {@code lstrip_blocks}, loop controls, the {@code generation} tag, {@code raise_exception},
 * {@code strftime_now} and a {@code tojson} that does not escape for HTML.
 *
 * <p>The way of a template: source → {@code Lexer} → {@code TokenStream} → {@code StatementParser} and {@code ExpressionParser} → records
 * of {@code Statement} and {@code Expression} → {@code Interpreter} and {@code Evaluator} → text. Knows text and JSON-like values; never
 * sees tokens of a vocabulary, requests or models.
 */
package dev.quire.core.text.template;
