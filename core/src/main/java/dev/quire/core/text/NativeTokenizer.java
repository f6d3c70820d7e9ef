package dev.quire.core.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.stream.IntStream;

/**
 * One tokenizer of the native Hugging Face library, built from a {@code tokenizer.json} document and freed when it is no longer reachable.
 * Safe for many threads: the library only reads a tokenizer after its construction.
 */
final class NativeTokenizer {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final String FLAVOR = "RUST_FLAVOR";

    private final TokenizersLibrary library;
    private final long handle;

    /** @param source what the document is called in messages */
    NativeTokenizer(String document, String source) {
        load();
        library = TokenizersLibrary.LIB;
        try {
            handle = library.createTokenizerFromString(document);
        } catch (RuntimeException e) {
            throw new TokenizerException(
                    source + " is refused by the tokenizers library: " + e.getMessage()
                            + ". Download it again; if it is whole, it is newer than this version of Quire.",
                    e);
        }
        CLEANER.register(this, new Release(library, handle));
        library.disableTruncation(handle);
        library.disablePadding(handle);
    }

    /** The library is chosen by the machine's GPU unless a flavor is named; only the cpu flavor lies in the jar, any other is downloaded. */
    private static synchronized void load() {
        boolean unset = System.getProperty(FLAVOR) == null;
        if (unset) {
            System.setProperty(FLAVOR, "cpu");
        }
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new TokenizerException(
                    "The native tokenizers library does not load on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + ": " + e.getMessage()
                            + ". It is unpacked to ~/.djl.ai, or to the folder named by ENGINE_CACHE_DIR: see that it is writable and allows"
                            + " execution. Platforms: linux-x86_64, linux-aarch64, osx-aarch64, win-x86_64.",
                    e);
        } finally {
            if (unset) {
                System.clearProperty(FLAVOR);
            }
        }
    }

    int[] encode(String text, boolean addSpecial) {
        try {
            long encoding = library.encode(handle, WellFormed.of(text), addSpecial);
            try {
                long[] ids = library.getTokenIds(encoding);
                return IntStream.range(0, ids.length).map(i -> (int) ids[i]).toArray();
            } finally {
                library.deleteEncoding(encoding);
            }
        } catch (RuntimeException e) {
            throw new TokenizerException(
                    "The tokenizer cannot encode a text of " + text.length() + " characters: " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The text of the ids, special tokens shown, by the tokenizer's own decoder. @param ids each in the vocabulary */
    String decode(int[] ids) {
        try {
            return library.decode(handle, IntStream.of(ids).asLongStream().toArray(), false);
        } catch (RuntimeException e) {
            throw new TokenizerException("The tokenizer cannot decode " + ids.length + " ids: " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private record Release(TokenizersLibrary library, long handle) implements Runnable {
        @Override
        public void run() {
            library.deleteTokenizer(handle);
        }
    }
}
