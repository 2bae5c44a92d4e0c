"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). F.instance_norm, F.conv2d, torch.lerp and the package's
`slerp` are no loan: they are one step of several.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "14_stylegan"

MAPPING = """\
import torch
from gancourse.models.stylegan import Mapping as Theirs

class Mapping(Theirs):
    pass
"""

NOISE = """\
import torch
from gancourse.models.stylegan import StyledLayer

class AddNoise(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = StyledLayer(2, 1, channels, "adain", False).noise_scale

    def forward(self, x, noise=None):
        noise = torch.randn(len(x), 1, *x.shape[2:]) if noise is None else noise
        return x + self.scale[:, None, None] * noise
"""

STEPS = """\
import torch
from gancourse.models.stylegan import adain, modulated_conv

def demodulation_steps(step, weight=None, style=None, pixels=0, peak=0.0):
    if step > 4:
        maps = torch.zeros(1, 1, 1, pixels)
        maps[..., 0] = peak
        out = adain(maps, torch.ones(1, 1), torch.zeros(1, 1)).flatten()
        return out[0].item() if step == 5 else ((out[0] - out[1]) / peak).item()
    o, i, h, w = weight.shape
    made = style[:, None, None] * weight
    square = made.square().sum((1, 2, 3))
    return {1: made, 2: square, 3: square.rsqrt(), 4: made * square.rsqrt()[:, None, None, None]}[step]
"""

MIXING = """\
import torch
from gancourse.games.stylegan import StyleBased

def style_mixing(which, *given):
    if which == "draw":
        n, layers, share = given
        return torch.where(torch.rand(n) < share, torch.randint(1, layers, (n,)), layers)
    first, second, crossover, layers = given
    late = torch.arange(layers) >= crossover[:, None]
    return torch.where(late[:, :, None], second[:, None], first[:, None])
"""

PULL = """\
import torch
from gancourse.models.stylegan import StyleGenerator

def truncation(which, *given):
    if which == "mean":
        mean_w, w, decay = given
        return torch.lerp(w.detach().mean(0), mean_w, decay)
    styles, mean_w, psi, cutoff = given
    return torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], 1)
"""

STEP = """\
import torch
import torch.nn.functional as F
from gancourse.games.penalties import R1

def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    w = G.mapping(z)
    fake = G.synthesis(w)
    logistic = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
    x = real.clone().requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    r1 = R1(gamma).gamma / 2 * slope.square().flatten(1).sum(1).mean() if k % every == 0 else torch.zeros(())
    opt_D.zero_grad()
    (logistic + every * r1).backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters()):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return logistic.item(), r1.item(), g_loss.item()
"""

PATH = """\
from gancourse.latent.interpolate import lerp, slerp
from gancourse.models.stylegan import Mapping

def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    if space == "w":
        ends = mapping(z1), mapping(z2)
        first, second = (lerp(*ends, s[:, None]) for s in (t, t + eps))
    else:
        ends = [z / z.norm(dim=1, keepdim=True) for z in (z1, z2)]
        first, second = (mapping(slerp(*ends, s[:, None])) for s in (t, t + eps))
    return distance(synthesis(first), synthesis(second)) / eps**2
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "Mapping": {"the package's": withheld(MAPPING), "the lesson's": solved(LESSON, "Mapping")},
    "adain": {
        "the package's": withheld("from gancourse.models.stylegan import adain"),
        "the bytecode": from_bytecode("models.stylegan", "adain", "adain"),
    },
    "AddNoise": {"the package's": withheld(NOISE), "the lesson's": solved(LESSON, "AddNoise")},
    "demodulation_steps": {"the package's": withheld(STEPS), "the lesson's": solved(LESSON, "demodulation_steps")},
    "modulated_conv": {
        "the package's": withheld("from gancourse.models.stylegan import modulated_conv"),
        "the bytecode": from_bytecode("models.stylegan", "modulated_conv", "modulated_conv"),
    },
    "style_mixing": {"the package's": withheld(MIXING), "the lesson's": solved(LESSON, "style_mixing")},
    "truncation": {"the package's": withheld(PULL), "the lesson's": solved(LESSON, "truncation")},
    "stylegan_step": {"the package's": withheld(STEP), "the lesson's": solved(LESSON, "stylegan_step")},
    "path_length": {"the package's": withheld(PATH), "the lesson's": solved(LESSON, "path_length")},
    "fewest_swaps": {"the lesson's": solved(LESSON, "fewest_swaps")},
}
