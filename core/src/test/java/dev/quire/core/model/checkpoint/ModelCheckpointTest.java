package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.testing.TinyLlamaGguf;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit together is refused, and the message names it. */
class ModelCheckpointTest {
    @TempDir
    Path temporary;

    @Test
    void aTensorThatTheProgramDoesNotReadIsNamed() throws Exception {
        Path file =
                new TinyLlamaGguf().vector("blk.0.attn_surprise.weight", 1, 2).write(temporary.resolve("m.gguf"));
        assertTrue(refusal(file).contains("not used by the model: blk.0.attn_surprise.weight"), refusal(file));
    }

    @Test
    void aTensorThatIsMissingIsNamed() throws Exception {
        Path file = new TinyLlamaGguf().without("blk.1.ffn_norm.weight").write(temporary.resolve("m.gguf"));
        assertTrue(refusal(file).contains("missing: blk.1.ffn_norm.weight"), refusal(file));
    }

    @Test
    void oldRotaryBuffersMayBeLeftOver() throws Exception {
        Path file = new TinyLlamaGguf()
                .vector("model.layers.0.self_attn.rotary_emb.inv_freq", 1, 2)
                .write(temporary.resolve("m.gguf"));
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofGguf(Gguf.open(file))) {
            define(checkpoint);
        }
    }

    @Test
    void aGgufFileOfAnUnknownFamilyListsTheKnownOnes() throws Exception {
        Path file = new TinyLlamaGguf().text("general.architecture", "mamba").write(temporary.resolve("m.gguf"));
        String message = refusedConfig(file);
        assertTrue(message.contains("'mamba'") && message.contains("llama, phi3"), message);
    }

    @Test
    void expertsThatAGgufFileLacksAreNamed() throws Exception {
        Path file = new TinyLlamaGguf()
                .number("llama.expert_count", 8)
                .number("llama.expert_used_count", 2)
                .write(temporary.resolve("m.gguf"));
        String message = refusal(file);
        assertTrue(message.contains("missing: ") && message.contains("blk.0.ffn_gate_inp.weight"), message);
        assertTrue(message.contains("not used by the model: ") && message.contains("blk.0.ffn_gate.weight"), message);
    }

    @Test
    void aGgufFileThatChoosesAmongNoExpertsIsRefused() throws Exception {
        Path file = new TinyLlamaGguf().number("llama.expert_used_count", 2).write(temporary.resolve("m.gguf"));
        assertTrue(refusedConfig(file).contains("llama.expert_used_count is 2"), refusedConfig(file));
    }

    @Test
    void aKeyOfAGgufFileThatNobodyUnderstandsIsNamed() throws Exception {
        Path file = new TinyLlamaGguf().real("llama.logit_scale", 0.5f).write(temporary.resolve("m.gguf"));
        assertTrue(refusedConfig(file).contains("[llama.logit_scale] would be ignored"), refusedConfig(file));
    }

    @Test
    void aGgufFileWithAnotherRotaryScalingIsRefused() throws Exception {
        Path file =
                new TinyLlamaGguf().text("llama.rope.scaling.type", "spiral").write(temporary.resolve("m.gguf"));
        assertTrue(refusedConfig(file).contains("spiral"), refusedConfig(file));
    }

    @Test
    void rotaryFactorsOfAGgufFileDivideTheFrequencies() throws Exception {
        Path file = new TinyLlamaGguf()
                .vector("rope_freqs.weight", 1, 1, 1, 1, 2, 4, 8, 8)
                .write(temporary.resolve("m.gguf"));
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofGguf(Gguf.open(file))) {
            Architecture.Definition scaled = define(checkpoint);
            List<Double> frequencies = scaled.forward().ops().stream()
                    .filter(Op.Rope.class::isInstance)
                    .map(op -> ((Op.Rope) op).rotary().inverseFrequencies())
                    .findFirst()
                    .orElseThrow();
            assertEquals(1.0, frequencies.get(0));
            assertEquals(Math.pow(10_000, -14.0 / 16) / 8, frequencies.get(7), 1e-12);
        }
    }

    @Test
    void aFolderWithoutConfigSaysWhatAModelFolderHolds() {
        String message = assertThrows(ModelConfigException.class, () -> ModelCheckpoint.ofFolder(temporary))
                .getMessage();
        assertTrue(message.contains("no config.json"), message);
    }

    @Test
    void aBrokenConfigIsNamed() throws Exception {
        Path file = Files.writeString(temporary.resolve("config.json"), "[1, 2]");
        String message = assertThrows(ModelConfigException.class, () -> ModelCheckpoint.ofFolder(temporary))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
    }

    @Test
    void anUnknownArchitectureListsTheKnownOnes() throws Exception {
        String config = Files.readString(TinyLlama.folder().resolve("config.json"));
        Files.writeString(temporary.resolve("config.json"), config.replace("LlamaForCausalLM", "MambaForCausalLM"));
        Files.copy(TinyLlama.folder().resolve("model.safetensors"), temporary.resolve("model.safetensors"));
        String message = assertThrows(ModelConfigException.class, () -> ModelCheckpoint.ofFolder(temporary))
                .getMessage();
        assertTrue(message.contains("MambaForCausalLM") && message.contains("LlamaForCausalLM"), message);
        assertTrue(message.contains("docs/add-a-model.md"), message);
    }

    private static String refusal(Path file) {
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofGguf(Gguf.open(file))) {
            return assertThrows(WeightFormatException.class, () -> define(checkpoint))
                    .getMessage();
        }
    }

    private static String refusedConfig(Path file) throws IOException {
        try (Gguf gguf = Gguf.open(file)) {
            return assertThrows(ModelConfigException.class, () -> ModelCheckpoint.ofGguf(gguf))
                    .getMessage();
        }
    }

    private static Architecture.Definition define(ModelCheckpoint checkpoint) {
        var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.AUTO, Quantization.AUTO);
        return checkpoint.define(formats, new Architecture.Serving(DType.F32, 16, OptionalInt.empty()));
    }
}
