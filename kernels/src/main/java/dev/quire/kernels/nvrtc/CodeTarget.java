package dev.quire.kernels.nvrtc;

import dev.quire.kernels.KernelSource;

/**
 * What a kernel is compiled for.
 *
 * @param form machine code, or what a driver translates
 * @param capability compute capability as the compiler names it, such as {@code 80} or {@code 90a}
 */
public record CodeTarget(Form form, String capability) {
    /** From this compute capability on, an architecture has instructions that no later one has. */
    public static final int FIRST_WITH_OWN_FEATURES = 90;

    private static final String WARP_GROUPS = "90a";
    private static final String GROUP_PRODUCT = "wgmma.mma_async";

    /** What comes out. */
    public enum Form {
        /** Machine code of one architecture, and of later ones with the same first digit unless its name ends with a letter. */
        CUBIN("sm"),
        /** Text that the driver of any GPU from then on translates. It ends with a zero. */
        PTX("compute");

        private final String prefix;

        Form(String prefix) {
            this.prefix = prefix;
        }
    }

    /** Machine code for one compute capability, such as 90, with the instructions that no other has. */
    public static CodeTarget exactly(int capability) {
        return new CodeTarget(Form.CUBIN, capability + (capability >= FIRST_WITH_OWN_FEATURES ? "a" : ""));
    }

    /** PTX of a compute capability, such as 90, with what all later ones have too. */
    public static CodeTarget from(int capability) {
        return new CodeTarget(Form.PTX, Integer.toString(capability));
    }

    /** Whether it has what a kernel asks for: products of warp groups are 9.0's alone. */
    public boolean suits(KernelSource source) {
        return capability.equals(WARP_GROUPS) || !source.text().contains(GROUP_PRODUCT);
    }

    /** As compilers and listings name it: {@code sm_90a}, {@code compute_90}. */
    @Override
    public String toString() {
        return form.prefix + "_" + capability;
    }
}
