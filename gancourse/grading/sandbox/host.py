"""The grader's side of the conversation: what a student wrote, as objects that checks can use.

A check gets a stand-in and need not know: calling it calls the student's function in the sandbox,
`loss.backward()` goes on there, networks handed to it come back changed. All that ever arrives is
values, and the checks on this side judge them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from gancourse.checks.asked import compared, refused
from gancourse.checks.core import StudentError
from gancourse.grading.bounds import bounded_time
from gancourse.grading.sandbox import mirror, transforms
from gancourse.grading.sandbox.peer import MOST_HELD, Letter, Peer
from gancourse.grading.sandbox.walls import Walls
from gancourse.grading.sandbox.wire import ENDED, TOO_LONG, Gone, Line, Tagged, WireError

GRACE = 5  # seconds beyond a limit before the process is ended from outside
MOST_BYTES = 512 * 2**20  # that may arrive for one exercise; gradients keep all of it in memory
MOST_ASKED = 200_000  # questions a student's code may ask of the grader's functions in one call

LATE = "Your code ran longer than {seconds:g} seconds and was stopped. Is there a loop in it that never ends?"
DIED = "Your code ended Python. Does it call exit(), or use up all memory?"
OVERFULL = "Your code used more memory than the {memory:.0f} GB there are, and was stopped."
GARBLED = "Your code answered in a way that cannot be understood ({error})."
SPENT = "The time for this notebook, {seconds:g} seconds, is over."


class Remote:
    """Something of the student's that lives in the sandbox."""

    def __init__(self, host: Host, number: int) -> None:
        self._host, self._number = host, number


class RemoteFunction(Remote):
    """A function of the student's."""

    compares_its_calls = True  # with what they were given, see `asked`

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return compared(self.called, args, kwargs)

    def called(self, *args: Any, **kwargs: Any) -> Any:
        return transforms.called(lambda *a, **k: self._host.call(self, a, k), args, kwargs)


class RemoteClass(RemoteFunction):
    """A class of the student's: calling it makes an object, in the sandbox."""


class RemoteIterator(Remote, Iterator[Any]):
    """An iterator of the student's."""

    def __next__(self) -> Any:
        within = self._host.limits.call
        found = self._host.asked("next", within, touched=self._host.touched(), target=self, seconds=within)
        if not isinstance(found, list) or not found:
            raise StopIteration
        return found[0]


class RemoteModule(RemoteFunction, nn.Module):
    """A network of the student's. Its parameters here are copies, fetched when they are asked for.

    Parameters that a check changes in place are sent before the next call.
    """

    def __init__(self, host: Host, number: int) -> None:
        nn.Module.__init__(self)
        Remote.__init__(self, host, number)
        self._copies: dict[str, nn.Parameter] = {}
        self._versions: dict[str, int] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.push()
        return RemoteFunction.__call__(self, *args, **kwargs)

    def push(self) -> None:
        """Send parameters that were changed on this side."""
        if any(p._version != self._versions[name] for name, p in self._copies.items()):
            self.fetch(self.own_state())

    def own_state(self) -> dict[str, Any]:
        state = mirror.module_state(nn.Module()) | {"training": []}  # as it is over there: `train` has said so
        for name, p in self._copies.items():
            state["parameters"][name] = [mirror.Raw(p), None, p.requires_grad, True]
        return state

    def fetch(self, state: Any = None) -> None:
        """Take over the parameters as they are in the sandbox."""
        found = self._host.asked("module", self._host.limits.call, target=self, state=state)
        try:
            parameters = {str(name): row for name, row in found["parameters"].items()}
            replaced = set(map(str, found["new"]))
            for name, (data, grad, requires_grad, _) in parameters.items():
                if name not in self._copies or name in replaced or self._copies[name].shape != data.shape:
                    self._copies[name] = nn.Parameter(data, requires_grad=bool(requires_grad))
                with torch.no_grad():
                    self._copies[name].copy_(data)
                self._copies[name].grad = grad
            self._copies = {name: self._copies[name] for name in parameters}
        except (TypeError, KeyError, ValueError, RuntimeError, AttributeError) as error:
            raise StudentError(GARBLED.format(error=type(error).__name__)) from None
        self._versions = {name: p._version for name, p in self._copies.items()}

    def named_parameters(self, *_: Any, **__: Any) -> Iterator[tuple[str, nn.Parameter]]:
        self.push()
        self.fetch()
        yield from self._copies.items()

    def state_dict(self, *_: Any, **__: Any) -> Any:
        return {name: p.detach().clone() for name, p in self.named_parameters()}

    def load_state_dict(self, state_dict: Any, *_: Any, **__: Any) -> Any:
        own = dict(self.named_parameters())
        with torch.no_grad():
            for name, data in state_dict.items():
                own[name].copy_(data)
        self.push()

    def train(self, mode: bool = True) -> RemoteModule:
        self._host.asked("mode", self._host.limits.call, target=self, training=bool(mode))
        return self


KINDS = {
    "function": RemoteFunction,
    "class": RemoteClass,
    "module": RemoteModule,
    "iterator": RemoteIterator,
    "object": Remote,
}


