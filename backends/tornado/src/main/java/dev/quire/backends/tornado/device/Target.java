package dev.quire.backends.tornado.device;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * A device of the SDK that could be opened.
 *
 * @param info with the bytes that one array can have there
 */
record Target(TornadoDevice device, DeviceInfo info) implements DeviceSearch.Candidate {
    /** The part of the machine's memory that a device which is the machine's processor may take. */
    private static final long HOST_SHARE = 4;
    /** Java kernels count bf16 by ints, and TornadoVM keeps some bytes for itself. */
    private static final long LARGEST = (1L << 32) - (1L << 26);

    /** The devices that run kernels, in the order of the SDK's backends. */
    static List<Target> all() {
        TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
        List<Target> targets = new ArrayList<>();
        for (int b = 0; b < runtime.getNumBackends(); b++) {
            TornadoBackend backend = runtime.getBackend(b);
            for (int d = 0; d < backend.getNumDevices(); d++) {
                targets.add(of(targets.size(), backend.getDevice(d)));
            }
        }
        return List.copyOf(targets);
    }

    private static Target of(int index, TornadoDevice device) {
        long memory = device.getMaxGlobalMemory();
        long share = isProcessor(device) ? memory / HOST_SHARE : memory;
        long bytes = Math.min(Math.min(share, device.getMaxAllocMemory() - 1), LARGEST);
        String name = "%s, by TornadoVM's %s"
                .formatted(
                        device.getPhysicalDevice().getDeviceName().strip(),
                        device.getTornadoVMBackend().name());
        return new Target(device, new DeviceInfo(index, name, bytes));
    }

    boolean isProcessor() {
        return isProcessor(device);
    }

    private static boolean isProcessor(TornadoDevice device) {
        return device.getDeviceType() == TornadoDeviceType.CPU;
    }

    /** Whether tasks may be sources in OpenCL C. */
    boolean takesOpenCl() {
        return device.getTornadoVMBackend() == TornadoVMBackendType.OPENCL;
    }

    /** Whether quotients and roots in OpenCL C are rounded correctly: the compiler was told so, and then Java's are, too. */
    boolean dividesExactly() {
        return System.getProperty("tornado.opencl.compiler.flags", "")
                .contains("-cl-fp32-correctly-rounded-divide-sqrt");
    }

    /** Work-items that a group may have. */
    long mostItems() {
        return Arrays.stream(device.getPhysicalDevice().getDeviceMaxWorkGroupSize())
                .max()
                .orElse(1);
    }

    /** Local memory that a group may have. */
    long localBytes() {
        return device.getPhysicalDevice().getDeviceLocalMemorySize();
    }
}
