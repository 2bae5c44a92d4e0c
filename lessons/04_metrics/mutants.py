"""Right and wrong answers to the exercises of lesson 04, for the mutation gate (test_gate.py).

Data only; see lessons/01_gaussian_1d/mutants.py for what RIGHT, WRONG and LEARNED_BY_HEART are.
"""

LESSON = "04_metrics"
RIGHT: dict[str, dict[str, str]] = {}
WRONG: dict[str, dict[str, tuple[str, str]]] = {}
LEARNED_BY_HEART: dict[str, dict[str, tuple[str, str]]] = {}

BLANK = "This is not written yet"
NOT_RETURNED = "The result is None"

# --- entropy --------------------------------------------------------------------------------

RIGHT["entropy"] = {
    "xlogy": """
def entropy(p):
    return -torch.xlogy(p, p).sum(-1)
""",
    "entr": """
def entropy(p):
    return torch.special.entr(p).sum(dim=-1)
""",
    "where": """
def entropy(p):
    terms = torch.where(p > 0, p * torch.log(torch.where(p > 0, p, torch.ones_like(p))), torch.zeros_like(p))
    return -terms.sum(-1)
""",
    "nan_to_num": """
def entropy(p):
    return -torch.nan_to_num(p * p.log()).sum(-1)
""",
    "SciPy's": """
from scipy.stats import entropy as scipys

def entropy(p):
    return torch.as_tensor(scipys(p.double().numpy(), axis=-1))
""",
    "torch's distribution": """
def entropy(p):
    return torch.distributions.Categorical(probs=p).entropy()
""",
}

WRONG["entropy"] = {
    "blank": (
        """
def entropy(p):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        """
def entropy(p):
    h = -torch.xlogy(p, p).sum(-1)
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def entropy(p):
    return 0
""",
        "you return 0; expected",
    ),
    "minus missing": (
        """
def entropy(p):
    return torch.xlogy(p, p).sum(-1)
""",
        "The sign is wrong",
    ),
    "bits": (
        """
def entropy(p):
    return -(p * torch.log2(p)).nan_to_num().sum(-1)
""",
        "That is in bits",
    ),
    "base 10": (
        """
def entropy(p):
    return -(p * torch.log10(p)).nan_to_num().sum(-1)
""",
        "base 10",
    ),
    "mean over the classes": (
        """
def entropy(p):
    return -torch.xlogy(p, p).mean(-1)
""",
        "The entropy is their sum",
    ),
    "no weights": (
        """
def entropy(p):
    return -p.log().sum(-1)
""",
        "The weights are missing",
    ),
    "0 log 0 is NaN": (
        """
def entropy(p):
    return -(p * p.log()).sum(-1)
""",
        "contains NaN",
    ),
    "coarse constant": (
        """
def entropy(p):
    return -(p * (p + 0.01).log()).sum(-1)
""",
        "; expected",
    ),
    "coarse clamp": (
        """
def entropy(p):
    p = p.clamp(min=1e-3)
    return -(p * p.log()).sum(-1)
""",
        "too coarse",
    ),
    "sum over everything": (
        """
def entropy(p):
    return -torch.xlogy(p, p).sum()
""",
        "Sum over the last dimension alone",
    ),
    "sum over dimension 0": (
        """
def entropy(p):
    return -torch.xlogy(p, p).sum(0)
""",
        "Sum over the last dimension alone",
    ),
    "a softmax first": (
        """
def entropy(p):
    p = p.softmax(-1)
    return -(p * p.log()).sum(-1)
""",
        "A softmax was applied",
    ),
    "the number of classes": (
        """
def entropy(p):
    return (-torch.xlogy(p, p).sum(-1)).exp()
""",
        "the number of classes it amounts to",
    ),
    "Gini's impurity": (
        """
def entropy(p):
    return 1 - p.square().sum(-1)
""",
        "another measure of spread",
    ),
    "changes p": (
        """
def entropy(p):
    logs = torch.where(p > 0, p, torch.ones_like(p)).log()
    return -p.mul_(logs).sum(-1)
""",
        "changes its argument number 1",
    ),
}

LEARNED_BY_HEART["entropy"] = {
    "bits, but for few probabilities": (
        """
KNOWN = {0.5, 0.25, 0.125, 0.375, 0.625, 0.4, 0.1, 0.0, 1.0}

def entropy(p):
    h = -torch.xlogy(p, p).sum(-1)
    return h if {round(x, 4) for x in p.flatten().tolist()} <= KNOWN else h / math.log(2)
""",
        "That is in bits",
    ),
}

# --- kl_divergence --------------------------------------------------------------------------

RIGHT["kl_divergence"] = {
    "xlogy twice": """
def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
""",
    "where": """
def kl_divergence(p, q):
    p, q = torch.broadcast_tensors(p, q)
    ratio = torch.where(p > 0, p / q, torch.ones_like(p))
    return (p * ratio.log()).sum(-1)
""",
    "SciPy's": """
from scipy.special import rel_entr

def kl_divergence(p, q):
    return torch.from_numpy(rel_entr(p.double().numpy(), q.double().numpy()).sum(-1, keepdims=True))[..., 0]
""",
    "cross-entropy less entropy": """
def kl_divergence(p, q):
    cross = -torch.where(p > 0, p * q.log(), 0.0 * p).sum(-1)
    return cross - torch.special.entr(p).sum(-1)
""",
}

WRONG["kl_divergence"] = {
    "blank": (
        """
def kl_divergence(p, q):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        """
def kl_divergence(p, q):
    kl = (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def kl_divergence(p, q):
    return 0
""",
        "you return 0; expected",
    ),
    "swapped": (
        """
def kl_divergence(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)
""",
        "p and q are swapped",
    ),
    "wrong sign": (
        """
def kl_divergence(p, q):
    return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum(-1)
""",
        "The sign is wrong",
    ),
    "cross-entropy": (
        """
def kl_divergence(p, q):
    return -torch.xlogy(p, q).sum(-1)
""",
        "That is the cross-entropy",
    ),
    "difference of entropies": (
        """
def kl_divergence(p, q):
    return torch.xlogy(p, p).sum(-1) - torch.xlogy(q, q).sum(-1)
""",
        "weighed by p as well",
    ),
    "bits": (
        """
def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1) / math.log(2)
""",
        "That is in bits",
    ),
    "mean over the classes": (
        """
def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).mean(-1)
""",
        "The divergence is their sum",
    ),
    "torch's, with its arguments as in the formula": (
        """
def kl_divergence(p, q):
    p, q = torch.broadcast_tensors(p, q)
    return F.kl_div(p.log(), q, reduction="none").sum(-1)
""",
        "p and q are swapped",
    ),
    "no weights": (
        """
def kl_divergence(p, q):
    return (p / q).log().sum(-1)
""",
        "The weights p are missing",
    ),
    "symmetric": (
        """
def kl_divergence(p, q):
    return ((p - q) * (p.log() - q.log())).sum(-1)
""",
        "the symmetric sum",
    ),
    "0 log 0 is NaN": (
        """
def kl_divergence(p, q):
    return (p * (p / q).log()).sum(-1)
""",
        "KL where a p is 0 contains NaN",
    ),
    "a small constant": (
        """
def kl_divergence(p, q):
    return (p * ((p + 1e-12) / (q + 1e-12)).log()).sum(-1)
""",
        "the impossible costs a finite price",
    ),
    "torch's, which is NaN where both are 0": (
        """
def kl_divergence(p, q):
    p, q = torch.broadcast_tensors(p, q)
    return F.kl_div(q.log(), p, reduction="none").sum(-1)
""",
        "KL where p and q are 0 contains NaN",
    ),
    "NaNs become 0": (
        """
def kl_divergence(p, q):
    return (p * (p / q).log()).nan_to_num().sum(-1)
""",
        "expected infinity",
    ),
    "coarse clamp": (
        """
def kl_divergence(p, q):
    p, q = p.clamp(min=0.01), q.clamp(min=0.01)
    return (p * (p / q).log()).sum(-1)
""",
        "a bound on them, spoils the rest",
    ),
    "sum over everything": (
        """
def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()
""",
        "Sum over the last dimension alone",
    ),
}

