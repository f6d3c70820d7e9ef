package dev.quire.backends.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.program.Activation;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelSource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Kernels in Java need no SDK for this. */
class KernelConstantsTest {
    private static final Pattern DEFINE = Pattern.compile("(?m)^#define (\\w+) (\\d+)$");

    @Test
    void eachHasTheValueOfTheHeaderThatKernelsInCShareWithLaunches() throws IOException, IllegalAccessException {
        Map<String, Integer> header = header();
        Map<String, Integer> java = java();
        java.forEach((name, value) -> assertEquals(header.get(name), value, name));
    }

    @Test
    void everyFormatAndEveryActivationHasItsOrdinal() throws IllegalAccessException {
        Map<String, Integer> java = java();
        for (WeightFormat format : WeightFormat.values()) {
            assertEquals(format.ordinal(), java.get("FORMAT_" + format), format.name());
        }
        for (Activation activation : Activation.values()) {
            assertEquals(activation.ordinal(), java.get("ACTIVATION_" + activation), activation.name());
        }
    }

    private static Map<String, Integer> java() throws IllegalAccessException {
        Map<String, Integer> found = new HashMap<>();
        for (Field field : KernelConstants.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                found.put(field.getName(), field.getInt(null));
            }
        }
        return found;
    }

    private static Map<String, Integer> header() throws IOException {
        try (InputStream in = KernelSource.class.getResourceAsStream("include/constants.h")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Integer> found = new HashMap<>();
            for (MatchResult define : DEFINE.matcher(text).results().toList()) {
                found.put(define.group(1), Integer.valueOf(define.group(2)));
            }
            return found;
        }
    }
}
