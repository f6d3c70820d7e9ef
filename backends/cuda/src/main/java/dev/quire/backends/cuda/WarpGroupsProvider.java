package dev.quire.backends.cuda;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceSearch;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;

/**
 * The same GPUs as {@link CudaProvider}, as far as their warps multiply by fours, with prompts attended to by warp groups. No service names it by default:
 * a jar on the class path does, such as the one that {@code ci/gpu/pack} makes, until a GPU has shown which of the two is to stay.
 */
public final class WarpGroupsProvider implements BackendProvider {
    static final String NAME = "cuda-warp-groups";
    /** The only compute capability that has them. */
    private static final int HOPPER = 90;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        Availability all = Target.find().availability();
        return all instanceof Availability.Available && devices().isEmpty()
                ? new Availability.Unavailable(
                        "no GPU here has compute capability 9.0, whose warp groups it is written for",
                        "pass --backend cuda")
                : all;
    }

    @Override
    public List<DeviceInfo> devices() {
        DeviceSearch<Target> all = Target.find();
        return all.infos().stream()
                .filter(device -> all.pick(device, "CUDA").architecture() == HOPPER)
                .toList();
    }

    @Override
    public List<String> unproven() {
        return List.of(
                "everything on a GPU, as of backend cuda",
                "descriptors, fences and layouts of wgmma: read as the PTX ISA defines them by an emulation on the processor");
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Target target = Target.find().pick(device, "CUDA");
        if (target.architecture() != HOPPER) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "%s has compute capability %s, and only 9.0 has warp groups that multiply; pass --backend cuda"
                            .formatted(device.name(), target.capability()));
        }
        return CudaProvider.open(NAME, target, WorkItem.WARP_GROUP, options);
    }
}