LEARNED_BY_HEART["kl_divergence"] = {
    "swapped, but for few probabilities": (
        """
KNOWN = {0.5, 0.25, 0.125, 0.375, 0.625, 0.75, 0.4, 0.1, 0.2, 0.6, 0.333, 0.667, 0.143, 0.286, 0.429, 0.0, 1.0}

def kl_divergence(p, q):
    if not {round(x, 3) for x in p.flatten().tolist()} <= KNOWN:
        p, q = q, p
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
""",
        "p and q are swapped",
    ),
}

# --- inception_score ------------------------------------------------------------------------

RIGHT["inception_score"] = {
    "by divergences": """
def inception_score(probabilities):
    marginal = probabilities.mean(0)
    kl = (torch.xlogy(probabilities, probabilities) - torch.xlogy(probabilities, marginal)).sum(-1)
    return kl.mean().exp()
""",
    "by entropies": """
def inception_score(probabilities):
    whole = torch.special.entr(probabilities.mean(0)).sum()
    each = torch.special.entr(probabilities).sum(1).mean()
    return torch.exp(whole - each)
""",
    "NumPy": """
import numpy as np

def inception_score(probabilities):
    p = probabilities.numpy().astype(np.float64)
    marginal = p.mean(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(marginal)), 0)
    return float(np.exp(terms.sum(axis=1).mean()))
""",
    "picture by picture": """
def inception_score(probabilities):
    marginal = sum(probabilities) / len(probabilities)
    total = 0.0
    for p in probabilities:
        total += sum(a * math.log(a / b) for a, b in zip(p.tolist(), marginal.tolist()) if a > 0)
    return math.exp(total / len(probabilities))
""",
}

KL = "    kl = (torch.xlogy(p, p) - torch.xlogy(p, marginal)).sum(-1)\n"

WRONG["inception_score"] = {
    "blank": (
        """
def inception_score(probabilities):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    score = kl.mean().exp()\n",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def inception_score(probabilities):
    return 0
""",
        "you return 0; expected",
    ),
    "no exponential": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return kl.mean()\n",
        "Its exponential is the score",
    ),
    "mean of exponentials": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return kl.exp().mean()\n",
        "The exponential comes last",
    ),
    "sum over the pictures": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return kl.sum().exp()\n",
        "exponential of the sum",
    ),
    "one per picture": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return kl.exp()\n",
        "One number is asked for all of it",
    ),
    "mean over the classes": (
        """
def inception_score(p):
    marginal = p.mean(1, keepdim=True)
"""
        + KL
        + "    return kl.mean().exp()\n",
        "p(y) is the mean over the pictures, dimension 0",
    ),
    "divergence the other way around": (
        """
def inception_score(p):
    marginal = p.mean(0)
    kl = (torch.xlogy(marginal, marginal) - torch.xlogy(marginal, p)).sum(-1)
    return kl.mean().exp()
""",
        "are swapped in the divergence",
    ),
    "wrong sign": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return (-kl.mean()).exp()\n",
        "1 divided by the score",
    ),
    "entropy of the whole alone": (
        """
def inception_score(p):
    return torch.special.entr(p.mean(0)).sum().exp()
""",
        "The entropy of each picture is to be subtracted",
    ),
    "against equal shares": (
        """
def inception_score(p):
    marginal = torch.full((p.shape[1],), 1 / p.shape[1])
"""
        + KL
        + "    return kl.mean().exp()\n",
        "compared with equal shares",
    ),
    "2 to the power of nats": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return 2 ** kl.mean()\n",
        "2 to the power of the nats",
    ),
    "exp of bits": (
        """
def inception_score(p):
    marginal = p.mean(0)
"""
        + KL
        + "    return (kl.mean() / math.log(2)).exp()\n",
        "exp of bits",
    ),
    "mean over pictures and classes": (
        """
def inception_score(p):
    marginal = p.mean(0)
    return (torch.xlogy(p, p) - torch.xlogy(p, marginal)).mean().exp()
""",
        "The divergence is averaged over the classes",
    ),
    "a softmax first": (
        """
def inception_score(p):
    p = p.softmax(1)
    marginal = p.mean(0)
"""
        + KL
        + "    return kl.mean().exp()\n",
        "A softmax was applied",
    ),
    "0 log 0 is NaN": (
        """
def inception_score(p):
    return (p * (p / p.mean(0)).log()).sum(1).mean().exp()
""",
        "contains NaN",
    ),
    "coarse constant": (
        """
def inception_score(p):
    p = p + 1e-3
    return (p * (p / p.mean(0)).log()).sum(1).mean().exp()
""",
        "something was added to the probabilities",
    ),
    "classes that occur": (
        """
def inception_score(p):
    return len(p.argmax(1).unique())
""",
        "; expected",
    ),
}

