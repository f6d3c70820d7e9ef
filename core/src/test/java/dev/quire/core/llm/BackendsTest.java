package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceChoice;
import dev.quire.api.DeviceInfo;
import dev.quire.conformance.oracle.OracleBackend;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backend is chosen by name, or refused with what there is instead. */
class BackendsTest {
    private record Fake(String name, Availability availability) implements BackendProvider {
        static Fake available(String name) {
            return new Fake(name, new Availability.Available());
        }

        static Fake unavailable(String name) {
            return new Fake(name, new Availability.Unavailable("lib" + name + ".so.1 not found", "install the driver"));
        }

        @Override
        public List<DeviceInfo> devices() {
            return List.of(new DeviceInfo(0, "first", 1), new DeviceInfo(1, "second", 2));
        }

        @Override
        public AttentionBackend open(DeviceInfo device, BackendOptions options) {
            return new OracleBackend();
        }
    }

    @Test
    void autoPrefersAnAcceleratorThenTheCpuThenTheRest() {
        assertEquals("cuda", auto(Fake.available("cpu"), Fake.available("cuda")));
        assertEquals("cpu", auto(Fake.available("aaa"), Fake.available("cpu"), Fake.unavailable("cuda")));
        assertEquals("aaa", auto(Fake.available("aaa"), Fake.unavailable("cpu")));
    }

    private static String auto(BackendProvider... providers) {
        return Backends.of(List.of(providers)).choose(Backends.AUTO).name();
    }

    @Test
    void anUnavailableBackendSaysWhyAndWhatThereIs() {
        String message = refused("cuda", Fake.unavailable("cuda"), Fake.available("cpu"), Fake.available("opencl"));
        assertTrue(
                message.startsWith(
                        "No backend 'cuda' on this machine: libcuda.so.1 not found. Available: cpu, opencl."),
                message);
        assertTrue(message.contains("install the driver"), message);
    }

    @Test
    void aBackendThatIsNotInstalledSaysWhatThereIs() {
        String message = refused("tpu", Fake.available("cpu"));
        assertTrue(message.contains("'tpu'") && message.contains("Available: cpu"), message);
    }

    @Test
    void whereNothingRunsEveryReasonIsGiven() {
        String message = refused(Backends.AUTO, Fake.unavailable("cuda"), Fake.unavailable("opencl"));
        assertTrue(message.contains("libcuda.so.1") && message.contains("libopencl.so.1"), message);
    }

    private static String refused(String name, BackendProvider... providers) {
        Backends backends = Backends.of(List.of(providers));
        return assertThrows(BackendException.class, () -> backends.choose(name)).getMessage();
    }

    @Test
    void aDeviceIsChosenByIndexOrByAPartOfItsName() {
        assertEquals("first", device("auto"));
        assertEquals("second", device("1"));
        assertEquals("second", device("SEC"));
    }

    private static String device(String text) {
        return DeviceChoice.parse(text)
                .among(Fake.available("cuda").devices())
                .getFirst()
                .name();
    }

    @Test
    void aDeviceThatIsNotThereListsThoseThatAre() {
        assertTrue(unopened("2").startsWith("Backend 'cuda' has no device 2. Devices: [0 (first), 1 (second)]."));
        assertTrue(unopened("third").contains("no device with 'third' in its name"));
    }

    @Test
    void aNameThatSeveralDevicesHaveIsRefused() {
        assertTrue(unopened("s").contains("2 devices with 's' in their names"));
    }

    private static String unopened(String device) {
        BackendOptions options = BackendOptions.defaults(Path.of("unused"));
        return assertThrows(
                        BackendException.class,
                        () -> Backends.open(Fake.available("cuda"), DeviceChoice.parse(device), options))
                .getMessage();
    }
}
