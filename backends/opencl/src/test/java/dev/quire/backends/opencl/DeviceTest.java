package dev.quire.backends.opencl;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests that need a device and a folder for what is built for it. */
abstract class DeviceTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void aDeviceIsThere() {
        Devices.assumeOne();
    }
}