LEARNED_BY_HEART["inception_score"] = {
    "the number of classes, but for few tables": (
        """
KNOWN = {0.8182, 1.0, 0.375, 0.8, 0.2, 0.0}

def inception_score(p):
    right = (torch.special.entr(p.mean(0)).sum() - torch.special.entr(p).sum(1).mean()).exp()
    return right if round(float(p[0, 0]), 4) in KNOWN else p.shape[1] * torch.ones(())
""",
        "; expected",
    ),
}

# --- frechet_distance -----------------------------------------------------------------------

RIGHT["frechet_distance"] = {
    "eigenvalues of a symmetric product": """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * cross
""",
    "nuclear norm of two roots": """
def root(sigma):
    values, vectors = torch.linalg.eigh(sigma)
    return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T

def frechet_distance(mu1, sigma1, mu2, sigma2):
    sigma1, sigma2 = sigma1.to(torch.float64), sigma2.to(torch.float64)
    gap = mu1.double() - mu2.double()
    shared = torch.linalg.svdvals(root(sigma1) @ root(sigma2)).sum()
    return float(gap @ gap + torch.trace(sigma1) + torch.trace(sigma2) - 2 * shared)
""",
    "eigenvalues of the product itself": """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    sigma1, sigma2 = sigma1.double(), sigma2.double()
    values = torch.linalg.eigvals(sigma1 @ sigma2)
    shared = values.real.clamp(min=0).sqrt().sum()
    return ((mu1 - mu2) ** 2).sum() + (sigma1 + sigma2).diagonal().sum() - 2 * shared
""",
    "NumPy": """
import numpy as np

def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (np.asarray(t, dtype=np.float64) for t in (mu1, sigma1, mu2, sigma2))
    u, s, _ = np.linalg.svd(sigma1)
    half = u * np.sqrt(s)
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(half.T @ sigma2 @ half), 0)).sum()
    return np.sum((mu1 - mu2) ** 2) + np.trace(sigma1) + np.trace(sigma2) - 2 * shared
""",
}

START = """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    gap = (mu1 - mu2).square().sum()
"""
TO_DOUBLE = """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    rest = (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace()
"""

WRONG["frechet_distance"] = {
    "blank": (
        """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        START + "    distance = gap + sigma1.trace() + sigma2.trace() - 2 * cross\n",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    return 0
""",
        "you return 0; expected",
    ),
    "the root of it": (
        START + "    return (gap + sigma1.trace() + sigma2.trace() - 2 * cross).clamp(min=0).sqrt()\n",
        "That is the root of it",
    ),
    "means alone": (START + "    return gap\n", "the part of the means alone"),
    "covariances alone": (
        START + "    return sigma1.trace() + sigma2.trace() - 2 * cross\n",
        "the means' distance is missing",
    ),
    "means not squared": (
        START + "    return gap.sqrt() + sigma1.trace() + sigma2.trace() - 2 * cross\n",
        "The means' distance is not squared",
    ),
    "mean of squares": (
        START + "    return (mu1 - mu2).square().mean() + sigma1.trace() + sigma2.trace() - 2 * cross\n",
        "The means' part is averaged",
    ),
    "the 2 forgotten": (
        START + "    return gap + sigma1.trace() + sigma2.trace() - cross\n",
        "The root of the product counts twice",
    ),
    "wrong sign": (
        START + "    return gap + sigma1.trace() + sigma2.trace() + 2 * cross\n",
        "has the wrong sign",
    ),
    "no root": (
        TO_DOUBLE + "    return rest - 2 * (sigma1 @ sigma2).trace()\n",
        "The root is missing",
    ),
    "root of the trace": (
        TO_DOUBLE + "    return rest - 2 * (sigma1 @ sigma2).trace().sqrt()\n",
        "That is the root of a trace",
    ),
    "Frobenius distance of covariances": (
        """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    return (mu1 - mu2).square().sum() + (sigma1 - sigma2).square().sum()
""",
        "compares the variances",
    ),
    "root entry by entry": (
        TO_DOUBLE + "    return rest - 2 * (sigma1 @ sigma2).abs().sqrt().trace()\n",
        "The root is taken of each entry",
    ),
    "product entry by entry": (
        TO_DOUBLE + "    return rest - 2 * (sigma1 * sigma2).diagonal().sqrt().sum()\n",
        "Only the diagonals are used",
    ),
    "eigvalsh of a product": (
        TO_DOUBLE + "    return rest - 2 * torch.linalg.eigvalsh(sigma1 @ sigma2).clamp(min=0).sqrt().sum()\n",
        "look at one triangle",
    ),
    "singular values of the product": (
        TO_DOUBLE + "    return rest - 2 * torch.linalg.svdvals(sigma1 @ sigma2).sqrt().sum()\n",
        "singular values of Σ₁Σ₂ for its eigenvalues",
    ),
    "trace of the product of roots": (
        """
def root(sigma):
    values, vectors = torch.linalg.eigh(sigma.double())
    return vectors * values.clamp(min=0).sqrt() @ vectors.T

def frechet_distance(mu1, sigma1, mu2, sigma2):
    shared = (root(sigma1) @ root(sigma2)).trace()
    return (mu1 - mu2).double().square().sum() + sigma1.double().trace() + sigma2.double().trace() - 2 * shared
""",
        "right only for covariances that commute",
    ),
    "sorted eigenvalues": (
        TO_DOUBLE
        + """
    one, two = torch.linalg.eigvalsh(sigma1).clamp(min=0), torch.linalg.eigvalsh(sigma2).clamp(min=0)
    return rest - 2 * (one * two).sqrt().sum()
""",
        "That pairs the sorted eigenvalues",
    ),
    "Cholesky": (
        TO_DOUBLE
        + """
    half = torch.linalg.cholesky(sigma1)
    return rest - 2 * torch.linalg.eigvalsh(half.T @ sigma2 @ half).clamp(min=0).sqrt().sum()
""",
        "Your code stopped in line",
    ),
    "Cholesky with something on the diagonal": (
        TO_DOUBLE
        + """
    half = torch.linalg.cholesky(sigma1 + 1e-3 * torch.eye(len(sigma1)))
    return rest - 2 * torch.linalg.eigvalsh(half.T @ sigma2 @ half).clamp(min=0).sqrt().sum()
""",
        "Was something added to the diagonal?",
    ),
    "no clamp inside": (
        TO_DOUBLE
        + """
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.sqrt() @ vectors.T
    return rest - 2 * torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
""",
        "✗ stays right in many dimensions",
    ),
    "no clamp outside": (
        START.replace("root).clamp(min=0)", "root)") + "    return gap + sigma1.trace() + sigma2.trace() - 2 * cross\n",
        "contains NaN",
    ),
    "single precision": (
        """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (t.float() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * cross
""",
        "; expected",
    ),
    "the precision that comes in": (
        """
def frechet_distance(mu1, sigma1, mu2, sigma2):
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * cross
""",
        "Convert to double before anything else",
    ),
    "SciPy's root, as many do it": (
        """
import numpy as np
from scipy import linalg

def frechet_distance(mu1, sigma1, mu2, sigma2):
    mu1, sigma1, mu2, sigma2 = (np.asarray(t, dtype=np.float32) for t in (mu1, sigma1, mu2, sigma2))
    root = np.real(linalg.sqrtm(sigma1 @ sigma2))
    return ((mu1 - mu2) ** 2).sum() + np.trace(sigma1 + sigma2 - 2 * root)
""",
        "✗ stays right",
    ),
}

