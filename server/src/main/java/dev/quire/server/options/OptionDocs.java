package dev.quire.server.options;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the table of options as Markdown: the text of {@code docs/options.md}. */
public final class OptionDocs {
    private static final String OPENING = """
        # Options

        Generated from the table of options in `server`; do not edit.

        An option can be set in four places; where several set it, the first of these wins:

        1. a flag: `--max-num-seqs 64`; a switch also as `--enable-prefix-caching` or `--no-enable-prefix-caching`,
        2. the environment: `QUIRE_MAX_NUM_SEQS=64`,
        3. a YAML file, given as `--config FILE` or `QUIRE_CONFIG`: `max-num-seqs: 64`,
        4. the configuration of a deployed `ServerVerticle`: `{"max-num-seqs": 64}`.

        Keys may be written with dashes or underscores. Lists are written with commas, or as lists where the file has them. Unknown
        names are refused, and the message says which name was probably meant.
        """;

    private OptionDocs() {}

    /** The whole page. */
    public static String markdown() {
        return OPENING + OptionTable.SECTIONS.stream().map(OptionDocs::section).collect(Collectors.joining());
    }

    private static String section(OptionTable.Section section) {
        String rows = section.options().stream().map(OptionDocs::row).collect(Collectors.joining());
        return "\n## %s\n\n| Option | Type | Default | Meaning |\n|---|---|---|---|\n%s"
                .formatted(section.title(), rows);
    }

    private static String row(Option<?> option) {
        String defaults = option.defaults()
                .filter(text -> !text.isEmpty())
                .map("`%s`"::formatted)
                .orElse("");
        String variables =
                option.variables().stream().map(" Also set by `%s`."::formatted).collect(Collectors.joining());
        String bounds = Stream.of(option.constraint().wording())
                .filter(wording -> !wording.isEmpty())
                .map(" Takes %s."::formatted)
                .collect(Collectors.joining());
        return "| `%s` | %s | %s | %s%s%s |\n"
                .formatted(
                        option.name(),
                        option.type().name().replace("|", "\\|"),
                        defaults,
                        option.doc().replace("|", "\\|"),
                        bounds,
                        variables);
    }
}
