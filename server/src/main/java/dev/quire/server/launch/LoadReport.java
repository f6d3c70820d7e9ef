package dev.quire.server.launch;

import dev.quire.core.llm.LlmListener;
import java.io.PrintWriter;

/** Prints what an operator should know while a model loads. */
public final class LoadReport implements LlmListener {
    private final PrintWriter out;

    public LoadReport(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void notice(String sentence) {
        out.println(sentence);
        out.flush();
    }
}
