"""The student's side of the conversation: runs in the sandbox, next to the student's code.

Nothing that is decided here counts. This side runs cells, calls what they define on inputs that come
from outside, and sends back what comes of it; whether that is right is judged by the other side.
"""

from __future__ import annotations

import contextlib
import gc
import io
import linecache
import os
import signal
import sys
import warnings
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from torch import Tensor, nn

import gancourse.checks
from gancourse.checks.asked import Kept, can_change
from gancourse.checks.core import describe_error, silence
from gancourse.checks.without import refusing
from gancourse.grading.sandbox import mirror, transforms
from gancourse.grading.sandbox.peer import MOST_HELD, Letter, Peer
from gancourse.grading.sandbox.shell import forbidden, shell
from gancourse.grading.sandbox.wire import ARRAYS, TOO_LONG, Gone, Line, Raw, Tagged, WireError

FOLDER = os.path.join(os.environ.get("TMPDIR", "/tmp"), "notebook")
MOST_PRINTED = 20_000  # characters kept of what a cell prints
CLEANING = 2  # seconds for one of the things that a cell leaves behind to go
MISSING = object()


class TooLong(BaseException):
    """The time for a cell or a call is over. No `except Exception` of the student's catches it."""


class CheckedOutside:
    """What a notebook has in the place of the lesson's checks."""

    def __getattr__(self, exercise: str) -> Callable[..., None]:
        return lambda *_, **__: print(f"{exercise}: checked by the grader.")


class HostError(Exception):
    """What the grader's function said to the student's call of it."""


class StandIn:
    """A function that lives in the grader."""

    def __init__(self, guest: Guest, number: int, name: str) -> None:
        self._guest, self._number, self.__name__ = guest, number, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return transforms.called(self.across, args, kwargs)

    def across(self, *args: Any, **kwargs: Any) -> Any:
        return self._guest.ask("call", number=self._number, args=list(args), kwargs=kwargs)


