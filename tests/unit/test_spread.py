"""A run of tests in several processes ends, though one of them dies in the middle."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import spread

DIES = "import os\ndef test_dies(): os._exit(1)\n"
FEW = "import pytest\n@pytest.mark.parametrize('n', range(3))\ndef test_it(n): pass\n"


@pytest.mark.slow
def test_a_process_that_dies_costs_its_one_test_and_no_more(tmp_path: Path) -> None:
    for number in range(12):
        more = DIES if number in (3, 9) else ""
        (tmp_path / f"test_{number:02d}.py").write_text(FEW + more + FEW.replace("test_it", "test_other"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadscope", "-p", "spread", "-p", "no:nbval"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(spread.__file__).parent)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"2 failed, 72 passed", done.stdout), done.stdout
