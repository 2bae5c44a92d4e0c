"""The open challenge: what a painter's words mean, from few of its pictures."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.foreign_words import MEDALS_FOR_WORDS, words_found
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_12.suite import check


@check.challenge("find_words", "finds what each word of three painters does", MEDALS_FOR_WORDS)
def _(find_words: Callable) -> Reached:
    with fresh_inputs(chosen_int(1212, between=(10_000, 2**40))):
        return words_found(find_words)
