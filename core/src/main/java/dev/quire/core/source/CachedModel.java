package dev.quire.core.source;

import java.nio.file.Path;

/**
 * A model that needs no network.
 *
 * @param reference what to pass to {@link ModelSource#resolve}
 * @param path its folder or file; of a model on the class path, where it lies once it has been used
 * @param bytes what it takes on disk
 */
public record CachedModel(String reference, Path path, long bytes) {}
