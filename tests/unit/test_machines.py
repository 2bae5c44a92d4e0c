"""The course on machines as people have them: no home, any terminal, a backend that is not there, files in the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from anyone import USER, as_anyone

from gancourse import doctor
from gancourse.authoring import build, source
from gancourse.paths import repository
from gancourse.shadows import shadowed, shadows

PROGRAM = Path(sys.executable).parent / "gancourse"
COMMANDS = (
    ["--help"],
    ["doctor"],
    ["lint", "1"],
    ["data", "list"],
    ["data", "sheet", "faces", "--n", "2", "--size", "16", "--out", "sheet.png"],
    ["train", "--list"],
    ["train", "ring", "--steps", "1", "--out", "run"],
    ["validate", "no-such-lesson-½"],
)

IN_TURN = """
import json, sys
from gancourse.cli import main
for command in json.loads(sys.argv.pop()):
    sys.argv[1:] = command
    try:
        main()
    except SystemExit as ended:
        status = ended.code or 0
    for stream in (sys.stdout, sys.stderr):
        print(f"ended with {status}.", file=stream, flush=True)
"""
"""Runs commands in one process, for its imports take longer than they do; after each, its status on both streams."""


def ran(stdout: str, stderr: str) -> list[tuple[int, str]]:
    """The status of each of several commands, and what it wrote."""
    parts = [re.split(r"^ended with (\d+)\.\n", stream, flags=re.MULTILINE) for stream in (stdout, stderr)]
    assert not any(stream[-1] for stream in parts) and parts[0][1::2] == parts[1][1::2], (stdout, stderr)
    return [
        (int(status), out + err) for status, out, err in zip(parts[0][1::2], *(p[::2] for p in parts), strict=False)
    ]


def run(
    command: list[str], folder: Path, clear: tuple[str, ...] = (), **more: str
) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in clear}
    env |= {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "GANCOURSE_CACHE": str(folder / "cache"), **more}
    return subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, timeout=240)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_command_writes_to_any_terminal(tmp_path: Path, encoding: str) -> None:
    done = run(["-c", IN_TURN, json.dumps(COMMANDS)], tmp_path, ("PYTHONUTF8",), PYTHONIOENCODING=encoding, LC_ALL="C")
    for command, (status, said) in zip(
        COMMANDS, ran(done.stdout.decode(encoding), done.stderr.decode(encoding)), strict=True
    ):
        assert said.strip() and "Traceback" not in said and "UnicodeEncodeError" not in said, (command, said)
        assert status == (2 if command[0] == "validate" else status)


@pytest.mark.slow
def test_validate_shows_its_marks_in_ascii(tmp_path: Path) -> None:
    notebook = next((repository() / "solutions").glob("01_*/01_*.ipynb"))
    shutil.copy(notebook, tmp_path)
    (tmp_path / "colorsys.py").write_text("")
    done = run([str(PROGRAM), "validate", notebook.name], tmp_path, PYTHONIOENCODING="ascii", GANCOURSE_FAST="1")
    said = done.stdout.decode("ascii")
    assert done.returncode == 0, said + done.stderr.decode("ascii")
    assert "\n+ " in said
    assert "Note: In " in said and "colorsys.py hides the module colorsys" in said


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become a user who has no entry")
def test_a_user_without_a_home_and_an_entry_can_work(tmp_path: Path) -> None:
    folder = Path("/var/tmp") / f"gancourse-test-{os.getpid()}"  # pytest's own folders are closed to others
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    try:
        commands = COMMANDS[2:]
        done = as_anyone(
            [sys.executable, "-c", IN_TURN, json.dumps(commands)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
            timeout=240,
        )
        for command, (status, said) in zip(commands, ran(done.stdout, done.stderr), strict=True):
            assert "Traceback" not in said, (command, said)
            assert status == (2 if command[0] == "validate" else 0), (command, said)
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(Path(f"/tmp/gancourse-{USER}"), ignore_errors=True)


DRAWING = """
import warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    import gancourse
import os
from gancourse.plots import figure, png
png(figure())
import matplotlib.pyplot
print(os.environ.get("MPLBACKEND", "none"), *(w.message for w in said), sep="|")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "left"),
    [
        ("nosuch", "none|MPLBACKEND=nosuch is not there, and is left aside."),
        ("module://no_such_module.backend", "none|MPLBACKEND=module://no_such_module.backend is not there, and is"),
        ("svg", "svg\n"),
        ("Agg", "Agg\n"),
        ("module://matplotlib_inline.backend_inline", "module://matplotlib_inline.backend_inline\n"),
    ],
)
def test_a_backend_that_is_not_there_stops_no_figure(backend: str, left: str) -> None:
    env = {**os.environ, "MPLBACKEND": backend}
    done = subprocess.run([sys.executable, "-c", DRAWING], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(left)


NO_HOME = """
import os, pathlib, pwd, sys
# What a user without an entry sees: the database knows nobody, and no variable names a home.
def nobody(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")
pwd.getpwuid = nobody
from gancourse.data import cache
print(cache.root())
from gancourse.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", [["data", "list"], ["train", "ring", "--steps", "1", "--out", "run"]])
def test_no_home_is_no_traceback(tmp_path: Path, command: list[str]) -> None:
    env = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", NO_HOME, *command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / f"gancourse-{os.getuid()}" / ".cache" / "gancourse"))


def test_files_that_hide_modules_are_named_and_others_are_not(tmp_path: Path) -> None:
    for name in ("torch.py", "random.py", "helper.py", "test.py", "my-notes.py", "numpy.txt"):
        (tmp_path / name).write_text("")
    for name, inside in (("matplotlib", "__init__.py"), ("images", "a.png"), ("seaborn", "data.csv")):
        (tmp_path / name).mkdir()
        (tmp_path / name / inside).write_text("")
    assert shadows(tmp_path) == {"matplotlib": "matplotlib", "random.py": "random", "torch.py": "torch"}
    assert "torch.py hides the module torch" in shadowed(tmp_path)
    assert shadowed(tmp_path / "nowhere") == shadowed(tmp_path / "images") == ""
    assert shadows(repository()) == {}


def test_the_doctor_names_what_is_hidden_and_gives_the_answer_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = tmp_path / "notebooks" / "01_one"
    lesson.mkdir(parents=True)
    monkeypatch.setattr(doctor, "checkout", lambda: tmp_path)
    monkeypatch.chdir(lesson)
    assert [f.verdict for f in doctor.modules_beside()] == ["ok"]
    (lesson / "torch.py").write_text("")
    (finding,) = doctor.modules_beside()
    assert finding.verdict == "problem" and "torch.py hides the module torch" in finding.found
    monkeypatch.setattr(doctor, "findings", lambda: [finding, doctor.Checkup("Python", "3.11")])
    assert doctor.examine() == 1
    printed = capsys.readouterr().out.strip()
    assert printed.startswith("1 problem(s)") and printed.index("Python") > 0
    monkeypatch.setattr(doctor, "findings", lambda: [doctor.Checkup("Python", "3.11")])
    assert doctor.examine() == 0
    assert capsys.readouterr().out.strip().startswith("Everything that students and graders need is here.")


def test_lessons_are_read_with_any_line_ends(tmp_path: Path) -> None:
    path = source.lesson_paths()[0]
    folder = tmp_path / path.parent.name
    folder.mkdir()
    expected = source.read(path)
    for ends in (b"\n", b"\r\n", b"\r"):
        (folder / path.name).write_bytes(path.read_bytes().replace(b"\n", ends))
        found = source.read(folder / path.name)
        assert [(cell.kind, cell.text, cell.keys) for cell in found.cells] == [
            (cell.kind, cell.text, cell.keys) for cell in expected.cells
        ]


def test_a_notebook_with_windows_line_ends_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, target = tmp_path / "made" / "notebooks" / "01", tmp_path / "checkout" / "notebooks" / "01"
    for folder, ends in ((made, b"\n"), (target, b"\r\n")):
        folder.mkdir(parents=True)
        (folder / "a.ipynb").write_bytes(b'{"cells": [],\n "metadata": {}}\n'.replace(b"\n", ends))
        (folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    monkeypatch.setattr(build, "repository", lambda: tmp_path / "checkout")
    assert build.differences(tmp_path / "made") == []
    assert build.publish(made, target) == [] and len(list(target.iterdir())) == 2
    (target / "a.png").write_bytes(b"\x89PNG\n\x1a\n")
    assert build.differences(tmp_path / "made") == ["notebooks/01/a.png differs from its source"]


@pytest.mark.slow
def test_a_clone_keeps_the_line_ends_that_scripts_and_notebooks_need(tmp_path: Path) -> None:
    root = repository()
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    clone = tmp_path / "clone"
    subprocess.run(
        [
            "git",
            "-c",
            "core.autocrlf=true",
            "-c",
            "core.eol=crlf",
            "clone",
            "-q",
            "--depth=1",
            f"file://{root}",
            str(clone),
        ],
        check=True,
        timeout=120,
    )
    for name in (".ci/run", "Makefile", "lessons/01_gaussian_1d/lesson.py", "notebooks/start.ipynb"):
        assert b"\r" not in (clone / name).read_bytes(), name
