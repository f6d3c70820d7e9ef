"""Tells which compiler accepts which kernels."""

import sys


def report(kinds, vendor, targets, sources, compile_one):
    """Compiles every source for every target, prints who is refused and why, and ends the program: with 1 if anything was refused.

    kinds: what a source is, in the plural; compile_one(source, target): the log if the compiler refuses the source, else None.
    """
    refused = 0
    for target in targets:
        logs = [compile_one(source, target) for source in sources]  # in their order: a kernel's name may stand there as two kinds of file
        for source, log in zip(sources, logs):
            if log is not None:
                refused += 1
                print(f"{vendor} {target} refuses {source.name}: {log}")
        accepted = logs.count(None)
        print(f"{vendor} {target}: {accepted} of {len(sources)} {kinds} accepted")
    sys.exit(1 if refused else 0)
