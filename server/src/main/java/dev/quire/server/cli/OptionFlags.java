package dev.quire.server.cli;

import dev.quire.server.options.Option;
import dev.quire.server.options.OptionReader;
import dev.quire.server.options.OptionTable;
import dev.quire.server.options.OptionType.Shape;
import dev.quire.server.options.QuireOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Makes flags of the option table for the commands that take options, and reads them back together with the other sources. */
final class OptionFlags {
    private static final String CONFIG = "--config";

    private final Map<String, String> environment;
    private final Map<OptionSpec, Option<?>> flags = new LinkedHashMap<>();

    private OptionFlags(Map<String, String> environment) {
        this.environment = environment;
    }

    /** A command that takes options of the table. */
    interface Taker {
        /** Titles of the sections whose options it takes. */
        Set<String> sections();

        /** Names of the options of other sections that it takes. */
        Set<String> names();

        /** Hands over where to read the options from. */
        void options(OptionFlags source);
    }

    /** Gives each command that is a {@link Taker} its flags. */
    static void addTo(CommandLine line, Map<String, String> environment) {
        for (CommandLine sub : new HashSet<>(line.getSubcommands().values())) {
            if (sub.getCommandSpec().userObject() instanceof Taker taker) {
                OptionFlags source = new OptionFlags(environment);
                source.addTo(sub.getCommandSpec(), taker);
                taker.options(source);
            }
            addTo(sub, environment);
        }
    }

    private void addTo(CommandSpec spec, Taker taker) {
        spec.addOption(OptionSpec.builder(CONFIG)
                .type(Path.class)
                .paramLabel("FILE")
                .description(
                        "YAML file with options under these names. Flags win over QUIRE_* variables, and those over the file.")
                .build());
        for (OptionTable.Section section : OptionTable.SECTIONS) {
            List<Option<?>> taken = section.options().stream()
                    .filter(option -> taker.sections().contains(section.title())
                            || taker.names().contains(option.name()))
                    .toList();
            if (!taken.isEmpty()) {
                ArgGroupSpec.Builder group = ArgGroupSpec.builder()
                        .heading("%n" + section.title() + ":%n")
                        .exclusive(false)
                        .validate(false);
                for (Option<?> option : taken) {
                    OptionSpec flag = flag(option);
                    flags.put(flag, option);
                    group.addArg(flag);
                    if (option.type().shape() == Shape.SWITCH) {
                        group.addArg(OptionSpec.builder(off(option))
                                .arity("0")
                                .type(boolean.class)
                                .hidden(true)
                                .build());
                    }
                }
                spec.addArgGroup(group.build());
            }
        }
    }

    /** The flag that switches an option off. */
    private static String off(Option<?> option) {
        return "--no-" + option.name();
    }

    private static OptionSpec flag(Option<?> option) {
        String defaults =
                option.defaults().map(text -> " Default: " + text + ".").orElse("");
        OptionSpec.Builder flag = OptionSpec.builder("--" + option.name())
                .description((option.doc() + defaults).replace("%", "%%"))
                .paramLabel(
                        option.type().name().toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z|].*", ""));
        return switch (option.type().shape()) {
            case VALUE -> flag.type(String.class).arity("1").build();
            case SWITCH ->
                flag.type(String.class).arity("0..1").fallbackValue("true").build();

            case LIST ->
                flag.type(List.class).auxiliaryTypes(String.class).arity("1").build();
        };
    }

    /**
     * The options that the command line, the environment and the configuration file give.
     *
     * @throws dev.quire.server.options.OptionException listing every problem
     */
    QuireOptions read(ParseResult result) {
        return read(result, Map.of());
    }

    /** The same, with values for options that no source gives. */
    QuireOptions read(ParseResult result, Map<String, List<String>> fallbacks) {
        OptionReader reader = new OptionReader().flags(given(result)).environment(environment);
        Optional<Path> file = Optional.ofNullable(result.matchedOptionValue(CONFIG, (Path) null))
                .or(() -> OptionReader.configFile(environment));
        file.ifPresent(reader::yaml);
        return reader.flags(fallbacks).read();
    }

    private Map<String, List<String>> given(ParseResult result) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        flags.forEach((flag, option) -> {
            if (result.hasMatchedOption(off(option))) {
                given.put(option.name(), List.of("false"));
            } else if (result.hasMatchedOption(flag.longestName())) {
                OptionSpec matched = result.matchedOption(flag.longestName());
                List<String> texts = new ArrayList<>(matched.stringValues());
                if (option.type().shape() == Shape.SWITCH && texts.isEmpty()) {
                    texts.add("true");
                }
                given.put(option.name(), texts);
            }
        });
        return given;
    }
}
