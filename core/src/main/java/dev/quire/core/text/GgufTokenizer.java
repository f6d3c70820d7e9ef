package dev.quire.core.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Rebuilds a tokenizer from a GGUF file's metadata, by writing the {@code tokenizer.json} that the model was converted from: byte-level BPE
 * ({@code gpt2}) or SentencePiece BPE ({@code llama}). The keys are those of the GGUF specification.
 */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final GgufMetadata metadata;
    private final String[] pieces;
    private final int[] types;
    private final Map<String, Integer> ids;
    private final Map<String, String> names;

    GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
        pieces = metadata.strings(PREFIX + "tokens");
        types = types();
        ids = new HashMap<>(pieces.length * 2);
        for (int id = 0; id < pieces.length; id++) {
            Integer other = ids.put(pieces[id], id);
            if (other != null) {
                throw new TokenizerException("The GGUF file's tokens " + other + " and " + id + " are both '"
                        + pieces[id] + "'; spellings must differ. Convert the model again.");
            }
        }
        names = names();
    }

    Tokenizer build() {
        String model = metadata.string(PREFIX + "model").orElse("missing");
        ObjectNode document = switch (model) {
            case "gpt2" -> byteLevel();
            case "llama" -> sentencePiece();
            default ->
                throw new TokenizerException("The GGUF file's tokenizer is of kind '" + model
                        + "' (tokenizer.ggml.model), which Quire does not rebuild. Known: gpt2 (byte-level BPE), llama"
                        + " (SentencePiece BPE). Serve the model from a folder with tokenizer.json instead.");
        };
        return new Tokenizer(
                TokenizerDocument.parse(document.toString(), "The GGUF file's tokenizer"),
                new TokenizerSettings(names, eosIds(), List.of(), templates()));
    }

    private int[] types() {
        if (metadata.has(PREFIX + "token_type")) {
            int[] given = metadata.integers(PREFIX + "token_type");
            if (given.length != pieces.length) {
                throw new TokenizerException("The GGUF file has " + pieces.length + " tokens and " + given.length
                        + " token types (tokenizer.ggml.token_type). Convert the model again.");
            }
            return given;
        }
        int[] all = new int[pieces.length];
        Arrays.fill(all, NORMAL);
        for (String role : List.of("bos", "eos", "padding")) {
            OptionalInt id = id(role + "_token_id");
            if (id.isPresent()) {
                all[id.getAsInt()] = CONTROL;
            }
        }
        return all;
    }

    private OptionalInt id(String key) {
        OptionalInt id = metadata.integer(PREFIX + key);
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= pieces.length)) {
            throw new TokenizerException("The GGUF file's " + PREFIX + key + " is " + id.getAsInt() + ", but it has "
                    + pieces.length + " tokens. Convert the model again.");
        }
        return id;
    }

    private Map<String, String> names() {
        Map<String, String> out = new HashMap<>();
        Map<String, String> roles = Map.of(
                "bos_token", "bos_token_id",
                "eos_token", "eos_token_id",
                "unk_token", "unknown_token_id",
                "pad_token", "padding_token_id",
                "sep_token", "seperator_token_id",
                "mask_token", "mask_token_id");
        roles.forEach((role, key) -> id(key).ifPresent(id -> out.put(role, pieces[id])));
        return out;
    }

    private List<Integer> eosIds() {
        List<Integer> ends = new ArrayList<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            id(key).ifPresent(ends::add);
        }
        return ends;
    }

    private Map<String, String> templates() {
        Map<String, String> out = new HashMap<>();
        String key = "tokenizer.chat_template";
        metadata.string(key).ifPresent(template -> out.put(TokenizerSettings.DEFAULT_TEMPLATE, template));
        for (String each : metadata.values().keySet()) {
            if (each.startsWith(key + ".")) {
                metadata.string(each).ifPresent(template -> out.put(each.substring(key.length() + 1), template));
            }
        }
        return out;
    }

    private ObjectNode byteLevel() {
        PreTokenizer pre = PreTokenizer.named(metadata.string(PREFIX + "pre").orElse("default"));
        ObjectNode model = model(pre.ignoresMerges(), false);
        ArrayNode merges = model.putArray("merges");
        for (String merge : metadata.strings(PREFIX + "merges")) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new TokenizerException("The GGUF file's merge '" + merge + "' has no space between its two pieces"
                        + " (tokenizer.ggml.merges). Convert the model again.");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
        ObjectNode document = document(model, pre.addsBos(), false);
        if (pre.normalizesToNfc()) {
            document.putObject("normalizer").put("type", "NFC");
        }
        document.set("pre_tokenizer", pre.json());
        document.set("decoder", PreTokenizer.byteLevel(true));
        return document;
    }

    private ObjectNode sentencePiece() {
        boolean prefix = metadata.flag(PREFIX + "add_space_prefix", true);
        float[] scores = metadata.floats(PREFIX + "scores");
        if (scores.length != pieces.length) {
            throw new TokenizerException("The GGUF file has " + pieces.length + " tokens and " + scores.length
                    + " scores (tokenizer.ggml.scores). Convert the model again.");
        }
        ObjectNode model = model(false, true);
        id("unknown_token_id").ifPresent(id -> model.put("unk_token", pieces[id]));
        ArrayNode merges = model.putArray("merges");
        for (ScoredMerges.Merge merge :
                ScoredMerges.of(pieces, scores, ids, id -> types[id] == NORMAL || types[id] == UNUSED)) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
        ObjectNode document = document(model, true, !prefix);
        ArrayNode normalizers =
                document.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (prefix) {
            normalizers.addObject().put("type", "Prepend").put("prepend", PieceDecoding.SPACE);
        }
        replace(normalizers.addObject(), " ", PieceDecoding.SPACE);
        ArrayNode decoders =
                document.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders.addObject(), PieceDecoding.SPACE, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        return document;
    }

    private static void replace(ObjectNode step, String from, String to) {
        step.put("type", "Replace").put("content", to).putObject("pattern").put("String", from);
    }

    private ObjectNode model(boolean ignoresMerges, boolean sentencePiece) {
        ObjectNode model = JSON.objectNode().put("type", "BPE");
        model.put("fuse_unk", sentencePiece).put("byte_fallback", sentencePiece).put("ignore_merges", ignoresMerges);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < pieces.length; id++) {
            vocabulary.put(pieces[id], id);
        }
        return model;
    }

    /** @param normalized whether user-defined tokens are sought after normalization: spaces are marks then, as in their spellings */
    private ObjectNode document(ObjectNode model, boolean addsBos, boolean normalized) {
        ObjectNode document = JSON.objectNode().put("version", "1.0");
        ArrayNode added = document.putArray("added_tokens");
        for (int id = 0; id < pieces.length; id++) {
            boolean control = types[id] == CONTROL;
            if (control || types[id] == USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", pieces[id])
                        .put("special", control)
                        .put("normalized", normalized && !control)
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false);
            }
        }
        document.set("model", model);
        document.set("post_processor", template(addsBos));
        return document;
    }

    private ObjectNode template(boolean addsBos) {
        ObjectNode template = JSON.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ObjectNode specials = template.putObject("special_tokens");
        if (metadata.flag(PREFIX + "add_bos_token", addsBos)) {
            put("bos_token", single, specials);
        }
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        if (metadata.flag(PREFIX + "add_eos_token", false)) {
            put("eos_token", single, specials);
        }
        ArrayNode pair = template.putArray("pair");
        pair.addAll(single);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        return template;
    }

    private void put(String role, ArrayNode sequence, ObjectNode specials) {
        String name = names.get(role);
        if (name != null) {
            sequence.addObject().putObject("SpecialToken").put("id", name).put("type_id", 0);
            ObjectNode special = specials.putObject(name).put("id", name);
            special.putArray("ids").add(ids.get(name));
            special.putArray("tokens").add(name);
        }
    }
}
