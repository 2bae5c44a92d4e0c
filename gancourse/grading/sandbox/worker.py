"""The process in the sandbox: imports once, then forks one child for each notebook.

    python -m gancourse.grading.sandbox.worker FD

FD is a socket on which the grader hands over, for each notebook, the socket of a conversation. The
child that has that conversation knows of no other socket. When it is over, everything that is left
running is killed and everything left lying is deleted; where that fails the grader is told, and
starts a new sandbox. The parent runs no student's code, and its memory cannot be looked into.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from gancourse.grading.sandbox.seccomp import forbid

PR_SET_DUMPABLE = 4  # prctl's number: with 0 no other process may trace this one or read its memory
SCRATCH = ("/tmp", "/dev", "/dev/shm", "/dev/mqueue")
NOBODYS = ("/proc/sysvipc/shm", "/proc/sysvipc/msg", "/proc/sysvipc/sem")
"""Lists of what belongs to no process and outlives all."""


def import_everything() -> None:
    """What most lessons import, paid for once; seaborn takes a second, and graded cells do without it."""
    os.environ.setdefault("MPLBACKEND", "agg")
    import matplotlib.pyplot
    import torch

    import gancourse.grading.sandbox.guest
    import gancourse.plots
    import gancourse.widgets

    gancourse.grading.sandbox.guest.shell()  # each student's process inherits it
    torch.set_num_threads(1)
    # The first optimizer imports half of torch; the first figure reads the fonts.
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1).step()
    matplotlib.pyplot.close(matplotlib.pyplot.figure())
    gc.collect()
    gc.freeze()


def condition() -> object:
    """What a child could change about its parent, limits, priority, the cores it may use, and leave with nobody."""
    import resource

    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    limits = [resource.getrlimit(getattr(resource, name)) for name in names]
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    scheduler = os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None
    left = []
    for name in NOBODYS if os.environ.get("GANCOURSE_SANDBOX") == "full" else ():
        with contextlib.suppress(OSError):
            left.append(Path(name).read_text().splitlines()[1:])
    return limits, os.getpriority(os.PRIO_PROCESS, 0), affinity, scheduler, left


def child(conversation: socket.socket, control: socket.socket) -> None:
    """One student's conversation; never returns."""
    try:
        control.close()
        os.setsid()
        if sys.platform == "linux":  # the grader's watchdog may look again, how much memory it takes
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        from gancourse.grading.sandbox.guest import Guest
        from gancourse.grading.sandbox.wire import Line

        Guest(Line(conversation)).serve_forever()
    finally:
        os._exit(0)


def alone() -> bool:
    """Kill everything else in this process namespace; whether nothing is left."""
    if os.environ.get("GANCOURSE_SANDBOX") != "full":
        return True  # outside of a namespace of its own this would end the user's session
    for _ in range(50):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        others = [p for p in Path("/proc").iterdir() if p.name.isdigit() and int(p.name) not in (1, os.getpid())]
        if not [p for p in others if parent_of(p) != 0]:
            return True
        time.sleep(0.01)
    return False


def parent_of(process: Path) -> int:
    """A process's parent; 0 if it has gone, or is the sandbox's own first process."""
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def listing() -> dict[str, object]:
    """All paths in the folders that one can write to, those themselves among them, and what each is: kind, mode, owner.

    What is mounted there is not looked into: the course may live below /tmp.

    Raises:
        OSError: if one of them cannot be listed: nobody knows then what is in it.
    """
    found: dict[str, object] = {}
    for folder in SCRATCH if os.environ.get("GANCOURSE_SANDBOX") == "full" else ():
        if not os.path.lexists(folder):
            continue
        device = os.lstat(folder).st_dev
        found[folder] = looks(folder)
        for home, folders, files in os.walk(folder, onerror=raised):
            for name in [*folders, *files]:
                found[os.path.join(home, name)] = looks(os.path.join(home, name))
            folders[:] = [name for name in folders if os.lstat(os.path.join(home, name)).st_dev == device]
    return found


def looks(path: str) -> object:
    status = os.lstat(path)
    return status.st_mode, status.st_uid, status.st_gid, status.st_rdev, status.st_dev


def raised(error: OSError) -> None:
    raise error


def open_all(kept: dict[str, object]) -> None:
    """Let everything that is not kept be listed and deleted again, as far as it is ours."""
    for folder in SCRATCH if os.environ.get("GANCOURSE_SANDBOX") == "full" else ():
        for home, folders, _ in os.walk(folder):
            folders[:] = [name for name in folders if not os.path.ismount(os.path.join(home, name))]
            for path in (os.path.join(home, name) for name in folders):
                with contextlib.suppress(OSError):
                    if path not in kept and not os.path.islink(path):
                        os.chmod(path, 0o700)


def swept(kept: dict[str, object]) -> bool:
    """Delete all but `kept` from the folders one can write to; whether nothing else is left, and that as it was."""
    try:
        open_all(kept)
        for path in sorted(listing().keys() - kept.keys()):
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
        return listing() == kept
    except (OSError, RecursionError):
        return False


def main() -> None:
    """Serve until the grader closes the socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    import_everything()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    forbid()
    before = condition()
    # What holds a mount stays, and what /dev came with; all else that importing has left goes.
    mounted = {path for path in listing() if os.path.ismount(path)}
    first = {path for path in listing() if path in SCRATCH or (path.startswith("/dev/") and "/shm/" not in path)}
    first |= {path for path in listing() if any(mount == path or mount.startswith(f"{path}/") for mount in mounted)}
    swept(dict.fromkeys(first))
    empty = listing()
    control.sendall(b"r")
    while True:
        message, handed, _, _ = socket.recv_fds(control, 1, 1)
        if not message or not handed:
            return
        conversation = socket.socket(fileno=handed[0])
        pid = os.fork()
        if pid == 0:
            child(conversation, control)
        conversation.close()
        ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        # Until the child ends by itself or the grader says that it is enough.
        select.select([control] if ended is None else [control, ended], [], [])
        if ended is not None:
            os.close(ended)
        for kill in (os.kill, os.killpg):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        clean = alone() and swept(empty) and condition() == before
        if not control.recv(1):
            return
        control.sendall(b"c" if clean else b"d")


if __name__ == "__main__":
    main()
