package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_COMMAND_LIST_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_FENCE_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListAppendBarrier;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListClose;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandQueueExecuteCommandLists;
import static dev.quire.backends.levelzero.ze.LevelZero.zeFenceCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeFenceDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeFenceReset;

import dev.quire.api.BackendException.Kind;
import dev.quire.backends.levelzero.ze._ze_command_list_handle_t;
import dev.quire.backends.levelzero.ze._ze_command_queue_handle_t;
import dev.quire.backends.levelzero.ze._ze_context_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_handle_t;
import dev.quire.backends.levelzero.ze._ze_fence_handle_t;
import dev.quire.backends.levelzero.ze.ze_command_list_desc_t;
import dev.quire.backends.levelzero.ze.ze_fence_desc_t;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Recording;
import java.util.List;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;

/** A regular command list with a barrier behind each command, and the fence of its submissions. A replay is three calls, whatever the list holds. */
final class CommandList implements Recording {
    private final _ze_command_queue_handle_t queue;
    private final _ze_command_list_handle_t list = new _ze_command_list_handle_t();
    private final _ze_fence_handle_t fence = new _ze_fence_handle_t();
    private final PointerPointer<_ze_command_list_handle_t> lists = new PointerPointer<>(1);

    CommandList(
            Target target,
            _ze_context_handle_t context,
            _ze_command_queue_handle_t queue,
            Modules modules,
            List<Command> commands) {
        this.queue = queue;
        try (PointerScope _ = new PointerScope()) {
            create(target, context);
            CommandWriter writer = new CommandWriter(list, modules);
            for (Command command : commands) {
                writer.append(command);
                check(
                        zeCommandListAppendBarrier(list, null, 0, (_ze_event_handle_t) null),
                        "zeCommandListAppendBarrier");
            }
            check(zeCommandListClose(list), "zeCommandListClose");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        lists.put(0, list);
    }

    private void create(Target target, _ze_context_handle_t context) {
        ze_command_list_desc_t wanted = new ze_command_list_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_COMMAND_LIST_DESC)
                .pNext(null)
                .commandQueueGroupOrdinal(target.queueGroup())
                .flags(0);
        check(zeCommandListCreate(context, target.device(), wanted, list), "zeCommandListCreate");
        ze_fence_desc_t unsignaled = new ze_fence_desc_t();
        unsignaled.stype(ZE_STRUCTURE_TYPE_FENCE_DESC).pNext(null).flags(0);
        check(zeFenceCreate(queue, unsignaled, fence), "zeFenceCreate");
    }

    @Override
    public Completion submit() {
        check(zeFenceReset(fence), "zeFenceReset");
        check(zeCommandQueueExecuteCommandLists(queue, 1, lists, fence), "zeCommandQueueExecuteCommandLists");
        return new FenceCompletion(fence);
    }

    @Override
    public void close() {
        if (!fence.isNull()) {
            zeFenceDestroy(fence);
        }
        if (!list.isNull()) {
            zeCommandListDestroy(list);
        }
        lists.close();
    }

    private static void check(int result, String call) {
        Status.check(result, Kind.STEP_FAILED, call);
    }
}
