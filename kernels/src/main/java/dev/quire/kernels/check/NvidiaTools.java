package dev.quire.kernels.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * NVIDIA's tools that read machine code: cuobjdump and nvdisasm.
 *
 * @param folder where they lie; empty for those on PATH
 */
record NvidiaTools(Path folder) {
    ResourceUsage usage(Path cubin) throws IOException, InterruptedException {
        return ResourceUsage.parse(run("cuobjdump", "--dump-resource-usage", cubin.toString()));
    }

    InstructionCount instructions(Path cubin) throws IOException, InterruptedException {
        return InstructionCount.parse(run("nvdisasm", "-c", cubin.toString()));
    }

    private String run(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(folder.resolve(tool).toString()));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile(tool, ".txt");
        try {
            int status = start(command, said).waitFor();
            String text = Files.readString(said, StandardCharsets.UTF_8);
            if (status != 0) {
                throw new IOException("%s ends with status %d: %s".formatted(command, status, text.strip()));
            }
            return text;
        } finally {
            Files.delete(said);
        }
    }

    private static Process start(List<String> command, Path said) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "%s cannot be run; get it with 'pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm', and name the folder 'nvidia/cu13' of these packages"
                            .formatted(command.getFirst()),
                    e);
        }
    }
}
