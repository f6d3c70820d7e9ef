package dev.quire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"linear", "linear:FORMAT=FORMAT_Q4_0", "linear:COLUMNS=4,ROWS=8"})
    void aNameIsReadAsItIsWritten(String text) {
        assertEquals(text, KernelName.parse(text).toString());
    }

    @Test
    void definitionsStandInOneOrder() {
        assertEquals("tile:A=1,B=2", new KernelName("tile", Map.of("B", "2", "A", "1")).toString());
    }

    @Test
    void whatIsDefinedStandsBeforeTheSourceAndChangesItsHash() {
        KernelSource source = KernelSource.openCl("linear_stored_row:FORMAT=FORMAT_Q4_0");
        assertTrue(source.text().startsWith("#define FORMAT FORMAT_Q4_0\n"), source.text());
        assertNotEquals(
                source.sha256(),
                KernelSource.openCl("linear_stored_row:FORMAT=FORMAT_Q8_0").sha256());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a b", "linear:", "linear:A", "linear:A=", "linear:A=1,", "linear:A=1;x"})
    void whatIsNoNameIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> KernelName.parse(text), text);
    }
}
