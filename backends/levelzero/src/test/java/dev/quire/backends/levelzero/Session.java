package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.backends.levelzero.ze._ze_command_list_handle_t;
import dev.quire.backends.levelzero.ze._ze_command_queue_handle_t;
import dev.quire.backends.levelzero.ze._ze_context_handle_t;
import dev.quire.backends.levelzero.ze._ze_device_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_pool_handle_t;
import dev.quire.backends.levelzero.ze._ze_fence_handle_t;
import dev.quire.backends.levelzero.ze._ze_kernel_handle_t;
import dev.quire.backends.levelzero.ze._ze_module_handle_t;
import dev.quire.backends.levelzero.ze.ze_command_list_desc_t;
import dev.quire.backends.levelzero.ze.ze_command_queue_desc_t;
import dev.quire.backends.levelzero.ze.ze_context_desc_t;
import dev.quire.backends.levelzero.ze.ze_device_mem_alloc_desc_t;
import dev.quire.backends.levelzero.ze.ze_event_desc_t;
import dev.quire.backends.levelzero.ze.ze_event_pool_desc_t;
import dev.quire.backends.levelzero.ze.ze_fence_desc_t;
import dev.quire.backends.levelzero.ze.ze_group_count_t;
import dev.quire.backends.levelzero.ze.ze_host_mem_alloc_desc_t;
import dev.quire.backends.levelzero.ze.ze_kernel_desc_t;
import dev.quire.backends.levelzero.ze.ze_module_desc_t;
import dev.quire.kernels.SpirvModule;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Raw Level Zero calls on the loopback device, for its own tests: they see what a backend would not let pass. */
final class Session {
    static final int COMPUTE_GROUP = 1;

    final Target target = Target.all().getFirst();
    final _ze_context_handle_t context = new _ze_context_handle_t();

