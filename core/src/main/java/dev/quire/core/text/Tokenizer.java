package dev.quire.core.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Text to token ids and back, as the model was trained. Immutable and safe for any number of threads. Takes any string and any int: a lone
 * surrogate is read as U+FFFD, an id that no token has leaves no text.
 *
 * <p>Decoding is Quire's own where the tokenizer works piece by piece (byte-level BPE, SentencePiece), so that a stream and a whole text
 * always agree; it equals the library's, except that of a run of byte-fallback tokens with one broken character the whole ones are kept. Spaces
 * before punctuation are never "cleaned up".
 */
public final class Tokenizer {
    private final TokenTable table;
    private final PieceDecoding decoding;
    private final TokenizerSettings settings;
    private final NativeTokenizer parsing;
    private final Supplier<NativeTokenizer> literal;
    private final Set<Integer> eosIds;

    Tokenizer(TokenizerDocument document, TokenizerSettings settings) {
        this.settings = settings;
        Set<String> specials = new HashSet<>(settings.specials());
        specials.addAll(settings.names().values());
        table = new TokenTable(document, specials);
        decoding = document.decoding();
        parsing = new NativeTokenizer(document.json(), document.source());
        literal = new Lazy<>(() -> new NativeTokenizer(document.withoutSpecialTokens(), document.source()));
        Set<Integer> ends = new LinkedHashSet<>();
        role("eos_token").ifPresent(ends::add);
        ends.addAll(settings.eosIds());
        eosIds = Collections.unmodifiableSet(ends);
    }

    /**
     * Reads a model folder in Hugging Face's layout: {@code tokenizer.json}, and where they exist {@code tokenizer_config.json},
     * {@code special_tokens_map.json}, {@code generation_config.json} and the chat templates.
     *
     * @throws TokenizerException if {@code tokenizer.json} is missing or broken
     * @throws IOException if a file cannot be read
     */
    public static Tokenizer open(Path folder) throws IOException {
        return new TokenizerFolder(folder).read();
    }

    /**
     * Rebuilds the tokenizer of a GGUF file.
     *
     * @param metadata the file's metadata: strings, numbers, booleans, and arrays as Java arrays or lists
     * @throws TokenizerException if a key is missing, or names a kind of tokenizer that Quire does not know
     */
    public static Tokenizer ofGguf(Map<String, ?> metadata) {
        return new GgufTokenizer(new GgufMetadata(metadata)).build();
    }

    /** The ids of a text. */
    public int[] encode(String text, SpecialTokens special) {
        return switch (special) {
            case ADD -> parsing.encode(text, true);
            case PARSE -> parsing.encode(text, false);
            case TEXT -> literal.get().encode(text, false);
        };
    }

    /** The text of ids that begin a text; broken characters are U+FFFD. */
    public String decode(int[] ids, SpecialText special) {
        if (decoding instanceof PieceDecoding.Library) {
            return decodeByLibrary(IntStream.of(ids)
                    .filter(id -> special == SpecialText.SHOW || !isSpecial(id))
                    .toArray());
        }
        StreamingDetokenizer stream =
                detokenizer(DetokenizerOptions.DEFAULTS.with(special).with(DetokenizerOptions.Start.BEGINNING));
        StringBuilder out = new StringBuilder();
        for (int id : ids) {
            out.append(stream.push(id));
        }
        return out.append(stream.finish()).toString();
    }

    /** A new stream for one sequence. */
    public StreamingDetokenizer detokenizer(DetokenizerOptions options) {
        return switch (decoding) {
            case PieceDecoding.Library _ -> new WindowDetokenizer(this, options);
            case PieceDecoding.ByteLevel _ ->
                new ByteDetokenizer(table, options, Utf8Accumulator.Replacement.PER_PREFIX, false);
            case PieceDecoding.ByteFallback(boolean strips) ->
                new ByteDetokenizer(table, options, Utf8Accumulator.Replacement.PER_BYTE, strips);
        };
    }

    String decodeByLibrary(int[] ids) {
        return parsing.decode(IntStream.of(ids).filter(table::has).toArray());
    }

    boolean has(int id) {
        return table.has(id);
    }

    boolean isAdded(int id) {
        return table.isAdded(id);
    }

    /** One more than the highest id. A model's logits may be wider. */
    public int vocabSize() {
        return table.size();
    }

    /** The id's spelling in the vocabulary, such as {@code Ġthe} or {@code <0x0A>}; empty where no token has the id. */
    public String piece(int id) {
        return table.piece(id).orElse("");
    }

    /** The id's text on its own, with its leading space; parts of characters are U+FFFD. */
    public String text(int id) {
        StreamingDetokenizer stream = detokenizer(DetokenizerOptions.DEFAULTS.with(SpecialText.SHOW));
        return stream.push(id) + stream.finish();
    }

    /** The UTF-8 bytes that the id adds to a text, possibly a part of a character; empty where no token has the id. The caller's to keep. */
    public byte[] bytesOf(int id) {
        return decoding instanceof PieceDecoding.Library
                ? text(id).getBytes(StandardCharsets.UTF_8)
                : table.bytes(id).clone();
    }

    /** The id of a spelling in the vocabulary. */
    public OptionalInt idOf(String piece) {
        return table.idOf(piece);
    }

    /** Whether the id is a token that steers the model and is not text. */
    public boolean isSpecial(int id) {
        return table.isSpecial(id);
    }

    /** Ids that end a generation, the tokenizer's own first; empty if the model names none. */
    public Set<Integer> eosIds() {
        return eosIds;
    }

    /** The token that begins a text, if the model has one; {@link SpecialTokens#ADD} adds it only if the model wants it. */
    public OptionalInt bosId() {
        Optional<Integer> id = role("bos_token");
        return id.isPresent() ? OptionalInt.of(id.get()) : OptionalInt.empty();
    }

    private Optional<Integer> role(String role) {
        String name = settings.names().get(role);
        OptionalInt id = name == null ? OptionalInt.empty() : table.idOf(name);
        return id.isPresent() ? Optional.of(id.getAsInt()) : Optional.empty();
    }

    /** Special tokens by role, such as {@code bos_token}, as chat templates name them. */
    public Map<String, String> specialTokens() {
        return settings.names();
    }

    /** The chat template that applies unless another is asked for, as Jinja source. */
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(settings.templates().get(TokenizerSettings.DEFAULT_TEMPLATE));
    }

    /** All chat templates by name, such as {@code default}, {@code tool_use}. */
    public Map<String, String> chatTemplates() {
        return settings.templates();
    }
}
