package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.api.AttentionBackend;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.checkpoint.CheckpointFormats;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.testing.OneStep;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.weights.Int4Layout;
import dev.quire.core.weights.Int4Parts;
import dev.quire.core.weights.Int4Parts.Layer;
import dev.quire.core.weights.Safetensors;
import dev.quire.core.weights.Tensor;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The small Llama as AWQ and GPTQ would leave it in its folder, beside the same values in float32. */
class Int4CheckpointTest {
    private static final int GROUP = 32;
    private static final String BIAS = "model.layers.0.self_attn.q_proj.bias";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aCheckpointOfFourBitsGivesTheLogitsOfItsValues(Int4Layout layout) throws IOException {
        Path packed = Files.createDirectory(folder.resolve("packed"));
        Path expanded = Files.createDirectory(folder.resolve("expanded"));
        write(layout, packed, expanded, parts -> {});
        int[] ids = TinyLlama.cases().getFirst().ids();
        assertArrayEquals(logits(expanded, ids), logits(packed, ids));
    }

    @Test
    void biasesOfZerosThatTheModelDoesNotAddAreLeft() throws IOException {
        Path packed = Files.createDirectory(folder.resolve("packed"));
        Path expanded = Files.createDirectory(folder.resolve("expanded"));
        write(Int4Layout.GPTQ, packed, expanded, bias((short) 0, (short) 0x8000));
        int[] ids = TinyLlama.cases().getFirst().ids();
        assertArrayEquals(logits(expanded, ids), logits(packed, ids));
    }

    @Test
    void aBiasThatTheModelWouldHaveToAddIsRefused() throws IOException {
        Path packed = Files.createDirectory(folder.resolve("packed"));
        Path expanded = Files.createDirectory(folder.resolve("expanded"));
        write(Int4Layout.GPTQ, packed, expanded, bias((short) 0, Float.floatToFloat16(0.5f)));
        int[] ids = TinyLlama.cases().getFirst().ids();
        String message = assertThrows(WeightFormatException.class, () -> logits(packed, ids))
                .getMessage();
        assertTrue(message.contains(BIAS + "', which is not of zeros (it has 0.5)"), message);
        assertTrue(message.contains("config.json that asks for it"), message);
    }

    /** Binary16: first and last of a bias longer than what is looked at together. */
    private static Consumer<Int4Parts> bias(short first, short last) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * 1500).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(0, first).putShort(2 * 1499, last);
        return parts -> parts.tensor(BIAS, "F16", List.of(1500L), bytes);
    }

    private static double[] logits(Path path, int[] ids) throws IOException {
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(path);
                AttentionBackend oracle = new OracleBackend(Numerics.FAST)) {
            var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.FLOAT32, Quantization.AUTO);
            var serving = new Architecture.Serving(DType.F32, 16, OptionalInt.empty());
            Architecture.Definition model = checkpoint.define(formats, serving);
            long groups = model.forward().weights().stream()
                    .filter(ref -> ref.format() == WeightFormat.INT4_G32)
                    .count();
            assertEquals(path.endsWith("packed") ? 2 * 7 : 0, groups);
            return OneStep.logits(oracle, model, checkpoint.weights(), ids, 0);
        }
    }

    private static void write(Int4Layout layout, Path packed, Path expanded, Consumer<Int4Parts> also)
            throws IOException {
        Int4Parts parts = new Int4Parts();
        Int4Parts values = new Int4Parts();
        try (Safetensors file = Safetensors.open(TinyLlama.folder())) {
            for (Tensor tensor : file.tensors().values()) {
                if (tensor.name().endsWith("_proj.weight")) {
                    Layer layer = quantized(tensor);
                    String module = tensor.name().substring(0, tensor.name().length() - ".weight".length());
                    parts.layer(module, layer, layout);
                    values.tensor(tensor.name(), "F32", tensor.shape(), values(layer, tensor));
                } else {
                    ByteBuffer bytes = ByteBuffer.allocate((int) tensor.data().byteSize());
                    bytes.put(tensor.data().asByteBuffer());
                    parts.tensor(tensor.name(), tensor.format().name(), tensor.shape(), bytes);
                    values.tensor(tensor.name(), tensor.format().name(), tensor.shape(), bytes);
                }
            }
        }
        also.accept(parts);
        parts.write(packed);
        values.write(expanded);
        ObjectMapper json = new ObjectMapper();
        Path config = TinyLlama.folder().resolve("config.json");
        Files.copy(config, expanded.resolve("config.json"));
        ObjectNode root = (ObjectNode) json.readTree(config.toFile());
        ObjectNode section = root.putObject("quantization_config")
                .put("quant_method", layout == Int4Layout.AWQ ? "awq" : "gptq")
                .put("bits", 4)
                .put("group_size", GROUP);
        if (layout == Int4Layout.GPTQ_V2) {
            section.put("checkpoint_format", "gptq_v2");
        }
        json.writeValue(packed.resolve("config.json").toFile(), root);
    }

    /** Each group's range in fifteen steps, its zero point the code nearest to zero. */
    private static Layer quantized(Tensor tensor) {
        int outputs = (int) tensor.rows();
        int inputs = (int) tensor.columns();
        Layer layer = new Layer(
                new int[inputs][outputs], new int[inputs / GROUP][outputs], new float[inputs / GROUP][outputs]);
        float[] row = new float[inputs];
        for (int n = 0; n < outputs; n++) {
            BlockDecoder.decode(
                    tensor.format(), tensor.data(), n * tensor.format().bytes(inputs), row, 0, inputs);
            for (int g = 0; g < inputs / GROUP; g++) {
                float least = 0;
                float most = 0;
                for (int i = g * GROUP; i < (g + 1) * GROUP; i++) {
                    least = Math.min(least, row[i]);
                    most = Math.max(most, row[i]);
                }
                float scale = Float.float16ToFloat(Float.floatToFloat16((most - least) / 15));
                int zero = Math.clamp(Math.round(-least / scale), 1, 15);
                layer.scales()[g][n] = scale;
                layer.zeros()[g][n] = zero;
                for (int i = g * GROUP; i < (g + 1) * GROUP; i++) {
                    layer.codes()[i][n] = Math.clamp(Math.round(row[i] / scale) + zero, 0, 15);
                    assertTrue(Math.abs(layer.value(n, i) - row[i]) < 1.6f * scale, "a code is near its value");
                }
            }
        }
        return layer;
    }

    private static ByteBuffer values(Layer layer, Tensor tensor) {
        ByteBuffer values = ByteBuffer.allocate((int) (4 * tensor.rows() * tensor.columns()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int n = 0; n < tensor.rows(); n++) {
            for (int i = 0; i < tensor.columns(); i++) {
                values.putFloat(layer.value(n, i));
            }
        }
        return values;
    }
}
