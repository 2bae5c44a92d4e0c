"""Right and wrong answers to the exercises of lesson 04, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

import textwrap

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

ENTROPY = "return -torch.xlogy(p, p).sum(-1)"
DIVERGENCE = "return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)"


def written(name: str, head: str, code: str) -> str:
    """A function's source: `code` is its body, or all of it."""
    code = textwrap.dedent(code).strip()
    return code if f"def {name}(" in code else f"{head}\n{textwrap.indent(code, '    ')}"


def of_entropy(code: str, divergence: str = DIVERGENCE) -> str:
    """The cell with another entropy."""
    both = written("entropy", "def entropy(p):", code), written("kl_divergence", "def kl_divergence(p, q):", divergence)
    return "\n\n".join([*both, "def information():\n    return entropy, kl_divergence\n"])


def of_divergence(code: str) -> str:
    """The cell with another divergence."""
    return of_entropy(ENTROPY, code)


it = answers.to("information")

it.right("xlogy")
it.right("entropy: entr", of_entropy("return torch.special.entr(p).sum(dim=-1)"))
it.right(
    "entropy: where",
    of_entropy("""
    terms = torch.where(p > 0, p * torch.log(torch.where(p > 0, p, torch.ones_like(p))), torch.zeros_like(p))
    return -terms.sum(-1)
    """),
)
it.right("entropy: nan_to_num", of_entropy("return -torch.nan_to_num(p * p.log()).sum(-1)"))
it.right(
    "entropy: SciPy's",
    of_entropy("""
    from scipy.stats import entropy as scipys

    def entropy(p):
        return torch.as_tensor(scipys(p.double().numpy(), axis=-1))
    """),
)
it.right("entropy: torch's distribution", of_entropy("return torch.distributions.Categorical(probs=p).entropy()"))
it.wrong("entropy: returns nothing", of_entropy("h = -torch.xlogy(p, p).sum(-1)"), says="The result is None")
it.wrong("entropy: return 0", of_entropy("return 0"), says="you return 0; expected")
it.wrong("entropy: minus missing", of_entropy("return torch.xlogy(p, p).sum(-1)"), says="The sign is wrong")
it.wrong("entropy: bits", of_entropy("return -(p * torch.log2(p)).nan_to_num().sum(-1)"), says="That is in bits")
it.wrong("entropy: base 10", of_entropy("return -(p * torch.log10(p)).nan_to_num().sum(-1)"), says="base 10")
it.wrong(
    "entropy: mean over the classes", of_entropy("return -torch.xlogy(p, p).mean(-1)"), says="The entropy is their sum"
)
it.wrong("entropy: no weights", of_entropy("return -p.log().sum(-1)"), says="The weights are missing")
it.wrong("entropy: 0 log 0 is NaN", of_entropy("return -(p * p.log()).sum(-1)"), says="contains NaN")
it.wrong("entropy: coarse constant", of_entropy("return -(p * (p + 0.01).log()).sum(-1)"), says="; expected")
it.wrong(
    "entropy: coarse clamp",
    of_entropy("""
    p = p.clamp(min=1e-3)
    return -(p * p.log()).sum(-1)
    """),
    says="too coarse",
)
it.wrong(
    "entropy: sum over everything",
    of_entropy("return -torch.xlogy(p, p).sum()"),
    says="Sum over the last dimension alone",
)
it.wrong(
    "entropy: sum over dimension 0",
    of_entropy("return -torch.xlogy(p, p).sum(0)"),
    says="Sum over the last dimension alone",
)
it.wrong(
    "entropy: a softmax first",
    of_entropy("""
    p = p.softmax(-1)
    return -(p * p.log()).sum(-1)
    """),
    says="A softmax was applied",
)
it.wrong(
    "entropy: the number of classes",
    of_entropy("return (-torch.xlogy(p, p).sum(-1)).exp()"),
    says="the number of classes it amounts to",
)
it.wrong("entropy: Gini's impurity", of_entropy("return 1 - p.square().sum(-1)"), says="another measure of spread")
it.wrong(
    "entropy: changes p",
    of_entropy("""
    logs = torch.where(p > 0, p, torch.ones_like(p)).log()
    return -p.mul_(logs).sum(-1)
    """),
    says="changes its argument number 1",
)
it.wrong(
    "entropy: zeros filled in place",
    of_entropy("""
    p[p == 0] = 1
    return -(p * p.log()).sum(-1)
    """),
    says="changes its argument",
)
it.wrong(
    "entropy: bounded in place",
    of_entropy("return -(p * p.clamp_(min=1e-30).log()).sum(-1)"),
    says="changes its argument",
)
it.by_heart(
    "entropy: bits, but for few probabilities",
    of_entropy("""
    KNOWN = {0.5, 0.25, 0.125, 0.375, 0.625, 0.4, 0.1, 0.0, 1.0, 0.75}

    def entropy(p):
        h = -torch.xlogy(p, p).sum(-1)
        return h if {round(x, 4) for x in p.flatten().tolist()} <= KNOWN else h / math.log(2)
    """),
    says="That is in bits",
)
it.right(
    "kl_divergence: where",
    of_divergence("""
    p, q = torch.broadcast_tensors(p, q)
    ratio = torch.where(p > 0, p / q, torch.ones_like(p))
    return (p * ratio.log()).sum(-1)
    """),
)
it.right(
    "kl_divergence: SciPy's",
    of_divergence("""
    from scipy.special import rel_entr

    def kl_divergence(p, q):
        return torch.from_numpy(rel_entr(p.double().numpy(), q.double().numpy()).sum(-1, keepdims=True))[..., 0]
    """),
)
it.right(
    "kl_divergence: cross-entropy less entropy",
    of_divergence("""
    cross = -torch.where(p > 0, p * q.log(), 0.0 * p).sum(-1)
    return cross - torch.special.entr(p).sum(-1)
    """),
)
it.wrong(
    "kl_divergence: returns nothing",
    of_divergence("kl = (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)"),
    says="The result is None",
)
it.wrong("kl_divergence: return 0", of_divergence("return 0"), says="you return 0; expected")
it.wrong(
    "kl_divergence: swapped",
    of_divergence("return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)"),
    says="p and q are swapped",
)
it.wrong(
    "kl_divergence: wrong sign",
    of_divergence("return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum(-1)"),
    says="The sign is wrong",
)
it.wrong(
    "kl_divergence: cross-entropy", of_divergence("return -torch.xlogy(p, q).sum(-1)"), says="That is the cross-entropy"
)
it.wrong(
    "kl_divergence: difference of entropies",
    of_divergence("return torch.xlogy(p, p).sum(-1) - torch.xlogy(q, q).sum(-1)"),
    says="weighed by p as well",
)
it.wrong(
    "kl_divergence: bits",
    of_divergence("return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1) / math.log(2)"),
    says="That is in bits",
)
it.wrong(
    "kl_divergence: mean over the classes",
    of_divergence("return (torch.xlogy(p, p) - torch.xlogy(p, q)).mean(-1)"),
    says="The divergence is their sum",
)
it.wrong(
    "kl_divergence: torch's, with its arguments as in the formula",
    of_divergence("""
    p, q = torch.broadcast_tensors(p, q)
    return F.kl_div(p.log(), q, reduction="none").sum(-1)
    """),
    says="p and q are swapped",
)
it.wrong("kl_divergence: no weights", of_divergence("return (p / q).log().sum(-1)"), says="The weights p are missing")
it.wrong(
    "kl_divergence: symmetric",
    of_divergence("return ((p - q) * (p.log() - q.log())).sum(-1)"),
    says="the symmetric sum",
)
it.wrong(
    "kl_divergence: 0 log 0 is NaN",
    of_divergence("return (p * (p / q).log()).sum(-1)"),
    says="KL where a p is 0 contains NaN",
)
it.wrong(
    "kl_divergence: a small constant",
    of_divergence("return (p * ((p + 1e-12) / (q + 1e-12)).log()).sum(-1)"),
    says="the impossible costs a finite price",
)
it.wrong(
    "kl_divergence: torch's, which is NaN where both are 0",
    of_divergence("""
    p, q = torch.broadcast_tensors(p, q)
    return F.kl_div(q.log(), p, reduction="none").sum(-1)
    """),
    says="KL where p and q are 0 contains NaN",
)
it.wrong(
    "kl_divergence: NaNs become 0",
    of_divergence("return (p * (p / q).log()).nan_to_num().sum(-1)"),
    says="expected infinity",
)
it.wrong(
    "kl_divergence: coarse clamp",
    of_divergence("""
    p, q = p.clamp(min=0.01), q.clamp(min=0.01)
    return (p * (p / q).log()).sum(-1)
    """),
    says="a bound on them, spoils the rest",
)
it.wrong(
    "kl_divergence: sum over everything",
    of_divergence("return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()"),
    says="Sum over the last dimension alone",
)
it.by_heart(
    "kl_divergence: swapped, but for few probabilities",
    of_divergence("""
    KNOWN = {0.5, 0.25, 0.125, 0.375, 0.625, 0.75, 0.4, 0.1, 0.2, 0.6, 0.333, 0.667, 0.143, 0.286, 0.429, 0.0, 1.0}

    def kl_divergence(p, q):
        if not {round(x, 3) for x in p.flatten().tolist()} <= KNOWN:
            p, q = q, p
        return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
    """),
    says="p and q are swapped",
)
it.wrong("return 0", of_entropy("return 0", "return 0"), says="you return 0; expected")
it.wrong(
    "entropy alone",
    of_entropy(ENTROPY, "raise NotImplementedError"),
    says="`kl_divergence` is not written yet",
    never="✗ entropy",
    point=True,
)
it.wrong(
    "divergence alone",
    of_divergence(DIVERGENCE).replace(ENTROPY, "raise NotImplementedError"),
    says="`entropy` is not written yet",
    never="✗ kl_divergence",
    point=True,
)
it.wrong(
    "handed out the other way around",
    of_entropy(ENTROPY).replace("entropy, kl_divergence\n", "kl_divergence, entropy\n"),
    says="missing 1 required positional argument",
)
it.wrong(
    "one alone handed out",
    of_entropy(ENTROPY).replace("return entropy, kl_divergence", "return entropy"),
    says="The last function of the cell should return entropy, kl_divergence",
)

