import dev.quire.kernels.Dialect;
import dev.quire.kernels.KernelSource;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes every portable kernel as CUDA C to the folder that its argument names. */
final class ExportCuda {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        for (String kernel : KernelSource.portable()) {
            Files.writeString(folder.resolve(kernel + ".cu"), KernelSource.portable(kernel, Dialect.CUDA).text());
        }
    }
}
