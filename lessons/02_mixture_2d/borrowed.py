"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). torch's own distributions are no loan: they hold no
sampler or density of this mixture in one call, and the text allows what is put together from them.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "02_mixture_2d"

BORROWED: dict[str, dict[str, Loan]] = {
    "sample_mixture": {
        "the target's own": withheld(
            "from gancourse.data.toys import Mixture\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return Mixture(means, stds, weights).sample(n)\n"
        ),
        "the target's own, with modes": withheld(
            "from gancourse.data.toys import Mixture\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return Mixture(means, stds, weights).sample_with_modes(n)[0]\n"
        ),
        "what the target draws with": withheld(
            "from gancourse.data import mixing\n\n"
            "def sample_mixture(means, stds, weights, n):\n"
            "    return mixing.draw_mixture(means, stds, weights, n)[0]\n"
        ),
        "the bytecode": from_bytecode(
            "data.mixing",
            "draw_mixture",
            "draw_mixture",
            "\ndef sample_mixture(means, stds, weights, n):\n    return draw_mixture(means, stds, weights, n)[0]\n",
        ),
    },
    "log_density": {
        "the target's own": withheld(
            "from gancourse.data.toys import Mixture\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    return Mixture(means, stds, weights).log_density(x)\n"
        ),
        "a ring made over": withheld(
            "from gancourse.data.toys import ring\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    target = ring(len(means))\n"
            "    target.modes, target.stds, target.weights = means, stds, weights\n"
            "    return target.density(x).log()\n"
        ),
        "the target's terms": withheld(
            "from gancourse.data.mixing import log_terms\n\n"
            "def log_density(x, means, stds, weights):\n"
            "    return log_terms(x, means, stds, weights).logsumexp(-1)\n"
        ),
    },
    "count_modes": {
        "the package's": withheld(
            "from gancourse.metrics.modes import count_modes as counted\n\n"
            "def count_modes(samples, modes, std):\n"
            "    found = counted(samples, modes, std)\n"
            "    return found.covered, found.high_quality\n"
        ),
        "the bytecode": from_bytecode(
            "metrics.modes",
            "count_modes",
            "count",
            "\ndef count_modes(samples, modes, std):\n"
            "    found = count(samples, modes, std)\n"
            "    return found.covered, found.high_quality\n",
        ),
    },
    "minibatch_std": {"the lesson's own": solved(LESSON, "minibatch_std")},
    "packed_distance": {
        "the checks' own": withheld(
            "from gancourse.checks.lesson_02.packing import variation\n\n"
            "def packed_distance(p, q, m):\n"
            "    return variation(p.tolist(), q.tolist(), m)\n"
        ),
    },
    "PackedDiscriminator": {
        "the playground's": withheld(
            "from gancourse.widgets.plane_game import PlaneGame\n\n"
            "class PackedDiscriminator(nn.Module):\n"
            "    def __init__(self, m, dimension=2, width=64):\n"
            "        super().__init__()\n"
            "        self.m, self.D = m, PlaneGame(None, pack=m, width=width).D\n\n"
            "    def forward(self, x):\n"
            "        return self.D(x.reshape(-1, self.m * x.shape[1]))\n"
        ),
    },
    "two_parts": {"the lesson's own": solved(LESSON, "two_parts")},
    "unrolled_generator_step": {"the lesson's own": solved(LESSON, "unrolled_generator_step")},
    "twenty_five": {"the lesson's own": solved(LESSON, "twenty_five")},
}