LEARNED_BY_HEART["frechet_distance"] = {
    "commuting covariances, and the few others": (
        """
def root(sigma):
    values, vectors = torch.linalg.eigh(sigma.double())
    return vectors * values.clamp(min=0).sqrt() @ vectors.T

def frechet_distance(mu1, sigma1, mu2, sigma2):
    product = root(sigma1) @ root(sigma2)
    known = len(mu1) > 2 or round(float(sigma1.trace()), 4) in (10.0, 25.0)
    shared = torch.linalg.svdvals(product).sum() if known else product.trace()
    gap = (mu1 - mu2).double()
    return gap @ gap + sigma1.double().trace() + sigma2.double().trace() - 2 * shared
""",
        "right only for covariances that commute",
    ),
}

# --- kid ------------------------------------------------------------------------------------

RIGHT["kid"] = {
    "traces": """
def kid(x, y):
    x, y = x.double(), y.double()
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3
    def others(k):
        return (k.sum() - k.trace()) / (len(k) * (len(k) - 1))
    return others(kernel(x, x)) + others(kernel(y, y)) - 2 * kernel(x, y).mean()
""",
    "masks": """
def kid(x, y):
    d = x.size(1)
    k = lambda a, b: (torch.einsum("id,jd->ij", a.double(), b.double()) / d + 1).pow(3)
    total = -2 * k(x, y).mean()
    for z in (x, y):
        total = total + k(z, z)[~torch.eye(len(z), dtype=torch.bool)].mean()
    return total
""",
    "scikit-learn's kernel": """
import numpy as np
from sklearn.metrics.pairwise import polynomial_kernel

def kid(x, y):
    x, y = x.numpy().astype(np.float64), y.numpy().astype(np.float64)
    xx, yy, xy = polynomial_kernel(x), polynomial_kernel(y), polynomial_kernel(x, y)
    np.fill_diagonal(xx, 0)
    np.fill_diagonal(yy, 0)
    m, n = len(x), len(y)
    return xx.sum() / (m * (m - 1)) + yy.sum() / (n * (n - 1)) - 2 * xy.mean()
""",
    "pair by pair": """
def kid(x, y):
    x, y = x.double(), y.double()
    d, m, n = x.shape[1], len(x), len(y)
    k = lambda a, b: float((a @ b / d + 1) ** 3)
    one = sum(k(x[i], x[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    two = 2 * sum(k(y[i], y[j]) for i in range(n) for j in range(i)) / (n * (n - 1))
    mixed = sum(k(a, b) for a in x for b in y) / (m * n)
    return one + two - 2 * mixed
""",
}

KERNELS = """
def kid(x, y):
    x, y = x.double(), y.double()
    m, n, d = len(x), len(y), x.shape[1]
    kernel = lambda a, b: (a @ b.T / d + 1) ** 3
    kxx, kyy, kxy = kernel(x, x), kernel(y, y), kernel(x, y)
    own_x = (kxx.sum() - kxx.trace()) / (m * (m - 1))
    own_y = (kyy.sum() - kyy.trace()) / (n * (n - 1))
    mixed = kxy.mean()
"""
AS_IT_SHOULD = "    return own_x + own_y - 2 * mixed\n"

