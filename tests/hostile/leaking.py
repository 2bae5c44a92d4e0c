"""Reading what is not theirs: secrets, solutions, other students' work, the network."""

from __future__ import annotations

from pathlib import Path

from making import EVERYTHING, LESSON, REPOSITORY, SHOUT, Submission, Text, World, blank, body, handed_in, solved, write

# Prints what it can read of some paths, and shouts where a secret is in it.
READ = f"""
import glob, os

def read(*paths):
    for path in paths:
        try:
            data = open(path, "rb").read(5_000_000)
        except OSError as error:
            print(type(error).__name__)
            continue
        print(len(data), data[:1500])
        if b"TOKEN" + b"-" in data or b"hidden tests" in data.lower():
            {SHOUT}, path, data[data.find(b"TOKEN" + b"-"):][:60])

def look(folder):
    try:
        print(os.listdir(folder)[:50])
    except OSError as error:
        print(type(error).__name__)
"""

ENVIRONMENT = f"""
for name, value in os.environ.items():
    print(name, value)
    if "TOKEN" + "-" in value:
        {SHOUT})
"""

PROCESSES = """
read(*glob.glob("/proc/*/environ"), *glob.glob("/proc/*/cmdline"), *glob.glob("/proc/*/task/*/environ"))
"""

MEMORY = f"""
for pid in [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
    try:
        maps = open(f"/proc/{{pid}}/maps").read().splitlines()
        with open(f"/proc/{{pid}}/mem", "rb", 0) as memory:
            {SHOUT}, pid, len(maps))
    except OSError as error:
        print(pid, type(error).__name__)
"""

WALK = f"""
for folder, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "site-packages")]
    for name in files:
        path = os.path.join(folder, name)
        if name.endswith((".db", ".secret")) or "hidden" in path and "01" not in path:
            print(path)
        if name in ("gradebook.db", "seed.secret", "secret.txt", "id_rsa", "timestamp.txt"):
            {SHOUT}, path)
    if folder.endswith(("/lessons/01_gaussian_1d", "/solutions", "/lessons", "/submitted")):
        {SHOUT}, folder)
"""


def places(world: World) -> str:
    """Everything by its absolute path."""
    found = [
        *(world.prey / f"{LESSON.name}.ipynb", world.prey / "secret.txt"),
        *(world.out / "gradebook.db", world.out / "judged" / "seed.secret", world.out / "summary.csv"),
        *(LESSON.folder / "hidden.py", LESSON.path),
        *(REPOSITORY / "solutions" / LESSON.name / f"{LESSON.name}.ipynb", REPOSITORY / ".git" / "config"),
        *(Path.home() / ".ssh" / "id_rsa", Path.home() / ".bash_history", Path("/etc/shadow")),
    ]
    return f"read(*{[str(path) for path in found]!r})\n" + "".join(
        f"look({str(path)!r})\n" for path in (world.submitted, world.out, REPOSITORY, Path.home())
    )


UPWARDS = """
for depth in range(1, 8):
    up = "../" * depth
    look(up)
    read(up + "victim/01_gaussian_1d/secret.txt", up + "victim/01_gaussian_1d/01_gaussian_1d.ipynb",
         up + "out/gradebook.db", up + "gradebook.db", up + "submitted/victim/01_gaussian_1d/secret.txt")
"""


def network(world: World) -> str:
    """Somebody who listens on this machine, and somebody outside."""
    return f"""
import socket, urllib.request
for host, port in (("127.0.0.1", {world.port}), ("localhost", {world.port}), ("10.0.2.2", {world.port}),
                   ("1.1.1.1", 53), ("8.8.8.8", 443), ("::1", {world.port})):
    try:
        socket.create_connection((host, port), timeout=0.5).send(b"hello")
        {SHOUT}, host)
    except OSError as error:
        print(host, error)
try:
    urllib.request.urlopen("http://127.0.0.1:{world.port}/", timeout=0.5)
    {SHOUT})
except OSError as error:
    print(error)
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", {world.port}))
except OSError as error:
    print(error)
"""


LEFTOVERS = f"""
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue"):
    look(folder)
    for path in glob.glob(folder + "/**", recursive=True):
        if "left" + "over" in path:
            {SHOUT}, path)
"""

INSIDE = f"""
import gc, inspect, sys
from gancourse.grading.sandbox import guest

for module in ("gancourse.authoring.source", "gancourse.checks"):
    try:
        __import__(module)
        print(module, "imported")
    except Exception as error:
        print(type(error).__name__, error)
try:
    from gancourse.checks import hidden
    if isinstance(hidden("01_gaussian_1d").claims, dict):
        {SHOUT})
except Exception as error:
    print(type(error).__name__)
"""

ERRORS = {
    "generator_losses": body(
        "generator_losses", "    discriminator_loss('no', 'tensor')\n    return fake_logits.sum(), fake_logits.sum()"
    ),
    "generator_gradients": body(
        "generator_gradients",
        "    try:\n        discriminator_loss(None, None)\n    except BaseException as error:\n"
        "        raise ValueError(str(error) + repr(vars(error)) + repr(error.__traceback__.tb_frame.f_locals)[:200])",
    ),
}
"""Right answers are supplied and then made to stop: what they say must not tell how they are written."""


def linked_notebook(folder: Path, world: World) -> None:
    folder.mkdir(parents=True)
    (folder / f"{LESSON.name}.ipynb").symlink_to(world.prey / f"{LESSON.name}.ipynb")


def linked_folder(folder: Path, world: World) -> None:
    folder.symlink_to(world.prey)


def linked_file(folder: Path, world: World) -> None:
    """A file that is a link, and one in a folder that is a link."""
    reading = "\nread('notes.txt', 'theirs/secret.txt')\nlook('.')\nlook('theirs')"
    handed_in(solved, first=READ + reading)(folder, world)
    (folder / "notes.txt").symlink_to(world.prey / "secret.txt")
    (folder / "theirs").symlink_to(world.prey)


def hidden_in_a_link(folder: Path, world: World) -> None:
    """A renamed notebook in a folder that is a link to another student's."""
    folder.mkdir(parents=True)
    (folder / "work").symlink_to(world.prey)


def linked_timestamp(folder: Path, world: World) -> None:
    write(blank(), folder)
    (folder / "timestamp.txt").symlink_to(world.prey / "secret.txt")


def named(name: str, text: Text, hole: str = "") -> Submission:
    def first(world: World) -> str:
        return READ + (text(world) if callable(text) else text)

    return Submission(name, "leaking", handed_in(blank, first=first), hole=hole)


LEAKING = [
    named("environment", ENVIRONMENT),
    named("other processes", PROCESSES),
    named("other processes' memory", MEMORY),
    named("a walk over all folders", WALK),
    named("everything by its path", places),
    named("upwards", UPWARDS),
    named("network", network),
    named("leftovers of others", LEFTOVERS),
    named("the grader's modules", INSIDE),
    Submission("errors of supplied answers", "leaking", handed_in(blank, ERRORS)),
    Submission("notebook that is a link", "leaking", linked_notebook, anywhere=True),
    Submission("folder that is a link", "leaking", linked_folder, anywhere=True),
    Submission("notebook behind a link", "leaking", hidden_in_a_link, anywhere=True),
    Submission("files that are links", "leaking", linked_file, EVERYTHING),
    Submission("timestamp that is a link", "leaking", linked_timestamp, anywhere=True),
]
