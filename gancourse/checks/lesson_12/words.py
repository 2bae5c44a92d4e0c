"""Sentences as words, words as numbers, and the state at a sentence's last word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import chosen_int, fresh, generator, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.values import NOTHING, described, differentiable, expect_close, numbers

OF_PADDING, OF_UNKNOWN = "<pad>", "<unk>"
WORD_POOL = ("smile", "beard", "curly", "hair", "glasses", "hat", "older", "person", "wears", "scarf", "brown", "long",
        "eyes", "young", "cap", "braids")  # fmt: skip


def some_words(n: int, friendly: tuple[str, ...]) -> list[str]:
    """These words, or as many others."""
    if not fresh():
        return list(friendly)
    return [WORD_POOL[k] for k in torch.randperm(len(WORD_POOL), generator=generator())[:n].tolist()]


def list_of_words(value: Any, what: str = "The result") -> list[str]:
    expect(value is not None, NOTHING)
    expect(type(value) is list, f"{what} should be a list of words; it is {a(value)}.")
    for part in value:
        expect(type(part) is str, f"{what} should hold words; it holds {a(part)}.")
    return list(value)


# --- words of a sentence ------------------------------------------------------------------------------


def says(answer: Callable, sentence: str, want: list[str], usual: dict[str, list[str]] | None = None) -> None:
    """Miss unless these are the sentence's words."""
    got = list_of_words(answer(sentence))
    if got == want:
        return
    message = f"For {sentence!r} you return {got[:12]}; expected {want[:12]}."
    for said, wrong in (usual or {}).items():
        if got == wrong and wrong != want:
            raise Miss(f"{message}\n{said}")
    raise Miss(message)


@check.that("sentence_words", "finds the words of a sentence, in order, in lower case", point=True)
def _(answer: Callable) -> None:
    a_, b, c, d = some_words(4, ("older", "person", "scarf", "hat"))
    sentence = f"An {a_} {b.upper()}, with a {c} and a {d}."
    want = ["an", a_, b, "with", "a", c, "and", "a", d]
    usual = {
        "Punctuation stays at the words. It belongs to none.": sentence.lower().split(),
        "Words keep their capitals.": ["An", a_, b.upper(), "with", "a", c, "and", "a", d],
        "Each word comes once. Order and repetition belong to a sentence.": list(dict.fromkeys(want)),
        "The words are sorted. Their order says who wears what.": sorted(want),
        "Letters come in place of words.": [x for x in sentence.lower() if x.isalpha()],
        "Words of one letter are lost.": [w for w in want if len(w) > 1],
    }
    says(answer, sentence, want, usual)


@check.that("sentence_words", "keeps a hyphen between letters, and no other")
def _(answer: Callable) -> None:
    one, two = some_words(2, ("chin", "length"))
    usual = {
        "The hyphen parts a word in two. Between two letters it belongs to the word.": [one, two, "hair"],
        "The hyphen is lost, and the word is one.": [one + two, "hair"],
    }
    says(answer, f"{one}-{two} hair", [f"{one}-{two}", "hair"], usual)
    usual = {"A hyphen that no letter follows, or none precedes, belongs to no word.": [f"-{one}", f"{two}-"]}
    says(answer, f"-{one} {two}-", [one, two], usual)
    says(answer, f"{one} - {two}", [one, two], {"A lone hyphen is no word.": [one, "-", two]})
    says(answer, f"{one}--{two}", [one, two], {"Two hyphens are no part of a word.": [f"{one}--{two}"]})
    usual = {"A word may have several hyphens, each between two letters.": [f"{one}-{two}", "hair"]}
    says(answer, f"{one}-{two}-hair", [f"{one}-{two}-hair"], usual)
    usual = {
        "A hyphen at a line's end has no letter behind it: it parts words, as the line end does.": [f"{one}-{two}"]
    }
    says(answer, f"{one}-\n{two}", [one, two], usual)


@check.that("sentence_words", "parts words at all else: digits, signs, line ends, other letters")
def _(answer: Callable) -> None:
    one, two, three = some_words(3, ("smile", "hat", "cap"))
    says(answer, f"{one}/{two}\n{three}!?", [one, two, three])
    says(answer, f"  {one}   {two}\t", [one, two])
    number = chosen_int(7, between=(1, 99))
    says(answer, f"{one}{number}{two} {number}", [one, two], {"Digits are no letters.": [f"{one}{number}{two}"]})
    says(answer, f"{one}'s_{two}", [one, "s", two], {"`_` is no letter.": [one, f"s_{two}"]})
    says(answer, f"{one}é {two}", [one, two], {"é is none of the letters from a to z.": [f"{one}é", two]})


