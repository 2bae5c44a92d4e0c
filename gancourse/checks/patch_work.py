"""Judges of patches and their work: lesson 08's challenge, as a notebook and graders measure it.

A stack is a list of (kernel, stride, padding), the picture's layer first, and the same along both sides.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, NamedTuple

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import expect
from gancourse.checks.values import whole

PAIR_CHANNELS, HIDDEN_CHANNELS = 4, 32
WIDEST_KERNEL, MOST_LAYERS = 4, 60
MEDALS_FOR_WORK = Medals(bronze=14, silver=4.5, gold=1.5, unit="times the least work there is", margin=0.02, runs=1)
PatchStack = list[tuple[int, int, int]]


class Wanted(NamedTuple):
    """What is asked of a judge, along one side.

    Attributes:
        size: of the pictures.
        field: how many pixels each logit sees, where none of them lies outside.
        apart: how many pixels the fields of two neighboring logits are apart, at most.
    """

    size: int
    field: int
    apart: int

    def __str__(self) -> str:
        return f"size {self.size}, field {self.field}, apart {self.apart}"


def map_sides(layers: PatchStack, size: int) -> list[int]:
    """The side of each layer's map; 0 and less where a kernel does not fit."""
    sides = []
    for kernel, stride, padding in layers:
        size = (size + 2 * padding - kernel) // stride + 1
        sides.append(size)
    return sides


def seen_from(layers: PatchStack) -> tuple[int, int, int]:
    """Where the first logit's field begins, its width, and how far the next one lies right of it, in pixels."""
    begin, field, jump = 0, 1, 1
    for kernel, stride, padding in layers:
        begin, field, jump = begin - padding * jump, field + (kernel - 1) * jump, jump * stride
    return begin, field, jump


def work_of(layers: PatchStack, size: int) -> int:
    """Multiplications of a judge with 4 channels at first, 1 at last, and 32 between, for one picture."""
    channels = [PAIR_CHANNELS, *[HIDDEN_CHANNELS] * (len(layers) - 1), 1]
    ends = zip(layers, map_sides(layers, size), channels, channels[1:], strict=False)
    return sum(side * side * kernel * kernel * inputs * outputs for (kernel, _, _), side, inputs, outputs in ends)


def fits(said: Any, wanted: Wanted) -> PatchStack:
    """The layers that were answered, if they are what is wanted."""
    where = f"For {wanted}"
    expect(said is not None, "The result is None: the function returns nothing.")
    expect(isinstance(said, list | tuple), f"{where} a list of (kernel, stride, padding) is asked, not {said!r:.60}.")
    expect(1 <= len(said) <= MOST_LAYERS, f"{where} there are {len(said)} layers; 1 to {MOST_LAYERS} are allowed.")
    layers: PatchStack = []
    for layer in said:
        expect(
            isinstance(layer, list | tuple) and len(layer) == 3,
            f"{where} a layer is {layer!r:.60}; (kernel, stride, padding) is asked.",
        )
        kernel, stride, padding = (whole(value, "Kernel, stride or padding") for value in layer)
        told = f"{where} a layer is ({kernel}, {stride}, {padding})"
        expect(1 <= kernel <= WIDEST_KERNEL, f"{told}: a kernel has 1 to {WIDEST_KERNEL} pixels along a side.")
        expect(1 <= stride <= kernel, f"{told}: a stride is 1 at least, and no wider than its kernel.")
        expect(0 <= padding < kernel, f"{told}: padding is 0 at least, and narrower than its kernel.")
        layers.append((kernel, stride, padding))
    sides = map_sides(layers, wanted.size)
    expect(min(sides) > 0, f"{where} a kernel does not fit into its map: the sides are {sides}.")
    begin, field, jump = seen_from(layers)
    expect(field == wanted.field, f"{where} a logit sees {field} pixels.")
    expect(jump <= wanted.apart, f"{where} neighboring fields are {jump} pixels apart.")
    end = begin + (sides[-1] - 1) * jump + field
    expect(
        begin <= 0 and end >= wanted.size,
        f"{where} the fields reach from pixel {begin} to {end - 1}: not every pixel is seen.",
    )
    return layers


def least_work(wanted: Wanted) -> int:
    """The work of the cheapest judge there is: cheapest first through all stacks (Dijkstra, 1959)."""
    queue = [(0, wanted.size, 1, 1, 0, False)]  # work, side, jump, field, where it begins, whether it is whole
    gone = set()
    while queue:
        work, side, jump, field, begin, ended = heapq.heappop(queue)
        if ended:
            return work
        if (state := (side, jump, field, begin)) in gone:
            continue
        gone.add(state)
        inputs = HIDDEN_CHANNELS if field > 1 else PAIR_CHANNELS
        for kernel in range(2, WIDEST_KERNEL + 1):
            wide = field + (kernel - 1) * jump
            for stride in range(1, min(kernel, wanted.apart // jump) + 1):
                for padding in range(kernel):
                    out, first = (side + 2 * padding - kernel) // stride + 1, begin - padding * jump
                    if out < 1 or wide > wanted.field:
                        continue
                    more = out * out * kernel * kernel * inputs
                    if wide < wanted.field:
                        following = (work + more * HIDDEN_CHANNELS, out, jump * stride, wide, first, False)
                        heapq.heappush(queue, following)
                    elif first + (out - 1) * jump * stride + wide >= wanted.size:
                        heapq.heappush(queue, (work + more, out, jump * stride, wide, first, True))
    raise ValueError(f"There is no judge for {wanted}.")


def judged_work(cheapest_judge: Callable, wanted: Wanted) -> float:
    """The work of the answer for one wish, as a multiple of the least there is."""
    layers = fits(cheapest_judge(*wanted), wanted)
    return work_of(layers, wanted.size) / least_work(wanted)


def worst_of(cheapest_judge: Callable, asked: list[Wanted]) -> Reached:
    """The worst of several wishes counts."""
    found = {wanted: judged_work(cheapest_judge, wanted) for wanted in asked}
    worst = max(found, key=lambda wanted: found[wanted])
    shares = ", ".join(f"{share:.3g}" for share in found.values())
    return Reached(
        found[worst], f"The {len(found)} judges take {shares} times the least; the worst one counts, {worst}."
    )
