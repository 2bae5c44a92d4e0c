"""Start the process that runs strangers' code behind walls.

With bubblewrap on Linux: no network; a system that can be read and not written, with nothing of the
course in it but the package itself; a /tmp of its own; an empty environment; a user, processes and
shared memory of its own. Everywhere: limits on memory, processes, files and time. Without bubblewrap
the limits are all there is, and `Walls.level` says so.
"""

from __future__ import annotations

import contextlib
import functools
import os
import py_compile
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gancourse
from gancourse.errors import CourseError
from gancourse.grading.sandbox.wire import Gone
from gancourse.paths import weights_folder

FULL, LIMITS = "full", "limits"
# -I keeps out what does not belong; the package that grades does, and need not be the one that is installed.
WORKER = """import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("gancourse.grading.sandbox.worker", run_name="__main__", alter_sys=True)
"""
STARTING = 120  # seconds that importing torch may take on a busy machine
ENDING = 10
WATCHING = 0.25  # seconds between two looks at the memory
PATH = "/usr/bin:/bin"
INSTEAD = """raise ImportError(f"{__name__} is withheld while this lesson is graded: write it yourself.")
"""  # what stands in the place of a module that holds answers
LATER = """def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def refuse(*_, **__):
        raise ImportError(f"{__name__}.{name} is withheld while this lesson is graded: write it yourself.")

    return type(name, (), {"__init__": refuse})
"""  # and in that of a part of a library, which other parts import: what it holds is refused when it is used
SCARCE = 0.04  # of the machine's memory: with less than that left the sandbox is ended
FIRST_USER = 60_000  # users from here on belong to nobody


@dataclass(frozen=True)
class Limits:
    """What student code may use.

    Attributes:
        memory: bytes for each process, and for all of them together.
        processes: how many, threads included.
        file: bytes of a file; scratch: bytes of /tmp.
        cell, call, notebook: seconds for a cell, a call by a check, and everything.
    """

    memory: int = 3 * 2**30
    processes: int = 64
    file: int = 64 * 2**20
    scratch: int = 256 * 2**20
    cell: float = 60
    call: float = 20
    notebook: float = 600


@functools.cache
def bubblewrap() -> str | None:
    """Why there is no full sandbox on this machine; None if there is one."""
    if sys.platform != "linux":
        return "bubblewrap exists on Linux only"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (on Debian and Ubuntu: apt install bubblewrap)"
    missing = [tool for tool in ("prlimit", "setpriv") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} of util-linux are not installed"
    tried = subprocess.run([*command(Limits()), "/bin/true"], capture_output=True, text=True, check=False)
    why = tried.stderr.strip() or "no reason given"
    return None if tried.returncode == 0 else f"bubblewrap cannot run here ({why})"


def command(limits: Limits, withheld: tuple[Path, ...] = (), instead: Path = Path()) -> list[str]:
    """The command before the one to run: bubblewrap, another user, the limits.

    In the place of withheld folders, files and the bytecode beside them stands what `lay_out_withheld` has put there.
    """
    root = os.geteuid() == 0
    parts = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session"]
    parts += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    # Limits on processes do not bind the real root, who therefore becomes somebody else inside.
    parts += ["--cap-drop", "ALL"]
    # For all others bubblewrap's own first process would be the student's user, and code that got into it would
    # outlive its submission: there the worker itself comes first. (Not for root: whoever changes the user forgets
    # to die with the parent.)
    parts += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user", "--as-pid-1"]
    parts += ["--clearenv"]
    for name, value in environment().items():
        parts += ["--setenv", name, value]
    parts += ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for name in ("bin", "lib", "lib64", "sbin"):
        parts += ["--symlink", f"usr/{name}", f"/{name}"]
    # /tmp comes before what is bound: the course may live below /tmp.
    parts += ["--size", str(limits.scratch), "--perms", "1777", "--tmpfs", "/tmp"]
    made: set[Path] = {Path("/tmp")}
    for path in readable_paths():
        for parent in reversed(path.parents):
            if parent != Path("/") and parent not in made:
                parts += ["--perms", "0755", "--dir", str(parent)]  # bubblewrap's own would be closed to others
                made.add(parent)
        parts += ["--ro-bind", str(path), str(path)]
    for path in withheld:
        parts += ["--ro-bind", str(stand_in(path, instead)), str(path)]
    for home, cache in bytecode(withheld).items():
        if (home / "__pycache__").is_dir():
            parts += ["--ro-bind", str(instead.with_name(cache)), str(home / "__pycache__")]
    parts += ["--proc", "/proc", "--dev", "/dev"]
    parts += ["--size", str(limits.scratch), "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    parts += ["--chdir", "/tmp", "--remount-ro", "/"]
    if root:
        user = str(FIRST_USER + secrets.randbelow(5000))  # another one for each sandbox: limits count by user
        parts += ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"]
    parts += ["prlimit", f"--data={limits.memory}", f"--nproc={limits.processes}", f"--fsize={limits.file}"]
    return [*parts, f"--cpu={int(limits.notebook)}", "--core=0", "--nofile=256"]


def is_visible(path: Path) -> bool:
    """Whether student code can read what is there."""
    return any(path.is_relative_to(seen) for seen in (*readable_paths(), Path("/usr")))


def bytecode(withheld: tuple[Path, ...]) -> dict[Path, str]:
    """The folders in whose `__pycache__` there is, or may come to be, bytecode of withheld files; a name for each."""
    homes = sorted({path.parent for path in withheld if not path.is_dir()})
    return {home: f"bytecode-{number}" for number, home in enumerate(homes)}


def stand_in(path: Path, instead: Path) -> Path:
    """What is seen in the place of a withheld folder or file."""
    if path.is_dir():
        return instead
    ours = path.is_relative_to(Path(gancourse.__file__).resolve().parent)
    return instead / "__init__.py" if ours else instead.with_name("later.py")


def lay_out_withheld(withheld: tuple[Path, ...], instead: Path) -> None:
    """Write what stands in the place of what is withheld, its bytecode included, to `instead` and beside it."""
    instead.mkdir()
    (instead / "__init__.py").write_text(INSTEAD, encoding="utf-8")
    instead.with_name("later.py").write_text(LATER, encoding="utf-8")
    for home, name in bytecode(withheld).items():
        folder, real = instead.with_name(name), home / "__pycache__"
        folder.mkdir()
        with contextlib.suppress(OSError):  # where it cannot be made, nobody can put bytecode there
            real.mkdir(exist_ok=True)
        gone = {path.stem: stand_in(path, instead) for path in withheld if path.parent == home and not path.is_dir()}
        for path in real.glob("*.pyc") if real.is_dir() else ():
            if path.name.split(".")[0] not in gone:
                shutil.copy2(path, folder)
        for stem, source in gone.items():
            target = folder / f"{stem}.{sys.implementation.cache_tag}.pyc"
            unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(source), str(target), invalidation_mode=unchecked)


