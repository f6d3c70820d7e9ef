package dev.quire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quire.kernels.portable.TileShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The modules that the build ships are those of the sources beside them, valid, and ask little of a device. */
class SpirvModuleTest {
    private static final String VALIDATOR = "spirv-val";
    private static final int HEADER_WORDS = 5;
    private static final int OP_ENTRY_POINT = 15;
    private static final int OP_EXECUTION_MODE = 16;
    private static final int OP_CAPABILITY = 17;
    private static final int CONTRACTION_OFF = 31;
    /** Addresses, Linkage, Kernel, Vector16, Float16Buffer (binary16 in memory, not in arithmetic), Int64, Int16, Int8, by their numbers. */
    private static final Set<Integer> CAPABILITIES = Set.of(4, 5, 6, 7, 8, 11, 22, 39);

    @TempDir
    Path folder;

    @BeforeAll
    static void theBuildHadACompiler() {
        assumeTrue(SpirvModule.built(), "the build had no clang-15, llvm-spirv-15 and spirv-val");
    }

    @Test
    void everyPortableKernelAndEveryTileHasTheModuleOfItsSource() {
        for (String kernel : kernels()) {
            assertEquals(
                    KernelSource.openCl(kernel).sha256(),
                    SpirvModule.find(kernel).source(),
                    kernel);
        }
    }

    @Test
    void everyModuleIsValid() throws IOException, InterruptedException {
        for (String kernel : KernelSource.portable()) {
            Path module = Files.write(
                    folder.resolve(kernel + ".spv"), SpirvModule.find(kernel).code());
            Path log = folder.resolve("log");
            int status = new ProcessBuilder(VALIDATOR, "--target-env", "opencl2.1", module.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            assertEquals("", Files.readString(log), kernel);
            assertEquals(0, status, kernel);
        }
    }

    @Test
    void noEntryPointMayContractAnOperation() {
        for (String kernel : kernels()) {
            List<int[]> entries = instructions(kernel, OP_ENTRY_POINT);
            assertEquals(1, entries.size(), kernel);
            int function = entries.getFirst()[2];
            assertTrue(
                    instructions(kernel, OP_EXECUTION_MODE).stream()
                            .anyMatch(mode -> mode[1] == function && mode[2] == CONTRACTION_OFF),
                    kernel);
        }
    }

    @Test
    void modulesAskForWhatEveryDeviceHas() {
        for (String kernel : kernels()) {
            Set<Integer> wanted = new TreeSet<>();
            instructions(kernel, OP_CAPABILITY).forEach(capability -> wanted.add(capability[1]));
            wanted.removeAll(CAPABILITIES);
            assertEquals(Set.of(), wanted, kernel);
        }
    }

    @Test
    void anUnknownKernelIsNamedWithTheKnownOnes() {
        String message = assertThrows(IllegalStateException.class, () -> SpirvModule.find("strlen"))
                .getMessage();
        assertTrue(message.contains("'strlen'") && message.contains("rms_norm"), message);
    }

    private static List<String> kernels() {
        return Stream.concat(KernelSource.portable().stream(), TileShape.kernels().stream())
                .toList();
    }

    /** All instructions of one opcode, each with its first word. */
    private static List<int[]> instructions(String kernel, int opcode) {
        var words = ByteBuffer.wrap(SpirvModule.find(kernel).code())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer();
        assertEquals(0x07230203, words.get(0), kernel + ": not a SPIR-V module");
        List<int[]> found = new ArrayList<>();
        for (int at = HEADER_WORDS; at < words.limit(); at += words.get(at) >>> 16) {
            if ((words.get(at) & 0xffff) == opcode) {
                int[] instruction = new int[words.get(at) >>> 16];
                words.get(at, instruction);
                found.add(instruction);
            }
        }
        return found;
    }
}