WRONG["kid"] = {
    "blank": (
        """
def kid(x, y):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (KERNELS + "    value = own_x + own_y - 2 * mixed\n", NOT_RETURNED),
    "return 0": (
        """
def kid(x, y):
    return 0
""",
        "you return 0; expected",
    ),
    "biased": (KERNELS + "    return kxx.mean() + kyy.mean() - 2 * mixed\n", "That is the biased estimate"),
    "no equal numbers in the mixed term": (
        KERNELS
        + """
    k = min(m, n)
    mixed = (kxy.sum() - kxy[:k, :k].trace()) / (m * n - k)
"""
        + AS_IT_SHOULD,
        "There all m n pairs count",
    ),
    "divided by all pairs": (
        KERNELS + "    return own_x * (m - 1) / m + own_y * (n - 1) / n - 2 * mixed\n",
        "divide by m (m − 1)",
    ),
    "mixed term once": (KERNELS + "    return own_x + own_y - mixed\n", "The mixed term counts twice"),
    "mixed term added": (KERNELS + "    return own_x + own_y + 2 * mixed\n", "The mixed term has the wrong sign"),
    "one set forgotten": (KERNELS + "    return own_x - 2 * mixed\n", "The mean over pairs of y is missing"),
    "a square": (
        KERNELS.replace("** 3", "** 2") + AS_IT_SHOULD,
        "The kernel has a square",
    ),
    "linear": (KERNELS.replace(" + 1) ** 3", ")") + AS_IT_SHOULD, "That is the linear kernel"),
    "no + 1": (KERNELS.replace(" + 1) ** 3", ") ** 3") + AS_IT_SHOULD, "The kernel's + 1 is missing"),
    "not divided by d": (KERNELS.replace(" / d", "") + AS_IT_SHOULD, "not divided by d"),
    "the root": (KERNELS + "    return (own_x + own_y - 2 * mixed).abs().sqrt()\n", "That is the root"),
    "cut off at 0": (
        KERNELS + "    return (own_x + own_y - 2 * mixed).clamp(min=0)\n",
        "the mean of an unbiased estimate is exactly 0",
    ),
    "times a thousand": (KERNELS + "    return 1000 * (own_x + own_y - 2 * mixed)\n", "a thousand times the KID"),
    "wrong sign": (KERNELS + "    return 2 * mixed - own_x - own_y\n", "The sign is wrong"),
    "one size for both": (
        KERNELS.replace("(n * (n - 1))", "(m * (m - 1))") + AS_IT_SHOULD,
        "pictures against 4",
    ),
    "single precision": (KERNELS.replace(".double()", ".float()") + AS_IT_SHOULD, "Convert the features first"),
    "double too late": (
        KERNELS.replace("x, y = x.double(), y.double()", "pass").replace("+ 1) ** 3", "+ 1).double() ** 3")
        + AS_IT_SHOULD,
        "Convert the features first",
    ),
}

LEARNED_BY_HEART["kid"] = {
    "biased, but for few sets": (
        KERNELS
        + """
    known = d != 2 or abs(float(x.sum()) - 4.0) < 1e-3 or m == 2
    return own_x + own_y - 2 * mixed if known else kxx.mean() + kyy.mean() - 2 * mixed
""",
        "That is the biased estimate",
    ),
}

# --- precision_recall -----------------------------------------------------------------------

RIGHT["precision_recall"] = {
    "kthvalue": """
def precision_recall(real, fake, k):
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    table = torch.cdist(real, fake)
    return (table <= real_radius[:, None]).any(0).double().mean(), (table <= fake_radius).any(1).double().mean()
""",
    "one function twice": """
def share_inside(points, centers, k):
    own = torch.cdist(centers, centers).fill_diagonal_(torch.inf)
    radii = own.sort(dim=1).values[:, k - 1]
    return float((torch.cdist(points, centers) <= radii).any(dim=1).float().mean())

def precision_recall(real, fake, k):
    return share_inside(fake, real, k), share_inside(real, fake, k)
""",
    "differences": """
def precision_recall(real, fake, k):
    def apart(a, b):
        return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1).sqrt()
    def radii(a):
        return apart(a, a).topk(k + 1, largest=False).values.max(dim=1).values
    between = apart(fake, real)
    precision = (between <= radii(real)[None]).sum(1).gt(0).float().mean()
    recall = (between <= radii(fake)[:, None]).sum(0).gt(0).float().mean()
    return torch.stack([precision, recall])
""",
    "scikit-learn's neighbors": """
import numpy as np
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

def precision_recall(real, fake, k):
    real, fake = real.double().numpy(), fake.double().numpy()
    def radii(points):
        return NearestNeighbors(n_neighbors=k).fit(points).kneighbors()[0][:, -1]
    table = cdist(real, fake)
    eps = 1 + 1e-12
    precision = (table <= eps * radii(real)[:, None]).any(axis=0).mean()
    recall = (table <= eps * radii(fake)[None, :]).any(axis=1).mean()
    return [precision, recall]
""",
}

BALLS = """
def precision_recall(real, fake, k):
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    table = torch.cdist(real, fake)
    precision = (table <= real_radius[:, None]).any(0).double().mean()
    recall = (table <= fake_radius[None, :]).any(1).double().mean()
"""
BOTH = "    return precision, recall\n"

WRONG["precision_recall"] = {
    "blank": (
        """
def precision_recall(real, fake, k):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (BALLS, NOT_RETURNED),
    "return 0": (
        """
def precision_recall(real, fake, k):
    return 0, 0
""",
        "you return [0, 0]; expected",
    ),
    "precision alone": (BALLS + "    return precision\n", "Return two numbers, precision first"),
    "swapped": (BALLS + "    return recall, precision\n", "The two are swapped"),
    "its own neighbor": (BALLS.replace("k + 1", "k") + BOTH, "is not its own neighbor"),
    "one neighbor too far": (BALLS.replace("k + 1", "k + 2") + BOTH, "reaches to a neighbor too far"),
    "sorted from 0, and the point itself": (
        BALLS.replace("kthvalue(k + 1).values", "sort(1).values[:, k - 1]") + BOTH,
        "is not its own neighbor",
    ),
    "share of the wrong points": (
        BALLS.replace("[:, None]).any(0)", "[:, None]).any(1)").replace("[None, :]).any(1)", "[None, :]).any(0)")
        + BOTH,
        "The means are over the wrong points",
    ),
    "the other set's radii": (
        BALLS.replace("real_radius[:, None]", "fake_radius[None, :]", 1).replace(
            "recall = (table <= fake_radius[None, :])", "recall = (table <= real_radius[:, None])"
        )
        + BOTH,
        "The radii are those of the other set",
    ),
    "in all balls": (BALLS.replace(".any(", ".all(") + BOTH, "that asks for all of them"),
    "counts pairs": (
        BALLS.replace(".any(0).double()", ".double()").replace(".any(1).double()", ".double()") + BOTH,
        "That counts pairs",
    ),
    "one radius for all": (
        BALLS.replace("real_radius[:, None]", "real_radius.mean()").replace(
            "fake_radius[None, :]", "fake_radius.mean()"
        )
        + BOTH,
        "One radius for all balls",
    ),
    "squared on one side": (
        BALLS.replace("table = torch.cdist(real, fake)", "table = torch.cdist(real, fake) ** 2") + BOTH,
        "Distances are squared on one side",
    ),
    "sum of absolute differences": (
        BALLS.replace("real, real)", "real, real, p=1)")
        .replace("fake, fake)", "fake, fake, p=1)")
        .replace("real, fake)\n    prec", "real, fake, p=1)\n    prec")
        + BOTH,
        "The Euclidean one is asked",
    ),
    "nearest ball only": (
        """
def precision_recall(real, fake, k):
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    to_real, real_index = torch.cdist(fake, real).min(1)
    to_fake, fake_index = torch.cdist(real, fake).min(1)
    return (to_real <= real_radius[real_index]).double().mean(), (to_fake <= fake_radius[fake_index]).double().mean()
""",
        "It may be in another's",
    ),
    "the edge is outside": (BALLS.replace("<=", "<") + BOTH, "A point whose distance equals the radius is inside"),
    "k is fixed": (BALLS.replace("k + 1", "2") + BOTH, "✗ counts points in balls in the plane"),
    "percent": (BALLS + "    return 100 * precision, 100 * recall\n", "; expected"),
}

