"""What pyproject.toml cannot say: the weights in data/ travel in the package, as gancourse/weights/.

An editable install has no need of that: there data/ lies beside the package.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

WEIGHTS = sorted(Path("data").glob("*.safetensors"))


class WithWeights(build_py):
    """Copies the weights into the package that is built, and counts them among the sources of an archive."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            if not WEIGHTS:
                raise SystemExit(
                    "data/ has no weights: build from the course's repository, or from its source archive."
                )
            folder = Path(self.build_lib) / "gancourse" / "weights"
            self.mkpath(str(folder))
            for path in WEIGHTS:
                self.copy_file(str(path), str(folder / path.name))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *map(str, WEIGHTS)]


setup(cmdclass={"build_py": WithWeights})
