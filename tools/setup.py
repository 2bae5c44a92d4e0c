"""Make `.venv/` in the checkout what requirements.lock says; do nothing if it already is.

Run by every make target with whatever `python3` there is, so: standard library only, and down to
the version check nothing that an old Python could not read.

The steps: a virtual environment, uv in it (the locked release, hash verified by pip), every locked
package (hash verified by uv), the course itself as an editable install, a first import of it all,
JupyterLab's settings. A stamp records for which files, checkout and Python this was done.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    found = [
        name
        for name in ("python3.{}".format(minor) for minor in range(14, OLDEST[1] - 1, -1))  # noqa: UP032
        if shutil.which(name) and subprocess.call([name, "-c", ""], stderr=subprocess.DEVNULL) == 0
    ]
    sys.exit(
        "setup: this is Python {}.{} ({}), and the course needs 3.{} or newer. {}".format(
            sys.version_info[0],
            sys.version_info[1],
            sys.executable,
            OLDEST[1],
            "Run make with PYTHON=" + found[0] + ", which is installed here."
            if found
            else "Install a newer one and run make with PYTHON=/path/to/it.",
        )
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "setup-done.json"
UNFINISHED = VENV / "setup-unfinished"
LOCK = ROOT / "requirements.lock"
OVERRIDES = ROOT / "jupyter" / "overrides.json"
INPUTS = (LOCK, ROOT / "pyproject.toml", Path(__file__).resolve(), OVERRIDES)
ROOM = 8e9  # bytes: a full environment, with torch's CUDA libraries, and room to unpack them

# How to reach a package index is the user's business; where to install and what is the checkout's.
FETCHING = re.compile(
    r"(PIP|UV)_.*(INDEX|FIND_LINKS|CERT|TLS|SSL|PROXY|TRUSTED|INSECURE|KEYRING|TIMEOUT|RETRIES|CACHE|CONFIG_FILE"
    r"|OFFLINE|CONCURRENT|LINK_MODE|VERSION_CHECK|NO_PROGRESS).*"
)
STRANGERS = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE")

# What everybody will import. The first import compiles it, which for torch takes longer than all
# the rest of a later start; done here, no test, grader or read-only sandbox has to wait for it.
FIRST_IMPORTS = (
    "torch, torchvision, matplotlib.pyplot, scipy.stats, seaborn, ipywidgets, anywidget, ipykernel.kernelapp, "
    "jupyterlab.labapp, nbgrader.apps, nbgrader.converters, nbconvert, jupytext, rich.table, typer"
)


class SetupError(Exception):
    """Something the user can mend; shown as it is."""


def main() -> int:
    """Set up what is missing. 0 if the environment is ready."""
    parser = argparse.ArgumentParser(description="Set up .venv/ in this checkout.")
    parser.add_argument(
        "--insist",
        action="store_true",
        help="use exactly the Python that runs this, even where a working .venv was made with another one",
    )
    insist = parser.parse_args().insist
    try:
        if os.name == "nt":
            raise SetupError(
                "make's targets are for Linux and macOS. On Windows use WSL, or conda: "
                "`conda env create -f environment.yml`."
            )
        with one_at_a_time():
            if not ready(insist):
                set_up(insist)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: stopped. Run the same command again; what was downloaded is kept.", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def one_at_a_time():
    """Hold the checkout while setting up: two terminals may both have started make."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is setting up this checkout; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # a file system without locks; then the user has to take care
            pass
        yield
    finally:
        os.close(folder)


# --- What is there -------------------------------------------------------------------------------


def ready(insist: bool) -> bool:
    """Whether the environment is as these files want it and belongs to this checkout and Python."""
    python = venv_python()
    return python is not None and read_stamp() == wanted(python) and not (insist and python != this_python())


def wanted(python: dict) -> dict:
    """What the stamp of a finished setup says."""
    digest = hashlib.sha256()
    for path in INPUTS:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return {"files": digest.hexdigest(), "checkout": str(ROOT), "python": python}


def read_stamp() -> "dict | None":
    """The stamp, or None where setup never finished."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def this_python() -> dict:
    """The Python that runs this script, told apart from others by version and place."""
    return {"version": ".".join(map(str, sys.version_info[:2])), "base": os.path.realpath(sys.base_prefix)}


def venv_python() -> "dict | None":
    """The Python of the environment; None where it does not run, is too old or does not belong to .venv."""
    code = (
        "import json, os, sys; print(json.dumps([sys.version_info[:2], os.path.realpath(sys.base_prefix), sys.prefix]))"
    )
    try:
        answer = subprocess.run(
            [str(BIN / "python"), "-I", "-c", code],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        version, base, prefix = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if tuple(version) < OLDEST or not same_place(prefix, VENV):
        return None
    return {"version": ".".join(map(str, version)), "base": base}


def same_place(one: "str | Path", other: "str | Path") -> bool:
    """Whether two paths lead to the same folder."""
    return os.path.realpath(one) == os.path.realpath(other)


def usable(insist: bool) -> bool:
    """Whether the environment that is there can be brought up to date instead of being made anew."""
    if not VENV.exists():
        return False
    python, stamp = venv_python(), read_stamp()
    if python is None:
        reason = "its Python does not run"
    elif insist and python != this_python():
        reason = f"it was made with Python {python['version']} and PYTHON asks for {this_python()['version']}"
    elif stamp and stamp.get("python") != python:
        reason = f"its Python has become {python['version']}"
    elif not made_here(stamp):
        reason = "the checkout has moved since it was made"
    elif UNFINISHED.exists():
        reason = "the last setup was cut short"
    else:
        return True
    say(f"making .venv anew: {reason}.")
    return False


def made_here(stamp: "dict | None") -> bool:
    """Whether the environment's scripts, which hold its full path, still lead to it."""
    if stamp:
        return same_place(stamp.get("checkout", ""), ROOT)
    try:
        settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    command = re.search(r"^command = .* (\S.*)$", settings, re.MULTILINE)
    return command is None or same_place(command[1], VENV) or " " in str(VENV)


