package dev.quire.server.options;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How models are fetched from the Hugging Face hub.
 *
 * @param endpoint address of the hub; this and the others absent for what the surroundings say
 * @param token access token, for private and gated models
 * @param home cache shared with the Hugging Face tools
 * @param downloadDir where models are kept instead of the cache under {@code home}
 */
public record HubOptions(
        Optional<URI> endpoint, Optional<String> token, Optional<Path> home, Optional<Path> downloadDir) {
    static final Option<URI> ENDPOINT = Option.of(
                    "hf-endpoint",
                    OptionType.ADDRESS,
                    "Address of the Hugging Face hub or a mirror of it. Default: `https://huggingface.co`.")
            .alsoFrom("HF_ENDPOINT");
    static final Option<String> TOKEN = Option.of(
                    "hf-token", OptionType.TEXT, "Access token of the hub, for private and gated models.")
            .alsoFrom("HF_TOKEN");
    static final Option<Path> HOME = Option.of(
                    "hf-home",
                    OptionType.PATH,
                    "Folder of the Hugging Face cache. Default: `.cache/huggingface` in the home folder.")
            .alsoFrom("HF_HOME");
    static final Option<Path> DOWNLOAD_DIR = Option.of(
            "download-dir", OptionType.PATH, "Folder for downloaded models. Default: `hub` in the Hugging Face cache.");

    static final List<Option<?>> OPTIONS = List.of(ENDPOINT, TOKEN, HOME, DOWNLOAD_DIR);

    static HubOptions of(OptionValues values) {
        return new HubOptions(values.find(ENDPOINT), values.find(TOKEN), values.find(HOME), values.find(DOWNLOAD_DIR));
    }

    /** Hides the token. */
    @Override
    public String toString() {
        return "HubOptions[endpoint=%s, token=%s, home=%s, downloadDir=%s]"
                .formatted(endpoint, token.map(secret -> "***"), home, downloadDir);
    }
}
