package dev.quire.backends.cpu.attention;

import java.util.Arrays;

/**
 * How a step's attention is cut into work, made once per step and used by every layer of the same shape. A tile is a run of queries of one
 * sequence times the query heads of one KV head; it walks the segments that any of its rows sees. All (tile, segment) pairs in a line are cut
 * into one span per part, equal in cost, which is that of the tokens that are seen. A tile that lies in several spans keeps the partial results of all
 * but the first, to be merged afterwards. Where the cuts fall never changes a result. Arrays grow to the largest step and stay. One thread prepares, any number read.
 */
public final class AttentionPlan {
    /** Rows of a tile: enough that keys are loaded seldom, few enough that scores stay in the second-level cache. */
    private static final int TILE_ROWS = 32;
    /** Tokens that cost as much as what a segment takes beside its tokens. */
    private static final int OVERHEAD = 32;

    private final AttentionShape shape;
    private final int parts;
    private final int queriesPerTile;

    private int tiles;
    private int[] tileSequence = new int[64];
    private int[] tileKvHead = new int[64];
    private int[] tileFirstQuery = new int[64];
    private int[] tileQueries = new int[64];
    private int[] tileFirstSegment = new int[64];
    /** Position of the first token that any row of the tile sees. */
    private int[] tileFirst = new int[64];
    /** One past the position of the last. */
    private int[] tileEnd = new int[64];
    /** Segments of all tiles before this one. */
    private long[] tileStart = new long[65];

    private final long[] cuts;
    private boolean divided;
    private int[] positions = new int[0];
    private int[] firstKeys = new int[0];
    private int[] contextLengths = new int[0];
    private int[] zeros = new int[0];

