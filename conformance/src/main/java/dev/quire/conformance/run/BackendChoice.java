package dev.quire.conformance.run;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.BackendSeries;
import dev.quire.api.DeviceInfo;
import dev.quire.conformance.report.Subject;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The backend and device that options name, opened for one case after another. */
record BackendChoice(BackendProvider provider, DeviceInfo device, BackendSeries series) implements AutoCloseable {
    /**
     * Finds them on the class path.
     *
     * @param cache where the backend may keep compiled kernels
     * @throws UsageException naming what there is instead
     */
    static BackendChoice of(RunOptions options, Path cache) {
        BackendProvider provider = providers().stream()
                .filter(one -> one.name().equals(options.backend()))
                .findFirst()
                .orElseThrow(() ->
                        new UsageException("no backend '%s' on the class path; there: %s. Add its jar to the class path"
                                .formatted(options.backend(), names())));
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            throw new UsageException("backend '%s' is unavailable: %s. %s".formatted(provider.name(), reason, fix));
        }
        BackendOptions opened = new BackendOptions(options.threads(), cache, System.err::println, options.settings());
        try {
            DeviceInfo device = options.device().of(provider);
            return new BackendChoice(provider, device, provider.series(device, opened));
        } catch (BackendException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** Names of all backends on the class path. */
    static List<String> names() {
        return providers().stream().map(BackendProvider::name).toList();
    }

    private static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    AttentionBackend open() {
        return series.open();
    }

    /**
     * What is under test.
     *
     * @throws UsageException if the backend does not offer the mode, or refuses a setting
     */
    Subject subject(RunOptions asked) {
        try (AttentionBackend backend = open()) {
            BackendInfo info = backend.info();
            if (!info.numerics().contains(asked.numerics())) {
                throw new UsageException("backend '%s' does not offer %s; it offers %s"
                        .formatted(provider.name(), asked.numerics(), info.numerics()));
            }
            return new Subject(
                    provider.name(),
                    device.index(),
                    device.name(),
                    device.driver(),
                    described(info),
                    "%s %s".formatted(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")),
                    "%s %s %s"
                            .formatted(
                                    System.getProperty("os.name"),
                                    System.getProperty("os.version"),
                                    System.getProperty("os.arch")));
        } catch (BackendException e) {
            throw e.kind() == BackendException.Kind.UNSUPPORTED ? new UsageException(e.getMessage(), e) : e;
        }
    }

    private String described(BackendInfo info) {
        List<String> unproven = provider.unproven();
        return unproven.isEmpty()
                ? info.description()
                : "%s; unproven: %s".formatted(info.description(), String.join("; ", unproven));
    }

    @Override
    public void close() {
        series.close();
    }
}
