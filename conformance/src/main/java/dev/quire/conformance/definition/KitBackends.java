package dev.quire.conformance.definition;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.oracle.OracleBackend;
import java.util.List;
import java.util.function.Supplier;

/** The kit's own interpreters as backends that have a name. They are not services: nobody serves with them by accident. */
public final class KitBackends {
    private KitBackends() {}

    /** {@code oracle}, FAST only, and {@code bits}, REPRODUCIBLE only. */
    public static List<BackendProvider> providers() {
        return List.of(new Interpreter("oracle", OracleBackend::new), new Interpreter("bits", BitsBackend::new));
    }

    /** The one that defines what is right in {@code numerics}. */
    public static AttentionBackend definition(Numerics numerics) {
        return switch (numerics) {
            case FAST -> new OracleBackend();
            case REPRODUCIBLE -> new BitsBackend();
        };
    }

    private record Interpreter(String name, Supplier<AttentionBackend> opened) implements BackendProvider {
        @Override
        public Availability availability() {
            return new Availability.Available();
        }

        @Override
        public List<DeviceInfo> devices() {
            return List.of(new DeviceInfo(
                    0, "the Java virtual machine", Runtime.getRuntime().maxMemory()));
        }

        @Override
        public AttentionBackend open(DeviceInfo device, BackendOptions options) {
            return opened.get();
        }
    }
}
