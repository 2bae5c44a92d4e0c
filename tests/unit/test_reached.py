"""Whether an old grade still holds: what judges is found by its imports, and nothing else counts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gancourse.authoring.source import Lesson, lesson_names
from gancourse.grading.ledger import fingerprint_of_checks
from gancourse.grading.reached import files_reached, statements, words_led_on
from gancourse.paths import repository

pytestmark = pytest.mark.slow
LESSONS = lesson_names()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's and the lessons' sources, to be changed."""
    root = tmp_path_factory.mktemp("copy")
    only = shutil.ignore_patterns("__pycache__", "assets", "*.png", "*.gif", "*.pt", "*.safetensors")
    for folder in ("gancourse", "lessons"):
        shutil.copytree(repository() / folder, root / folder, ignore=only)
    (root / "README.md").write_text("A course.")
    return root


def fingerprint(root: Path, name: str) -> str:
    return fingerprint_of_checks(Lesson(name, root / "lessons" / name / "lesson.py"), root / "gancourse")


def changes(root: Path, name: str, path: str) -> bool:
    """Whether a change in this file changes a lesson's fingerprint."""
    before, file = fingerprint(root, name), root / path
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(f"{text}\n# another word\n", encoding="utf-8")
        return fingerprint(root, name) != before
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", LESSONS)
def test_a_change_in_what_judges_is_seen(copy: Path, name: str) -> None:
    chapter = f"gancourse/checks/lesson_{name[:2]}"
    judging = [f"lessons/{name}/lesson.py", f"lessons/{name}/hidden.py"]
    judging += [f"gancourse/checks/{one}.py" for one in ("core", "values", "inputs", "asked", "without", "__init__")]
    judging += [f"{chapter}/{path.name}" for path in (copy / chapter).glob("*.py")]
    assert len(judging) > 10
    for path in judging:
        assert changes(copy, name, path), path


@pytest.mark.parametrize("name", LESSONS)
def test_what_does_not_judge_changes_nothing(copy: Path, name: str) -> None:
    other = next(one for one in LESSONS if one != name)
    others = ["README.md", f"lessons/{other}/lesson.py", f"lessons/{other}/hidden.py", f"lessons/{name}/mutants.py"]
    others += [f"gancourse/checks/lesson_{other[:2]}/{part}.py" for part in ("__init__", "suite")]
    others += ["gancourse/widgets/sliders.py", "gancourse/training/ema.py", "gancourse/grading/page.py"]
    for path in others:
        assert not changes(copy, name, path), path


def test_the_shared_vocabulary_counts_where_it_is_used(copy: Path) -> None:
    assert changes(copy, "01_gaussian_1d", "gancourse/checks/steps.py")
    assert changes(copy, "03_dcgan", "gancourse/checks/networks.py")
    assert not changes(copy, "04_metrics", "gancourse/checks/networks.py")


IMPORTS = """
import os, sys, matplotlib.pyplot, scipy.stats, torch  # what takes long, and is not ours

for name in sys.argv[1:]:
    if os.fork() == 0:  # so each lesson's are those of a process that has imported nothing else of ours
        from gancourse.checks import hidden, public

        public(name), hidden(name)
        ours = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "gancourse" and m.__file__]
        print(name, *ours, flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[Path]]:
    """What Python itself has loaded for each lesson's checks."""
    ran = subprocess.run([sys.executable, "-c", IMPORTS, *LESSONS], capture_output=True, text=True, check=True)
    rows = [line.split() for line in ran.stdout.splitlines()]
    return {name: {Path(path).resolve() for path in paths} for name, *paths in rows}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
@pytest.mark.parametrize("name", LESSONS)
def test_all_that_a_fresh_process_imports_is_found(loaded: dict[str, set[Path]], name: str) -> None:
    """What Python itself has loaded is the judge of what was read from the text."""
    package = repository() / "gancourse"
    starts = [package / "checks" / "__init__.py", package / "checks" / f"lesson_{name[:2]}" / "__init__.py"]
    found = files_reached([*starts, repository() / "lessons" / name / "hidden.py"], package)
    assert len(loaded[name]) > 10
    assert loaded[name] <= found


def test_it_is_quick(copy: Path) -> None:
    for remembered in (statements, words_led_on):
        remembered.cache_clear()
    start = time.process_time()
    fingerprint(copy, LESSONS[0])
    assert time.process_time() - start < 2


def test_imports_of_every_kind_are_followed(tmp_path: Path) -> None:
    def write(path: str, text: str = "") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    write("gancourse/__init__.py")
    write("gancourse/given/__init__.py", '_HOMES = {"score": "scores", "far": "gancourse.far"}')
    for name in ("given/scores", "given/others", "far", "plain", "late", "typed", "never", "near/two", "near/__init__"):
        write(f"gancourse/{name}.py")
    write("gancourse/near/one.py", "from . import two\nfrom ..plain import x")
    start = write(
        "lessons/hidden.py",
        "import gancourse.near.one\nimport tables\nfrom gancourse.given import score, far\n"
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gancourse.typed\n"
        "def f():\n    from gancourse import late\n",
    )
    write("lessons/tables.py")
    found = {path.relative_to(tmp_path.resolve()).as_posix() for path in files_reached([start], tmp_path / "gancourse")}
    names = (
        "near/one",
        "near/two",
        "near/__init__",
        "plain",
        "given/__init__",
        "given/scores",
        "far",
        "late",
        "__init__",
    )
    assert found == {"lessons/hidden.py", "lessons/tables.py", *(f"gancourse/{name}.py" for name in names)}
