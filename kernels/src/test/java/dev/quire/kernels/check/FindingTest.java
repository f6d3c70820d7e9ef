package dev.quire.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.nvrtc.CodeTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the listings of NVIDIA's tools say, and what is a fault. */
class FindingTest {
    private static final String USAGE = """

        Resource usage:
         Common:
          GLOBAL:0
         Function attend:
          REG:127 STACK:16 SHARED:26720 LOCAL:8 CONSTANT[0]:644 TEXTURE:0 SURFACE:0 SAMPLER:0
        """;
    private static final String CODE = """
                /*0000*/                   LDGSTS.E.BYPASS.LTC128B.128 [R5], [R2.64] ;
                /*0010*/                   LDGDEPBAR ;
                /*0020*/              @!P0 HMMA.16816.F32.BF16 R4, R4, R8, RZ ;
                /*0030*/                   HGMMA.64x128x16.F32.BF16 R24, gdesc[UR4], RZ, !UPT ;
                /*0038*/                   WARPGROUP.DEPBAR.LE gsb0, 0x0 ;
                /*0040*/                   UTMALDG.4D [UR8], [UR6] ;
                /*0050*/                   UTMALDG.4D [UR8], [UR6] ;
        """;
    private static final CodeTarget TARGET = CodeTarget.exactly(90);
    private static final ResourceUsage LEAN = new ResourceUsage(127, 0, 0, 26720);

    @Test
    void aListingOfResourcesIsReadByName() {
        assertEquals(new ResourceUsage(127, 16, 8, 26720), ResourceUsage.parse(USAGE));
    }

    @Test
    void aListingOfAnotherFormIsShown() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ResourceUsage.parse("cubin is empty"));
        assertTrue(refused.getMessage().endsWith("cubin is empty"), refused.getMessage());
    }

    @Test
    void instructionsOfTensorCoresAndAsynchronousCopiesAreCounted() {
        assertEquals(new InstructionCount(2, 1, 1, 3, 2), InstructionCount.parse(CODE));
        assertEquals(new InstructionCount(0, 0, 0, 0, 0), InstructionCount.parse("FFMA R0, R1, R2, R3 ; LDGDEPBAR ;"));
    }

    @Test
    void attentionThatSpillsIsAFaultAndAnotherKernelThatDoesIsNot() {
        ResourceUsage spilling = new ResourceUsage(255, 64, 8, 0);
        assertEquals(
                List.of("spills: each thread keeps 72 bytes in device memory beside its 255 registers"),
                portable("attend", spilling).faults());
        assertEquals(List.of(), portable("sample", spilling).faults());
        assertEquals(List.of(), portable("attend", LEAN).faults());
    }

    @Test
    void whatASourceAsksForMustBeInItsMachineCode() {
        assertEquals(
                List.of("its source asks for tensor cores, and its machine code has no instruction of theirs"),
                own("mma.sync.aligned.m16n8k16", 0, 0).faults());
        assertEquals(
                List.of("its source asks for asynchronous copies, and its machine code has none"),
                own("mma.sync cp.async.cg.shared.global", 8, 0).faults());
        assertEquals(
                List.of("its source asks for copies of boxes, and its machine code has none"),
                own("mma.sync cp.async cp.async.bulk.tensor.3d", 8, 8).faults());
        assertEquals(List.of(), own("mma.sync cp.async", 8, 8).faults());
        assertEquals(List.of(), own("a + b", 0, 0).faults());
    }

    @Test
    void productsOfWarpGroupsThatWaitForOneAnotherAreAFault() {
        assertEquals(List.of(), group(24, 2).faults());
        assertEquals(
                List.of(
                        "its source asks for products of warp groups, and its machine code has 24 and waits 24 times for them"),
                group(24, 24).faults());
        assertEquals(
                List.of(
                        "its source asks for products of warp groups, and its machine code has 0 and waits 0 times for them"),
                group(0, 0).faults());
    }

    @Test
    void warpGroupsThatShareOutRegistersHaveAllThatThereAre() {
        KernelSource source = new KernelSource(KernelFamily.CUDA, "attend_wgmma.cu", "setmaxnreg.inc.sync", "");
        assertEquals(
                List.of(
                        "its warp groups share out 168 registers a thread, and it is launched with 127: some would wait for ever"),
                Finding.of("attend_wgmma", source, TARGET, LEAN, Optional.empty())
                        .faults());
        ResourceUsage all = new ResourceUsage(168, 0, 0, 256);
        assertEquals(
                List.of(),
                Finding.of("attend_wgmma", source, TARGET, all, Optional.empty())
                        .faults());
        assertTrue(KernelSource.cuda("attend_wgmma:HEAD=128,STAGES=3").text().contains("setmaxnreg"));
    }

    @Test
    void onlyTheGenerationThatHasWarpGroupsIsShownTheirKernels() {
        KernelSource source = KernelSource.cuda("attend_wgmma:HEAD=128,STAGES=3");
        assertEquals(
                List.of(CodeTarget.exactly(90)),
                KernelCheck.TARGETS.stream()
                        .filter(target -> target.suits(source))
                        .toList());
        KernelSource warps = KernelSource.cuda("attend_merge");
        assertTrue(KernelCheck.TARGETS.stream().allMatch(target -> target.suits(warps)));
    }

    @Test
    void toolsThatAreNotThereAreNamedWithWhereToGetThem() {
        IOException absent =
                assertThrows(IOException.class, () -> new NvidiaTools(Path.of("absent")).usage(Path.of("k.cubin")));
        assertTrue(
                absent.getMessage()
                        .startsWith("absent/cuobjdump cannot be run; get it with 'pip install nvidia-cuda-cuobjdump"),
                absent.getMessage());
    }

    private static Finding portable(String kernel, ResourceUsage usage) {
        KernelSource source = new KernelSource(KernelFamily.PORTABLE, kernel, "", "");
        return Finding.of(kernel, source, TARGET, usage, Optional.empty());
    }

    private static Finding own(String text, int tensor, int async) {
        KernelSource source = new KernelSource(KernelFamily.CUDA, "attend_decode.cu", text, "");
        return Finding.of(
                "attend_decode", source, TARGET, LEAN, Optional.of(new InstructionCount(tensor, 0, 0, async, 0)));
    }

    private static Finding group(int products, int waits) {
        KernelSource source = new KernelSource(KernelFamily.CUDA, "attend_wgmma.cu", "wgmma.mma_async", "");
        return Finding.of(
                "attend_wgmma", source, TARGET, LEAN, Optional.of(new InstructionCount(8, products, waits, 8, 2)));
    }
}
