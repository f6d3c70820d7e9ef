package dev.quire.core.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.core.model.GenerationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads a tokenizer from a model folder in Hugging Face's layout. Where two files name the same thing, tokenizer_config.json wins. */
final class TokenizerFolder {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;

    TokenizerFolder(Path folder) {
        this.folder = folder;
    }

    Tokenizer read() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new TokenizerException("No tokenizer.json in " + folder
                    + ". A model needs it beside its weights: download it, or export it with Transformers' save_pretrained"
                    + (Files.exists(folder.resolve("tokenizer.model"))
                            ? " (tokenizer.model alone is not read)."
                            : "."));
        }
        JsonNode config = json("tokenizer_config.json");
        JsonNode map = json("special_tokens_map.json");
        TokenizerDocument document = TokenizerDocument.parse(Files.readString(file), file.toString());
        List<ObjectNode> missing = missing(document, config.path("added_tokens_decoder"));
        if (!missing.isEmpty()) {
            document = document.plus(missing);
        }
        List<String> specials = new ArrayList<>();
        for (String list : List.of("additional_special_tokens", "extra_special_tokens")) {
            config.path(list).forEach(token -> specials.add(content(token)));
            map.path(list).forEach(token -> specials.add(content(token)));
        }
        return new Tokenizer(
                document, new TokenizerSettings(names(config, map), eosIds(), specials, templates(config)));
    }

    private JsonNode json(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new TokenizerException(file + " is not JSON: " + e.getOriginalMessage() + ". Download it again.", e);
        }
    }

    private static List<ObjectNode> missing(TokenizerDocument document, JsonNode decoder) {
        Set<String> present = new HashSet<>();
        document.added().forEach(token -> present.add(token.content()));
        Map<Integer, ObjectNode> missing = new TreeMap<>();
        for (var entry : decoder.properties()) {
            if (entry.getValue() instanceof ObjectNode token && !present.contains(content(token))) {
                int id = Integer.parseInt(entry.getKey());
                missing.put(id, token.deepCopy().put("id", id));
            }
        }
        return List.copyOf(missing.values());
    }

    private static Map<String, String> names(JsonNode config, JsonNode map) {
        Map<String, String> names = new HashMap<>();
        for (String role : List.of("bos", "eos", "unk", "pad", "sep", "cls", "mask")) {
            String key = role + "_token";
            String name = content(config.has(key) ? config.path(key) : map.path(key));
            if (!name.isEmpty()) {
                names.put(key, name);
            }
        }
        return names;
    }

    /** A token is written as its spelling, or as an object that holds it. */
    private static String content(JsonNode token) {
        return token.isTextual() ? token.asText() : token.path("content").asText();
    }

    private List<Integer> eosIds() throws IOException {
        List<Integer> ids = GenerationConfig.read(folder).eosTokenIds();
        return ids.isEmpty() ? GenerationConfig.tokenIds(json("config.json").path("eos_token_id")) : ids;
    }

    private Map<String, String> templates(JsonNode config) throws IOException {
        Map<String, String> templates = new LinkedHashMap<>();
        JsonNode template = config.path("chat_template");
        if (template.isTextual()) {
            templates.put(TokenizerSettings.DEFAULT_TEMPLATE, template.asText());
        }
        template.forEach(named -> templates.put(
                named.path("name").asText(), named.path("template").asText()));
        Path file = folder.resolve("chat_template.jinja");
        if (Files.isRegularFile(file)) {
            templates.put(TokenizerSettings.DEFAULT_TEMPLATE, Files.readString(file));
        }
        Path more = folder.resolve("additional_chat_templates");
        if (Files.isDirectory(more)) {
            try (Stream<Path> files = Files.list(more)) {
                for (Path each :
                        files.filter(f -> f.toString().endsWith(".jinja")).toList()) {
                    templates.put(each.getFileName().toString().replaceFirst("\\.jinja$", ""), Files.readString(each));
                }
            }
        }
        return templates;
    }
}
