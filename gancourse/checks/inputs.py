"""The numbers that checks are made with: friendly ones in a lesson, fresh ones in grading.

A student should be able to work a check's example out by hand, so in a notebook it has D = ¾. An
answer could know such an example by heart. So a grader asks the same questions about other numbers:

    with fresh_inputs(seed=17):
        verdict = check.verdict("discriminator_loss", answer)

Whatever a claim says or expects follows from the numbers it has drawn. The claim asks `chosen` for
them, tells them by `said`, and puts what follows from them in a `Case`; `drawn` sees to it that no two
mistakes lead to one number. All of it comes from one generator, of no concern to torch's global one:
a verdict can be repeated from its seed, and no seed that an answer sets has any influence.
"""

from __future__ import annotations

import contextlib
import logging
import math
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from gancourse.checks.values import expect_close

Numbers = Tensor | list[float] | tuple[float, ...] | float
_LOG = logging.getLogger(__name__)
_FRESH: ContextVar[torch.Generator | None] = ContextVar("fresh inputs", default=None)


def seeded(seed: int) -> torch.Generator:
    """A generator of our own."""
    return torch.Generator("cpu").manual_seed(seed)


@contextlib.contextmanager
def fresh_inputs(seed: int) -> Iterator[None]:
    """Within the block checks draw their inputs, the hidden ones theirs, too, all of it from this seed."""
    token = _FRESH.set(seeded(seed))
    try:
        yield
    finally:
        _FRESH.reset(token)


def fresh() -> bool:
    """Whether checks draw their inputs, as graders have them do."""
    return _FRESH.get() is not None


def generator() -> torch.Generator:
    """Where to draw from: `fresh_inputs`' generator or, outside of it, one that nobody can foresee."""
    return _FRESH.get() or seeded(secrets.randbits(63))


def randn(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Normal numbers from `generator`."""
    return torch.randn(shape, generator=generator(), dtype=dtype, device="cpu")


def rand(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Numbers between 0 and 1 from `generator`."""
    return torch.rand(shape, generator=generator(), dtype=dtype, device="cpu")


def logits(*outputs: float) -> Tensor:
    """The logits (n,) at which a discriminator's outputs are these: D = σ(logit)."""
    return torch.tensor([math.log(d / (1 - d)) for d in outputs])


def large_logits(*shape: int, between: tuple[float, float]) -> Tensor:
    """Logits of such sizes, above and below 0 in turn, with gradients to be asked for."""
    low, high = between
    signs = 1.0 - 2 * (torch.arange(math.prod(shape), device="cpu") % 2)
    return (signs.view(shape) * (low + (high - low) * rand(*shape))).requires_grad_()


def batch(*outputs: float) -> Tensor:
    """The same as a batch (n, 1) that a network would have produced, with gradients to be asked for."""
    return logits(*outputs).unsqueeze(1).requires_grad_()


def probabilities(k: int) -> list[float]:
    """k probabilities with sum 1, none of them tiny."""
    weights = (0.05 + rand(k, dtype=torch.float64)).tolist()
    return [w / sum(weights) for w in weights]


def chosen(*friendly: float, between: tuple[float, float], avoid: float | None = None) -> tuple[float, ...]:
    """These numbers or, where inputs are fresh, as many others: of two decimals, and well apart.

    Args:
        friendly: the numbers for a notebook.
        between: the range to draw from.
        avoid: a number to stay away from, such as D = ½, where wrong answers agree with right ones.
    """
    if _FRESH.get() is None:
        return friendly
    low, high = between
    apart = (high - low) / 20
    while True:
        found = [round(low + (high - low) * u, 2) for u in rand(len(friendly), dtype=torch.float64).tolist()]
        others = [] if avoid is None else [avoid]
        if all(abs(x - y) > apart for x, y in combinations(found + others, 2)) and not set(found) & set(friendly):
            return tuple(found)


def chosen_int(friendly: int, between: tuple[int, int]) -> int:
    """This number or, where inputs are fresh, any from the first to the second of `between`."""
    if _FRESH.get() is None:
        return friendly
    low, high = between
    return int(torch.randint(low, high + 1, (), generator=generator(), device="cpu"))


MANY = 4000  # draws, where an answer that draws at random is judged by what is frequent

FRACTIONS = {1 / 4: "¼", 2 / 3: "⅔", 3 / 4: "¾"}


def said(numbers: tuple[float, ...]) -> str:
    """Numbers as a sentence has them: "¾, 0.1"."""
    return ", ".join(FRACTIONS.get(x, f"{x:g}") for x in numbers)


@dataclass(frozen=True)
class Case:
    """A question with its answers: the right one, and the wrong ones that the usual mistakes lead to."""

    where: str  # the input in words: "For … you return"
    want: Numbers
    usual: Mapping[str, Numbers] = field(default_factory=dict)  # diagnosis → wrong value
    inputs: tuple[Any, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether every mistake can be told from the right answer and from every other mistake."""
        answers = [floats_of(value) for value in (self.want, *self.usual.values())]
        return not any(alike(x, y) for x, y in combinations(answers, 2))

    def compare(self, got: Tensor, **options: Any) -> None:
        """`expect_close` with this case's answers."""
        expect_close(got, self.want, self.where, self.usual, **options)


def floats_of(values: Numbers) -> list[float]:
    """As Python's floats: a case has some hundred pairs of answers, and on these a comparison takes no time."""
    if isinstance(values, Tensor):
        return values.flatten().tolist()
    return list(values) if isinstance(values, list | tuple) else [values]


def alike(x: list[float], y: list[float]) -> bool:
    """Whether `expect_close` might take one for the other; twenty times as careful as that."""
    return len(x) == len(y) and all(abs(a - b) <= 2e-3 * (1 + abs(b)) for a, b in zip(x, y, strict=True))


class Clear(Protocol):
    """What can tell whether the numbers drawn for it are good ones."""

    @property
    def clear(self) -> bool: ...


Made = TypeVar("Made", bound=Clear)


def drawn(make: Callable[[], Made], always: bool = False) -> Made:
    """What `make` makes of fresh inputs, again and again until it is clear. Friendly ones are used as they are.

    Where a usual mistake has no value, as one that divides by p − q where they are equal, it is not clear either.

    Args:
        always: whether `make` draws beside friendly inputs, too, such as networks: then so in a notebook as well.
    """
    as_it_is = _FRESH.get() is None and not always
    for _ in range(1000):
        try:
            made = make()
        except ZeroDivisionError:
            if as_it_is:
                raise
            continue
        if as_it_is and _LOG.isEnabledFor(logging.DEBUG) and not made.clear:  # for whoever writes a check
            _LOG.debug("%s is not clear as it is", type(made).__qualname__)
        if as_it_is or made.clear:
            return made
    raise RuntimeError(f"No inputs of {make} are clear.")
