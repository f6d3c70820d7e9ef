import dev.quire.kernels.KernelSource;
import dev.quire.kernels.SpirvModule;
import dev.quire.kernels.portable.TileShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles every portable kernel, and each that multiplies by tiles, to a SPIR-V module: clang, the SPIR-V translator, the validator. Runs with the compiled classes on the
 * class path, where the three tools are installed. A module is made again when its source, or this file, has changed.
 *
 * <p>Arguments: the folder for the modules and their {@code index}, a line for each: name, SHA-256 of source. Then a folder for scratch, then
 * this file.
 */
final class BuildSpirv {
    private static final String FRONT_END = "clang-15";
    private static final String TRANSLATOR = "llvm-spirv-15";
    private static final String VALIDATOR = "spirv-val";

    private final Path modules;
    private final Path scratch;
    private final Map<String, String> built = new TreeMap<>();

    private BuildSpirv(Path modules, Path scratch) {
        this.modules = modules;
        this.scratch = scratch;
    }

    public static void main(String[] arguments) throws Exception {
        Path modules = Path.of(arguments[0]);
        Path scratch = Files.createDirectories(Path.of(arguments[1]));
        byte[] self = Files.readAllBytes(Path.of(arguments[2]));
        new BuildSpirv(Files.createDirectories(modules), scratch).build(self);
    }

    private void build(byte[] self) throws Exception {
        Path index = modules.resolve("index");
        Path recipe = scratch.resolve("recipe");
        if (Files.exists(index) && Files.exists(recipe) && Arrays.equals(Files.readAllBytes(recipe), self)) {
            Files.readAllLines(index).forEach(line -> built.put(line.split(" ")[0], line.split(" ")[1]));
        }
        Files.deleteIfExists(index);
        List<String> kernels = Stream.concat(KernelSource.portable().stream(), TileShape.kernels().stream())
                .toList();
        List<Callable<Void>> work = new ArrayList<>();
        for (String kernel : kernels) {
            KernelSource source = KernelSource.openCl(kernel);
            if (!source.sha256().equals(built.get(kernel)) || !Files.exists(module(kernel))) {
                work.add(() -> compile(kernel, source));
            }
        }
        try (var pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (Future<Void> done : pool.invokeAll(work)) {
                done.get();
            }
        }
        Files.write(recipe, self);
        Files.writeString(
                index,
                kernels.stream()
                        .map(kernel -> kernel + " " + KernelSource.openCl(kernel).sha256() + "\n")
                        .collect(Collectors.joining()));
    }

    private Void compile(String kernel, KernelSource source) throws IOException, InterruptedException {
        String name = kernel.replaceAll("\\W", "_");
        Path text = scratch.resolve(name + ".cl");
        Path bitcode = scratch.resolve(name + ".bc");
        Path module = scratch.resolve(name + ".spv");
        Files.writeString(text, source.text());
        // No EXACT_DIVISION: a module cannot ask a device for rounded quotients, so it carries its own. Nothing is optimized but for inlining:
        // clang's passes leave integers of odd widths, which SPIR-V lacks, and the device's own compiler optimizes in any case.
        run(name, FRONT_END, "-c", "-cl-std=CL1.2", "-target", "spir64-unknown-unknown", "-Xclang", "-finclude-default-header",
                "-DFP_FAST_FMAF", "-O0", "-Xclang", "-disable-O0-optnone", "-emit-llvm", "-o", bitcode.toString(), text.toString());
        run(name, TRANSLATOR, "--spirv-max-version=1.2", "--spirv-fp-contract=off", bitcode.toString(), "-o", module.toString());
        run(name, VALIDATOR, "--target-env", "opencl2.1", module.toString());
        Files.createDirectories(module(kernel).getParent());
        Files.move(module, module(kernel), StandardCopyOption.REPLACE_EXISTING);
        return null;
    }

    private void run(String kernel, String... command) throws IOException, InterruptedException {
        Path log = scratch.resolve(kernel + ".log");
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("%s refuses kernel %s:\n%s".formatted(command[0], kernel, Files.readString(log)));
        }
    }

    private Path module(String kernel) {
        return modules.resolve(SpirvModule.file(kernel));
    }
}
