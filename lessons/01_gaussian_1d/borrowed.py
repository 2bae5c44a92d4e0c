"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). Where nothing in the package or a library is the
answer, the lesson's own solution stands here, which a student with the repository at hand could call.
"""

LESSON = "01_gaussian_1d"
WITHHELD = "is withheld while this lesson is graded: write it yourself"
NOT_THERE = "The lessons' sources are not beside the package"


def solved(exercise: str) -> tuple[str, str]:
    """The lesson's own solution, by the module that builds the notebooks."""
    code = f"from gancourse.authoring.source import find\n\n{exercise} = find({LESSON!r}).worked()[{exercise!r}]\n"
    return code, NOT_THERE


BYTECODE = """\
import importlib.machinery
import importlib.util
from pathlib import Path

import gancourse

cache = next(Path(gancourse.__file__).parent.glob("__pycache__/objectives.*.pyc"))
loader = importlib.machinery.SourcelessFileLoader("borrowed", str(cache))
borrowed = importlib.util.module_from_spec(importlib.util.spec_from_loader("borrowed", loader))
loader.exec_module(borrowed)
discriminator_loss = borrowed.cross_entropy
"""

BORROWED: dict[str, dict[str, tuple[str, str]]] = {
    "discriminator_loss": {
        "the package's": ("from gancourse.objectives import cross_entropy as discriminator_loss\n", WITHHELD),
        "from the table": (
            'from gancourse.objectives import OBJECTIVES\n\ndiscriminator_loss = OBJECTIVES["minimax"].d_loss\n',
            WITHHELD,
        ),
        "the bytecode": (BYTECODE, WITHHELD),
        "the source as text": (
            "import gancourse\n\n"
            'names = {"__name__": "borrowed"}\n'
            'exec(open(gancourse.__path__[0] + "/objectives.py").read(), names)\n'
            'discriminator_loss = names["cross_entropy"]\n',
            WITHHELD,
        ),
        "by a pickle": (
            'import pickle\n\ndiscriminator_loss = pickle.loads(b"cgancourse.objectives\\ncross_entropy\\n.")\n',
            WITHHELD,
        ),
        "when it is called": (
            "def discriminator_loss(real_logits, fake_logits):\n"
            "    from gancourse.objectives import cross_entropy\n\n"
            "    return cross_entropy(real_logits, fake_logits)\n",
            WITHHELD,
        ),
        "by another module's import": (
            "from gancourse.widgets.plane_game import OBJECTIVES\n\n"
            'discriminator_loss = OBJECTIVES["minimax"].d_loss\n',
            WITHHELD,
        ),
    },
    "minimax_generator_loss": {
        "the package's": (
            'from gancourse.objectives import OBJECTIVES\n\nminimax_generator_loss = OBJECTIVES["minimax"].g_loss\n',
            WITHHELD,
        ),
    },
    "non_saturating_generator_loss": {
        "the package's": (
            "from gancourse.objectives import OBJECTIVES\n\n"
            'non_saturating_generator_loss = OBJECTIVES["non_saturating"].g_loss\n',
            WITHHELD,
        ),
    },
    "generator_gradients": {
        "the package's losses": (
            "from gancourse.objectives import OBJECTIVES\n\n"
            "def generator_gradients(fake_logits):\n"
            "    x = fake_logits.detach().clone().requires_grad_()\n"
            '    losses = [OBJECTIVES[name].g_loss(x) * x.numel() for name in ("minimax", "non_saturating")]\n'
            "    return tuple(torch.autograd.grad(loss, x)[0] for loss in losses)\n",
            WITHHELD,
        ),
    },
    "optimal_discriminator": {"the lesson's own": solved("optimal_discriminator")},
    "game_value": {
        "the checks' own": (
            "from gancourse.checks.lesson_01.theory import paper\n\n"
            "def game_value(p, q, d, dx):\n"
            "    return torch.tensor(paper(p, q, d, dx))\n",
            WITHHELD,
        ),
    },
    "discriminator_step": {"the lesson's own": solved("discriminator_step")},
    "generator_step": {"the lesson's own": solved("generator_step")},
    "algorithm_1": {"the lesson's own": solved("algorithm_1")},
}
