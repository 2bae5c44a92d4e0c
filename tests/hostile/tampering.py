"""Changing what is not theirs: files, processes, limits, the pages that others open, the next student's turn."""

from __future__ import annotations

from pathlib import Path

from making import EVERYTHING, REPOSITORY, SAFE, SHOUT, Submission, Text, World, blank, handed_in, solved


def canaries(world: World) -> str:
    """Files wherever files can be written."""
    folders = [str(p) for p in (world.submitted, world.prey, world.out, REPOSITORY, REPOSITORY / "gancourse")]
    return f"""
import gancourse, site
folders = {folders!r} + [os.path.dirname(gancourse.__file__), *site.getsitepackages(), "/", "/etc", "/usr/lib", "/dev",
    "/var/tmp", "/root", "/home", os.path.expanduser("~root"), "/proc/1", "/sys", "/run"]
for folder in folders:
    for name in ("CANARY-{world.mark}", "sitecustomize-{world.mark}.pth"):
        try:
            open(os.path.join(folder, name), "w").write("here I was")
            if folder != "/tmp":
                {SHOUT}, folder)
        except OSError as error:
            print(folder, type(error).__name__)
open("/tmp/CANARY-{world.mark}", "w").write("this one is in order")
"""


def deletions(world: World) -> str:
    """Other students' files, and the record of everything."""
    return f"""
import shutil
for path in ({str(world.prey / "secret.txt")!r}, {str(world.out / "gradebook.db")!r}):
    for act in (os.remove, lambda p: os.rename(p, p + ".gone"), lambda p: open(p, "w"), lambda p: os.chmod(p, 0)):
        try:
            act(path)
            {SHOUT}, path)
        except OSError as error:
            print(type(error).__name__)
shutil.rmtree({str(world.submitted / world.victim)!r}, ignore_errors=True)
shutil.rmtree("/tmp", ignore_errors=True)
"""


KILL_ALL = SAFE + "os.kill(-1, signal.SIGKILL)\ntime.sleep(3)"  # which spares the one who calls it
KILL_PARENT = SAFE + "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)"
STOP_PARENT = SAFE + "os.kill(os.getppid(), signal.SIGSTOP)"


def daemon(world: World) -> str:
    """Processes that cut all ties, sleep, and then write."""
    return (
        SAFE
        + f"""
import ctypes
for number in range(2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"{world.mark[:14]}", 0, 0, 0)
            for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGALRM):
                signal.signal(one, signal.SIG_IGN)
            for _ in range(2000):
                time.sleep(0.3)
                try:
                    open(f"/tmp/leftover-{{number}}-{{time.time()}}", "w").write("still here")
                except OSError:
                    pass
        os._exit(0)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", {world.mark!r}], start_new_session=True)
"""
    )


FULL_FOLDERS = (
    SAFE
    + """
for folder in ("/tmp", "/dev/shm", "/dev", "/run"):
    try:
        for number in range(40):
            with open(f"{folder}/leftover-{number}", "wb") as file:
                for _ in range(30):
                    file.write(b"x" * 2**20)
    except OSError as error:
        print(folder, error)
os.makedirs("/tmp/leftover/" + "deep/" * 200, exist_ok=True)
"""
)

# A folder that cannot be listed, names that are odd, a file at the place where others' notebooks will be.
LEFT_BEHIND = (
    SAFE
    + """
os.makedirs("/tmp/leftover-closed/inside")
os.chmod("/tmp/leftover-closed", 0)
os.chdir("/")
import shutil
shutil.rmtree("/tmp/notebook", ignore_errors=True)
open("/tmp/notebook", "w").write("leftover")
os.symlink("/etc", "/tmp/leftover-link")
os.mkfifo("/tmp/leftover-pipe")
"""
)

# An ordinary user's sandbox owns its folders, and can close them for whoever comes next.
CLOSED = (
    SAFE
    + """
import contextlib
for folder in ("/tmp/notebook", "/dev/shm", "/tmp"):
    with contextlib.suppress(OSError):
        os.chmod(folder, 0)
"""
)

POISON = {
    "torch.py": "raise SystemExit('poisoned')",
    "gancourse.py": "raise SystemExit('poisoned')",
    "numpy/__init__.py": "raise SystemExit('poisoned')",
    "sitecustomize.py": "raise SystemExit('poisoned')",
    "usercustomize.py": "raise SystemExit('poisoned')",
    "conftest.py": "raise SystemExit('poisoned')",
    "poison.pth": "import os; os._exit(9)",
    "nbgrader_config.py": "raise SystemExit('poisoned')",
    ".ipython/profile_default/startup/00.py": "raise SystemExit('poisoned')",
    "__pycache__/torch.cpython-311.pyc": b"\x00" * 64,
}

PARENTS_LIMITS = (
    SAFE
    + """
import resource
for which in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_DATA):
    for pid in (os.getppid(), 1):
        try:
            resource.prlimit(pid, which, (1, 1))
        except OSError as error:
            print(error)
"""
)

PARENTS_TURN = (
    SAFE
    + """
for act in (lambda p: os.setpriority(os.PRIO_PROCESS, p, 19), lambda p: os.sched_setaffinity(p, {0}),
            lambda p: os.sched_setscheduler(p, os.SCHED_IDLE, os.sched_param(0)),
            lambda p: open(f"/proc/{p}/oom_score_adj", "w").write("1000")):
    try:
        act(os.getppid())
    except OSError as error:
        print(error)
"""
)

