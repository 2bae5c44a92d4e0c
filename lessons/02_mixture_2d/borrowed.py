"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). torch's own distributions are no loan: they hold no
sampler or density of this mixture in one call, and the text allows what is put together from them.
"""

LESSON = "02_mixture_2d"
WITHHELD = "is withheld while this lesson is graded: write it yourself"
NOT_THERE = "The lessons' sources are not beside the package"


def solved(exercise: str) -> tuple[str, str]:
    """The lesson's own solution, by the module that builds the notebooks."""
    code = f"from gancourse.authoring.source import find\n\n{exercise} = find({LESSON!r}).worked()[{exercise!r}]\n"
    return code, NOT_THERE


def from_bytecode(module: str, name: str, exercise: str) -> tuple[str, str]:
    """A name from a withheld module's compiled file."""
    code = f"""\
import importlib.machinery
import importlib.util
from pathlib import Path

import gancourse

cache = next(Path(gancourse.__file__).parent.glob("{module}"))
loader = importlib.machinery.SourcelessFileLoader("borrowed", str(cache))
borrowed = importlib.util.module_from_spec(importlib.util.spec_from_loader("borrowed", loader))
loader.exec_module(borrowed)
{exercise} = borrowed.{name}
"""
    return code, WITHHELD


BORROWED: dict[str, dict[str, tuple[str, str]]] = {
    "sample_mixture": {
        "the target's own": (
            "from gancourse.data.toys import Mixture\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return Mixture(means, stds, weights).sample(n)\n",
            WITHHELD,
        ),
        "the target's own, with modes": (
            "from gancourse.data.toys import Mixture\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return Mixture(means, stds, weights).sample_with_modes(n)[0]\n",
            WITHHELD,
        ),
        "what the target draws with": (
            "from gancourse.data import mixing\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return mixing.draw(means, stds, weights, n)[0]\n",
            WITHHELD,
        ),
        "the bytecode": from_bytecode("data/__pycache__/mixing.*.pyc", "draw", "sample_mixture"),
    },
    "log_density": {
        "the target's own": (
            "from gancourse.data.toys import Mixture\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    return Mixture(means, stds, weights).log_density(x)\n",
            WITHHELD,
        ),
        "a ring made over": (
            "from gancourse.data.toys import ring\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    target = ring(len(means))\n"
            "    target.modes, target.stds, target.weights = means, stds, weights\n"
            "    return target.density(x).log()\n",
            WITHHELD,
        ),
        "the target's terms": (
            "from gancourse.data.mixing import log_terms\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    return log_terms(x, means, stds, weights).logsumexp(-1)\n",
            WITHHELD,
        ),
    },
    "count_modes": {
        "the package's": (
            "from gancourse.metrics.modes import count_modes as counted\n\n"
            "def count_modes(samples, modes, std):\n"
            "    found = counted(samples, modes, std)\n"
            "    return found.covered, found.high_quality\n",
            WITHHELD,
        ),
        "the bytecode": from_bytecode("metrics/__pycache__/modes.*.pyc", "count_modes", "count_modes"),
    },
    "minibatch_std": {"the lesson's own": solved("minibatch_std")},
    "packed_distance": {
        "the checks' own": (
            "from gancourse.checks.lesson_02.packing import variation\n\n"
            "def packed_distance(p, q, m):\n"
            "    return variation(p.tolist(), q.tolist(), m)\n",
            WITHHELD,
        ),
    },
    "PackedDiscriminator": {
        "the playground's": (
            "from gancourse.widgets.plane_game import PlaneGame\n\n"
            "class PackedDiscriminator(nn.Module):\n"
            "    def __init__(self, m, dimension=2, width=64):\n"
            "        super().__init__()\n"
            "        self.m, self.D = m, PlaneGame(None, pack=m, width=width).D\n\n"
            "    def forward(self, x):\n"
            "        return self.D(x.reshape(-1, self.m * x.shape[1]))\n",
            WITHHELD,
        ),
    },
    "unrolled_generator_step": {"the lesson's own": solved("unrolled_generator_step")},
}
