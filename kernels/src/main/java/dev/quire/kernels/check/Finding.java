package dev.quire.kernels.check;

import dev.quire.kernels.KernelSource;
import dev.quire.kernels.nvrtc.CodeTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of a kernel that was compiled for a target.
 *
 * @param kernel its name
 * @param usage empty if it did not compile, and for PTX
 * @param instructions counted in machine code of NVIDIA's own family
 * @param faults what is wrong with it, a sentence each
 */
public record Finding(
        String kernel,
        CodeTarget target,
        Optional<ResourceUsage> usage,
        Optional<InstructionCount> instructions,
        List<String> faults) {
    private static final String ATTENTION = "attend";
    private static final List<String> TENSOR = List.of("mma.sync", "wgmma.mma_async");
    private static final List<String> GROUP = List.of("wgmma.mma_async");
    private static final List<String> ASYNC = List.of("cp.async");
    private static final List<String> BOXES = List.of("cp.async.bulk.tensor");
    private static final List<String> SHIFTED = List.of("setmaxnreg");
    /** Of each thread of three warp groups, all that a multiprocessor has: what some give up is what others ask for, and those who ask wait until it is there. */
    private static final int LAUNCHED_REGISTERS = 168;

    public Finding {
        faults = List.copyOf(faults);
    }

    static Finding refused(String kernel, CodeTarget target, String reason) {
        return new Finding(kernel, target, Optional.empty(), Optional.empty(), List.of(reason));
    }

    static Finding compiled(String kernel, CodeTarget target) {
        return new Finding(kernel, target, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * Machine code, which keeps attention in registers and has the instructions that its source asks for.
     *
     * @param instructions empty for portable kernels, which ask for none
     */
    static Finding of(
            String kernel,
            KernelSource source,
            CodeTarget target,
            ResourceUsage usage,
            Optional<InstructionCount> instructions) {
        List<String> faults = new ArrayList<>();
        if (kernel.startsWith(ATTENTION) && usage.spilledBytes() > 0) {
            faults.add("spills: each thread keeps %d bytes in device memory beside its %d registers"
                    .formatted(usage.spilledBytes(), usage.registers()));
        }
        if (asks(source, SHIFTED) && usage.registers() != LAUNCHED_REGISTERS) {
            faults.add(
                    "its warp groups share out %d registers a thread, and it is launched with %d: some would wait for ever"
                            .formatted(LAUNCHED_REGISTERS, usage.registers()));
        }
        instructions.ifPresent(count -> {
            if (asks(source, TENSOR) && count.tensor() == 0) {
                faults.add("its source asks for tensor cores, and its machine code has no instruction of theirs");
            }
            if (asks(source, GROUP) && count.group() <= count.waits()) {
                faults.add(
                        "its source asks for products of warp groups, and its machine code has %d and waits %d times for them"
                                .formatted(count.group(), count.waits()));
            }
            if (asks(source, ASYNC) && count.async() == 0) {
                faults.add("its source asks for asynchronous copies, and its machine code has none");
            }
            if (asks(source, BOXES) && count.boxes() == 0) {
                faults.add("its source asks for copies of boxes, and its machine code has none");
            }
        });
        return new Finding(kernel, target, Optional.of(usage), instructions, faults);
    }

    private static boolean asks(KernelSource source, List<String> instructions) {
        return instructions.stream().anyMatch(source.text()::contains);
    }
}
