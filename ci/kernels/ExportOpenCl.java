import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.portable.TileShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes what GPUs run in FAST as OpenCL C to the folder that its argument names: each format, and each shape of tiles. */
final class ExportOpenCl {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<String> kernels = new ArrayList<>(List.of("rms_norm_sub_group"));
        for (WeightFormat format : WeightFormat.values()) {
            kernels.add("linear_sub_group:FORMAT=FORMAT_" + format);
            kernels.add(TileShape.ALL.getFirst().kernel(format));
        }
        for (TileShape shape : TileShape.ALL.subList(1, TileShape.ALL.size())) {
            kernels.add(shape.kernel(WeightFormat.Q4_0));
        }
        for (String kernel : kernels) {
            String name = kernel.replaceAll("\\W", "_");
            Files.writeString(folder.resolve(name + ".cl"), KernelSource.openCl(kernel).text());
        }
    }
}
