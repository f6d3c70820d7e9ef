package dev.quire.kernels.portable;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.kernels.KernelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a device runs one work-item on, which decides the kernels that a plan launches. In REPRODUCIBLE the bits are the same. */
public enum WorkItem {
    /** A lane of a vector unit, next to others in lock step: GPUs. The portable kernels. */
    LANE,
    /** The same where somebody else than these sources has the kernels, and few must do: sampling has one work-group for each row, whatever the vocabulary. */
    SIMPLE_LANE,
    /** The same on NVIDIA GPUs since Ampere, whose 32 lanes share tensor cores: in FAST, kernels of the CUDA family where an op suits them. */
    WARP("add_rms_norm", "rope_write"),
    /** The same on NVIDIA GPUs of compute capability 9.0, four of whose warps multiply together, as they attend to prompts. */
    WARP_GROUP("add_rms_norm", "rope_write"),
    /** A whole vector unit that runs work-items one after another: processors. Kernels of the OpenCL family where they are faster. */
    VECTOR(
            "add_rms_norm_wide",
            "attend_wide",
            "attend_wide_few",
            "gated_linears_row",
            "gated_silu",
            "linear_wide_row",
            "linear_wide_tall",
            "linear_wide_tile",
            "rms_norm_wide",
            "rope_wide",
            "rope_write_wide",
            "round_floats",
            "sibling_linears_row",
            "write_kv_wide");

    /** Portable kernels in whose place a vector unit always has its own. */
    private static final Set<String> REPLACED = Set.of("linear", "linear_stored", "rms_norm", "rope", "write_kv");

    private final List<String> own;

    WorkItem(String... own) {
        this.own = List.of(own);
    }

    /** Whether work-items are lanes that share nothing but local memory. */
    boolean isLane() {
        return this == LANE || this == SIMPLE_LANE;
    }

    /** Whether a row of logits may be shared by several work-groups. */
    boolean slicesRows() {
        return this != VECTOR && this != SIMPLE_LANE;
    }

    /** Whether 32 lanes share tensor cores. */
    public boolean isWarp() {
        return this == WARP || this == WARP_GROUP;
    }

    /** The kernels that plans may launch whatever the cache and whatever weights are made of. */
    public List<String> kernels() {
        List<String> kernels = new ArrayList<>(KernelSource.portable());
        kernels.removeAll(CacheKernels.rare());
        kernels.remove(WeightImage.SEEDING);
        if (this == VECTOR) {
            kernels.removeAll(REPLACED);
        }
        if (!slicesRows()) {
            kernels.removeAll(SampleParts.KERNELS);
        }
        kernels.addAll(own);
        return kernels;
    }

    /** The kernels that a cache asks for besides. */
    public List<String> kernels(KvCacheLayout layout) {
        return CacheKernels.of(this, layout);
    }
}
