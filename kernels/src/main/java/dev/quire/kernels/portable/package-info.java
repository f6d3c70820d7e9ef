/**
 * What to launch: turns programs, batches and block copies into launches of the portable kernels, with their arguments, sizes and memory, for
 * backends that only allocate and launch. Both numerics: REPRODUCIBLE is RULES, N: Canon 1; FAST
 * keeps matrices as they are stored. Never sees a device or its driver.
 *
 * <p>A backend that stands on it:
 *
 * <ol>
 *   <li>answers {@code supports} with {@link dev.quire.kernels.portable.PortablePlan#supports};
 *   <li>says what its work-items are, a {@link dev.quire.kernels.portable.WorkItem}, and compiles the kernels that these launch;
 *   <li>{@code load}: uploads each weight as it came, its {@link dev.quire.kernels.portable.WeightImage.Form#STORED} image;
 *   <li>{@code compile}: makes a {@link dev.quire.kernels.portable.PortablePlan}, allocates its workspace, uploads its tables, and runs
 *       {@link dev.quire.kernels.portable.WeightImage#decoding()} for each of its images; stored forms that no plan reads may go then;
 *   <li>{@code allocate}: a zeroed piece of memory per group, {@link dev.quire.kernels.portable.CacheShape#bytes()} long;
 *   <li>{@code submit}: asks {@link dev.quire.kernels.portable.PortablePlan#step} for launches, uploads the words to memory that no step in
 *       flight reads, and runs the launches in order, each {@link dev.quire.kernels.portable.Region} replaced by where it lies;
 *   <li>copies and swaps blocks with {@link dev.quire.kernels.portable.CacheLaunches}.
 * </ol>
 */
package dev.quire.kernels.portable;
