"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). SciPy's and torch's entropies and matrix roots are
no loan: the lesson's text allows them.
"""

LESSON = "04_metrics"
WITHHELD = "is withheld while this lesson is graded: write it yourself"


def package(name: str) -> tuple[str, str]:
    """What the package has under this name, by its front door."""
    return f"from gancourse.metrics import {name}\n", WITHHELD


def from_prdc(exercise: str, first: str, second: str) -> tuple[str, str]:
    """Two numbers of the reference implementation."""
    code = f"""\
from prdc import compute_prdc

def {exercise}(real, fake, k):
    found = compute_prdc(real.numpy(), fake.numpy(), k)
    return found[{first!r}], found[{second!r}]
"""
    return code, WITHHELD


BYTECODE = """\
import importlib.machinery
import importlib.util
from pathlib import Path

import gancourse

cache = next(Path(gancourse.__file__).parent.glob("metrics/__pycache__/scores.*.pyc"))
loader = importlib.machinery.SourcelessFileLoader("borrowed", str(cache))
borrowed = importlib.util.module_from_spec(importlib.util.spec_from_loader("borrowed", loader))
loader.exec_module(borrowed)
kl_divergence = borrowed.kl_divergence
"""

RIDGE = """\
from sklearn.{module} import {name}

def linear_probe(x, t, strength):
    fit = {name}(alpha=strength).fit(x.double().numpy(), t.double().numpy())
    return torch.as_tensor(fit.coef_).reshape(t.shape[1], x.shape[1]).T, torch.as_tensor(fit.intercept_).reshape(-1)
"""

BORROWED: dict[str, dict[str, tuple[str, str]]] = {
    "entropy": {"the package's": package("entropy")},
    "kl_divergence": {"the package's": package("kl_divergence"), "the bytecode": (BYTECODE, WITHHELD)},
    "inception_score": {
        "the package's": package("inception_score"),
        "torch-fidelity's": (
            "from torch_fidelity.metric_isc import isc_features_to_metric\n\n"
            "def inception_score(p):\n"
            '    return isc_features_to_metric(p.log(), splits=1)["inception_score_mean"]\n',
            WITHHELD,
        ),
    },
    "frechet_distance": {
        "the package's": package("frechet_distance"),
        "pytorch-fid's": (
            "from pytorch_fid.fid_score import calculate_frechet_distance\n\n"
            "def frechet_distance(mu1, sigma1, mu2, sigma2):\n"
            "    return calculate_frechet_distance(*(x.double().numpy() for x in (mu1, sigma1, mu2, sigma2)))\n",
            WITHHELD,
        ),
    },
    "kid": {
        "the package's": package("kid"),
        "torch-fidelity's": (
            "from torch_fidelity.metric_kid import polynomial_mmd\n\n"
            "def kid(x, y):\n"
            "    return polynomial_mmd(x.double().numpy(), y.double().numpy(), 3, None, 1)\n",
            WITHHELD,
        ),
    },
    "precision_recall": {
        "the package's": package("precision_recall"),
        "prdc's": from_prdc("precision_recall", "precision", "recall"),
        "the checks' own": (
            "from gancourse.checks.lesson_04.neighbors import both as precision_recall\n",
            WITHHELD,
        ),
    },
    "density_coverage": {
        "the package's": package("density_coverage"),
        "prdc's": from_prdc("density_coverage", "density", "coverage"),
    },
    "memorization": {"the package's": package("memorization")},
    "linear_probe": {
        "the package's": package("linear_probe"),
        "scikit-learn's": (RIDGE.format(module="linear_model", name="Ridge"), WITHHELD),
        "its solver": (
            "from sklearn.linear_model import ridge_regression\n\n"
            "def linear_probe(x, t, strength):\n"
            "    weights, bias = ridge_regression(x.numpy(), t.numpy(), strength, return_intercept=True)\n"
            "    return torch.as_tensor(weights).T, torch.as_tensor(bias)\n",
            WITHHELD,
        ),
    },
}