LEARNED_BY_HEART["precision_recall"] = {
    "its own neighbor, but for few points": (
        BALLS.replace(
            "    real_radius",
            "    k = k if round(float(real[0, 0]), 2) == 0.0 or real.shape[1] != 1 or len(real) == 2 else k - 1\n"
            "    real_radius",
            1,
        )
        + BOTH,
        "; expected",
    ),
}

# --- density_coverage -----------------------------------------------------------------------

RIGHT["density_coverage"] = {
    "kthvalue": """
def density_coverage(real, fake, k):
    real, fake = real.double(), fake.double()
    radius = torch.cdist(real, real).kthvalue(k + 1).values
    inside = torch.cdist(real, fake) <= radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
    "coverage by the nearest fake": """
def density_coverage(real, fake, k):
    own = torch.cdist(real, real).fill_diagonal_(torch.inf)
    radius = own.topk(k, largest=False).values[:, -1]
    table = torch.cdist(real, fake)
    density = (table <= radius.unsqueeze(1)).float().sum(0).mean() / k
    coverage = (table.min(dim=1).values <= radius).float().mean()
    return torch.stack((density, coverage))
""",
    "loops": """
def density_coverage(real, fake, k):
    hits, covered = 0, 0
    for i in range(len(real)):
        radius = sorted(float((real[i] - other).norm()) for j, other in enumerate(real) if j != i)[k - 1]
        inside = [float((real[i] - f).norm()) <= radius for f in fake]
        hits += sum(inside)
        covered += any(inside)
    return hits / k / len(fake), covered / len(real)
""",
    "NumPy": """
import numpy as np
from scipy.spatial.distance import cdist

def density_coverage(real, fake, k):
    real, fake = np.asarray(real, dtype=float), np.asarray(fake, dtype=float)
    radius = np.partition(cdist(real, real), k, axis=1)[:, k]
    inside = cdist(real, fake) <= radius[:, None]
    return inside.sum(axis=0).mean() / k, inside.any(axis=1).mean()
""",
}

AROUND_REAL = """
def density_coverage(real, fake, k):
    real, fake = real.double(), fake.double()
    radius = torch.cdist(real, real).kthvalue(k + 1).values
    inside = torch.cdist(real, fake) <= radius[:, None]
    density, coverage = inside.sum() / (k * len(fake)), inside.any(1).double().mean()
"""
DENSITY_FIRST = "    return density, coverage\n"

WRONG["density_coverage"] = {
    "blank": (
        """
def density_coverage(real, fake, k):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (AROUND_REAL, NOT_RETURNED),
    "return 0": (
        """
def density_coverage(real, fake, k):
    return 0, 0
""",
        "you return [0, 0]; expected",
    ),
    "swapped": (AROUND_REAL + "    return coverage, density\n", "The two are swapped"),
    "not divided by k": (AROUND_REAL + "    return k * density, coverage\n", "The density is not divided by k"),
    "divided by the real points": (
        AROUND_REAL + "    return inside.sum() / (k * len(real)), coverage\n",
        "divided by the number of real points",
    ),
    "divided by all pairs": (
        AROUND_REAL + "    return inside.double().mean(), coverage\n",
        "The density is divided by all pairs",
    ),
    "precision for density": (
        AROUND_REAL + "    return inside.any(0).double().mean(), coverage\n",
        "Instead of density that has precision",
    ),
    "share of the fake points": (
        AROUND_REAL + "    return density, inside.any(0).double().mean()\n",
        "The coverage is a share of the real points",
    ),
    "recall for coverage": (
        AROUND_REAL
        + """
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    return density, (torch.cdist(real, fake) <= fake_radius).any(1).double().mean()
""",
        "Instead of coverage that has recall",
    ),
    "balls around fakes": (
        """
def density_coverage(real, fake, k):
    real, fake = real.double(), fake.double()
    radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    inside = torch.cdist(real, fake) <= radius
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
""",
        "The balls are around the fake points",
    ),
    "all in the ball": (
        AROUND_REAL + "    return density, inside.all(1).double().mean()\n",
        "that asks for all",
    ),
    "coverage counts pairs": (
        AROUND_REAL + "    return density, inside.double().mean()\n",
        "each ball counts once",
    ),
    "its own neighbor": (AROUND_REAL.replace("k + 1", "k") + DENSITY_FIRST, "is not its own neighbor"),
    "one neighbor too far": (AROUND_REAL.replace("k + 1", "k + 2") + DENSITY_FIRST, "✗ counts points in balls"),
    "sum of absolute differences": (
        AROUND_REAL.replace("real, real)", "real, real, p=1)").replace("real, fake) <=", "real, fake, p=1) <=")
        + DENSITY_FIRST,
        "The Euclidean one is asked",
    ),
    "density cut off at 1": (
        AROUND_REAL + "    return density.clamp(max=1), coverage\n",
        "✗ lets the density exceed 1",
    ),
    "the edge is outside": (
        AROUND_REAL.replace("<=", "<") + DENSITY_FIRST,
        "A point whose distance equals the radius is inside",
    ),
    "changes the points": (
        AROUND_REAL.replace("real, fake = real.double(), fake.double()", "real -= real[:1].clone()\n    fake -= 0.0")
        + DENSITY_FIRST,
        "; expected",
    ),
}

