"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). SciPy's and torch's entropies and matrix roots are
no loan: the lesson's text allows them.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, from_package, solved, withheld

LESSON = "04_metrics"


def from_prdc(exercise: str, first: str, second: str) -> Loan:
    """Two numbers of the reference implementation."""
    code = f"""\
from prdc import compute_prdc

def {exercise}(real, fake, k):
    found = compute_prdc(real.numpy(), fake.numpy(), k)
    return found[{first!r}], found[{second!r}]
"""
    return withheld(code)


BOTH = "lambda: (entropy, kl_divergence)"

RIDGE = """\
from sklearn.{module} import {name}

def linear_probe(x, t, strength):
    fit = {name}(alpha=strength).fit(x.double().numpy(), t.double().numpy())
    return torch.as_tensor(fit.coef_).reshape(t.shape[1], x.shape[1]).T, torch.as_tensor(fit.intercept_).reshape(-1)
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "information": {
        "the package's": withheld(
            "from gancourse.metrics import entropy, kl_divergence\n\n"
            "def information():\n"
            "    return entropy, kl_divergence\n"
        ),
        "the bytecode": from_bytecode(
            "metrics.scores", "kl_divergence", then=f"entropy = borrowed.entropy\n\ninformation = {BOTH}\n"
        ),
    },
    "fid_bias": {"the lesson's": solved(LESSON, "fid_bias")},
    "suspicion": {"the lesson's": solved(LESSON, "suspicion")},
    "bias_sweep": {"the lesson's": solved(LESSON, "bias_sweep")},
    "inception_score": {
        "the package's": from_package("metrics", "inception_score"),
        "torch-fidelity's": withheld(
            "from torch_fidelity.metric_isc import isc_features_to_metric\n\n"
            "def inception_score(p):\n"
            '    return isc_features_to_metric(p.log(), splits=1)["inception_score_mean"]\n'
        ),
    },
    "frechet_distance": {
        "the package's": from_package("metrics", "frechet_distance"),
        "pytorch-fid's": withheld(
            "from pytorch_fid.fid_score import calculate_frechet_distance\n\n"
            "def frechet_distance(mu1, sigma1, mu2, sigma2):\n"
            "    return calculate_frechet_distance(*(x.double().numpy() for x in (mu1, sigma1, mu2, sigma2)))\n"
        ),
    },
    "kid": {
        "the package's": from_package("metrics", "kid"),
        "torch-fidelity's": withheld(
            "from torch_fidelity.metric_kid import kernel_mmd\n\n"
            "def kid(x, y):\n"
            "    return kernel_mmd(x.double().numpy(), y.double().numpy())\n"
        ),
    },
    "precision_recall": {
        "the package's": from_package("metrics", "precision_recall"),
        "prdc's": from_prdc("precision_recall", "precision", "recall"),
        "the checks' own": withheld("from gancourse.checks.lesson_04.neighbors import both as precision_recall\n"),
    },
    "density_coverage": {
        "the package's": from_package("metrics", "density_coverage"),
        "prdc's": from_prdc("density_coverage", "density", "coverage"),
    },
    "memorization": {"the package's": from_package("metrics", "memorization")},
    "linear_probe": {
        "the package's": from_package("metrics", "linear_probe"),
        "scikit-learn's": withheld(RIDGE.format(module="linear_model", name="Ridge")),
        "its solver": withheld(
            "from sklearn.linear_model import ridge_regression\n\n"
            "def linear_probe(x, t, strength):\n"
            "    mean = x.double().mean(0)\n"
            "    weights = ridge_regression((x - mean).numpy(), (t - t.mean(0)).numpy(), strength)\n"
            "    weights = torch.as_tensor(weights).reshape(t.shape[1], x.shape[1]).T\n"
            "    return weights, t.double().mean(0) - mean @ weights.double()\n"
        ),
    },
}
