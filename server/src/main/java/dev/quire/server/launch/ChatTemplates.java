package dev.quire.server.launch;

import dev.quire.core.text.template.ChatTemplate;
import dev.quire.core.text.template.TemplateException;
import dev.quire.server.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads the {@code chat-template} option: Jinja text, or the path of a file that holds it. */
public final class ChatTemplates {
    private ChatTemplates() {}

    /** @throws OptionException if it is neither, or cannot be parsed */
    public static ChatTemplate read(String option) {
        String source = option.contains("{%") || option.contains("{{") ? option : file(option);
        try {
            return ChatTemplate.parse(source);
        } catch (TemplateException e) {
            throw new OptionException("chat-template cannot be used: %s".formatted(e.getMessage()));
        }
    }

    private static String file(String option) {
        try {
            return Files.readString(Path.of(option));
        } catch (IOException | InvalidPathException e) {
            throw new OptionException(
                    "chat-template is '%s', which is neither Jinja text nor a file that can be read: %s."
                            .formatted(option, e));
        }
    }
}
