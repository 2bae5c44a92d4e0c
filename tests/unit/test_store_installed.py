"""The weights where there is no checkout: in an installed package, in the sandbox of the graders, in both at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import gancourse
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls, bubblewrap
from gancourse.models import store
from gancourse.paths import repository

ROOT = repository()
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
full_sandbox = pytest.mark.skipif(bubblewrap() is not None, reason=f"no full sandbox: {bubblewrap()}")
LOOK = """
from pathlib import Path
import gancourse
from gancourse.models import store
from gancourse.paths import checkout
from gancourse.training.runs import load_runs
names = store.shipped()
nets = {name: store.load(name) for name in names}
assert set(nets) >= {"dcgan_faces_64", "dcgan_faces_64_judge", "face_reader"} and len(load_runs()) > 100
z = __import__("torch").zeros(1, 64)
assert nets["dcgan_faces_64"]["G"](z).shape == (1, 3, 64, 64) and checkout() is None
found = gancourse.__file__, *names
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package in it as its wheel has it, built as `make setup` builds it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in SOURCES:
        shutil.copy(ROOT / name, source)
    for name in ("gancourse", "data"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [str(Path(sys.executable).with_name("uv")), "build", "-q", "--offline", "--no-build-isolation"]
    subprocess.run([*build, "--python", sys.executable, "--out-dir", source / "dist"], cwd=source, check=True)
    # Without --wheel the wheel is made from the source archive, which must have the weights as well.
    (wheel,) = (source / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def python(code: str, package: Path, folder: Path) -> str:
    """What code prints in a Python that knows the installed package and the libraries, and no checkout."""
    # Without site (-S), which would read the environment's own entry for the checkout, and set the prefix.
    start = f"import sys; sys.path[:0] = {[str(package), sysconfig.get_path('purelib')]}; sys.prefix = {sys.prefix!r}"
    command = [sys.executable, "-I", "-S", "-c", f"{start}\n{code}"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.slow
def test_every_file_loads_from_an_installed_wheel_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where, *names = python(f"{LOOK}\nprint(*found)", installed, tmp_path).split()
    assert Path(where).is_relative_to(installed)
    assert names == store.shipped() == sorted(path.stem for path in (ROOT / "data").glob("*.safetensors"))


@pytest.fixture(scope="module")
def walls() -> Iterator[Walls]:
    with Walls(require_full=True, withheld=(Path(gancourse.__file__).with_name("models") / "dcgan.py",)) as behind:
        yield behind


@pytest.mark.slow
@full_sandbox
def test_in_the_sandbox_files_load_and_a_withheld_network_says_so(walls: Walls) -> None:
    host = Host(walls)
    _, error = host.run(
        "from gancourse.models.face_reader import load_face_reader\nfrom gancourse.training.runs import load_runs\n"
        "import torch\nassert load_face_reader().read(torch.zeros(1, 3, 64, 64))['age'].shape == (1,) and load_runs()",
        "<cell 1>",
    )
    assert error is None, error
    _, error = host.run("from gancourse.models import store\nstore.load('dcgan_faces_64')", "<cell 2>")
    assert error is not None and "is withheld while this lesson is graded" in str(error)
    host.close()


@pytest.mark.slow
@full_sandbox
def test_every_file_loads_in_the_sandbox_of_an_installed_grader(installed: Path, tmp_path: Path) -> None:
    code = f"""
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls
host = Host(Walls(require_full=True))
print(host.run({LOOK!r}, "<cell 1>")[1])
host.close()
host.walls.stop()
"""
    assert python(code, installed, tmp_path).strip() == "None"
