package dev.quire.server.launch;

import dev.quire.api.AttentionBackend;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.KitModelProvider;
import dev.quire.conformance.models.OpenModel;
import dev.quire.core.llm.ForwardModel;
import dev.quire.core.llm.LlmOptions;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import java.nio.file.Path;

/** SmolLM2-135M-Instruct for the conformance kit: its weights decoded and rounded to bfloat16, as its published hashes say. */
public final class SmolLm2KitModel implements KitModelProvider {
    @Override
    public String name() {
        return "smollm2";
    }

    @Override
    public OpenModel open(Path files) {
        LlmOptions options = LlmOptions.of(files.toString());
        LlmOptions plain =
                options.with(options.model().withDType(WeightDType.BFLOAT16).withQuantization(Quantization.NONE));
        try (AttentionBackend bits = new BitsBackend()) {
            ForwardModel model = ForwardModel.open(plain, bits.info());
            return new OpenModel(new KitModel(name(), model.program(), model.cache(), model.weights()), model::close);
        }
    }
}
