package dev.quire.conformance.models;

import java.nio.file.Path;

/** Opens a model that the kit carries golden data of, but not its weights. Found by {@link java.util.ServiceLoader}: the kit reads no formats itself. */
public interface KitModelProvider {
    /** As golden data call the model. */
    String name();

    /**
     * Opens it, its matrices and keys in BF16.
     *
     * @param files a folder or a file, as the user names it
     * @throws RuntimeException naming what is missing or damaged
     */
    OpenModel open(Path files);
}
