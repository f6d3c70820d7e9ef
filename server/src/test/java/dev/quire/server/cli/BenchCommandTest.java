package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark on a tiny model: what its report holds, never how fast anything was. */
class BenchCommandTest {
    private static final Path MODEL = Path.of("..", "core", "src", "test", "resources", "models", "tiny-llama");
    private static final String CONFIG = MODEL.resolve("config.json").toString();

    @TempDir
    Path folder;

    @Test
    void stepsOfTwoBackendsComeFromOneRunWithTheSpeedOfEach() throws IOException {
        JsonObject report =
                report("--model %s --backend cpu --against cpu --batch 1,2 --prefill 8 --prefix 40", CONFIG);
        assertEquals("steps", report.getString("mode"));
        List<JsonObject> steps = rows(report.getJsonArray("steps"));
        assertEquals(3, steps.size());
        for (JsonObject step : steps) {
            double first = step.getDouble("cpu fast_seconds");
            double again = step.getDouble("cpu fast again_seconds");
            assertEquals(first / again, step.getDouble("cpu fast again_speed"), 1e-9);
        }
        double two = steps.get(1).getDouble("cpu fast_seconds");
        assertEquals(2 / two, steps.get(1).getDouble("cpu fast_tokens_per_second"), 1e-6);
        JsonObject prefix = report.getJsonArray("prefix").getJsonObject(0);
        assertEquals(40, prefix.getInteger("prompt_tokens"));
        assertEquals(
                prefix.getDouble("cached_seconds") / prefix.getDouble("uncached_seconds"),
                prefix.getDouble("ratio"),
                1e-9);
    }

    @Test
    void aSettingThatIsGivenTwiceIsRefused() {
        CommandRun ran = CommandRun.of(
                "bench", "--model", CONFIG, "--backend-option", "kernels=lanes", "--backend-option", "kernels=tiles");
        assertTrue(ran.status() != 0, ran.out());
        String cause = "--backend-option is 'kernels=lanes,kernels=tiles'; give each name once, not 'kernels' twice";
        assertTrue(ran.err().contains(cause), ran.err());
    }

    @Test
    void librariesAreUnpackedWhereTheEnvironmentSays() throws IOException, InterruptedException {
        CommandRun ran = CommandRun.apart(
                Map.of("XDG_CACHE_HOME", folder.toString()),
                List.of(
                        "bench",
                        "--model=" + CONFIG,
                        "--backend=cpu",
                        "--numerics=fast",
                        "--batch=1",
                        "--prefill=8",
                        "--prefix=16",
                        "--seconds=0",
                        "--no-limits"));
        assertEquals(0, ran.status(), ran.err());
        try (Stream<Path> files = Files.walk(folder.resolve("quire"))) {
            assertTrue(files.anyMatch(Files::isRegularFile), "nothing is unpacked under " + folder);
        }
    }

    @Test
    void aSettingOfASecondBackendReachesItAndNeedsItsName() {
        CommandRun nameless = CommandRun.of("bench", "--model", CONFIG, "--against-option", "kernels=lanes");
        assertTrue(nameless.status() != 0, nameless.out());
        assertTrue(nameless.err().contains("--against-option is 'kernels=lanes'"), nameless.err());
        CommandRun refused = CommandRun.of(
                "bench", "--model", CONFIG, "--backend", "cpu", "--against", "cpu", "--against-option", "nothing=1");
        assertTrue(refused.status() != 0, refused.out());
        assertTrue(refused.err().contains("nothing"), refused.err());
    }

    @Test
    void opsOfARealModelAddUpToOneHundredPercentOnEachBackend() throws IOException {
        JsonObject report =
                report("ops --model %s --backend cpu --against cpu --batch 2 --context 20 --prefill 8", MODEL);
        for (String step : List.of("decode_batch_2_context_20", "prefill_8_tokens")) {
            List<JsonObject> ops = rows(report.getJsonArray(step));
            JsonObject whole = ops.removeLast();
            assertEquals("step", whole.getString("op"));
            assertEquals("Sample", ops.getLast().getString("op"));
            for (String backend : List.of("cpu", "cpu again")) {
                double shares = ops.stream()
                        .mapToDouble(op -> op.getDouble(backend + "_of_ops"))
                        .sum();
                assertEquals(1, shares, 1e-9, backend);
            }
            assertTrue(ops.stream().allMatch(op -> op.getDouble("bytes") > 0), ops.toString());
            assertTrue(ops.stream().anyMatch(op -> op.getString("op").equals("Attend")), ops.toString());
        }
    }

