"""Answers to the exercises of lesson 04 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. Entropy and divergence were exercises of their own
then; each answer to one stands with a right one to the other. A Fraction was a right number then, by the text of that
day, and was refused: the text now says which numbers are meant.
"""

BLIND = {
    "information": {
        "first": (0, 0),
        "wrong": {
            "entropy, bits for nats": (
                "with the natural logarithm: the unit is the nat",
                """
def entropy(p):
    return -torch.where(p > 0, p * p.clamp(min=1e-38).log2(), torch.zeros_like(p)).sum(-1)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, sums over dimension 1": (
                "the LAST dimension holds the probabilities: (…, K) in, (…) out (here only right for 2-D tables)",
                """
def entropy(p):
    if p.dim() == 1:
        p = p[None]
        return -torch.xlogy(p, p).sum(1)[0]
    return -torch.xlogy(p, p).sum(1)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, NaN swept up after the sum": (
                "count 0·log 0 as 0: the term is 0, not the whole row ([½, ½, 0] comes out as 0)",
                """
def entropy(p):
    h = -(p * torch.log(p)).sum(dim=-1)
    return torch.nan_to_num(h, nan=0.0)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, writes ones over the zeros in place": (
                "leave p as it is",
                """
def entropy(p):
    p[p == 0] = 1.0  # log 1 = 0
    return -(p * p.log()).sum(-1)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, boolean mask flattens the batch": (
                "returns shape (…): here one number for all rows together (right for a single distribution)",
                """
def entropy(p):
    q = p[p > 0]
    return -(q * q.log()).sum()


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, keeps the dimension": (
                "shape (…, K) in, shape (…) out: this returns (…, 1)",
                """
def entropy(p):
    return -torch.xlogy(p, p).sum(-1, keepdim=True)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, floor of 0.001 in place of zeros": (
                "count 0·log 0 as 0: each zero counts as 0.0069 nats here",
                """
def entropy(p):
    q = p.clamp(min=1e-3)
    return -(q * q.log()).sum(-1)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "entropy, probabilities taken for logits": (
                "p holds the probabilities; H(p) = −Σ p log p of them (right for uniform p only)",
                """
def entropy(p):
    return torch.distributions.Categorical(logits=p).entropy()


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, p and q swapped": (
                "KL(p‖q) = Σ p log(p/q): this is KL(q‖p)",
                """
def kl_divergence(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, F.kl_div of q.log()": (
                "where p = 0 the term is 0, even if q = 0 too: 0·(−∞) is NaN here",
                """
def kl_divergence(p, q):
    p, q = torch.broadcast_tensors(p, q)
    return F.kl_div(q.log(), p, reduction="none").sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, epsilon under the fraction": (
                "where q = 0 and p > 0 the result is infinity, not just a large number",
                """
def kl_divergence(p, q, eps=1e-12):
    return (torch.xlogy(p, p) - torch.xlogy(p, q + eps)).sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, nan_to_num also takes the infinity": (
                "infinity: not NaN, and not just a large number (1e38 here)",
                """
def kl_divergence(p, q):
    terms = torch.nan_to_num(p * (p / q).log())
    return terms.sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, skips places where q is 0": (
                "where q = 0 and p > 0 the result is infinity: such terms are left out here",
                """
def kl_divergence(p, q):
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p / q, torch.ones_like(p / q))
    return (p * ratio.log()).sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, row by row with zip": (
                "shapes broadcast: q may be one (K,) beside many p (n, K); zip pairs row i with the number q[i] and stops early",
                """
def _single(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def kl_divergence(p, q):
    if p.dim() == 1 and q.dim() == 1:
        return _single(p, q)
    return torch.stack([_single(a, b) for a, b in zip(p, q)])


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, infinite as soon as any q is 0": (
                "where p = 0 the term is 0, even if q = 0 too: here a shared zero makes the row infinite",
                """
def kl_divergence(p, q):
    value = torch.nansum(p * (p / q).log(), -1)
    impossible = (q == 0).any(-1).expand(value.shape)
    return torch.where(impossible, torch.full_like(value, float("inf")), value)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
            "kl_divergence, cross entropy only": (
                "Σ p log(p/q): the part Σ p log p is left out (right where p is one-hot)",
                """
def kl_divergence(p, q):
    return -torch.xlogy(p, q).sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            ),
        },
        "right": {
            "entropy, torch.special.entr as a lambda": """
entropy = lambda p: torch.special.entr(p).sum(dim=-1)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            "entropy, zeros become ones before the logarithm, einsum for the sum": '''
def entropy(p):
    """H(p) in nats."""
    safe = p.masked_fill(p == 0, 1.0)
    return torch.einsum("...k,...k->...", p, safe.log()).neg()


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
''',
            "entropy, scipy.stats.entropy over the last axis": """
import numpy as np
import scipy.stats


def entropy(p, *, base=None):
    table = p.detach().cpu().numpy()
    return torch.as_tensor(np.asarray(scipy.stats.entropy(table, base=base, axis=-1)), dtype=p.dtype, device=p.device)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
""",
            "entropy, unusual: np.vectorize with a signature around a Python loop with math.log": '''
import math

import numpy as np


def _one(row):
    """Of one distribution, a plain sum; math.fsum loses nothing."""
    return math.fsum(-float(x) * math.log(x) for x in row if x > 0)


_all = np.vectorize(_one, signature="(k)->()", otypes=[float])


def entropy(p):
    if p.numel() == 0:
        return p.new_zeros(p.shape[:-1])
    return torch.tensor(_all(p.detach().cpu().double().numpy())).to(p)


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def information():
    return entropy, kl_divergence
''',
            "kl_divergence, quotient, logarithm and nansum": """
def kl_divergence(p, q):
    # the only NaNs come from p = 0, and there the term is 0; p > 0 over q = 0 is +inf by itself
    return torch.nansum(p * torch.log(p / q), dim=-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            "kl_divergence, scipy.special.rel_entr": """
import numpy as np
from scipy.special import rel_entr


def kl_divergence(p, q):
    terms = rel_entr(p.detach().cpu().numpy(), q.detach().cpu().numpy())
    return torch.from_numpy(np.asarray(terms.sum(axis=-1))).to(p.device)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            "kl_divergence, three cases by torch.where": """
def kl_divergence(p, q):
    p, q = torch.broadcast_tensors(p, q)
    nothing, impossible = p == 0, (p != 0) & (q == 0)
    ratio = torch.where(nothing | impossible, 1.0, p) / torch.where(nothing | impossible, 1.0, q)
    terms = p * ratio.log()
    terms = torch.where(impossible, torch.inf, terms)
    return terms.sum(-1)


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
""",
            "kl_divergence, unusual: an instance with __call__, cross entropy minus entropy by einsum-free dot of logs": '''
class _Divergence:
    """Cross entropy minus entropy."""

    def __init__(self, dim=-1):
        self.dim = dim

    def cross(self, a, b):
        return torch.special.xlogy(a, b).mul(-1).sum(self.dim)

    def __call__(self, p, q):
        return self.cross(p, q) - self.cross(p, p)


kl_divergence = _Divergence()


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def information():
    return entropy, kl_divergence
''',
        },
    },
    "inception_score": {
        "first": (0, 0),
        "wrong": {
            "exponential inside the mean": (
                "exp(mean of KL): the exponential comes last",
                """
def inception_score(probabilities):
    p = probabilities
    kl = (torch.xlogy(p, p) - torch.xlogy(p, p.mean(0))).sum(-1)
    return kl.exp().mean()
""",
            ),
            "divergence the wrong way round": (
                "KL(p(y|x) ‖ p(y)), not KL(p(y) ‖ p(y|x)); zeros guarded so that it stays finite",
                """
def inception_score(probabilities):
    p = probabilities.clamp(min=1e-7)
    q = p.mean(0, keepdim=True)
    return (q * (q / p).log()).sum(-1).mean().exp()
""",
            ),
            "mean over ten parts, as in papers": (
                "use all pictures at once",
                """
def inception_score(probabilities):
    scores = []
    for part in probabilities.chunk(10):
        q = part.mean(0)
        scores.append((torch.xlogy(part, part) - torch.xlogy(part, q)).sum(1).mean().exp())
    return torch.stack(scores).mean()
""",
            ),
            "NaN at a probability of 0": (
                "a number from 1 to K for any table of probabilities; 0·log 0 counts 0",
                """
def inception_score(probabilities):
    q = probabilities.mean(0)
    return torch.exp((probabilities * (probabilities.log() - q.log())).sum(1).mean())
""",
            ),
            "hard classes by argmax": (
                "each picture's class probabilities p(y|x) enter, not its likeliest class (right for one-hot tables)",
                """
def inception_score(probabilities):
    hard = F.one_hot(probabilities.argmax(1), probabilities.shape[1]).to(probabilities.dtype)
    q = hard.mean(0)
    return torch.special.entr(q).sum().exp()
""",
            ),
            "against the uniform distribution": (
                "p(y) is the mean over all pictures, not 1/K (right where classes are balanced)",
                """
import math


def inception_score(probabilities):
    n, K = probabilities.shape
    kl = math.log(K) - torch.special.entr(probabilities).sum(-1)
    return kl.mean().exp()
""",
            ),
            "softmax once more": (
                "you get the table of probabilities: they must not pass a softmax again",
                """
def inception_score(probabilities):
    p = F.softmax(probabilities, dim=1)
    q = p.mean(0, keepdim=True)
    kl = (p * (p.log() - q.log())).sum(dim=1)
    return kl.mean().exp()
""",
            ),
            "mean over the classes": (
                "p(y) is the mean over all PICTURES, shape (K,): here over the classes, which is always 1/K … of the sum",
                """
def inception_score(probabilities):
    marginal = probabilities.mean(1, keepdim=True)  # (n, 1), broadcasts
    kl = torch.xlogy(probabilities, probabilities / marginal).sum(-1)
    return float(kl.mean().exp())
""",
            ),
        },
        "right": {
            "difference of two entropies": """
def inception_score(probabilities):
    whole = torch.special.entr(probabilities.mean(0)).sum()
    each = torch.special.entr(probabilities).sum(1).mean()
    return torch.exp(whole - each)
""",
            "scipy.stats.entropy with two arguments, a NumPy scalar comes out": """
import numpy as np
from scipy.stats import entropy as _relative


def inception_score(probabilities):
    table = probabilities.detach().cpu().numpy().astype(np.float64)
    return np.exp(_relative(table, table.mean(axis=0, keepdims=True), axis=1).mean())
""",
            "Python loops and math": """
import math


def inception_score(probabilities, parts=1):
    rows = probabilities.tolist()
    n = len(rows)
    marginal = [math.fsum(column) / n for column in zip(*rows)]
    total = 0.0
    for row in rows:
        for a, b in zip(row, marginal):
            if a > 0:
                total += a * (math.log(a) - math.log(b))
    return math.exp(total / n)
""",
            "unusual: a weighted geometric mean of ratios, in inference mode, by one tensordot": '''
@torch.inference_mode()
def inception_score(probabilities):
    """exp of a mean of logarithms is a geometric mean: of the ratios p(y|x)/p(y), weighted by p(y|x)."""
    p = probabilities.to(torch.float64)
    ratios = (p / p.mean(dim=0)).where(p > 0, 1.0)
    return torch.tensordot(p, ratios.log(), dims=2).div(p.size(0)).exp().item()
''',
        },
    },
    "frechet_distance": {
        "first": (0, 0),
        "wrong": {
            "root times root": (
                "tr((Σ1Σ2)^½), not tr(Σ1^½ Σ2^½): the same only where the two commute",
                """
def _root(sigma):
    values, vectors = torch.linalg.eigh(sigma)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    cross = (_root(sigma1) @ _root(sigma2)).trace()
    return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * cross
""",
            ),
            "d for d²": (
                "return d²: the square, although it is called a distance",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    R = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(R @ sigma2 @ R).clamp(min=0).sqrt().sum()
    d2 = (mu1 - mu2).square().sum() + torch.trace(sigma1 + sigma2) - 2 * cross
    return d2.clamp(min=0).sqrt()
""",
            ),
            "a small number on the diagonal": (
                "right to four digits for singular or zero covariances too (0 against I is off by 2·10⁻³ a dimension)",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2, eps=1e-6):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    offset = eps * torch.eye(len(mu1), dtype=torch.float64, device=mu1.device)
    s1, s2 = sigma1 + offset, sigma2 + offset
    values, vectors = torch.linalg.eigh(s1)
    R = vectors @ torch.diag(values.sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(R @ s2 @ R).clamp(min=0).sqrt().sum()
    return (mu1 - mu2) @ (mu1 - mu2) + s1.trace() + s2.trace() - 2 * cross
""",
            ),
            "no clamp before the roots": (
                "never NaN: eigenvalues of singular covariances come out as −10⁻¹⁷",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    R = vectors @ torch.diag(values.sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(R @ sigma2 @ R).sqrt().sum()
    return (mu1 - mu2).pow(2).sum() + torch.trace(sigma1) + torch.trace(sigma2) - 2 * cross
""",
            ),
            "single precision inside, double outside": (
                "compute in double precision, whatever comes in",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.float() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    R = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(R @ sigma2 @ R).clamp(min=0).sqrt().sum()
    return ((mu1 - mu2).square().sum() + torch.trace(sigma1 + sigma2) - 2 * cross).double()
""",
            ),
            "complex result of a general eigenvalue routine": (
                "never complex",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    cross = torch.linalg.eigvals(sigma1 @ sigma2).sqrt().sum()
    return ((mu1 - mu2) ** 2).sum() + torch.trace(sigma1 + sigma2) - 2 * cross
""",
            ),
            "mean squared difference of the means": (
                "‖μ1 − μ2‖² is a sum over dimensions, no mean",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    R = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(R @ sigma2 @ R).clamp(min=0).sqrt().sum()
    return F.mse_loss(mu1, mu2) + torch.trace(sigma1 + sigma2) - 2 * cross
""",
            ),
            "eigvalsh of the product itself": (
                "the product of two symmetric matrices is not symmetric: eigvalsh reads one triangle only (right if they commute)",
                """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    eigenvalues = torch.linalg.eigvalsh(sigma1 @ sigma2).clamp(min=0)
    means = torch.sum((mu1 - mu2) ** 2)
    return means + sigma1.trace() + sigma2.trace() - 2 * eigenvalues.sqrt().sum()
""",
            ),
        },
        "right": {
            "singular values of A1ᵀA2, factors from eigh": '''
def _factor(sigma):
    """A with A Aᵀ = sigma; not symmetric, and it need not be."""
    values, vectors = torch.linalg.eigh(sigma)
    return vectors * values.clamp(min=0).sqrt()


def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (torch.as_tensor(t).to(torch.float64) for t in (mu1, sigma1, mu2, sigma2))
    cross = torch.linalg.svdvals(_factor(sigma1).mT @ _factor(sigma2)).sum()
    return torch.dist(mu1, mu2) ** 2 + (sigma1 + sigma2).diagonal().sum() - 2 * cross
''',
            "NumPy, symmetric root, a plain float": """
import numpy as np


def frechet_distance(mu1, sigma1, mu2, sigma2):
    m1, s1, m2, s2 = (np.asarray(t.detach().cpu(), dtype=np.float64) for t in (mu1, sigma1, mu2, sigma2))
    w, v = np.linalg.eigh((s1 + s1.T) / 2)
    r = (v * np.sqrt(np.maximum(w, 0))) @ v.T
    inner = r @ s2 @ r
    w = np.linalg.eigvalsh((inner + inner.T) / 2)
    return float(np.dot(m1 - m2, m1 - m2) + np.trace(s1) + np.trace(s2) - 2 * np.sqrt(np.maximum(w, 0)).sum())
""",
            "unusual: orthogonal Procrustes, which returns the sum of singular values as its scale": '''
import numpy as np
from scipy.linalg import orthogonal_procrustes, svd


def frechet_distance(mu1, sigma1, mu2, sigma2):
    """The distance of two normal clouds is that of their square roots, after the best rotation."""

    def half(sigma):
        u, s, _ = svd(sigma.detach().cpu().double().numpy())
        return u * np.sqrt(s)

    a, b = half(sigma1), half(sigma2)
    _, overlap = orthogonal_procrustes(a, b)
    shift = (mu1.double() - mu2.double()).norm().item()
    return np.float64(shift**2 + (a**2).sum() + (b**2).sum() - 2 * overlap)
''',
            "unusual: a class whose __new__ returns the number; nuclear norm of the two roots": '''
class frechet_distance:
    """Called like a function; holds its helpers."""

    def __new__(cls, mu1, sigma1, mu2, sigma2):
        roots = cls.roots(torch.stack([sigma1.double(), sigma2.double()]))
        spread = roots.square().sum()  # tr Σ = ‖Σ^½‖²
        cross = torch.linalg.matrix_norm(roots[0] @ roots[1], ord="nuc")
        return (spread - 2 * cross + F.mse_loss(mu1.double(), mu2.double(), reduction="sum")).item()

    @staticmethod
    def roots(both):
        values, vectors = torch.linalg.eigh(both)
        return torch.einsum("bij,bj,bkj->bik", vectors, values.relu().sqrt(), vectors)
''',
        },
    },
    "kid": {
        "first": (1, 0),
        "wrong": {
            "diagonals kept": (
                "in the first two means the pairs of a picture with itself are left out",
                """
def kid(x, y):
    x, y = x.double(), y.double()
    k = lambda a, b: ((a @ b.T / x.shape[1] + 1) ** 3).mean()
    return k(x, x) + k(y, y) - 2 * k(x, y)
""",
            ),
            "left out of the sum, not of the count": (
                "left out of the sum AND of the count: divides by m² here",
                """
def kid(x, y):
    x, y = x.double(), y.double()
    d = x.shape[1]
    kxx, kyy, kxy = ((a @ b.T / d + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    kxx.fill_diagonal_(0)
    kyy.fill_diagonal_(0)
    return kxx.mean() + kyy.mean() - 2 * kxy.mean()
""",
            ),
            "single precision": (
                "compute in double precision: it is a small difference of large numbers",
                """
def kid(x, y):
    x, y = x.float(), y.float()
    (m, d), n = x.shape, len(y)
    kxx, kyy, kxy = (x @ x.T / d + 1) ** 3, (y @ y.T / d + 1) ** 3, (x @ y.T / d + 1) ** 3
    xx = (kxx.sum() - kxx.trace()) / (m * (m - 1))
    yy = (kyy.sum() - kyy.trace()) / (n * (n - 1))
    return (xx + yy - 2 * kxy.mean()).double()
""",
            ),
            "never below 0": (
                "return it as it is if it is negative",
                """
def kid(x, y):
    x, y = x.double(), y.double()
    (m, d), n = x.shape, y.shape[0]
    kxx, kyy, kxy = (x @ x.T / d + 1) ** 3, (y @ y.T / d + 1) ** 3, (x @ y.T / d + 1) ** 3
    value = (kxx.sum() - kxx.trace()) / (m * (m - 1)) + (kyy.sum() - kyy.trace()) / (n * (n - 1)) - 2 * kxy.mean()
    return max(float(value), 0.0)
""",
            ),
            "diagonal left out of the mixed table too": (
                "the third mean is over all mn pairs",
                """
def _off(K):
    mask = ~torch.eye(*K.shape, dtype=torch.bool, device=K.device)
    return K[mask].mean()


def kid(x, y):
    x, y = x.double(), y.double()
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1).pow(3)
    return _off(kernel(x, x)) + _off(kernel(y, y)) - 2 * _off(kernel(x, y))
""",
            ),
            "one count for both sets": (
                "any m and n: the second mean has n(n − 1) pairs, not m(m − 1)",
                """
def kid(x, y):
    x, y = x.double(), y.double()
    m, d = x.shape
    kxx, kyy, kxy = (x @ x.T / d + 1) ** 3, (y @ y.T / d + 1) ** 3, (x @ y.T / d + 1) ** 3
    within = kxx.sum() - kxx.diag().sum() + kyy.sum() - kyy.diag().sum()
    return within / (m * (m - 1)) - 2 * kxy.mean()
""",
            ),
            "divides by the number of pictures": (
                "k(a, b) = (a·b/d + 1)³ with d the length of a feature vector; len(a) is m",
                """
def kid(x, y):
    def kernel(a, b):
        return (a @ b.T / len(a) + 1) ** 3

    def others(K):
        n = len(K)
        return (K.sum() - K.trace()) / (n * (n - 1))

    x, y = x.double(), y.double()
    return others(kernel(x, x)) + others(kernel(y, y)) - 2 * kernel(x, y).mean()
""",
            ),
            "twins left out with the diagonal": (
                "the pairs of a picture with ITSELF are left out (i ≠ j); equal features of two pictures are a pair",
                """
def kid(x, y):
    x, y = x.double(), y.double()

    def mean(a, b, same=False):
        K = (a @ b.T / a.shape[1] + 1) ** 3
        if not same:
            return K.mean()
        different = (a[:, None] != b[None]).any(-1)
        return K[different].sum() / different.sum().clamp(min=1)

    return mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y)
""",
            ),
        },
        "right": {
            "einsum and a mask off the diagonal": """
def kid(x, y):
    x, y = x.to(torch.float64), y.to(torch.float64)

    def table(a, b):
        return (torch.einsum("id,jd->ij", a, b) / a.size(-1)).add(1).pow(3)

    def off_diagonal(K):
        return K[~torch.eye(K.size(0), dtype=torch.bool, device=K.device)].mean()

    return off_diagonal(table(x, x)) + off_diagonal(table(y, y)) - 2 * table(x, y).mean()
""",
            "row after row in a loop, i < j counted twice": """
def kid(x, y):
    x, y = x.double(), y.double()
    m, n, d = len(x), len(y), x.shape[-1]
    xx = yy = xy = 0.0
    for i in range(m):
        xx += float(((x[i + 1 :] @ x[i] / d + 1) ** 3).sum())
        xy += float(((y @ x[i] / d + 1) ** 3).sum())
    for j in range(n):
        yy += float(((y[j + 1 :] @ y[j] / d + 1) ** 3).sum())
    return 2 * xx / (m * (m - 1)) + 2 * yy / (n * (n - 1)) - 2 * xy / (m * n)
""",
            "scipy.spatial.distance with a condensed table, NumPy scalar": """
import numpy as np
from scipy.spatial.distance import squareform


def kid(x, y):
    a, b = (np.asarray(t.detach().cpu(), dtype=np.float64) for t in (x, y))
    kernel = lambda u, v: np.power(u @ v.T / u.shape[1] + 1.0, 3)
    within = lambda u: squareform(kernel(u, u), checks=False).mean()  # the pairs i < j, without the diagonal
    return within(a) + within(b) - 2 * kernel(a, b).mean()
""",
            "unusual: one signed quadratic form over both sets put together": """
def kid(x, y):
    z = torch.cat([x, y]).double()
    m, n = x.shape[0], y.shape[0]
    gram = torch.addmm(torch.ones((), dtype=z.dtype, device=z.device), z, z.T, alpha=1 / z.shape[1]) ** 3
    weights = torch.full_like(gram, -1 / (m * n))
    weights[:m, :m] = 1 / (m * (m - 1))
    weights[m:, m:] = 1 / (n * (n - 1))
    return torch.vdot(weights.fill_diagonal_(0).ravel(), gram.ravel()).item()
""",
        },
    },
    "precision_recall": {
        "first": (0, 0),
        "wrong": {
            "a point is its own first neighbor": (
                "the k-th nearest among the OTHER points; a point is no neighbor of itself",
                """
def precision_recall(real, fake, k):
    r = torch.cdist(real, real).kthvalue(k).values
    f = torch.cdist(fake, fake).kthvalue(k).values
    table = torch.cdist(real, fake)
    return (table <= r[:, None]).any(0).double().mean(), (table <= f[None]).any(1).double().mean()
""",
            ),
            "the edge is outside": (
                "a point on the edge of a ball is inside",
                """
_EXACT = dict(compute_mode="donot_use_mm_for_euclid_dist")


def precision_recall(real, fake, k):
    r = torch.cdist(real, real, **_EXACT).kthvalue(k + 1).values
    f = torch.cdist(fake, fake, **_EXACT).kthvalue(k + 1).values
    table = torch.cdist(real, fake, **_EXACT)
    return (table < r[:, None]).any(0).double().mean(), (table < f[None]).any(1).double().mean()
""",
            ),
            "sum of absolute differences": (
                "the distance is Euclidean",
                """
def precision_recall(real, fake, k):
    r = torch.cdist(real, real, p=1).kthvalue(k + 1).values
    f = torch.cdist(fake, fake, p=1).kthvalue(k + 1).values
    table = torch.cdist(real, fake, p=1)
    return (table <= r[:, None]).any(0).double().mean(), (table <= f[None]).any(1).double().mean()
""",
            ),
            "recall with the balls of the real points": (
                "swap the roles for recall: balls around the made points (this is coverage)",
                """
def precision_recall(real, fake, k):
    exact = "donot_use_mm_for_euclid_dist"
    radius = torch.cdist(real, real, compute_mode=exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, compute_mode=exact) <= radius[:, None]
    return inside.any(0).double().mean(), inside.any(1).double().mean()
""",
            ),
            "twins taken for the point itself": (
                "a twin, in the same place, is another point, at distance 0",
                """
def _radius(points, k):
    d = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    d[d == 0] = float("inf")  # not itself
    return d.kthvalue(k).values


def precision_recall(real, fake, k):
    table = torch.cdist(real, fake, compute_mode="donot_use_mm_for_euclid_dist")
    precision = (table <= _radius(real, k)[:, None]).any(0).double().mean()
    recall = (table <= _radius(fake, k)[None, :]).any(1).double().mean()
    return precision, recall
""",
            ),
            "only the ball of the nearest point is asked": (
                "the share of made pictures inside ALL balls together: the nearest center may have a small ball, a farther one a big",
                """
def precision_recall(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")

    def share(centers, points):
        radius = torch.cdist(centers, centers, **exact).kthvalue(k + 1).values
        distance, nearest = torch.cdist(points, centers, **exact).min(1)
        return (distance <= radius[nearest]).double().mean()

    return share(real, fake), share(fake, real)
""",
            ),
            "radius is the mean distance to the k nearest": (
                "the radius is the distance to the k-th nearest neighbor (right for k = 1)",
                """
def precision_recall(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")

    def radius(points):
        near = torch.cdist(points, points, **exact).sort(1).values[:, 1 : k + 1]
        return near.mean(1)

    table = torch.cdist(real, fake, **exact)
    precision = (table <= radius(real)[:, None]).any(0).float().mean()
    recall = (table <= radius(fake)).any(1).float().mean()
    return float(precision), float(recall)
""",
            ),
            "cut to the same size": (
                "m and n may differ: here the longer set loses its end",
                """
def precision_recall(real, fake, k):
    n = min(len(real), len(fake))
    real, fake = real[:n], fake[:n]
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    r = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    f = torch.cdist(fake, fake, **exact).kthvalue(k + 1).values
    table = torch.cdist(real, fake, **exact)
    return (table <= r[:, None]).any(0).double().mean(), (table <= f[None, :]).any(1).double().mean()
""",
            ),
        },
        "right": {
            "exact cdist, diagonal at infinity, topk": """
def precision_recall(real, fake, k):
    real, fake = real.double(), fake.double()
    exact = "donot_use_mm_for_euclid_dist"

    def radius(points):
        d = torch.cdist(points, points, compute_mode=exact).fill_diagonal_(torch.inf)
        return d.topk(k, dim=1, largest=False).values[:, -1]

    table = torch.cdist(real, fake, compute_mode=exact)
    precision = (table <= radius(real).unsqueeze(1)).any(dim=0).double().mean()
    recall = (table <= radius(fake).unsqueeze(0)).any(dim=1).double().mean()
    return precision, recall
""",
            "SciPy distances, np.partition, a named tuple of NumPy scalars": """
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist


class PR(NamedTuple):
    precision: np.float64
    recall: np.float64


def precision_recall(real, fake, k=5):
    a, b = (t.detach().cpu().numpy() for t in (real, fake))
    radius = lambda s: np.partition(cdist(s, s), k, axis=1)[:, k]
    table = cdist(a, b, metric="euclidean")
    return PR(
        precision=np.mean(np.any(table <= radius(a)[:, None], axis=0)),
        recall=np.mean(np.any(table <= radius(b)[None, :], axis=1)),
    )
""",
            "squared distances, point by point, no root at all": """
def _squares(point, points):
    return (points - point).square().sum(1)


def _share(centers, points, k):
    inside = torch.zeros(len(points), dtype=torch.bool, device=points.device)
    for i in range(len(centers)):
        others = torch.cat([centers[:i], centers[i + 1 :]])
        reach = _squares(centers[i], others).sort().values[k - 1]
        inside |= _squares(centers[i], points) <= reach
    return inside.sum().item() / len(points)


def precision_recall(real, fake, k):
    real, fake = real.double(), fake.double()
    return _share(real, fake, k), _share(fake, real, k)
""",
            "unusual: counts neighbors by searchsorted and never forms a radius": '''
def precision_recall(real, fake, k):
    """A point lies in a ball iff fewer than k others of the center's set are strictly nearer to the center."""

    def share(centers, points):
        own, away = (
            torch.stack([(some - c).pow(2).sum(-1) for c in centers])
            for some in (centers, points)
        )
        own = own.fill_diagonal_(float("inf")).sort(dim=1).values
        nearer = torch.searchsorted(own, away, right=False)  # how many of the others are strictly nearer
        return torch.count_nonzero((nearer < k).any(0)).item() / len(points)

    real, fake = real.double(), fake.double()
    return tuple(share(*pair) for pair in ((real, fake), (fake, real)))
''',
        },
    },
    "density_coverage": {
        "first": (1, 0),
        "wrong": {
            "density per real point": (
                "density is divided by k n, n the number of made points; here by k m",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, **exact) <= radius[:, None]
    return inside.sum() / (k * len(real)), inside.any(1).double().mean()
""",
            ),
            "coverage over the made points": (
                "coverage is the share of REAL points whose ball holds a made one; this is precision",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, **exact) <= radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(0).double().mean()
""",
            ),
            "the edge is outside": (
                "the edge is inside",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, **exact) < radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
            ),
            "balls around the made points": (
                "B_i is the ball of REAL point i",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(fake, fake, **exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, **exact) <= radius[None, :]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
            ),
            "density cut at 1": (
                "density: a number from 0 that may exceed 1",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    inside = torch.cdist(real, fake, **exact) <= radius[:, None]
    density = (inside.sum() / (k * len(fake))).clamp(0, 1)
    return density, inside.any(1).double().mean()
""",
            ),
            "a point is its own first neighbor": (
                "the k-th neighbor among the OTHERS",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).topk(k, largest=False).values[:, -1]
    inside = torch.cdist(real, fake, **exact) <= radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
            ),
            "twins thrown out first": (
                "a twin is another point, at distance 0; sums run over all m real points",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    real = torch.unique(real, dim=0)
    radius = torch.cdist(real, real, **exact).kthvalue(min(k + 1, len(real))).values
    inside = torch.cdist(real, fake, **exact) <= radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
            ),
            "each made point covers only its nearest real one": (
                "coverage: SOME fake lies in B_i, whether or not another center is nearer",
                """
def density_coverage(real, fake, k):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    radius = torch.cdist(real, real, **exact).kthvalue(k + 1).values
    table = torch.cdist(real, fake, **exact)
    inside = table <= radius[:, None]
    distance, nearest = table.min(0)
    covered = nearest[distance <= radius[nearest]].unique()
    return inside.sum() / (k * len(fake)), len(covered) / len(real)
""",
            ),
        },
        "right": {
            "exact cdist, sort, bincount of hits per ball": """
def density_coverage(real, fake, k):
    distance = lambda a, b: torch.cdist(a.double(), b.double(), compute_mode="donot_use_mm_for_euclid_dist")
    radius, _ = distance(real, real).sort(dim=1)
    hits = (distance(real, fake) <= radius[:, k, None]).nonzero()
    per_ball = torch.bincount(hits[:, 0], minlength=len(real))
    return per_ball.sum() / (k * len(fake)), (per_ball > 0).double().mean()
""",
            "SciPy and NumPy; coverage from the nearest made point of each real one": """
import numpy as np
from scipy.spatial.distance import cdist, pdist, squareform


def density_coverage(real, fake, k):
    a, b = (t.detach().cpu().double().numpy() for t in (real, fake))
    own = squareform(pdist(a))
    np.fill_diagonal(own, np.inf)
    own.sort(axis=1)
    radius = own[:, k - 1]
    table = cdist(a, b)
    density = np.count_nonzero(table <= radius[:, np.newaxis]) / (k * b.shape[0])
    return density, (table.min(axis=1) <= radius).mean()
""",
            "Python loops over lists with math.dist and heapq": """
import heapq
import math


def density_coverage(real, fake, k):
    R, G = real.tolist(), fake.tolist()
    hits = covered = 0
    for i, center in enumerate(R):
        reach = heapq.nsmallest(k, (math.dist(center, other) for j, other in enumerate(R) if j != i))[-1]
        here = sum(math.dist(center, made) <= reach for made in G)
        hits += here
        covered += here > 0
    return hits / (k * len(G)), covered / len(R)
""",
            "unusual: a class with properties, unpacked by __iter__ into the pair; squared distances in chunks": """
class _Balls:
    def __init__(self, centers, k):
        self.centers, self.k = centers, k
        self.reach = self.squares(centers).kthvalue(k + 1, dim=1).values

    def squares(self, points):
        return torch.stack([(points - c).pow(2).sum(-1) for c in self.centers])

    def visit(self, points):
        self.inside = torch.le(self.squares(points), self.reach.unsqueeze(-1))
        return self

    @property
    def density(self):
        return (self.inside.to(torch.float64).sum(0) / self.k).mean()

    @property
    def coverage(self):
        return self.inside.to(torch.float64).amax(1).mean()


def density_coverage(real, fake, k):
    balls = _Balls(real.double(), k).visit(fake.double())
    return balls.density.item(), balls.coverage.item()
""",
        },
    },
    "memorization": {
        "first": (0, 1),
        "wrong": {
            "ties do not count": (
                "a tie counts ½",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    near = torch.cdist(fake, train, **exact).min(1).values
    usual = torch.cdist(test, train, **exact).min(1).values
    return (near[:, None] < usual[None, :]).double().mean()
""",
            ),
            "cdist with its short cut": (
                "an exact copy must get the distance 0 exactly, so that ties are found",
                """
def memorization(train, test, fake):
    near = torch.cdist(fake, train).min(1).values[:, None]
    usual = torch.cdist(test, train).min(1).values[None, :]
    return (near < usual).double().mean() + 0.5 * (near == usual).double().mean()
""",
            ),
            "one made point against one held-out point": (
                "the share among ALL pairs; here the j-th plays the j-th only",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    near = torch.cdist(fake, train, **exact).min(1).values
    usual = torch.cdist(test, train, **exact).min(1).values
    n = min(len(near), len(usual))
    near, usual = near[:n], usual[:n]
    return ((near < usual).double() + 0.5 * (near == usual).double()).mean()
""",
            ),
            "nearer to the training set than to the held-out set": (
                "L is the distance to TRAIN for both; the question is L(fake) < L(test), not d(fake, train) < d(fake, test)",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    to_train = torch.cdist(fake, train, **exact).min(1).values
    to_test = torch.cdist(fake, test, **exact).min(1).values
    return ((to_train < to_test).double() + 0.5 * (to_train == to_test).double()).mean()
""",
            ),
            "against the median held-out distance": (
                "one held-out point drawn at random: all of them count, not the middle one",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    near = torch.cdist(fake, train, **exact).min(1).values
    usual = torch.cdist(test, train, **exact).min(1).values.quantile(0.5)
    return ((near < usual).double() + 0.5 * (near == usual).double()).mean()
""",
            ),
            "distance 0 left out as if it were the point itself": (
                "L is the distance to the nearest point of train; an exact copy must get 0",
                """
def _L(points, train):
    d = torch.cdist(points, train, compute_mode="donot_use_mm_for_euclid_dist")
    d = d.masked_fill(d == 0, float("inf"))
    return d.min(1).values


def memorization(train, test, fake):
    near, usual = _L(fake, train)[:, None], _L(test, train)[None, :]
    return ((near < usual).double() + 0.5 * (near == usual).double()).mean()
""",
            ),
            "a thousand pairs at random": (
                "the share among all pairs, not an estimate of it (and no two calls agree)",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    near = torch.cdist(fake, train, **exact).min(1).values
    usual = torch.cdist(test, train, **exact).min(1).values
    near = near[torch.randint(len(near), (1000,))]
    usual = usual[torch.randint(len(usual), (1000,))]
    return ((near < usual).double() + 0.5 * (near == usual).double()).mean()
""",
            ),
            "nearest made point of each training point": (
                "L(z) is the distance from z to the nearest point of train: the minimum is over the training points",
                """
def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    near = torch.cdist(fake, train, **exact).min(0).values
    usual = torch.cdist(test, train, **exact).min(0).values
    wins = (near[:, None] < usual[None, :]).double() + 0.5 * (near[:, None] == usual[None, :]).double()
    return wins.mean()
""",
            ),
        },
        "right": {
            "an exact Fraction (allowed by now)": """
from bisect import bisect_left, bisect_right
from fractions import Fraction


def memorization(train, test, fake):
    def lengths(points):
        return [min(torch.linalg.vector_norm(train.double() - z, dim=1).tolist()) for z in points.double()]

    usual, twice = sorted(lengths(test)), 0
    for length in lengths(fake):
        # above it: a win, 2 halves; equal: 1 half
        twice += 2 * len(usual) - bisect_left(usual, length) - bisect_right(usual, length)
    return Fraction(twice, 2 * len(usual) * len(fake))
""",
            "the sign of all differences": """
def memorization(train, test, fake):
    exact = "donot_use_mm_for_euclid_dist"
    near, usual = (torch.cdist(z.double(), train.double(), compute_mode=exact).amin(1) for z in (fake, test))
    return (torch.sign(usual[None, :] - near[:, None]).mean() + 1) / 2
""",
            "scipy.stats.mannwhitneyu over a KD-tree": """
from scipy.spatial import KDTree
from scipy.stats import mannwhitneyu


def memorization(train, test, fake):
    tree = KDTree(train.detach().cpu().double().numpy())
    near, usual = (tree.query(z.detach().cpu().double().numpy())[0] for z in (fake, test))
    # the statistic of the first sample counts the pairs in which it is larger, ties by half
    return mannwhitneyu(usual, near, method="asymptotic").statistic / (len(near) * len(usual))
""",
            "squared distances point by point, ranks with ties averaged": """
import numpy as np
from scipy.stats import rankdata


def memorization(train, test, fake):
    a, b, c = (t.detach().cpu().numpy().astype(np.float64) for t in (train, test, fake))
    nearest = lambda points: [((a - z) ** 2).sum(axis=1).min() for z in points]
    L = np.array(nearest(b) + nearest(c))
    ranks = rankdata(L)[: len(b)]
    return (ranks.sum() - len(b) * (len(b) + 1) / 2) / (len(b) * len(c))
""",
            "unusual: bisection in a sorted list": """
from bisect import bisect_left, bisect_right
from fractions import Fraction


def memorization(train, test, fake):
    def lengths(points):
        return [min(torch.linalg.vector_norm(train.double() - z, dim=1).tolist()) for z in points.double()]

    usual, twice = sorted(lengths(test)), 0
    for length in lengths(fake):
        # above it: a win, 2 halves; equal: 1 half
        twice += 2 * len(usual) - bisect_left(usual, length) - bisect_right(usual, length)
    return float(Fraction(twice, 2 * len(usual) * len(fake)))
""",
        },
    },
    "linear_probe": {
        "first": (1, 0),
        "wrong": {
            "bias penalized with the weights": (
                "b is not penalized",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    X = torch.cat([X, torch.ones(len(X), 1, dtype=torch.float64)], 1)
    A = X.T @ X + strength * torch.eye(X.shape[1], dtype=torch.float64)
    W = torch.linalg.solve(A, X.T @ T)
    return W[:-1], W[-1]
""",
            ),
            "mean of the errors": (
                "the sum over i is no mean: λ comes out n times too strong",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    x, t = X.mean(0), T.mean(0)
    X, T = X - x, T - t
    A = X.T @ X / len(X) + strength * torch.eye(X.shape[1], dtype=torch.float64)
    W = torch.linalg.solve(A, X.T @ T / len(X))
    return W, t - x @ W
""",
            ),
            "weights from features that are not centered": (
                "W and b minimize together: W is found as if there were no bias, which is put on afterwards",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    A = X.T @ X + strength * torch.eye(X.shape[1], dtype=torch.float64)
    W = torch.linalg.solve(A, X.T @ T)
    b = (T - X @ W).mean(0)
    return W, b
""",
            ),
            "bias is the mean of the targets": (
                "b minimizes the error for the features as given: b = t̄ − x̄W (right for centered features)",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    b = T.mean(0)
    X = X - X.mean(0)
    A = X.T @ X + strength * torch.eye(X.shape[1], dtype=torch.float64)
    return torch.linalg.solve(A, X.T @ (T - b)), b
""",
            ),
            "single precision, cast at the end": (
                "compute in double precision",
                """
def linear_probe(features, targets, strength):
    X, T = features.float(), targets.float()
    x, t = X.mean(0), T.mean(0)
    A = (X - x).T @ (X - x) + strength * torch.eye(X.shape[1])
    W = torch.linalg.solve(A, (X - x).T @ (T - t))
    return W.double(), (t - x @ W).double()
""",
            ),
            "λ rows for √λ rows": (
                "λ‖W‖²: appended rows λI give λ²‖W‖² (right for λ = 1)",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    (n, d), c = X.shape, T.shape[1]
    x, t = X.mean(0), T.mean(0)
    X = torch.cat([X - x, strength * torch.eye(d, dtype=torch.float64)])
    T = torch.cat([T - t, torch.zeros(d, c, dtype=torch.float64)])
    W = torch.linalg.lstsq(X, T).solution
    return W, t - x @ W
""",
            ),
            "bias as a row": (
                "shapes (d, c) and (c,): this bias is (1, c)",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    x, t = X.mean(0, keepdim=True), T.mean(0, keepdim=True)
    A = (X - x).T @ (X - x) + strength * torch.eye(X.shape[1], dtype=torch.float64)
    W = torch.linalg.solve(A, (X - x).T @ (T - t))
    return W, t - x @ W
""",
            ),
            "features scaled to a spread of 1 first": (
                "λ‖W‖² is on the weights of the features as given: scaling (even undone afterwards) penalizes others",
                """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    x, t, spread = X.mean(0), T.mean(0), X.std(0, unbiased=False) + 1e-12
    Z = (X - x) / spread
    A = Z.T @ Z + strength * torch.eye(Z.shape[1], dtype=torch.float64)
    W = torch.linalg.solve(A, Z.T @ (T - t)) / spread[:, None]
    return W, t - x @ W
""",
            ),
        },
        "right": {
            "least squares with √λ rows": """
def linear_probe(features, targets, strength):
    X, T = features.double(), targets.double()
    d, c = X.shape[1], T.shape[1]
    x, t = X.mean(0), T.mean(0)
    tall = torch.cat([X - x, strength**0.5 * torch.eye(d, dtype=X.dtype, device=X.device)])
    W = torch.linalg.lstsq(tall, torch.cat([T - t, T.new_zeros(d, c)]), driver="gels").solution
    return W, t - torch.einsum("d,dc->c", x, W)
""",
            "singular values of the centered features, a named tuple": """
from collections import namedtuple

Probe = namedtuple("Probe", "weights bias")


def linear_probe(features, targets, strength=1.0):
    X, T = features.to(torch.float64), targets.to(torch.float64)
    center = X.mean(dim=0)
    U, S, Vh = torch.linalg.svd(X - center, full_matrices=False)
    W = Vh.mT @ ((S / (S * S + strength))[:, None] * (U.mT @ T))  # centering T changes nothing: U'1 = 0
    return Probe(weights=W, bias=(T - X @ W).mean(dim=0))
""",
            "unusual: the dual, one weight per picture, with a bordered system that finds the bias too": '''
def linear_probe(features, targets, strength):
    """W = Xᵀ A, where (X Xᵀ + λ I) A + 1 b = T and 1ᵀ A = 0; n + 1 unknowns, however many dimensions."""
    X, T = features.double(), targets.double()
    n = X.shape[0]
    system = X.new_ones(n + 1, n + 1)
    system[:n, :n] = X @ X.T + strength * torch.eye(n, dtype=X.dtype, device=X.device)
    system[n, n] = 0
    solved = torch.linalg.solve(system, torch.cat([T, T.new_zeros(1, T.shape[1])]))
    return X.T @ solved[:n], solved[n]
''',
            "SciPy's Cholesky, one column of targets after the other": """
import numpy as np
from scipy.linalg import cho_factor, cho_solve


def linear_probe(features, targets, strength):
    X, T = (np.array(t.detach().cpu(), dtype=np.float64) for t in (features, targets))  # copies
    mean = X.mean(axis=0)
    X -= mean
    factor = cho_factor(X.T @ X + strength * np.identity(X.shape[1]))
    columns, biases = [], []
    for t in T.T:
        w = cho_solve(factor, X.T @ (t - t.mean()))
        columns.append(w)
        biases.append(t.mean() - mean @ w)
    return torch.tensor(np.stack(columns, axis=1)), torch.tensor(np.array(biases))
""",
        },
    },
    "fid_bias": {
        "first": (2, 0),
        "wrong": {
            "m points not looked at": (
                "step 1: errors of both means add up, lambda (1/m + 1/n); here 2/n (right where m = n, as in the lesson)",
                '''
def mean_excess(spectrum, m, n):
    return 2 * spectrum.sum() / n


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    sums = torch.where(sums > 0, sums, 1.0)
    return 0.5 * torch.where(spectrum[:, None] + spectrum > 0, variances / sums, 0.0).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "one pooled sample": (
                "step 1: the variances of two independent means add up: 1/m + 1/n, not 4/(m + n) (right where m = n)",
                '''
def mean_excess(spectrum, m, n):
    return 4 * spectrum.sum() / (m + n)


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    sums = torch.where(sums > 0, sums, 1.0)
    return 0.5 * torch.where(spectrum[:, None] + spectrum > 0, variances / sums, 0.0).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "n below": (
                "step 2: 'has n - 1 below, for the mean costs one point'",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / n


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    sums = torch.where(sums > 0, sums, 1.0)
    return 0.5 * torch.where(spectrum[:, None] + spectrum > 0, variances / sums, 0.0).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "entries beside the diagonal do not vary": (
                "step 2: off the diagonal the variance is lambda_i lambda_j / (n - 1), though the mean is 0",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.diag(2 * spectrum**2 / (n - 1))


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    sums = torch.where(sums > 0, sums, 1.0)
    return 0.5 * torch.where(spectrum[:, None] + spectrum > 0, variances / sums, 0.0).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "small sums raised to a floor": (
                "step 3: only where lambda_i + lambda_j = 0 nothing is added; a floor of 1e-3 takes most from the small eigenvalues",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    return 0.5 * (variances / (spectrum[:, None] + spectrum).clamp(min=1e-3)).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "every dimension with a 0 dropped": (
                "step 3: nothing is added where the SUM is 0; a pair of 0 and a positive lambda counts",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    keep = spectrum > 0
    left, table = spectrum[keep], variances[keep][:, keep]
    return 0.5 * (table / (left[:, None] + left)).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "each pair once": (
                "step 3: 'The sum runs over all i and j': here i <= j, with the half kept",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    parts = torch.where(sums > 0, variances / torch.where(sums > 0, sums, 1.0), 0.0)
    return 0.5 * torch.triu(parts).sum()


def drawn_on(sizes, fids):
    import numpy

    b, a = numpy.polyfit([1 / n for n in sizes], fids, 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
            "least squares of n times FID": (
                "step 4: the nearest line to the FIDs themselves; fitting n FID = a n + b weighs large n more (right for points on a line only)",
                '''
def mean_excess(spectrum, m, n):
    return (spectrum * (1 / m + 1 / n)).sum()


def entry_variances(spectrum, n):
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum), dtype=spectrum.dtype)) / (n - 1)


def spread_excess(spectrum, variances):
    sums = spectrum[:, None] + spectrum
    sums = torch.where(sums > 0, sums, 1.0)
    return 0.5 * torch.where(spectrum[:, None] + spectrum > 0, variances / sums, 0.0).sum()


def drawn_on(sizes, fids):
    import numpy

    a, b = numpy.polyfit(sizes, [n * fid for n, fid in zip(sizes, fids)], 1)
    return float(a), float(b)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            ),
        },
        "right": {
            "loops over Python numbers": '''
def mean_excess(spectrum, m, n):
    total = 0.0
    for value in spectrum.tolist():
        total += value / m + value / n
    return total


def entry_variances(spectrum, n):
    d = len(spectrum)
    table = torch.zeros(d, d, dtype=spectrum.dtype)
    for i in range(d):
        for j in range(d):
            table[i, j] = (2 if i == j else 1) * spectrum[i] * spectrum[j] / (n - 1)
    return table


def spread_excess(spectrum, variances):
    values, table = spectrum.tolist(), variances.tolist()
    total = 0.0
    for a, row in zip(values, table):
        for b, v in zip(values, row):
            if a + b > 0:
                total += v / (a + b)
    return total / 2


def drawn_on(sizes, fids):
    xs = [1 / n for n in sizes]
    x, y = sum(xs) / len(xs), sum(fids) / len(xs)
    b = sum((u - x) * (v - y) for u, v in zip(xs, fids)) / sum((u - x) ** 2 for u in xs)
    return [y - b * x, b][0], b


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            "boolean choice of pairs, lstsq": '''
def mean_excess(spectrum, m, n):
    return spectrum.sum() * (m + n) / (m * n)


def entry_variances(spectrum, n):
    table = spectrum.unsqueeze(1) @ spectrum.unsqueeze(0)
    table.diagonal().mul_(2)
    return table.div_(n - 1)


def spread_excess(spectrum, variances):
    sums = torch.cartesian_prod(spectrum, spectrum).sum(dim=1)
    there = sums.nonzero().squeeze(1)
    return variances.reshape(-1)[there].div(sums[there]).sum().mul(0.5)


def drawn_on(sizes, fids):
    inverse = torch.tensor(sizes, dtype=torch.float64).reciprocal()
    left = torch.stack([torch.ones_like(inverse), inverse], dim=1)
    right = torch.tensor([float(fid) for fid in fids], dtype=torch.float64)
    a, b = torch.linalg.lstsq(left, right[:, None]).solution.flatten()
    return a, b


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            "NumPy, einsum, a Polynomial": '''
import numpy as np


def _plain(t):
    return t.detach().cpu().numpy()


def mean_excess(spectrum, m, n):
    return np.einsum("i,k->", _plain(spectrum), np.array([1 / m, 1 / n]))


def entry_variances(spectrum, n):
    lam = _plain(spectrum)
    fourth = np.einsum("i,j->ij", lam, lam)
    fourth[np.diag_indices_from(fourth)] *= 3
    return torch.from_numpy((fourth - np.diag(lam) ** 2) / (n - 1))


def spread_excess(spectrum, variances):
    lam, v = _plain(spectrum), _plain(variances)
    sums = np.add.outer(lam, lam)
    return np.divide(v, 2 * sums, out=np.zeros_like(v), where=sums > 0).sum()


def drawn_on(sizes, fids):
    line = np.polynomial.Polynomial.fit(1 / np.asarray(sizes, float), np.asarray(fids, float), deg=1)
    return tuple(line.convert().coef)


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
            "static methods of a class, a named tuple, SciPy's linregress": '''
from typing import NamedTuple

from scipy.stats import linregress


class Line(NamedTuple):
    a: float
    b: float


class Bias:
    @staticmethod
    def mean(spectrum, m, n):
        return torch.stack([spectrum / m, spectrum / n]).sum()

    @staticmethod
    def entries(spectrum, n):
        square = spectrum.expand(len(spectrum), -1)
        return (square * square.T + torch.diag_embed(spectrum.square())) / (n - 1)

    @staticmethod
    def spread(spectrum, variances):
        sums = spectrum[:, None] + spectrum[None]
        nothing = sums == 0
        return variances.masked_fill(nothing, 0).div(2 * sums.masked_fill(nothing, 1)).sum().reshape(())

    @staticmethod
    def fit(sizes, fids):
        found = linregress(x=[n**-1.0 for n in map(float, sizes)], y=list(fids))
        return Line(a=found.intercept, b=found.slope)


mean_excess, entry_variances, spread_excess, drawn_on = Bias.mean, Bias.entries, Bias.spread, Bias.fit


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on
''',
        },
    },
    "bias_sweep": {
        "first": (1, 0),
        "wrong": {
            "all sizes first, then the yields": (
                "'Only then go on to the next size, so that whoever listens can show how far it is'",
                """
def bias_sweep(real, fake, sizes, times, distance):
    rows = []
    for size in sizes:
        found = []
        for _ in range(times):
            x = real[torch.randperm(len(real))[:size]]
            y = fake[torch.randperm(len(fake))[:size]]
            found.append(distance(x, y))
        rows.append((size, found))
    yield from rows
""",
            ),
            "one draw for each size": (
                "'Each draw ... is made anew': the same rows are asked about `times` times",
                """
def bias_sweep(real, fake, sizes, times, distance):
    for size in sizes:
        x = real[torch.randperm(len(real))[:size]]
        y = fake[torch.randperm(len(fake))[:size]]
        yield size, [distance(x, y) for _ in range(times)]
""",
            ),
            "the same places on both sides": (
                "'on either side by itself'; rows beyond the shorter side are never drawn, either",
                """
def bias_sweep(real, fake, sizes, times, distance):
    for size in sizes:
        found = []
        for _ in range(times):
            places = torch.randperm(min(len(real), len(fake)))[:size]
            found.append(distance(real[places], fake[places]))
        yield size, found
""",
            ),
            "with repetition on the made side": (
                "'Each draw takes every row at most once'",
                """
def bias_sweep(real, fake, sizes, times, distance):
    for size in sizes:
        found = []
        for _ in range(times):
            x = real[torch.randperm(len(real))[:size]]
            y = fake[torch.randint(len(fake), (size,))]
            found.append(distance(x, y))
        yield size, found
""",
            ),
            "only the first rows of the longer side": (
                "'draw so many of the real rows, and so many of the fake ones': with n != m the rows beyond the shorter length never come",
                """
def bias_sweep(real, fake, sizes, times, distance):
    most = min(len(real), len(fake))
    for size in sizes:
        found = []
        for _ in range(times):
            x = real[:most][torch.randperm(most)[:size]]
            y = fake[:most][torch.randperm(most)[:size]]
            found.append(distance(x, y))
        yield size, found
""",
            ),
            "one list for all sizes": (
                "'yield the pair (size, distances)': the list that was handed out is emptied for the next size, so whoever keeps the pairs has the last size's numbers everywhere",
                """
def bias_sweep(real, fake, sizes, times, distance):
    found = []
    for size in sizes:
        found.clear()
        for _ in range(times):
            x = real[torch.randperm(len(real))[:size]]
            y = fake[torch.randperm(len(fake))[:size]]
            found.append(distance(x, y))
        yield size, found
""",
            ),
            "nested draws": (
                "'Each draw ... is made anew': one order for each repeat, so that a smaller draw is the beginning of a larger one",
                """
def bias_sweep(real, fake, sizes, times, distance):
    orders = [(torch.randperm(len(real)), torch.randperm(len(fake))) for _ in range(times)]
    for size in sizes:
        found = []
        for a, b in orders:
            found.append(distance(real[a[:size]], fake[b[:size]]))
        yield size, found
""",
            ),
            "shuffled neighbours": (
                "'draw so many of the real rows ... at random' ('the first so many of a random order'): a block of neighbouring rows from a random start is no random choice of rows",
                """
def bias_sweep(real, fake, sizes, times, distance):
    def draw(rows, size):
        start = int(torch.randint(len(rows) - size + 1, ()))
        return rows[start : start + size][torch.randperm(size)]

    for size in sizes:
        found = []
        for _ in range(times):
            found.append(distance(draw(real, size), draw(fake, size)))
        yield size, found
""",
            ),
        },
        "right": {
            "NumPy's generator, choice without replacement": """
import numpy as np


def bias_sweep(real, fake, sizes, times, distance):
    chance = np.random.default_rng()

    def draw(rows, size):
        return rows[torch.as_tensor(chance.choice(len(rows), size=size, replace=False))]

    for size in sizes:
        found = []
        while len(found) < times:
            found.append(distance(draw(real, size), draw(fake, size)))
        yield size, found
""",
            "a generator expression, multinomial": """
def _some(rows, size):
    even = torch.ones(len(rows), dtype=torch.float64)
    return rows.index_select(0, torch.multinomial(even, size, replacement=False).to(rows.device))


def bias_sweep(real, fake, sizes, times, distance):
    return ((size, [distance(_some(real, size), _some(fake, size)) for _ in range(times)]) for size in sizes)
""",
            "random.sample of the standard library, yield from map": """
import random


def bias_sweep(real, fake, sizes, times, distance, chance=random.SystemRandom()):
    def at(size):
        pairs = ([side[chance.sample(range(side.shape[0]), size)] for side in (real, fake)] for _ in range(times))
        return size, [distance(*pair) for pair in pairs]

    yield from map(at, sizes)
""",
            "the smallest of random keys, in the order of the rows; an iterator class": '''
class bias_sweep:
    """Goes on by one size at each next()."""

    def __init__(self, real, fake, sizes, times, distance):
        self.sides, self.times, self.distance = (real, fake), times, distance
        self.sizes = iter(sizes)

    def __iter__(self):
        return self

    def __next__(self):
        size = next(self.sizes)
        found = []
        for _ in range(self.times):
            chosen = []
            for rows in self.sides:
                keys = torch.rand(len(rows), dtype=torch.float64)
                chosen.append(rows[keys.topk(size, largest=False).indices.sort().values])
            found.append(self.distance(*chosen))
        return size, found
''',
        },
    },
    "suspicion": {
        "first": (0, 0),
        "wrong": {
            "the FID against the training set": (
                "Bronze takes at least 70 % (the FID against the training set reaches about 55).",
                """
def suspicion(train, held_out, made):
    def root(matrix):
        values, vectors = torch.linalg.eigh(matrix)
        return vectors @ torch.diag(values.clamp_min(0).sqrt()) @ vectors.T

    x, y = train.double(), made.double()
    s, t = torch.cov(x.T), torch.cov(y.T)
    half = root(s)
    cross = root(half @ t @ half).trace()
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + s.trace() + t.trace() - 2 * cross)
""",
            ),
            "how good the points are": (
                "one number, the larger the worse.",
                """
def suspicion(train, held_out, made):
    # like a score on a test: the nearer to real points, the more
    return -float(torch.cdist(made, held_out).min(1).values.mean())
""",
            ),
        },
        "cheats": {
            "every call says more than the one before": (
                "must not depend on which call it is: sets come in random order.",
                """
CALLS = [0]


def suspicion(train, held_out, made):
    CALLS[0] += 1
    return float(CALLS[0])
""",
            ),
            "a number that is larger than any other": (
                "one number; a tie is no success; what counts is the share of comparisons in which the defect gets the larger number.",
                """
class Large(float):
    def __gt__(self, other):
        return True

    def __ge__(self, other):
        return True

    def __lt__(self, other):
        return True

    def __le__(self, other):
        return True


def suspicion(train, held_out, made):
    return Large(1.0)
""",
            ),
            "how the tensor lies in memory": (
                "You get three sets of features: the number is to be about the points (a real set is a slice of something larger, a spoiled one is newly made).",
                """
def suspicion(train, held_out, made):
    fresh = made._base is None and made.storage_offset() == 0
    full = made.untyped_storage().nbytes() == made.numel() * made.element_size()
    return float(fresh) + float(full) + 1e-6 * float(made.data_ptr() % 4096) / 4096
""",
            ),
            "remembers the sets and marks them": (
                "must not depend on which call it is; the sets are given to be looked at, not to be changed.",
                """
SEEN = {}


def suspicion(train, held_out, made):
    # a real set is compared with ten defects: whatever comes again is real
    key = round(float(made.double().sum()), 3), round(float(train.double().sum()), 3)
    SEEN[key] = SEEN.get(key, 0) + 1
    with torch.no_grad():
        held_out[0] = made.mean(0)  # next time this set lies next to a held-out point
    return 1.0 / SEEN[key]
""",
            ),
        },
        "medals": {
            "many numbers, each in its own standard deviations": (
                "gold",
                """
import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist


def suspicion(train, held_out, made):
    train, held_out, made = (np.asarray(part, dtype=float) for part in (train, held_out, made))
    everything = np.concatenate([train, held_out, made])
    a, b, n = len(train), len(held_out), len(made)
    pool = everything[: a + b]
    values, vectors = np.linalg.eigh(np.cov(pool.T))
    keep = values > 1e-6 * values.max()
    placed = (everything - pool.mean(0)) @ vectors[:, keep] / values[keep] ** 0.5
    far = cdist(everything, everything)
    np.fill_diagonal(far, np.inf)
    kinds = []
    for k in (3, 5, 8, 12):
        centers, _ = kmeans2(pool, k, minit="++", seed=k, iter=15)
        kinds.append((k, cdist(everything, centers).argmin(1)))
    dice = np.random.default_rng(0)

    def middling(values, ranks):
        return list(np.log(np.sort(values)[(np.array(ranks) * (len(values) - 1)).round().astype(int)] + 1e-4))

    def numbers(known, new, points):
        found = middling(far[np.ix_(points, known)].min(1), (0.03, 0.12, 0.3, 0.5, 0.7, 0.9, 1.0))
        to_new = far[np.ix_(points, new)]
        found += middling(to_new.min(1), (0.1, 0.3, 0.5, 0.7, 0.9, 1.0))
        found += middling(far[np.ix_(points, points)].min(1), (0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1.0))
        found += middling(to_new.min(0), (0.3, 0.5, 0.7, 0.9, 0.97))
        found += middling(far[np.ix_(known, points)].min(1), (0.3, 0.5, 0.7, 0.9, 0.97))
        found.append(np.log(np.sort(to_new, 0)[4]).mean())
        for k, kind in kinds:
            rest = np.concatenate([known, new])
            other = (np.bincount(kind[rest], minlength=k) + 0.5) / len(rest)
            mine = np.bincount(kind[points], minlength=k) / len(points)
            found += [((mine - other) ** 2 / other).sum()] * 3
        here = placed[points]
        found += [*here.mean(0), *np.log(here.std(0)), np.log((here**4).mean())]
        found.append(((here.T @ here / len(here) - np.eye(here.shape[1])) ** 2).sum())
        return np.array(found)

    sizes = (220, 130, 130)
    usual = []
    for _ in range(20):
        known, new, points, _ = np.split(dice.permutation(a + b), np.cumsum(sizes))
        usual.append(numbers(known, new, points))
    usual = np.stack(usual)
    asked = []
    for _ in range(6):
        known = dice.permutation(a)[: sizes[0]]
        new = a + dice.permutation(b)[: sizes[1]]
        asked.append(numbers(known, new, a + b + dice.permutation(n)[: sizes[2]]))
    away = np.abs(np.mean(asked, 0) - usual.mean(0)) / (usual.std(0) + 1e-3)
    return float((np.minimum(away, 10) ** 2).sum())
""",
            ),
            "nearest distances, each against what held-out points get": (
                "gold",
                """
def suspicion(train, held_out, made):
    # distances to the nearest: made to train, to held out, to each other, and held out to made; what 500 real points
    # get is told by draws from them
    def numbers(known, new, points):
        own = torch.cdist(points, points)
        own.fill_diagonal_(float("inf"))
        parts = (
            torch.cdist(points, known).min(1).values,
            torch.cdist(points, new).min(1).values,
            own.min(1).values,
            torch.cdist(new, points).min(1).values,
            torch.cdist(known, points).min(1).values,
        )
        levels = torch.tensor([0.1, 0.25, 0.5, 0.75, 0.95])
        return torch.cat([torch.quantile(part, levels) for part in parts])

    dice = torch.Generator().manual_seed(0)
    pool = torch.cat([train, held_out])
    usual = []
    for _ in range(20):
        order = torch.randperm(len(pool), generator=dice)
        usual.append(numbers(pool[order[:220]], pool[order[220:360]], pool[order[360:]]))
    usual = torch.stack(usual)
    asked = []
    for _ in range(4):
        one = train[torch.randperm(len(train), generator=dice)[:220]]
        two = held_out[torch.randperm(len(held_out), generator=dice)[:140]]
        three = made[torch.randperm(len(made), generator=dice)[:140]]
        asked.append(numbers(one, two, three))
    away = (torch.stack(asked).mean(0) - usual.mean(0)) / usual.std(0)
    return float(away.abs().sum())
""",
            ),
            "copies, doubles and holes, three numbers": (
                "silver",
                """
def suspicion(train, held_out, made):
    def nearest(x, y):
        return torch.cdist(x, y).min(1).values

    own = torch.cdist(made, made)
    own.fill_diagonal_(float("inf"))
    real = torch.cdist(held_out, held_out)
    real.fill_diagonal_(float("inf"))

    def unlike(x, y):  # the largest gap between two distribution functions
        both = torch.cat([x, y]).sort().values
        fx = torch.searchsorted(x.sort().values, both, right=True) / len(x)
        fy = torch.searchsorted(y.sort().values, both, right=True) / len(y)
        return float((fx - fy).abs().max())

    return (
        unlike(nearest(made, train), nearest(held_out, train))
        + unlike(own.min(1).values, real.min(1).values)
        + unlike(nearest(train, made), nearest(train, held_out))
    )
""",
            ),
        },
    },
}
