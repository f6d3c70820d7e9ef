package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code quire backends} lists of this machine, and what it refuses. */
class BackendsCommandTest {
    @Test
    void aBackendThatIsNamedIsListedAlone() {
        CommandRun ran = CommandRun.of("backends", "--backend", "cpu");
        assertEquals(0, ran.status(), ran.err());
        List<String> names =
                ran.out().lines().filter(line -> !line.startsWith(" ")).toList();
        assertEquals(List.of("cpu"), names);
    }

    @Test
    void whatNoDeviceHasRunIsNamedBesideTheDevices() {
        DeviceBackends.assume(DeviceBackends.OPENCL);
        CommandRun ran = CommandRun.of("backends", "--backend", DeviceBackends.OPENCL);
        assertEquals(0, ran.status(), ran.err());
        List<String> unproven = ran.out()
                .lines()
                .filter(line -> line.startsWith("  unproven: "))
                .toList();
        assertEquals(1, unproven.size(), ran.out());
        assertTrue(unproven.getFirst().contains("linear_sub_group"), unproven.getFirst());
    }

    @Test
    void aBackendThatIsNotThereIsRefusedWithThoseThatAre() {
        CommandRun ran = CommandRun.of("backends", "--backend", "abacus");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("No backend 'abacus' is installed. There are: [cpu"), ran.err());
    }
}
