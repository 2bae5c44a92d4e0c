"""The project's own files hold together: pins, conda's list, imports, sizes, README, Makefile."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import runpy
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gancourse.paths import module_at, repository

ROOT = repository()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CORE = [Requirement(line) for line in PROJECT["dependencies"]]
EVERYTHING = CORE + [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def bounds(requirements: list[Requirement]) -> dict[str, str]:
    """Name and bounds of each requirement, however they are spelled."""
    return {canonicalize_name(r.name): str(r.specifier) for r in requirements}


def locked() -> dict[str, set[str]]:
    """Every version of every package in requirements.lock; there may be one per platform."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh Python from the checkout's root."""
    kept = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True
    )


def tracked() -> list[Path]:
    """The files git tracks."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


# --- Dependencies --------------------------------------------------------------------------------


def test_conda_gets_the_same_dependencies() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    by_conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (by_pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert by_conda == ["python" + PROJECT["requires-python"], "pip"]
    assert by_pip[-1] == "-e ."
    assert bounds([Requirement(line) for line in by_pip[:-1]]) == bounds(EVERYTHING)


def test_conda_file_is_what_make_lock_writes() -> None:
    write = runpy.run_path(str(ROOT / "tools" / "lock.py"))["conda_environment"]
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == write(), "run `make lock`"


@pytest.mark.parametrize("requirement", EVERYTHING, ids=lambda r: r.name)
def test_lock_satisfies_the_bounds(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name))
    assert versions, f"{requirement.name} is not in requirements.lock; run `make lock`"
    assert all(requirement.specifier.contains(v) for v in versions), (versions, "run `make lock`")


def test_lock_has_a_hash_for_every_package() -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) >= len(EVERYTHING)
    assert [e.splitlines()[0] for e in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", e)] == []


def test_no_index_is_written_down() -> None:
    """Which index or mirror to use is the machine's business."""
    assert re.findall(r"://|--(?:extra-)?index|--find-links|file:|^-[fi]\b|\s@\s", LOCK, re.MULTILINE) == []
    assert not (ROOT / "uv.lock").exists(), "uv.lock names index hosts; requirements.lock is the lock"


