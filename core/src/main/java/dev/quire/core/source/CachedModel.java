package dev.quire.core.source;

import java.nio.file.Path;

/**
 * A model that was downloaded before.
 *
 * @param reference what to pass to {@link ModelSource#resolve}
 * @param path its folder or file
 * @param bytes what it takes on disk
 */
public record CachedModel(String reference, Path path, long bytes) {}
