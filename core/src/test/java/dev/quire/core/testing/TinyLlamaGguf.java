package dev.quire.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quire.core.weights.GgufBytes;
import dev.quire.core.weights.Safetensors;
import dev.quire.core.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes the committed small model as a GGUF file, with every bit of its weights. Converters to GGUF reorder the rows of query and key
 * projections so that the two elements that are rotated together lie side by side; so does this.
 */
public final class TinyLlamaGguf {
    private static final int HEAD = 16;
    private static final int BF16 = 30;
    private static final int F32 = 0;

    private final Map<String, Consumer<GgufBytes>> pairs = new LinkedHashMap<>();
    private final Map<String, Stored> tensors = new LinkedHashMap<>();

    private record Stored(int type, long[] innermostFirst, byte[] bytes) {}

    /** The model as it is. */
    public TinyLlamaGguf() throws IOException {
        text("general.architecture", "llama");
        number("llama.block_count", 2);
        number("llama.embedding_length", 64);
        number("llama.feed_forward_length", 160);
        number("llama.context_length", 2048);
        number("llama.attention.head_count", 4);
        number("llama.attention.head_count_kv", 2);
        number("llama.rope.dimension_count", HEAD);
        real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        real("llama.rope.freq_base", 10_000);
        tokenizer();
        try (Safetensors source = Safetensors.open(TinyLlama.folder())) {
            source.tensors().values().forEach(this::convert);
        }
    }

    public TinyLlamaGguf text(String key, String value) {
        pairs.put(key, out -> out.key(key, GgufBytes.STRING).text(value));
        return this;
    }

    public TinyLlamaGguf number(String key, int value) {
        pairs.put(key, out -> out.key(key, GgufBytes.UINT32).int32(value));
        return this;
    }

    public TinyLlamaGguf real(String key, float value) {
        pairs.put(key, out -> out.key(key, GgufBytes.FLOAT32).floats(value));
        return this;
    }

    /** Adds a vector. */
    public TinyLlamaGguf vector(String name, float... values) {
        byte[] bytes = new GgufBytes().floats(values).toArray();
        tensors.put(name, new Stored(F32, new long[] {values.length}, bytes));
        return this;
    }

    public TinyLlamaGguf without(String tensor) {
        tensors.remove(tensor);
        return this;
    }

    public Path write(Path file) throws IOException {
        GgufBytes out = new GgufBytes().header(3, tensors.size(), pairs.size());
        pairs.values().forEach(pair -> pair.accept(out));
        long offset = 0;
        for (var entry : tensors.entrySet()) {
            Stored tensor = entry.getValue();
            out.tensor(entry.getKey(), tensor.type(), offset, tensor.innermostFirst());
            offset += Math.ceilDiv(tensor.bytes().length, 32) * 32L;
        }
        out.pad();
        tensors.values().forEach(tensor -> out.raw(tensor.bytes()).pad());
        return Files.write(file, out.toArray());
    }

    private void convert(Tensor tensor) {
        byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        boolean rotated = tensor.name().contains("q_proj") || tensor.name().contains("k_proj");
        long[] shape = new long[tensor.shape().size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.shape().get(shape.length - 1 - i);
        }
        tensors.put(
                name(tensor.name()), new Stored(BF16, shape, rotated ? sideBySide(bytes, (int) tensor.rows()) : bytes));
    }

    /** Row i of a head's first half becomes row 2i, row i of its second half row 2i + 1. */
    private static byte[] sideBySide(byte[] bytes, int rows) {
        int row = bytes.length / rows;
        byte[] out = new byte[bytes.length];
        for (int r = 0; r < rows; r++) {
            int inHead = r % HEAD;
            int to = r - inHead + 2 * (inHead % (HEAD / 2)) + inHead / (HEAD / 2);
            MemorySegment.copy(
                    MemorySegment.ofArray(bytes), (long) r * row, MemorySegment.ofArray(out), (long) to * row, row);
        }
        return out;
    }

    private static String name(String huggingFace) {
        return huggingFace
                .replace("model.embed_tokens", "token_embd")
                .replace("model.norm", "output_norm")
                .replace("model.layers", "blk")
                .replace("input_layernorm", "attn_norm")
                .replace("post_attention_layernorm", "ffn_norm")
                .replace("self_attn.o_proj", "attn_output")
                .replaceAll("self_attn\\.(.)_proj", "attn_$1")
                .replaceAll("mlp\\.(\\w+)_proj", "ffn_$1");
    }

    private void tokenizer() throws IOException {
        String json = Files.readString(TinyLlama.folder().resolve("tokenizer.json"));
        JsonNode model = new ObjectMapper().readTree(json).path("model");
        String[] tokens = new String[model.path("vocab").size()];
        model.path("vocab")
                .properties()
                .forEach(piece -> tokens[piece.getValue().asInt()] = piece.getKey());
        List<String> merges = new ArrayList<>();
        model.path("merges")
                .forEach(pair ->
                        merges.add(pair.get(0).asText() + " " + pair.get(1).asText()));
        text("tokenizer.ggml.model", "gpt2");
        text("tokenizer.ggml.pre", "smollm");
        texts("tokenizer.ggml.tokens", List.of(tokens));
        texts("tokenizer.ggml.merges", merges);
        pairs.put("tokenizer.ggml.token_type", out -> {
            out.key("tokenizer.ggml.token_type", GgufBytes.ARRAY).int32(5).int64(tokens.length);
            for (int id = 0; id < tokens.length; id++) {
                out.int32(id < 3 ? 3 : 1);
            }
        });
        number("tokenizer.ggml.bos_token_id", 0);
        number("tokenizer.ggml.eos_token_id", 2);
    }

    private void texts(String key, List<String> values) {
        pairs.put(key, out -> {
            out.key(key, GgufBytes.ARRAY).int32(GgufBytes.STRING).int64(values.size());
            values.forEach(out::text);
        });
    }
}
