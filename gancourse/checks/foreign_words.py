"""A painter whose language nobody knows: sentences go in, pictures come out, and some words are not understood.

Each of its words brings one thing into the picture, or nothing at all. What no word has asked for is there by chance.
What is asked of an answer is what each word does, after few pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import CHANGES_CONTENT, intact
from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator

MEDALS_FOR_WORDS = Medals(bronze=900, silver=150, gold=38, unit="pictures")
STRANGE_WORDS, THINGS, PAINTERS = 36, 30, 3
CHANCE = 0.5
MOST_DRAWN = 990  # bronze, and what graders add to it
SOUNDS = ("ba", "do", "fi", "gu", "ka", "le", "mo", "nu", "pi", "ra", "so", "tu", "ve", "zo")


def strange_words(n: int) -> list[str]:
    """Words of two syllables, all different."""
    every = [one + two for one in SOUNDS for two in SOUNDS]
    return [every[k] for k in torch.randperm(len(every), generator=generator())[:n].tolist()]


def one_painter(answer: Callable) -> tuple[int, str]:
    """How many pictures an answer asks of a painter, and what is wrong with what it returns; "" for nothing."""
    random = generator()
    words = strange_words(STRANGE_WORDS)
    order = torch.randperm(STRANGE_WORDS, generator=random).tolist()
    means = {words[order[k]]: k for k in range(THINGS)}
    drawn, over = [0], [False]

    def draw(sentence: Any) -> Tensor:
        expect(not over[0], "`draw` is called once more after your function has returned.")
        expect(isinstance(sentence, list | tuple), f"`draw` takes a list of words; you give it {a(sentence)}.")
        unknown = [word for word in sentence if not isinstance(word, str) or word not in words]
        expect(not unknown, f"`draw` takes words from `words`; {unknown[:1]} is none of them.")
        drawn[0] += 1
        expect(drawn[0] <= MOST_DRAWN, f"You ask for more than {MOST_DRAWN} pictures; bronze takes 900.")
        seen = torch.rand(THINGS, generator=random) < CHANCE
        for word in sentence:
            if word in means:
                seen[means[word]] = True
        return seen

    given = list(words)
    said = answer(draw, given, THINGS)
    over[0] = True
    expect(intact(given), CHANGES_CONTENT.format(which="number 2, the words"))
    return drawn[0], mistakes(said, words, means)


def mistakes(said: Any, words: Sequence[str], means: dict[str, int]) -> str:
    """What is wrong with a dictionary."""
    expect(isinstance(said, dict), f"Return a dictionary, from each word to a thing's number or None; it is {a(said)}.")
    missing = [word for word in words if word not in said]
    expect(not missing, f"Your dictionary lacks {len(missing)} of {len(words)} words.")
    wrong = 0
    for word in words:
        value = said[word]
        if isinstance(value, Tensor) and value.numel() == 1:
            value = value.item()
        expect(value is None or (isinstance(value, int) and not isinstance(value, bool)),
               f"A word's thing is a whole number or None; {word!r} has {a(value)}.")  # fmt: skip
        wrong += value != means.get(word)
    return f"{wrong} of {len(words)} words are not right." if wrong else ""


def words_found(answer: Callable) -> Reached:
    """The mean number of pictures over three painters, or a miss where a word is not right."""
    found = [one_painter(answer) for _ in range(PAINTERS)]
    pictures = sum(count for count, _ in found) / len(found)
    for count, wrong in found:
        if wrong:
            raise Miss(f"{wrong[:-1]}, after {count} pictures. All are asked.")
    return Reached(pictures, f"Each of {PAINTERS} painters is understood, after {pictures:.4g} pictures on average.")
