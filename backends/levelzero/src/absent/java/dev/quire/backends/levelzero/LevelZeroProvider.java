package dev.quire.backends.levelzero;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.util.List;

/** Says that this build has no Level Zero. */
public final class LevelZeroProvider implements BackendProvider {
    private static final String REASON = "this build of Quire has no Level Zero: its headers were missing";

    @Override
    public String name() {
        return "levelzero";
    }

    @Override
    public Availability availability() {
        return new Availability.Unavailable(REASON, "install libze-dev and g++, then build again");
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
