package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Activation;
import dev.quire.api.types.WeightFormat;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConstantsTest {
    private static final Path HEADER = Path.of("src/main/resources/dev/quire/kernels/include/constants.h");
    private static final Pattern DEFINE = Pattern.compile("(?m)^#define (\\w+) (\\d+)$");

    private final Map<String, Integer> header = new TreeMap<>();

    ConstantsTest() throws IOException {
        String text = Files.readString(HEADER);
        for (MatchResult define : DEFINE.matcher(text).results().toList()) {
            header.put(define.group(1), Integer.valueOf(define.group(2)));
        }
        assertEquals(text.lines().filter(line -> line.startsWith("#define")).count(), header.size());
    }

    @Test
    void everyConstantOfJavaHasTheValueOfTheHeader() throws IllegalAccessException {
        int compared = 0;
        for (Field field : Constants.class.getDeclaredFields()) {
            if (!field.isSynthetic()) {
                assertEquals(header.get(field.getName()), field.getInt(null), field.getName());
                compared++;
            }
        }
        long enums = Activation.values().length + WeightFormat.values().length;
        assertEquals(header.size(), compared + enums, "the header has constants that Java lacks: " + header.keySet());
    }

    @Test
    void enumsStandInTheHeaderByTheirOrdinals() {
        for (Activation activation : Activation.values()) {
            assertEquals(activation.ordinal(), header.get("ACTIVATION_" + activation), activation.name());
        }
        for (WeightFormat format : WeightFormat.values()) {
            assertEquals(format.ordinal(), header.get("FORMAT_" + format), format.name());
        }
    }

    @Test
    void tilesFitTogether() {
        assertEquals(0, Constants.SEGMENT % Constants.LANES, "a position's lane is the same in every segment");
        assertEquals(Constants.LINEAR_GROUP, Constants.LINEAR_COLUMNS * Constants.LANES);
        assertTrue(Constants.LINEAR_ROWS <= Constants.LANES, "a lane finishes each row");
        assertEquals(0, Constants.ATTEND_HEAD % Constants.ATTEND_GROUP);
        assertEquals(
                Constants.LANES / 2,
                Constants.ATTEND_GROUP / Constants.ATTEND_VECTORS,
                "the fold of a vector's partials needs half as many work-items");
        assertEquals(0, Constants.SAMPLE_GROUP % Constants.LANES);
    }
}
