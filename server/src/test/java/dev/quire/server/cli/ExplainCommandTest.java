package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quire explain} on a device that runs a model whole, and on one that does not. */
class ExplainCommandTest {
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final int HEAD = 512;

    @TempDir
    Path folder;

    @BeforeAll
    static void aDeviceIsThere() {
        DeviceBackends.assume(DeviceBackends.OPENCL);
    }

    @Test
    void aModelThatTheDeviceRunsWholeHasNoSplit() {
        CommandRun ran = explain("tiny");
        assertTrue(ran.out().contains("on opencl: OpenCL, driver "), ran.out());
        assertFalse(ran.out().contains("[cpu"), ran.out());
        assertFalse(ran.out().contains("segments a step"), ran.out());
    }

    @Test
    void headsThatAreTooLargeForTheDevicePutAttentionOnTheCpu() throws IOException {
        Path tiny = Path.of(ran("models", "path", "tiny").out().strip());
        JsonObject config = new JsonObject(Files.readString(tiny.resolve(CONFIG)));
        int factor = HEAD / config.getInteger("head_dim");
        Files.writeString(folder.resolve(CONFIG), config.put("head_dim", HEAD).encode());
        Files.copy(tiny.resolve(TOKENIZER), folder.resolve(TOKENIZER));
        widen(tiny.resolve(WEIGHTS), factor, folder.resolve(WEIGHTS));
        CommandRun ran = explain(folder.toString());
        assertTrue(ran.out().contains("[cpu: heads of 512 elements; the kernel takes at most 256]"), ran.out());
        assertTrue(ran.out().contains("[cpu: its cache group lives elsewhere, because Attend is refused"), ran.out());
        int layers = config.getInteger("num_hidden_layers");
        assertTrue(
                ran.out()
                        .contains(
                                "  %d segments a step; values that cross between backends, once each: %d to opencl, %d from it"
                                        .formatted(2 * layers + 1, layers, 3 * layers)),
                ran.out());
    }

    /** Writes the tensors of a safetensors file with heads that are {@code factor} times as large, all zeros. */
    private static void widen(Path from, int factor, Path to) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(from)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[Math.toIntExact(file.getLong())];
        file.get(header);
        JsonObject tensors = new JsonObject(new String(header, StandardCharsets.UTF_8));
        tensors.remove("__metadata__");
        long end = 0;
        for (String name : tensors.fieldNames()) {
            JsonObject tensor = tensors.getJsonObject(name);
            JsonArray offsets = tensor.getJsonArray("data_offsets");
            long bytes = offsets.getLong(1) - offsets.getLong(0);
            if (name.contains("self_attn")) {
                int side = name.contains("o_proj") ? 1 : 0;
                JsonArray shape = tensor.getJsonArray("shape");
                shape.set(side, factor * shape.getInteger(side));
                bytes *= factor;
            }
            tensor.put("data_offsets", JsonArray.of(end, end + bytes));
            end += bytes;
        }
        byte[] changed = tensors.encode().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(Long.BYTES + changed.length + end));
        all.order(ByteOrder.LITTLE_ENDIAN).putLong(changed.length).put(changed);
        Files.write(to, all.array());
    }

    private static CommandRun explain(String model) {
        return ran("explain", "--model", model, "--backend", "opencl", "--numerics", "reproducible");
    }

    private static CommandRun ran(String... args) {
        CommandRun ran = CommandRun.of(args);
        assertEquals(0, ran.status(), ran.err());
        return ran;
    }
}