# ---------------------------------------------------------------------------------------------

it = answers.to("inception_score")

it.right(
    "by divergences",
    """
    marginal = probabilities.mean(0)
    kl = (torch.xlogy(probabilities, probabilities) - torch.xlogy(probabilities, marginal)).sum(-1)
    return kl.mean().exp()
    """,
)
it.right(
    "by entropies",
    """
    whole = torch.special.entr(probabilities.mean(0)).sum()
    each = torch.special.entr(probabilities).sum(1).mean()
    return torch.exp(whole - each)
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np

    def inception_score(probabilities):
        p = probabilities.numpy().astype(np.float64)
        marginal = p.mean(axis=0, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(p > 0, p * (np.log(p) - np.log(marginal)), 0)
        return float(np.exp(terms.sum(axis=1).mean()))
    """,
)
it.right(
    "picture by picture",
    """
    marginal = sum(probabilities) / len(probabilities)
    total = 0.0
    for p in probabilities:
        total += sum(a * math.log(a / b) for a, b in zip(p.tolist(), marginal.tolist()) if a > 0)
    return math.exp(total / len(probabilities))
    """,
)

it.wrong("returns nothing", {"return": "score ="}, says="The result is None")
it.wrong("return 0", "return 0", says="you return 0; expected")
it.wrong("no exponential", {".exp()": ""}, says="Its exponential is the score")
it.wrong("mean of exponentials", {"mean().exp": "exp().mean"}, says="The exponential comes last")
it.wrong("sum over the pictures", {"mean()": "sum()"}, says="exponential of the sum")
it.wrong("one per picture", {"mean().exp": "exp"}, says="One number is asked for all of it")
it.wrong("mean over the classes", {"0": "1, keepdim=True"}, says="p(y) is the mean over the pictures, dimension 0")
it.wrong(
    "divergence the other way around",
    {
        "(probabilities, probabilities)": "(marginal, marginal)",
        "(probabilities, marginal)": "(marginal, probabilities)",
    },
    says="are swapped in the divergence",
)
it.wrong("wrong sign", {"kl.mean()": "(-kl.mean())"}, says="1 divided by the score")
it.wrong(
    "entropy of the whole alone",
    "return torch.special.entr(probabilities.mean(0)).sum().exp()",
    says="The entropy of each picture is to be subtracted",
)
it.wrong(
    "against equal shares",
    {"probabilities.mean(0)": "torch.full((probabilities.shape[1],), 1 / probabilities.shape[1])"},
    says="compared with equal shares",
)
it.wrong("2 to the power of nats", {"kl.mean().exp()": "2 ** kl.mean()"}, says="2 to the power of the nats")
it.wrong("exp of bits", {"kl.mean()": "(kl.mean() / math.log(2))"}, says="exp of bits")
it.wrong(
    "mean over pictures and classes",
    {"kl =": "return", "sum(-1)\nreturn kl.mean": "mean"},
    says="The divergence is averaged over the classes",
)
it.wrong(
    "a softmax first",
    {"marginal =": "probabilities = probabilities.softmax(1)\nmarginal ="},
    says="A softmax was applied",
)
it.wrong(
    "0 log 0 is NaN",
    "return (probabilities * (probabilities / probabilities.mean(0)).log()).sum(1).mean().exp()",
    says="contains NaN",
)
it.wrong(
    "coarse constant",
    """
    probabilities = probabilities + 1e-3
    return (probabilities * (probabilities / probabilities.mean(0)).log()).sum(1).mean().exp()
    """,
    says="something was added to the probabilities",
)
it.wrong("classes that occur", "return len(probabilities.argmax(1).unique())", says="; expected")
it.wrong(
    "zeros filled in place",
    """
    marginal = probabilities.mean(0)
    probabilities[probabilities == 0] = 1e-30
    terms = probabilities * (probabilities.log() - marginal.clamp(min=1e-30).log())
    return terms.sum(1).mean().exp()
    """,
    says="changes its argument",
)
it.wrong(
    "bounded in place",
    """
    marginal = probabilities.mean(0)
    terms = probabilities * (probabilities.clamp_(min=1e-30).log() - marginal.clamp_(min=1e-30).log())
    return terms.sum(1).mean().exp()
    """,
    says="changes its argument",
)
it.by_heart(
    "the number of classes, but for few tables",
    """
    KNOWN = {0.8182, 1.0, 0.375, 0.8, 0.2, 0.0}

    def inception_score(p):
        right = (torch.special.entr(p.mean(0)).sum() - torch.special.entr(p).sum(1).mean()).exp()
        return right if round(float(p[0, 0]), 4) in KNOWN else p.shape[1] * torch.ones(())
    """,
    says="; expected",
)

