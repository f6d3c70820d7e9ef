package dev.quire.backends.opencl;

import org.jocl.CL;

/**
 * What a device does with float32 by hardware.
 *
 * @param exactDivision rounds quotients and roots correctly; kernels make them of integers elsewhere
 * @param fusedMultiplyAdd multiplies and adds with one rounding, which is faster where a product is exact anyway
 */
record Arithmetic(boolean exactDivision, boolean fusedMultiplyAdd) {
    /** Reads a device's CL_DEVICE_SINGLE_FP_CONFIG. */
    static Arithmetic of(long config) {
        return new Arithmetic((config & CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0, (config & CL.CL_FP_FMA) != 0);
    }

    /** What kernels are compiled with, the language aside. */
    String buildOptions() {
        return (exactDivision ? " -cl-fp32-correctly-rounded-divide-sqrt -DEXACT_DIVISION" : "")
                + (fusedMultiplyAdd ? " -DFP_FAST_FMAF" : "");
    }
}
