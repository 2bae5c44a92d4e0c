"""Commands as an ordinary user, where root runs the tests.

Root's Python, its packages or the checkout may lie where others cannot reach them (in /root, for one). So a command
runs in a view of the system of its own (bubblewrap's, which the sandbox needs anyway): there, what is closed is an open
folder that holds what Python needs and nothing else. Nothing changes for anybody else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
USER = 54321  # somebody without an entry


def view() -> list[str]:
    """The command before a command: this system, with what Python needs open to all, and USER in it."""
    needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, ROOT)} | {Path(sys.prefix), Path(sys.executable)}
    closed: dict[Path, set[Path]] = {}
    for path in sorted(p for p in needed if p.is_dir()):
        for parent in reversed(path.parents):
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, set()).add(path)
                break
    parts = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for folder, paths in closed.items():
        parts += ["--perms", "0755", "--tmpfs", str(folder)]
        made: set[Path] = set()
        for path in sorted(paths):
            for parent in reversed(path.parents):
                if parent.is_relative_to(folder) and parent not in {folder, *made}:
                    parts += ["--perms", "0755", "--dir", str(parent)]
                    made.add(parent)
            parts += ["--ro-bind", str(path), str(path)]
    return [*parts, "setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups"]


def as_anyone(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as an ordinary user; as whoever runs the tests, if that is not root."""
    before = view() if os.geteuid() == 0 else []
    return subprocess.run([*before, *command], capture_output=True, text=True, check=False, **options)


def as_nobody(work: Callable[[], None]) -> int:
    """Do something in a process of its own, as a user who may not do everything; 0 if it was done."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
