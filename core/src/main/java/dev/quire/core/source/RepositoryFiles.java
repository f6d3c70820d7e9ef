package dev.quire.core.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Chooses, of the files of a repository, those that a model needs: one format of weights, config, tokenizer and templates. */
final class RepositoryFiles {
    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final Pattern SHARD = Pattern.compile("model-\\d{1,6}-of-\\d{1,6}\\.safetensors");
    private static final Pattern SMALL = Pattern.compile(
            "[\\w.-]+\\.(json|jinja|model)|merges\\.txt|vocab\\.txt|additional_chat_templates/[\\w.-]+\\.jinja");
    private static final Pattern PLAIN = Pattern.compile("[^/\\\\\\p{Cntrl}]+(/[^/\\\\\\p{Cntrl}]+)*");
    private static final int SHOWN = 10;

    private RepositoryFiles() {}

    /**
     * The files to fetch.
     *
     * @param names all files of the repository, paths with slashes
     * @throws ModelSourceException if the repository has no model that Quire reads, or several and none was named
     */
    static List<String> choose(ModelReference.Hub reference, List<String> names) {
        List<String> safe = names.stream().filter(RepositoryFiles::isSafe).toList();
        if (reference.file().isPresent()) {
            return List.of(named(reference, safe));
        }
        if (safe.contains(CONFIG) && (safe.contains(SINGLE) || safe.contains(INDEX))) {
            return checkpoint(safe);
        }
        return List.of(onlyGguf(reference, safe));
    }

    /** Whether a path stays below the folder that it is put into. */
    static boolean isSafe(String name) {
        return PLAIN.matcher(name).matches()
                && List.of(name.split("/")).stream().noneMatch(part -> part.equals(".") || part.equals(".."));
    }

    private static List<String> checkpoint(List<String> names) {
        boolean sharded = !names.contains(SINGLE);
        List<String> chosen = new ArrayList<>();
        for (String name : names) {
            boolean weights = sharded ? SHARD.matcher(name).matches() : name.equals(SINGLE);
            boolean small =
                    SMALL.matcher(name).matches() && (!name.endsWith(".index.json") || sharded && name.equals(INDEX));
            if (weights || small) {
                chosen.add(name);
            }
        }
        return chosen;
    }

    private static String named(ModelReference.Hub reference, List<String> names) {
        String file = reference.file().orElseThrow();
        if (!names.contains(file)) {
            throw new ModelSourceException(
                    "%s has no file %s. Its GGUF files: %s".formatted(reference.id(), file, shown(ggufs(names))));
        }
        return file;
    }

    private static String onlyGguf(ModelReference.Hub reference, List<String> names) {
        List<String> ggufs = ggufs(names);
        if (ggufs.isEmpty()) {
            throw new ModelSourceException(
                    "%s has neither config.json with safetensors weights nor a GGUF file; Quire reads no other format. It has: %s"
                            .formatted(reference, shown(names)));
        }
        if (ggufs.size() > 1) {
            throw new ModelSourceException("%s has %d GGUF files; choose one, as in %s:%s. It has: %s"
                    .formatted(reference, ggufs.size(), reference, ggufs.getFirst(), shown(ggufs)));
        }
        return ggufs.getFirst();
    }

    private static List<String> ggufs(List<String> names) {
        return names.stream().filter(name -> name.endsWith(".gguf")).toList();
    }

    static String shown(List<String> names) {
        Optional<String> more = names.size() > SHOWN ? Optional.of(", …") : Optional.empty();
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.stream().limit(SHOWN).toList()) + more.orElse("");
    }
}
