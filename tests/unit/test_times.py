"""What a lesson adds to `make test` is told, and warned of where it is too much."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import times


@pytest.mark.parametrize(
    ("seconds", "slower", "says"),
    [
        (59.0, 1.0, "59.0"),
        (61.0, 1.0, "WARNING: over the 60 s"),
        (61.0, 1.5, "61.0"),
        (121.0, 1.5, "WARNING: over the 90 s"),
    ],
)
def test_what_a_lesson_adds_is_judged(seconds, slower, says):
    fine, lesson = times.summary({"01_a": {"a.py": 10.0}, "02_b": {"x/b.py": seconds - 9, "x/c.py": 9.0}}, slower)
    assert f"b {seconds - 9:.0f}, c 9" in lesson
    assert lesson.startswith("02_b") and says in lesson
    assert ("WARNING" in lesson) == says.startswith("WARNING") and "WARNING" not in fine


@pytest.mark.slow
@pytest.mark.parametrize(("most", "warns"), [("60.0", False), ("1e-9", True)])
def test_a_run_warns_where_a_lesson_adds_too_much(tmp_path, most, warns):
    """A run of its own, with a test of a lesson's: its time is told, with a warning if it is over what it may add."""
    (tmp_path / "test_it.py").write_text(
        "import time, pytest\n@pytest.mark.parametrize('lesson', ['01_x'])\ndef test_it(lesson): time.sleep(0.01)\n"
    )
    (tmp_path / "given.py").write_text(
        f"import times, pathlib\ntimes.MOST = {most}\ntimes.NAMES = {{'01_x'}}\n"
        "times.TIMES = pathlib.Path('times.json').resolve()\n"
    )
    here = Path(times.__file__).parent
    env = {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{tmp_path}", "GANCOURSE_WHOLE": "1"}
    plugins = ["-p", "no:cacheprovider", "-p", "no:nbval", "-p", "times", "-p", "given"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "test_it.py"],
        cwd=tmp_path, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0 and ("WARNING" in ran.stdout) == warns, ran.stdout
    assert "what each lesson adds" in ran.stdout and "01_x" in ran.stdout


def test_a_machine_is_as_slow_as_it_was_on_average(monkeypatch):
    """Half a run at twice the usual time is a machine 1.5 times slower; three processes on two cores wait in turn."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    usual = times.USUAL
    assert times.slowness([usual, 2 * usual], 2) == pytest.approx(1.5)
    assert times.slowness([1.5 * usual, 3 * usual], 3) == pytest.approx(1.5)
    assert times.slowness([usual, usual], 1) == pytest.approx(1.0)