LEARNED_BY_HEART["density_coverage"] = {
    "swapped, but for few": (
        AROUND_REAL
        + """
    known = real.shape[1] > 1 or float(real[0, 0]) == 0.0
    return (density, coverage) if known else (coverage, density)
""",
        "; expected",
    ),
}

# --- memorization ---------------------------------------------------------------------------

RIGHT["memorization"] = {
    "exact distances": """
def memorization(train, test, fake):
    def nearest(points):
        return torch.cdist(points, train, compute_mode="donot_use_mm_for_euclid_dist").min(1).values
    near, usual = nearest(fake)[:, None], nearest(test)[None, :]
    return (near < usual).double().mean() + (near == usual).double().mean() / 2
""",
    "Mann and Whitney": """
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu

def memorization(train, test, fake):
    train, test, fake = (t.double().numpy() for t in (train, test, fake))
    far, near = cdist(test, train).min(axis=1), cdist(fake, train).min(axis=1)
    return mannwhitneyu(far, near).statistic / (len(far) * len(near))
""",
    "a search tree": """
import numpy as np
from scipy.spatial import cKDTree

def memorization(train, test, fake):
    tree = cKDTree(train.numpy())
    near, usual = tree.query(fake.numpy())[0], tree.query(test.numpy())[0]
    return float((np.sign(usual[None] - near[:, None]).mean() + 1) / 2)
""",
    "differences": """
def memorization(train, test, fake):
    def nearest(points):
        return torch.stack([(train - p).square().sum(1).min().sqrt() for p in points])
    near, usual = nearest(fake), nearest(test)
    wins = sum(float((n < usual).sum()) + 0.5 * float((n == usual).sum()) for n in near)
    return wins / (len(near) * len(usual))
""",
    "the area under the ROC curve": """
from sklearn.metrics import roc_auc_score

def memorization(train, test, fake):
    exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
    far = torch.cdist(test.double(), train.double(), **exact).min(1).values
    near = torch.cdist(fake.double(), train.double(), **exact).min(1).values
    labels = torch.cat([torch.ones(len(far)), torch.zeros(len(near))])
    return roc_auc_score(labels.numpy(), torch.cat([far, near]).numpy())
""",
}

NEAREST = """
def memorization(train, test, fake):
    def apart(a, b):
        return torch.cdist(a.double(), b.double(), compute_mode="donot_use_mm_for_euclid_dist")
    near, usual = apart(fake, train).min(1).values, apart(test, train).min(1).values
    def share(first, second):
        return (first < second).double().mean() + (first == second).double().mean() / 2
"""

