"""Algorithm 1: who moves when, and on which samples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import chosen, chosen_int
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.values import expect_close, numbers


class Referee:
    """Stands in for both steps and both sources of samples, and notes who was called with what.

    D's loss is the number of moves so far, G's is minus that: in units which are 1 in a notebook. Every batch
    holds its own number, so that it can be told from others: above 0 where it is real, below where it is noise.
    """

    def __init__(self) -> None:
        (self.unit,) = chosen(1.0, between=(0.3, 3.0))
        self.moves = ""
        self.drawn = 0
        self.real_seen: list[float] = []
        self.noise_seen: list[float] = []

    def real(self, *arguments: Any) -> Tensor:
        expect(not arguments, "sample_real takes no arguments: sample_real().")
        self.drawn += 1
        return torch.full((2, 1), float(self.drawn))

    def noise(self, *arguments: Any) -> Tensor:
        expect(not arguments, "sample_noise takes no arguments: sample_noise().")
        self.drawn += 1
        return torch.full((2, 1), -float(self.drawn))

    def d_step(self, *samples: Any, **named: Any) -> float:
        samples = (*samples, *(named[name] for name in sorted(named)))  # real=… comes before z=…
        if [kind(s) for s in samples] != ["real", "z"]:
            raise Miss(
                "discriminator_step is called as discriminator_step(real, z), with a batch of real data "
                f"and one of noise; you gave it {what_was_given(samples)}."
            )
        self.moves += "D"
        self.real_seen.append(which(samples[0]))
        self.noise_seen.append(which(samples[1]))
        return self.unit * len(self.moves)

    def g_step(self, *samples: Any, **named: Any) -> float:
        samples = (*samples, *named.values())
        if [kind(s) for s in samples] != ["z"]:
            raise Miss(
                "generator_step is called as generator_step(z), with a batch of noise; "
                f"you gave it {what_was_given(samples)}."
            )
        self.moves += "G"
        self.noise_seen.append(which(samples[0]))
        return -self.unit * len(self.moves)

    def losses(self, iteration: int, k: int) -> list[float]:
        """What is to be yielded after an iteration, counted from 1: the loss of D's last step, and G's."""
        moves = iteration * (k + 1)
        return [self.unit * (moves - 1), -self.unit * moves]

    def play(self, algorithm: Callable, iterations: int, k: int) -> Iterator[Any]:
        run = algorithm(self.d_step, self.g_step, self.real, self.noise, iterations, k)
        expect(run is not None, "The result is None. Use `yield` in the loop: the function is then an iterator.")
        expect(
            hasattr(run, "__next__"),
            f"The result is {a(run)}. Use `yield` in the loop, so that whoever runs it can stop after any iteration.",
        )
        return run


FAR_TOO_MANY = 50  # where a run should have ended long ago


def kind(sample: Any) -> str:
    """Which source a sample came from."""
    if callable(sample):
        return "a function"
    number = which(sample) if isinstance(sample, Tensor) else 0
    return a(sample) if not number else "real" if number > 0 else "z"


def which(sample: Tensor) -> float:
    """The number of a batch: positive where it is real, negative where it is noise; 0 for what was never drawn."""
    values = sample.detach().flatten().tolist()
    return float(values[0]) if values and len(set(values)) == 1 and abs(values[0]) >= 1 else 0.0


def what_was_given(samples: tuple[Any, ...]) -> str:
    names = {"real": "real data", "z": "noise", "a function": "a function (is its () missing?)"}
    return " and ".join(names.get(kind(s), kind(s)) for s in samples) or "nothing"


def miscount(moves: str, iterations: int, k: int) -> str:
    """What is wrong with a sequence of moves that should have been (k·D, G) times `iterations`."""
    per_iteration = {len(run) for run in re.findall(r"(D*)G", moves)}
    if not moves:
        return "No step is taken at all."
    if "D" not in moves or "G" not in moves:
        return f"{'D' if 'G' in moves else 'G'} never moves."
    if moves == ("G" + "D" * k) * iterations:
        return "In the paper D moves first."
    if moves == ("D" + "G" * k) * iterations:
        return "It is D that takes k steps, not G."
    if moves == "DG" * k * iterations:
        return "G's step belongs after the inner loop, not in it."
    if moves == "D" * k * iterations + "G" * iterations:
        return "All of D's steps are taken before G's first: nest the inner loop in the outer one."
    if moves == "DG" * iterations:
        return "The inner loop over k is missing."
    if moves == "D" * k + "G":
        return "The loop over the iterations is missing, or ends after its first round."
    if moves.endswith("G") and per_iteration == {k}:
        return f"These are {moves.count('G')} iterations. Count them again."
    if moves.endswith("G") and len(per_iteration) == 1:
        return f"D takes {per_iteration.pop()} step(s) per iteration instead of k. Count them again."
    return "Per iteration: k steps of D, then one of G."


@check.that("algorithm_1", "takes k steps of D, then one of G, in every iteration", point=True)
def _(algorithm: Callable) -> None:
    # With k = 3 or more a step too few still differs from an inner loop forgotten.
    several = chosen_int(2, between=(2, 4)), chosen_int(3, between=(3, 5))
    for iterations, k in (several, (chosen_int(3, between=(2, 5)), 1)):
        referee = Referee()
        list(islice(referee.play(algorithm, iterations, k), FAR_TOO_MANY))
        want = ("D" * k + "G") * iterations
        moves = referee.moves if len(referee.moves) <= FAR_TOO_MANY else f"{referee.moves[:FAR_TOO_MANY]}…"
        expect(
            referee.moves == want,
            f"For {iterations} iterations with k = {k} the moves are {moves or 'none'}; expected {want}.\n"
            + miscount(referee.moves, iterations, k),
        )


@check.that("algorithm_1", "draws fresh real data and fresh noise for every step", alone=False, point=True)
def _(algorithm: Callable) -> None:
    referee = Referee()
    iterations, k = chosen_int(3, between=(2, 4)), chosen_int(2, between=(2, 4))
    list(islice(referee.play(algorithm, iterations, k), FAR_TOO_MANY))
    expect(bool(referee.moves), "No step is taken at all.")
    expect(
        len(set(referee.real_seen)) == len(referee.real_seen),
        "A batch of real data was used more than once. Draw a new one for each step of D, inside the inner loop.",
    )
    expect(
        len(set(referee.noise_seen)) == len(referee.noise_seen),
        "A batch of noise was used more than once. The paper draws a new one for each step, G's too.",
    )


@check.that("algorithm_1", "yields (D's loss, G's loss) after each iteration")
def _(algorithm: Callable) -> None:
    referee = Referee()
    iterations, k = chosen_int(3, between=(3, 5)), chosen_int(2, between=(2, 4))
    got = list(islice(referee.play(algorithm, iterations, k), FAR_TOO_MANY))
    where = " The `yield` belongs at the end of the outer loop's body, outside the inner loop."
    expect(
        len(got) == iterations,
        f"{iterations} iterations should yield {iterations} times; yours yields {len(got)} times."
        + (where if referee.moves == ("D" * k + "G") * iterations else ""),
    )
    for iteration, pair in enumerate(got, 1):
        expect(pair is not None, "It yields None: write `yield d_loss, g_loss`.")
        expect(
            isinstance(pair, tuple | list) and len(pair) == 2,
            f"It should yield a pair, (D's loss, G's loss); it yields {a(pair)}"
            + (f" of {len(pair)}." if isinstance(pair, tuple | list) else "."),
        )
        d, g = referee.losses(iteration, k)
        losses = torch.stack([numbers(x, (), "A loss you yield") for x in pair])
        expect_close(
            losses,
            [d, g],
            f"an iteration of {k} steps of D and one of G",
            usual={
                "The losses are swapped: D's comes first.": [g, d],
                "D's loss is that of its first step; the last one is asked.": [d - referee.unit * (k - 1), g],
                "D's loss is the mean over its steps; the last one is asked.": [d - referee.unit * (k - 1) / 2, g],
                "D's loss is the sum over its steps; the last one is asked.": [
                    k * d - referee.unit * k * (k - 1) / 2,
                    g,
                ],
                "The losses are one iteration old or older: yield after both have been computed.": referee.losses(1, k),
            },
            what="it yields",
        )


@check.that("algorithm_1", "waits after each iteration until it is asked for the next")
def _(algorithm: Callable) -> None:
    referee = Referee()
    k = chosen_int(2, between=(2, 4))
    run = referee.play(algorithm, chosen_int(1000, between=(100, 300)), k)
    expect(
        referee.moves == "",
        "It starts to train before anybody asked for the first iteration. Use `yield` instead of collecting results.",
    )
    expect(next(run, None) is not None, "It yields nothing.")
    expect(
        referee.moves == "D" * k + "G",
        f"When it first yields, {len(referee.moves)} step(s) were taken instead of {k + 1}. "
        "Put the `yield` at the end of the outer loop's body.",
    )
