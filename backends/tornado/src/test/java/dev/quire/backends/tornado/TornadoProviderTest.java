package dev.quire.backends.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.Availability;
import dev.quire.api.BackendProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class TornadoProviderTest {
    @Test
    void aJvmWithAnSdkListsDevicesAndOneWithoutSaysHowToGetIt() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("tornado"))
                .findFirst()
                .orElseThrow();
        switch (provider.availability()) {
            case Availability.Available() -> assertFalse(provider.devices().isEmpty());
            case Availability.Unavailable(String reason, String fix) -> {
                assertEquals(0, provider.devices().size());
                assertTrue(reason.contains("TornadoVM"), reason);
                assertTrue(fix.contains("TORNADOVM_HOME"), fix);
            }
        }
    }
}
