package dev.quire.backends.cpu.linear;

/**
 * How a product is cut for the workers: into groups of rows times groups of panels. Few rows are not cut, since each group of rows
 * reads all the weights again. Only the time depends on the cut, never the result.
 */
record Grid(int rows, int panels, int rowGroups, int panelGroups) {
    /** With fewer rows a group waits for memory rather than computes. */
    private static final int LEAST_ROWS = 32;
    /** Up to so many rows weights are waited for, and parts may be small; with more than the second number, parts are large enough as they are. */
    private static final int FEW_ROWS = 16;

    private static final int MOST_FINE_ROWS = 128;
    /** Least bytes of weights of a part. */
    private static final long FEW_ROWS_PART = 1 << 18;

    private static final long PART = 1 << 19;
    /** Most parts of a worker's share. */
    private static final int MOST_PARTS = 16;

    /** The cut whose slowest worker has least to do. */
    static Grid of(int rows, int panels, int workers) {
        int best = 1;
        long bestWork = Long.MAX_VALUE;
        int most = Math.clamp(rows / LEAST_ROWS, 1, workers);
        for (int groups = 1; groups <= most; groups++) {
            int across = Math.min(panels, workers / groups);
            long work = (long) Math.ceilDiv(rows, groups) * Math.ceilDiv(panels, across);
            if (work < bestWork) {
                bestWork = work;
                best = groups;
            }
        }
        return new Grid(rows, panels, best, Math.min(panels, workers / best));
    }

    /**
     * The same in more parts, so that a worker that is through early can take some from another: as small as pays, since the first weights of a part that
     * was taken come unasked.
     *
     * @param panelBytes bytes of weights of a panel
     */
    Grid finer(long panelBytes) {
        if (rows > MOST_FINE_ROWS) {
            return this;
        }
        long share = panelBytes * panels / panelGroups;
        long part = Math.max(rows <= FEW_ROWS ? FEW_ROWS_PART : PART, share / MOST_PARTS);
        return new Grid(rows, panels, rowGroups, Math.clamp(panelGroups * (share / part), panelGroups, panels));
    }

    int parts() {
        return rowGroups * panelGroups;
    }

    int firstRow(int part) {
        return (int) ((long) rows * (part / panelGroups) / rowGroups);
    }

    int endRow(int part) {
        return (int) ((long) rows * (part / panelGroups + 1) / rowGroups);
    }

    int firstPanel(int part) {
        return (int) ((long) panels * (part % panelGroups) / panelGroups);
    }

    int endPanel(int part) {
        return (int) ((long) panels * (part % panelGroups + 1) / panelGroups);
    }
}
