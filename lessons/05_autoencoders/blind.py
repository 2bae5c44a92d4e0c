"""Answers to the exercises of lesson 05 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "rebuilding": {
        "first": (0, 0),
        "wrong": {
            "mean over everything": (
                "**summed** over all numbers of a picture",
                """
def l2_loss(made, x):
    return F.mse_loss(made, x)


def l1_loss(made, x):
    return F.l1_loss(made, x)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "not averaged over the batch": (
                "**averaged** over the n pictures",
                """
def l2_loss(made, x):
    return F.mse_loss(made, x, reduction="sum")


def l1_loss(made, x):
    return F.l1_loss(made, x, reduction="sum")


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "channels summed, places averaged": (
                "**summed** over all numbers of a picture",
                """
def l2_loss(made, x):
    return (made - x).square().sum(1).mean()


def l1_loss(made, x):
    return (made - x).abs().sum(1).mean()


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "places summed, channels averaged": (
                "**summed** over all numbers of a picture (right for C = 1)",
                """
def l2_loss(made, x):
    return (made - x).square().sum((2, 3)).mean()


def l1_loss(made, x):
    return (made - x).abs().sum((2, 3)).mean()


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "a norm, not its square": (
                "L2 = mean of the sum of (x̂ − x)²",
                """
def l2_loss(made, x):
    return torch.linalg.vector_norm((made - x).flatten(1), dim=1).mean()


def l1_loss(made, x):
    return (made - x).abs().flatten(1).sum(1).mean()


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "smooth absolute errors": (
                "absolute errors, |x̂ − x|",
                """
def l2_loss(made, x):
    return (made - x).square().flatten(1).sum(1).mean()


def l1_loss(made, x):
    return F.smooth_l1_loss(made, x, reduction="sum") / len(x)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "the course's size written in": (
                "pictures of shape (n, C, H, W)",
                """
def l2_loss(made, x):
    return F.mse_loss(made, x) * (3 * 32 * 32)


def l1_loss(made, x):
    return F.l1_loss(made, x) * (3 * 32 * 32)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
            "a plain number": (
                "a tensor that gradients pass through",
                """
def l2_loss(made, x):
    return (made - x).square().flatten(1).sum(1).mean().item()


def l1_loss(made, x):
    return (made - x).abs().flatten(1).sum(1).mean().item()


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            ),
        },
        "right": {
            "library sums over len": """
def l2_loss(made, x):
    return F.mse_loss(made, x, reduction="sum") / len(x)


def l1_loss(made, x):
    return F.l1_loss(made, x, reduction="sum") / len(x)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            "einsum": """
def l2_loss(made, x):
    off = made - x
    return torch.einsum("nchw,nchw->", off, off) / x.shape[0]


def l1_loss(made, x):
    off = made - x
    return torch.einsum("nchw,nchw->", off, off.sign()) / x.shape[0]


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            "a loop over pictures": """
def per_picture(measure, made, x):
    sums = []
    for one, other in zip(made, x, strict=True):
        sums.append(measure(one - other).sum())
    return torch.stack(sums).mean()


def l2_loss(made, x):
    return per_picture(lambda off: off * off, made, x)


def l1_loss(made, x):
    return per_picture(torch.abs, made, x)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
            "a class, mapped": """
class PowerLoss:
    def __init__(self, power):
        self.power = power

    def one(self, made, x):
        return ((made - x).abs() ** self.power).sum()

    def __call__(self, made, x):
        return torch.func.vmap(self.one)(made, x).mean(0)


squares, absolutes = PowerLoss(2), PowerLoss(1)


def l2_loss(made, x):
    return squares(made, x)


def l1_loss(made, x):
    return absolutes(made, x)


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)
""",
        },
    },
    "blur_steps": {
        "first": (0, 0),
        "wrong": {
            "the mean for both losses": (
                "5. The best guess by absolute values; 7. the best row by absolute values",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return p
    if step == 6:
        return where.cumsum(1)
    if step == 7:
        return where.cumsum(1)
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "distance from the mean": (
                "1. The expected squared error of the guess g (not the squared error of p)",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return (p - g) ** 2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(1)
    if step == 7:
        return (where.cumsum(1) > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "absolute distance from p": (
                "4. The expected absolute error of the guess g",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return (p - g).abs()
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(1)
    if step == 7:
        return (where.cumsum(1) > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "a standard deviation": (
                "3. What is left of the squared error at that guess",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return (p * (1 - p)).sqrt()
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(1)
    if step == 7:
        return (where.cumsum(1) > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "edge at the most probable place": (
                "7. the best row by absolute values: for each pixel the best guess",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(1)
    if step == 7:
        return (torch.arange(where.shape[1]) >= where.argmax(1, keepdim=True)).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "the first light pixel is not light": (
                "where: probabilities that the *first light pixel* is number 0, 1, …",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(1) - where
    if step == 7:
        return (where.cumsum(1) - where > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "light on the left": (
                "dark (0) on the left, light (1) from some place on",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.flip(1).cumsum(1).flip(1)
    if step == 7:
        return (where.flip(1).cumsum(1).flip(1) > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
            "sums over the rows": (
                "where (n, w) holds *in each row* the probabilities (right for one row only by luck)",
                """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return p * (1 - g) ** 2 + (1 - p) * g**2
    if step == 2:
        return p
    if step == 3:
        return p * (1 - p)
    if step == 4:
        return p * (1 - g) + (1 - p) * g
    if step == 5:
        return (p > 0.5).float()
    if step == 6:
        return where.cumsum(0)
    if step == 7:
        return (where.cumsum(0) > 0.5).float()
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            ),
        },
        "right": {
            "a table of outcomes": """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    def expected(power):
        chances = torch.stack([1 - p, p])
        errors = torch.stack([g, 1 - g]) ** power
        return torch.einsum("on,on->n", chances, errors)

    def light():
        w = where.shape[1]
        return where @ torch.ones(w, w, dtype=where.dtype).triu()

    table = {
        1: lambda: expected(2),
        2: lambda: 1 * p,
        3: lambda: p - p**2,
        4: lambda: expected(1),
        5: lambda: p.round(),
        6: light,
        7: lambda: light().round(),
    }
    if step not in table:
        raise ValueError(f"Steps are 1 to 7, not {step}.")
    return table[step]()
""",
            "derivatives by the machine": """
NOTHING = torch.empty(0)


def squared(p, g):
    return p * (1 - g).square() + (1 - p) * g.square()


def absolute(p, g):
    return p * (1 - g).abs() + (1 - p) * g.abs()


def best_by_squares(p):
    slope = torch.func.grad(lambda g: squared(p, g).sum())
    at_0, at_1 = slope(torch.zeros_like(p)), slope(torch.ones_like(p))
    return -at_0 / (at_1 - at_0)


def best_by_absolute(p):
    zero, one = torch.zeros_like(p), torch.ones_like(p)
    return torch.where(absolute(p, zero) < absolute(p, one), zero, one)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step == 1:
        return squared(p, g)
    if step == 2:
        return best_by_squares(p)
    if step == 3:
        return squared(p, best_by_squares(p))
    if step == 4:
        return absolute(p, g)
    if step == 5:
        return best_by_absolute(p)
    if step == 6:
        return best_by_squares(torch.cumsum(where, dim=-1))
    if step == 7:
        return best_by_absolute(torch.cumsum(where, dim=-1))
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            "plain loops": """
NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    if step in (1, 4):
        power = 2 if step == 1 else 1
        out = [a * (1 - b) ** power + (1 - a) * b**power for a, b in zip(p.tolist(), g.tolist(), strict=True)]
        return torch.tensor(out, dtype=p.dtype)
    if step == 2:
        return p.clone()
    if step == 3:
        return torch.tensor([a * (1 - a) for a in p.tolist()], dtype=p.dtype)
    if step == 5:
        return torch.tensor([1.0 if a > 0.5 else 0.0 for a in p.tolist()], dtype=p.dtype)
    if step in (6, 7):
        rows = []
        for row in where.tolist():
            light, out = 0.0, []
            for chance in row:
                light += chance
                out.append(light if step == 6 else float(light > 0.5))
            rows.append(out)
        return torch.tensor(rows, dtype=where.dtype)
    raise ValueError(f"Steps are 1 to 7, not {step}.")
""",
            "numpy, and the median's place": """
import numpy as np

NOTHING = torch.empty(0)


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    chance, guess, places = (np.asarray(t.detach().cpu()) for t in (p, g, where))
    if step == 1:  # bias squared plus variance
        found = (guess - chance) ** 2 + chance * (1 - chance)
    elif step == 2:
        found = chance.copy()
    elif step == 3:
        found = chance * (1 - chance)
    elif step == 4:
        found = chance + (1 - 2 * chance) * guess
    elif step == 5:
        found = (chance > 0.5).astype(chance.dtype)
    elif step == 6:
        found = np.cumsum(places, axis=1)
    elif step == 7:
        median = (np.cumsum(places, axis=1) < 0.5).sum(axis=1)
        found = (np.arange(places.shape[1])[None] >= median[:, None]).astype(places.dtype)
    else:
        raise ValueError(f"Steps are 1 to 7, not {step}.")
    return torch.from_numpy(found)
""",
        },
    },
    "principal_components": {
        "first": (1, 0),
        "wrong": {
            "not centered": (
                "Take off the mean; the components along which the data spread most",
                """
def principal_components(x, k):
    mean = x.mean(0)
    _, S, Vh = torch.linalg.svd(x, full_matrices=False)
    return mean, Vh[:k], S[k:].square().sum() / len(x)
""",
            ),
            "n minus one": (
                "Squared errors are summed over a row and **averaged over rows**",
                """
def principal_components(x, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    values, vectors = values.flip(0), vectors.flip(1)
    return x.mean(0), vectors[:, :k].T, values[k:].sum()
""",
            ),
            "averaged over numbers, too": (
                "Squared errors are **summed over a row**",
                """
def principal_components(x, k):
    mean = x.mean(0)
    _, _, Vh = torch.linalg.svd(x - mean, full_matrices=False)
    components = Vh[:k]
    rebuilt = mean + (x - mean) @ components.T @ components
    return mean, components, (rebuilt - x).square().mean()
""",
            ),
            "columns of Vh": (
                "components, (k, d): the directions (rows of Vᵀ)",
                """
def principal_components(x, k):
    mean = x.mean(0)
    _, S, Vh = torch.linalg.svd(x - mean, full_matrices=False)
    return mean, Vh[:, :k].T, S[k:].square().sum() / len(x)
""",
            ),
            "smallest spread first": (
                "the one with the **largest spread first**",
                """
def principal_components(x, k):
    mean = x.mean(0)
    off = x - mean
    values, vectors = torch.linalg.eigh(off.T @ off / len(x))
    components = vectors[:, -k:].T
    return mean, components, values[:-k].sum()
""",
            ),
            "a low-rank guess": (
                "the k orthogonal directions along which the data spread most (only near them)",
                """
def principal_components(x, k):
    mean = x.mean(0)
    _, _, V = torch.pca_lowrank(x, q=k)
    components = V.T
    rebuilt = mean + (x - mean) @ V @ V.T
    return mean, components, (x - rebuilt).square().sum(1).mean()
""",
            ),
            "always float64": (
                "Results in the type of `x`",
                """
def principal_components(x, k):
    x = x.double()  # more exact
    mean = x.mean(0)
    _, S, Vh = torch.linalg.svd(x - mean, full_matrices=False)
    return mean, Vh[:k], S[k:].square().sum() / len(x)
""",
            ),
            "Gram matrix, k = n forgotten": (
                "`k` at most n and at most d; orthogonal rows of length 1",
                """
def principal_components(x, k):
    n = len(x)
    mean = x.mean(0)
    off = x - mean
    values, vectors = torch.linalg.eigh(off @ off.T)  # (n, n): small where there are few rows
    values, vectors = values.flip(0), vectors.flip(1)
    components = (vectors[:, :k].T @ off) / values[:k, None].clamp(min=0).sqrt()
    return mean, components, values[k:].sum() / n
""",
            ),
        },
        "right": {
            "svd and singular values": """
def principal_components(x, k):
    mean = x.mean(0)
    _, S, Vh = torch.linalg.svd(x - mean, full_matrices=False)
    return mean, Vh[:k], S[k:].square().sum() / len(x)
""",
            "eigh, and rebuilding": """
def principal_components(x, k):
    mean = x.mean(dim=0)
    off = (x - mean).double()
    scatter = torch.einsum("ni,nj->ij", off, off) / len(x)
    values, vectors = torch.linalg.eigh(scatter)
    order = values.argsort(descending=True)[:k]
    components = vectors[:, order].T
    left = off - (off @ components.T) @ components
    return mean, components.to(x.dtype), left.square().sum(1).mean().to(x.dtype)
""",
            "numpy": """
import numpy as np


def principal_components(x, k):
    rows = x.detach().cpu().numpy().astype(np.float64)
    center = rows.mean(axis=0)
    _, s, vt = np.linalg.svd(rows - center, full_matrices=True)
    left = float((s[k:] ** 2).sum() / rows.shape[0])
    return (
        torch.tensor(center, dtype=x.dtype),
        torch.tensor(vt[:k], dtype=x.dtype),
        torch.tensor(left, dtype=x.dtype),
    )
""",
            "named, one row after the other": """
from collections import namedtuple

Principal = namedtuple("Principal", "mean components error")


def principal_components(x, k):
    n, d = x.shape
    mean = sum(x.unbind(0)) / n
    scatter = torch.zeros(d, d, dtype=torch.float64)
    for row in x:
        off = (row - mean).double()
        scatter += torch.outer(off, off)
    U, _, _ = torch.linalg.svd(scatter)  # symmetric: its singular vectors are its eigenvectors
    components = U[:, :k].T.contiguous().to(x.dtype)
    error = 0.0
    for row in x:
        off = row - mean
        rebuilt = mean + sum((off @ direction) * direction for direction in components)
        error += (rebuilt - row).square().sum().item() / n
    return Principal(mean, components, error)
""",
        },
    },
    "reparameterize": {
        "first": (0, 0),
        "wrong": {
            "the variance as deviation": (
                "a draw from N(μ, σ²) with log σ² = `log_var`",
                """
def reparameterize(mu, log_var):
    return mu + log_var.exp() * torch.randn_like(mu)
""",
            ),
            "log_var clamped": (
                "log σ² = `log_var`, whatever it is (here never below −1 nor above 1)",
                """
def reparameterize(mu, log_var):
    return mu + (log_var.clamp(-1, 1) / 2).exp() * torch.randn_like(mu)
""",
            ),
            "drawn by the library": (
                "Gradients reach both `mu` and `log_var`",
                """
def reparameterize(mu, log_var):
    return torch.distributions.Normal(mu, (log_var / 2).exp()).sample()
""",
            ),
            "one noise for the batch": (
                "each number of **each picture** by itself",
                """
def reparameterize(mu, log_var):
    return mu + (log_var / 2).exp() * torch.randn(mu.shape[1], dtype=mu.dtype)
""",
            ),
            "one noise for each picture": (
                "**each number** of each picture by itself",
                """
def reparameterize(mu, log_var):
    return mu + (log_var / 2).exp() * torch.randn(len(mu), 1, dtype=mu.dtype)
""",
            ),
            "uniform noise": (
                "The noise is drawn from N(0, 1)",
                """
def reparameterize(mu, log_var):
    return mu + (log_var / 2).exp() * (12**0.5 * (torch.rand_like(mu) - 0.5))
""",
            ),
            "seeded for repeatability": (
                "anew in every call",
                """
def reparameterize(mu, log_var):
    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(0), dtype=mu.dtype)
    return mu + (log_var / 2).exp() * noise
""",
            ),
            "no way to log_var": (
                "Gradients reach both `mu` and `log_var`",
                """
def reparameterize(mu, log_var):
    with torch.no_grad():
        spread = torch.exp(0.5 * log_var) * torch.randn_like(mu)
    return mu + spread
""",
            ),
        },
        "right": {
            "rsample": """
from torch.distributions import Normal


def reparameterize(mu, log_var):
    return Normal(mu, log_var.exp().sqrt()).rsample()
""",
            "mapped over pictures": """
def reparameterize(mu, log_var):
    def one(m, v):
        return torch.addcmul(m, torch.exp(0.5 * v), torch.randn_like(m))

    return torch.func.vmap(one, randomness="different")(mu, log_var)
""",
            "uniform numbers made normal": """
def reparameterize(mu, log_var):
    first, second = 1 - torch.rand(mu.shape, dtype=torch.float64), torch.rand(mu.shape, dtype=torch.float64)
    noise = (-2 * first.log()).sqrt() * (2 * math.pi * second).cos()
    return mu + noise.to(mu.dtype) * (0.5 * log_var).exp()
""",
            "noise of numpy, row by row": """
import numpy as np

numbers = np.random.default_rng()


def reparameterize(mu, log_var):
    rows = []
    for m, v in zip(mu, log_var, strict=True):
        noise = torch.tensor(numbers.standard_normal(len(m)), dtype=mu.dtype)
        rows.append(m + noise * math.e ** (v / 2))
    return torch.stack(rows)
""",
        },
    },
    "kl_to_prior": {
        "first": (0, 0),
        "wrong": {
            "mean over numbers": (
                "for each picture the **sum** over its numbers",
                """
def kl_to_prior(mu, log_var):
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var).mean(1)
""",
            ),
            "averaged over the batch": (
                "**for each picture**, shape (n,)",
                """
def kl_to_prior(mu, log_var):
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
""",
            ),
            "the other way around": (
                "KL(N(μ, σ²) ‖ N(0, 1)), not KL(N(0, 1) ‖ N(μ, σ²))",
                """
def kl_to_prior(mu, log_var):
    return 0.5 * ((1 + mu.square()) / log_var.exp() - 1 + log_var).sum(1)
""",
            ),
            "minus one once": (
                "½(μ² + σ² − 1 − log σ²) for *one number* of the code",
                """
def kl_to_prior(mu, log_var):
    return 0.5 * ((mu.square() + log_var.exp() - log_var).sum(1) - 1)
""",
            ),
            "log_var as log of the deviation": (
                "`log_var` is log σ²",
                """
def kl_to_prior(mu, log_var):
    sigma = log_var.exp()
    return 0.5 * (mu**2 + sigma**2 - 1 - 2 * log_var).sum(1)
""",
            ),
            "the half forgotten": (
                "½(μ² + σ² − 1 − log σ²)",
                """
def kl_to_prior(mu, log_var):
    return (mu.square() + log_var.exp() - 1 - log_var).sum(1)
""",
            ),
            "one draw": (
                "It is never negative (an estimate is)",
                """
def kl_to_prior(mu, log_var):
    q = torch.distributions.Normal(mu, (log_var / 2).exp())
    prior = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    z = q.rsample()
    return (q.log_prob(z) - prior.log_prob(z)).sum(1)
""",
            ),
            "sum over the batch": (
                "for each picture the sum over its numbers, shape (n,)",
                """
def kl_to_prior(mu, log_var):
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(0)
""",
            ),
        },
        "right": {
            "by distributions": """
from torch.distributions import Independent, Normal, kl_divergence


def kl_to_prior(mu, log_var):
    q = Independent(Normal(mu, (log_var / 2).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    return kl_divergence(q, prior)
""",
            "expm1 and einsum": """
def kl_to_prior(mu, log_var):
    return (torch.einsum("nk,nk->n", mu, mu) + (torch.expm1(log_var) - log_var).sum(-1)) / 2
""",
            "one picture after the other": """
def kl_to_prior(mu, log_var):
    sums = []
    for m, v in zip(mu, log_var, strict=True):
        total = 0.0
        for a, b in zip(m, v, strict=True):
            total = total + (a * a + torch.exp(b) - 1 - b) / 2
        sums.append(total)
    return torch.stack(sums)
""",
            "mapped twice": """
def kl_to_prior(mu, log_var):
    def number(m, v):
        return -0.5 * (1 + v - m.pow(2) - v.exp())

    return torch.vmap(torch.vmap(number))(mu, log_var).sum(dim=1)
""",
        },
    },
    "bound_steps": {
        "first": (0, 0),
        "wrong": {
            "the exact value as bound": (
                "6. step 5 less the divergence from the prior (for any q)",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        return bound_steps(2, x, W, b, s)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "expectation at the mean": (
                "‖x − b − Wm‖² **+ Σ v_j ‖w_j‖²**",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "v as deviations": (
                "`m` and `v`, means and *variances*",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v.square() @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v.square() - 1 - 2 * v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "noise added everywhere": (
                "1. The spread of x: W Wᵀ + s² I",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "b forgotten": (
                "log p(x) and posterior's mean M⁻¹Wᵀ(x − b) (right for b = 0)",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(torch.zeros_like(b), spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return x @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "constant of one number": (
                "All of the normal density counts, its constant too (for d numbers)",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - 1 / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "s not squared in the constant": (
                "N(Wz + b, s² I): constant d/2 · log(2πs²) (right for s = 1)",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
            "posterior's covariance as precision": (
                "4. s² M⁻¹ (right for s = 1)",
                """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            ),
        },
        "right": {
            "as in the hints": """
NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    if step == 1:
        return W @ W.T + s**2 * torch.eye(d, dtype=W.dtype)
    if step == 2:
        spread = bound_steps(1, W=W, s=s)
        return torch.distributions.MultivariateNormal(b, spread).log_prob(x)
    if step == 3:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return (x - b) @ W @ torch.linalg.inv(M)
    if step == 4:
        M = W.T @ W + s**2 * torch.eye(k, dtype=W.dtype)
        return s**2 * torch.linalg.inv(M)
    if step == 5:
        squares = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -squares / (2 * s**2) - d / 2 * math.log(2 * math.pi * s**2)
    if step == 6:
        kl = 0.5 * (m.square() + v - 1 - v.log()).sum(1)
        return bound_steps(5, x, W, b, s, m, v) - kl
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "by identities": """
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    d, k = W.shape
    eye_d, eye_k = torch.eye(d).to(W), torch.eye(k).to(W)
    spread = torch.addmm(s * s * eye_d, W, W.T)
    post = torch.linalg.inv(eye_k + W.T @ W / s**2)  # precisions add up
    if step == 1:
        return spread
    if step == 2:
        return MultivariateNormal(b, covariance_matrix=spread).log_prob(x)
    if step == 3:  # by conditioning the joint normal
        return (W.T @ torch.linalg.solve(spread, (x - b).T)).T
    if step == 4:
        return post
    if step in (5, 6):  # log p(x) less the divergence from the posterior is the bound
        center = (x - b) @ W @ post / s**2
        exact = MultivariateNormal(b, covariance_matrix=spread).log_prob(x)
        q = MultivariateNormal(m, covariance_matrix=torch.diag_embed(v))
        bound = exact - kl_divergence(q, MultivariateNormal(center, covariance_matrix=post))
        if step == 6:
            return bound
        prior = Independent(Normal(torch.zeros_like(m), torch.ones_like(m)), 1)
        return bound + kl_divergence(Independent(Normal(m, v.sqrt()), 1), prior)
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
            "numpy": """
import numpy as np

NOTHING = torch.empty(0)


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    if step not in range(1, 7):
        raise ValueError(f"Steps are 1 to 6, not {step}.")
    x, W, b, m, v = (t.detach().cpu().numpy() for t in (x, W, b, m, v))
    s = float(s)
    d, k = W.shape
    spread = W @ W.T + s**2 * np.eye(d)
    M = W.T @ W + s**2 * np.eye(k)
    if step == 1:
        found = spread
    elif step == 2:
        off = x - b
        _, logdet = np.linalg.slogdet(spread)
        square = np.einsum("ni,ni->n", off, np.linalg.solve(spread, off.T).T)
        found = -0.5 * (square + logdet + d * np.log(2 * np.pi))
    elif step == 3:
        found = np.linalg.solve(M, W.T @ (x - b).T).T
    elif step == 4:
        found = s**2 * np.linalg.inv(M)
    else:
        off = x - b - m @ W.T
        square = (off**2).sum(1) + (v[:, None, :] * W[None] ** 2).sum((1, 2))
        found = -0.5 * square / s**2 - d * (np.log(s) + 0.5 * np.log(2 * np.pi))
        if step == 6:
            found = found - 0.5 * (m**2 + v - 1 - np.log(v)).sum(1)
    return torch.from_numpy(np.ascontiguousarray(found))
""",
            "a class, row by row": """
NOTHING = torch.empty(0)


class LinearModel:
    def __init__(self, W, b, s):
        self.W, self.b, self.s = W, b, s
        self.d, self.k = W.shape

    def spread(self):
        out = torch.zeros(self.d, self.d, dtype=self.W.dtype)
        for column in self.W.unbind(1):
            out = out + torch.outer(column, column)
        return out + torch.diag(torch.full((self.d,), float(self.s) ** 2, dtype=self.W.dtype))

    def inverse(self):
        M = self.W.mT @ self.W
        M.diagonal().add_(self.s**2)
        return torch.cholesky_inverse(torch.linalg.cholesky(M))

    def exact(self, row):
        low = torch.linalg.cholesky(self.spread())
        white = torch.linalg.solve_triangular(low, (row - self.b)[:, None], upper=False)
        return -0.5 * white.square().sum() - low.diagonal().log().sum() - self.d / 2 * math.log(2 * math.pi)

    def mean(self, row):
        return self.inverse() @ (self.W.mT @ (row - self.b))

    def rebuilding(self, row, m, v):
        noise = torch.distributions.Normal(self.b + self.W @ m, float(self.s))
        loss = sum(v[j] * self.W[:, j].dot(self.W[:, j]) for j in range(self.k))
        return noise.log_prob(row).sum() - loss / (2 * self.s**2)

    def bound(self, row, m, v):
        return self.rebuilding(row, m, v) - sum((m[j] ** 2 + v[j] - 1 - torch.log(v[j])) / 2 for j in range(self.k))


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    model = LinearModel(W, b, s)
    if step == 1:
        return model.spread()
    if step == 2:
        return torch.stack([model.exact(row) for row in x])
    if step == 3:
        return torch.stack([model.mean(row) for row in x])
    if step == 4:
        return s**2 * model.inverse()
    if step == 5:
        return torch.stack([model.rebuilding(*parts) for parts in zip(x, m, v, strict=True)])
    if step == 6:
        return torch.stack([model.bound(*parts) for parts in zip(x, m, v, strict=True)])
    raise ValueError(f"Steps are 1 to 6, not {step}.")
""",
        },
    },
    "vae_step": {
        "first": (0, 0),
        "wrong": {
            "pixels averaged, KL summed": (
                "the sum over all numbers of a picture",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "log-variances first": (
                "**first** the k means, **then** the k log-variances",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    log_var, mu = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "the code cut off": (
                "`opt` holds the parameters of both networks; the loss is that of both terms (here the first one does not reach the encoder)",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z.detach()) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "old gradients count": (
                "Gradients from before must not count",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    loss.backward()
    opt.step()
    opt.zero_grad()
    return off.item(), kl.item()
""",
            ),
            "KL weighed in the answer": (
                "the mean of KL (**without β**)",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean() * beta
    loss = off + kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "summed over the batch": (
                "The loss is the **mean over the batch**",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = len(x) * (off + beta * kl)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "four dimensions only": (
                "pictures in the shape of `x` (n, …)",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().sum((1, 2, 3)).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
            "noise scaled in place": (
                "Modes, `x` and `noise` stay as they are",
                """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = noise.mul_((log_var / 2).exp()).add_(mu)
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            ),
        },
        "right": {
            "as in the hints": """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()
    loss = off + beta * kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    return off.item(), kl.item()
""",
            "gradients by hand": """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    code = encoder(x)
    k = code.shape[1] // 2
    mu, log_var = code[:, :k], code[:, k:]
    made = decoder(torch.addcmul(mu, torch.exp(0.5 * log_var), noise))
    first = F.mse_loss(made, x, reduction="sum") / (2 * s * s * len(x))
    second = (mu**2 + log_var.exp() - 1 - log_var).sum() / (2 * len(x))
    opt.zero_grad(set_to_none=True)
    parameters = [p for group in opt.param_groups for p in group["params"] if p.requires_grad]
    gradients = torch.autograd.grad(first + beta * second, parameters, allow_unused=True)
    for p, gradient in zip(parameters, gradients, strict=True):
        p.grad = gradient
    opt.step()
    return first.item(), second.item()
""",
            "distributions, named": """
from typing import NamedTuple

from torch.distributions import Normal, kl_divergence


class Terms(NamedTuple):
    rebuilding: float
    kl: float


def vae_step(encoder, decoder, opt, x, noise, s, beta):
    mu, log_var = torch.split(encoder(x), noise.shape[1], dim=1)
    q = Normal(mu, log_var.mul(0.5).exp())
    made = decoder(q.loc + q.scale * noise)
    errors = torch.stack([torch.sum((one - other) ** 2) for one, other in zip(made, x, strict=True)])
    rebuilding = (errors / (2 * s**2)).mean()
    kl = kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(dim=1).mean()
    found = Terms(rebuilding.item(), kl.item())
    opt.zero_grad()
    torch.autograd.backward([rebuilding, kl], [torch.ones_like(rebuilding), torch.full_like(kl, beta)])
    opt.step()
    return found
""",
            "a closure": """
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    terms = []

    def closure():
        opt.zero_grad()
        mu, log_var = encoder(x).tensor_split(2, dim=1)
        made = decoder(mu + log_var.exp().sqrt() * noise)
        first = torch.linalg.vector_norm((made - x).reshape(len(x), -1), dim=1).pow(2) / (2 * s**2)
        second = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1)
        terms.append((first.mean().item(), second.mean().item()))
        loss = (first + beta * second).mean()
        loss.backward()
        return loss

    opt.step(closure)
    return terms[0]
""",
        },
    },
    "MaskedConv": {
        "first": (0, 0),
        "wrong": {
            "masked once at the start": (
                "**Nothing else**, whatever the parameters are set to",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        with torch.no_grad():
            self.weight *= mask.view(size, size)

    def forward(self, input):
        return super().forward(input)
""",
            ),
            "gradients masked, too late": (
                "**Nothing else**, whatever the parameters are set to",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        mask = mask.view(size, size)
        self.weight.data.mul_(mask)
        self.weight.register_hook(lambda gradient: gradient * mask)

    def forward(self, input):
        return super().forward(input)
""",
            ),
            "upper right forgotten": (
                "**all** rows of the kernel above its middle",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mid = size // 2
        mask = torch.zeros(size, size)
        mask[: mid + 1, : mid + 1] = 1
        mask[mid, mid] = float(own)
        self.register_buffer("mask", mask)

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            ),
            "columns first": (
                "what comes before it in *reading order*: rows above, and in the middle row what is left",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        self.register_buffer("mask", mask.view(size, size).T.contiguous())

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            ),
            "padding for size 3": (
                "a kernel of `size` × `size` (odd), zeros around the maps, maps (n, outputs, H, W)",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=1)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        self.register_buffer("mask", mask.view(size, size))

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            ),
            "one count for all inputs": (
                "**Nothing else** (for `inputs` above 1 whole maps are seen)",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros_like(self.weight)
        mask.flatten(1)[:, : inputs * size * size // 2 + int(own)] = 1
        self.register_buffer("mask", mask.detach())

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            ),
            "the mask is a parameter": (
                "It has **two** parameters",
                """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        self.mask = nn.Parameter(mask.view(size, size), requires_grad=False)

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            ),
            "a parametrization": (
                "two parameters: a kernel and a bias, **in this order** (here the bias comes first)",
                """
from torch.nn.utils import parametrize


class Masked(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight):
        return weight * self.mask


class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        places = torch.arange(size * size).view(size, size)
        mask = (places < size * size // 2 + int(own)).float()
        parametrize.register_parametrization(self, "weight", Masked(mask))

    def forward(self, input):
        return nn.Conv2d.forward(self, input)
""",
            ),
        },
        "right": {
            "inherited, a buffer": """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding=size // 2)
        mask = torch.zeros(size * size)
        mask[: size * size // 2 + int(own)] = 1
        self.register_buffer("mask", mask.view(size, size))

    def forward(self, input):
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
""",
            "a module by hand": """
class MaskedConv(nn.Module):
    def __init__(self, inputs, outputs, size, own):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.empty(outputs))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(inputs * size * size)
        nn.init.uniform_(self.bias, -bound, bound)
        mid = size // 2
        hidden = torch.zeros(size, size, dtype=torch.bool)
        hidden[mid + 1 :] = True
        hidden[mid, mid + 1 :] = True
        hidden[mid, mid] = not own
        self.register_buffer("hidden", hidden)
        self.pad = mid

    def forward(self, input):
        return F.conv2d(input, self.weight.masked_fill(self.hidden, 0.0), self.bias, stride=1, padding=self.pad)
""",
            "patches and einsum": """
class MaskedConv(nn.Module):
    def __init__(self, inputs, outputs, size, own):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size)  # holds kernel and bias, is never called
        self.size, self.count = size, size * size // 2 + (1 if own else 0)

    def forward(self, input):
        n, c, h, w = input.shape
        patches = F.unfold(input, self.size, padding=self.size // 2).view(n, c, self.size**2, h * w)
        kernel = self.conv.weight.flatten(2)
        out = torch.einsum("ncpl,ocp->nol", patches[:, :, : self.count], kernel[:, :, : self.count])
        return (out + self.conv.bias[:, None]).view(n, -1, h, w)
""",
            "the kernel zeroed at each call": """
class MaskedConv(nn.Conv2d):
    def __init__(self, inputs, outputs, size, own):
        super().__init__(inputs, outputs, size, padding="same")
        mask = torch.ones(outputs, inputs, size, size)
        for row in range(size):
            for column in range(size):
                after = (row, column) > (size // 2, size // 2)
                itself = row == column == size // 2
                if after or (itself and not own):
                    mask[:, :, row, column] = 0
        self.register_buffer("mask", mask)

    def forward(self, input):
        self.weight.data.mul_(self.mask)  # before each use, so that no step undoes it
        return super().forward(input)
""",
        },
    },
    "seen_pixels": {
        "first": (1, 0),
        "wrong": {
            "backward into the network": (
                "Parameters, **their gradients** and the mode of `net` stay as they are",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    net(x)[:, 0, row, column].sum().backward()
    found = x.grad
    return (found != 0).any(0)[0]
""",
            ),
            "gradients cleared away": (
                "Parameters, **their gradients** … stay as they are (older ones are lost)",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    net(x)[:, 0, row, column].sum().backward()
    found = x.grad
    net.zero_grad()
    return (found != 0).any(0)[0]
""",
            ),
            "positive gradients only": (
                "if any of them has a gradient there that is **not 0**",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)[0]
    return (found > 0).any(0)[0]
""",
            ),
            "the first picture's logit": (
                "ask for **64 pictures**: the logit of each, at its own picture",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[0, 0, row, column], x)[0]
    return (found != 0).any(0)[0]
""",
            ),
            "one picture, 64 times": (
                "64 pictures of random numbers (a way may be shut for one and open for another)",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(1, 1, height, width).repeat(64, 1, 1, 1).requires_grad_()
    found = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)[0]
    return (found != 0).any(0)[0]
""",
            ),
            "small ones do not count": (
                "a gradient there that is **not 0**",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)[0]
    return (found.abs() > 1e-3).any(0)[0]
""",
            ),
            "row and column swapped": (
                "the logit at (row, column)",
                """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[:, 0, column, row].sum(), x)[0]
    return (found != 0).any(0)[0]
""",
            ),
            "left in eval": (
                "the **mode** of `net` stays as it is",
                """
def seen_pixels(net, height, width, row, column):
    net.eval()
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)[0]
    return (found != 0).any(0)[0]
""",
            ),
        },
        "right": {
            "as in the hints": """
def seen_pixels(net, height, width, row, column):
    x = torch.randn(64, 1, height, width, requires_grad=True)
    found = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)[0]
    return (found != 0).any(0)[0]
""",
            "backward with inputs": """
def seen_pixels(net, height, width, row, column):
    with torch.enable_grad():
        x = torch.randn(64, 1, height, width).requires_grad_()
        logits = net(x)[:, :, row, column]
        torch.autograd.backward(logits, torch.ones_like(logits), inputs=[x])
    return x.grad.abs().amax(dim=(0, 1)) > 0
""",
            "picture by picture": """
def seen_pixels(net, height, width, row, column):
    seen = torch.zeros(height, width, dtype=torch.bool)
    for _ in range(64):
        x = torch.randn(1, 1, height, width, requires_grad=True)
        (gradient,) = torch.autograd.grad(net(x)[0, 0, row, column], x)
        seen |= gradient[0, 0].ne(0)
    return seen
""",
            "a Jacobian": """
from torch.autograd.functional import jacobian


def seen_pixels(net, height, width, row, column):
    def total(pictures):
        return net(pictures)[..., row, column].sum()

    found = jacobian(total, torch.rand(64, 1, height, width) * 4 - 2)
    return torch.count_nonzero(found.squeeze(1), dim=0).bool()
""",
        },
    },
    "exact_likelihood": {
        "first": (0, 0),
        "wrong": {
            "logarithm of a sigmoid": (
                "It must hold for logits of ±1,000",
                """
def log_likelihood(net, x):
    p = torch.sigmoid(net(x))
    return (x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "cross entropy of probabilities": (
                "It must hold for logits of ±1,000 (here a logarithm ends at −100)",
                """
def log_likelihood(net, x):
    return -F.binary_cross_entropy(net(x).sigmoid(), x, reduction="none").flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "a small number added": (
                "the natural logarithm of each picture's probability; must hold for ±1,000",
                """
def log_likelihood(net, x):
    p = torch.sigmoid(net(x))
    chance = torch.where(x > 0.5, p, 1 - p)
    return (chance + 1e-8).log().flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "mean over pixels": (
                "each picture's probability: logarithms add up",
                """
def log_likelihood(net, x):
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).mean(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / math.log(2)


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "nats for bits": (
                "in **bits**: one number",
                """
def log_likelihood(net, x):
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / x[0].numel()


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "times log 2": (
                "in **bits** (a coin for each pixel takes 1 bit)",
                """
def log_likelihood(net, x):
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() * math.log(2) / x[0].numel()


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "square pictures": (
                "pictures `x` (n, 1, H, W): for each pixel",
                """
def log_likelihood(net, x):
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / (x.shape[-1] ** 2 * math.log(2))


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
            "no gradients": (
                "and gradients pass",
                """
@torch.no_grad()
def log_likelihood(net, x):
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)


def bits_per_pixel(net, x):
    return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            ),
        },
        "right": {
            "softplus": """
def log_likelihood(net, x):
    signs = 2 * x - 1
    return -F.softplus(-signs * net(x)).sum(dim=(1, 2, 3))


def bits_per_pixel(net, x):
    n, _, height, width = x.shape
    return -(log_likelihood(net, x) / math.log(2)).sum() / (n * height * width)


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            "Bernoulli": """
from torch.distributions import Bernoulli, Independent


def log_likelihood(net, x):
    return Independent(Bernoulli(logits=net(x)), 3).log_prob(x)


def bits_per_pixel(net, x):
    return log_likelihood(net, x).mean() / (math.log(0.5) * x[0].numel())


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            "two classes": """
def log_likelihood(net, x):
    logits = net(x)
    both = torch.cat([torch.zeros_like(logits), logits], dim=1)
    return -F.cross_entropy(both, x[:, 0].long(), reduction="none").sum((1, 2))


def bits_per_pixel(net, x):
    logits = net(x)
    both = torch.cat([torch.zeros_like(logits), logits], dim=1)
    return F.cross_entropy(both, x[:, 0].long()) * math.log2(math.e)


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
            "pixel by pixel": """
def log_likelihood(net, x):
    total = 0
    logits = net(x).flatten(1)
    for logit, pixel in zip(logits.unbind(1), x.flatten(1).unbind(1), strict=True):
        total = total + torch.where(pixel == 1, F.logsigmoid(logit), F.logsigmoid(-logit))
    return total


def bits_per_pixel(net, x):
    nats = torch.stack([-value / x[0].numel() for value in log_likelihood(net, x)]).mean()
    return nats / torch.tensor(2.0).log().to(nats)


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)
""",
        },
    },
    "paint_pixels": {
        "first": (0, 0),
        "wrong": {
            "all pixels at once": (
                "pixel by pixel …, the network's logit for what has been painted so far",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    return torch.bernoulli(torch.sigmoid(net(x)))
""",
            ),
            "one call for each row": (
                "the network's logit **for what has been painted so far**",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        chances = torch.sigmoid(net(x)[:, 0, row])
        for column in range(width):
            x[:, 0, row, column] = torch.bernoulli(chances[:, column])
    return x
""",
            ),
            "columns first": (
                "pixel by pixel in **reading order**",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for column in range(width):
        for row in range(height):
            x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
""",
            ),
            "one coin for all pictures": (
                "Each pixel **of each picture** is drawn by itself",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = (torch.rand(()) < net(x)[:, 0, row, column].sigmoid()).float()
    return x
""",
            ),
            "the likelier value": (
                "each 1 **with probability** σ(l)",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = (net(x)[:, 0, row, column] > 0).float()
    return x
""",
            ),
            "chances painted, drawn at the end": (
                "0 and 1 drawn pixel by pixel; l for *what has been painted*, which is 0 or 1",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = torch.sigmoid(net(x)[:, 0, row, column])
    return torch.bernoulli(x)
""",
            ),
            "square pictures": (
                "pictures (n, 1, height, width)",
                """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(height):
            x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
""",
            ),
            "gradients computed": (
                "No gradients are computed",
                """
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
""",
            ),
        },
        "right": {
            "as in the hints": """
@torch.no_grad()
def paint_pixels(net, n, height, width):
    x = torch.zeros(n, 1, height, width)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
""",
            "logistic noise, one loop": """
def paint_pixels(net, n, height, width):
    flat = torch.full((n, height * width), 0.5)
    with torch.no_grad():
        for t in range(height * width):
            logit = net(flat.view(n, 1, height, width)).flatten(1)[:, t]
            u = torch.rand(n, dtype=torch.float64)
            flat[:, t] = (logit.double() > torch.log1p(-u) - u.log()).float()
    return flat.view(n, 1, height, width)
""",
            "never in place": """
from torch.distributions import Bernoulli


def paint_pixels(net, n, height, width):
    def turn(x, t):
        now = F.one_hot(torch.tensor(t), height * width).view(1, 1, height, width).bool()
        return torch.where(now, Bernoulli(logits=net(x)).sample(), x)

    with torch.no_grad():
        x = torch.bernoulli(torch.full((n, 1, height, width), 0.5))  # unpainted: anything
        for t in range(height * width):
            x = turn(x, t)
    return x
""",
            "numpy's coins": """
import itertools

import numpy as np

coins = np.random.default_rng()


class Painter:
    def __init__(self, net, n, height, width):
        self.net, self.x = net, np.zeros((n, 1, height, width), dtype=np.float32)

    def __call__(self, place):
        row, column = place
        with torch.no_grad():
            logits = self.net(torch.tensor(self.x)).numpy()[:, 0, row, column].astype(np.float64)
        chances = 0.5 * (1 + np.tanh(logits / 2))
        self.x[:, 0, row, column] = coins.random(len(chances)) < chances


def paint_pixels(net, n, height, width):
    painter = Painter(net, n, height, width)
    for place in itertools.product(range(height), range(width)):
        painter(place)
    return torch.from_numpy(painter.x)
""",
        },
    },
    "fewest_bits": {
        "first": (0, 0),
        "wrong": {
            "neighbors of the picture": (
                "three fixed distances back in the row of 256 (not left, above, upper left)",
                """
def fewest_bits(pictures):
    x = pictures.long()
    distances = (1, 16, 17)

    def cases(rows, t):
        return sum(rows[:, t - d] * 2**k for k, d in enumerate(distances))

    case = torch.cat([cases(x, t) for t in range(32, 256)])
    came = torch.cat([x[:, t] for t in range(32, 256)]).float()
    ones = torch.bincount(case, came, minlength=8)
    table = ((ones + 1) / (torch.bincount(case, minlength=8) + 2)).float()
    return lambda seen: table[cases(seen.long(), seen.shape[1])]
""",
            ),
            "distances off by one": (
                "earlier pixels, which stand at three fixed distances back (1 to 32; t − d, not t − d − 1)",
                """
def fewest_bits(pictures):
    x = pictures.long()
    windows = x.unfold(1, 33, 1).flatten(0, 1)  # 32 pixels, and the one that came
    before, came = windows[:, :32].flip(1), windows[:, 32].float()

    def table(ks):
        case = sum(before[:, k] * 2**i for i, k in enumerate(ks))
        total = torch.bincount(case, minlength=2 ** len(ks)) + 2
        return (torch.bincount(case, came, minlength=2 ** len(ks)) + 1) / total, total

    def entropy(ks):
        p, total = table(ks)
        return -(total * (p * p.log2() + (1 - p) * (1 - p).log2())).sum().item()

    chosen = []
    for _ in range(3):
        chosen.append(min((k for k in range(32) if k not in chosen), key=lambda k: entropy([*chosen, k])))
    p = table(chosen)[0].float()

    def predict(seen):
        t = seen.shape[1]
        return p[sum(seen[:, max(t - k - 2, 0)].long() * 2**i for i, k in enumerate(chosen))]

    return predict
""",
            ),
            "sure guesses from one pixel": (
                "returns **probabilities** that the next one is 1",
                """
def fewest_bits(pictures):
    x = pictures.long()
    best = max(range(1, 33), key=lambda d: abs((x[:, 32:] == x[:, 32 - d : 256 - d]).float().mean().item() - 0.5))
    same = (x[:, 32:] == x[:, 32 - best : 256 - best]).float().mean() > 0.5

    def predict(seen):
        pixel = seen[:, seen.shape[1] - best].float()
        return pixel if same else 1 - pixel

    return predict
""",
            ),
        },
        "cheats": {
            "the picture behind the view": (
                "predict is given the first t pixels only",
                """
def fewest_bits(pictures):
    def predict(seen):
        m, t = seen.shape
        whole = seen._base
        if whole is None or whole.dim() != 2 or whole.shape[1] <= t:
            try:  # the next number in memory
                whole = seen.as_strided((m, t + 1), seen.stride(), seen.storage_offset())
            except RuntimeError:
                return torch.full((m,), 0.5)
        return whole[-m:, t].float()

    return predict
""",
            ),
            "the caller's variables": (
                "pictures it has never seen; predict is given the first t pixels only",
                """
import sys


def fewest_bits(pictures):
    def predict(seen):
        m, t = seen.shape
        frame = sys._getframe(1)
        while frame is not None:
            for value in list(frame.f_locals.values()):
                parts = value if isinstance(value, (list, tuple)) else [value]
                for part in parts:
                    if isinstance(part, torch.Tensor) and part.dim() == 2 and part.shape == (m, 256):
                        if torch.equal(part[:, :t].float(), seen.float()):
                            return part[:, t].float()
            frame = frame.f_back
        return torch.full((m,), 0.5)

    return predict
""",
            ),
            "sure of both": (
                "probabilities that the next one is 1 (that of 0 is 1 − p)",
                """
class Sure(torch.Tensor):
    def __rsub__(self, other):
        return self

    def __neg__(self):
        return self - 1


def fewest_bits(pictures):
    return lambda seen: torch.ones(len(seen)).as_subclass(Sure)
""",
            ),
        },
        "medals": {
            "all threes, by products of matrices": (
                "gold",
                """
def fewest_bits(pictures):
    x = pictures.float()
    windows = x.unfold(1, 33, 1).flatten(0, 1)
    few = x[:100].unfold(1, 33, 1).flatten(0, 1)
    before, came = few[:, :32], few[:, 32]  # column j stands at distance 32 − j
    both = torch.cat([1 - before, before], 1)
    best, chosen = float("inf"), (0, 1, 2)
    for a in range(32):
        bits = torch.zeros(32, 32)
        for value in (0, 1):
            weight = (before[:, a] == value).float()
            total = (both * weight[:, None]).T @ both
            ones = (both * (weight * came)[:, None]).T @ both
            p = (ones + 1) / (total + 2)
            cost = -(ones * p.log2() + (total - ones) * (1 - p).log2())
            bits += cost.view(2, 32, 2, 32).sum((0, 2))
        found = bits.min().item()
        if found < best:
            best, chosen = found, (a, *divmod(bits.argmin().item(), 32))
    i, j, k = chosen
    case = (4 * windows[:, i] + 2 * windows[:, j] + windows[:, k]).long()
    table = (torch.bincount(case, windows[:, 32], minlength=8) + 1) / (torch.bincount(case, minlength=8) + 2)

    def predict(seen):
        last = seen[:, -32:].float()
        return table.float()[(4 * last[:, i] + 2 * last[:, j] + last[:, k]).long()]

    return predict
""",
            ),
            "one after the other, then exchanged, in numpy": (
                "gold",
                """
import numpy as np


class Rule:
    def __init__(self, x):
        self.x, self.distances, self.table = x, [], None

    def count(self, distances):
        case = np.zeros((len(self.x), 224), dtype=np.int64)
        for d in distances:
            case = 2 * case + self.x[:, 32 - d : 256 - d]
        total = np.bincount(case.ravel(), minlength=2 ** len(distances))
        ones = np.bincount(case[self.x[:, 32:] == 1], minlength=2 ** len(distances))
        p = (ones + 1) / (total + 2)
        return p, -(ones * np.log2(p) + (total - ones) * np.log2(1 - p)).sum()

    def fit(self):
        for _ in range(3):
            self.distances = self.best(self.distances)
        for k in (0, 0, 0):  # each once: the new one comes last
            self.distances = self.best(self.distances[:k] + self.distances[k + 1 :])
        self.table = self.count(self.distances)[0]
        return self

    def best(self, kept):
        options = [[*kept, d] for d in range(1, 33) if d not in kept]
        return min(options, key=lambda option: self.count(option)[1])

    def __call__(self, seen):
        t = seen.shape[1]
        case = 0
        for d in self.distances:
            case = 2 * case + seen[:, t - d].numpy().astype(np.int64)
        return torch.tensor(self.table[case], dtype=torch.float32)


def fewest_bits(pictures):
    return Rule(pictures.numpy().astype(np.int64)).fit()
""",
            ),
            "the best two": (
                "silver",
                """
import itertools


def fewest_bits(pictures):
    x = pictures.long()
    came = x[:, 32:]
    back = {d: x[:, 32 - d : 256 - d] for d in range(1, 33)}

    def counted(first, second):
        code = 4 * back[first] + 2 * back[second] + came
        counts = torch.bincount(code.flatten(), minlength=8).view(4, 2) + 1
        p = counts / counts.sum(1, keepdim=True)
        return p, -(counts * p.log2()).sum().item()

    first, second = min(itertools.combinations(range(1, 33), 2), key=lambda pair: counted(*pair)[1])
    table = counted(first, second)[0][:, 1]

    def predict(seen):
        t = seen.shape[1]
        return table[2 * seen[:, t - first].long() + seen[:, t - second].long()]

    return predict
""",
            ),
            "the best one": (
                "bronze",
                """
def fewest_bits(pictures):
    came, best = pictures[:, 32:].float(), (2.0, 1, 0.5, 0.5)
    for d in range(1, 33):
        earlier = pictures[:, 32 - d : 256 - d]
        after_0 = came[earlier == 0].mean().item()
        after_1 = came[earlier == 1].mean().item()
        share = earlier.float().mean().item()
        bits = 0.0
        for weight, p in ((1 - share, after_0), (share, after_1)):
            p = min(max(p, 0.001), 0.999)
            bits -= weight * (p * math.log2(p) + (1 - p) * math.log2(1 - p))
        best = min(best, (bits, d, after_0, after_1))
    _, d, after_0, after_1 = best

    def predict(seen):
        earlier = seen[:, seen.shape[1] - d].float()
        return earlier * after_1 + (1 - earlier) * after_0

    return predict
""",
            ),
        },
    },
}
