"""A conversation between two processes that call each other's functions.

Either side may `ask` the other; while it waits for the reply it answers what it is asked in turn, so
a student's function can call a loss that lives in the grader, in the middle of being called itself.

Plain values are copied (see `wire`). What has behavior stays where it is and is named by a number:
the other side gets a stand-in. Autograd works through the gap: tensors that come back from a call
belong to a graph whose other half is on the far side, and `backward` goes on there. Tensors have one number on
both sides for as long as an exercise is judged: what one side changes in place, the other sees (see `twins`).
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gancourse.grading.sandbox.twins import Lists, Twins
from gancourse.grading.sandbox.wire import Line, Raw, Tagged, WireError, pack, unpack

MOST_HELD = 10_000  # objects of the student's that the grader may name, and knows again


class FarGraph(torch.autograd.Function):
    """The part of a graph that is on the other side: forward has happened there, backward asks for it."""

    @staticmethod
    def forward(ctx: Any, peer: Peer, call: int, outputs: list[Tensor], anchor: Tensor, *inputs: Tensor) -> Any:
        ctx.peer, ctx.call, ctx.inputs = peer, call, len(inputs)
        ctx.set_materialize_grads(False)  # zeros for an output that nobody uses would reach what hangs on it alone
        ctx.save_for_backward(*inputs)
        return tuple(output.clone() for output in outputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        if torch.is_grad_enabled():  # with create_graph=True: the way back is differentiated, too
            found = ctx.peer.ask_joined("gradients", ctx.saved_tensors, call=ctx.call, gradients=list(grad_outputs))
        else:
            sent = [None if g is None else Raw(g) for g in grad_outputs]
            found = ctx.peer.ask("backward", call=ctx.call, gradients=sent, only=asked_by_grad())
        return None, None, None, None, *found[: ctx.inputs]


def asked_by_grad() -> bool:
    """Whether the backward pass that this runs in is one of `torch.autograd.grad`, which leaves no `.grad` behind.

    On a CPU the engine walks through a graph in the thread that asked it to: who asked is further down its stack.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code in (torch.autograd.grad.__code__, torch.autograd.backward.__code__):
            return frame.f_code is torch.autograd.grad.__code__
        frame = frame.f_back
    return False


def used(outputs: list[Tensor], gradients: list[Tensor | None]) -> tuple[list[Tensor], list[Tensor]]:
    """Those outputs that take a gradient and have got one, and these."""
    pairs = [(o, g) for o, g in zip(outputs, gradients, strict=True) if o.requires_grad and g is not None]
    return [o for o, _ in pairs], [g for _, g in pairs]


class Letter:
    """The tensors of one message that take gradients, in the order in which they are met.

    Attributes:
        differentiable: of a message that has come: the leaves.
        shown: and what is made of each, to be handed on.
        numbers: of one that is sent: those of its tensors.
        by_value: whether its tensors are copies that have nothing to do with each other from then on.
        fields: what is sent.
    """

    by_value = False

    def __init__(self, *before: Tensor) -> None:
        self.differentiable: list[Tensor] = list(before)
        self.shown: list[Tensor] = []
        self.numbers: set[int] = set()
        self.fields: dict[str, Any] = {}


