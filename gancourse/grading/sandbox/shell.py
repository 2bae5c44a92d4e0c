"""Jupyter's shell for the student's side: magics, `!`, top-level await, In and Out, as a notebook has them.

It is IPython's own, made once in the worker and inherited by each student's process, so it costs a
submission nothing. What shows pictures, opens pagers or keeps a history on disk is left out; what the
sandbox forbids is not tried, and says so.
"""

from __future__ import annotations

import errno
import importlib
import importlib.abc
import importlib.machinery
import linecache
import os
import re
import socket
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

NO_NETWORK = "There is no network where notebooks are graded."
NO_INSTALLING = f"{NO_NETWORK} Nothing can be installed or fetched there."
READ_ONLY = "Where notebooks are graded, files can be written beside the notebook only."
NOT_HANDED_IN = "Where notebooks are graded there is nothing but what was handed in with the notebook."
LIMITED = "Where notebooks are graded, files may not be larger than the limits allow."
NOT_ALLOWED = "The sandbox in which notebooks are graded does not allow this."
NO_SUCH_MODULE = "It is not installed where notebooks are graded, and was not handed in."

FETCHES = re.compile(
    r"(?:^|[\s;&|/])(?:pip3?['\"]?\s+(?:install|download)|(?:conda|mamba|uv)\s|apt(?:-get)?\s|wget\s|curl\s"
    r"|git\s+(?:clone|pull|fetch|push))"
)
"""Commands that need what is not there; some of them would go on trying for a minute."""

UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED, errno.EADDRNOTAVAIL}
REASONS = {errno.EROFS: READ_ONLY, errno.ENOSPC: LIMITED, errno.EFBIG: LIMITED, errno.EPERM: NOT_ALLOWED}


def forbidden(error: BaseException | None) -> str:
    """The sentence on what the sandbox has to do with an error; "" if nothing."""
    for _ in range(8):
        if isinstance(error, ModuleNotFoundError):
            return NO_SUCH_MODULE
        if isinstance(error, socket.gaierror | ConnectionError | TimeoutError):
            return NO_NETWORK
        if isinstance(error, OSError):
            if error.errno in UNREACHABLE:
                return NO_NETWORK
            if error.errno in REASONS:
                return REASONS[error.errno]
            if isinstance(error, FileNotFoundError | PermissionError):
                return NOT_HANDED_IN
        reason = getattr(error, "reason", None)  # urllib's errors hold the one that matters
        error = reason if isinstance(reason, BaseException) else getattr(error, "__cause__", None)
    return ""


class NamedCompiler(CachingCompiler):
    """Calls code by the name of its cell; reports quote the lines as the student wrote them."""

    cell_name = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.cell_name or super().get_code_name(raw_code, transformed_code, number)

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        name = super().cache(transformed_code, number, raw_code)
        quote_from(name, raw_code if raw_code is not None else transformed_code)
        return name


def quote_from(name: str, source: str) -> None:
    """Let reports quote lines of some code."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


class PlainHook(DisplayHook):
    """Shows a cell's last value without its number."""

    def write_output_prompt(self) -> None:
        pass


class PlainPublisher(DisplayPublisher):
    """Shows what is displayed as text and nothing else."""

    def publish(self, data: Any, *_: Any, **__: Any) -> None:
        if isinstance(data, dict) and "text/plain" in data:
            print(data["text/plain"])


