"""A conversation between two processes that call each other's functions.

Either side may `ask` the other; while it waits for the reply it answers what it is asked in turn, so
a student's function can call a loss that lives in the grader, in the middle of being called itself.

Plain values are copied (see `wire`). What has behavior stays where it is and is named by a number:
the other side gets a stand-in. Autograd works through the gap: tensors that come back from a call
belong to a graph whose other half is on the far side, and `backward` goes on there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from gancourse.grading.sandbox.wire import Line, Raw, Tagged, WireError, pack, unpack


class FarGraph(torch.autograd.Function):
    """The part of a graph that is on the other side: forward has happened there, backward asks for it."""

    @staticmethod
    def forward(ctx: Any, peer: Peer, call: int, outputs: list[Tensor], anchor: Tensor, *inputs: Tensor) -> Any:
        ctx.peer, ctx.call, ctx.inputs = peer, call, len(inputs)
        return tuple(output.clone() for output in outputs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Any) -> Any:  # pyrefly: ignore[bad-override]
        found = ctx.peer.ask("backward", call=ctx.call, gradients=[Raw(g) for g in grad_outputs])
        return None, None, None, None, *found[: ctx.inputs]


class Letter:
    """The tensors of one message, in the order in which they are met."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []  # all of a call's arguments
        self.differentiable: list[Tensor] = []  # those that take gradients


class Peer:
    """One end of the conversation. Subclasses say what may be asked of them, and how objects cross."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.numbers = itertools.count(1)
        self.mine: dict[int, Any] = {}  # objects of this side that the other may name
        self.calls: dict[int, tuple[list[Tensor], list[Tensor]]] = {}  # inputs and outputs of calls served

    # --- asking ------------------------------------------------------------------------------

    def ask(self, verb: str, **fields: Any) -> Any:
        """Ask the other side for something and return its answer; raises what `failed` makes of an error."""
        letter = Letter()
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
        by_id = {id(output): new for output, new in zip(outputs, joined, strict=True)}
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

    def serve_backward(self, letter: Letter, call: int, gradients: list[Tensor]) -> dict[str, Any]:
        """Go on with a backward pass through a call that was served here."""
        inputs, outputs = self.calls[call]
        kept = [tensor.grad for tensor in inputs]
        for tensor in inputs:
            tensor.grad = None
        torch.autograd.backward(outputs, gradients, retain_graph=True)
        found = [None if tensor.grad is None else Raw(tensor.grad) for tensor in inputs]
        for tensor, grad in zip(inputs, kept, strict=True):
            tensor.grad = grad
        return {"reply": found}

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
        if isinstance(value, Tensor):
            letter.tensors.append(value)
            fields: dict[str, Any] = {"data": Raw(value)}
            if value.requires_grad:
                letter.differentiable.append(value)
                fields["grad"] = None if not value.is_leaf or value.grad is None else Raw(value.grad)
            return Tagged("tensor", fields)
        if isinstance(value, np.ndarray | np.generic):
            return Raw(value)
        return self.tag_object(value)

    def untag(self, tagged: Tagged, letter: Letter) -> Any:
        """The inverse of `tag`, on the other side."""
        if tagged.tag != "tensor":
            return self.untag_object(tagged)
        tensor = tagged.fields["data"]
        if not isinstance(tensor, Tensor):
            raise WireError("a tensor without data")
        letter.tensors.append(tensor)
        if "grad" in tagged.fields:
            tensor.requires_grad_()
            tensor.grad = tagged.fields["grad"]
            letter.differentiable.append(tensor)
        return tensor

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


def replaced(value: Any, by_id: dict[int, Any]) -> Any:
    """A copy of containers with some of the things in them replaced."""
    if id(value) in by_id:
        return by_id[id(value)]
    if type(value) in (list, tuple):
        return type(value)(replaced(v, by_id) for v in value)
    if type(value) is dict:
        return {k: replaced(v, by_id) for k, v in value.items()}
    return value