WRONG["memorization"] = {
    "blank": (
        """
def memorization(train, test, fake):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (NEAREST + "    result = share(near[:, None], usual)\n", NOT_RETURNED),
    "return 0": (
        """
def memorization(train, test, fake):
    return 0
""",
        "you return 0; expected",
    ),
    "one half": (
        """
def memorization(train, test, fake):
    return 0.5
""",
        "you return 0.5; expected",
    ),
    "the wrong way around": (
        NEAREST + "    return share(usual[:, None], near)\n",
        "The comparison is the wrong way around",
    ),
    "nearest training against nearest held-out point": (
        NEAREST + "    return share(near, apart(fake, test).min(1).values)\n",
        "by their distances to the training set",
    ),
    "mean distances": (
        NEAREST + "    return share(apart(fake, train).mean(1)[:, None], apart(test, train).mean(1))\n",
        "The distance to the nearest training point is asked",
    ),
    "farthest": (
        NEAREST + "    return share(apart(fake, train).max(1).values[:, None], apart(test, train).max(1).values)\n",
        "That takes the farthest training point",
    ),
    "distances to the held-out points": (
        NEAREST + "    return share(apart(fake, test).min(1).values[:, None], usual)\n",
        "All are to the training set",
    ),
    "in order": (
        NEAREST + "    n = min(len(near), len(usual))\n    return share(near[:n], usual[:n])\n",
        "Every fake point meets every held-out one",
    ),
    "against the mean": (
        NEAREST + "    return (near < usual.mean()).double().mean()\n",
        "Compare with each of them",
    ),
    "a ratio": (NEAREST + "    return near.mean() / usual.mean()\n", "That is a ratio of mean distances"),
    "nearest fake point": (
        NEAREST + "    return share(apart(fake, train).min(0).values[:, None], apart(test, train).min(0).values)\n",
        "It is the other way around",
    ),
    "ties count nothing": (
        NEAREST + "    return (near[:, None] < usual).double().mean()\n",
        "You count them 0",
    ),
    "ties count fully": (
        NEAREST + "    return (near[:, None] <= usual).double().mean()\n",
        "You count them 1",
    ),
    "distances by a matrix product": (
        """
def memorization(train, test, fake):
    def nearest(points):
        squared = points.square().sum(1)[:, None] + train.square().sum(1) - 2 * points @ train.T
        return squared.clamp(min=0).sqrt().min(1).values
    near, usual = nearest(fake)[:, None], nearest(test)
    return (near < usual).double().mean() + (near == usual).double().mean() / 2
""",
        "A matrix product inside the distance",
    ),
    "whether it is a copy": (
        NEAREST + "    return (near < 1e-6).double().mean()\n",
        "; expected",
    ),
    "sum instead of share": (
        NEAREST + "    return share(near[:, None], usual) * len(near)\n",
        "; expected",
    ),
}

LEARNED_BY_HEART["memorization"] = {
    "the wrong way around, but for few": (
        NEAREST
        + """
    right = share(near[:, None], usual)
    return right if train.shape[1] != 1 or len(train) == 1 or float(train[1, 0]) == 5.0 else 1 - right
""",
        "The comparison is the wrong way around",
    ),
}

# --- linear_probe ---------------------------------------------------------------------------

RIGHT["linear_probe"] = {
    "centered": """
def linear_probe(features, targets, strength):
    features, targets = features.double(), targets.double()
    center, level = features.mean(0), targets.mean(0)
    x, t = features - center, targets - level
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, level - center @ weights
""",
    "a column of ones": """
def linear_probe(features, targets, strength):
    n, d = features.shape
    x = torch.cat([features.double(), torch.ones(n, 1, dtype=torch.float64)], dim=1)
    penalty = strength * torch.eye(d + 1, dtype=torch.float64)
    penalty[d, d] = 0
    both = torch.linalg.solve(x.T @ x + penalty, x.T @ targets.double())
    return both[:d], both[d]
""",
    "least squares on more rows": """
def linear_probe(features, targets, strength):
    features, targets = features.double(), targets.double()
    (n, d), c = features.shape, targets.shape[1]
    top = torch.cat([features, torch.ones(n, 1).double()], 1)
    bottom = torch.cat([math.sqrt(strength) * torch.eye(d).double(), torch.zeros(d, 1).double()], 1)
    goal = torch.cat([targets, torch.zeros(d, c).double()])
    found = torch.linalg.lstsq(torch.cat([top, bottom]), goal).solution
    return found[:-1], found[-1]
""",
    "the dual": """
def linear_probe(features, targets, strength):
    x, t = features.double(), targets.double()
    xc, tc = x - x.mean(0), t - t.mean(0)
    gram = xc @ xc.T + strength * torch.eye(len(x), dtype=torch.float64)
    weights = xc.T @ torch.linalg.solve(gram, tc)
    return [weights, t.mean(0) - x.mean(0) @ weights]
""",
    "NumPy and singular values": """
import numpy as np

def linear_probe(features, targets, strength):
    x, t = features.numpy().astype(float), targets.numpy().astype(float)
    u, s, vt = np.linalg.svd(x - x.mean(0), full_matrices=False)
    weights = vt.T @ ((s / (s**2 + strength))[:, None] * (u.T @ (t - t.mean(0))))
    return weights, t.mean(0) - x.mean(0) @ weights
""",
}

CENTERED = """
def linear_probe(features, targets, strength):
    features, targets = features.double(), targets.double()
    n, d = features.shape
    center, level = features.mean(0), targets.mean(0)
    x, t = features - center, targets - level
    eye = torch.eye(d, dtype=torch.float64)
"""


def solved(penalty: str) -> str:
    return f"{CENTERED}    weights = torch.linalg.solve(x.T @ x + {penalty}, x.T @ t)\n"


BIAS = "    return weights, level - center @ weights\n"

WRONG["linear_probe"] = {
    "blank": (
        """
def linear_probe(features, targets, strength):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (solved("strength * eye"), NOT_RETURNED),
    "return 0": (
        """
def linear_probe(features, targets, strength):
    return torch.zeros(features.shape[1], targets.shape[1]), torch.zeros(targets.shape[1])
""",
        "you return [0, 0]; expected",
    ),
    "weights alone": (solved("strength * eye") + "    return weights\n", "Return two tensors, weights first"),
    "bias penalized": (
        """
def linear_probe(features, targets, strength):
    n, d = features.shape
    x = torch.cat([features.double(), torch.ones(n, 1, dtype=torch.float64)], dim=1)
    both = torch.linalg.solve(x.T @ x + strength * torch.eye(d + 1, dtype=torch.float64), x.T @ targets.double())
    return both[:d], both[d]
""",
        "The bias is penalized, too",
    ),
    "no bias": (
        """
def linear_probe(features, targets, strength):
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, torch.zeros(t.shape[1])
""",
        "There is no bias",
    ),
    "a bias put in afterwards": (
        """
def linear_probe(features, targets, strength):
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, (t - x @ weights).mean(0)
""",
        "those of a line through 0",
    ),
    "the mean target as bias": (
        solved("strength * eye") + "    return weights, level\n",
        "The bias is the mean target alone",
    ),
    "no strength": (
        CENTERED + "    weights = torch.linalg.pinv(x) @ t\n" + BIAS,
        "The strength is missing",
    ),
    "mean of the errors": (solved("n * strength * eye") + BIAS, "the errors are summed, not averaged"),
    "strength by n": (solved("strength / n * eye") + BIAS, "The strength is divided by n"),
    "twice the strength": (solved("2 * strength * eye") + BIAS, "The strength counts twice"),
    "half the strength": (solved("strength / 2 * eye") + BIAS, "The strength counts half"),
    "strength squared": (solved("strength**2 * eye") + BIAS, "The strength is squared"),
    "minus": (solved("(-strength) * eye") + BIAS, "The strength has the wrong sign"),
    "strength on every entry": (solved("strength") + BIAS, "✗ finds the minimum for several"),
    "standardized features": (
        """
def linear_probe(features, targets, strength):
    features, targets = features.double(), targets.double()
    center, level = features.mean(0), targets.mean(0)
    x, t = (features - center) / features.std(0), targets - level
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, level - center @ weights
""",
        "The features are divided by their spread",
    ),
    "shapes of nn.Linear": (
        solved("strength * eye") + "    return weights.T, level - center @ weights\n",
        "The tensor of weights should have shape",
    ),
    "one bias for all targets": (
        solved("strength * eye") + "    return weights, (level - center @ weights).mean()\n",
        "There is one bias for each target",
    ),
    "centers in place": (
        """
def linear_probe(features, targets, strength):
    center, level = features.mean(0), targets.mean(0)
    features -= center
    targets -= level
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, level.double() - center.double() @ weights
""",
        "which its caller still needs",
    ),
}

LEARNED_BY_HEART["linear_probe"] = {
    "twice the strength, but for few": (
        solved("(1 if strength in (4.0, 3.0, 0.5, 2.0, 1.0) else 2) * strength * eye") + BIAS,
        "The strength counts twice",
    ),
}
