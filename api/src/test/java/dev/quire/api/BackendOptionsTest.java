package dev.quire.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackendOptionsTest {
    @Test
    void settingsComeApartAtCommasAndAtTheFirstEqualsSign() {
        assertEquals(
                Map.of("kernels", "tiles", "memory", "fine", "flags", "-D=1", "empty", ""),
                BackendOptions.settings(List.of("kernels=tiles, memory=fine", "flags=-D=1", "", "empty=,")));
        assertEquals(Map.of(), BackendOptions.settings(List.of()));
    }

    @Test
    void settingsThatAreNoneOrComeTwiceAreRefused() {
        assertEquals("NAME=VALUE, such as kernels=tiles", refusal("kernels=lanes", "tiles"));
        assertEquals("NAME=VALUE, such as kernels=tiles", refusal("=tiles"));
        assertEquals("each name once, not 'kernels' twice", refusal("kernels=lanes", "kernels=tiles"));
        assertEquals("each name once, not 'kernels' twice", refusal("kernels=lanes,kernels=lanes"));
    }

    private static String refusal(String... texts) {
        return assertThrows(IllegalArgumentException.class, () -> BackendOptions.settings(List.of(texts)))
                .getMessage();
    }
}
