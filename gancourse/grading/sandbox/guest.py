"""The student's side of the conversation: runs in the sandbox, next to the student's code.

Nothing that is decided here counts. This side runs cells, calls what they define on inputs that come
from outside, and sends back what comes of it; whether that is right is judged by the other side.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import os
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, nn

import gancourse.checks
from gancourse.checks.core import describe_error, silence
from gancourse.checks.without import refusing
from gancourse.grading.sandbox import mirror
from gancourse.grading.sandbox.peer import Letter, Peer
from gancourse.grading.sandbox.wire import TOO_LONG, Gone, Line, Raw, Tagged, WireError

FOLDER = os.path.join(os.environ.get("TMPDIR", "/tmp"), "notebook")
MOST_PRINTED = 20_000  # characters kept of what a cell prints
AROUND_CODE = ("time", "timeit", "capture", "prun")  # magics whose code defines what the notebook needs
MOST_HELD = 10_000  # objects of the student's that the other side may name


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
        return self._guest.ask("call", number=self._number, args=list(args), kwargs=kwargs)


class Printed(io.StringIO):
    """Keeps the beginning of what is written to it."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, MOST_PRINTED - self.tell())])
        return len(text)


class Guest(Peer):
    """One student's notebook, and what it defines."""

    def __init__(self, line: Line) -> None:
        super().__init__(line)
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self.names = main.__dict__
        self.names["get_ipython"] = lambda: NoShell(self.names)
        self.names["display"] = lambda *things, **_: print(*map(brief, things))
        for name in ("public", "hidden"):
            setattr(gancourse.checks, name, lambda lesson: CheckedOutside())
        self.built: dict[int, Any] = {}  # the grader's networks and optimizers, built here
        self.strangers: dict[int, StandIn] = {}
        self.kept: dict[str, Any] = {}  # the answers to exercises, by name
        self.last: dict[str, Any] = {}  # what the same names mean at the end
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
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        printed, error = Printed(), None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), limit(seconds):
            try:
                self.run(source, name)
            except TooLong:
                error = [TOO_LONG, f"This ran longer than {seconds:g} seconds and was stopped."]
            except BaseException as stopped:
                error = [type(stopped).__name__, error_in_cell(stopped, name)]
        return {"reply": {"printed": printed.getvalue(), "error": error}}

    def run(self, source: str, name: str) -> None:
        """Run a cell's code in the notebook's names; show the value of a last expression as Jupyter would."""
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(source), name)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            tree.body.pop()
        exec(compile(tree, name, "exec", dont_inherit=True), self.names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval", dont_inherit=True), self.names)
            if value is not None and not source.rstrip().endswith(";"):
                print(brief(value))

    def serve_keep(self, letter: Letter, name: str, only_new: bool) -> dict[str, Any]:
        """Remember what a name means now: a later cell may give it another meaning."""
        if name in self.names:
            self.last[name] = self.names[name]
            if not (only_new and name in self.kept):
                self.kept[name] = self.names[name]
        return {"reply": None}

    def serve_look(self, letter: Letter, name: str, last: bool) -> dict[str, Any]:
        """What a name meant when it was kept first, or last if that is another thing: [whether it is there, it]."""
        there = name in self.kept and not (last and self.last[name] is self.kept[name])
        return {"reply": [there, (self.last if last else self.kept)[name] if there else None]}

    def serve_supply(self, letter: Letter, things: dict[str, Any]) -> dict[str, Any]:
        """Put things of the grader's in the place of the student's, until `forget`."""
        self.names.update(things)
        return {"reply": None}

    def serve_call(
        self, letter: Letter, target: Any, args: list[Any], kwargs: Any, seconds: float, without: str
    ) -> dict[str, Any]:
        """Call something of the student's, which may not use what `without` says."""

        def called() -> Any:
            with refusing(without):
                return target(*args, **kwargs)

        return self.timed(seconds, letter, called)

    def serve_next(self, letter: Letter, target: Any, seconds: float) -> dict[str, Any]:
        """The next item of an iterator, in a list; an empty list at its end."""

        def step() -> list[Any]:
            try:
                return [next(target)]
            except StopIteration:
                return []

        return self.timed(seconds, letter, step)

    def timed(self, seconds: float, letter: Letter, function: Callable[[], Any]) -> dict[str, Any]:
        before = [(tensor._version, tensor.requires_grad) for tensor in letter.tensors]
        with silence(), warnings.catch_warnings(), limit(seconds):
            warnings.simplefilter("ignore")
            reply = self.served(function, letter, (), {})
        changes = [
            [i, Raw(t), None if not t.is_leaf or t.grad is None else Raw(t.grad), t.requires_grad]
            for i, (t, was) in enumerate(zip(letter.tensors, before, strict=True))
            if (t._version, t.requires_grad) != was or (t.is_leaf and t.grad is not None)
        ]
        return {**reply, "changes": changes, "state": self.state()}

    def serve_backward(self, letter: Letter, call: int, gradients: list[Tensor]) -> dict[str, Any]:
        with limit(60):
            return {**super().serve_backward(letter, call, gradients), "state": self.state()}

    def state(self) -> list[list[Any]]:
        """Everything about the grader's networks and optimizers that may have changed."""
        return [
            [n, mirror.module_state(b) if isinstance(b, nn.Module) else mirror.optimizer_state(b)]
            for n, b in self.built.items()
        ]

    def serve_module(self, letter: Letter, target: Any, state: Any) -> dict[str, Any]:
        """A student's network: set what is given, return what it is now."""
        if state is not None:
            mirror.set_module_state(target, state)
        return {"reply": mirror.module_state(target)}

    def serve_mode(self, letter: Letter, target: Any, training: bool) -> dict[str, Any]:
        target.train(training)
        return {"reply": None}

    def serve_forget(self, letter: Letter) -> dict[str, Any]:
        """Drop everything that was named, built or supplied for the checks of one exercise."""
        self.names.update(self.last)
        for table in (self.mine, self.calls, self.built, self.strangers):
            table.clear()
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
        number = next(self.numbers)
        if len(self.mine) > MOST_HELD:
            raise WireError("too many objects are returned")
        self.mine[number] = value
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
        (mirror.set_module_state if kind == "module" else mirror.set_optimizer_state)(self.built[number], state)
        return self.built[number]

    def failed(self, message: dict[str, Any]) -> BaseException:
        return HostError(str(message["error"]))

    def report(self, error: Exception) -> dict[str, Any]:
        if isinstance(error, WireError):
            return {"error": "unsendable", "text": f"What your code returned cannot be used: {error}."}
        if isinstance(error, NotImplementedError) and not str(error):
            return {"error": "blank"}
        return {"error": "stopped", "text": describe_error(error)}

    def answer(self, message: dict[str, Any], letter: Letter) -> None:
        try:
            super().answer(message, letter)
        except (Gone, TooLong):
            raise
        except BaseException as error:  # SystemExit, KeyboardInterrupt: the student's, and no reason to end
            self.send({"error": "stopped", "text": describe_error(error)}, Letter())


def kind_of(value: Any) -> str:
    """Which stand-in the other side needs."""
    if isinstance(value, type):
        return "class"
    if isinstance(value, nn.Module):
        return "module"
    if isinstance(value, Iterator) or hasattr(value, "__next__"):
        return "iterator"
    return "function" if callable(value) else "object"


class NoShell:
    """What `get_ipython()` gives where there is no IPython: magics do nothing, but those around code run it."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def run_line_magic(self, name: str, line: str, *_: Any) -> None:
        if name in AROUND_CODE:
            self.run_cell_magic(name, "", line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name in AROUND_CODE:
            where = f"<%{name}>"
            linecache.cache[where] = (len(cell), None, cell.splitlines(keepends=True), where)
            exec(compile(cell, where, "exec", dont_inherit=True), self._names)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def brief(value: Any) -> str:
    """A value as text, not too long of it."""
    try:
        return repr(value)[:MOST_PRINTED]
    except Exception as error:
        return f"<{type(value).__name__}, whose repr stopped with {type(error).__name__}>"


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
    return f"{text} in line {number}: `{line}`" if line else text


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in what runs here after this time. The grader ends the process if that does not help."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
