package dev.quire.core.testing;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.conformance.oracle.OracleBackend;
import java.util.List;
import java.util.function.Supplier;

/** Makes a backend of a test's choice selectable by name; the oracle unless another is given. */
public record OracleProvider(String name, Supplier<AttentionBackend> backend) implements BackendProvider {
    public static final String NAME = "oracle";

    public OracleProvider() {
        this(NAME, OracleBackend::new);
    }

    @Override
    public Availability availability() {
        return new Availability.Available();
    }

    @Override
    public List<DeviceInfo> devices() {
        return List.of(new DeviceInfo(0, "float64", 1L << 32));
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        return backend.get();
    }
}
