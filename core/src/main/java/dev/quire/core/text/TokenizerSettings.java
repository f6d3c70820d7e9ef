package dev.quire.core.text;

import java.util.List;
import java.util.Map;

/**
 * What stands around a tokenizer's rules.
 *
 * @param names special tokens by role ({@code bos_token}, {@code eos_token}, {@code pad_token}, …) and their spellings
 * @param eosIds ids that end a generation, beyond {@code eos_token}
 * @param specials spellings of further special tokens
 * @param templates chat templates by name; the one that applies unless another is asked for is {@code default}
 */
record TokenizerSettings(
        Map<String, String> names, List<Integer> eosIds, List<String> specials, Map<String, String> templates) {
    static final String DEFAULT_TEMPLATE = "default";

    TokenizerSettings {
        names = Map.copyOf(names);
        eosIds = List.copyOf(eosIds);
        specials = List.copyOf(specials);
        templates = Map.copyOf(templates);
    }
}
