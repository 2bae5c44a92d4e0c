"""What came from a student, as numbers to compare: read carefully, told in words, never believed.

A value may be anything: None, a string, a tensor of a class that claims to equal everything. `numbers` makes
float64 tensors of ours of it, or misses with a sentence on what is wrong; `expect_close` compares them and
names the usual mistake that leads to what came.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, a, expect

IN_VMAP = (
    "Inside torch.func.vmap there is one sample at a time, and its numbers cannot be looked at. Call what you are "
    "given on the whole batch, outside of vmap."
)
NOTHING = "The result is None. Does your function end in `return …`?"


def plain(value: Any) -> Tensor:
    """What came from the student, as a tensor of ours: detached, on the CPU, of torch's own class.

    A subclass may redefine `==`, and could then agree with everything: what counts is the tensor underneath.

    Raises:
        TypeError: if it is no tensor, array, number or list of numbers.
        Miss: if it has no numbers, as inside `torch.func.vmap`.
    """
    if isinstance(value, Tensor):
        if not issubclass(type(value), Tensor):
            raise TypeError("it only says that it is a tensor")
        expect(not torch._C._functorch.is_batchedtensor(value), IN_VMAP)
        with torch._C.DisableTorchFunctionSubclass():
            tensor = Tensor.as_subclass(Tensor.detach(value), Tensor)
    else:
        exact = type(value) in (Fraction, Decimal)  # numbers, too, and torch knows neither
        tensor = torch.as_tensor(float(value) if exact else value)
        if type(tensor) is not Tensor:
            raise TypeError("not a tensor")
    return tensor.to("cpu", copy=True)


def numbers(value: Any, shape: Sequence[int] | None = None, what: str = "The result", advice: str = "") -> Tensor:
    """`value` as a float64 tensor; misses with a sentence on None, wrong types or shapes, and NaN.

    Args:
        value: what the student's code returned: a tensor, an array, a number or a list of numbers.
        shape: the shape it should have; None takes any, () means one number.
        what: how to call it in the message.
        advice: what to do about a wrong shape.
    """
    expect(value is not None, NOTHING if what == "The result" else f"{what} is None.")
    try:
        tensor = plain(value)
        if tensor.is_complex():
            raise Miss(f"{what} is complex: somewhere the root of a negative number, or of a matrix. Return real ones.")
        tensor = tensor.to(torch.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise Miss(f"{what} should be numbers; it is {a(value)}.") from None
    if shape is not None and tuple(tensor.shape) != tuple(shape):
        message = f"{what} should {of_shape(shape)}; it has shape {tuple(tensor.shape)}."
        raise Miss(f"{message} {advice}".rstrip())
    if tensor.isfinite().all():
        return tensor
    if tensor.isnan().any():
        raise Miss(f"{what} contains NaN (not a number): somewhere 0/0, 0 · ∞, log of a negative number, or ∞ − ∞.")
    raise Miss(f"{what} is infinite: somewhere a logarithm of 0, an overflow, or a division by 0.")


Wrong = Tensor | Sequence[float] | float | Callable[[], Tensor | Sequence[float] | float]
"""A wrong value, or a function that finds it."""


def expect_close(
    got: Tensor,
    want: Tensor | Sequence[float] | float,
    where: str,
    usual: Mapping[str, Wrong] | None = None,
    show: bool = True,
    what: str = "you return",
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> None:
    """Miss unless `got` equals `want` up to rounding.

    Args:
        where: the input, in words, for the message.
        usual: diagnosis → the wrong value it leads to, or, where that takes long, a function that finds it, which is
            called only if it is wanted. The first that fits is told to the student.
        show: whether the message may tell the value that was expected.
        what: subject and verb of the message: "For … you return …; expected …".
    """
    want = double(want)
    if close(got, want, rtol, atol):
        return
    message = f"For {where} {what} {pretty(got)}"
    message += f"; expected {pretty(want)}." if show else ", which is not right."
    for diagnosis, wrong in (usual or {}).items():
        if close(got, double(wrong() if callable(wrong) else wrong), rtol, atol):
            raise Miss(f"{message}\n{diagnosis}")
    raise Miss(message)


def double(values: Tensor | Sequence[float] | float) -> Tensor:
    """Expected numbers, as `numbers` gives them: whatever default type or device a lesson has set."""
    return torch.as_tensor(values, dtype=torch.float64, device="cpu")


def close(a: Tensor, b: Tensor, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Equal up to rounding, shapes too."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=rtol, atol=atol)


def pretty(values: Tensor) -> str:
    """A few numbers a person can read."""
    if values.ndim == 0:
        return f"{values.item():.4g}"
    flat = values.flatten()
    shown = ", ".join(f"{v:.4g}" for v in flat[:6].tolist())
    return f"[{shown}{', …' if flat.numel() > 6 else ''}]"


def of_shape(shape: Iterable[int]) -> str:
    shape = tuple(shape)
    return "be one number (shape ())" if shape == () else f"have shape {shape}"


def log(x: float) -> float:
    """Natural logarithm, with log 0 = −∞."""
    return math.log(x) if x > 0 else -math.inf


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


# --- one number, two of something, something that can be differentiated ---------------------------


def number(value: Any, what: str = "The result", advice: str = "One number is asked for all of it.") -> Tensor:
    """One number that came from the student."""
    expect(value is not None, NOTHING)
    return numbers(value, (), what, advice)


def one_of_one(value: Any) -> Any:
    """A tensor (1,) of one number as that number, where a text asks for a number and not for a tensor's shape."""
    return value.reshape(()) if isinstance(value, Tensor) and tuple(value.shape) == (1,) else value


