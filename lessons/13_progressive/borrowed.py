"""The shortest answers that could be borrowed instead of written, each with the word that refuses it.

In the sandbox they earn nothing (tests/gate/test_borrowed.py). F.avg_pool2d, F.interpolate and torch.lerp are no loan:
the lesson's text names them, or they are one step of several.
"""

from gancourse.grading.borrowing import Loan, from_bytecode, solved, withheld

LESSON = "13_progressive"

FADED = """\
from gancourse.models.progressive import double_size, faded, halve

def fading(which, *given):
    if which == "real":
        return faded(*given)
    if which == "picture":
        old, new, alpha = given
        if not 0 <= alpha <= 1:
            raise ValueError(str(alpha))
        return torch.lerp(double_size(old), new, alpha)
    picture, block, from_rgb, alpha = given
    return torch.lerp(from_rgb(halve(picture)), block(picture), alpha)
"""

PYRAMID = """\
from gancourse.models.progressive import double_size, halve

def pyramid(which, given, levels=0):
    if which == "together":
        x = given[0]
        for band in given[1:]:
            x = double_size(x) + band
        return x
    if given.shape[2] % 2**levels or given.shape[3] % 2**levels:
        raise ValueError(f"{tuple(given.shape)}")
    pictures = [given]
    for _ in range(levels):
        pictures.append(halve(pictures[-1]))
    return [pictures[-1], *(a - double_size(b) for a, b in zip(pictures[-2::-1], pictures[:0:-1]))]
"""

BAND = """\
from gancourse.models.progressive import double_size

def one_band(which, net, first, second):
    if which == "judge":
        large = double_size(second)
        return net(torch.cat([large + first, large], 1))
    nets, noises = (net, second) if which == "all" else ([net], [second])
    pictures = [first]
    for painter, z in zip(nets, noises):
        large = double_size(pictures[-1])
        band = painter(torch.cat([large, z], 1))
        pictures.append(large + band)
    return pictures if which == "all" else (band, pictures[-1])
"""

STEPS = """\
from gancourse.models.progressive import EqualizedConv2d

def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=None, lr=0.0):
    c = EqualizedConv2d(shape[1], 1, shape[2]).scale
    return {1: c, 2: m2 * 2 / c**2, 3: None if g is None else -lr * g.sign(), 4: lr / c,
            5: None if g is None else c * g, 6: None if g is None else -lr * c * g.sign()}[step]
"""

CONV = """\
from gancourse.models.progressive import EqualizedConv2d

class EqualizedConv(EqualizedConv2d):
    pass
"""

STEP = """\
from gancourse.models.progressive import faded

def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    real, fake = faded(real, alpha), G(z, alpha)
    on_real, points = D(real, alpha), torch.lerp(real, fake.detach(), mix[:, None, None, None]).requires_grad_()
    (slope,) = torch.autograd.grad(D(points, alpha).sum(), points, create_graph=True)
    loss = D(fake.detach(), alpha).mean() - on_real.mean() + 1e-3 * on_real.square().mean()
    loss = loss + 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return loss.item(), g_loss.item()
"""

BORROWED: dict[str, dict[str, Loan]] = {
    "pyramid": {"the package's": withheld(PYRAMID), "the lesson's": solved(LESSON, "pyramid")},
    "one_band": {"the package's": withheld(BAND), "the lesson's": solved(LESSON, "one_band")},
    "fading": {"the package's": withheld(FADED), "the lesson's": solved(LESSON, "fading")},
    "equalized_steps": {"the package's": withheld(STEPS), "the lesson's": solved(LESSON, "equalized_steps")},
    "EqualizedConv": {"the package's": withheld(CONV), "the lesson's": solved(LESSON, "EqualizedConv")},
    "pixel_norm": {
        "the package's": withheld("from gancourse.models.progressive import pixel_norm"),
        "the bytecode": from_bytecode("models.progressive", "pixel_norm", "pixel_norm"),
    },
    "group_std": {
        "the package's": withheld("from gancourse.models.progressive import group_std"),
        "the bytecode": from_bytecode("models.progressive", "group_std", "group_std"),
    },
    "growing_step": {"the package's": withheld(STEP), "the lesson's": solved(LESSON, "growing_step")},
    "fewest_looks": {"the lesson's": solved(LESSON, "fewest_looks")},
}