@check.that("sentence_words", "finds none where there is none", alone=False)
def _(answer: Callable) -> None:
    for sentence in ("", "   ", "… 42 – !"):
        says(answer, sentence, [], {"An empty word is no word.": [""]})


# --- vocabulary ---------------------------------------------------------------------------------------


class Corpus:
    """Sentences in which words occur three times, twice, and once."""

    def __init__(self) -> None:
        often, twice, again, once, last = some_words(5, ("person", "hat", "beard", "scarf", "cap"))
        self.lists = [[often, twice, often], [again, once], [], [twice, often, again, last]]
        self.by_count = {often: 3, twice: 2, again: 2, once: 1, last: 1}

    def want(self, least: int) -> list[str]:
        return [OF_PADDING, OF_UNKNOWN, *sorted(word for word, n in self.by_count.items() if n >= least)]


def same_words(got: list[str], want: list[str], where: str, usual: dict[str, list[str]]) -> None:
    if got == want:
        return
    message = f"For {where} you return {got}; expected {want}."
    for said, wrong in usual.items():
        if got == wrong and wrong != want:
            raise Miss(f"{message}\n{said}")
    raise Miss(message)


@check.that("vocabulary_of", "is the two of its own, and what occurs often enough, sorted", point=True)
def _(answer: Callable) -> None:
    for least in (2, 1, 3):
        corpus = Corpus()
        n, want = corpus.by_count, corpus.want(least)
        found = want[2:]
        often = sorted(n, key=lambda word: (-n[word], word))
        usual = {
            "The two of its own are missing: <pad> and <unk> come first.": found,
            "<pad> comes first, and then <unk>.": [OF_UNKNOWN, OF_PADDING, *found],
            "<pad> and <unk> come first, not last.": [*found, OF_PADDING, OF_UNKNOWN],
            "All words are taken. Only those that occur `least` times and more are.": corpus.want(1),
            "A word that occurs `least` times is in: at least, not more than.": corpus.want(least + 1),
            "Words that occur once too seldom are in.": corpus.want(least - 1),
            "Words come by how often they occur. Alphabetical order is asked.": (
                [OF_PADDING, OF_UNKNOWN, *(word for word in often if n[word] >= least)]
            ),
            "Words come as they first occur. Alphabetical order is asked.": (
                [OF_PADDING, OF_UNKNOWN, *(word for word in n if n[word] >= least)]
            ),
            "Occurrences are counted by sentence. Each counts, also the second in one sentence.": (
                [OF_PADDING, OF_UNKNOWN, *sorted(w for w in n if sum(w in some for some in corpus.lists) >= least)]
            ),
        }
        got = list_of_words(answer(corpus.lists, least))
        same_words(got, want, f"{corpus.lists} and least = {least}", usual)


@check.that("vocabulary_of", "asks for two where nothing is said, and for an empty corpus has its own two")
def _(answer: Callable) -> None:
    corpus = Corpus()
    usual = {"Where nothing is said, `least` is 2.": corpus.want(1), "`least` is 2, not 3.": corpus.want(3)}
    same_words(list_of_words(answer(corpus.lists)), corpus.want(2), f"{corpus.lists}", usual)
    same_words(list_of_words(answer([])), [OF_PADDING, OF_UNKNOWN], "no sentence at all", {})
    expect(intact(corpus.lists), "Your function changes the lists that it is given.")


@check.that("vocabulary_of", "takes every word that is frequent enough, one with a hyphen, too")
def _(answer: Callable) -> None:
    one, two, three = some_words(3, ("chin", "length", "hat"))
    joined = f"{one}-{two}"
    lists = [[joined, three], [three, joined], [joined]]
    usual = {"A word with a hyphen is a word, too: exercise 1 keeps it whole.": [OF_PADDING, OF_UNKNOWN]}
    got = list_of_words(answer(lists, 3))
    same_words(got, [OF_PADDING, OF_UNKNOWN, joined], f"{lists} and least = 3", usual)


# --- numbers ------------------------------------------------------------------------------------------


