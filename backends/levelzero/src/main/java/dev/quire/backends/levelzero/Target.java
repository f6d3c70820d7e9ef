package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_DEVICE_PROPERTY_FLAG_INTEGRATED;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RELAXED_ALLOCATION_LIMITS_EXP_NAME;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_ERROR_UNINITIALIZED;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_COMMAND_QUEUE_GROUP_PROPERTIES;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_DEVICE_MEMORY_PROPERTIES;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_DRIVER_PROPERTIES;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDeviceGet;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDeviceGetCommandQueueGroupProperties;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDeviceGetMemoryProperties;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDeviceGetProperties;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDriverGet;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDriverGetExtensionProperties;
import static dev.quire.backends.levelzero.ze.LevelZero.zeDriverGetProperties;
import static dev.quire.backends.levelzero.ze.LevelZero.zeInit;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.DeviceInfo;
import dev.quire.backends.levelzero.ze._ze_device_handle_t;
import dev.quire.backends.levelzero.ze._ze_driver_handle_t;
import dev.quire.backends.levelzero.ze.ze_command_queue_group_properties_t;
import dev.quire.backends.levelzero.ze.ze_device_memory_properties_t;
import dev.quire.backends.levelzero.ze.ze_device_properties_t;
import dev.quire.backends.levelzero.ze.ze_driver_extension_properties_t;
import dev.quire.backends.levelzero.ze.ze_driver_properties_t;
import dev.quire.kernels.device.DeviceSearch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * A device that the loader found.
 *
 * @param queueGroup ordinal of the first group of queues that computes
 * @param integrated whether it shares the host's memory
 * @param mostBytes of one allocation, unless more is asked for
 */
