package dev.quire.core.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How byte-level BPE cuts a text before merging, by the names that {@code tokenizer.ggml.pre} of a GGUF file uses. The expressions are those of
 * the models' own {@code tokenizer.json}; they apply one after another, each within the pieces that the ones before left.
 */
enum PreTokenizer {
    DEFAULT(List.of("default"), List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Expressions.GPT2, "\\p{N}+", "[0-9][0-9][0-9]")),
    GPT2(
            List.of(
                    "gpt-2",
                    "phi-2",
                    "mpt",
                    "olmo",
                    "jais",
                    "trillion",
                    "granite-docling",
                    "exaone4",
                    "gigachat",
                    "a.x-4.0",
                    "mellum",
                    "modern-bert",
                    "roberta-bpe",
                    "jina-es",
                    "jina-de",
                    "jina-v1-en",
                    "jina-v2-es",
                    "jina-v2-de",
                    "jina-v2-code"),
            List.of(Expressions.GPT2)),
    DIGITS(
            List.of("smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"),
            List.of("\\p{N}", Expressions.GPT2)),
    COMMAND_R(List.of("command-r"), List.of("\\p{N}", Expressions.GPT2), Option.NFC),
    FALCON(List.of("falcon"), List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Expressions.GPT2, "[0-9][0-9][0-9]")),
    LLAMA3(
            List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
            List.of(Expressions.LLAMA3),
            Option.IGNORE_MERGES,
            Option.BOS),
    DBRX(List.of("dbrx", "smaug-bpe", "glm4", "chatglm-bpe"), List.of(Expressions.LLAMA3)),
    QWEN2(List.of("qwen2", "megrez", "deepseek-r1-qwen"), List.of(Expressions.QWEN2), Option.NFC),
    STABLELM2(List.of("stablelm2", "hunyuan", "solar-open", "grok-2"), List.of(Expressions.QWEN2)),
    QWEN35(
            List.of("qwen35"),
            List.of(Expressions.CONTRACTIONS
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|"
                    + Expressions.BREAKS),
            Option.NFC),
    DEEPSEEK_LLM(
            List.of("deepseek-llm"),
            List.of(
                    "[\\r\\n]",
                    "\\s?" + Expressions.CASED_LETTERS + "+",
                    "\\s?[!-/:-~\\x{FF01}-\\x{FF0F}\\x{FF1A}-\\x{FF5E}\\x{2018}-\\x{201F}\\x{3000}-\\x{3002}]+",
                    "\\s+$",
                    Expressions.CJK,
                    "\\p{N}+")),
    DEEPSEEK_CODER(
            List.of("deepseek-coder"), List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", Expressions.CJK, "\\p{N}")),
    DEEPSEEK_V3(
            List.of("deepseek-v3", "hunyuan-dense", "joyai-llm"),
            List.of(
                    "\\p{N}{1,3}",
                    "[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+",
                    Expressions.DEEPSEEK3)),
    BLOOM(List.of("bloom", "poro-chat", "gpt3-finnish"), List.of(Expressions.BLOOM)),
    VIKING(List.of("viking"), List.of(Expressions.BLOOM, "\\p{N}")),
    TEKKEN(
            List.of("tekken"),
            List.of(Expressions.capitals("") + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + Expressions.BREAKS),
            Option.IGNORE_MERGES,
            Option.BOS),
    GPT4O(
            List.of("gpt-4o", "llama4", "kanana2", "minimax-m2"),
            List.of(Expressions.capitals(Expressions.CONTRACTIONS + "?")
                    + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + Expressions.BREAKS)),
    BAILING(
            List.of("bailingmoe", "bailingmoe2", "llada-moe"),
            List.of(
                    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+")),
    SEED_CODER(
            List.of("seed-coder"),
            List.of(Expressions.CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|"
                    + Expressions.BREAKS));

    private enum Option {
        IGNORE_MERGES,
        BOS,
        NFC
    }

    private final List<String> names;
    private final List<String> expressions;
    private final List<Option> options;

    PreTokenizer(List<String> names, List<String> expressions, Option... options) {
        this.names = names;
        this.expressions = expressions;
        this.options = List.of(options);
    }

    static PreTokenizer named(String name) {
        return Arrays.stream(values())
                .filter(each -> each.names.contains(name))
                .findFirst()
                .orElseThrow(() -> new TokenizerException("The GGUF file's pre-tokenizer is '" + name
                        + "' (tokenizer.ggml.pre), which Quire does not know. Known: "
                        + Arrays.stream(values())
                                .flatMap(each -> each.names.stream())
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + ". Serve the model from a folder with tokenizer.json instead."));
    }

    /** Whether a piece that is in the vocabulary as a whole is taken without merging. */
    boolean ignoresMerges() {
        return options.contains(Option.IGNORE_MERGES);
    }

    /** Whether a text begins with the begin token unless the file says otherwise. */
    boolean addsBos() {
        return options.contains(Option.BOS);
    }

    boolean normalizesToNfc() {
        return options.contains(Option.NFC);
    }

    ObjectNode json() {
        ObjectNode sequence = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        for (String expression : expressions) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", expression);
            split.put("behavior", "Isolated").put("invert", false);
        }
        steps.add(byteLevel(false));
        return sequence;
    }

    static ObjectNode byteLevel(boolean splits) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", splits);
    }

    /** Parts that several expressions share. */
    private static final class Expressions {
        static final String BREAKS = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        static final String LLAMA3 =
                CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + BREAKS;
        static final String QWEN2 =
                CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + BREAKS;
        static final String CJK = "[\\x{4E00}-\\x{9FA5}\\x{0800}-\\x{4E00}\\x{AC00}-\\x{D7FF}]+";
        static final String DEEPSEEK3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|" + BREAKS;
        static final String BLOOM = " ?[^(\\s|.,!?\\x{2026}\\x{3002}\\x{FF0C}\\x{3001}\\x{0964}\\x{06D4}\\x{060C})]+";
        /** Letters of the scripts that know case, as the model lists them (not all that Unicode calls cased). */
        static final String CASED_LETTERS =
                "[A-Za-z\\x{00B5}\\x{00C0}-\\x{00D6}\\x{00D8}-\\x{00F6}\\x{00F8}-\\x{01BA}\\x{01BC}-\\x{01BF}"
                        + "\\x{01C4}-\\x{0293}\\x{0295}-\\x{02AF}\\x{0370}-\\x{0373}\\x{0376}\\x{0377}\\x{037B}-\\x{037D}"
                        + "\\x{037F}\\x{0386}\\x{0388}-\\x{038A}\\x{038C}\\x{038E}-\\x{03A1}\\x{03A3}-\\x{03F5}\\x{03F7}-"
                        + "\\x{0481}\\x{048A}-\\x{052F}\\x{0531}-\\x{0556}\\x{10A0}-\\x{10C5}\\x{13A0}-\\x{13F5}\\x{13F8}-"
                        + "\\x{13FD}\\x{1C90}-\\x{1CBA}\\x{1CBD}-\\x{1CBF}\\x{1D00}-\\x{1D2B}\\x{1D6B}-\\x{1D77}\\x{1D79}-"
                        + "\\x{1D9A}\\x{1E00}-\\x{1F15}\\x{1F18}-\\x{1F1D}\\x{1F20}-\\x{1F45}\\x{1F48}-\\x{1F4D}\\x{1F50}-"
                        + "\\x{1F57}\\x{1F59}\\x{1F5B}\\x{1F5D}\\x{1F5F}-\\x{1F7D}\\x{1F80}-\\x{1FB4}\\x{1FB6}-\\x{1FBC}"
                        + "\\x{1FBE}\\x{1FC2}-\\x{1FC4}\\x{1FC6}-\\x{1FCC}\\x{1FD0}-\\x{1FD3}\\x{1FD6}-\\x{1FDB}\\x{1FE0}-"
                        + "\\x{1FEC}\\x{1FF2}-\\x{1FF4}\\x{1FF6}-\\x{1FFC}\\x{2102}\\x{2107}\\x{210A}-\\x{2113}\\x{2115}"
                        + "\\x{2119}-\\x{211D}\\x{2124}\\x{2126}\\x{2128}\\x{212A}-\\x{212D}\\x{212F}-\\x{2134}\\x{2139}"
                        + "\\x{213C}-\\x{213F}\\x{2145}-\\x{2149}\\x{214E}\\x{2183}\\x{2184}\\x{2C00}-\\x{2C7B}\\x{2C7E}-"
                        + "\\x{2CE4}\\x{2CEB}-\\x{2CEE}\\x{2CF2}\\x{2CF3}\\x{A640}-\\x{A66D}\\x{A680}-\\x{A69B}\\x{A722}-"
                        + "\\x{A76F}\\x{A771}-\\x{A787}\\x{A78B}-\\x{A78E}\\x{AB70}-\\x{ABBF}\\x{FB00}-\\x{FB06}\\x{FB13}-"
                        + "\\x{FB17}\\x{FF21}-\\x{FF3A}\\x{FF41}-\\x{FF5A}\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}"
                        + "\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}\\x{1E900}-"
                        + "\\x{1E943}]";

        private Expressions() {}

        /** Words cut where lower case meets upper case, each with a suffix. */
        static String capitals(String suffix) {
            String lead = "[^\\r\\n\\p{L}\\p{N}]?";
            String upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
            String lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
            return lead + upper + "*" + lower + "+" + suffix + "|" + lead + upper + "+" + lower + "*" + suffix;
        }
    }
}
