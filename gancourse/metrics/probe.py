"""A linear probe: how much of something can be read off features by a straight line?

Alain & Bengio (2016), arXiv:1610.01644. DCGAN's authors (Radford et al., 2015, section 5) judged their
discriminator so: freeze it, and fit a linear classifier to its features. The probe is ridge regression,
scikit-learn's; for classes on targets that are 0 and 1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from sklearn.linear_model import Ridge
from torch import Tensor

from gancourse.metrics.given import finite, tensor_of


def linear_probe(features: Tensor, targets: Tensor, strength: float = 1.0) -> tuple[Tensor, Tensor]:
    """W (d, c) and b (c,) that minimize Σᵢ ‖xᵢW + b − tᵢ‖² + strength · ‖W‖², in float64 on the CPU.

    Args:
        features: (n, d).
        targets: (n, c), such as quantities, or classes as `F.one_hot` gives them.
        strength: the ridge's, above 0; the bias is not penalized.

    Raises:
        ValueError: on other shapes or strengths, on NaN and infinity.
    """
    features, targets = finite(features, "features"), finite(targets, "targets")
    if features.ndim != 2 or targets.ndim != 2 or len(features) != len(targets) or not strength > 0:
        shapes = f"{tuple(features.shape)}, {tuple(targets.shape)}"
        raise ValueError(f"Give features (n, d), targets (n, c) and a strength above 0; got {shapes}, {strength}.")
    x, t = (z.detach().to("cpu", torch.float64).numpy() for z in (features, targets))
    fitted = Ridge(alpha=strength).fit(x, t)
    weights = torch.from_numpy(fitted.coef_).reshape(targets.shape[1], features.shape[1])
    return weights.T.contiguous(), torch.as_tensor(fitted.intercept_).reshape(targets.shape[1])


def probe_score(train: Tensor, labels: Tensor, test: Tensor, test_labels: Tensor, strength: float = 1.0) -> float:
    """The share of test pictures whose class a probe fitted to the training pictures names rightly.

    Features are first scaled by the training pictures' mean and deviation, so that `strength` means the
    same for every network.

    Args:
        train, test: features (n, d) and (m, d).
        labels, test_labels: their classes, whole numbers from 0, (n,) and (m,).

    Raises:
        ValueError: if there is not one label for each picture, on NaN and infinity.
    """
    train, test = (finite(x, name).to(dtype=torch.float32) for x, name in ((train, "train"), (test, "test")))
    labels, test_labels = tensor_of(labels), tensor_of(test_labels)
    for classes_of, some, name in ((labels, train, "training"), (test_labels, test, "test")):
        if classes_of.shape != (len(some),):
            raise ValueError(
                f"There are {len(some)} {name} pictures, so their labels should have the shape ({len(some)},); "
                f"it is {tuple(classes_of.shape)}."
            )
    mean, std = train.mean(0), train.std(0).clamp(min=1e-6)
    classes = int(torch.cat([labels.flatten(), test_labels.flatten()]).max()) + 1
    weights, bias = linear_probe((train - mean) / std, F.one_hot(labels.long(), classes), strength)
    scores = ((test - mean) / std).detach().to("cpu", torch.float64) @ weights + bias
    return float((scores.argmax(1) == test_labels.cpu()).double().mean())