    @Test
    void opsOfAMixtureOfExpertsRunOnMadeInputs() throws IOException {
        Path config = folder.resolve("config.json");
        Files.writeString(config, """
                {"architectures": ["MixtralForCausalLM"], "vocab_size": 64, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
                 "num_attention_heads": 2, "num_key_value_heads": 1, "num_local_experts": 4, "num_experts_per_tok": 2,
                 "max_position_embeddings": 128, "rms_norm_eps": 1e-5}""");
        JsonObject report = report(
                "ops --load-format dummy --dummy-weights q4_0 --model %s --backend cpu --batch 2 --context 20 --prefill 8",
                config);
        List<JsonObject> ops = rows(report.getJsonArray("prefill_8_tokens"));
        JsonObject experts = ops.stream()
                .filter(op -> op.getString("op").equals("ExpertLinear"))
                .findFirst()
                .orElseThrow();
        assertTrue(experts.getString("shape").endsWith("Q4_0"), experts.encode());
        assertTrue(experts.getDouble("cpu_seconds") > 0, experts.encode());
    }

    @Test
    void throughputCountsTheTraceAndDividesByItsTime() throws IOException {
        Path trace = folder.resolve("trace.jsonl");
        JsonObject report = report(
                "throughput --model %s --backend cpu --against cpu --trace parallel --num-prompts 5 --trace-max-len 48 --rounds 2 --save-trace %s",
                MODEL, trace);
        List<JsonObject> lines =
                Files.readAllLines(trace).stream().map(JsonObject::new).toList();
        int outputs = lines.stream()
                .mapToInt(line -> line.getInteger("max_tokens") * line.getInteger("n"))
                .sum();
        List<JsonObject> rows = rows(report.getJsonArray("throughput"));
        assertEquals(2, rows.size());
        for (JsonObject row : rows) {
            double seconds = row.getDouble("seconds");
            assertEquals(2, row.getInteger("rounds"));
            assertEquals(5 / seconds, row.getDouble("requests_per_second"), 1e-6);
            assertEquals(outputs / seconds, row.getDouble("output_tokens_per_second"), 1e-6);
            assertEquals(rows.getFirst().getDouble("seconds") / seconds, row.getDouble("speed"), 1e-9);
        }
        JsonObject again = report("throughput --model %s --backend cpu --trace %s --rounds 1", MODEL, trace);
        assertEquals(
                report.getJsonObject("facts").getString("tokens"),
                again.getJsonObject("facts").getString("tokens"));
    }

    @Test
    void aTraceCanBeSavedAndNotRun() throws IOException {
        Path trace = folder.resolve("only.jsonl");
        CommandRun ran = run(
                "throughput --model %s --backend cpu --threads 1 --num-prompts 7 --trace-only --save-trace %s",
                MODEL, trace);
        assertEquals(0, ran.status(), ran.err());
        assertTrue(ran.out().strip().endsWith("seed 0: 7 requests"), ran.out());
        assertEquals(7, Files.readAllLines(trace).size());
    }

    @Test
    void roundsDoNotFindEachOthersPrefixesAndRequestsOfOneRoundDo() throws IOException {
        JsonObject apart = report(
                "throughput --model %s --backend cpu --trace alpaca --num-prompts 4 --trace-max-len 100 --rounds 3",
                MODEL);
        assertEquals(0, apart.getJsonArray("throughput").getJsonObject(0).getInteger("prefix_hits"));
        JsonObject shared = report(
                "throughput --model %s --backend cpu --trace shared-prefix --num-prompts 12 --trace-max-len 120 --rounds 1 --max-num-seqs 2",
                MODEL);
        assertTrue(shared.getJsonArray("throughput").getJsonObject(0).getInteger("prefix_hits") > 0, shared.encode());
    }

    @Test
    void latencyIsThatOfFirstTokensAndOfTheRest() throws IOException {
        JsonObject report = report(
                "latency --model %s --load-format dummy --backend cpu --batch-size 3 --input-len 12 --output-len 6 --rounds 1",
                CONFIG);
        JsonObject row = report.getJsonArray("latency").getJsonObject(0);
        double rest = row.getDouble("seconds") - row.getDouble("first_token_seconds");
        assertEquals(rest / 5, row.getDouble("per_output_token_seconds"), 1e-9);
        assertEquals(1, row.getInteger("speed"));
    }

    @Test
    void theEngineThreadAllocatesNoMoreForEachTokenThanIsSaid() throws IOException {
        List<Double> bytes = new ArrayList<>();
        do { // code that the JVM has not compiled yet allocates more
            JsonObject report = report(
                    "latency --model %s --load-format dummy --backend cpu --batch-size 16 --input-len 4 --output-len 80 --rounds 3",
                    CONFIG);
            bytes.add(report.getJsonArray("latency").getJsonObject(0).getDouble("allocated_bytes_per_token"));
        } while (bytes.getLast() >= 3000 && bytes.size() < 10);
        assertTrue(bytes.getLast() > 0 && bytes.getLast() < 3000, "docs/bench.md says at most 3000 bytes: " + bytes);
    }