class Printed(io.StringIO):
    """Keeps the beginning of what is written to it."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, MOST_PRINTED - self.tell())])
        return len(text)


class Guest(Peer):
    """One student's notebook, and what it defines."""

    sign = -1

    def __init__(self, line: Line) -> None:
        super().__init__(line)
        self.shell = shell()
        sys.modules["__main__"] = self.shell.user_module
        self.names = self.shell.user_ns
        for name in ("public", "hidden"):
            setattr(gancourse.checks, name, lambda lesson: CheckedOutside())
        self.mine_by_id: dict[int, int] = {}  # their numbers, by id(): `mine` keeps them alive
        self.tensors_of: dict[int, dict[str, Tensor]] = {}  # a network's tensors when they were told last, by number
        self.built: dict[int, Any] = {}  # the grader's networks and optimizers, built here
        self.strangers: dict[int, StandIn] = {}
        self.kept: dict[str, Any] = {}  # the answers to exercises as their own cells left them, by name
        self.seen: dict[str, list[Any]] = {}  # what was looked at, by name
        self.replaced: dict[str, Any] = {}  # what stood where something of the grader's stands meanwhile
        signal.signal(signal.SIGALRM, self.late)

    def late(self, *_: Any) -> None:
        raise TooLong

    def serve_forever(self) -> None:
        """Answer until the other side has had enough."""
        while True:
            try:
                self.answer(*self.read())
            except Gone:
                return
            except TooLong:
                self.send({"error": "late"}, Letter())

    # --- what may be asked ---------------------------------------------------------------------

    def serve_files(self, letter: Letter, files: dict[str, Any]) -> dict[str, Any]:
        """Lay what the student handed in besides the notebook where the notebook would find it."""
        os.makedirs(FOLDER, exist_ok=True)
        os.chdir(FOLDER)
        sys.path.insert(0, FOLDER)
        for name, data in files.items():
            path = os.path.join(FOLDER, name)
            with contextlib.suppress(OSError, ValueError):  # no room, no inode, a file where a folder should be
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(data.tobytes())
        return {"reply": None}

    def serve_run(self, letter: Letter, source: str, name: str, seconds: float) -> dict[str, Any]:
        """Run a cell: what it printed, and the sentence on what stopped it."""
        printed, error = Printed(), None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), limit(seconds):
            try:
                stopped = self.shell.run_as(source, name)
            except BaseException as odd:
                stopped = odd
        if isinstance(stopped, TooLong):
            error = [TOO_LONG, f"This ran longer than {seconds:g} seconds and was stopped."]
        elif stopped is not None:
            with limit(seconds):  # an error of the student's own may have no end, either
                error = [type(stopped).__name__, error_in_cell(stopped, name)]
        with silence(), limit(CLEANING, again=True):  # now, not in the midst of an answer's check
            stopped = None
            gc.collect()
        return {"reply": {"printed": printed.getvalue(), "error": error}}

    def serve_keep(self, letter: Letter, name: str, only_new: bool = False) -> dict[str, Any]:
        """Remember what a name means now, where the exercise's own cell has just run."""
        if name in self.names and not (only_new and name in self.kept):
            self.kept[name] = self.names[name]
        return {"reply": None}

    def serve_look(self, letter: Letter, name: str, last: bool) -> dict[str, Any]:
        """[whether it is there, it]: what a name means now if `last`, else as its own cell left it.

        An answer that calls itself means itself: until `forget` the name means it, too.
        """
        there, thing = self.meaning(name, last)
        if there:
            if thing is not self.names.get(name, MISSING):
                self.serve_supply(letter, {name: thing})
            self.seen.setdefault(name, []).append(thing)
        return {"reply": [there, thing]}

    def serve_seen(self, letter: Letter, name: str, last: bool) -> dict[str, Any]:
        """Whether `look` would show nothing that it has not shown before."""
        there, thing = self.meaning(name, last)
        return {"reply": not there or any(thing is known for known in self.seen.get(name, ()))}

    def meaning(self, name: str, last: bool) -> tuple[bool, Any]:
        table = self.names if last or name not in self.kept else self.kept
        return name in table, table.get(name)

    def serve_supply(self, letter: Letter, things: dict[str, Any]) -> dict[str, Any]:
        """Put things of the grader's in the place of the student's, until `forget`."""
        for name, thing in things.items():
            self.replaced.setdefault(name, self.names.get(name, MISSING))
            self.names[name] = thing
        return {"reply": None}

    def serve_call(
        self,
        letter: Letter,
        touched: Any,
        target: Any,
        args: list[Any],
        kwargs: Any,
        seconds: float,
        without: str,
    ) -> dict[str, Any]:
        """Call something of the student's, which may not use what `without` says."""

        def called() -> Any:
            with refusing(without):
                return target(*args, **kwargs)

        before = [Kept(part, tensors=False) for part in (*args, *kwargs.values()) if can_change(part)]
        reply = self.timed(seconds, letter, touched, called)
        return {**reply, "given": [args, kwargs]} if any(kept.is_changed for kept in before) else reply

    def serve_next(self, letter: Letter, touched: Any, target: Any, seconds: float) -> dict[str, Any]:
        """The next item of an iterator, in a list; an empty list at its end."""

        def step() -> list[Any]:
            try:
                return [next(target)]
            except StopIteration:
                return []

        return self.timed(seconds, letter, touched, step)

    def timed(self, seconds: float, letter: Letter, touched: Any, function: Callable[[], Any]) -> dict[str, Any]:
        self.take_over(touched)
        with silence(), warnings.catch_warnings(), limit(seconds):
            warnings.simplefilter("ignore")
            reply = self.served(function, letter, (), {})
        again = self.lists.sent(reply["call"], reply["reply"])
        return {**reply, **self.state(), **({"again": again} if again else {})}

    def serve_backward(
        self, letter: Letter, call: int, gradients: list[Tensor | None], only: bool = False
    ) -> dict[str, Any]:
        with limit(60):
            return {**super().serve_backward(letter, call, gradients, only), **self.state()}

    def serve_gradients(self, letter: Letter, call: int, gradients: list[Tensor | None]) -> dict[str, Any]:
        with limit(60):
            return {**super().serve_gradients(letter, call, gradients), **self.state()}

    def state(self) -> dict[str, Any]:
        """Everything of the grader's that may have changed: tensors, networks and optimizers."""
        modules = {n: b for n, b in self.built.items() if isinstance(b, nn.Module)}
        states = [[n, mirror.module_state(b, self.tensors_of.setdefault(n, {}))] for n, b in modules.items()]
        states += [[n, mirror.optimizer_state(b)] for n, b in self.built.items() if n not in modules]
        return {"touched": self.touched(), "state": states, "shared": mirror.shared(modules)}

    def serve_module(self, letter: Letter, target: Any, state: Any) -> dict[str, Any]:
        """A student's network: set what is given, return what it is now."""
        if state is not None:
            mirror.set_module_state(target, state)
        return {"reply": mirror.module_state(target, self.tensors_of.setdefault(self.mine_by_id[id(target)], {}))}

    def serve_mode(self, letter: Letter, target: Any, training: bool) -> dict[str, Any]:
        target.train(training)
        return {"reply": None}

    def serve_forget(self, letter: Letter) -> dict[str, Any]:
        """Drop everything that was named, built or supplied for the checks of one exercise."""
        for name, thing in self.replaced.items():
            if thing is MISSING:
                self.names.pop(name, None)
            else:
                self.names[name] = thing
        self.replaced.clear()
        for table in (self.mine, self.mine_by_id, self.tensors_of, self.calls, self.built, self.strangers):
            table.clear()
        self.twins.clear()
        self.lists.clear()
        return {"reply": None}

    # --- crossing ------------------------------------------------------------------------------

    def tag(self, value: Any, letter: Letter) -> Any:
        if isinstance(value, StandIn):
            return Tagged("yours", {"number": value._number})
        return super().tag(value, letter)

    def tag_object(self, value: Any) -> Any:
        for number, thing in self.built.items():
            if thing is value:
                return Tagged("yours", {"number": number})
        number = self.mine_by_id.get(id(value))
        if number is None:
            if (numbers := as_array(value)) is not None:
                return Raw(numbers)
            if len(self.mine) > MOST_HELD:
                raise WireError("too many objects are returned")
            number = next(self.numbers)
            self.mine[number], self.mine_by_id[id(value)] = value, number
        return Tagged("mine", {"number": number, "kind": kind_of(value), "type": type(value).__name__[:60]})

    def untag_object(self, tagged: Tagged) -> Any:
        fields = tagged.fields
        match tagged.tag:
            case "yours":
                return self.mine[fields["number"]]
            case "function":
                number = fields["number"]
                return self.strangers.setdefault(number, StandIn(self, number, fields["name"]))
            case "module" | "optimizer":
                return self.take(tagged.tag, **fields)
        raise WireError(f"a {tagged.tag} is not expected here")

    def take(self, kind: str, number: int, told: Any, state: Any) -> Any:
        """A network or an optimizer of the grader's, built at its first crossing."""
        if number not in self.built:
            built = mirror.build_module(told) if kind == "module" else mirror.build_optimizer(told, self.built)
            self.built[number] = built
            if isinstance(built, nn.Module):
                self.tensors_of[number] = mirror.own_tensors(built)
        (mirror.set_module_state if kind == "module" else mirror.set_optimizer_state)(self.built[number], state)
        return self.built[number]

    def failed(self, message: dict[str, Any]) -> BaseException:
        return HostError(str(message["error"]))

    def report(self, error: Exception) -> dict[str, Any]:
        if isinstance(error, WireError):
            return {"error": "unsendable", "text": f"What your code returned cannot be used: {error}."}
        if isinstance(error, NotImplementedError) and not str(error):
            return {"error": "blank"}
        return {"error": "stopped", "text": told(error)}

    def answer(self, message: dict[str, Any], letter: Letter) -> None:
        try:
            super().answer(message, letter)
        except (Gone, TooLong):
            raise
        except BaseException as error:  # SystemExit, KeyboardInterrupt: the student's, and no reason to end
            self.send({"error": "stopped", "text": told(error)}, Letter())