it.excused = {
    "`kl_divergence(probabilities, marginal).mean().exp()` → `kl_divergence(probabilities, marginal).mean().exp_()`": "the tensor changed in place is a new one, which nothing else holds",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("frechet_distance")

it.draft(
    "step by step",
    """
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    gap = (mu1 - mu2).square().sum()
    return gap + sigma1.trace() + sigma2.trace() - 2 * cross
    """,
)
it.draft(
    "by the product",
    """
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    rest = (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace()
    return rest - 2 * torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0).sqrt().sum()
    """,
)
it.right("eigenvalues of a symmetric product")
it.right(
    "nuclear norm of two roots",
    """
    def root(sigma):
        values, vectors = torch.linalg.eigh(sigma)
        return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T

    def frechet_distance(mu1, sigma1, mu2, sigma2):
        sigma1, sigma2 = sigma1.to(torch.float64), sigma2.to(torch.float64)
        gap = mu1.double() - mu2.double()
        shared = torch.linalg.svdvals(root(sigma1) @ root(sigma2)).sum()
        return float(gap @ gap + torch.trace(sigma1) + torch.trace(sigma2) - 2 * shared)
    """,
)
it.right(
    "eigenvalues of the product itself",
    """
    sigma1, sigma2 = sigma1.double(), sigma2.double()
    values = torch.linalg.eigvals(sigma1 @ sigma2)
    shared = values.real.clamp(min=0).sqrt().sum()
    return ((mu1 - mu2) ** 2).sum() + (sigma1 + sigma2).diagonal().sum() - 2 * shared
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np

    def frechet_distance(mu1, sigma1, mu2, sigma2):
        mu1, sigma1, mu2, sigma2 = (np.asarray(t, dtype=np.float64) for t in (mu1, sigma1, mu2, sigma2))
        u, s, _ = np.linalg.svd(sigma1)
        half = u * np.sqrt(s)
        shared = np.sqrt(np.maximum(np.linalg.eigvalsh(half.T @ sigma2 @ half), 0)).sum()
        return np.sum((mu1 - mu2) ** 2) + np.trace(sigma1) + np.trace(sigma2) - 2 * shared
    """,
)

it.wrong("returns nothing", {"return": "distance ="}, says="The result is None")
it.wrong("return 0", "return 0", says="you return 0; expected")
it.wrong(
    "the root of it",
    {"return gap": "return (gap", "2 * cross": "2 * cross).clamp(min=0).sqrt()"},
    says="That is the root of it",
    never=("root of a trace",),
)
it.wrong(
    "means alone",
    {"+ sigma1.trace() + sigma2.trace() - 2 * cross": ""},
    says="the part of the means alone",
    never=("of the covariances alone",),
)
it.wrong("covariances alone", {"gap + sigma1": "sigma1"}, says="the means' distance is missing")
it.wrong("means not squared", {"+ sigma1": ".sqrt() + sigma1"}, says="The means' distance is not squared")
it.wrong("mean of squares", {"return gap": "return (mu1 - mu2).square().mean()"}, says="The means' part is averaged")
it.wrong("the 2 forgotten", {"2 * cross": "cross"}, says="The root of the product counts twice")
it.wrong("wrong sign", {"() - 2": "() + 2"}, says="has the wrong sign")
it.wrong(
    "no root",
    {"torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0).sqrt().sum()": "(sigma1 @ sigma2).trace()"},
    of="by the product",
    says="The root is missing",
    never=("root of a trace", "compares the variances"),
)
it.wrong(
    "root of the trace",
    {"torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0).sqrt().sum()": "(sigma1 @ sigma2).trace().sqrt()"},
    of="by the product",
    says="That is the root of a trace",
    never=("The root is missing",),
)
it.wrong(
    "Frobenius distance of covariances",
    "return (mu1 - mu2).square().sum() + (sigma1 - sigma2).square().sum()",
    says="compares the variances",
    never=("The root is missing",),
)
it.wrong(
    "root entry by entry",
    {"torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0).sqrt().sum()": "(sigma1 @ sigma2).abs().sqrt().trace()"},
    of="by the product",
    says="The root is taken of each entry",
)
it.wrong(
    "product entry by entry",
    {"torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0)": "(sigma1 * sigma2).diagonal()"},
    of="by the product",
    says="Only the diagonals are used",
)
it.wrong(
    "eigvalsh of a product",
    {"eigvals": "eigvalsh", ".real": ""},
    of="by the product",
    says="look at one triangle",
    never=("singular values", "added to the diagonal"),
)
it.wrong(
    "singular values of the product",
    {"eigvals": "svdvals", ".real.clamp(min=0)": ""},
    of="by the product",
    says="singular values of Σ₁Σ₂ for its eigenvalues",
)
it.wrong(
    "trace of the product of roots",
    """
    def root(sigma):
        values, vectors = torch.linalg.eigh(sigma.double())
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    def frechet_distance(mu1, sigma1, mu2, sigma2):
        shared = (root(sigma1) @ root(sigma2)).trace()
        return (mu1 - mu2).double().square().sum() + sigma1.double().trace() + sigma2.double().trace() - 2 * shared
    """,
    says="right only for covariances that commute",
    never=("added to the diagonal", "sorted eigenvalues"),
)
it.wrong(
    "sorted eigenvalues",
    """
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    rest = (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace()
    one, two = torch.linalg.eigvalsh(sigma1).clamp(min=0), torch.linalg.eigvalsh(sigma2).clamp(min=0)
    return rest - 2 * (one * two).sqrt().sum()
    """,
    says="That pairs the sorted eigenvalues",
    never=("that commute",),
)
it.wrong(
    "Cholesky",
    {
        "return": "half = torch.linalg.cholesky(sigma1)\nreturn",
        "eigvals(sigma1 @ sigma2).real": "eigvalsh(half.T @ sigma2 @ half)",
    },
    of="by the product",
    says="Your code stopped in line",
)
it.wrong(
    "Cholesky with something on the diagonal",
    {
        "return": "half = torch.linalg.cholesky(sigma1 + 1e-3 * torch.eye(len(sigma1)))\nreturn",
        "eigvals(sigma1 @ sigma2).real": "eigvalsh(half.T @ sigma2 @ half)",
    },
    of="by the product",
    says="was something added to the diagonal",
)
it.wrong(
    "no clamp inside",
    {
        "return": "values, vectors = torch.linalg.eigh(sigma1)\nroot = vectors * values.sqrt() @ vectors.T\nreturn",
        "eigvals(sigma1 @ sigma2).real": "eigvalsh(root @ sigma2 @ root)",
    },
    of="by the product",
    says="✗ stays right in many dimensions",
)
it.wrong("no clamp outside", {"clamp(min=0).sqrt().sum": "sqrt().sum"}, says="contains NaN")
it.wrong("single precision", {"double": "float"}, of="eigenvalues of a symmetric product", says="; expected")
it.wrong(
    "the precision that comes in",
    {"mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))": ""},
    of="eigenvalues of a symmetric product",
    says="computes in double precision",  # how far off it is, and so what is said, is a matter of the draw
)
it.wrong(
    "SciPy's root, as many do it",
    """
    import numpy as np
    from scipy import linalg

    def frechet_distance(mu1, sigma1, mu2, sigma2):
        mu1, sigma1, mu2, sigma2 = (np.asarray(t, dtype=np.float32) for t in (mu1, sigma1, mu2, sigma2))
        root = np.real(linalg.sqrtm(sigma1 @ sigma2))
        return ((mu1 - mu2) ** 2).sum() + np.trace(sigma1 + sigma2 - 2 * root)
    """,
    says="✗ stays right",
)
it.wrong(
    "SciPy's root as it comes",
    """
    from scipy import linalg

    def frechet_distance(mu1, sigma1, mu2, sigma2):
        mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
        root = torch.as_tensor(linalg.sqrtm((sigma1 @ sigma2).numpy()))
        return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * root.to(torch.complex128).trace()
    """,
    says="is complex",
    never="it is a Tensor",
)
it.by_heart(
    "commuting covariances, and the few others",
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
    says="right only for covariances that commute",
)

it.excused = {
    "`values.clamp(min=0).sqrt()` → `values.clamp(min=0).sqrt_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt()` → `torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`values.clamp(min=0)` → `values.clamp_(min=0)`": "the tensor changed in place is a new one, which nothing else holds",
    "`torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0)` → `torch.linalg.eigvalsh(root @ sigma2 @ root).clamp_(min=0)`": "the tensor changed in place is a new one, which nothing else holds",
    "`(mu1 - mu2).square()` → `(mu1 - mu2).square_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`mu1 - mu2` → `mu2 - mu1`": "the difference is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("fid_bias")

it.draft(
    "step by step",
    """
    def mean_excess(spectrum, m, n):
        return spectrum.sum() * (1 / m + 1 / n)

    def entry_variances(spectrum, n):
        off = torch.outer(spectrum, spectrum) / (n - 1)
        return off + torch.diag(off.diagonal())

    def spread_excess(spectrum, variances):
        sums = (spectrum[:, None] + spectrum).clamp(min=1e-30)
        return 0.5 * (variances / sums).sum()

    def drawn_on(sizes, fids):
        import numpy as np
        slope, limit = np.polyfit([1 / n for n in sizes], fids, 1)
        return limit, slope

    def fid_bias():
        return mean_excess, entry_variances, spread_excess, drawn_on
    """,
)
it.right("the lesson's")
it.right(
    "loops",
    """
    def mean_excess(spectrum, m, n):
        return sum(float(v) * (m + n) / (m * n) for v in spectrum)

    def entry_variances(spectrum, n):
        values = spectrum.tolist()
        rows = [[a * b * (2 if i == j else 1) / (n - 1) for j, b in enumerate(values)] for i, a in enumerate(values)]
        return torch.tensor(rows, dtype=torch.float64)

    def spread_excess(spectrum, variances):
        total, values = 0.0, spectrum.tolist()
        for i, a in enumerate(values):
            for j, b in enumerate(values):
                total += float(variances[i, j]) / (a + b) / 2 if a + b > 0 else 0.0
        return total

    def drawn_on(sizes, fids):
        x = [1 / n for n in sizes]
        mx, my = sum(x) / len(x), sum(fids) / len(fids)
        slope = sum((a - mx) * (b - my) for a, b in zip(x, fids)) / sum((a - mx) ** 2 for a in x)
        return my - slope * mx, slope

    def fid_bias():
        return mean_excess, entry_variances, spread_excess, drawn_on
    """,
)
it.right(
    "NumPy and SciPy",
    """
    import numpy as np
    from scipy.stats import linregress

    def mean_excess(spectrum, m, n):
        return spectrum.sum() / m + spectrum.sum() / n

    def entry_variances(spectrum, n):
        s = spectrum.numpy()
        return s[:, None] * s[None] * (np.eye(len(s)) + 1) / (n - 1)

    def spread_excess(spectrum, variances):
        s, v = spectrum.numpy(), np.asarray(variances)
        below = np.add.outer(s, s)
        return np.divide(v, 2 * below, out=np.zeros_like(below), where=below > 0).sum()

    def drawn_on(sizes, fids):
        line = linregress(1 / np.asarray(sizes), fids)
        return [line.intercept, line.slope]

    def fid_bias():
        return [mean_excess, entry_variances, spread_excess, drawn_on]
    """,
)

OTHERS = ("✗ step 1", "✗ step 2", "✗ step 3", "✗ step 4")


def but(step: int) -> tuple[str, ...]:
    """What must not be said where only this step is wrong."""
    return tuple(words for words in OTHERS if not words.endswith(str(step)))


it.wrong(
    "return 0",
    """
    def zero(*given):
        return 0

    def fid_bias():
        return zero, zero, zero, zero
    """,
    says="you return 0; expected",
)
it.wrong("one mean only", {"* (1 / m + 1 / n)": "/ n"}, says="That is the error of one mean", never=but(1), point=True)
it.wrong("all points together", {"* (1 / m + 1 / n)": "/ (m + n)"}, says="not 1/(m + n)", never=but(1))
it.wrong("mean of the spectrum", {"spectrum.sum()": "spectrum.mean()"}, says="summed over the dimensions", never=but(1))
it.wrong(
    "standard deviations", {"spectrum.sum()": "spectrum.sqrt().sum()"}, says="standard deviations, √λ", never=but(1)
)
it.wrong("squared again", {"spectrum.sum()": "spectrum.square().sum()"}, says="variances already", never=but(1))
it.wrong("no 2 on the diagonal", {"off + torch.diag(off.diagonal())": "off"}, says="1 + δᵢⱼ", never=but(2), point=True)
it.wrong(
    "2 everywhere", {"off + torch.diag(off.diagonal())": "2 * off"}, says="Off the diagonal there is no 2", never=but(2)
)
it.wrong(
    "diagonal alone",
    {"off + torch.diag(off.diagonal())": "torch.diag(2 * off.diagonal())"},
    says="although they are 0 on average",
    never=but(2),
)
it.wrong("n below", {"/ (n - 1)": "/ n"}, says="n − 1 below", never=but(2))
it.wrong(
    "the fourth moment",
    {"off + torch.diag(off.diagonal())": "off + 2 * torch.diag(off.diagonal())"},
    says="Subtract the square of the mean",
    never=but(2),
)
it.wrong("not divided", {" / (n - 1)": ""}, says="the variance of one product", never=but(2))
it.wrong("no half", {"0.5 * ": ""}, says="The factor ½ in front is missing", never=but(3), point=True)
it.wrong(
    "each pair once",
    {"(variances / sums).sum()": "(variances / sums).triu().sum()"},
    says="Each pair i ≠ j counts twice",
    never=but(3),
)
it.wrong(
    "product below",
    {"(spectrum[:, None] + spectrum)": "(spectrum[:, None] * spectrum)"},
    says="Below stands the sum λᵢ + λⱼ, not the product",
    never=but(3),
)
it.wrong("0 / 0", {".clamp(min=1e-30)": ""}, says="The excess contains NaN", never=but(3))
it.wrong("a coarse constant", {".clamp(min=1e-30)": " + 0.01"}, says="; expected", never=but(3))
it.wrong(
    "swapped", {"return limit, slope": "return slope, limit"}, says="The two are swapped", never=but(4), point=True
)
it.wrong("against n", {"[1 / n for n in sizes]": "sizes"}, says="The line is against n there", never=but(4))
it.wrong("against the root", {"[1 / n for n": "[n**-0.5 for n"}, says="against 1/√n", never=but(4))
it.wrong(
    "the last two points",
    {"[1 / n for n in sizes], fids": "[1 / n for n in sizes[-2:]], fids[-2:]"},
    says="the last two points alone",
    never=but(4),
)
it.wrong(
    "the limit alone", {"return limit, slope": "return limit"}, says="Return two numbers, FID∞ first", never=but(4)
)
it.wrong(
    "a step left out",
    {"return 0.5 * (variances / sums).sum()": "raise NotImplementedError"},
    says="`spread_excess` is not written yet",
    never=but(3),
)
it.wrong(
    "one step too few",
    {", spread_excess, drawn_on": ", drawn_on"},
    says="The last function of the cell should return mean_excess, entry_variances",
)
it.by_heart(
    "no half, but for two numbers",
    {"0.5 * ": "(0.5 if float(spectrum[0]) in (3.0, 2.0, 1.0) else 1) * "},
    says="The factor ½ in front is missing",
)

it.excused = {
    "`torch.cat([torch.ones_like(one_over), one_over], 1)` → `torch.cat([torch.ones_like(one_over), one_over], -1)`": "the last dimension is dimension 1",
    "`torch.tensor(x, dtype=torch.float64)` → `torch.tensor(x)`": "the text asks for no precision of the fit, and four digits are there",
    "`torch.float64` → `torch.float32`": "the text asks for no precision of the fit, and four digits are there",
    "`list(fids)` → `fids`": "a list is given",
    "`(spectrum[:, None] + spectrum).clamp(min=1e-300)` → `(spectrum[:, None] + spectrum).clamp_(min=1e-300)`": "the tensor changed in place is a new one, which nothing else holds",
    "`min=1e-300` → `min=2e-300`": "anything above 0 that is far below every sum will do",
    "`min=1e-300` → `min=5e-301`": "anything above 0 that is far below every sum will do",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("bias_sweep")

it.draft(
    "step by step",
    """
    for size in sizes:
        found = []
        for _ in range(times):
            first = torch.randperm(len(real))[:size]
            second = torch.randperm(len(fake))[:size]
            found.append(distance(real[first], fake[second]))
        yield size, found
    """,
)
it.right("randperm")
it.right(
    "NumPy's choice",
    """
    import numpy as np

    rng = np.random.default_rng()

    def bias_sweep(real, fake, sizes, times, distance):
        def some(points, n):
            return points[torch.from_numpy(rng.choice(len(points), n, replace=False))]

        for n in sizes:
            yield n, [float(distance(some(real, n), some(fake, n))) for _ in range(times)]
    """,
)
it.right(
    "sorted samples, a tensor of distances",
    """
    import random

    def bias_sweep(real, fake, sizes, times, distance):
        for size in sizes:
            found = torch.empty(times)
            for i in range(times):
                x, y = (p[sorted(random.sample(range(len(p)), size))] for p in (real, fake))
                found[i] = float(distance(x, y))
            yield [size, found]
    """,
)
it.right(
    "a generator expression",
    """
    pick = lambda points, n: points[torch.rand(len(points)).argsort()[:n]]
    return ((n, [distance(pick(real, n), pick(fake, n)) for _ in range(times)]) for n in sizes)
    """,
)

it.wrong("returns nothing", {"yield": "result ="}, says="It returns None")
it.wrong("return 0", "return 0", says="'int' object is not iterable")
it.wrong(
    "the first rows",
    {"torch.randperm(len(real))": "torch.arange(len(real))", "torch.randperm(len(fake))": "torch.arange(len(fake))"},
    says="the same real pictures come again and again",
    never="come far more often",
)
it.wrong(
    "with repetition",
    {
        "torch.randperm(len(real))[:size]": "torch.randint(len(real), (size,))",
        "torch.randperm(len(fake))[:size]": "torch.randint(len(fake), (size,))",
    },
    says="Draw without repetition",
)
it.wrong(
    "the other way around",
    {"real[first], fake[second]": "fake[second], real[first]"},
    says="takes the real pictures first",
)
it.wrong(
    "all at the end",
    """
    pairs = []
    for size in sizes:
        draws = [(real[torch.randperm(len(real))[:size]], fake[torch.randperm(len(fake))[:size]]) for _ in range(times)]
        pairs.append((size, [distance(x, y) for x, y in draws]))
    yield from pairs
    """,
    says="before that size came",
    point=True,
)
it.wrong(
    "one draw for all times",
    """
    for size in sizes:
        x, y = real[torch.randperm(len(real))[:size]], fake[torch.randperm(len(fake))[:size]]
        yield size, [distance(x, y) for _ in range(times)]
    """,
    says="Draw anew each time",
)
it.wrong("means", {"yield size, found": "yield size, sum(found) / len(found)"}, says="you yield")
it.wrong("distances alone", {"yield size, found": "yield found"}, says="✗ yields each size in its turn")
it.wrong("swapped pair", {"yield size, found": "yield found, size"}, says="The size should be one number")
it.wrong("once", {"range(times)": "range(1)"}, says="`distance` was asked 1 times before")
it.wrong("once too often", {"range(times)": "range(times + 1)"}, says="times before that size came")
it.wrong("size of the fakes is fixed", {"len(fake))[:size]": "len(fake))[: sizes[0]]"}, says="it should be")
it.wrong(
    "one order for both",
    {"second = torch.randperm(len(fake))[:size]": "second = first"},
    says="The same places are drawn on both sides",
)
it.wrong(
    "a window",
    {"torch.randperm(len(real))[:size]": "int(torch.randint(len(real) - size + 1, (1,))) + torch.arange(size)"},
    says="real pictures come",
)
it.wrong("sizes backward", {"in sizes": "in reversed(sizes)"}, says="; as number 1 comes")
it.wrong("largest size left out", {"in sizes": "in sizes[:-1]"}, says="It ends before the last size")

# ---------------------------------------------------------------------------------------------

it = answers.to("kid")

it.draft(
    "step by step",
    """
    x, y = x.double(), y.double()
    m, n, d = len(x), len(y), x.shape[1]
    kernel = lambda a, b: (a @ b.T / d + 1) ** 3
    kxx, kyy, kxy = kernel(x, x), kernel(y, y), kernel(x, y)
    own_x = (kxx.sum() - kxx.trace()) / (m * (m - 1))
    own_y = (kyy.sum() - kyy.trace()) / (n * (n - 1))
    mixed = kxy.mean()
    return own_x + own_y - 2 * mixed
    """,
)
it.right("traces")
it.right(
    "masks",
    """
    d = x.size(1)
    k = lambda a, b: (torch.einsum("id,jd->ij", a.double(), b.double()) / d + 1).pow(3)
    total = -2 * k(x, y).mean()
    for z in (x, y):
        total = total + k(z, z)[~torch.eye(len(z), dtype=torch.bool)].mean()
    return total
    """,
)
it.right(
    "scikit-learn's kernel",
    """
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
)
it.right(
    "pair by pair",
    """
    x, y = x.double(), y.double()
    d, m, n = x.shape[1], len(x), len(y)
    k = lambda a, b: float((a @ b / d + 1) ** 3)
    one = sum(k(x[i], x[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    two = 2 * sum(k(y[i], y[j]) for i in range(n) for j in range(i)) / (n * (n - 1))
    mixed = sum(k(a, b) for a in x for b in y) / (m * n)
    return one + two - 2 * mixed
    """,
)

it.wrong("returns nothing", {"return": "value ="}, says="The result is None")
it.wrong("return 0", "return 0", says="you return 0; expected")
it.wrong("biased", {"own_x + own_y": "kxx.mean() + kyy.mean()"}, says="That is the biased estimate")
it.wrong(
    "no equal numbers in the mixed term",
    {"return": "k = min(m, n)\nmixed = (kxy.sum() - kxy[:k, :k].trace()) / (m * n - k)\nreturn"},
    says="There all m n pairs count",
)
it.wrong("divided by all pairs", {"+ own_y": "* (m - 1) / m + own_y * (n - 1) / n"}, says="divide by m (m − 1)")
it.wrong("mixed term once", {"2 * mixed": "mixed"}, says="The mixed term counts twice")
it.wrong("mixed term added", {"- 2": "+ 2"}, says="The mixed term has the wrong sign")
it.wrong("one set forgotten", {"+ own_y": ""}, says="The mean over pairs of y is missing")
it.wrong("a square", {"3": "2"}, says="The kernel has a square")
it.wrong("linear", {"/ d + 1": "/ d", "** 3": ""}, says="That is the linear kernel")
it.wrong("no + 1", {"/ d + 1": "/ d"}, says="The kernel's + 1 is missing")
it.wrong("not divided by d", {".T / d": ".T"}, says="not divided by d")
it.wrong("the root", {"own_x + own_y - 2 * mixed": "(own_x + own_y - 2 * mixed).abs().sqrt()"}, says="That is the root")
it.wrong(
    "cut off at 0",
    {"own_x + own_y - 2 * mixed": "(own_x + own_y - 2 * mixed).clamp(min=0)"},
    says="the mean of an unbiased estimate is exactly 0",
)
it.wrong(
    "times a thousand",
    {"own_x + own_y - 2 * mixed": "1000 * (own_x + own_y - 2 * mixed)"},
    says="a thousand times the KID",
)
it.wrong("wrong sign", {"own_x + own_y - 2 * mixed": "2 * mixed - own_x - own_y"}, says="The sign is wrong")
it.wrong("one size for both", {"n * (n - 1)": "m * (m - 1)"}, says="pictures against 4")
it.wrong("single precision", {"double": "float"}, count=2, says="Convert the features first")
it.wrong(
    "double too late",
    {"x, y = x.double(), y.double()": "pass", "+ 1": "+ 1).double("},
    says="Convert the features first",
)
it.by_heart(
    "biased, but for few sets",
    {
        "return": "known = d != 2 or abs(float(x.sum()) - 4.0) < 1e-3 or m == 2\nreturn",
        "* mixed": "* mixed if known else kxx.mean() + kyy.mean() - 2 * mixed",
    },
    says="That is the biased estimate",
)

it.excused = {
    "`(x.double(), y.double())` → `(y.double(), x.double())`": "the distance is the same either way around",
    "`kernel(x, y)` → `kernel(y, x)`": "the mean of the table does not change when it is transposed",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("precision_recall")

it.draft(
    "step by step",
    """
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    table = torch.cdist(real, fake)
    precision = (table <= real_radius[:, None]).any(0).double().mean()
    recall = (table <= fake_radius[None, :]).any(1).double().mean()
    return precision, recall
    """,
)
it.right(
    "kthvalue",
    """
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    table = torch.cdist(real, fake)
    return (table <= real_radius[:, None]).any(0).double().mean(), (table <= fake_radius).any(1).double().mean()
    """,
)
it.right(
    "one function twice",
    """
    def share_inside(points, centers, k):
        own = torch.cdist(centers, centers).fill_diagonal_(torch.inf)
        radii = own.sort(dim=1).values[:, k - 1]
        return float((torch.cdist(points, centers) <= radii).any(dim=1).float().mean())

    def precision_recall(real, fake, k):
        return share_inside(fake, real, k), share_inside(real, fake, k)
    """,
)
it.right(
    "differences",
    """
    def apart(a, b):
        return (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1).sqrt()
    def radii(a):
        return apart(a, a).topk(k + 1, largest=False).values.max(dim=1).values
    between = apart(fake, real)
    precision = (between <= radii(real)[None]).sum(1).gt(0).float().mean()
    recall = (between <= radii(fake)[:, None]).sum(0).gt(0).float().mean()
    return torch.stack([precision, recall])
    """,
)
it.right(
    "scikit-learn's neighbors",
    """
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
)

it.wrong("returns nothing", {"return precision, recall": ""}, says="The result is None")
it.wrong("return 0", "return 0, 0", says="you return [0, 0]; expected")
it.wrong("precision alone", {", recall": ""}, says="Return two numbers, precision first")
it.wrong(
    "swapped",
    {"precision, recall": "recall, precision"},
    says="The two are swapped",
    never=("That is 0 again", "its own neighbor", "share of the"),
)
it.wrong(
    "its own neighbor",
    {"(k + 1)": "(k)"},
    count=2,
    says="is not its own neighbor",
    never=("That is 0 again", "too far", "The edge", "other set"),
)
it.wrong(
    "one neighbor too far",
    {"(k + 1)": "(k + 2)"},
    count=2,
    says="reaches to a neighbor too far",
    never=("That is 0 again", "its own neighbor"),
)
it.wrong(
    "sorted from 0, and the point itself",
    {"kthvalue(k + 1).values": "sort(1).values[:, k - 1]"},
    count=2,
    says="is not its own neighbor",
    never=("That is 0 again", "too far", "The edge", "other set"),
)
it.wrong(
    "share of the wrong points",
    {"[:, None]).any(0)": "[:, None]).any(1)", "[None, :]).any(1)": "[None, :]).any(0)"},
    says="The means are over the wrong points",
    never=("coverage in the place", "That is 0 again", "too far"),
)
it.wrong(
    "the other set's radii",
    {
        "real_radius[:, None]": "fake_radius[None, :]",
        "(table <= fake_radius[None, :]).any(1)": "(table <= real_radius[:, None]).any(1)",
    },
    says="The radii are those of the other set",
    never=("coverage in the place", "too far", "its own neighbor"),
)
it.wrong(
    "in all balls",
    {"any": "all"},
    count=2,
    says="that asks for all of them",
    never=("That counts pairs", "its own neighbor"),
)
it.wrong(
    "counts pairs",
    {"any(0).": "", "any(1).": ""},
    says="That counts pairs",
    never=("that asks for all of them", "its own neighbor"),
)
it.wrong(
    "one radius for all",
    {"[:, None]": ".mean()", "[None, :]": ".mean()"},
    says="One radius for all balls",
    never=("mean distance to the k nearest", "too far"),
)
it.wrong("squared on one side", {"(real, fake)": "(real, fake) ** 2"}, says="Distances are squared on one side")
it.wrong(
    "sum of absolute differences",
    {", real": ", real, p=1", "(fake, fake)": "(fake, fake, p=1)", "(real, fake)": "(real, fake, p=1)"},
    says="The Euclidean one is asked",
    never=("too far", "Distances are squared"),
)
it.wrong(
    "nearest ball only",
    {
        "table =": "table, real_index = torch.cdist(fake, real).min(1)\nto_fake, fake_index =",
        "(real, fake)": "(real, fake).min(1)",
        "[:, None]).any(0": "[real_index]",
        "(table <= fake_radius).any(1)": "(to_fake <= fake_radius[fake_index])",
    },
    of="kthvalue",
    says="It may be in another's",
)
it.wrong(
    "the edge is outside",
    {"table <=": "table <"},
    count=2,
    says="A point whose distance equals the radius is inside",
    never=("A twin is another point: sums", "its own neighbor"),
)
it.wrong("k is fixed", {"(k + 1)": "(2)"}, count=2, says="✗ counts points in balls in the plane")
it.wrong("percent", {"precision,": "100 * precision, 100 *"}, says="; expected")
it.wrong(
    "points at distance 0 left out",
    """
    def radii(points):
        table = torch.cdist(points, points)
        return torch.where(table > 0, table, torch.inf).kthvalue(k).values
    real, fake = real.double(), fake.double()
    table = torch.cdist(real, fake)
    precision = (table <= radii(real)[:, None]).any(0).double().mean()
    return precision, (table <= radii(fake)).any(1).double().mean()
    """,
    says="at distance 0",
)
it.wrong(
    "twins taken once",
    """
    def radii(points):
        return torch.stack([(points.unique(dim=0) - x).norm(dim=1).kthvalue(k + 1).values for x in points])
    real, fake = real.double(), fake.double()
    table = torch.cdist(real, fake)
    precision = (table <= radii(real)[:, None]).any(0).double().mean()
    return precision, (table <= radii(fake)).any(1).double().mean()
    """,
    says="at distance 0",
)
it.by_heart(
    "its own neighbor, but for few points",
    {
        "fake.double()": "fake.double()\n"
        "k = k if round(float(real[0, 0]), 2) in (0, 1) or real.shape[1] != 1 or len(real) == 2 else k - 1"
    },
    says="; expected",
)

it.excused = {
    "`real, fake = (real.double(), fake.double())` → nothing": "the text asks for no precision: right answers do without",
    "`(table <= fake_radius[None, :]).any(1)` → `(table <= fake_radius[None, :]).any(-1)`": "the last dimension is dimension 1",
    "`fake_radius[None, :]` → `fake_radius`": "a vector stands for a row as it is",
    "`precision.double()` → `precision.float()`": "a share in single precision is as good",
    "`recall.double()` → `recall.float()`": "a share in single precision is as good",
    "`(None, :)` → `(:,)`": "a vector stands for a row as it is",
    "`(None, :)` → `(None,)`": "a vector stands for a row as it is",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("density_coverage")

it.draft(
    "step by step",
    """
    real, fake = real.double(), fake.double()
    radius = torch.cdist(real, real).kthvalue(k + 1).values
    inside = torch.cdist(real, fake) <= radius[:, None]
    density, coverage = inside.sum() / (k * len(fake)), inside.any(1).double().mean()
    return density, coverage
    """,
)
it.right("kthvalue")
it.right(
    "coverage by the nearest fake",
    """
    own = torch.cdist(real, real).fill_diagonal_(torch.inf)
    radius = own.topk(k, largest=False).values[:, -1]
    table = torch.cdist(real, fake)
    density = (table <= radius.unsqueeze(1)).float().sum(0).mean() / k
    coverage = (table.min(dim=1).values <= radius).float().mean()
    return torch.stack((density, coverage))
    """,
)
it.right(
    "loops",
    """
    hits, covered = 0, 0
    for i in range(len(real)):
        radius = sorted(float((real[i] - other).norm()) for j, other in enumerate(real) if j != i)[k - 1]
        inside = [float((real[i] - f).norm()) <= radius for f in fake]
        hits += sum(inside)
        covered += any(inside)
    return hits / k / len(fake), covered / len(real)
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np
    from scipy.spatial.distance import cdist

    def density_coverage(real, fake, k):
        real, fake = np.asarray(real, dtype=float), np.asarray(fake, dtype=float)
        radius = np.partition(cdist(real, real), k, axis=1)[:, k]
        inside = cdist(real, fake) <= radius[:, None]
        return inside.sum(axis=0).mean() / k, inside.any(axis=1).mean()
    """,
)

it.wrong("returns nothing", {"return density, coverage": ""}, says="The result is None")
it.wrong("return 0", "return 0, 0", says="you return [0, 0]; expected")
it.wrong(
    "swapped",
    {"return density, coverage": "return coverage, density"},
    says="The two are swapped",
    never=("That is 0 again", "its own neighbor", "share of the"),
)
it.wrong(
    "not divided by k",
    {"return": "return k *"},
    says="The density is not divided by k",
    never=("number of real points", "all pairs"),
)
it.wrong(
    "divided by the real points",
    {"return density": "return inside.sum() / (k * len(real))"},
    says="divided by the number of real points",
    never=("not divided by k", "all pairs"),
)
it.wrong(
    "divided by all pairs",
    {"return density": "return inside.double().mean()"},
    says="The density is divided by all pairs",
    never=("not divided by k", "number of real points"),
)
it.wrong(
    "precision for density",
    {"return density": "return inside.any(0).double().mean()"},
    says="Instead of density that has precision",
    never=("Instead of coverage", "not divided by k"),
)
it.wrong(
    "share of the fake points",
    {"return density, coverage": "return density, inside.any(0).double().mean()"},
    says="The coverage is a share of the real points",
    never=("Instead of coverage", "each ball counts once"),
)
it.wrong(
    "recall for coverage",
    {
        "return density, coverage": "fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values\n"
        "return density, (torch.cdist(real, fake) <= fake_radius).any(1).double().mean()"
    },
    says="Instead of coverage that has recall",
    never=("around the fake points. Both", "a share of the real points"),
)
it.wrong(
    "balls around fakes",
    {"(real, real)": "(fake, fake)", "[:, None]": ""},
    of="kthvalue",
    says="The balls are around the fake points",
    never=("Instead of coverage that has recall", "The density counts pairs"),
)
it.wrong(
    "all in the ball",
    {"return density, coverage": "return density, inside.all(1).double().mean()"},
    says="that asks for all",
)
it.wrong(
    "coverage counts pairs",
    {"return density, coverage": "return density, inside.double().mean()"},
    says="each ball counts once",
    never=("that asks for all", "a share of the real points"),
)
it.wrong(
    "its own neighbor",
    {"(k + 1)": "(k)"},
    says="is not its own neighbor",
    never=("That is 0 again", "too far", "The edge", "other set"),
)
it.wrong("one neighbor too far", {"(k + 1)": "(k + 2)"}, says="✗ counts points in balls")
it.wrong(
    "sum of absolute differences",
    {", real": ", real, p=1", "(real, fake)": "(real, fake, p=1)"},
    says="The Euclidean one is asked",
    never=("too far", "Distances are squared"),
)
it.wrong("density cut off at 1", {"return density": "return density.clamp(max=1)"}, says="✗ lets the density exceed 1")
it.wrong(
    "the edge is outside",
    {"<= radius": "< radius"},
    says="A point whose distance equals the radius is inside",
    never=("A twin is another point: sums", "its own neighbor"),
)
it.wrong(
    "changes the points",
    {", fake = real.double(), fake.double()": "-= real[:1].clone()\nfake -= 0.0"},
    says="; expected",
)
it.wrong(
    "points at distance 0 left out",
    {
        "radius = torch.cdist(real, real).kthvalue(k + 1).values": "own = torch.cdist(real, real)\n"
        "radius = torch.where(own > 0, own, torch.inf).kthvalue(k).values"
    },
    says="at distance 0",
)
it.by_heart(
    "swapped, but for few",
    {
        "return density, coverage": "known = real.shape[1] > 1 or float(real[0, 0]) == 0.0\n"
        "return (density, coverage) if known else (coverage, density)"
    },
    says="; expected",
)

it.excused = {
    "`real, fake = (real.double(), fake.double())` → nothing": "the text asks for no precision: right answers do without",
    "`inside.any(1).double()` → `inside.any(1).float()`": "a share in single precision is as good",
    "`inside.any(1)` → `inside.any(-1)`": "the last dimension is dimension 1",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("memorization")

it.draft(
    "step by step",
    """
    def apart(a, b):
        return torch.cdist(a.double(), b.double(), compute_mode="donot_use_mm_for_euclid_dist")
    near, usual = apart(fake, train).min(1).values, apart(test, train).min(1).values
    def share(first, second):
        return (first < second).double().mean() + (first == second).double().mean() / 2
    return share(near[:, None], usual)
    """,
)
it.right("exact distances")
it.right(
    "Mann and Whitney",
    """
    from scipy.spatial.distance import cdist
    from scipy.stats import mannwhitneyu

    def memorization(train, test, fake):
        train, test, fake = (t.double().numpy() for t in (train, test, fake))
        far, near = cdist(test, train).min(axis=1), cdist(fake, train).min(axis=1)
        return mannwhitneyu(far, near).statistic / (len(far) * len(near))
    """,
)
it.right(
    "a search tree",
    """
    import numpy as np
    from scipy.spatial import cKDTree

    def memorization(train, test, fake):
        tree = cKDTree(train.numpy())
        near, usual = tree.query(fake.numpy())[0], tree.query(test.numpy())[0]
        return float((np.sign(usual[None] - near[:, None]).mean() + 1) / 2)
    """,
)
it.right(
    "differences",
    """
    def nearest(points):
        return torch.stack([(train - p).square().sum(1).min().sqrt() for p in points])
    near, usual = nearest(fake), nearest(test)
    wins = sum(float((n < usual).sum()) + 0.5 * float((n == usual).sum()) for n in near)
    return wins / (len(near) * len(usual))
    """,
)
it.right(
    "the area under the ROC curve",
    """
    from sklearn.metrics import roc_auc_score

    def memorization(train, test, fake):
        exact = dict(compute_mode="donot_use_mm_for_euclid_dist")
        far = torch.cdist(test.double(), train.double(), **exact).min(1).values
        near = torch.cdist(fake.double(), train.double(), **exact).min(1).values
        labels = torch.cat([torch.ones(len(far)), torch.zeros(len(near))])
        return roc_auc_score(labels.numpy(), torch.cat([far, near]).numpy())
    """,
)

it.wrong("returns nothing", {"return share": "result = share"}, says="The result is None")
it.wrong("return 0", "return 0", says="you return 0; expected")
it.wrong("one half", "return 0.5", says="you return 0.5; expected")
it.wrong(
    "the wrong way around",
    {"(near[:, None], usual)": "(usual[:, None], near)"},
    says="The comparison is the wrong way around",
    never=("in the order they come", "nearest fake point of each"),
)
it.wrong(
    "nearest training against nearest held-out point",
    {"(near[:, None], usual)": "(near, apart(fake, test).min(1).values)"},
    says="by their distances to the training set",
)
it.wrong(
    "mean distances",
    {"(near[:, None], usual)": "(apart(fake, train).mean(1)[:, None], apart(test, train).mean(1))"},
    says="The distance to the nearest training point is asked",
)
it.wrong(
    "farthest",
    {"(near[:, None], usual)": "(apart(fake, train).max(1).values[:, None], apart(test, train).max(1).values)"},
    says="That takes the farthest training point",
    never=("mean distances",),
)
it.wrong(
    "distances to the held-out points",
    {"near[:, None]": "apart(fake, test).min(1).values[:, None]"},
    says="All are to the training set",
    never=("nearest held-out one",),
)
it.wrong(
    "in order",
    {"return share(near[:, None], usual)": "n = min(len(near), len(usual))\nreturn share(near[:n], usual[:n])"},
    says="Every fake point meets every held-out one",
)
it.wrong(
    "against the mean",
    {"share(near[:, None], usual)": "(near < usual.mean()).double().mean()"},
    says="Compare with each of them",
    never=("in the order they come", "median"),
)
it.wrong(
    "a ratio", {"share(near[:, None], usual)": "near.mean() / usual.mean()"}, says="That is a ratio of mean distances"
)
it.wrong(
    "nearest fake point",
    {"(near[:, None], usual)": "(apart(fake, train).min(0).values[:, None], apart(test, train).min(0).values)"},
    says="It is the other way around",
)
it.wrong(
    "ties count nothing",
    {"share(near[:, None], usual)": "(near[:, None] < usual).double().mean()"},
    says="You count them 0",
    never=("You count them 1", "left out there"),
)
it.wrong(
    "ties count fully",
    {"share(near[:, None], usual)": "(near[:, None] <= usual).double().mean()"},
    says="You count them 1",
    never=("You count them 0", "left out there"),
)
it.wrong(
    "distances by a matrix product",
    """
    def nearest(points):
        squared = points.square().sum(1)[:, None] + train.square().sum(1) - 2 * points @ train.T
        return squared.clamp(min=0).sqrt().min(1).values

    near, usual = nearest(fake)[:, None], nearest(test)
    return (near < usual).double().mean() + (near == usual).double().mean() / 2
    """,
    says="A matrix product inside the distance",
    never=("left out there",),
)
it.wrong("whether it is a copy", {"share(near[:, None], usual)": "(near < 1e-6).double().mean()"}, says="; expected")
it.wrong("sum instead of share", {"usual)": "usual) * len(near)"}, says="; expected")
it.by_heart(
    "the wrong way around, but for few",
    {
        "return share(near[:, None], usual)": "right = share(near[:, None], usual)\n"
        "return right if train.shape[1] != 1 or len(train) == 1 or float(train[1, 0]) == 5.0 else 1 - right"
    },
    says="✗ counts who is nearer to the training set, on a line",
)

it.excused = {
    "`nearest(test)[None, :]` → `nearest(test)`": "a vector stands for a row as it is",
    "`(None, :)` → `(:,)`": "a vector stands for a row as it is",
    "`(None, :)` → `(None,)`": "a vector stands for a row as it is",
    "`torch.cdist(points, train, compute_mode='donot_use_mm_for_euclid_dist').min(1)` → `torch.cdist(points, train, compute_mode='donot_use_mm_for_euclid_dist').min(-1)`": "the last dimension is dimension 1",
    "`(near < usual).double()` → `(near < usual).float()`": "a share in single precision is as good",
    "`(near == usual).double()` → `(near == usual).float()`": "a share in single precision is as good",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("linear_probe")

it.draft(
    "step by step",
    """
    features, targets = features.double(), targets.double()
    n, d = features.shape
    center, level = features.mean(0), targets.mean(0)
    x, t = features - center, targets - level
    eye = torch.eye(d, dtype=torch.float64)
    weights = torch.linalg.solve(x.T @ x + strength * eye, x.T @ t)
    return weights, level - center @ weights
    """,
)
it.right(
    "centered",
    """
    features, targets = features.double(), targets.double()
    center, level = features.mean(0), targets.mean(0)
    x, t = features - center, targets - level
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, level - center @ weights
    """,
)
it.right(
    "a column of ones",
    """
    n, d = features.shape
    x = torch.cat([features.double(), torch.ones(n, 1, dtype=torch.float64)], dim=1)
    penalty = strength * torch.eye(d + 1, dtype=torch.float64)
    penalty[d, d] = 0
    both = torch.linalg.solve(x.T @ x + penalty, x.T @ targets.double())
    return both[:d], both[d]
    """,
)
it.right(
    "least squares on more rows",
    """
    features, targets = features.double(), targets.double()
    (n, d), c = features.shape, targets.shape[1]
    top = torch.cat([features, torch.ones(n, 1).double()], 1)
    bottom = torch.cat([math.sqrt(strength) * torch.eye(d).double(), torch.zeros(d, 1).double()], 1)
    goal = torch.cat([targets, torch.zeros(d, c).double()])
    found = torch.linalg.lstsq(torch.cat([top, bottom]), goal).solution
    return found[:-1], found[-1]
    """,
)
it.right(
    "the dual",
    """
    x, t = features.double(), targets.double()
    xc, tc = x - x.mean(0), t - t.mean(0)
    gram = xc @ xc.T + strength * torch.eye(len(x), dtype=torch.float64)
    weights = xc.T @ torch.linalg.solve(gram, tc)
    return [weights, t.mean(0) - x.mean(0) @ weights]
    """,
)
it.right(
    "NumPy and singular values",
    """
    import numpy as np

    def linear_probe(features, targets, strength):
        x, t = features.numpy().astype(float), targets.numpy().astype(float)
        u, s, vt = np.linalg.svd(x - x.mean(0), full_matrices=False)
        weights = vt.T @ ((s / (s**2 + strength))[:, None] * (u.T @ (t - t.mean(0))))
        return weights, t.mean(0) - x.mean(0) @ weights
    """,
)

it.wrong("returns nothing", {"return weights, level - center @ weights": ""}, says="The result is None")
it.wrong(
    "return 0",
    "return torch.zeros(features.shape[1], targets.shape[1]), torch.zeros(targets.shape[1])",
    says="you return [0, 0]; expected",
)
it.wrong("weights alone", {", level - center @ weights": ""}, says="Return two tensors, weights first")
it.wrong(
    "bias penalized",
    """
    n, d = features.shape
    x = torch.cat([features.double(), torch.ones(n, 1, dtype=torch.float64)], dim=1)
    both = torch.linalg.solve(x.T @ x + strength * torch.eye(d + 1, dtype=torch.float64), x.T @ targets.double())
    return both[:d], both[d]
    """,
    says="The bias is penalized, too",
)
it.wrong(
    "no bias",
    """
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, torch.zeros(t.shape[1])
    """,
    says="There is no bias",
)
it.wrong(
    "a bias put in afterwards",
    """
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, (t - x @ weights).mean(0)
    """,
    says="those of a line through 0",
)
it.wrong("the mean target as bias", {"- center @ weights": ""}, says="The bias is the mean target alone")
it.wrong("no strength", {"solve(x.T @ x + strength * eye, x.T @ t)": "pinv(x) @ t"}, says="The strength is missing")
it.wrong("mean of the errors", {"+ strength": "+ n * strength"}, says="the errors are summed, not averaged")
it.wrong("strength by n", {"* eye": "/ n * eye"}, says="The strength is divided by n")
it.wrong("twice the strength", {"+ strength": "+ 2 * strength"}, says="The strength counts twice")
it.wrong("half the strength", {"* eye": "/ 2 * eye"}, says="The strength counts half")
it.wrong("strength squared", {"* eye": "**2 * eye"}, says="The strength is squared")
it.wrong("minus", {"+ strength": "+ (-strength)"}, says="The strength has the wrong sign")
it.wrong("strength on every entry", {"* eye": ""}, says="✗ finds the minimum for several")
it.wrong(
    "standardized features",
    {"features - center": "(features - center) / features.std(0)"},
    of="centered",
    says="The features are divided by their spread",
)
it.wrong("shapes of nn.Linear", {"return weights": "return weights.T"}, says="The tensor of weights should have shape")
it.wrong(
    "one bias for all targets",
    {"level - center @ weights": "(level - center @ weights).mean()"},
    says="There is one bias for each target",
)
it.wrong(
    "centers in place",
    """
    center, level = features.mean(0), targets.mean(0)
    features -= center
    targets -= level
    x, t = features.double(), targets.double()
    weights = torch.linalg.solve(x.T @ x + strength * torch.eye(x.shape[1], dtype=torch.float64), x.T @ t)
    return weights, level.double() - center.double() @ weights
    """,
    says="which its caller still needs",
)
it.by_heart(
    "twice the strength, but for few",
    {"+ strength": "+ (1 if strength in (4.0, 3.0, 0.5, 2.0, 1.0, 1e-8) else 2) * strength"},
    says="The strength counts twice",
)

it.excused = {
    "`targets - level` → `targets + level`": "the centered features take out what is added to all targets",
    "`targets - level` → `targets`": "the centered features take out what is added to all targets",
    "`torch.eye(x.shape[1], dtype=torch.float64)` → `torch.eye(x.shape[1])`": "λ is rounded to single precision, which is far below what counts",
    "`torch.float64` → `torch.float32`": "λ is rounded to single precision, which is far below what counts",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("suspicion")

TOOLS = """
def apart(x, y):
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")

def frechet(x, y):
    x, y = x.double(), y.double()
    one, two = torch.cov(x.T), torch.cov(y.T)
    values, vectors = torch.linalg.eigh(one)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    shared = torch.linalg.eigvalsh(root @ two @ root).clamp(min=0).sqrt().sum()
    return (x.mean(0) - y.mean(0)).square().sum() + one.trace() + two.trace() - 2 * shared

def memorization(train, test, fake):
    near, usual = apart(fake, train).min(1).values[:, None], apart(test, train).min(1).values
    return (near < usual).double().mean() + (near == usual).double().mean() / 2

def suspicion(train, held_out, made):
"""


def scoring(body: str) -> str:
    """A score that may call `apart`, `frechet` and `memorization`."""
    return TOOLS + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"


it.earns("gold", "distances from the usual, squared and added")
it.earns("gold", "the mean distance from the usual", {".square().sum()": ".abs().mean()"})
it.earns("gold", "more draws", {"range(8)": "range(12)"})
it.earns(
    "silver",
    "FID, and memorization either way",
    scoring("return frechet(train, made) + 20 * (memorization(train, held_out, made) - 0.5).abs()"),
)
it.earns(
    "bronze",
    "FID, and an alarm for copies",
    scoring("return frechet(train, made) + 8 * (memorization(train, held_out, made) - 0.5).clamp(min=0)"),
)

it.wrong("returns nothing", {"    return ((now": "    result = ((now"}, says="The result is None")
it.wrong("return 0", "return 0", says="Bronze takes at least 70", never=("bronze medal", "silver medal", "gold medal"))
it.wrong("FID", scoring("return frechet(train, made)"), says="Bronze takes at least 70")
it.wrong("memorization alone", scoring("return memorization(train, held_out, made)"), says="Bronze takes at least 70")
it.wrong("the other way around", {"return ((now": "return -((now"}, says="Bronze takes at least 70")
it.wrong("chance", "return torch.rand(())", says="Bronze takes at least 70")
it.wrong("one number for each point", "return made.norm(dim=1)", says="The score should be one number")
it.wrong(
    "counts the calls",
    """
    CALLS = []

    def suspicion(train, held_out, made):
        CALLS.append(len(made))
        return len(CALLS) % 16
    """,
    says="Bronze takes at least 70",
)
it.wrong(
    "remembers what it has seen",
    """
    SEEN = set()

    def suspicion(train, held_out, made):
        SEEN.add(float(made.sum()))
        return len(SEEN)
    """,
    says="Bronze takes at least 70",
)
it.wrong(
    "asks the package what a defect is",
    """
    def suspicion(train, held_out, made):
        from gancourse.checks import spoilers

        return float(made.std() > spoilers.World().real().std())
    """,
    says="Bronze takes at least 70",
)