class Host(Peer):
    """A conversation with one student's notebook."""

    def __init__(self, walls: Walls, end: float | None = None) -> None:
        super().__init__(Line(walls.converse()))
        self.walls, self.limits = walls, walls.limits
        self.end = time.monotonic() + self.limits.notebook if end is None else end
        self.deadline, self.seconds = self.end, self.limits.notebook
        self.over = ""  # why the conversation has ended
        self.pending: BaseException | None = None  # what a function of the grader's has raised meanwhile
        self.asked_of_us, self.received = 0, 0
        self.own: dict[int, Any] = {}  # objects of the grader's that have crossed, by number
        self.remotes: dict[int, Remote] = {}  # the student's, by number: an object that comes twice is one
        self.tied: set[tuple[int, str]] = set()  # tensors of networks that a student's code has made share memory

    # --- asking ------------------------------------------------------------------------------

    def asked(self, verb: str, seconds: float, /, **fields: Any) -> Any:
        """Ask, and wait no longer than this.

        Raises:
            StudentError: with what happened, if no answer comes.
        """
        if self.over:
            raise StudentError(self.over)
        left = self.end - time.monotonic()
        if left <= 0:
            self.close(SPENT.format(seconds=self.limits.notebook))
            raise StudentError(self.over)
        self.seconds = min(seconds, left)
        self.deadline, self.asked_of_us = time.monotonic() + self.seconds + GRACE, 0
        return self.ask(verb, **fields)

    def ask_joined(self, verb: str, inputs: tuple[Any, ...], **fields: Any) -> Any:
        try:
            return super().ask_joined(verb, inputs, **fields)
        except Gone as gone:
            late = gone.args == ("late",)
            self.close(LATE.format(seconds=self.seconds) if late else self.why_it_died())
        except WireError as error:
            self.close(GARBLED.format(error=error))
        finally:
            if self.pending is not None:
                raised, self.pending = self.pending, None
                raise raised
        raise StudentError(self.over)

    def attach(self, message: dict[str, Any], letter: Letter, answer: Letter) -> Any:
        """The reply; a list that was here before is that again."""
        result = super().attach(message, letter, answer)
        if "call" not in message:
            return result
        try:
            return self.lists.come(message["call"], result, message.get("again"))
        except (TypeError, ValueError, KeyError) as error:
            raise WireError(f"a list is malformed: {type(error).__name__}") from None

    def why_it_died(self) -> str:
        time.sleep(0.05)  # the watchdog may be about to say that it was him
        return OVERFULL.format(memory=self.limits.memory / 2**30) if self.walls.overfull else DIED

    def receive(self) -> bytes:
        body = self.line.receive(self.deadline)
        self.received += len(body)
        if self.received > MOST_BYTES:
            raise WireError("it is too much")
        return body

    def call(self, target: Remote, args: Any, kwargs: Any) -> Any:
        """Call something of the student's."""
        seconds = min(self.limits.call, max(0.1, self.end - time.monotonic()))
        fields = {"args": list(args), "kwargs": dict(kwargs), "seconds": seconds, "without": refused()}
        return self.asked("call", seconds, touched=self.touched(), target=target, **fields)

    def run(self, source: str, name: str) -> tuple[str, list[str] | None]:
        """Run a cell: what it printed, and None or [the error's name, what to say about it].

        If the cell ended the conversation, the error says so, and `over` is set.
        """
        seconds = min(self.limits.cell, max(0.1, self.end - time.monotonic()))
        try:
            found = self.asked("run", seconds, source=source, name=name, seconds=seconds)
            printed, error = str(found["printed"]), found["error"]
            return printed, None if error is None else [str(error[0])[:60], str(error[1])[:2000]]
        except StudentError as stopped:
            return "", [TOO_LONG if "longer than" in str(stopped) else ENDED, str(stopped)]
        except (TypeError, KeyError, IndexError):
            self.close(GARBLED.format(error="a cell's report"))
            return "", [ENDED, self.over]

    def look(self, name: str, last: bool = False) -> Any:
        """The student's answer of this name: as its own cell left it, or what the name means now.

        Raises:
            KeyError: if it is not there.
        """
        found = self.asked("look", self.limits.call, name=name, last=last)
        if not (isinstance(found, list) and len(found) == 2 and found[0] is True):
            raise KeyError(name)
        return found[1]

    def is_new(self, name: str, last: bool = False) -> bool:
        """Whether `look` would show something that it has not shown before."""
        return self.asked("seen", self.limits.call, name=name, last=last) is False

    def close(self, why: str = "It is over.") -> None:
        """End the conversation."""
        if not self.over:
            self.over = why
            self.line.close()
            self.walls.finish()

    # --- being asked -------------------------------------------------------------------------

    def serve_call(self, letter: Letter, number: int, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """A student's code calls a function of the grader's that it was given."""
        self.asked_of_us += 1
        if self.asked_of_us > MOST_ASKED:
            raise WireError("too many calls")
        function = self.own[number]
        try:
            with bounded_time(self.limits.call):  # the student's time, whoever computes
                reply = self.served(function, letter, args, kwargs)
            reply["letter"].by_value = True  # what the grader keeps of it is not to be changed from there
            return reply
        except Exception as error:
            self.pending = self.pending or error
            raise

    def forget(self) -> None:
        """Between exercises: what was handed over for one is of no use in the next."""
        for table in (self.own, self.calls, self.remotes, self.twins, self.lists, self.tied):
            table.clear()
        self.received = 0
        self.asked("forget", self.limits.call)

    # --- crossing ----------------------------------------------------------------------------

    def tag_object(self, value: Any) -> Any:
        if isinstance(value, Remote):
            return Tagged("yours", {"number": value._number})
        number, known = self.number_of(value)
        if isinstance(value, nn.Module):
            told = None if known else mirror.describe_module(value)
            return Tagged("module", {"number": number, "told": told, "state": mirror.module_state(value)})
        if isinstance(value, torch.optim.Optimizer):
            told = None if known else mirror.describe_optimizer(value, self.owners())
            return Tagged("optimizer", {"number": number, "told": told, "state": mirror.optimizer_state(value)})
        if callable(value):
            return Tagged("function", {"number": number, "name": getattr(value, "__name__", type(value).__name__)})
        raise TypeError(f"A {type(value).__name__} cannot be handed to a student's function in the sandbox.")

    def number_of(self, value: Any) -> tuple[int, bool]:
        for number, thing in self.own.items():
            # Bound methods are made anew each time they are looked up, so identity would never find them.
            if thing is value or (callable(value) and not isinstance(value, nn.Module) and thing == value):
                return number, True
        number = next(self.numbers)
        self.own[number] = value
        return number, False

    def owners(self) -> dict[int, tuple[int, str]]:
        """Which network of ours each parameter belongs to."""
        return {
            id(p): (number, name)
            for number, thing in self.own.items()
            if isinstance(thing, nn.Module)
            for name, p in thing.named_parameters()
        }

    def untag_object(self, tagged: Tagged) -> Any:
        fields = tagged.fields
        if tagged.tag == "yours":
            return self.own[fields["number"]]
        if tagged.tag != "mine":
            raise WireError(f"a {tagged.tag} is not expected here")
        base = KINDS[fields["kind"]]
        name = re.sub(r"\W", "", str(fields["type"]))[:40] or base.__name__
        number = fields["number"]
        if type(number) is not int:
            raise WireError("it is malformed")
        remote = self.remotes.get(number)
        if not isinstance(remote, base):
            remote = type(name, (base,), {})(self, number)
            if len(self.remotes) < MOST_HELD:
                self.remotes[number] = remote
        return remote

    def changed(self, message: dict[str, Any], letter: Letter) -> None:
        """Copy back what the call did to tensors, lists, networks and optimizers that it was given.

        What was given to an earlier call stays as it was: nobody would look at it again.
        """
        self.take_over(message.get("touched"), lambda number: number < 0 or number in letter.numbers)
        try:
            if "given" in message:
                renew([letter.fields["args"], letter.fields["kwargs"]], message["given"])
            for number, state in message.get("state") or ():
                thing = self.own.get(number)
                if isinstance(thing, nn.Module):
                    mirror.set_module_state(thing, state)
                elif isinstance(thing, torch.optim.Optimizer):
                    mirror.set_optimizer_state(thing, state)
            mirror.tie(message.get("shared") or (), self.own, self.tied)
        except (TypeError, KeyError, ValueError, IndexError, AttributeError, RuntimeError) as error:
            raise WireError(f"a state is malformed: {type(error).__name__}") from None

    def failed(self, message: dict[str, Any]) -> BaseException:
        if message["error"] == "blank":
            return NotImplementedError()
        if message["error"] == "late":
            # Where it was stopped nobody knows: perhaps in the middle of a message.
            self.close(LATE.format(seconds=self.seconds))
            return StudentError(self.over)
        return StudentError(str(message.get("text", ""))[:2000] or "Your code stopped.")


def renew(ours: Any, theirs: Any) -> Any:
    """Do to lists, dicts and arrays of ours what was done to their copies; what stands where this one stood."""
    if type(ours) is not type(theirs):
        return theirs
    if type(ours) is np.ndarray and ours.shape == theirs.shape and ours.dtype == theirs.dtype:
        ours[...] = theirs
        return ours
    if type(ours) is torch.Tensor and ours.shape == theirs.shape and torch.equal(ours, theirs):
        return ours  # what was done to it is told elsewhere
    if type(ours) is dict:
        items = {k: renew(ours[k], v) if k in ours else v for k, v in theirs.items()}
        ours.clear()
        ours.update(items)
        return ours
    if type(ours) is list:
        ours[:] = [renew(a, b) for a, b in zip(ours, theirs, strict=False)] + theirs[len(ours) :]
        return ours
    if type(ours) is tuple and len(ours) == len(theirs):
        parts = tuple(renew(a, b) for a, b in zip(ours, theirs, strict=True))
        return ours if all(a is b for a, b in zip(ours, parts, strict=True)) else parts
    return theirs