    Session() {
        ze_context_desc_t wanted = new ze_context_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_CONTEXT_DESC).pNext(null).flags(0);
        succeeds(zeContextCreate(target.driver(), wanted, context));
    }

    static void succeeds(int result) {
        assertEquals("0x00000000", "0x%08x".formatted(result));
    }

    static void fails(int expected, int result) {
        assertEquals("0x%08x".formatted(expected), "0x%08x".formatted(result));
    }

    static ze_command_queue_desc_t queueWish() {
        ze_command_queue_desc_t wanted = new ze_command_queue_desc_t();
        return wanted.stype(ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC)
                .pNext(null)
                .ordinal(COMPUTE_GROUP)
                .index(0)
                .flags(0)
                .mode(ZE_COMMAND_QUEUE_MODE_ASYNCHRONOUS)
                .priority(0);
    }

    _ze_command_queue_handle_t queue() {
        _ze_command_queue_handle_t queue = new _ze_command_queue_handle_t();
        succeeds(zeCommandQueueCreate(context, target.device(), queueWish(), queue));
        return queue;
    }

    _ze_command_list_handle_t list() {
        ze_command_list_desc_t wanted = new ze_command_list_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_COMMAND_LIST_DESC)
                .pNext(null)
                .commandQueueGroupOrdinal(COMPUTE_GROUP)
                .flags(0);
        _ze_command_list_handle_t list = new _ze_command_list_handle_t();
        succeeds(zeCommandListCreate(context, target.device(), wanted, list));
        return list;
    }

    _ze_command_list_handle_t immediate() {
        _ze_command_list_handle_t list = new _ze_command_list_handle_t();
        succeeds(zeCommandListCreateImmediate(context, target.device(), queueWish(), list));
        return list;
    }

    _ze_fence_handle_t fence(_ze_command_queue_handle_t queue) {
        ze_fence_desc_t wanted = new ze_fence_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_FENCE_DESC).pNext(null).flags(0);
        _ze_fence_handle_t fence = new _ze_fence_handle_t();
        succeeds(zeFenceCreate(queue, wanted, fence));
        return fence;
    }

    _ze_event_pool_handle_t pool(int events) {
        ze_event_pool_desc_t wanted = new ze_event_pool_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_EVENT_POOL_DESC)
                .pNext(null)
                .flags(ZE_EVENT_POOL_FLAG_HOST_VISIBLE | ZE_EVENT_POOL_FLAG_KERNEL_TIMESTAMP)
                .count(events);
        _ze_event_pool_handle_t pool = new _ze_event_pool_handle_t();
        succeeds(zeEventPoolCreate(context, wanted, 0, (_ze_device_handle_t) null, pool));
        return pool;
    }

    _ze_event_handle_t event(_ze_event_pool_handle_t pool, int index) {
        ze_event_desc_t wanted = new ze_event_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_EVENT_DESC)
                .pNext(null)
                .index(index)
                .signal(0)
                ._wait(0);
        _ze_event_handle_t event = new _ze_event_handle_t();
        succeeds(zeEventCreate(pool, wanted, event));
        return event;
    }

    Pointer device(long bytes) {
        ze_device_mem_alloc_desc_t wanted = new ze_device_mem_alloc_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC)
                .pNext(null)
                .flags(0)
                .ordinal(0);
        PointerPointer<Pointer> place = new PointerPointer<>(1);
        succeeds(zeMemAllocDevice(context, wanted, bytes, 64, target.device(), place));
        return place.get(0);
    }

    FloatPointer host(int floats) {
        ze_host_mem_alloc_desc_t wanted = new ze_host_mem_alloc_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC).pNext(null).flags(0);
        PointerPointer<Pointer> place = new PointerPointer<>(1);
        succeeds(zeMemAllocHost(context, wanted, 4L * floats, 64, place));
        return new FloatPointer(place.get(0));
    }

    /** The kernel {@code scale}, with groups of 256: (x, out, elements, factor). */
    _ze_kernel_handle_t scale() {
        byte[] code = SpirvModule.find("scale").code();
        ze_module_desc_t wanted = new ze_module_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_MODULE_DESC)
                .pNext(null)
                .format(ZE_MODULE_FORMAT_IL_SPIRV)
                .inputSize(code.length)
                .pInputModule(new BytePointer(code))
                .pBuildFlags(null)
                .pConstants(null);
        _ze_module_handle_t module = new _ze_module_handle_t();
        succeeds(zeModuleCreate(context, target.device(), wanted, module, null));
        ze_kernel_desc_t function = new ze_kernel_desc_t();
        function.stype(ZE_STRUCTURE_TYPE_KERNEL_DESC).pNext(null).flags(0).pKernelName(new BytePointer("scale"));
        _ze_kernel_handle_t kernel = new _ze_kernel_handle_t();
        succeeds(zeKernelCreate(module, function, kernel));
        succeeds(zeKernelSetGroupSize(kernel, 256, 1, 1));
        return kernel;
    }

    static void arguments(_ze_kernel_handle_t kernel, Pointer x, Pointer out, int elements, float factor) {
        succeeds(zeKernelSetArgumentValue(kernel, 0, Long.BYTES, new LongPointer(1).put(x.address())));
        succeeds(zeKernelSetArgumentValue(kernel, 1, Long.BYTES, new LongPointer(1).put(out.address())));
        succeeds(zeKernelSetArgumentValue(kernel, 2, Integer.BYTES, new IntPointer(1).put(elements)));
        succeeds(zeKernelSetArgumentValue(kernel, 3, Float.BYTES, new FloatPointer(1).put(factor)));
    }

    static int launch(
            _ze_command_list_handle_t list,
            _ze_kernel_handle_t kernel,
            _ze_event_handle_t signal,
            _ze_event_handle_t... waits) {
        ze_group_count_t one =
                new ze_group_count_t().groupCountX(1).groupCountY(1).groupCountZ(1);
        return zeCommandListAppendLaunchKernel(list, kernel, one, signal, waits.length, events(waits));
    }

    static int barrier(_ze_command_list_handle_t list) {
        return zeCommandListAppendBarrier(list, null, 0, (_ze_event_handle_t) null);
    }

    static int copy(
            _ze_command_list_handle_t list,
            Pointer to,
            Pointer from,
            long bytes,
            _ze_event_handle_t signal,
            _ze_event_handle_t... waits) {
        return zeCommandListAppendMemoryCopy(list, to, from, bytes, signal, waits.length, events(waits));
    }

    private static PointerPointer<_ze_event_handle_t> events(_ze_event_handle_t... events) {
        return events.length == 0 ? null : new PointerPointer<>(events);
    }

    static int execute(_ze_command_queue_handle_t queue, _ze_command_list_handle_t list, _ze_fence_handle_t fence) {
        return zeCommandQueueExecuteCommandLists(queue, 1, new PointerPointer<>(1).put(0, list), fence);
    }
}
