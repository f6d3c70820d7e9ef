package dev.quire.server.openai;

import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import dev.quire.core.text.template.ChatTemplate;
import dev.quire.core.text.template.TemplateException;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renders a conversation with a chat template and turns it into tokens. Takes a while: not for event loops. */
final class Conversation {
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;

    /** @param template for requests that bring none */
    Conversation(Tokenizer tokenizer, Optional<ChatTemplate> template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    Prompt read(JsonObject body) {
        boolean generate = Fields.flag(body, "add_generation_prompt", true);
        boolean resume = Fields.flag(body, "continue_final_message", false);
        if (generate && resume) {
            throw ApiException.badRequest(
                    "continue_final_message",
                    "continue_final_message and add_generation_prompt cannot both be true; set add_generation_prompt"
                            + " to false.");
        }
        List<Object> messages = Messages.read(body.getJsonArray("messages"));
        String text = render(body, context(body, messages, generate));
        if (resume) {
            text = openEnded(text, lastContent(messages));
        }
        SpecialTokens special =
                Fields.flag(body, "add_special_tokens", false) ? SpecialTokens.ADD : SpecialTokens.PARSE;
        return new Prompt(tokenizer.encode(text, special), text);
    }

    private Map<String, Object> context(JsonObject body, List<Object> messages, boolean generate) {
        Map<String, Object> context = new LinkedHashMap<>(tokenizer.specialTokens());
        context.put("messages", messages);
        context.put("tools", "none".equals(body.getValue("tool_choice")) ? null : given(body, "tools"));
        context.put("documents", given(body, "documents"));
        context.put("add_generation_prompt", generate);
        if (body.containsKey("reasoning_effort")) {
            context.put("reasoning_effort", body.getString("reasoning_effort"));
        }
        JsonObject further = body.getJsonObject("chat_template_kwargs", JsonObject.of());
        further.forEach(entry -> context.put(entry.getKey(), Messages.plain(entry.getValue())));
        return context;
    }

    private static Object given(JsonObject body, String name) {
        JsonArray list = body.getJsonArray(name);
        return list == null || list.isEmpty() ? null : Messages.plain(list);
    }

    private String render(JsonObject body, Map<String, Object> context) {
        try {
            return Optional.ofNullable(body.getString("chat_template"))
                    .map(ChatTemplate::parse)
                    .or(() -> template)
                    .orElseThrow(() -> ApiException.badRequest(
                            "messages",
                            "The model has no chat template. Start the server with --chat-template, send"
                                    + " chat_template, or use /v1/completions."))
                    .render(context);
        } catch (TemplateException e) {
            throw ApiException.badRequest(
                    "messages", e.kind() == TemplateException.Kind.RAISED ? e.detail() : e.getMessage());
        }
    }

    private static String lastContent(List<Object> messages) {
        return String.valueOf(((Map<?, ?>) messages.getLast()).get("content"));
    }

    /** The rendered text up to the end of the last message's content, so that the model goes on with it. */
    private static String openEnded(String text, String content) {
        int at = text.lastIndexOf(content.strip());
        if (at < 0) {
            throw ApiException.badRequest(
                    "continue_final_message",
                    "The chat template changes the last message, so that it cannot be continued. Leave"
                            + " continue_final_message out.");
        }
        int end = at + content.strip().length();
        return text.startsWith(content, at) ? text.substring(0, at + content.length()) : text.substring(0, end);
    }
}