OWN_LIMITS = (
    SAFE
    + f"""
import resource
for which in range(16):
    try:
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if which in (resource.RLIMIT_DATA, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
            {SHOUT}, which)
    except (OSError, ValueError) as error:
        print(which, error)
for act in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("/tmp"), lambda: os.nice(-5)):
    try:
        act()
        {SHOUT})
    except OSError as error:
        print(error)
"""
)

PARENTS_MEMORY = (
    SAFE
    + f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for pid in (os.getppid(), 1):
    if libc.ptrace(16, pid, 0, 0) == 0:
        {SHOUT}, "ptrace", pid)
    try:
        open(f"/proc/{{pid}}/mem", "r+b", 0)
        {SHOUT}, "mem", pid)
    except OSError as error:
        print(error)
for flags in (0x10000000, 0x00020000, 0x40000000):
    print("unshare", libc.unshare(flags), ctypes.get_errno())
print("mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
"""
)

NO_ALARM = (
    SAFE
    + """
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.setitimer = lambda *args: (0.0, 0.0)
signal.alarm(0)
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
"""
)

FULL_PIPES = (
    SAFE
    + """
for number in (1, 2):
    os.set_blocking(number, False)
    try:
        while True:
            os.write(number, b"x" * 4096)
            if number == 1:
                break
    except OSError as error:
        print(number, error)
"""
)

ELSEWHERE = """
import os, shutil
os.chdir("/")
shutil.rmtree("/tmp/notebook", ignore_errors=True)
"""

SCRIPT = """
<script>pwned()</script> <img src=x onerror=pwned()> <iframe src="javascript:pwned()"></iframe>
<svg/onload=pwned()> <a href="javascript:pwned()">here</a> <base href="https://pwned.example/">
[here](javascript:pwned()) [here][1] ![x](javascript:pwned()) <javascript:pwned()> [2]

[1]: javascript:pwned()
[2]: javascript:pwned() "here"

$\\href{javascript:pwned()}{here}$ $$</script><script>pwned()</script>$$

```html
<script>pwned()</script>
```

    <script>pwned()</script>

```mermaid
graph TD; A["<img src=x onerror=pwned()>"] --> B; click B "javascript:pwned()"
```

<!-- --><script>pwned()</script> &lt;script&gt;pwned()&lt;/script&gt;
| a |
|---|
| <script>pwned()</script> [x](javascript:pwned()) |

[^1]: <script>pwned()</script>
"""

SCRIPT_OUTPUTS = """
from IPython.display import HTML, Javascript, Markdown, display
display(HTML("<script>pwned()</script>"), Javascript("pwned()"), Markdown("[x](javascript:pwned())"))
print("\\x1b]8;;javascript:pwned()\\x07here\\x1b]8;;\\x07 <script>pwned()</script>")
print("\\x1b[31m<img src=x onerror=pwned()>")

class Page:
    def _repr_html_(self): return "<script>pwned()</script>"
    def __repr__(self): return "<script>pwned()</script>"

display(Page())
raise type("<script>pwned()</script>", (Exception,), {})("<script>pwned()</script>")
"""

SCRIPT_ERRORS = """
def stop(*args, **kwargs):
    raise type("<script>pwned()</script>", (Exception,), {})('"><script>pwned()</script><img src=x onerror=pwned()>')

discriminator_loss = generator_losses = stop
derivation = lambda *given, **named: type("<b onclick=pwned()>", (), {})()
"""


def named(name: str, text: Text, hole: str = "") -> Submission:
    """A solved notebook with a cell that does harm: the answers are right and keep their points."""
    return Submission(name, "tampering", handed_in(solved, first=text), EVERYTHING, hole=hole)


def scripts(folder: Path, world: World) -> None:
    """Script in whatever a page may be made of."""
    handed_in(blank, first=SCRIPT_OUTPUTS, last=SCRIPT_ERRORS, text=SCRIPT, files={"note.html": SCRIPT})(folder, world)


def written_answer(world: World) -> str:
    return SCRIPT


TAMPERING = [
    named("files everywhere", canaries),
    named("deletions", deletions),
    named("kill everything", KILL_ALL),
    named("kill the parent", KILL_PARENT),
    named("stop the parent", STOP_PARENT),
    named("daemons", daemon),
    named("full folders", FULL_FOLDERS),
    named("things left behind", LEFT_BEHIND),
    named("closed folders", CLOSED),
    Submission("poisoned modules", "tampering", handed_in(solved, files=POISON), EVERYTHING),  # type: ignore[arg-type]
    named("the parent's limits", PARENTS_LIMITS),
    named("the parent's turn", PARENTS_TURN),
    named("their own limits", OWN_LIMITS),
    named("the parent's memory", PARENTS_MEMORY),
    named("no alarm", NO_ALARM),
    named("full pipes", FULL_PIPES),
    named("another folder", ELSEWHERE),
    Submission("script everywhere", "tampering", scripts, anywhere=True),
    Submission(
        "script in a written answer",
        "tampering",
        handed_in(solved, answers={"diagnose_the_runs": written_answer}),
        EVERYTHING,
        anywhere=True,
    ),
]
