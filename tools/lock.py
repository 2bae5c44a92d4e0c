"""Renew requirements.lock and environment.yml from pyproject.toml: `make lock`.

requirements.lock holds exact versions with hashes for every platform and names no index, so that
it works with whatever index or mirror a machine uses. Versions already in it are kept while they
satisfy pyproject.toml; delete the file first to move everything to the newest.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"

COMPILE = "pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-emit-index-url --quiet"

ENVIRONMENT = """\
# For conda: `conda env create -f environment.yml`, then `conda activate gancourse` and `gancourse doctor`.
# Written by `make lock` from pyproject.toml; a test holds the two together. The packages come through
# pip, so that names and bounds are the same everywhere and torch and torchvision are from one source.
name: gancourse
channels:
  - conda-forge
dependencies:
  - python{python}
  - pip
  - pip:
{requirements}
      - -e .
"""


def main() -> int:
    """Write both files; the exit status is uv's."""
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), *COMPILE.split(), "--python-version", OLDEST_PYTHON, "-o", "requirements.lock"]
    status = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode
    if status:
        print("lock: uv could not resolve pyproject.toml's dependencies; its lines above say why.", file=sys.stderr)
        return status
    (ROOT / "environment.yml").write_text(conda_environment(), encoding="utf-8")
    print("lock: requirements.lock and environment.yml are written; the next make installs what changed.")
    return 0


def conda_environment() -> str:
    """environment.yml's text: pyproject.toml's dependencies, the development extra among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = sorted(project["dependencies"] + project["optional-dependencies"]["dev"])
    lines = "\n".join(f'      - "{requirement}"' for requirement in requirements)
    return ENVIRONMENT.format(python=project["requires-python"], requirements=lines)


if __name__ == "__main__":
    sys.exit(main())