# --- Setting up ----------------------------------------------------------------------------------


def set_up(insist: bool) -> None:
    """Bring the environment to what the files want."""
    if not usable(insist):
        make_venv()
    STAMP.unlink(missing_ok=True)
    install_uv()
    install_locked()
    say("installing the course itself.")
    run("install the course into .venv", uv("pip", "install"), "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    say("importing the packages for the first time.")
    run("import the packages", [str(BIN / "python"), "-W", "ignore", "-c", f"import {FIRST_IMPORTS}"])
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(OVERRIDES, settings / OVERRIDES.name)
    python = venv_python()
    if python is None:
        raise SetupError("the environment was made, but its Python does not run. `make clean` and try again.")
    stamp = STAMP.with_suffix(".new")
    stamp.write_text(json.dumps(wanted(python), indent=1) + "\n", encoding="utf-8")
    stamp.replace(STAMP)
    say(f"done: .venv with Python {python['version']}.")


def make_venv() -> None:
    """Make an empty environment, out of the Python behind any environment this one runs in."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    say(f"making .venv with Python {this_python()['version']} ({base}).")
    missing = [module for module in ("venv", "ensurepip") if not runs([base, "-I", "-c", f"import {module}"])]
    if missing:
        raise SetupError(
            f"{base} lacks {' and '.join(missing)}, without which it cannot make an environment. "
            "On Debian and Ubuntu: `apt-get install python3-venv` (as root). Elsewhere: install Python from "
            "python.org, pyenv, Homebrew or conda and run make with PYTHON=/path/to/it."
        )
    # Counted before anything is deleted: an old environment gives its room back.
    free = shutil.disk_usage(ROOT).free
    if not VENV.exists() and free < ROOM:
        say(f"careful: only {free / 1e9:.1f} GB are free, and about {ROOM / 1e9:.0f} are needed.")
    run("make .venv", [base, "-I", "-m", "venv", "--clear", str(VENV)])


def install_uv() -> None:
    """Install the locked release of uv with pip, which checks its hash; uv then installs all the rest."""
    locked = re.search(r"^uv==(\S+).*\n(?:\s+--hash=.*\n)+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if locked is None:
        raise SetupError("requirements.lock names no release of uv: it is damaged. Take it from git again.")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run([str(BIN / "uv"), "--version"], capture_output=True, text=True, check=True)
        if answer.stdout.split()[1:2] == [locked[1]]:
            return
    say(f"installing uv {locked[1]}.")
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder) / "uv.txt"
        only.write_text(locked[0], encoding="utf-8")
        pip = [str(BIN / "python"), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        run("install uv", [*pip, "install", "-q", "--no-deps", "--require-hashes", "-r", str(only)])


def install_locked() -> None:
    """Make the installed packages exactly the locked ones.

    A marker is left while packages are being changed: where it is found later, some may be half
    installed. If uv ends before it changed anything (no network, Ctrl-C during a download), the
    environment stays.
    """
    if venv_python() is None:  # uv would take the Python behind it, and throw out whatever is installed there
        raise SetupError("something else is changing .venv, whose Python is gone. Run the same command again.")
    say("installing the packages of requirements.lock (the first time, some 3 GB are downloaded).")
    before = installed()
    UNFINISHED.touch()
    try:
        run("install the packages", uv("pip", "sync"), "--require-hashes", str(LOCK))
    except BaseException:
        if installed() == before:
            UNFINISHED.unlink()
        raise
    UNFINISHED.unlink()


def installed() -> "list[str]":
    """What stands in site-packages; distributions have their versions in their names."""
    return sorted(p.name for p in VENV.glob("lib/python*/site-packages/*"))


def uv(*command: str) -> "list[str]":
    """A uv command that works on the environment and nothing else."""
    return [str(BIN / "uv"), *command, "--python", str(BIN / "python")]


def environment() -> "dict[str, str]":
    """The user's environment without what would send packages elsewhere or change which are taken."""
    kept = {}
    for name, value in os.environ.items():
        if name in STRANGERS or (name.startswith(("PIP_", "UV_")) and not FETCHING.fullmatch(name)):
            continue
        kept[name] = value
    kept.setdefault("UV_HTTP_TIMEOUT", "300")  # torch's files are large, and some lines slow
    kept["PIP_USER"] = "0"
    return kept


def run(what: str, command: "list[str]", *more: str) -> None:
    """Run a step from the checkout's root with its output shown.

    Raises:
        SetupError: naming the step, if it fails.
    """
    answer = subprocess.run([*command, *more], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL)
    if answer.returncode:
        raise SetupError(
            f"could not {what} (exit status {answer.returncode}); the lines above say why. If it is the network, "
            "run the same command again: what was downloaded is kept. (pip and uv have settings of their own: "
            "a mirror of the package index goes into PIP_INDEX_URL and UV_DEFAULT_INDEX.)"
        )


def runs(command: "list[str]") -> bool:
    """Whether a command succeeds, silently."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, env=environment(), **quiet).returncode == 0


def say(text: str) -> None:
    """One line of progress, in order with what the steps print."""
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