def scalar(value: Any, advice: str = "Average over the batch.") -> Tensor:
    """A loss that came from the student: one number."""
    return number(value, "The loss", advice)


def whole(value: Any, what: str = "The size") -> int:
    """A whole number that came from the student."""
    expect(value is not None, NOTHING)
    try:
        return operator.index(value)
    except TypeError:
        pass
    got = numbers(value, (), what)
    raise Miss(
        f"{what} should be a whole number (an int); it is {got:g}, {a(value)}. "
        "Divide with //, which rounds down, instead of /."
    )


def two(value: Any, otherwise: str, tensor: bool = False) -> Any:
    """Two things in a tuple or a list, or, where `tensor` says so, in a tensor (2,); else misses with `otherwise`."""
    expect(value is not None, NOTHING)
    fits = isinstance(value, tuple | list) and len(value) == 2
    expect(fits or (tensor and isinstance(value, Tensor) and value.shape == (2,)), otherwise)
    return value


def pair(value: Any, first: str, second: str, otherwise: str = "", names: tuple[str, str] | None = None) -> Tensor:
    """Two numbers that came from the student, as a tensor (2,).

    Args:
        first, second: what they are.
        otherwise: what to say where it is no pair; None says which is first and what came.
        names: how to call each in a message about it alone.
    """
    said = otherwise or f"Return two numbers, {first} first and {second} second; you return {described(value)}."
    parts = zip(two(value, said, tensor=True), names or (f"The {first}", f"The {second}"), strict=True)
    return torch.stack([numbers(part, (), name) for part, name in parts])


def described(value: Any) -> str:
    """What came, in words."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return f"{a(value)} of {len(value)}" if isinstance(value, tuple | list) else a(value)


def differentiable(value: Any, otherwise: str) -> None:
    """Miss unless a gradient can be asked of what came."""
    expect(isinstance(value, Tensor) and value.requires_grad, otherwise)


BOTH_BRANCHES = (
    "torch.where computes both branches, and the gradient of the one not taken counts as 0 · ∞ if that one overflows "
    "(and so does that of an overflow which nan_to_num replaces). Use F.softplus, F.logsigmoid or a …WithLogits "
    "function, whose gradients are right everywhere."
)


def slope_at_large(leaf: Tensor, want: Tensor, where: str, whose: str, show: bool = True) -> None:
    """Miss unless the gradient that reached a leaf is this one, at logits so large that their exponential overflows.

    A loss may have the right value there and a gradient of NaN: `BOTH_BRANCHES` says how that comes. No such claim
    asks at a logit of exactly 0: for max(l, 0) + log(1 + exp(−|l|)), which is right, autograd may say 0 or 1 there.
    """
    name, want = f"the gradient for {whose}", double(want) + 0.0  # no −0 is told
    expect(leaf.grad is not None, f"No gradient reaches {whose}.")
    try:
        got = numbers(leaf.grad, what=name) + 0.0
    except Miss as miss:
        expected = f" Expected {pretty(want)}." if show else ""
        raise Miss(f"For {where} {miss}{expected}\n{BOTH_BRANCHES}") from None
    expect_close(got, want, where, what=f"{name} is", show=show)


# --- what a call must not do ---------------------------------------------------------------------


def leaves_alone(function: Callable, *arguments: Any) -> None:
    """Miss if a call changes a tensor it was given."""
    function(*arguments)
    for position, argument in enumerate(arguments, 1):
        expect(intact(argument), CHANGES.format(which=f"number {position}"))
