package dev.quire.core.weights;

import dev.quire.api.WeightSource;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The weights of a program, read from a file by way of a name map. What is stored as the program wants it is handed out as mapped, without
 * a copy; the rest is converted into one scratch buffer, which {@link #releaseScratch} frees after loading.
 *
 * <p>Owns the file. Used by one thread at a time.
 */
public final class Checkpoint implements WeightSource, AutoCloseable {
    private final WeightFile file;
    private final TensorMap names;
    private Scratch scratch = Scratch.empty();

    public Checkpoint(WeightFile file, TensorMap names) {
        this.file = file;
        this.names = names;
    }

    /** The file that it reads. */
    public WeightFile file() {
        return file;
    }

    /** Whether the tensors of the weight {@code name} are there. */
    public boolean has(String name) {
        return file.tensors().keySet().containsAll(names.view(name).tensors());
    }

    /**
     * The format that the weight {@code name} is stored in; empty if its parts differ.
     *
     * @throws WeightFormatException if it is missing or unreadable
     */
    public Optional<WeightFormat> storedFormat(String name) {
        return Matrix.of(file, names.view(name)).format();
    }

    /**
     * The tensors that no weight of a program is read from, in the order of the file.
     *
     * @param refs all weights of the program
     */
    public List<Tensor> unused(Collection<WeightRef> refs) {
        Set<String> used = new HashSet<>();
        refs.forEach(ref -> used.addAll(names.view(ref.name()).tensors()));
        return file.tensors().values().stream()
                .filter(tensor -> !used.contains(tensor.name()))
                .toList();
    }

    /**
     * Refuses a checkpoint that does not fit a program: weights that are missing or misshapen, tensors that nothing uses.
     *
     * @param refs all weights of the program
     * @param ignored tensors that may be left over: masks, rotary tables, other heads
     * @throws WeightFormatException names up to ten of each
     */
    public void check(Collection<WeightRef> refs, Predicate<String> ignored) {
        List<String> leftOver =
                unused(refs).stream().map(Tensor::name).filter(ignored.negate()).toList();
        new CheckpointCheck(file, names).run(refs, leftOver);
    }

    /**
     * @throws WeightFormatException if the weight is missing, misshapen, or cannot be had in the format asked for
     */
    @Override
    public MemorySegment read(WeightRef ref) {
        Matrix matrix = Matrix.of(file, names.view(ref.name()));
        if (matrix.rows() != ref.rows() || matrix.columns() != ref.columns()) {
            throw new WeightFormatException("%s: %s".formatted(file.name(), CheckpointCheck.misshapen(ref, matrix)));
        }
        if (matrix.format().equals(Optional.of(ref.format()))) {
            Optional<MemorySegment> mapped =
                    matrix.mapped(0, matrix.rows()).filter(bytes -> isAligned(bytes, ref.format()));
            if (mapped.isPresent()) {
                return mapped.get();
            }
        }
        Conversion conversion = new Conversion(matrix, ref);
        MemorySegment target = scratch(ref.bytes());
        conversion.writeTo(target);
        return target.asReadOnly();
    }

    /** Frees the buffer of converted weights; a later read takes a new one. */
    public void releaseScratch() {
        scratch.arena().ifPresent(Arena::close);
        scratch = Scratch.empty();
    }

    @Override
    public void close() {
        releaseScratch();
        file.close();
    }

    private MemorySegment scratch(long bytes) {
        if (scratch.bytes().byteSize() < bytes) {
            releaseScratch();
            Arena arena = Arena.ofShared();
            scratch = new Scratch(Optional.of(arena), arena.allocate(bytes, 64));
        }
        return scratch.bytes().asSlice(0, bytes);
    }

    /** Plain elements at multiples of their size, blocks at multiples of their binary16 scales. */
    private static boolean isAligned(MemorySegment bytes, WeightFormat format) {
        return bytes.address() % (format.isQuantized() ? 2 : format.blockBytes()) == 0;
    }

    /** A buffer and what frees it. */
    private record Scratch(Optional<Arena> arena, MemorySegment bytes) {
        static Scratch empty() {
            return new Scratch(Optional.empty(), MemorySegment.NULL);
        }
    }
}
