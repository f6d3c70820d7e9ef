package dev.quire.backends.cpu;

/** One or more ops of a program, ready to run. */
@FunctionalInterface
interface Stage {
    void run(StepFrame frame);
}
