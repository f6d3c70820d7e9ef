package dev.quire.backends.tornado;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.util.List;

/** Says that this build has no TornadoVM. */
public final class TornadoProvider implements BackendProvider {
    private static final String REASON =
            "this build of Quire has no TornadoVM: TORNADOVM_HOME named no SDK of 5.2 for JDK 25";
    /** Set by {@code ./quire} where the SDK is of another version. */
    private static final String FOUND = "quire.tornado.found";

    @Override
    public String name() {
        return "tornado";
    }

    @Override
    public Availability availability() {
        String other = System.getProperty(FOUND);
        return new Availability.Unavailable(
                other == null
                        ? REASON
                        : "TORNADOVM_HOME names TornadoVM %s; Quire needs 5.2 for JDK 25".formatted(other),
                "get such an SDK, as `sdk install tornadovm 5.2.0-jdk25-opencl` brings it, set TORNADOVM_HOME to it,"
                        + " and start ./quire again");
    }

    @Override
    public List<DeviceInfo> devices() {
        return List.of();
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        throw new BackendException(BackendException.Kind.UNSUPPORTED, REASON);
    }
}
