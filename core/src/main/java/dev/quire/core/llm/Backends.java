package dev.quire.core.llm;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The backends that can be chosen from. Immutable, if its providers are; safe from any thread. */
public final class Backends {
    /** The name that leaves the choice to Quire. */
    public static final String AUTO = "auto";

    /** The backend that needs nothing installed, and runs what others refuse. */
    public static final String CPU = "cpu";

    /** Those that {@link #AUTO} prefers to {@link #CPU}, best first: shown to be faster. Any other is taken only if there is no cpu backend. */
    private static final List<String> PREFERRED = List.of("cuda");

    private final List<BackendProvider> providers;

    private Backends(List<BackendProvider> providers) {
        this.providers = providers.stream()
                .sorted(Comparator.comparingInt(Backends::rank).thenComparing(BackendProvider::name))
                .toList();
    }

    /** All that {@link ServiceLoader} finds. */
    public static Backends onClassPath() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class).forEach(found::add);
        return new Backends(found);
    }

    /** These alone. */
    public static Backends of(List<BackendProvider> providers) {
        return new Backends(providers);
    }

    private static int rank(BackendProvider provider) {
        int preferred = PREFERRED.indexOf(provider.name());
        if (preferred >= 0) {
            return preferred;
        }
        return provider.name().equals(CPU) ? PREFERRED.size() : PREFERRED.size() + 1;
    }

    /** All, available or not, in the order in which {@link #AUTO} tries them. */
    public List<BackendProvider> providers() {
        return providers;
    }

    /**
     * The backend called {@code name}, or the best available one for {@link #AUTO}.
     *
     * @throws BackendException of kind UNSUPPORTED if there is none, or it is unavailable: with the reason, the fix and what there is
     */
    public BackendProvider choose(String name) {
        if (name.equals(AUTO)) {
            return available().stream().findFirst().orElseThrow(this::none);
        }
        BackendProvider provider = providers.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unsupported(
                        "No backend '%s' is installed. Available: %s. Pass one of these, or put the"
                                + " backend's jar on the class path.",
                        name, names()));
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            throw unsupported(
                    "No backend '%s' on this machine: %s. Available: %s. To use it: %s; or pass --backend with one of the"
                            + " available ones.",
                    name, reason, names(), fix);
        }
        return provider;
    }

    /**
     * Opens a device of a provider.
     *
     * @throws BackendException if there is no such device, or more than one, listing those that there are, or it cannot be opened
     */
    public static AttentionBackend open(BackendProvider provider, DeviceChoice choice, BackendOptions options) {
        return provider.open(choice.of(provider), options);
    }

    List<BackendProvider> available() {
        return providers.stream()
                .filter(provider -> provider.availability() instanceof Availability.Available)
                .toList();
    }

    private String names() {
        List<String> names = available().stream().map(BackendProvider::name).toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private BackendException none() {
        List<String> reasons = new ArrayList<>();
        for (BackendProvider provider : providers) {
            if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
                reasons.add("%s: %s (%s)".formatted(provider.name(), reason, fix));
            }
        }
        return unsupported(
                "No backend can run here: %s. Put quire-backend-cpu on the class path; it needs nothing installed.",
                reasons.isEmpty() ? "none is installed" : String.join("; ", reasons));
    }

    private static BackendException unsupported(String message, Object... values) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message.formatted(values));
    }
}
