"""What one logit sees: five steps, each compared with a formula, and on friendly layers with what one can count."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen_int, drawn
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.values import NOTHING, double, whole

LayerStack = list[tuple[int, int, int]]  # kernel, stride, padding of each, from the picture on
SEVENTY: LayerStack = [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2
FIELD_STEPS = (
    "the size of the map",
    "the field of one logit",
    "from one field to the next",
    "where a field begins",
    "how much of it lies in the picture",
)


def map_side(layers: LayerStack, size: int, up: bool = False, pad: int = 2) -> int:
    for kernel, stride, padding in layers:
        whole_steps = (size + pad * padding - kernel) / stride
        size = (math.ceil(whole_steps) if up else math.floor(whole_steps)) + 1
    return size


def field_of(layers: LayerStack) -> int:
    """From one logit back to the picture."""
    field = 1
    for kernel, stride, _ in reversed(layers):
        field = (field - 1) * stride + kernel
    return field


def jump_of(layers: LayerStack) -> int:
    return math.prod(stride for _, stride, _ in layers)


def begin_of(layers: LayerStack, i: int, sign: int = -1) -> int:
    for _, stride, padding in reversed(layers):
        i = i * stride + sign * padding
    return i


def field_inside(layers: LayerStack, i: int, size: int) -> int:
    begin = begin_of(layers, i)
    return max(0, min(size, begin + field_of(layers)) - max(0, begin))


class Stack:
    """Layers, a picture's size, and a logit near the edge; what each step comes to, and what the usual slips make."""

    def __init__(self, layers: LayerStack, size: int, i: int) -> None:
        self.layers, self.size, self.i = layers, size, i
        self.last = map_side(layers, size) - 1

    def case(self, step: int, i: int) -> Case:
        layers, size = self.layers, self.size
        told = f"step {step}, layers {layers}"
        field, begin = field_of(layers), begin_of(layers, i)
        forward = 1
        for kernel, stride, _ in layers:
            forward = (forward - 1) * stride + kernel
        if step == 1:
            usual = {
                "Round down: a kernel that does not fit any more has no place.": map_side(layers, size, up=True),
                "The padding counts on both sides of the picture.": map_side(layers, size, pad=1),
                "The + 1 is missing.": self.without_one(),
            }
            return Case(f"{told}, a picture of {size}", map_side(layers, size), usual)
        if step == 2:
            usual = {
                "That goes from the picture to the logit. Begin with one logit, and the last layer.": forward,
                "The gaps between units count for the stride, not the units: (r − 1) · stride + kernel.": self.units(),
                "The strides are missing.": 1 + sum(kernel - 1 for kernel, _, _ in layers),
                "That is the product of the strides, which is step 3.": jump_of(layers),
            }
            return Case(told, field, usual)
        if step == 3:
            usual = {
                "The strides multiply: what is one step in a map is a stride of steps in the map before.": sum(
                    stride for _, stride, _ in layers
                ),
                "That is the field's width.": field,
            }
            return Case(told, jump_of(layers), usual)
        if step == 4:
            usual = {
                "Padding moves the field to the left, out of the picture: it is subtracted.": begin_of(layers, i, 1),
                "The padding is missing.": i * jump_of(layers),
                "Each layer's padding is counted once. One step of a later map is several pixels.": (
                    i * jump_of(layers) - sum(padding for _, _, padding in layers)
                ),
                "A field may begin left of the picture: then it is negative.": max(0, begin),
                "That goes from the picture to the logit. Begin with the last layer.": self.begin_forward(i),
            }
            return Case(f"{told}, logit {i}", begin, usual)
        usual = {
            "That is the whole field. Count what lies in the picture.": field,
            "Only its left end is cut off at the picture's edge.": begin + field - max(0, begin),
            "Only its right end is cut off at the picture's edge.": min(size, begin + field) - begin,
        }
        return Case(f"{told}, logit {i}, a picture of {size}", field_inside(layers, i, size), usual)

    def units(self) -> int:
        field = 1
        for kernel, stride, _ in reversed(self.layers):
            field = field * stride + kernel
        return field

    def without_one(self) -> int:
        size = self.size
        for kernel, stride, padding in self.layers:
            size = (size + 2 * padding - kernel) // stride
        return size

    def begin_forward(self, i: int) -> int:
        for _, stride, padding in self.layers:
            i = i * stride - padding
        return i

    @property
    def clear(self) -> bool:
        """Whether the right answer differs from every slip, in each step; two slips may agree."""
        cases = [self.case(step, i) for step in range(1, 6) for i in self.asked(step)]
        wrong = [[w for w in case.usual.values() if double(w) != double(case.want)] for case in cases]
        edges = [
            field_of(self.layers),
            field_inside(self.layers, 0, self.size),
            field_inside(self.layers, self.last, self.size),
        ]
        return (
            self.last > 2
            and min(edges) > 0
            and all(len(some) + 2 > len(case.usual) for some, case in zip(wrong, cases, strict=True))
        )

    def asked(self, step: int) -> list[int]:
        """Which logits a step is asked about."""
        return [self.i, 0, self.last] if step > 3 else [0]


def seventy() -> Stack:
    return Stack(SEVENTY, 256, 2)


def wider_than_the_picture() -> Stack:
    """The middle logit's field sticks out on both sides."""
    return Stack(SEVENTY, 40, 2)


def uneven() -> Stack:
    """Layers that differ in everything; one of the strides is 3."""
    first = chosen_int(3, (2, 3))
    layers = [
        (chosen_int(5, (4, 6)), first, chosen_int(2, (1, 2))),
        (chosen_int(3, (3, 4)), 2, chosen_int(1, (0, 1))),
        (chosen_int(4, (3, 5)), 5 - first, chosen_int(2, (1, 2))),
    ]
    return Stack(layers, chosen_int(62, (55, 90)), chosen_int(1, (1, 3)))


def a_step(receptive_field: Callable, step: int) -> None:
    for stack in (wider_than_the_picture(), seventy(), drawn(uneven)) if step == 5 else (seventy(), drawn(uneven)):
        for i in stack.asked(step):
            answered(receptive_field(step, list(stack.layers), i, stack.size), stack.case(step, i))


def answered(got: Any, case: Case) -> None:
    """Miss unless it is this whole number."""
    expect(got is not None, NOTHING)
    case.compare(double(float(whole(got, "The answer"))))


for number, name in enumerate(FIELD_STEPS, 1):

    @check.that("receptive_field", f"step {number}: {name}", point=number == 2)
    def _(receptive_field: Callable, step: int = number) -> None:
        a_step(receptive_field, step)
