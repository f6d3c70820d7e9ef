package dev.quire.backends.cpu.linear;

/**
 * How a product is cut for the workers: into groups of rows times groups of panels. Few rows are not cut, since each group of rows
 * reads all the weights again. Only the time depends on the cut, never the result.
 */
record Grid(int rows, int panels, int rowGroups, int panelGroups) {
    /** With fewer rows a group waits for memory rather than computes. */
    private static final int LEAST_ROWS = 32;

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