    /** @param parts spans of work, one per worker */
    public AttentionPlan(AttentionShape shape, int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("attention in %d parts; at least 1".formatted(parts));
        }
        this.shape = shape;
        this.parts = parts;
        this.queriesPerTile = Math.max(1, TILE_ROWS / shape.group());
        this.cuts = new long[parts + 1];
    }

    /** Cuts a step whose sequences have their keys from position 0 on. */
    public void prepare(int[] queryStarts, int[] positions, int[] contextLengths) {
        if (zeros.length < contextLengths.length) {
            zeros = new int[contextLengths.length];
        }
        prepare(queryStarts, positions, zeros, contextLengths);
    }

    /**
     * Cuts a step.
     *
     * @param queryStarts [S + 1] rows of sequence s are {@code queryStarts[s]} to {@code queryStarts[s + 1] − 1}
     * @param positions [T] position of each row's token among its sequence's keys; kept until the next call
     * @param firstKeys [S] position of each sequence's first key; kept until the next call
     * @param contextLengths [S] one past the position of each sequence's last key; kept until the next call
     */
    public void prepare(int[] queryStarts, int[] positions, int[] firstKeys, int[] contextLengths) {
        this.positions = positions;
        this.firstKeys = firstKeys;
        this.contextLengths = contextLengths;
        tiles = 0;
        for (int s = 0; s + 1 < queryStarts.length; s++) {
            for (int q = queryStarts[s]; q < queryStarts[s + 1]; q += queriesPerTile) {
                int queries = Math.min(queriesPerTile, queryStarts[s + 1] - q);
                addTiles(s, q, queries);
            }
        }
        cut();
    }

    private void addTiles(int sequence, int firstQuery, int queries) {
        int from = Integer.MAX_VALUE;
        int to = 0;
        for (int q = firstQuery; q < firstQuery + queries; q++) {
            from = Math.min(from, Math.max(firstKeys[sequence], shape.first(positions[q])));
            to = Math.max(to, shape.end(positions[q], contextLengths[sequence]));
        }
        int firstSegment = from / Pages.SEGMENT;
        int endSegment = Math.max(firstSegment, (to + Pages.SEGMENT - 1) / Pages.SEGMENT);
        for (int head = 0; head < shape.kvHeads(); head++) {
            if (tiles == tileSequence.length) {
                grow();
            }
            tileSequence[tiles] = sequence;
            tileKvHead[tiles] = head;
            tileFirstQuery[tiles] = firstQuery;
            tileQueries[tiles] = queries;
            tileFirstSegment[tiles] = firstSegment;
            // A tile that sees nothing still has its zeros to write.
            tileStart[tiles + 1] = tileStart[tiles] + Math.max(1, endSegment - firstSegment);
            tileFirst[tiles] = from;
            tileEnd[tiles] = to;
            tiles++;
        }
    }

    /** What the segment at a place of a tile's line costs: loading a key and a value as much as two rows' arithmetic. */
    private long cost(int tile, long place) {
        int first = segment(tile, place) * Pages.SEGMENT;
        int tokens = Math.min(tileEnd[tile], first + Pages.SEGMENT) - Math.max(tileFirst[tile], first);
        return (2 + (long) rows(tile)) * (Math.max(0, tokens) + OVERHEAD);
    }

    private void cut() {
        long cost = 0;
        for (int tile = 0; tile < tiles; tile++) {
            for (long at = tileStart[tile]; at < tileStart[tile + 1]; at++) {
                cost += cost(tile, at);
            }
        }
        int part = 1;
        long done = 0;
        divided = false;
        for (int tile = 0; tile < tiles; tile++) {
            for (long at = tileStart[tile]; at < tileStart[tile + 1]; done += cost(tile, at++)) {
                while (part < parts && done * parts >= cost * part) {
                    cuts[part] = whole(tile) ? tileStart[tile] : at;
                    divided |= cuts[part++] != tileStart[tile];
                }
            }
        }
        Arrays.fill(cuts, part, parts + 1, tileStart[tiles]);
    }

    /** With tiles in plenty a cut through a large one would only cost memory for its partial results. */
    private boolean whole(int tile) {
        return tileQueries[tile] > 1 && tiles >= 8 * parts;
    }

    private void grow() {
        int size = 2 * tiles;
        tileSequence = Arrays.copyOf(tileSequence, size);
        tileKvHead = Arrays.copyOf(tileKvHead, size);
        tileFirstQuery = Arrays.copyOf(tileFirstQuery, size);
        tileQueries = Arrays.copyOf(tileQueries, size);
        tileFirstSegment = Arrays.copyOf(tileFirstSegment, size);
        tileFirst = Arrays.copyOf(tileFirst, size);
        tileEnd = Arrays.copyOf(tileEnd, size);
        tileStart = Arrays.copyOf(tileStart, size + 1);
    }

    AttentionShape shape() {
        return shape;
    }

    int parts() {
        return parts;
    }

    int maxRows() {
        return queriesPerTile * shape.group();
    }

    int tiles() {
        return tiles;
    }

    long start(int tile) {
        return tileStart[tile];
    }

    long cut(int part) {
        return cuts[part];
    }

    /** The tile that holds a place of the line. */
    int tileAt(long place) {
        int found = Arrays.binarySearch(tileStart, 0, tiles + 1, place);
        return found >= 0 ? found : -found - 2;
    }

    int sequence(int tile) {
        return tileSequence[tile];
    }

    int kvHead(int tile) {
        return tileKvHead[tile];
    }

    int firstQuery(int tile) {
        return tileFirstQuery[tile];
    }

    int rows(int tile) {
        return tileQueries[tile] * shape.group();
    }

    /** The segment of a tile at a place of the line. */
    int segment(int tile, long place) {
        return tileFirstSegment[tile] + (int) (place - tileStart[tile]);
    }

    /** Position of the first token that any row of a tile sees. */
    int firstToken(int tile) {
        return tileFirst[tile];
    }

    /** One past the position of the last. */
    int endToken(int tile) {
        return tileEnd[tile];
    }

    /** Whether any tile lies in several spans, so that partial results are to be merged. */
    public boolean divides() {
        return divided;
    }

    int position(int query) {
        return positions[query];
    }

    int firstKey(int sequence) {
        return firstKeys[sequence];
    }

    int contextLength(int sequence) {
        return contextLengths[sequence];
    }
}