def kind_of(value: Any) -> str:
    """Which stand-in the other side needs."""
    if isinstance(value, type):
        return "class"
    if isinstance(value, nn.Module):
        return "module"
    if isinstance(value, Iterator) or hasattr(value, "__next__"):
        return "iterator"
    return "function" if callable(value) else "object"


def as_array(value: Any) -> np.ndarray | None:
    """Numbers in a container that is neither NumPy's nor Python's own, such as a table's column; else None."""
    if isinstance(value, deque):
        value = list(value)
    elif not isinstance(value, array) and not (hasattr(type(value), "__array__") and not isinstance(value, type)):
        return None
    with contextlib.suppress(Exception):
        made = np.asarray(value)
        return made if made.dtype.name in ARRAYS else None
    return None


def told(error: BaseException) -> str:
    """An error in a sentence, and what the sandbox has to do with it."""
    return f"{describe_error(error)}. {why}" if (why := forbidden(error)) else describe_error(error)


def error_in_cell(error: BaseException, name: str) -> str:
    """`ValueError: what it says in line 3: `the student's line``."""
    from gancourse.checks.core import brief as what

    if isinstance(error, SyntaxError) and error.filename in (name, "<tokenize>"):
        number = error.lineno or 0
        text = f"{type(error).__name__}: {error.msg}"
    else:
        number, trace, text = 0, error.__traceback__, what(error)
        while trace is not None:
            number = trace.tb_lineno if trace.tb_frame.f_code.co_filename == name else number
            trace = trace.tb_next
    line = linecache.getline(name, number).strip()
    said = f"{text} in line {number}: `{line}`" if line else text
    return f"{said}. {why}" if (why := forbidden(error)) else said


@contextlib.contextmanager
def limit(seconds: float, again: bool = False) -> Iterator[None]:
    """Raise `TooLong` in what runs here after this time. The grader ends the process if that does not help.

    Args:
        again: raise it each time that so many seconds are over, since Python ignores what `__del__` raises.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds if again else 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