def environment() -> dict[str, str]:
    """All that student code sees of an environment."""
    quiet = {"MPLBACKEND": "agg", "GANCOURSE_FAST": "1"}
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    home = {"HOME": "/tmp", "USER": "student", "LANG": "C.UTF-8", "PATH": PATH}
    return {**quiet, **one, **home, "GANCOURSE_SANDBOX": FULL}


def readable_paths() -> list[Path]:
    """What can be read beside /usr: this Python, its libraries, the package. No lesson, solution or hidden test."""
    package = Path(gancourse.__file__).resolve().parent
    paths = {Path(sys.base_prefix).resolve(), Path(sys.prefix), package}
    if weights_folder().is_dir():
        paths.add(weights_folder())  # checkpoints and the feature network
    alone = [p for p in sorted(paths) if not p.is_relative_to("/usr")]
    return [p for p in alone if not any(p != other and p.is_relative_to(other) for other in alone)]


class NoSandbox(CourseError):
    """The sandbox did not start: no submission is to blame."""


class Walls:
    """A worker behind walls, with which one conversation after the other can be had.

    Args:
        limits: what the student's code may use.
        require_full: do not make do with less than bubblewrap.
        withheld: modules, files or folders, that cannot be imported inside, neither as source nor as bytecode.

    Raises:
        CourseError: if the full sandbox is required and cannot be had; NoSandbox at start, if it does not come up.
    """

    def __init__(
        self, limits: Limits | None = None, require_full: bool = False, withheld: tuple[Path, ...] = ()
    ) -> None:
        self.limits, self.withheld = limits or Limits(), withheld
        self.reason = bubblewrap()
        self.level = FULL if self.reason is None else LIMITS
        if require_full and self.reason:
            raise CourseError(f"The full sandbox is required, but {self.reason}.")
        if not hasattr(os, "fork"):
            raise CourseError("Grading needs Linux or macOS; on Windows run it in WSL.")
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.busy, self.overfull = False, False
        self.started = 0  # how many workers it has taken so far

    def start(self) -> None:
        """Start a worker and wait until it has imported everything."""
        self.stop()
        self.control, theirs = socket.socketpair()
        home = Path(gancourse.__file__).resolve().parents[1]
        python = [sys.executable, "-I", "-B", "-X", "utf8", "-c", WORKER, str(home), str(theirs.fileno())]
        self.scratch = tempfile.mkdtemp(prefix="gancourse-")
        if self.level == FULL:
            instead = Path(self.scratch) / "withheld"
            lay_out_withheld(self.withheld, instead)
            inside = [*command(self.limits, self.withheld, instead), *python]
            # No environment: the sandbox's first process would show the one it was started with.
            options: dict[str, object] = {"args": inside, "env": {"PATH": PATH}}
        else:
            env = {**environment(), "HOME": self.scratch, "TMPDIR": self.scratch, "GANCOURSE_SANDBOX": LIMITS}
            options = {"args": python, "env": env, "cwd": self.scratch, "preexec_fn": self.limit_alone}
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            **options,
        )
        theirs.close()
        self.started += 1
        self.control.settimeout(STARTING)
        try:
            ready = self.control.recv(1)
        except TimeoutError:
            ready = b""
        if not ready:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace")[-2000:] if self.process.stderr else ""
            self.stop()
            raise NoSandbox(f"The sandbox did not start. {said}".rstrip())
        threading.Thread(target=self.watch, args=(self.process,), daemon=True).start()

    def limit_alone(self) -> None:
        """The limits, where there is no prlimit to set them."""
        import resource

        for name, most in (
            ("RLIMIT_DATA", self.limits.memory),
            ("RLIMIT_FSIZE", self.limits.file),
            ("RLIMIT_CPU", int(self.limits.notebook)),
            ("RLIMIT_CORE", 0),
        ):
            with contextlib.suppress(ValueError, OSError, AttributeError):
                resource.setrlimit(getattr(resource, name), (most, most))

    def converse(self) -> socket.socket:
        """The socket of a conversation with a fresh child of the worker."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        assert self.control
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self.control, [b"n"], [theirs.fileno()])
        except OSError:
            raise Gone from None
        finally:
            theirs.close()
        self.busy, self.overfull = True, False
        return ours

    def finish(self) -> None:
        """End the conversation. If anything was left behind, the worker goes with it."""
        if not self.busy:
            return
        self.busy = False
        clean = b""
        if self.control is not None and not self.overfull:
            with contextlib.suppress(OSError):
                self.control.settimeout(ENDING)
                self.control.sendall(b"e")
                clean = self.control.recv(1)
        if clean != b"c":
            self.stop()

    def stop(self) -> None:
        """End the worker, and with it everything in its process namespace."""
        if self.control is not None:
            self.control.close()
            self.control = None
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            if self.process.stderr:
                self.process.stderr.close()
            self.process = None
            shutil.rmtree(self.scratch, ignore_errors=True)

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """End everything when all processes together hold too much: limits of the system are for each of them."""
        import psutil

        with contextlib.suppress(psutil.Error):
            while process.poll() is None:
                memory = psutil.virtual_memory()
                # Some memory is nobody's (System V's, for one); it is missed all the same.
                if holds_more(descendants(process.pid), self.limits.memory) or (
                    memory.available < SCARCE * memory.total
                ):
                    self.overfull = True
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(process.pid, signal.SIGKILL)
                    return
                time.sleep(WATCHING)

    def __enter__(self) -> Walls:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def descendants(pid: int) -> list[int]:
    """The processes that one has started, and those that they have, and so on.

    Raises:
        psutil.Error: if the process has gone, where the system has no list of each one's children.
    """
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has gone
            for task in Path(f"/proc/{parent}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        found.append(parent)
    if len(found) > 1:
        return found[1:]
    import psutil  # slower: it asks every process on the machine for its parent

    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def holds_more(processes: list[int], most: int) -> bool:
    """Whether these processes and their nameless files take more bytes of memory than `most`, all together."""
    files = sum({inode: size for pid in processes for inode, size in files_in_memory(pid)}.values())
    # To add up what each has resident counts shared pages several times: it is quick, and never too little.
    return sum(map(resident, processes)) + files > most and sum(map(own_memory, processes)) + files > most


def own_memory(pid: int) -> int:
    """Bytes of memory that a process has for itself, and its part of what it shares with its like.

    Linux looks at every page for that, which takes as long as some checks.
    """
    # A fork shares most of its parent's memory: Pss counts each page once among all that have it.
    with contextlib.suppress(OSError):
        return kilobytes(Path(f"/proc/{pid}/smaps_rollup").read_text(), "Pss_Anon|Pss_Shmem|Swap")
    return resident(pid)


def resident(pid: int) -> int:
    """Bytes of memory of a process, without programs and libraries; what it shares with its like is counted, too."""
    with contextlib.suppress(OSError):
        return kilobytes(Path(f"/proc/{pid}/status").read_text(), "RssAnon|RssShmem|VmSwap")
    import psutil

    try:  # no Linux
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0


def kilobytes(text: str, rows: str) -> int:
    """The bytes that some rows of a table in /proc come to; `rows` are their names, divided by |."""
    return sum(int(size) * 1024 for size in re.findall(rf"^(?:{rows}):\s+(\d+) kB", text, re.MULTILINE))


def files_in_memory(pid: int) -> Iterator[tuple[int, int]]:
    """(inode, bytes) of the files without a name (memfd_create) that a process holds open."""
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if os.readlink(link).startswith("/memfd:"):
                    found = link.stat()
                    yield found.st_ino, found.st_blocks * 512
