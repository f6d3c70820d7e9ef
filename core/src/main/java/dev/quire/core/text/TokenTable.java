package dev.quire.core.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Every id's spelling, bytes and kind. Any int may be asked about: an id that no token has is no token. */
final class TokenTable {
    private static final byte[] NO_BYTES = {};

    private final String[] pieces;
    private final byte[][] bytes;
    private final BitSet added = new BitSet();
    private final BitSet special = new BitSet();
    private final Map<String, Integer> ids;

    /** @param specialNames spellings that a model's configuration calls special, whatever the document says */
    TokenTable(TokenizerDocument document, Set<String> specialNames) {
        ids = new HashMap<>(document.vocabulary());
        document.added().forEach(token -> ids.put(token.content(), token.id()));
        int size = 0;
        for (var entry : ids.entrySet()) {
            if (entry.getValue() < 0 || entry.getValue() > 1 << 24) {
                throw new TokenizerException("The tokenizer gives '" + entry.getKey() + "' the id " + entry.getValue()
                        + "; ids lie in 0 to " + (1 << 24) + ".");
            }
            size = Math.max(size, entry.getValue() + 1);
        }
        pieces = new String[size];
        bytes = new byte[size][];
        document.vocabulary().forEach((piece, id) -> put(id, piece, document.decoding()));
        for (AddedToken token : document.added()) {
            put(token.id(), token.content(), document.decoding());
            added.set(token.id());
            special.set(token.id(), token.special());
        }
        specialNames.forEach(name -> idOf(name).ifPresent(special::set));
    }

    private void put(int id, String piece, PieceDecoding decoding) {
        pieces[id] = piece;
        bytes[id] = decoding.bytes(piece);
    }

    int size() {
        return pieces.length;
    }

    boolean has(int id) {
        return id >= 0 && id < pieces.length && pieces[id] != null;
    }

    Optional<String> piece(int id) {
        return has(id) ? Optional.of(pieces[id]) : Optional.empty();
    }

    /** Shared, not to be written to; empty where no token has the id. */
    byte[] bytes(int id) {
        return has(id) ? bytes[id] : NO_BYTES;
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    boolean isAdded(int id) {
        return id >= 0 && added.get(id);
    }

    OptionalInt idOf(String piece) {
        Integer id = ids.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
