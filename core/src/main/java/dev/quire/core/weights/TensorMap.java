package dev.quire.core.weights;

/** Which part of a checkpoint each weight of a program is; one per family of checkpoints. */
@FunctionalInterface
public interface TensorMap {
    /** Where the weight {@code name} lies. The tensors that the view names need not exist. */
    TensorView view(String name);

    /** Weights are called as their tensors are. */
    static TensorMap identity() {
        return TensorView::whole;
    }
}