class Peer:
    """One end of the conversation. Subclasses say what may be asked of them, and how objects cross.

    Attributes:
        sign: of the numbers that this side gives to tensors; the other side's have the other.
    """

    sign = 1

    def __init__(self, line: Line) -> None:
        self.line = line
        self.twins, self.lists = Twins(), Lists()
        self.numbers = itertools.count(1)
        self.mine: dict[int, Any] = {}  # objects of this side that the other may name
        self.calls: dict[int, tuple[list[Tensor], list[Tensor]]] = {}  # inputs and outputs of calls served

    # --- asking ------------------------------------------------------------------------------

    def ask(self, verb: str, **fields: Any) -> Any:
        """Ask the other side for something and return its answer; raises what `failed` makes of an error."""
        return self.ask_joined(verb, (), **fields)

    def ask_joined(self, verb: str, inputs: tuple[Tensor, ...], **fields: Any) -> Any:
        """The same; the answer depends on these tensors, too, from which the other side has made what it is asked."""
        letter = Letter(*inputs)
        letter.fields = fields
        self.send({"ask": verb, **fields}, letter)
        while True:
            message, answer = self.read()
            if "reply" in message:
                return self.attach(message, letter, answer)
            if "error" in message:
                raise self.failed(message)
            self.answer(message, answer)

    def attach(self, message: dict[str, Any], letter: Letter, answer: Letter) -> Any:
        """The reply, its tensors joined to the graph of the arguments."""
        self.changed(message, letter)
        result = message["reply"]
        outputs = answer.differentiable
        if not outputs:
            return result
        anchor = torch.zeros((), requires_grad=True)  # outputs take gradients even if no argument does
        with torch.enable_grad():
            joined = FarGraph.apply(self, message.get("call"), outputs, anchor, *letter.differentiable)
        by_id = {id(output): new for output, new in zip(answer.shown, joined, strict=True)}
        for output, new in zip(answer.shown, joined, strict=True):
            self.twins.move(output, new)
        return replaced(result, by_id)

    # --- answering ---------------------------------------------------------------------------

    def answer(self, message: dict[str, Any], letter: Letter) -> None:
        """Do what is asked, and send the result or the error."""
        fields = {key: value for key, value in message.items() if key != "ask"}
        try:
            serve = getattr(self, f"serve_{message.get('ask')}", None)
            if serve is None:
                raise WireError(f"{message.get('ask')!r} cannot be asked here")
            reply = serve(letter, **fields)
        except Exception as error:
            reply = self.report(error)
        out = reply.pop("letter", None) or Letter()
        self.send(reply, out)

    def serve_backward(
        self, letter: Letter, call: int, gradients: list[Tensor | None], only: bool = False
    ) -> dict[str, Any]:
        """Go on with a backward pass through a call that was served here; None stands for an output not used.

        With `only` nothing is computed but what is asked for: no other leaf, such as a weight, gets a `.grad`.
        """
        inputs, outputs = self.calls[call]
        ends, slopes = used(outputs, gradients)
        if not ends:
            return {"reply": [None for _ in inputs]}
        if only:
            asked = torch.autograd.grad(ends, inputs, slopes, retain_graph=True, allow_unused=True) if inputs else ()
            return {"reply": [None if grad is None else Raw(grad) for grad in asked]}
        kept = [tensor.grad for tensor in inputs]
        for tensor in inputs:
            tensor.grad = None
        torch.autograd.backward(ends, slopes, retain_graph=True)
        found = [None if tensor.grad is None else Raw(tensor.grad) for tensor in inputs]
        for tensor, grad in zip(inputs, kept, strict=True):
            tensor.grad = grad
        return {"reply": found}

    def serve_gradients(self, letter: Letter, call: int, gradients: list[Tensor | None]) -> dict[str, Any]:
        """The same where the gradients themselves are going to be differentiated."""
        inputs, outputs = self.calls[call]
        with torch.enable_grad():
            ends, slopes = used(outputs, gradients)
            if not ends:
                return {"reply": [None for _ in inputs]}
            found = torch.autograd.grad(ends, inputs, slopes, create_graph=True, allow_unused=True)
        return self.remembered(list(found), Letter(*inputs, *letter.differentiable))

    def served(self, function: Callable[..., Any], letter: Letter, args: Any, kwargs: Any) -> dict[str, Any]:
        """Call a function of this side for the other one; the reply."""
        with torch.enable_grad():
            result = function(*args, **kwargs)
        return self.remembered(result, letter)

    def remembered(self, result: Any, letter: Letter) -> dict[str, Any]:
        """A reply that a later backward pass can come back to."""
        out, call = Letter(), next(self.numbers)
        self.calls[call] = (letter.differentiable, out.differentiable)  # filled when the result is packed
        return {"reply": result, "call": call, "letter": out}

    # --- crossing ----------------------------------------------------------------------------

    def send(self, message: dict[str, Any], letter: Letter) -> None:
        try:
            body = pack(message, lambda value: self.tag(value, letter))
        except WireError as error:
            if "ask" in message:
                raise
            body = pack(self.report(error))
        self.line.send(body)

    def receive(self) -> bytes:
        return self.line.receive()

    def read(self) -> tuple[dict[str, Any], Letter]:
        """The next message and the tensors in it."""
        letter = Letter()
        message = unpack(self.receive(), lambda tagged: self.untag(tagged, letter))
        if not isinstance(message, dict):
            raise WireError("it is malformed")
        return message, letter

    def tag(self, value: Any, letter: Letter) -> Any:
        """What to send in the place of something that is no plain value."""
        if issubclass(type(value), Tensor):
            return self.tag_tensor(value, letter)
        if isinstance(value, np.ndarray):
            return Raw(value)
        return self.tag_object(value)

    def tag_tensor(self, value: Tensor, letter: Letter) -> Any:
        if value.layout != torch.strided:
            return Raw(value)  # which says that it cannot be sent
        number = None if letter.by_value else self.twins.number(value)
        if number is not None and number * self.sign < 0 and not value.requires_grad:
            return Tagged("tensor", {"twin": number, "data": Raw(value), "known": True})
        if number is None:
            number = self.sign * next(self.numbers)
            if not letter.by_value:
                self.twins.add(number, value)
        letter.numbers.add(number)
        fields: dict[str, Any] = {"twin": number, "data": Raw(value)}
        if value.requires_grad:
            letter.differentiable.append(value)
            fields["grad"] = None if not value.is_leaf or value.grad is None else Raw(value.grad)
            fields["leaf"] = value.is_leaf
        return Tagged("tensor", fields)

    def untag(self, tagged: Tagged, letter: Letter) -> Any:
        """The inverse of `tag`, on the other side."""
        if tagged.tag != "tensor":
            return self.untag_object(tagged)
        if not isinstance(tagged.fields["data"], Tensor) or type(tagged.fields["twin"]) is not int:
            raise WireError("a tensor is malformed")
        return self.untag_tensor(letter, **tagged.fields)

    def untag_tensor(
        self, letter: Letter, twin: int, data: Tensor, grad: Any = None, leaf: Any = None, known: bool = False
    ) -> Tensor:
        """A tensor that has come. `leaf` is None where it takes no gradients; `known` says that it is one of ours."""
        ours = self.twins.tensors.get(twin)
        if known and ours is not None and twin * self.sign > 0:
            return ours
        if leaf is None:
            if ours is not None and not ours.requires_grad and self.twins.renewed(ours, data):
                return ours
            if ours is None:
                self.twins.add(twin, data)
            return data
        data.requires_grad_()
        data.grad = grad
        letter.differentiable.append(data)
        tensor = data
        if not leaf:  # part of a graph over there: what may be done in place to a leaf and to others differs
            with torch.enable_grad():
                tensor = data.clone()
        letter.shown.append(tensor)
        if twin * self.sign < 0:
            self.twins.add(twin, tensor)
        return tensor

    # --- changes in place -----------------------------------------------------------------------

    def touched(self) -> list[list[Any]]:
        """What has changed here since both sides had the same: rows of number, numbers, gradient, whether it takes any.

        To be told once, to the other side.
        """
        rows: list[list[Any]] = []
        for number, tensor in self.twins.changed():
            grad = tensor.grad if tensor.is_leaf else None
            rows.append([number, Raw(tensor), None if grad is None else Raw(grad), tensor.requires_grad])
        return rows

    def take_over(self, rows: Any, takes: Callable[[int], bool] = lambda number: True) -> None:
        """Do to the tensors here what was done on the other side, to those that `takes` lets be changed.

        Raises:
            WireError: if it is told in another way than `touched` does.
        """
        try:
            for number, data, grad, requires_grad in rows or ():
                if (tensor := self.twins.tensors.get(number)) is not None and takes(number):
                    bring_up_to_date(tensor, data, grad, bool(requires_grad))
                    self.twins.note(number)
        except (TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise WireError(f"a change is malformed: {type(error).__name__}") from None

    # --- to be said by subclasses --------------------------------------------------------------

    def tag_object(self, value: Any) -> Any:
        raise WireError(f"a {type(value).__name__} cannot be sent")

    def untag_object(self, tagged: Tagged) -> Any:
        raise WireError(f"a {tagged.tag} is not expected here")

    def changed(self, message: dict[str, Any], letter: Letter) -> None:
        """Take over what a call has changed in its arguments."""

    def failed(self, message: dict[str, Any]) -> BaseException:
        """The exception to raise for an error on the other side."""
        return RuntimeError(str(message["error"]))

    def report(self, error: Exception) -> dict[str, Any]:
        """An error of this side, for the other."""
        return {"error": f"{type(error).__name__}: {error}"}


def bring_up_to_date(tensor: Tensor, data: Tensor, grad: Tensor | None, requires_grad: bool) -> None:
    """Give a tensor these numbers, this gradient, and cut it off its graph where its twin was cut off."""
    with torch.inference_mode() if tensor.is_inference() else torch.no_grad():
        if tensor.shape != data.shape or tensor.dtype != data.dtype:
            tensor.data = data
        elif not torch.equal(tensor, data):
            tensor.copy_(data)
    if tensor.is_leaf:
        tensor.requires_grad_(requires_grad)
        if requires_grad:
            tensor.grad = None if grad is None else grad.to(tensor.dtype).reshape(tensor.shape)
    elif not requires_grad:
        with contextlib.suppress(RuntimeError):  # a view cannot be cut off in place
            tensor.detach_()


def replaced(value: Any, by_id: dict[int, Any]) -> Any:
    """A copy of containers with some of the things in them replaced."""
    if id(value) in by_id:
        return by_id[id(value)]
    if type(value) in (list, tuple):
        return type(value)(replaced(v, by_id) for v in value)
    if type(value) is dict:
        return {k: replaced(v, by_id) for k, v in value.items()}
    return value
