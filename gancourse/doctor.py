"""What is installed, which device is used, what is missing and what to do about it: `gancourse doctor`.

`findings()` looks and `examine()` prints. Each check answers for one thing and never raises: a
broken environment is exactly where the doctor is called. A finding is a problem if a student
could not work or a grader not grade; a note if something else (the tests, say) would miss it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gancourse.errors import CourseError
from gancourse.paths import checkout, repository
from gancourse.shadows import shadows

Health = Literal["ok", "note", "problem"]

SET_UP = "Run `make setup` in the checkout."
EXTENSIONS = ("formgrader", "validate_assignment", "assignment_list", "course_list")
LITTLE_ROOM, TOO_LITTLE_ROOM = 5e9, 0.5e9


@dataclass(frozen=True)
class Checkup:
    """One thing that was looked at: what was found and, if it is not as it should be, what to do."""

    thing: str
    found: str
    verdict: Health = "ok"
    remedy: str = ""


def examine() -> int:
    """Print the answer, and a table of everything that matters; 0 if a student can work here and a grader grade."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    found = findings()
    problems = sum(f.verdict == "problem" for f in found)
    colors = {"ok": "green", "note": "yellow", "problem": "red"}
    table = Table(box=box.SIMPLE)
    for heading in ("", "what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for f in found:
        table.add_row(Text(f.verdict, style=colors[f.verdict]), *(Text(part) for part in (f.thing, f.found, f.remedy)))
    console = Console()
    # The answer first: who asks wants to know whether it works, and then why not.
    if problems:
        console.print(f"{problems} problem(s): the course does not work here yet; the last column says what to do.")
    else:
        console.print("Everything that students and graders need is here.")
    console.print(table)
    return 1 if problems else 0


def findings() -> list[Checkup]:
    """Everything that was looked at, in the order of the table."""
    found: list[Checkup] = []
    checks = (
        python,
        packages,
        torch_and_device,
        kernel,
        nbgrader_extensions,
        alembic,
        course_files,
        chromium,
        disk_space,
        modules_beside,
    )
    for check in checks:
        found += guarded(check)
    return found


def guarded(check: Callable[[], Iterator[Checkup]]) -> list[Checkup]:
    """What a check finds; if it fails itself, that is a finding too."""
    found: list[Checkup] = []
    try:
        # One by one, so that what came before a failure is kept.
        for finding in check():
            found.append(finding)
    except Exception as error:
        name = check.__name__.replace("_", " ")
        found.append(Checkup(name, f"could not be looked at: {error_line(error)}", "problem", SET_UP))
    return found


def error_line(error: Exception) -> str:
    """An exception in one line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def python() -> Iterator[Checkup]:
    """The Python that runs this. (One older than 3.11 does not get as far as here.)"""
    yield Checkup("Python", f"{'.'.join(map(str, sys.version_info[:3]))} in {sys.prefix}")


def packages() -> Iterator[Checkup]:
    """Every package that pyproject.toml asks for against its bounds; those in order share a line."""
    from packaging.requirements import Requirement

    try:
        asked = [Requirement(line) for line in importlib.metadata.requires("gancourse") or []]
    except importlib.metadata.PackageNotFoundError:
        yield Checkup("gancourse", "not installed in this environment", "problem", SET_UP)
        return
    good: dict[bool, list[str]] = {True: [], False: []}
    for requirement in asked:
        marker = requirement.marker
        for_tests = marker is not None and not marker.evaluate({"extra": ""})
        if marker is not None and not marker.evaluate({"extra": "dev" if for_tests else ""}):
            continue  # meant for another platform
        trouble = trouble_with(requirement)
        if trouble is None:
            good[for_tests].append(f"{requirement.name} {installed_version(requirement.name)}")
        else:
            yield Checkup(requirement.name, trouble, "note" if for_tests else "problem", SET_UP)
    for for_tests, names in good.items():
        if names:
            yield Checkup("packages for tests" if for_tests else "packages", ", ".join(names))


def trouble_with(requirement: Any) -> str | None:
    """What is wrong with an installed package, or None."""
    release = installed_version(requirement.name)
    if release is None:
        return "not installed"
    if not requirement.specifier.contains(release, prereleases=True):
        return f"{release} is installed, {requirement.specifier} is needed"
    return None


def installed_version(name: str) -> str | None:
    """A package's installed version, None if there is none. (Its metadata is read, nothing is imported.)"""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def torch_and_device() -> Iterator[Checkup]:
    """That torch and torchvision, which must be built for each other, load together; and the device used."""
    try:
        torch = importlib.import_module("torch")
        importlib.import_module("torchvision")
    except Exception as error:  # a wrong pair fails in many ways: ImportError, OSError, RuntimeError
        remedy = f"torch and torchvision must be a matching pair. {SET_UP}"
        yield Checkup("torch and torchvision", f"do not load: {error_line(error)}", "problem", remedy)
        return
    yield Checkup("torch and torchvision", "load together")
    yield Checkup("device", device_used(torch))


def device_used(torch: Any) -> str:
    """The device that `gancourse.device()` picks, in words. None but a CPU is no trouble."""
    from gancourse.running import device

    kind = device().type
    if kind == "cuda":
        names = []
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            names.append(f"{properties.name} with {properties.total_memory / 2**30:.0f} GiB")
        return f"CUDA: {', '.join(names)}"
    if kind == "mps":
        return "Apple's GPU (MPS)"
    return f"CPU with {torch.get_num_threads()} thread(s); no GPU, and none is needed"


def kernel() -> Iterator[Checkup]:
    """That a notebook's kernel `python3` runs in this environment, not in another one."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        yield Checkup("Jupyter kernel", "there is no kernel python3", "problem", SET_UP)
        return
    # A bare `python` stands for the Python that starts the kernel; so jupyter_client reads it.
    bare = {"python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"}
    if program in bare or Path(program).parent.resolve() == Path(sys.executable).parent.resolve():
        yield Checkup("Jupyter kernel", "python3 runs in this environment")
        return
    remedy = "Remove it with `jupyter kernelspec remove python3`, or start JupyterLab with `make lab`."
    yield Checkup("Jupyter kernel", f"python3 runs {program}, which is another environment", "problem", remedy)


def nbgrader_extensions() -> Iterator[Checkup]:
    """That JupyterLab shows nbgrader's tools: the server's extensions and the front end's part."""
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    enabled: dict[str, bool] = {}
    for folder in reversed(jupyter_config_path()):
        files = [
            *sorted(Path(folder, "jupyter_server_config.d").glob("*.json")),
            Path(folder, "jupyter_server_config.json"),
        ]
        for path in filter(Path.is_file, files):
            server = json.loads(path.read_text(encoding="utf-8")).get("ServerApp", {})
            enabled.update(server.get("jpserver_extensions") or {})
    off = [name for name in EXTENSIONS if not enabled.get(f"nbgrader.server_extensions.{name}")]
    if not any(Path(folder, "@jupyter", "nbgrader").is_dir() for folder in jupyter_path("labextensions")):
        off.append("its part in JupyterLab")
    if off:
        remedy = "Run `jupyter server extension enable --sys-prefix --py nbgrader`, or `make setup`."
        yield Checkup("nbgrader in JupyterLab", f"not enabled: {', '.join(off)}", "problem", remedy)
    else:
        yield Checkup("nbgrader in JupyterLab", "enabled")


def alembic() -> Iterator[Checkup]:
    """The program that nbgrader starts by name to make a gradebook. Beside Python is enough: gancourse adds that."""
    here = str(Path(sys.executable).parent)
    path = shutil.which("alembic", path=os.pathsep.join([here, os.environ.get("PATH", "")]))
    if path:
        yield Checkup("alembic", path)
    else:
        yield Checkup("alembic", "not found; without it there is no gradebook", "problem", SET_UP)


def course_files() -> Iterator[Checkup]:
    """The course's own files, which building and grading need beside the package."""
    try:
        yield Checkup("checkout", str(repository()))
    except CourseError as error:
        yield Checkup("checkout", "not beside the package", "problem", str(error))


def chromium() -> Iterator[Checkup]:
    """The browser that the browser tests use; nobody else needs it."""
    finder = Path(__file__).resolve().parent.parent / "tools" / "needs.py"
    if not finder.is_file():
        return
    answer = subprocess.run([sys.executable, str(finder), "--browser"], capture_output=True, text=True, timeout=60)
    if answer.returncode == 0:
        yield Checkup("Chromium (only for tests)", answer.stdout.strip())
    else:
        remedy = "`make test` tries to install it; or set GANCOURSE_CHROMIUM to the path of one."
        yield Checkup("Chromium (only for tests)", "not found", "note", remedy)


def modules_beside() -> Iterator[Checkup]:
    """Files beside the notebooks, or here, that hide a module from what is run there."""
    root = checkout()
    beside = sorted((root / "notebooks").glob("*/")) if root is not None else []
    told = False
    for folder in dict.fromkeys([*beside, Path.cwd()]):
        for file, module in shadows(folder).items():
            told = True
            found = f"{folder / file} hides the module {module} from what runs there"
            yield Checkup("names of modules", found, "problem" if folder in beside else "note", "Rename or remove it.")
    if not told:
        yield Checkup("names of modules", "no file beside the notebooks hides one")


def disk_space() -> Iterator[Checkup]:
    """Room where the work is done."""
    free = shutil.disk_usage(Path.cwd()).free
    verdict: Health = "problem" if free < TOO_LITTLE_ROOM else "note" if free < LITTLE_ROOM else "ok"
    remedy = "" if verdict == "ok" else "Free some: data sets and checkpoints take a few GB."
    yield Checkup("free disk space", f"{free / 1e9:.1f} GB in {Path.cwd()}", verdict, remedy)
