package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The provider of a build without Level Zero's headers is found, and says what the build lacked. */
class LevelZeroAbsentTest {
    @Test
    void theProviderIsFoundAndNamesWhatToInstall() {
        BackendProvider provider =
                ServiceLoader.load(BackendProvider.class).findFirst().orElseThrow();
        assertEquals("levelzero", provider.name());
        assertEquals(List.of(), provider.devices());
        assertEquals(
                new Availability.Unavailable(
                        "this build of Quire has no Level Zero: its headers were missing",
                        "install libze-dev and g++, then build again"),
                provider.availability());
        BackendException failure = assertThrows(
                BackendException.class,
                () -> provider.open(new DeviceInfo(0, "any", 1), BackendOptions.defaults(Path.of("unused"))));
        assertEquals(BackendException.Kind.UNSUPPORTED, failure.kind());
    }
}
