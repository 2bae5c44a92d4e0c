"""What the losses do not see: on finitely many pictures, counted exactly.

Pictures of A and of B have numbers from 0 on. How often each occurs is a whole number, a map is a list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, fresh, generator
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.values import NOTHING, expect_close, numbers, two, whole

Map = list[int]


def an_order(k: int) -> Map:
    """The numbers below k in an order drawn by the checks' generator, none of them in its own place."""
    while True:
        order = torch.randperm(k, generator=generator()).tolist()
        if all(place != number for place, number in enumerate(order)) and order != inverted(order):
            return order


def inverted(order: Map) -> Map:
    return [order.index(number) for number in range(len(order))]


class FiniteDomains:
    """Counts p of A's pictures and q of B's, a map f into B and one g back.

    Args:
        fits: whether f has B's counts come out, and g undoes it.
        k: how many pictures there are in each.
    """

    def __init__(self, fits: bool, k: int = 5) -> None:
        self.p = (
            [3, 1, 3, 2, 1, 3][:k]
            if not fresh()
            else [1 + int(c) for c in torch.randint(0, 3, (k,), generator=generator())]
        )
        self.f = an_order(k)
        self.g = inverted(self.f)
        self.q = [self.p[self.g[j]] for j in range(k)]
        if not fits:
            first, second = (0, 1) if not fresh() else torch.randperm(k, generator=generator())[:2].tolist()
            self.f[first] = self.f[second]
            self.q = self.q[1:] + self.q[:1]

    @property
    def told(self) -> str:
        return f"p = {self.p}, q = {self.q}, f = {self.f}, g = {self.g}"

    def asked(self, answer: Callable, step: int, **more: Any) -> Any:
        """What a step of the answer says."""
        got = answer(step, list(self.p), list(self.q), list(self.f), list(self.g), **more)
        expect(got is not None, NOTHING)
        return got

    @property
    def out(self) -> list[int]:
        """How often each picture of B comes out."""
        return [sum(c for c, to in zip(self.p, self.f, strict=True) if to == j) for j in range(len(self.q))]

    @property
    def moved_share(self) -> float:
        """The share of what comes out that would have to change its place."""
        return sum(abs(c - d) for c, d in zip(self.out, self.q, strict=True)) / 2 / sum(self.q)

    @property
    def back_share(self) -> float:
        """The share of A's pictures that come back to where they were."""
        returning = [c for i, c in enumerate(self.p) if self.g[self.f[i]] == i]
        return sum(returning) / sum(self.p)


def some_domains(fits: bool, good: Callable[[FiniteDomains], bool]) -> FiniteDomains:
    """Domains that a claim can use: slips show on them."""
    for k in range(1000):
        world = FiniteDomains(fits, 5 if k < 500 else 6)
        if good(world):
            return world
    raise RuntimeError("no domains are good")


def whole_list(value: Any, length: int, what: str) -> Map:
    """A list of so many whole numbers that came from the student."""
    fits = isinstance(value, list | tuple | torch.Tensor) and len(value) == length
    expect(fits, f"{what} should be a list of {length} whole numbers; it is {a(value)}.")
    return [whole(part, f"A number in {what}") for part in value]


@check.that("perfect_maps", "step 1: what comes out")
def _(perfect_maps: Callable) -> None:
    for fits in (False, True):
        world = some_domains(fits, lambda w, fits=fits: fits or len({tuple(w.out), tuple(w.p), tuple(w.q)}) == 3)
        got = whole_list(world.asked(perfect_maps, 1), len(world.p), "what comes out")
        want = world.out
        usual = {
            "Those are the counts of A, in A's order. Picture i of A becomes picture f[i] of B.": world.p,
            "Each count is looked up at f[i]. It should be added there.": [world.p[to] for to in world.f],
            "That is how many pictures of A are sent there; each counts as often as it occurs.": [
                float(world.f.count(j)) for j in range(len(world.p))
            ],
            "That is how often B's pictures should come out.": world.q,
        }
        usual = {said: wrong for said, wrong in usual.items() if list(wrong) != want}
        expect_close(numbers(got), torch.tensor(want), world.told, usual)


def judged_case(world: FiniteDomains) -> Case:
    """Step 2, and what the usual mistakes make of it."""
    differences = [c - d for c, d in zip(world.out, world.q, strict=True)]
    total = sum(world.q)
    usual = {
        "Too much in one place is too little in another, and both are counted. Take half.": 2 * world.moved_share,
        "That is a count. Divide by how many pictures there are in all.": world.moved_share * total,
        "Positive and negative differences cancel: take absolute values.": sum(differences) / total,
        "The differences are squared. Take their absolute values.": sum(d * d for d in differences) / 2 / total,
    }
    return Case(world.told, world.moved_share, usual)


