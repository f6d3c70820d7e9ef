"""Documents without end, as text with the markers of a chat. `python corpus.py 10` prints some."""

import sys

from articles import article
from chats import chat, memory
from dice import Dice
from stories import book, story, titled

BEGIN, END = "<|begin|>", "<|end|>"
ROLES = {"system": "<|system|>", "user": "<|user|>", "assistant": "<|assistant|>"}
SPECIAL = [BEGIN, END, *ROLES.values()]


def rendered(messages):
    """A chat as the chat template of the tokenizer writes it."""
    return BEGIN + "".join(ROLES[role] + text + END for role, text in messages)


CHATS = {chat: 20, memory: 1}
TEXTS = {story: 8, titled: 2, book: 1, article: 9}


def document(dice):
    kind = dice.weighted(CHATS | TEXTS)
    return rendered(kind(dice)) if kind in CHATS else BEGIN + kind(dice) + END


def documents(seed):
    """(text, nats) of one document after the other: its text, and the surprise of the choices that made it."""
    dice = Dice(seed)
    while True:
        before = dice.nats
        text = document(dice)
        yield text, dice.nats - before


if __name__ == "__main__":
    source = documents(seed=1)
    for _ in range(int(sys.argv[1])):
        text, nats = next(source)
        print(f"[{nats:.1f} nats]\n{text}\n")