record Target(
        _ze_driver_handle_t driver,
        _ze_device_handle_t device,
        DeviceInfo info,
        int queueGroup,
        boolean integrated,
        long mostBytes)
        implements DeviceSearch.Candidate {
    /**
     * All devices of all drivers, in the loader's order; none where it has no driver, when nothing else is called.
     *
     * @throws LinkageError if the loader is not installed
     * @throws BackendException of kind UNSUPPORTED if a driver fails
     */
    static List<Target> all() {
        int result = zeInit(0);
        if (result == ZE_RESULT_ERROR_UNINITIALIZED) {
            return List.of();
        }
        Status.check(result, Kind.UNSUPPORTED, "zeInit");
        List<Target> targets = new ArrayList<>();
        try (PointerScope _ = new PointerScope()) {
            IntPointer count = new IntPointer(1).put(0);
            Status.check(zeDriverGet(count, (PointerPointer<?>) null), Kind.UNSUPPORTED, "zeDriverGet");
            PointerPointer<_ze_driver_handle_t> drivers = new PointerPointer<>(Math.max(1, count.get()));
            Status.check(zeDriverGet(count, drivers), Kind.UNSUPPORTED, "zeDriverGet");
            for (int i = 0; i < count.get(); i++) {
                addDevices(drivers.get(_ze_driver_handle_t.class, i), targets);
            }
        }
        return targets;
    }

    private static void addDevices(_ze_driver_handle_t driver, List<Target> targets) {
        IntPointer count = new IntPointer(1).put(0);
        Status.check(zeDeviceGet(driver, count, (PointerPointer<?>) null), Kind.UNSUPPORTED, "zeDeviceGet");
        PointerPointer<_ze_device_handle_t> devices = new PointerPointer<>(Math.max(1, count.get()));
        Status.check(zeDeviceGet(driver, count, devices), Kind.UNSUPPORTED, "zeDeviceGet");
        for (int i = 0; i < count.get(); i++) {
            targets.add(of(driver, devices.get(_ze_device_handle_t.class, i), targets.size()));
        }
    }

    private static Target of(_ze_driver_handle_t driver, _ze_device_handle_t device, int index) {
        ze_device_properties_t properties = new ze_device_properties_t();
        properties.stype(ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES).pNext(null);
        Status.check(zeDeviceGetProperties(device, properties), Kind.UNSUPPORTED, "zeDeviceGetProperties");
        long bytes = memoryBytes(device);
        long usable = takesAnySize(driver) ? bytes : Math.min(bytes, properties.maxMemAllocSize());
        DeviceInfo info = new DeviceInfo(index, properties.name().getString(), usable, version(driver));
        boolean integrated = (properties.flags() & ZE_DEVICE_PROPERTY_FLAG_INTEGRATED) != 0;
        return new Target(driver, device, info, queueGroup(device), integrated, properties.maxMemAllocSize());
    }

    private static long memoryBytes(_ze_device_handle_t device) {
        IntPointer count = new IntPointer(1).put(0);
        Status.check(zeDeviceGetMemoryProperties(device, count, null), Kind.UNSUPPORTED, "zeDeviceGetMemoryProperties");
        ze_device_memory_properties_t memories = new ze_device_memory_properties_t(Math.max(1, count.get()));
        for (int i = 0; i < count.get(); i++) {
            memories.getPointer(i)
                    .stype(ZE_STRUCTURE_TYPE_DEVICE_MEMORY_PROPERTIES)
                    .pNext(null);
        }
        Status.check(
                zeDeviceGetMemoryProperties(device, count, memories), Kind.UNSUPPORTED, "zeDeviceGetMemoryProperties");
        long bytes = 0;
        for (int i = 0; i < count.get(); i++) {
            bytes = Math.max(bytes, memories.getPointer(i).totalSize());
        }
        return bytes;
    }

    /** Whether one allocation, such as the cache's, may be as large as the memory. */
    private static boolean takesAnySize(_ze_driver_handle_t driver) {
        String call = "zeDriverGetExtensionProperties";
        IntPointer count = new IntPointer(1).put(0);
        Status.check(zeDriverGetExtensionProperties(driver, count, null), Kind.UNSUPPORTED, call);
        ze_driver_extension_properties_t extensions = new ze_driver_extension_properties_t(Math.max(1, count.get()));
        Status.check(zeDriverGetExtensionProperties(driver, count, extensions), Kind.UNSUPPORTED, call);
        for (int i = 0; i < count.get(); i++) {
            if (extensions.getPointer(i).name().getString().equals(ZE_RELAXED_ALLOCATION_LIMITS_EXP_NAME)) {
                return true;
            }
        }
        return false;
    }

    private static String version(_ze_driver_handle_t driver) {
        ze_driver_properties_t properties = new ze_driver_properties_t();
        properties.stype(ZE_STRUCTURE_TYPE_DRIVER_PROPERTIES).pNext(null);
        Status.check(zeDriverGetProperties(driver, properties), Kind.UNSUPPORTED, "zeDriverGetProperties");
        int version = properties.driverVersion();
        return "%d.%d.%d".formatted(version >>> 24, version >>> 16 & 0xff, version & 0xffff);
    }

    private static int queueGroup(_ze_device_handle_t device) {
        IntPointer count = new IntPointer(1).put(0);
        String call = "zeDeviceGetCommandQueueGroupProperties";
        Status.check(zeDeviceGetCommandQueueGroupProperties(device, count, null), Kind.UNSUPPORTED, call);
        ze_command_queue_group_properties_t groups = new ze_command_queue_group_properties_t(Math.max(1, count.get()));
        for (int i = 0; i < count.get(); i++) {
            groups.getPointer(i)
                    .stype(ZE_STRUCTURE_TYPE_COMMAND_QUEUE_GROUP_PROPERTIES)
                    .pNext(null);
        }
        Status.check(zeDeviceGetCommandQueueGroupProperties(device, count, groups), Kind.UNSUPPORTED, call);
        for (int i = 0; i < count.get(); i++) {
            if ((groups.getPointer(i).flags() & ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE) != 0) {
                return i;
            }
        }
        throw new BackendException(Kind.UNSUPPORTED, "a Level Zero device has no queue that computes");
    }
}
