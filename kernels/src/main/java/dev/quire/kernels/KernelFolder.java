package dev.quire.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sources among the class path's resources. A folder's {@code index} names its files, since a class path cannot be listed. */
final class KernelFolder {
    private static final String INCLUDES = "include";
    private static final Pattern INCLUDE = Pattern.compile("\\s*#\\s*include\\s*\"([^\"]*)\".*");

    private final String root;

    /** @param root absolute name of the resource folder */
    KernelFolder(String root) {
        this.root = root;
    }

    KernelSource find(KernelFamily family, String name) {
        return source(family, name, "");
    }

    /** A kernel behind lines that define something. */
    KernelSource find(KernelFamily family, String name, String beginning) {
        return source(family, name, beginning);
    }

    /** A portable kernel behind its dialect's prelude. */
    KernelSource find(String name, Dialect dialect) {
        return source(KernelFamily.PORTABLE, name, dialect.beginning());
    }

    private KernelSource source(KernelFamily family, String name, String beginning) {
        StringBuilder text = new StringBuilder();
        String source = beginning + file(family.folder(), name, "kernel");
        append(source, family + " kernel '" + name + "'", new HashSet<>(), text);
        String expanded = text.toString();
        return new KernelSource(family, name, expanded, Sha256.hex(expanded.getBytes(StandardCharsets.UTF_8)));
    }

    List<String> names(String folder) {
        return lines(folder + "/index");
    }

    /** Lines of a file that are not blank. */
    List<String> lines(String file) {
        return read(file).lines().filter(line -> !line.isBlank()).toList();
    }

    /** Appends {@code source}, with each included file where it is first named. */
    private void append(String source, String where, Set<String> included, StringBuilder text) {
        for (String line : source.lines().toList()) {
            Matcher include = INCLUDE.matcher(line);
            if (!include.matches()) {
                text.append(line).append('\n');
            } else if (included.add(include.group(1))) {
                String inner = include.group(1);
                append(file(INCLUDES, inner, "file included by " + where), "'" + inner + "'", included, text);
            }
        }
    }

    private String file(String folder, String name, String what) {
        List<String> known = names(folder);
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "no %s '%s' in %s/%s; known: %s".formatted(what, name, root, folder, known));
        }
        return read(folder + "/" + name);
    }

    private String read(String name) {
        try (InputStream in = KernelFolder.class.getResourceAsStream(root + "/" + name)) {
            if (in == null) {
                throw new IllegalStateException("resource %s/%s is not on the class path".formatted(root, name));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource %s/%s cannot be read".formatted(root, name), e);
        }
    }
}
