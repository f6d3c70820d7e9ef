package dev.quire.backends.tornado.device;

import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.AccessorParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The portable kernels as prebuilt tasks. A kernel's head gives way to the one that TornadoVM calls; its parameters become variables, read from those
 * of the launch.
 */
final class PrebuiltKernels {
    private static final Pattern HEAD = Pattern.compile("KERNEL void (\\w+)\\(([^)]*)\\) \\{");
    private static final Pattern PARAMETER = Pattern.compile("(.*?)(\\w+)");
    /** What every one of them is called, so that {@link #prebuilt} can stand for it. */
    private static final String NAME = "prebuilt";

    private static final String CALLED = """
        KERNEL void prebuilt(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region,
                       __global int *_atomics, __private int first_, __global uchar *parameters_, __global uchar *arena_) {
            GLOBAL const int *launch_ = (GLOBAL const int *)(parameters_ + %d) + first_;
        """;

    private final Path folder;
    private final String beginning;

    /**
     * @param folder where sources are kept, since TornadoVM reads them from files
     * @param exactDivision whether the device's own quotients and roots are rounded correctly
     */
    PrebuiltKernels(Path folder, boolean exactDivision) {
        this.folder = folder;
        this.beginning = exactDivision ? "#define EXACT_DIVISION\n" : "";
    }

    /** @param kernel a {@link KernelName} */
    Views.Kernel task(String kernel) {
        KernelSource source = KernelSource.openCl(kernel);
        String function = KernelName.parse(kernel).function();
        String file = write(function, beginning + called(source.text())).toString();
        return (graph, id, at, views) -> {
            AccessorParameters arguments = new AccessorParameters(3);
            arguments.set(0, at, Access.NONE);
            arguments.set(1, views.parameters(), Access.READ_ONLY);
            arguments.set(2, views.words(), Access.READ_WRITE);
            return graph.prebuiltTask(id, NAME, file, arguments);
        };
    }

    /** What stands in a graph for a prebuilt task whose code the plan has under the same id and name already. Its body says which arrays such code uses. */
    static void prebuilt(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        words.set(i, words.get(i) + p.get(at));
    }

    /** The last task of a graph is always compiled; this one does nothing. */
    static void nothing(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (p.get(at) == i + 1) {
            words.set(i, words.get(i));
        }
    }

    private Path write(String function, String text) {
        try {
            Path file = folder.resolve("tornado-%s-%s.cl"
                    .formatted(
                            function,
                            Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16)));
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                Path begun = Files.createTempFile(folder, "tornado", ".part");
                Files.writeString(begun, text);
                Files.move(begun, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot hold kernels for TornadoVM".formatted(folder), e);
        }
    }

    /** A kernel's source under the head that TornadoVM calls. */
    static String called(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.find()) {
            throw new IllegalArgumentException("no 'KERNEL void name(parameters) {' in the kernel's source");
        }
        StringBuilder begun = new StringBuilder(CALLED.formatted(TornadoNativeArray.ARRAY_HEADER));
        String[] parameters = head.group(2).split(",");
        for (int i = 0; i < parameters.length; i++) {
            Matcher parameter = PARAMETER.matcher(parameters[i].strip().replaceAll("\\s+", " "));
            if (!parameter.matches()) {
                throw new IllegalArgumentException("'%s' is no parameter".formatted(parameters[i]));
            }
            String type = parameter.group(1).strip();
            begun.append("    %s %s = %s;\n".formatted(type, parameter.group(2), value(type, i)));
        }
        return text.substring(0, head.start()) + begun + text.substring(head.end());
    }

    private static String value(String type, int index) {
        if (type.endsWith("*")) {
            return "(%s)(arena_ + %d + 4 * (i64)(u32)launch_[%d])"
                    .formatted(type, TornadoNativeArray.ARRAY_HEADER, index);
        }
        return type.equals("float") ? "FLT(launch_[%d])".formatted(index) : "launch_[%d]".formatted(index);
    }
}
