"""Limits on what the grader itself computes for a student, in the process that judges.

A wrong answer may call a function of the grader's with a huge number, or return shapes whose difference
broadcasts to gigabytes. What that takes is the student's time and memory, not everybody's.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from gancourse.checks import StudentError

TOO_MUCH = "Checking this took more memory than there is for it. Are the shapes right, and the numbers handed on?"
TOO_SLOW = "Checking this took too long and was stopped. Are the shapes right, and the numbers handed on?"
OUT_OF_MEMORY = re.compile(r"alloc_cpu|can.t allocate memory|MemoryError|Unable to allocate|not enough memory", re.I)
"""How torch, NumPy and Python say it."""


class OutOfTime(StudentError):
    """The time that the grader has for a student is over."""

    def __str__(self) -> str:
        return TOO_SLOW


@contextlib.contextmanager
def bounded_memory(most: int) -> Iterator[None]:
    """Within the block this process may have so many bytes more than it has now, where the system can see to that."""
    try:
        import resource

        held = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
        before = resource.getrlimit(resource.RLIMIT_DATA)
        limit = int(held[1]) * 1024 + most if held else resource.RLIM_INFINITY
        lower = before[0] == resource.RLIM_INFINITY or limit < before[0]
        if lower and held:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
    except (ImportError, OSError, ValueError):  # no Linux
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


@contextlib.contextmanager
def bounded_time(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the block, whichever thread runs it, at the next line of Python after this time.

    The time counts from the block's first line: on a busy machine the watching thread may start late, which is
    nobody's fault. Nothing is raised once the block has ended.
    """
    thread, over, lock = ctypes.c_ulong(threading.get_ident()), False, threading.Lock()
    begun, ended = threading.Event(), threading.Event()

    def watch() -> None:
        begun.wait()
        if not ended.wait(max(0.01, seconds)):
            with lock:
                if not over:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OutOfTime))

    threading.Thread(target=watch, daemon=True).start()
    try:
        begun.set()
        yield
    finally:
        with lock:
            over = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
        ended.set()


def in_words(miss: str | None) -> str | None:
    """A miss as it is, but where the memory was too little, which libraries say in words of their own."""
    return TOO_MUCH if miss and OUT_OF_MEMORY.search(miss) else miss
