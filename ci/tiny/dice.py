"""Every choice that a text is made of, and what the choices cost: the generator's entropy is known, not guessed."""

import math
import random


class Dice:
    """A seeded source of choices that adds up their surprise.

    `nats` is minus the logarithm of the probability of all choices so far. Two ways to choose may give the same text, so it is an upper
    bound of the text's own information, and the mean over many texts bounds the entropy that a perfect model would reach.
    """

    def __init__(self, seed):
        self._random = random.Random(seed)
        self.nats = 0.0

    def pick(self, options):
        """One of `options`, all equally likely."""
        self.nats += math.log(len(options))
        return options[self._random.randrange(len(options))]

    def weighted(self, options):
        """A key of `options`, a dictionary of weights."""
        total = sum(options.values())
        at = self._random.random() * total
        for option, weight in options.items():
            at -= weight
            if at < 0:
                break
        self.nats += math.log(total / options[option])
        return option

    def number(self, low, high):
        """An integer from low to high, both included."""
        self.nats += math.log(high - low + 1)
        return self._random.randint(low, high)

    def chance(self, probability):
        """True with this probability."""
        hit = self._random.random() < probability
        self.nats -= math.log(probability if hit else 1 - probability)
        return hit

    def sample(self, options, count):
        """`count` different ones of `options`, in any order."""
        self.nats += sum(math.log(len(options) - i) for i in range(count))
        return self._random.sample(options, count)
