package dev.quire.kernels.portable;

import java.util.List;

/**
 * Work for a device: upload the words, then run the launches in order, each after the one before.
 *
 * @param words the step's numbers, what {@link Region.Words} holds
 */
public record Launches(int[] words, List<KernelLaunch> list) {
    public Launches {
        list = List.copyOf(list);
    }
}