@check.that("perfect_maps", "step 2: how far that is from B")
def _(perfect_maps: Callable) -> None:
    world = some_domains(False, lambda world: judged_case(world).clear)
    judged_case(world).compare(numbers(world.asked(perfect_maps, 2), (), "The answer"))
    fitting = some_domains(True, lambda world: True)
    expect_close(numbers(fitting.asked(perfect_maps, 2), ()), 0.0, fitting.told)


@check.that("perfect_maps", "step 3: what comes back")
def _(perfect_maps: Callable) -> None:
    k = 5

    def good(world: FiniteDomains) -> bool:
        lone = sum(world.g[world.f[i]] == i for i in range(k)) / len(world.p)
        reverse = sum(world.f[world.g[j]] == j for j in range(k)) / len(world.p)
        return len({round(x, 3) for x in (world.back_share, lone, 1 - world.back_share)}) == 3 and reverse > 0

    world = some_domains(False, good)
    lone = sum(world.g[world.f[i]] == i for i in range(len(world.p))) / len(world.p)
    usual = {
        "Each picture counts once. It should count as often as it occurs.": lone,
        "That is the share that does not come back.": 1 - world.back_share,
        "That is a count. Divide by how many pictures there are in all.": world.back_share * sum(world.p),
    }
    Case(world.told, world.back_share, usual).compare(numbers(world.asked(perfect_maps, 3), (), "The answer"))
    fitting = some_domains(True, lambda world: True)
    expect_close(numbers(fitting.asked(perfect_maps, 3), ()), 1.0, fitting.told)


@check.that("perfect_maps", "step 4: another pair whose cycle is as perfect", point=True)
def _(perfect_maps: Callable) -> None:
    for _ in range(2):
        world = some_domains(True, lambda world: True)
        k = len(world.p)
        s = some_order_for(world)
        f, g = two(
            world.asked(perfect_maps, 4, s=list(s)), "Return two lists: the shuffled map into B, and its way back."
        )
        f, g = whole_list(f, k, "the first list"), whole_list(g, k, "the second list")
        told = f"{world.told} and s = {s}"
        want = [s[to] for to in world.f]
        usual = {
            "That is the map as it was. The shuffle comes behind it: first f, then s.": world.f,
            "There the shuffle comes first, and then f. It shuffles pictures of B, so first f, then s.": [
                world.f[to] for to in s
            ],
            "That undoes the shuffle instead of applying it: s[f[i]].": [inverted(s)[to] for to in world.f],
        }
        usual = {said: wrong for said, wrong in usual.items() if wrong != want}
        expect_close(numbers(f), torch.tensor(want), told, usual, what="your map into B is")
        back = inverted(want)
        back_usual = {
            "The way back is the old one: with it pictures no longer come back.": world.g,
            "The way back should undo the shuffle first: picture j of B comes from s⁻¹(j).": [world.g[to] for to in s],
        }
        back_usual = {said: wrong for said, wrong in back_usual.items() if wrong != back}
        expect_close(numbers(g), torch.tensor(back), told, back_usual, what="your way back is")


def some_order_for(world: FiniteDomains) -> Map:
    """A shuffle with which no slip looks right."""
    while True:
        s = an_order(len(world.p))
        if [s[to] for to in world.f] != [world.f[to] for to in s] and s != world.f and s != world.g:
            return s


def perfect_pairs(p: Sequence[int], q: Sequence[int]) -> int:
    """How many one-to-one maps have all of q come out of p."""
    if sorted(p) != sorted(q):
        return 0
    return math.prod(math.factorial(list(p).count(c)) for c in set(p))


@check.that("perfect_maps", "step 5: how many pairs are perfect by both losses", point=True)
def _(perfect_maps: Callable) -> None:
    cases = [([2, 2, 2, 2], [2, 2, 2, 2]), ([1, 2, 3, 4], [3, 1, 4, 2]), ([3, 1, 3, 1, 3], [1, 1, 3, 3, 3])]
    cases.append(([1, 2, 2], [1, 1, 3]))
    for p, q in cases:
        if fresh():
            order = torch.randperm(len(p), generator=generator()).tolist()
            p, q = [p[i] + 1 for i in order], [c + 1 for c in q]
        f = list(range(len(p)))
        got = whole(perfect_maps(5, list(p), list(q), f, list(f)), "The answer")
        want, k = perfect_pairs(p, q), len(p)
        if got == want:
            continue
        said = f"For p = {p}, q = {q} you return {got}; expected {want}."
        if want == 0:
            raise Miss(f"{said} No one-to-one map has these counts of B come out of those of A.")
        if got == math.factorial(k):
            raise Miss(f"{said} All orders are counted; a picture may go only to one that occurs as often as itself.")
        if got == sum(math.factorial(list(p).count(c)) for c in set(p)):
            raise Miss(f"{said} The groups are chosen independently of each other, so their numbers multiply.")
        if got == math.prod(list(p).count(c) for c in set(p)):
            raise Miss(f"{said} n pictures of a group can go to n others in n! ways.")
        if got == want**2:
            raise Miss(f"{said} The way back is fixed once the way into B is: it is no second choice.")
        raise Miss(said)
