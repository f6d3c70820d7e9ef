package dev.quire.server.cli;

import dev.quire.core.llm.Llm;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.TextEvent;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.template.ChatTemplate;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A conversation in the terminal. */
@Command(
        name = "chat",
        description =
                "Talks with a model in the terminal. /reset forgets the conversation, /exit or Ctrl-D ends it, Ctrl-C stops an answer.",
        mixinStandardHelpOptions = true)
final class ChatCommand extends OptionsCommand {
    @Option(names = "--system", description = "A system turn to begin with.")
    private String system;

    @Option(names = "--temperature", defaultValue = "0.7", description = "0 for greedy. Default: ${DEFAULT-VALUE}.")
    private float temperature;

    @Option(
            names = "--max-tokens",
            defaultValue = "1024",
            description = "Tokens of an answer at most. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    ChatCommand(Map<String, String> environment) {
        super(environment, ENGINE);
    }

    @Override
    public Integer call() throws IOException {
        try (Llm llm = launcher(options()).load(report());
                Terminal terminal =
                        TerminalBuilder.builder().system(true).dumb(true).build()) {
            ChatTemplate template = llm.chatTemplate()
                    .orElseThrow(
                            () -> new IllegalArgumentException("The model has no chat template; use quire generate."));
            talk(llm, template, terminal);
        }
        return 0;
    }

    private void talk(Llm llm, ChatTemplate template, Terminal terminal) {
        LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
        List<Map<String, Object>> turns = opening();
        while (true) {
            String line;
            try {
                line = reader.readLine("> ");
            } catch (UserInterruptException | EndOfFileException end) {
                return;
            }
            switch (line.strip()) {
                case "" -> {}
                case "/exit" -> {
                    return;
                }
                case "/reset" -> turns = opening();
                default -> {
                    turns.add(Map.of("role", "user", "content", line));
                    turns.add(Map.of("role", "assistant", "content", answer(llm, template, turns, terminal)));
                }
            }
        }
    }

    private List<Map<String, Object>> opening() {
        List<Map<String, Object>> turns = new ArrayList<>();
        Optional.ofNullable(system).ifPresent(text -> turns.add(Map.of("role", "system", "content", text)));
        return turns;
    }

    private String answer(Llm llm, ChatTemplate template, List<Map<String, Object>> turns, Terminal terminal) {
        Map<String, Object> context = new HashMap<>(llm.tokenizer().specialTokens());
        context.put("messages", turns);
        context.put("add_generation_prompt", true);
        int[] prompt = llm.tokenizer().encode(template.render(context), SpecialTokens.PARSE);
        SamplingParams sampling = SamplingParams.builder()
                .temperature(temperature)
                .maxTokens(maxTokens)
                .build();
        StringBuilder text = new StringBuilder();
        CountDownLatch end = new CountDownLatch(1);
        PrintWriter out = terminal.writer();
        var generation = llm.submit(GenerationRequest.of("chat", prompt, sampling), event -> {
            switch (event) {
                case TextEvent.Delta delta -> {
                    text.append(delta.text());
                    out.print(delta.text());
                    out.flush();
                }
                case TextEvent.Refused(var refusal) -> out.println(refusal.message());
                case TextEvent.Failed(String message) -> out.println(message);
                case TextEvent.PromptScored scored -> {}
                case TextEvent.ChoiceFinished finished -> {}
                case TextEvent.Completed completed -> {}
            }
            if (event instanceof TextEvent.Completed
                    || event instanceof TextEvent.Refused
                    || event instanceof TextEvent.Failed) {
                end.countDown();
            }
        });
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> generation.cancel());
        try {
            end.await();
        } catch (InterruptedException e) {
            generation.cancel();
            Thread.currentThread().interrupt();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
        out.println();
        out.flush();
        return text.toString();
    }
}