@pytest.mark.slow
def test_what_the_package_imports_is_declared() -> None:
    """A library that only comes along with another one may stop coming along."""
    homes = importlib.metadata.packages_distributions()
    imported: dict[str, str] = {}
    for path in sorted((ROOT / "gancourse").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            imported.update({name.split(".")[0]: str(path.relative_to(ROOT)) for name in names})
    cluster = [Requirement(line) for line in PROJECT["optional-dependencies"]["cluster"]]
    declared = set(bounds(CORE + cluster))
    undeclared = {
        module: where
        for module, where in imported.items()
        if module not in {*sys.stdlib_module_names, "gancourse"}
        and not declared & {canonicalize_name(d) for d in homes.get(module, [module])}
    }
    assert undeclared == {}, "add these to pyproject.toml's dependencies and run `make lock`"


# --- Importing -----------------------------------------------------------------------------------


def test_importing_gancourse_is_fast() -> None:
    def best(code: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            assert python(code).returncode == 0
            times.append(time.perf_counter() - start)
        return min(times)

    best("import gancourse")  # compiles it where it never was
    assert best("import gancourse") - best("") < 0.3


def test_importing_gancourse_loads_nothing_heavy() -> None:
    heavy = {"torch", "torchvision", "matplotlib", "seaborn", "scipy", "numpy", "IPython", "ipywidgets", "nbgrader"}
    answer = python("import sys, gancourse; print(*{m.split('.')[0] for m in sys.modules})")
    assert answer.returncode == 0, answer.stderr
    loaded = set(answer.stdout.split())
    assert "gancourse" in loaded
    assert loaded & heavy == set()
    assert [m for m in loaded if m.startswith("jupyter")] == []


def loaded_by(code: str) -> set[str]:
    """The packages that are loaded after some code, in a process of its own."""
    answer = python(f"{code}\nimport sys; print(*{{m.split('.')[0] for m in sys.modules}})")
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.split())


def test_the_head_of_a_lesson_needs_neither_torch_nor_matplotlib() -> None:
    """Each notebook waits for its imports before anything can be seen: seconds, on two cores."""
    assert loaded_by("from gancourse import signpost") & {"torch", "matplotlib", "seaborn", "scipy"} == set()


@pytest.mark.slow  # for torch's import
def test_figures_and_checks_need_no_statistics() -> None:
    code = "from gancourse import show\nfrom gancourse.checks import public\npublic('01_gaussian_1d')"
    assert loaded_by(code) & {"torchvision", "seaborn", "scipy", "pandas"} == set()


@pytest.mark.slow  # for seaborn's import
def test_the_palette_is_seaborns() -> None:
    import seaborn

    from gancourse.plots import HEX

    assert list(HEX) == seaborn.color_palette("colorblind").as_hex()


@pytest.mark.slow
def test_every_module_imports_without_display_gpu_or_network() -> None:
    code = """
import importlib, pkgutil, socket

def refuse(*args, **kwargs):
    raise OSError("an import reached for the network")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import gancourse
names = [m.name for m in pkgutil.walk_packages(gancourse.__path__, "gancourse.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""
    answer = python(code, CUDA_VISIBLE_DEVICES="")
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) > 10


# --- Files ---------------------------------------------------------------------------------------


LARGE = {
    "data/dcgan_faces_64.safetensors": "a trained generator, so that sliders live at once",
    "data/conditional_faces_64.safetensors": "the same, told what to draw",
    "data/inpainting_64.safetensors": "three networks that fill holes, in one file",
    "data/text_faces_64.safetensors": "a reader of sentences, two stages and an encoder of style in one file",
}


def test_nothing_large_is_tracked() -> None:
    files = tracked()
    large = {str(f.relative_to(ROOT)): f.stat().st_size for f in files if f.stat().st_size > 1_000_000}
    assert set(large) <= set(LARGE), f"Say in LARGE why: {large}"
    assert sum(f.stat().st_size for f in files if f.is_relative_to(ROOT / "data")) < 40_000_000


def test_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("make lab", "make test"):
        assert command in readme


def test_make_alone_lists_the_targets() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    for target in ("lab", "test", "check", "lessons", "bench", "lock", "clean"):
        assert re.search(rf"^  make {target} +\S", answer.stdout, re.MULTILINE), target


# --- Setting up ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def setup() -> dict[str, object]:
    """The names of tools/setup.py."""
    return runpy.run_path(str(ROOT / "tools" / "setup.py"))


def test_setup_keeps_how_packages_are_fetched_and_drops_where_they_go(setup, monkeypatch) -> None:
    kept = {"PIP_INDEX_URL": "a", "UV_DEFAULT_INDEX": "b", "PIP_CERT": "c", "UV_CACHE_DIR": "d", "HTTPS_PROXY": "e"}
    dropped = {"PIP_TARGET", "PIP_CONSTRAINT", "UV_SYSTEM_PYTHON", "UV_TORCH_BACKEND", "VIRTUAL_ENV", "PYTHONPATH"}
    for name in (*kept, *dropped):
        monkeypatch.setenv(name, kept.get(name, "x"))
    found = setup["environment"]()
    assert kept.items() <= found.items()
    assert dropped & set(found) == set()


def test_setup_reads_the_locked_uv_with_its_hashes(setup) -> None:
    """setup.py takes uv's entry out of the lock by itself, before there is anything to parse it with."""
    entry = re.search(r"^uv==(\S+).*\n(?:\s+--hash=.*\n)+", LOCK, re.MULTILINE)
    assert entry is not None
    assert {entry[1]} == locked()["uv"]


def test_setup_changes_no_python_but_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that loses its pyvenv.cfg is, to uv, the Python behind it."""
    made = module_at(ROOT / "tools" / "setup.py", "setup_of_the_course")
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    ran: list[str] = []
    monkeypatch.setattr(made, "VENV", venv)
    monkeypatch.setattr(made, "BIN", venv / "bin")
    monkeypatch.setattr(made, "UNFINISHED", tmp_path / "unfinished")
    monkeypatch.setattr(made, "run", lambda what, *command: ran.append(what))
    made.install_locked()
    assert ran == ["install the packages"]
    (venv / "pyvenv.cfg").unlink()
    with pytest.raises(made.SetupError, match="Run the same command again"):
        made.install_locked()
    assert len(ran) == 1


def test_setup_can_be_read_by_an_old_python() -> None:
    """Else an old Python would show a syntax error instead of the sentence that says what to do."""
    ast.parse((ROOT / "tools" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")
def test_a_whole_run_without_the_graders_walls_does_not_pass(tmp_path: Path) -> None:
    """The tests of its security would be skipped, and the run would say that all is well."""
    git = shutil.which("git")
    assert git
    (tmp_path / "git").symlink_to(git)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:nbval", "--collect-only", "-q",
         "tests/unit/test_terminal.py"],
        cwd=ROOT, env={**os.environ, "PATH": str(tmp_path), "GANCOURSE_WHOLE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    assert "security would not be tested" in done.stdout + done.stderr


def test_the_training_benchmark_keeps_what_it_compares_with(capsys: pytest.CaptureFixture[str]) -> None:
    """The published loop is never left out, however slow, and no first step counts: it builds and compiles."""
    bench = runpy.run_path(str(ROOT / "benchmarks/training.py"), run_name="bench")
    calls: Counter[str] = Counter()

    def step(name: str, first: float, later: float) -> Callable[[], None]:
        def play() -> None:
            calls[name] += 1
            time.sleep(first if calls[name] == 1 else later)

        return play

    published = bench["PUBLISHED"]
    steps = {published: step(published, 0.5, 0.1), "ours": step("ours", 0.01, 0.01), "slow": step("slow", 0.1, 0.1)}
    times = bench["compare"](steps, torch.device("cpu"), 2, 1)
    assert set(times) == {published, "ours"}
    assert max(clock for clock, _ in times[published]) < 0.4
    assert "slow" in capsys.readouterr().out
