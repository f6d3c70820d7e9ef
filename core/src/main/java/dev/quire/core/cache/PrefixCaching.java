package dev.quire.core.cache;

/** Whether blocks keep their content for later prompts with the same beginning. */
public enum PrefixCaching {
    ON,
    OFF
}
