package dev.quire.server.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A report for programs: facts by name, and each table as a list of objects with the columns' keys. */
public final class JsonReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonReport() {}

    /** The whole report, indented. A figure that is not known is null. */
    public static String of(Report report) {
        ObjectNode root = JSON.createObjectNode().put("mode", report.mode());
        ObjectNode facts = root.putObject("facts");
        report.facts().forEach(fact -> facts.put(fact.name(), fact.value()));
        for (Table table : report.tables()) {
            var rows = root.putArray(table.name());
            table.rows().forEach(row -> {
                ObjectNode object = rows.addObject();
                for (int i = 0; i < row.size(); i++) {
                    put(object, table.columns().get(i).key(), row.get(i));
                }
            });
        }
        return root.toPrettyString() + "\n";
    }

    private static void put(ObjectNode object, String key, Cell cell) {
        switch (cell) {
            case Cell.Text(String text) -> object.put(key, text);
            case Cell.Figure(double value) -> {
                if (Double.isNaN(value) || Double.isInfinite(value)) {
                    object.putNull(key);
                } else if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
                    object.put(key, (long) value);
                } else {
                    object.put(key, value);
                }
            }
        }
    }
}