    @Test
    void streamsAreTimedBesideTheEngineAlone() throws IOException {
        Path json = folder.resolve("streams.json");
        CommandRun ran = run(
                "streams --model %s --backend cpu --threads 1 --kv-cache-memory-bytes 16MiB --num-prompts 5 --trace parallel --trace-max-len 48 --rounds 1 --json %s",
                MODEL, json);
        assertEquals(0, ran.status(), ran.err());
        JsonObject report = new JsonObject(Files.readString(json));
        List<JsonObject> rows = rows(report.getJsonArray("streams"));
        assertEquals(2, rows.size());
        double engine = rows.get(0).getDouble("seconds");
        double streams = rows.get(1).getDouble("seconds");
        assertEquals("5 streams", rows.get(1).getString("way"));
        assertEquals(streams / engine - 1, rows.get(1).getDouble("cost"), 1e-9);
        double client = rows.get(1).getDouble("client_share");
        assertTrue(client > 0 && client < 1, rows.toString());
        assertEquals(streams * (1 - client) / engine - 1, rows.get(1).getDouble("cost_without_client"), 1e-9);
    }

    @Test
    void aServerIsStartedAskedAndStopped() throws IOException {
        Path json = folder.resolve("startup.json");
        CommandRun ran = run(
                "startup --rounds 1 --json %s -- --model %s --backend cpu --threads 1 --kv-cache-memory-bytes 16MiB",
                json, MODEL);
        assertEquals(0, ran.status(), ran.err());
        List<JsonObject> rows = rows(new JsonObject(Files.readString(json)).getJsonArray("startup"));
        assertEquals(3, rows.size());
        assertTrue(rows.get(2).getDouble("seconds") > rows.get(1).getDouble("seconds"), rows.toString());
    }

    @Test
    void aServerThatDoesNotStartIsQuoted() {
        CommandRun ran = run("startup --rounds 1 -- --model no-such-folder/model.gguf");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("the server did not start: "), ran.err());
    }

    @Test
    void ratesThatAreNoneAreRefused() {
        CommandRun ran = run("serve --request-rate many");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("--request-rate has 'many'; give numbers greater than 0, or inf"), ran.err());
    }

    @Test
    void aTraceThatDoesNotFitTheModelIsRefused() {
        CommandRun ran =
                run("latency --model %s --load-format dummy --backend cpu --no-limits --input-len 1000000", CONFIG);
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(
                ran.err().contains("the trace has a sequence of 1000128 tokens, but the model takes at most"),
                ran.err());
    }

    @Test
    void aShapeThatIsNotThereIsRefusedWithThoseThatAre() {
        CommandRun ran = run("ops --load-format dummy --model colossus --backend cpu");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("no shape 'colossus'. Shapes: smollm2-135m, llama-3.2-1b"), ran.err());
    }

    @Test
    void aBackendThatIsNotThereIsRefusedWithThoseThatAre() {
        CommandRun ran = run("--backend abacus");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("No backend 'abacus' is installed. Available: cpu"), ran.err());
    }

    @Test
    void numericsThatAreNoneNameTheChoices() {
        CommandRun ran = run("--numerics exact");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("--numerics is 'exact'; give fast, reproducible"), ran.err());
    }

    /** Runs a benchmark with no effort at all, and reads its JSON; the page must be there, too. */
    private JsonObject report(String line, Object... values) throws IOException {
        Path json = folder.resolve("report.json");
        Path html = folder.resolve("report.html");
        List<Object> all = new ArrayList<>(List.of(values));
        all.addAll(List.of(json, html));
        CommandRun ran = run(line + " --threads 1 --no-limits --seconds 0 --json %s --html %s", all.toArray());
        assertEquals(0, ran.status(), ran.out() + ran.err());
        assertTrue(Files.readString(html).endsWith("</html>\n"));
        return new JsonObject(Files.readString(json));
    }

    /** Runs {@code quire bench} with the words of a line, in which each {@code %s} is the next value. */
    private static CommandRun run(String line, Object... values) {
        Iterator<Object> each = List.of(values).iterator();
        return CommandRun.of(Stream.of(("bench " + line).split(" "))
                .map(word -> word.equals("%s") ? each.next().toString() : word)
                .toArray(String[]::new));
    }

    private static List<JsonObject> rows(JsonArray array) {
        List<JsonObject> rows = new ArrayList<>();
        array.forEach(row -> rows.add((JsonObject) row));
        return rows;
    }
}