class Sentences:
    """A vocabulary, sentences of several lengths, and what their numbers are."""

    def __init__(self, length: int) -> None:
        known = sorted(some_words(6, ("beard", "cap", "hat", "person", "scarf", "wears")))
        self.vocabulary, self.length = [OF_PADDING, OF_UNKNOWN, *known], length
        strange = next(word for word in ("zebra", "xylophone") if word not in known)
        long = [known[k % 6] for k in (3, 5, 0, 2, 1, 4, 0)]
        self.lists = [[known[1], known[4]], [known[3], strange, known[0]], [], long]
        number = {word: k for k, word in enumerate(self.vocabulary)}
        self.numbers = torch.zeros(4, length, dtype=torch.long)
        self.there = torch.zeros(4, length, dtype=torch.bool)
        for row, words in enumerate(self.lists):
            for k, word in enumerate(words[:length]):
                self.numbers[row, k], self.there[row, k] = number.get(word, 1), True

    def told(self) -> str:
        return f"{self.lists}, the vocabulary {self.vocabulary} and length = {self.length}"


def two_tables(value: Any, n: int, length: int) -> tuple[Tensor, Tensor]:
    """The student's two tables, as doubles."""
    expect(value is not None, NOTHING)
    both = isinstance(value, tuple | list) and len(value) == 2
    expect(both, f"Return two tensors, the numbers and where words are; you return {described(value)}.")
    found = []
    for part, name in zip(value, ("The first, the numbers,", "The second, where words are,"), strict=True):
        found.append(numbers(part, (n, length), name, "One row for a sentence, `length` columns."))
    return found[0], found[1]


@check.that("as_numbers", "gives each word its place in the vocabulary, and <unk>'s to an unknown one", point=True)
def _(answer: Callable) -> None:
    case = Sentences(chosen_int(5, between=(4, 6)))
    got, _ = two_tables(answer(case.lists, case.vocabulary, case.length), 4, case.length)
    want = case.numbers.double()
    left = [[case.vocabulary.index(w) for w in words if w in case.vocabulary] for words in case.lists]
    dropped = torch.tensor([(row + [0] * case.length)[: case.length] for row in left]).double()
    unpadded = torch.where(case.there, case.numbers, torch.ones_like(case.numbers)).double()
    front, late = torch.zeros_like(want), want.clone()
    for row, words in enumerate(case.lists):
        n = min(len(words), case.length)
        front[row, case.length - n :] = want[row, :n]
        cut = [case.vocabulary.index(w) if w in case.vocabulary else 1 for w in words][-case.length :]
        late[row, :n] = torch.tensor(cut).double()
    usual = {
        "An unknown word is left out. It has a number, that of <unk>.": dropped,
        "An unknown word gets padding's number. It is a word: <unk>'s is asked.": torch.where(want == 1, 0.0, want),
        "Padding has <pad>'s number, 0, and not <unk>'s.": unpadded,
        "Words come first, and padding behind them.": front,
        "A sentence that is too long keeps its first words.": late,
        "All numbers are one too large: the first place is 0.": (want + 1) * case.there,
        "All numbers are two too small: <pad> and <unk> have places, too.": (want - 2) * case.there,
    }
    expect_close(got, want, case.told(), usual)


@check.that("as_numbers", "says where words are: also of an unknown one, and nowhere in an empty sentence", point=True)
def _(answer: Callable) -> None:
    case = Sentences(chosen_int(5, between=(4, 6)))
    _, got = two_tables(answer(case.lists, case.vocabulary, case.length), 4, case.length)
    want = case.there.double()
    empty = want.clone()
    empty[2, 0] = 1
    usual = {
        "It is the other way around: True stands where there is a word.": 1 - want,
        "An unknown word is a word, too.": ((case.numbers != 1) & case.there).double(),
        "Every place is True. Padding is no word.": torch.ones_like(want),
        "In an empty sentence there is no word at all.": empty,
    }
    expect_close(got, want, case.told(), usual)


@check.that("as_numbers", "gives whole numbers and truth values, for any number of sentences")
def _(answer: Callable) -> None:
    case = Sentences(4)
    value = answer(case.lists[:1], case.vocabulary, 4)
    expect(isinstance(value, tuple | list) and len(value) == 2, "Return two tensors.")
    for part, kinds, said in (
        (value[0], (torch.int64,), "The numbers should be whole numbers (torch.long): an embedding asks."),
        (value[1], (torch.bool,), "Where words are should be truth values (torch.bool)."),
    ):
        expect(isinstance(part, Tensor) and part.dtype in kinds, said)
    short = [words[:2] for words in case.lists]
    for part in two_tables(answer(short, case.vocabulary, 6), 4, 6):
        expect(not part[:, 2:].any(), "Where all sentences are shorter than `length`, the last columns are padding.")
    none = answer([], case.vocabulary, 4)
    two_tables(none, 0, 4)
    expect(intact(case.lists), "Your function changes the lists that it is given.")


