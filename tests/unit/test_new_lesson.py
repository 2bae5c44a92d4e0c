"""`gancourse lessons --new`: what it begins passes the checks once its gaps are filled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gancourse.paths import repository

pytestmark = pytest.mark.slow
COMMAND = "from gancourse.cli import main; main()"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course somewhere else, where a lesson can be begun."""
    root = tmp_path_factory.mktemp("course")
    for name in ("gancourse", "lessons", "tests", "notebooks", "solutions", "data"):
        shutil.copytree(repository() / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "conftest.py", "README.md"):
        shutil.copy(repository() / name, root / name)
    return root


def run(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", **variables}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=env, capture_output=True, text=True)


def test_a_new_lesson_passes_once_it_is_filled_in(copy: Path) -> None:
    begun = run(copy, "-c", COMMAND, "lessons", "--new", "99_trial")
    assert begun.returncode == 0, begun.stderr
    written = {path.name for path in (copy / "lessons" / "99_trial").iterdir()}
    assert written == {"lesson.py", "hidden.py", "mutants.py", "borrowed.py", "bench.py"}
    assert (copy / "gancourse" / "checks" / "lesson_99" / "__init__.py").is_file()

    todo = run(copy, "-c", COMMAND, "lint", "99")
    assert todo.returncode == 1 and "holds a TODO" in todo.stdout
    source = copy / "lessons" / "99_trial" / "lesson.py"
    source.write_text(source.read_text(encoding="utf-8").replace("TODO", "Written"), encoding="utf-8")
    clean = run(copy, "-c", COMMAND, "lint", "99")
    assert clean.returncode == 0, clean.stdout

    built = run(copy, "-c", COMMAND, "lessons", "99")
    assert built.returncode == 0, built.stderr
    assert "99 · Written" in (copy / "README.md").read_text(encoding="utf-8")
    assert (copy / "notebooks" / "99_trial" / "99_trial.ipynb").is_file()
    judged = run(copy, "-m", "pytest", "-p", "no:nbval", "-m", "not slow", "tests/gate", LESSON="99", GATE="quick")
    assert judged.returncode == 0, judged.stdout
    assert "mutation gate: 99_trial" in judged.stdout and "11 of 11" in judged.stdout
    measured = run(copy, str(copy / "lessons" / "99_trial" / "bench.py"), "--seeds", "2")
    assert measured.returncode == 0, measured.stderr


@pytest.mark.parametrize(
    ("name", "says"), [("4_late", "its number and its topic"), ("01_again", "a lesson 01 already")]
)
def test_a_name_that_will_not_do_is_refused(copy: Path, name: str, says: str) -> None:
    refused = run(copy, "-c", COMMAND, "lessons", "--new", name)
    assert refused.returncode == 2 and says in refused.stderr
    assert not (copy / "lessons" / name).exists()
