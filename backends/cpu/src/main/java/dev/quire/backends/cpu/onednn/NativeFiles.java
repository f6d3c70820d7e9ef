package dev.quire.backends.cpu.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Unpacks native libraries from the class path into a cache folder. A set of files lies in a folder named by their sizes and
 * checksums and appears there by one atomic rename, so processes that start together share it and never see half a file.
 */
public final class NativeFiles {
    private NativeFiles() {}

    /**
     * The folder that holds the named resources, unpacked now or before.
     *
     * @param resourceFolder folder on the class path, ending with a slash
     * @param names files in it
     * @param cache folder under which the unpacked ones are kept; made for its owner alone if it is not there
     * @throws IOException if a resource cannot be read, or the cache cannot be written or belongs to someone else
     */
    public static Path unpack(ClassLoader loader, String resourceFolder, List<String> names, Path cache)
            throws IOException {
        StringBuilder key = new StringBuilder("native");
        for (String name : names) {
            URLConnection resource = find(loader, resourceFolder + name).openConnection();
            long mark =
                    resource instanceof JarURLConnection jar ? jar.getJarEntry().getCrc() : resource.getLastModified();
            key.append('-')
                    .append(Long.toHexString(resource.getContentLengthLong()))
                    .append('-')
                    .append(Long.toHexString(mark));
        }
        makeOwn(cache);
        Path target = cache.resolve(key.toString());
        if (!Files.isDirectory(target)) {
            unpackTo(target, loader, resourceFolder, names, cache);
        }
        return target;
    }

    private static URL find(ClassLoader loader, String resource) throws IOException {
        URL url = loader.getResource(resource);
        if (url == null) {
            throw new IOException("no resource " + resource + " on the class path");
        }
        return url;
    }

    /** Whoever can write here decides what code we run. */
    private static void makeOwn(Path cache) throws IOException {
        if (!Files.isDirectory(cache)) {
            Files.createDirectories(
                    cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path own = Files.createTempFile(cache, "owner-", "");
        boolean ours = Files.getOwner(own).equals(Files.getOwner(cache));
        Files.delete(own);
        if (!ours) {
            throw new IOException("the cache folder " + cache + " belongs to " + Files.getOwner(cache)
                    + "; native code is only loaded from a folder of one's own");
        }
    }

    private static void unpackTo(Path target, ClassLoader loader, String resourceFolder, List<String> names, Path cache)
            throws IOException {
        Path staging = Files.createTempDirectory(cache, "unpacking-");
        try {
            for (String name : names) {
                try (InputStream in = find(loader, resourceFolder + name).openStream()) {
                    Files.copy(in, staging.resolve(name));
                }
            }
            rename(staging, target);
        } finally {
            for (String name : names) {
                Files.deleteIfExists(staging.resolve(name));
            }
            Files.deleteIfExists(staging);
        }
    }

    /** Another process may put the same folder there first; either is good. */
    private static void rename(Path staging, Path target) throws IOException {
        try {
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }
}
