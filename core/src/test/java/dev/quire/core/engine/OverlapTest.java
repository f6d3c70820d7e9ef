package dev.quire.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.WrappedBackend;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.stream.TextStream;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.text.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** What the host does while the device computes: steps that end only when it has been done could not end otherwise. */
class OverlapTest {
    private static final int TOKENS = 8;

    @Test
    void theNextStepIsPlannedAndIssuedWhileOneRuns() {
        Progress progress = new Progress();
        Held backend = new Held(progress, step -> progress.issued > step || step == TOKENS);
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY, backend)) {
            Collected answer = Collected.of(engine, request());
            assertEquals(TOKENS, answer.tokens(0).size(), () -> String.valueOf(answer.end()));
        }
    }

    @Test
    void theTextOfAStepIsMadeWhileTheNextRuns() throws IOException {
        Progress progress = new Progress();
        Held backend =
                new Held(progress, step -> progress.texts >= step - 1 && (progress.issued > step || step == TOKENS));
        Tokenizer tokenizer = Tokenizer.open(TinyLlama.folder());
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY, backend)) {
            GenerationRequest request = request();
            TextStream text = new TextStream(request, tokenizer, choice -> {}, event -> {
                if (event instanceof TextEvent.Delta delta && !delta.tokens().isEmpty()) {
                    progress.text();
                }
            });
            Collected answer = new Collected();
            engine.submit(request, event -> {
                text.accept(event);
                answer.accept(event);
            });
            assertInstanceOf(TokenEvent.Completed.class, answer.end());
        }
    }

    private static GenerationRequest request() {
        Stopping whole = new Stopping(
                OptionalInt.of(TOKENS), 0, List.of(), Set.of(), Stopping.Eos.IGNORED, Stopping.StopText.REMOVED);
        SamplingParams sampling =
                SamplingParams.greedy().toBuilder().stopping(whole).build();
        return GenerationRequest.of("one", new int[] {5, 6, 7}, sampling);
    }

    /** What has been issued and read so far. */
    private static final class Progress {
        private int issued;
        private int texts;

        synchronized int issue() {
            issued++;
            notifyAll();
            return issued;
        }

        synchronized void text() {
            texts++;
            notifyAll();
        }

        synchronized void await(IntPredicate done, int step) {
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            try {
                while (!done.test(step)) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0) {
                        throw new BackendException(
                                BackendException.Kind.STEP_FAILED,
                                "step %d waits in vain: %d steps are issued, %d texts are made"
                                        .formatted(step, issued, texts));
                    }
                    wait(left);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The oracle, whose sampling steps end when they may. */
    private static final class Held extends WrappedBackend {
        private final Progress progress;
        private final IntPredicate done;

        Held(Progress progress, IntPredicate done) {
            super(new OracleBackend());
            this.progress = progress;
            this.done = done;
        }

        @Override
        public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
            Executable right = super.compile(program, weights, limits, numerics);
            return new Executable() {
                @Override
                public Ticket submit(StepBatch batch, Bindings io) {
                    Ticket ran = right.submit(known(batch), io);
                    return batch.sampling().isEmpty() ? ran : new HeldTicket(ran, progress, done, progress.issue());
                }

                @Override
                public long workspaceBytes() {
                    return right.workspaceBytes();
                }

                @Override
                public void close() {
                    right.close();
                }
            };
        }

        /** The same step, naming the oracle's own ticket. */
        private static StepBatch known(StepBatch batch) {
            StepTokens tokens = new StepTokens(
                    batch.tokens().ids(), batch.tokens().sampled().map(ticket -> ((HeldTicket) ticket).ran));
            return new StepBatch(
                    tokens,
                    batch.positions(),
                    batch.queryStarts(),
                    batch.logitRows(),
                    batch.adapters(),
                    batch.groups(),
                    batch.sampling());
        }
    }

    private record HeldTicket(Ticket ran, Progress progress, IntPredicate done, int step) implements Ticket {
        @Override
        public StepResult await() {
            progress.await(done, step);
            return ran.await();
        }

        @Override
        public boolean isDone() {
            return ran.isDone();
        }
    }
}