class Shell(InteractiveShell):
    """IPython's shell without a terminal, a disk, a window or a network."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.display_formatter.active_types = ["text/plain"]  # type: ignore[union-attr]
        self.set_hook("show_in_pager", lambda _, data, *__, **___: print(text_of(data)))

    def run_as(self, source: str, name: str) -> BaseException | None:
        """Run a cell under this name; what stopped it."""
        importlib.invalidate_caches()  # %%writefile and an import of it may follow within a tick of the clock
        self.compile.cell_name = name
        if source.startswith(("%%time", "%%prun")):
            quote_from("<timed exec>", source.partition("\n")[2])
        try:
            result: ExecutionResult = self.run_cell(source, store_history=True)
        finally:
            self.compile.cell_name = ""
            self.last_execution_result = None  # would keep what the cell left behind until the next one
        return result.error_before_exec or result.error_in_exec

    def ask_exit(self) -> None:
        raise SystemExit("exit() in a cell")

    # --- errors are reported from outside ------------------------------------------------------

    def showtraceback(self, *_: Any, **__: Any) -> None:
        pass

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        pass

    def showindentationerror(self) -> None:
        pass

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {}

    # --- magics ------------------------------------------------------------------------------------

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        if self.find_magic(magic_name) is None:
            print(f"%{magic_name} is not known where notebooks are graded; it was left out.")
            return None
        try:
            return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)
        except ModuleNotFoundError:
            if magic_name not in ("load_ext", "reload_ext"):
                raise
            print(f"The extension {line.strip()} is not installed where notebooks are graded; it was left out.")
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        if self.find_magic(magic_name, "cell") is None:
            print(f"%%{magic_name} is not known where notebooks are graded; its cell was left out.")
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def enable_matplotlib(self, gui: Any = None) -> Any:
        return gui, "agg"

    def enable_pylab(self, gui: Any = None, import_all: bool = True, welcome_message: bool = False) -> Any:
        return gui, "agg", []

    def enable_gui(self, gui: Any = None) -> None:
        pass

    # --- commands ----------------------------------------------------------------------------------

    def system(self, cmd: str) -> None:
        """`!cmd`, but for what needs a network."""
        said, self.user_ns["_exit_code"] = self.commanded(self.var_expand(cmd, depth=1))
        if said:
            print(said, end="" if said.endswith("\n") else "\n")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`out = !cmd`."""
        from IPython.utils.text import LSString, SList

        said, self.user_ns["_exit_code"] = self.commanded(self.var_expand(cmd, depth=depth + 1))
        return SList(said.splitlines()) if split else LSString(said)

    def commanded(self, command: str) -> tuple[str, int]:
        """What a command says, and its exit status."""
        if FETCHES.search(command):
            return f"`{command.strip()}` was not run. {NO_INSTALLING}\n", 1
        where = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"}
        done = subprocess.run(
            command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=where,
            errors="replace", check=False,
        )  # fmt: skip
        return done.stdout, done.returncode


def text_of(data: Any) -> Any:
    return data.get("text/plain", "") if isinstance(data, dict) else data


def shell() -> Shell:
    """This process's shell, made when it is asked for first. Its names are those of a module of their own."""
    if not Shell.initialized():
        before = sys.modules["__main__"]
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.enable_tip = False
        made = Shell.instance(
            config=config,
            user_module=types.ModuleType("__main__"),
            compiler_class=NamedCompiler,
            displayhook_class=PlainHook,
            display_pub_class=PlainPublisher,
        )
        made.user_ns["display"] = made.user_ns.get("display") or displayed
        sys.modules["__main__"] = before
        inline_settings(made)
        warnings.filterwarnings("ignore", message="To exit: use")
        sys.meta_path.append(ColabHere())
    return Shell.instance()  # type: ignore[return-value]


def displayed(*things: Any, **how: Any) -> Any:
    from IPython.display import display

    return display(*things, **how)


def inline_settings(made: Shell) -> None:
    """`%config InlineBackend…` is understood, as in a notebook, and changes nothing."""
    from matplotlib_inline.config import InlineBackend

    made.configurables.append(InlineBackend.instance(parent=made))


class ColabHere(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`google.colab`, for notebooks that were written there: everything in it can be called and does nothing."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname in ("google", "google.colab") or fullname.startswith("google.colab."):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        return types.ModuleType(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ != "google":
            module.__dict__["__getattr__"] = nothing_in(module.__name__)


def nothing_in(home: str) -> Callable[[str], Any]:
    def given(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Idle(f"{home}.{name}")

    return given


class Idle:
    """Something of Colab's: calling it says that it is not here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Idle:
        if name.startswith("__"):
            raise AttributeError(name)
        return Idle(f"{self._name}.{name}")

    def __call__(self, *_: Any, **__: Any) -> None:
        print(f"{self._name} does nothing where notebooks are graded.")
