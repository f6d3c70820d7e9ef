package dev.quire.backends.levelzero;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.util.List;
import java.util.Map;

/** The same devices with tiles, as backend {@code levelzero-tiles}. */
public final class TilesProvider implements BackendProvider {
    static final String NAME = "levelzero-tiles";
    private static final Map<String, String> SETTINGS = Map.of("kernels", "tiles");

    private final LevelZeroProvider devices = new LevelZeroProvider();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return devices.availability();
    }

    @Override
    public List<DeviceInfo> devices() {
        return devices.devices();
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        return devices.open(
                device, new BackendOptions(options.threads(), options.cacheDirectory(), options.notices(), SETTINGS));
    }
}
