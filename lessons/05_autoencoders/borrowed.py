"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). F.mse_loss, torch's distributions and scikit-learn's PCA
are no loan: they are another way to the same numbers.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "05_autoencoders"

LOSSES = """\
from gancourse.games.autoencoders import Rebuilding
from gancourse.games.base import Batch
from torch import nn

def rebuilding(which, made, x):
    game = Rebuilding(nn.Identity(), lambda _: made, 2 if which == "l2" else 1)
    return next(game.play(Batch(x)))[1]
"""

STEP = """\
import torch
from gancourse.games.autoencoders import Variational
from gancourse.games.base import Batch

def vae_step(encoder, decoder, opt, x, noise, s, beta):
    game = Variational(encoder, decoder, s, beta)
    game.normal = lambda *shape: noise
    (_, loss), = list(game.play(Batch(x)))
    kl = game.reported["kl"].item()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item() - beta * kl, kl
"""

LIKELIHOOD = """\
import math
import torch
from gancourse.games.autoencoders import bits_per_pixel as bits

def exact_likelihood(which, net, x):
    if which == "bits":
        return bits(net, x)
    return torch.stack([-bits(lambda one: net(x)[k : k + 1], x[k : k + 1]) * x[0].numel() * math.log(2)
                        for k in range(len(x))])
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "rebuilding": {"the package's": withheld(LOSSES), "the lesson's": solved(LESSON, "rebuilding")},
    "blur_steps": {"the lesson's": solved(LESSON, "blur_steps")},
    "principal_components": {"the lesson's": solved(LESSON, "principal_components")},
    "reparameterize": {"the lesson's": solved(LESSON, "reparameterize")},
    "kl_to_prior": {"the lesson's": solved(LESSON, "kl_to_prior")},
    "bound_steps": {"the lesson's": solved(LESSON, "bound_steps")},
    "vae_step": {"the package's": withheld(STEP), "the lesson's": solved(LESSON, "vae_step")},
    "MaskedConv": {
        "the package's": withheld("from gancourse.models.autoencoders import MaskedConv"),
        "the bytecode": from_bytecode("models.autoencoders", "MaskedConv", "MaskedConv"),
    },
    "seen_pixels": {"the lesson's": solved(LESSON, "seen_pixels")},
    "exact_likelihood": {
        "the package's": withheld(LIKELIHOOD),
        "the lesson's": solved(LESSON, "exact_likelihood"),
    },
    "paint_pixels": {
        "the package's": withheld("from gancourse.games.autoencoders import painted_pictures as paint_pixels"),
        "the bytecode": from_bytecode("games.autoencoders", "painted_pictures", "paint_pixels"),
    },
    "fewest_bits": {"the lesson's": solved(LESSON, "fewest_bits")},
}
