"""A part of the hostile suite as an ordinary user: there the sandbox owns its folders, and is built in another way."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from anyone import ROOT, as_anyone

PART = (("left", "behind"), ("closed", "folders"), ("parent", "memory"))
"""Words in the names of the submissions that are tried."""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="all of the suite runs as an ordinary user here")
def test_an_ordinary_users_class_is_as_safe_as_roots() -> None:
    folder = Path("/var/tmp") / f"gancourse-anyone-{os.getpid()}"  # pytest's own folders are closed to others
    folder.mkdir()
    folder.chmod(0o777)
    suite = ROOT / "tests" / "hostile" / "test_hostile.py"
    chosen = " or ".join([*(f"({' and '.join(words)})" for words in PART), "others_keep", "left_running"])
    command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", str(suite), "-k", chosen]
    environment = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "TMPDIR": str(folder), "HOME": str(folder)}
    environment["GANCOURSE_PATIENCE"] = "4"
    try:
        done = as_anyone([*command, f"--basetemp={folder / 'pytest'}"], cwd=ROOT, env=environment, timeout=900)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    table = re.search(r"^all +(\d+) of (\d+)$", done.stdout, re.MULTILINE)
    assert table and table[1] == table[2] and int(table[1]) >= len(PART), done.stdout[-2000:]
    assert "skipped" not in done.stdout, done.stdout[-2000:]
