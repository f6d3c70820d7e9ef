"""Tells which compiler accepts which kernels."""

import sys


def report(kinds, vendor, targets, sources, compile_one):
    """Compiles every source for every target, prints who is refused and why, and ends the program: with 1 if anything was refused.

    kinds: what a source is, in the plural; compile_one(source, target): the log if the compiler refuses the source, else None.
    """
    refused = 0
    for target in targets:
        logs = {source.stem: compile_one(source, target) for source in sources}
        for name, log in logs.items():
            if log is not None:
                refused += 1
                print(f"{vendor} {target} refuses {name}: {log}")
        accepted = sum(log is None for log in logs.values())
        print(f"{vendor} {target}: {accepted} of {len(sources)} {kinds} accepted")
    sys.exit(1 if refused else 0)
