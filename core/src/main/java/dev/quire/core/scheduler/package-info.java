/**
 * Turns waiting requests into steps. Counts tokens, logits rows and blocks; never sees tensors, devices or text.
 *
 * <p>{@link dev.quire.core.scheduler.Scheduler#plan} decides who computes which of its tokens in the next step;
 * {@link dev.quire.core.scheduler.Scheduler#complete} takes the sampled tokens of the oldest step in flight. Any number of steps may be
 * planned before the first completes: positions and counts advance when a step is planned, token ids follow when it completes.
 *
 * <p>The rules, with their intent:
 *
 * <ul>
 *   <li><b>S1 One order.</b> Sequences are ordered by importance: priority (under that policy), then arrival. Blocks are handed out in
 *       this order, so the most important sequence makes progress in every step that it can take part in, and none starves.
 *   <li><b>S2 Decodes first.</b> Each running sequence with one token to compute has that token (and a row of logits) set aside before
 *       prefills share the rest, so long prompts do not delay tokens of others; running prefills go before waiting ones.
 *   <li><b>S3 Victims.</b> Who needs a block and finds none takes those of the least important running sequence behind it, which is
 *       computed again later, its generated tokens kept. Who is itself the last waits in place: what it holds can be taken when someone
 *       needs it, and is not computed twice otherwise. No one is admitted in a step that was short of blocks.
 *   <li><b>S4 In flight.</b> A victim may be in flight: the token on its way is kept, its blocks are freed when the step completes, and
 *       it is admitted again no earlier than that.
 *   <li><b>S5 No way past the head.</b> If the most important waiting sequence does not fit, those behind it wait too.
 *   <li><b>S6 Never too long.</b> A sequence whose last token is on its way is not planned again. One that ends by what the engine finds
 *       in a token may be in a later step already: its row there is surplus, and is not among what {@code complete} returns.
 *   <li><b>S7 One prefill per group.</b> The choices of a request share the first one's prompt; in the step that completes it, they fork
 *       its block table and sample from the same row of logits.
 * </ul>
 */
package dev.quire.core.scheduler;