# --- the state at the last word -----------------------------------------------------------------------


def some_states(n: int = 4) -> tuple[Tensor, Tensor]:
    """States (n, 5, 3), and where words are: 5, 2, none, 1, 3 and so on."""
    longs = [5, 2, 0, 1, 3, 4][:n]
    if fresh():
        longs = [5, 0, *torch.randint(1, 5, (n - 2,), generator=generator()).tolist()]
    there = torch.arange(5) < torch.tensor(longs)[:, None]
    return randn(n, 5, 3).double(), there


def at_last(states: Tensor, there: Tensor) -> Tensor:
    rows = [row[: int(k.sum())][-1] if k.any() else row[0] * 0 for row, k in zip(states, there, strict=True)]
    return torch.stack(rows)


@check.that("last_word", "is the state at each sentence's last word", point=True)
def _(answer: Callable) -> None:
    states, there = some_states()
    got = numbers(answer(states, there), (4, 3), advice="One state for each sentence.")
    want = at_last(states, there)
    share = there.double() / there.sum(1, keepdim=True).clamp(min=1)
    after = torch.stack([row[min(int(k.sum()), 4)] for row, k in zip(states, there, strict=True)])
    nothing = want.clone()
    nothing[~there.any(1)] = states[~there.any(1), -1]
    first = want.clone()
    first[~there.any(1)] = states[~there.any(1), 0]
    usual = {
        "It is the last column, where many sentences have padding.": states[:, -1],
        "It is the first word's state.": states[:, 0],
        "It is the mean over the words. Asked for is the last one's state.": (states * share[:, :, None]).sum(1),
        "It is one place too far: with k words the last one is at k − 1.": after,
        "A sentence without a word has no last one: zeros are asked.": nothing,
        "A sentence without a word has none at place 0 either: zeros are asked.": first,
        "It is the largest over the words.": states.masked_fill(~there[:, :, None], -1e9).max(1).values,
    }
    expect_close(got, want, f"sentences of {', '.join(map(str, there.sum(1).tolist()))} words", usual, show=False)


@check.that("last_word", "does not care what stands in the padding", point=True)
def _(answer: Callable) -> None:
    states, there = some_states()
    other = torch.where(there[:, :, None], states, 50 * randn(*states.shape).double())
    got = numbers(answer(states, there), (4, 3), advice="One state for each sentence.")
    again = numbers(answer(other, there), (4, 3), advice="One state for each sentence.")
    expect_close(again, got, "the same words with other numbers behind them", show=False,
                 what="what is behind the last word changes the answer; you return")  # fmt: skip
    longer = torch.cat([states, randn(4, 2, 3).double()], 1), torch.cat([there, torch.zeros(4, 2, dtype=torch.bool)], 1)
    again = numbers(answer(*longer), (4, 3), advice="One state for each sentence.")
    expect_close(again, at_last(states, there), "the same sentences with two more places of padding", show=False)


@check.that("last_word", "is right for one sentence alone, and for a long one")
def _(answer: Callable) -> None:
    states, there = randn(1, 4, 3).double(), torch.tensor([[True, True, False, False]])
    got = numbers(answer(states, there), (1, 3), advice="A batch of one sentence gives (1, d).")
    expect_close(got, states[:, 1], "one sentence of 2 words", show=False)
    states, there = randn(2, 4, 1).double(), there.repeat(2, 1)
    got = numbers(answer(states, there), (2, 1), advice="States of one number give (n, 1).")
    expect_close(got, states[:, 1], "states of one number", show=False)
    long = chosen_int(300, between=(290, 310))
    states, there = randn(2, long + 5, 2).double(), torch.arange(long + 5).repeat(2, 1) < long
    usual = {"Words are counted in numbers that end at 127, or 255.": states[:, long - 257]}
    got = numbers(answer(states, there), (2, 2), advice="One state for each sentence.")
    expect_close(got, states[:, long - 1], f"sentences of {long} words", usual, show=False)


@check.that("last_word", "lets gradients pass to the last word's state, and to no other", alone=False)
def _(answer: Callable) -> None:
    states, there = some_states()
    states = states.requires_grad_()
    made = answer(states, there)
    differentiable(made, "The result is cut off from the states: nothing could learn from it.")
    made.sum().backward()
    want = torch.zeros_like(states)
    for row, k in enumerate(there.sum(1).tolist()):
        if k:
            want[row, k - 1] = 1
    expect(states.grad is not None, "No gradient reaches the states.")
    expect_close(numbers(states.grad), want, "these sentences", show=False, what="the gradient at the states is")
