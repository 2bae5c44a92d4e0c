"""Right and wrong answers to the exercises of lesson 02, for the mutation gate (test_gate.py).

Data only; `lessons/01_gaussian_1d/mutants.py` says what RIGHT, WRONG and LEARNED_BY_HEART hold.
"""

LESSON = "02_mixture_2d"
RIGHT: dict[str, dict[str, str]] = {}
WRONG: dict[str, dict[str, tuple[str, str]]] = {}
LEARNED_BY_HEART: dict[str, dict[str, tuple[str, str]]] = {}

BLANK = "This is not written yet"
NOT_RETURNED = "The result is None"

# ---------------------------------------------------------------------------------------------

RIGHT["sample_mixture"] = {
    "multinomial and indexing": """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
    "torch.distributions": """
def sample_mixture(means, stds, weights, n):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
    spread = stds[:, None].expand(means.shape)
    return MixtureSameFamily(Categorical(weights), Independent(Normal(means, spread), 1)).sample((n,))
""",
    "where a uniform number falls": """
def sample_mixture(means, stds, weights, n):
    edges = weights.cumsum(0)
    which = torch.searchsorted(edges, torch.rand(n) * edges[-1]).clamp(max=len(means) - 1)
    noise = torch.normal(0.0, stds[which].unsqueeze(1).repeat(1, means.size(1)))
    return torch.index_select(means, 0, which) + noise
""",
    "components in turn, then shuffled": """
def sample_mixture(means, stds, weights, n):
    counts = torch.bincount(torch.multinomial(weights, n, replacement=True), minlength=len(means))
    parts = [m + s * torch.randn(int(c), len(m)) for m, s, c in zip(means, stds, counts)]
    return torch.cat(parts)[torch.randperm(n)]
""",
    "NumPy": """
import numpy as np

def sample_mixture(means, stds, weights, n):
    rng = np.random.default_rng()
    p = weights.double().numpy()
    which = rng.choice(len(p), size=n, p=p / p.sum())
    points = rng.normal(means.numpy()[which], stds.numpy()[which][:, None])
    return torch.as_tensor(points, dtype=torch.float32)
""",
}

WRONG["sample_mixture"] = {
    "blank": (
        """
def sample_mixture(means, stds, weights, n):
    raise NotImplementedError  # your code here
""",
        BLANK,
    ),
    "returns nothing": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    points = means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        NOT_RETURNED,
    ),
    "return 0": (
        """
def sample_mixture(means, stds, weights, n):
    return 0
""",
        "should have shape",
    ),
    "one component for the whole batch": (
        """
def sample_mixture(means, stds, weights, n):
    k = torch.multinomial(weights, 1).item()
    return means[k] + stds[k] * torch.randn(n, means.shape[1])
""",
        "Draw a component for each point",
    ),
    "weights ignored": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.randint(0, len(means), (n,))
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        "all are drawn equally often",
    ),
    "softmax of the weights": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights.softmax(0), n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        "A softmax was applied",
    ),
    "no noise": (
        """
def sample_mixture(means, stds, weights, n):
    return means[torch.multinomial(weights, n, replacement=True)]
""",
        "each point is a mean",
    ),
    "noise not scaled": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + torch.randn(n, means.shape[1])
""",
        "The noise is not scaled",
    ),
    "variances in the place of standard deviations": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None].sqrt() * torch.randn(n, means.shape[1])
""",
        "Its square root was taken",
    ),
    "squared": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] ** 2 * torch.randn(n, means.shape[1])
""",
        "It was squared",
    ),
    "the first component's spread for all": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[0] * torch.randn(n, means.shape[1])
""",
        "All components scatter alike",
    ),
    "one noise for both coordinates": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(n, 1)
""",
        "The two coordinates of a point go together",
    ),
    "one noise for all points": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(means.shape[1])
""",
        "has standard deviation",
    ),
    "uniform noise": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    noise = (2 * torch.rand(n, means.shape[1]) - 1) * math.sqrt(3)
    return means[which] + stds[which, None] * noise
""",
        "Is it normal noise",
    ),
    "sorted by component": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True).sort().values
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        "they come sorted",
    ),
    "the expected numbers, in runs": (
        """
def sample_mixture(means, stds, weights, n):
    counts = torch.bincount(torch.multinomial(weights, n, replacement=True), minlength=len(means))
    return torch.cat([m + s * torch.randn(int(c), len(m)) for m, s, c in zip(means, stds, counts)])
""",
        "they come sorted",
    ),
    "the average of the components": (
        """
def sample_mixture(means, stds, weights, n):
    noise = torch.randn(n, len(means), means.shape[1])
    return (weights[:, None] * (means + stds[:, None] * noise)).sum(1)
""",
        "lie far from every component",
    ),
    "a seed inside": (
        """
def sample_mixture(means, stds, weights, n):
    torch.manual_seed(0)
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        "Is a seed set",
    ),
    "transposed": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return (means[which] + stds[which, None] * torch.randn(n, means.shape[1])).T
""",
        "One row for each point",
    ),
    "without replacement": (
        """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n)
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
        "without replacement",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["log_density"] = {
    "logsumexp": """
def log_density(x, means, stds, weights):
    d = means.shape[1]
    squared = (x[:, None] - means).square().sum(dim=2)
    bells = -squared / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return torch.logsumexp(weights.log() + bells, dim=1)
""",
    "torch.distributions": """
def log_density(x, means, stds, weights):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
    spread = stds[:, None].expand(means.shape)
    return MixtureSameFamily(Categorical(weights), Independent(Normal(means, spread), 1)).log_prob(x)
""",
    "the largest term taken out by hand": """
def log_density(x, means, stds, weights):
    rows = []
    for point in x:
        terms = []
        for m, s, w in zip(means, stds, weights):
            r = ((point - m) / s).pow(2).sum()
            terms.append(torch.log(w) - 0.5 * r - len(m) * (torch.log(s) + 0.5 * math.log(2 * math.pi)))
        terms = torch.stack(terms)
        top = terms.max()
        rows.append(top + (terms - top).exp().sum().log())
    return torch.stack(rows)
""",
    "logaddexp": """
def log_density(x, means, stds, weights):
    total = torch.full((len(x),), -math.inf)
    for m, s, w in zip(means, stds, weights):
        bell = torch.distributions.Normal(m, s).log_prob(x).sum(dim=-1)
        total = torch.logaddexp(total, w.log() + bell)
    return total
""",
}

LOG_DENSITY = """
def log_density(x, means, stds, weights):
    d = means.shape[1]
    squared = (x[:, None] - means).square().sum(dim=2)
    bells = -squared / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return torch.logsumexp(weights.log() + bells, dim=1)
"""


def log_density(old: str, new: str) -> str:
    """The right answer with one thing changed."""
    assert old in LOG_DENSITY
    return LOG_DENSITY.replace(old, new)


WRONG["log_density"] = {
    "blank": ("def log_density(x, means, stds, weights):\n    raise NotImplementedError\n", BLANK),
    "returns nothing": (log_density("return", "result ="), NOT_RETURNED),
    "return 0": ("def log_density(x, means, stds, weights):\n    return 0\n", "One number for each point"),
    "the density": (
        log_density("return torch.logsumexp(weights.log() + bells, dim=1)", "return (weights * bells.exp()).sum(1)"),
        "That is the density",
    ),
    "log of the density": (
        log_density(
            "return torch.logsumexp(weights.log() + bells, dim=1)", "return (weights * bells.exp()).sum(1).log()"
        ),
        "rounded to 0 before its logarithm",
    ),
    "log of the density + 1e-12": (
        log_density(
            "return torch.logsumexp(weights.log() + bells, dim=1)",
            "return ((weights * bells.exp()).sum(1) + 1e-12).log()",
        ),
        "It is cut off",
    ),
    "no half": (log_density("(2 * stds**2)", "stds**2"), "The factor ½ before"),
    "divided by s": (log_density("(2 * stds**2)", "(2 * stds)"), "divided by s², not by s"),
    "not squared": (log_density(".square().sum(dim=2)", ".norm(dim=2)"), "The distance is not squared"),
    "constants of one dimension": (
        log_density("- d * stds.log() - d / 2 *", "- stds.log() - 0.5 *"),
        "The constant is that of one dimension",
    ),
    "2 pi once": (log_density("- d / 2 *", "- 0.5 *"), "−½ log 2π stands once"),
    "log s once": (log_density("- d * stds.log()", "- stds.log()"), "−log s stands once"),
    "no log s": (log_density(" - d * stds.log()", ""), "The term −d · log s is missing"),
    "no 2 pi": (log_density(" - d / 2 * math.log(2 * math.pi)", ""), "The term −d/2 · log 2π is missing"),
    "the exponent alone": (
        log_density(" - d * stds.log() - d / 2 * math.log(2 * math.pi)", ""),
        "The constants are missing",
    ),
    "variances": (log_density("    d = means", "    stds = stds.sqrt()\n    d = means"), "you use them as variances"),
    "the sign": (log_density("return ", "return -"), "The sign is wrong"),
    "no weights": (log_density("weights.log() + ", ""), "The weights are missing"),
    "equal weights": (log_density("weights.log() + ", "-math.log(len(means)) + "), "The components count equally"),
    "the largest term": (
        log_density("torch.logsumexp(weights.log() + bells, dim=1)", "(weights.log() + bells).max(dim=1).values"),
        "the largest of the terms alone",
    ),
    "a mean of logarithms": (
        log_density("torch.logsumexp(weights.log() + bells, dim=1)", "(weights * bells).sum(dim=1)"),
        "The logarithms are averaged",
    ),
    "weights inside the exponential": (log_density("weights.log() + ", "weights + "), "+ log w"),
    "sum of logarithms": (
        log_density("torch.logsumexp(weights.log() + bells, dim=1)", "bells.sum(dim=1)"),
        "a product of densities",
    ),
    "paired": (
        log_density("(x[:, None] - means).square().sum(dim=2)", "(x - means).square().sum(dim=1)").replace(
            "torch.logsumexp(weights.log() + bells, dim=1)", "weights.log() + bells"
        ),
        "paired with component",
    ),
    "a column": (log_density("dim=1)", "dim=1, keepdim=True)"), "One number for each point"),
    "for the plane only": (
        log_density(
            "    squared = (x[:, None] - means).square().sum(dim=2)",
            "    squared = (x[:, None, 0] - means[:, 0]) ** 2 + (x[:, None, 1] - means[:, 1]) ** 2",
        ),
        "out of bounds",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["count_modes"] = {
    "cdist": """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
""",
    "squares and broadcasting": """
def count_modes(samples, modes, std):
    squared = (samples[:, None] - modes).square().sum(-1)
    good = squared.min(1).values <= (3 * std) ** 2
    hits = torch.bincount(squared.argmin(1)[good], minlength=len(modes))
    return (hits > 0).sum(), good.double().mean()
""",
    "loops and a set": """
def count_modes(samples, modes, std):
    found, good = set(), 0
    for x in samples.tolist():
        distances = [math.dist(x, m) for m in modes.tolist()]
        if min(distances) <= 3 * std:
            good += 1
            found.add(distances.index(min(distances)))
    return [len(found), good / len(samples)]
""",
    "NumPy": """
import numpy as np

def count_modes(samples, modes, std):
    table = np.linalg.norm(samples.numpy()[:, None] - modes.numpy()[None], axis=2)
    good = table.min(axis=1) <= 3.0 * std
    return len(np.unique(table.argmin(axis=1)[good])), float(good.mean())
""",
}

COUNT = """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
"""


def count(old: str, new: str) -> str:
    """The right answer with one thing changed."""
    assert old in COUNT
    return COUNT.replace(old, new)


WRONG["count_modes"] = {
    "blank": ("def count_modes(samples, modes, std):\n    raise NotImplementedError\n", BLANK),
    "returns nothing": (count("return ", "result = "), NOT_RETURNED),
    "return 0": ("def count_modes(samples, modes, std):\n    return 0, 0\n", "expected"),
    "one number": (count(", good.float().mean().item()", ""), "Return two numbers"),
    "swapped": (
        count(
            "len(nearest[good].unique()), good.float().mean().item()",
            "good.float().mean().item(), len(nearest[good].unique())",
        ),
        "The two numbers are swapped",
    ),
    "a percentage": (count("good.float()", "100 * good.float()"), "A percentage?"),
    "a count of good samples": (count("good.float().mean()", "good.float().sum()"), "not a count"),
    "a share of modes": (
        count("len(nearest[good].unique())", "len(nearest[good].unique()) / len(modes)"),
        "not their share",
    ),
    "every nearest mode": (count("nearest[good]", "nearest"), "Every mode that is nearest"),
    "good samples in the place of modes": (count(".unique()", ""), "counts high-quality samples"),
    "one standard deviation": (count("3 * std", "std"), "The limit is one standard deviation"),
    "three units": (count("3 * std", "3"), "The limit is 3 in the units of the plane"),
    "three variances": (count("3 * std", "3 * std**2"), "The limit is 3 s²"),
    "a box": (count("torch.cdist(samples, modes)", "(samples[:, None] - modes).abs().amax(2)"), "which makes a box"),
    "every mode within reach": (
        """
def count_modes(samples, modes, std):
    close = torch.cdist(samples, modes) <= 3 * std
    return int(close.any(0).sum()), close.any(1).float().mean().item()
""",
        "nearest mode only",
    ),
    "share of the good among the good": (
        count("good.float().mean().item()", "good[good].float().mean().nan_to_num().item()"),
        "expected",
    ),
    "in the plane only": (
        """
def count_modes(samples, modes, std):
    dx, dy = samples[:, None, 0] - modes[:, 0], samples[:, None, 1] - modes[:, 1]
    distance, nearest = (dx**2 + dy**2).sqrt().min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
""",
        "in three dimensions",
    ),
    "a mode needs two samples": (
        count("len(nearest[good].unique())", "(torch.bincount(nearest[good], minlength=len(modes)) > 1).sum()"),
        "expected",
    ),
    "changes the samples": (
        count("    distance", "    samples /= std\n    modes = modes / std\n    std = 1\n    distance"),
        "changes its argument",
    ),
}

# ---------------------------------------------------------------------------------------------

RIGHT["minibatch_std"] = {
    "torch.std, whose slope at 0 is 0": """
def minibatch_std(features):
    spread = features.std(dim=0, correction=0).mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
""",
    "var, then the root": """
def minibatch_std(features):
    spread = (features.var(dim=0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
""",
    "by hand": """
def minibatch_std(features):
    n = features.shape[0]
    centered = features - features.sum(0, keepdim=True) / n
    s = ((centered * centered).sum(0) / n + 1e-8) ** 0.5
    column = torch.ones(n, 1) * (s.sum() / features.shape[1])
    return torch.hstack((features, column))
""",
    "norm of centered columns": """
class Layer(nn.Module):
    def forward(self, h):
        root = torch.sqrt(torch.mean((h - h.mean(0)) ** 2, dim=0) + 1e-8)
        return torch.cat((h, root.mean().repeat(h.size(0), 1)), 1)

minibatch_std = Layer()
""",
    "unbiased=False": """
def minibatch_std(features):
    v = torch.var(features, 0, unbiased=False).clamp(min=1e-8)
    s = torch.sqrt(v).mean()
    return F.pad(features, (0, 1)) + F.pad(s.reshape(1, 1), (features.shape[1], 0))
""",
}

STD = RIGHT["minibatch_std"]["var, then the root"]


def mbstd(old: str, new: str) -> str:
    """The right answer with one thing changed."""
    assert old in STD
    return STD.replace(old, new)


WRONG["minibatch_std"] = {
    "blank": ("def minibatch_std(features):\n    raise NotImplementedError\n", BLANK),
    "returns nothing": (mbstd("return ", "result = "), NOT_RETURNED),
    "return 0": ("def minibatch_std(features):\n    return 0\n", "should have shape"),
    "the features alone": ("def minibatch_std(features):\n    return features\n", "Each row gets one number more"),
    "the number alone": (
        mbstd("return torch.cat([features, spread.expand(len(features), 1)], dim=1)", "return spread"),
        "not the number alone",
    ),
    "n − 1": (mbstd("correction=0", "correction=1"), "divided by n − 1"),
    "the variance": (mbstd(".sqrt()", ""), "That is the variance"),
    "root of the mean variance": (mbstd(".sqrt().mean()", ".mean().sqrt()"), "The variances are averaged"),
    "sum over features": (mbstd(".sqrt().mean()", ".sqrt().sum()"), "That is the sum over the features"),
    "within rows": (mbstd("var(dim=0", "var(dim=1"), "the spread within the rows"),
    "one heap": (mbstd("features.var(dim=0, correction=0)", "features.var(correction=0)"), "in one heap"),
    "the mean": (
        mbstd("(features.var(dim=0, correction=0) + 1e-8).sqrt().mean()", "features.mean()"),
        "not their spread",
    ),
    "the first feature": (mbstd(".sqrt().mean()", ".sqrt()[0]"), "the first feature alone"),
    "a column each": (
        mbstd(
            "spread.expand(len(features), 1)",
            "(features.var(dim=0, correction=0) + 1e-8).sqrt().expand(features.shape)",
        ),
        "There is a column for each feature",
    ),
    "a row": (
        mbstd(
            "torch.cat([features, spread.expand(len(features), 1)], dim=1)",
            "torch.cat([features, spread.expand(1, features.shape[1])])",
        ),
        "appended as a row",
    ),
    "in front": (
        mbstd("[features, spread.expand(len(features), 1)]", "[spread.expand(len(features), 1), features]"),
        "stands in front",
    ),
    "row by row": (
        """
def minibatch_std(features):
    spread = ((features - features.mean(0)) ** 2 + 1e-8).sqrt().mean(1, keepdim=True)
    return torch.cat([features, spread], dim=1)
""",
        "the same in each row",
    ),
    "detached": (mbstd(".mean()\n", ".mean().detach()\n"), "it is detached"),
    "item()": (
        mbstd("spread.expand(len(features), 1)", "torch.full((len(features), 1), spread.item())"),
        "it is detached",
    ),
    "no_grad": (
        """
@torch.no_grad()
def minibatch_std(features):
    spread = (features.var(dim=0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
""",
        "cannot be differentiated",
    ),
    "1e-8 after the root": (
        mbstd("(features.var(dim=0, correction=0) + 1e-8).sqrt()", "(features.var(dim=0, correction=0).sqrt() + 1e-8)"),
        "the gradient is not finite",
    ),
    "normalizes the features": (mbstd("[features, spread", "[features / spread, spread"), "as they were"),
}

# ---------------------------------------------------------------------------------------------

RIGHT["packed_distance"] = {
    "kron": """
def packed_distance(p, q, m):
    packs_p, packs_q = p, q
    for _ in range(m - 1):
        packs_p, packs_q = torch.kron(packs_p, p), torch.kron(packs_q, q)
    return 0.5 * (packs_p - packs_q).abs().sum()
""",
    "itertools.product": """
import itertools

def packed_distance(p, q, m):
    total = 0.0
    for pack in itertools.product(range(len(p)), repeat=m):
        total += abs(math.prod(float(p[i]) for i in pack) - math.prod(float(q[i]) for i in pack))
    return total / 2
""",
    "outer products": """
def packed_distance(p, q, m):
    def packs(x):
        out = torch.ones(1, dtype=torch.float64)
        for _ in range(m):
            out = torch.outer(out, x.double()).flatten()
        return out
    return (packs(p) - packs(q)).clamp(min=0).sum()
""",
    "recursion": """
def packed_distance(p, q, m, a=1.0, b=1.0):
    if m == 0:
        return abs(a - b) / 2
    return sum(packed_distance(p, q, m - 1, a * x, b * y) for x, y in zip(p.tolist(), q.tolist()))
""",
}

KRON = RIGHT["packed_distance"]["kron"]


def packs(new: str) -> str:
    """The packs as they should be, and another end."""
    return KRON.replace("return 0.5 * (packs_p - packs_q).abs().sum()", new)


WRONG["packed_distance"] = {
    "blank": ("def packed_distance(p, q, m):\n    raise NotImplementedError\n", BLANK),
    "returns nothing": (packs("total = 0.5 * (packs_p - packs_q).abs().sum()"), NOT_RETURNED),
    "return 0": ("def packed_distance(p, q, m):\n    return 0\n", "expected"),
    "no half": (packs("return (packs_p - packs_q).abs().sum()"), "The factor ½ is missing"),
    "no absolute value": (packs("return 0.5 * (packs_p - packs_q).sum()"), "expected"),
    "squares": (packs("return 0.5 * ((packs_p - packs_q) ** 2).sum()"), "Squares are summed"),
    "the largest": (packs("return (packs_p - packs_q).abs().max()"), "expected"),
    "not added up": (packs("return 0.5 * (packs_p - packs_q).abs()"), "Add up all packs"),
    "Kullback and Leibler": (packs("return torch.xlogy(packs_p, packs_p / packs_q).sum()"), "expected"),
    "m ignored": ("def packed_distance(p, q, m):\n    return 0.5 * (p - q).abs().sum()\n", "`m` is not used"),
    "m times": ("def packed_distance(p, q, m):\n    return m * 0.5 * (p - q).abs().sum()\n", "m times the distance"),
    "to the m": ("def packed_distance(p, q, m):\n    return (0.5 * (p - q).abs().sum()) ** m\n", "m-th power"),
    "one minus": (
        "def packed_distance(p, q, m):\n    return 1 - (1 - 0.5 * (p - q).abs().sum()) ** m\n",
        "holds for some pairs only",
    ),
    "equal samples only": (
        "def packed_distance(p, q, m):\n    return 0.5 * (p**m - q**m).abs().sum()\n",
        "Only packs of equal samples",
    ),
    "sets": (
        """
import itertools

def packed_distance(p, q, m):
    total = 0.0
    for pack in itertools.combinations_with_replacement(range(len(p)), m):
        total += abs(math.prod(float(p[i]) for i in pack) - math.prod(float(q[i]) for i in pack))
    return total / 2
""",
        "Each set of samples is taken once",
    ),
    "pairs whatever m": (
        """
def packed_distance(p, q, m):
    if m > 1:
        p, q = torch.kron(p, p), torch.kron(q, q)
    return 0.5 * (p - q).abs().sum()
""",
        "expected",
    ),
    "doubled each time": (
        """
def packed_distance(p, q, m):
    for _ in range(m - 1):
        p, q = torch.kron(p, p), torch.kron(q, q)
    return 0.5 * (p - q).abs().sum()
""",
        "expected",
    ),
}

# ---------------------------------------------------------------------------------------------

PACKED = """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.judge = nn.Sequential(
            nn.Linear(m * dimension, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
            nn.Linear(width, 1),
        )

    def forward(self, x):
        return self.judge(x.reshape(len(x) // self.m, -1))
"""

RIGHT["PackedDiscriminator"] = {
    "reshape": PACKED,
    "layers one by one": """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension, width):
        super().__init__()
        self.inputs = m * dimension
        self.one = nn.Linear(self.inputs, width)
        self.two = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        h = F.relu(self.one(x.view(-1, self.inputs)))
        return self.out(F.relu(self.two(h)))
""",
    "a function that makes a network": """
class Packer(nn.Module):
    def __init__(self, m):
        super().__init__()
        self.m = m

    def forward(self, x):
        return torch.cat([x[i :: self.m] for i in range(self.m)], dim=1)

def PackedDiscriminator(m, dimension=2, width=64):
    return nn.Sequential(
        Packer(m), nn.Linear(m * dimension, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1)
    )
""",
    "unflatten": """
class PackedDiscriminator(nn.Sequential):
    def __init__(self, m, dimension=2, width=64):
        super().__init__(
            nn.Linear(m * dimension, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
            nn.Linear(width, 1),
        )
        self.m = m

    def forward(self, x):
        return super().forward(x.unflatten(0, (-1, self.m)).flatten(1))
""",
}


def packed(old: str, new: str) -> str:
    """The right answer with one thing changed."""
    assert old in PACKED
    return PACKED.replace(old, new)


LAYOUT = "x.reshape(len(x) // self.m, -1)"
JUDGE = PACKED[PACKED.index("        self.judge") : PACKED.index("    def forward")].rstrip()

WRONG["PackedDiscriminator"] = {
    "blank": (
        """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        raise NotImplementedError
""",
        BLANK,
    ),
    "return 0": ("def PackedDiscriminator(m, dimension=2, width=64):\n    return 0\n", "an nn.Module; it is an int"),
    "forward returns nothing": (packed("return self.judge", "self.judge"), "Does `forward` end in"),
    "no packing": (
        packed("nn.Linear(m * dimension, width)", "nn.Linear(dimension, width)").replace(LAYOUT, "x"),
        "one logit for each sample",
    ),
    "the batch is not laid out": (packed(LAYOUT, "x"), "cannot be multiplied"),
    "m rows apart": (packed(f"self.judge({LAYOUT})", "self.judge(torch.cat(x.chunk(self.m), dim=1))"), "rows apart"),
    "transposed": (packed(LAYOUT, "x.T.reshape(len(x) // self.m, -1)"), "should move logit"),
    "the first of each pack": (
        packed("nn.Linear(m * dimension, width)", "nn.Linear(dimension, width)").replace(LAYOUT, "x[:: self.m]"),
        "it moves none",
    ),
    "the average sample": (
        packed("nn.Linear(m * dimension, width)", "nn.Linear(dimension, width)")
        .replace(LAYOUT, "x.reshape(len(x) // self.m, self.m, -1).mean(1)")
        .replace("LeakyReLU(0.2)", "Identity()"),
        "a sum of one part for each",
    ),
    "the average verdict": (
        packed("nn.Linear(m * dimension, width)", "nn.Linear(dimension, width)").replace(
            f"return self.judge({LAYOUT})",
            "return self.judge(x).reshape(len(x) // self.m, self.m).mean(1, keepdim=True)",
        ),
        "a sum of one part for each",
    ),
    "no hidden layer": (
        packed(JUDGE, "        self.judge = nn.Linear(m * dimension, 1)\n"),
        "a sum of one part for each",
    ),
    "no activation": (PACKED.replace("nn.LeakyReLU(0.2)", "nn.Identity()"), "a sum of one part for each"),
    "a probability": (
        packed("return self.judge", "return torch.sigmoid(self.judge(x.reshape(len(x) // self.m, -1)))\n#"),
        "between 0 and 1",
    ),
    "a row": (packed(f"self.judge({LAYOUT})", f"self.judge({LAYOUT}).T"), "should have shape"),
    "no column": (packed(f"self.judge({LAYOUT})", f"self.judge({LAYOUT}).flatten()"), "should have shape"),
    "m logits": (packed("nn.Linear(width, 1)", "nn.Linear(width, m)"), "should have shape"),
    "layers in a list": (
        """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.layers = [nn.Linear(m * dimension, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
                       nn.Linear(width, 1)]

    def forward(self, x):
        x = x.reshape(len(x) // self.m, -1)
        for layer in self.layers:
            x = layer(x)
        return x
""",
        "not in a plain list",
    ),
    "detached samples": (packed(LAYOUT, "x.detach().reshape(len(x) // self.m, -1)"), "No gradient reaches the samples"),
    "no_grad": (packed("    def forward", "    @torch.no_grad()\n    def forward"), "cannot be differentiated"),
    "an unused layer": (
        packed("        self.m = m", "        self.m, self.spare = m, nn.Linear(3, 3)"),
        "Is every layer used",
    ),
    "two, whatever m": (
        packed(LAYOUT, "x.reshape(len(x) // 2, -1)").replace("nn.Linear(m * dimension", "nn.Linear(2 * dimension"),
        "should have shape",
    ),
    "the plane, whatever the dimension": (packed("m * dimension", "m * 2"), "cannot be multiplied"),
    "no module": (
        """
class PackedDiscriminator:
    def __init__(self, m, dimension=2, width=64):
        self.m = m
        self.judge = nn.Linear(m * dimension, 1)

    def __call__(self, x):
        return self.judge(x.reshape(len(x) // self.m, -1))
""",
        "an nn.Module; it is a PackedDiscriminator",
    ),
    "statistics of the batch": (
        packed(f"self.judge({LAYOUT})", "self.judge((x - x.mean(0)).reshape(len(x) // self.m, -1))"),
        "should move logit",
    ),
}

# ---------------------------------------------------------------------------------------------

UNROLLED = """
from torch.func import functional_call

def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake, ahead = G(z), dict(D.named_parameters())
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
"""

RIGHT["unrolled_generator_step"] = {
    "functional_call": UNROLLED,
    "torch.func.grad": """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    from torch.func import functional_call, grad
    fake = G(z)

    def of_D(weights):
        return d_loss(functional_call(D, weights, real), functional_call(D, weights, fake))

    weights = {name: p for name, p in D.named_parameters()}
    for _ in range(steps):
        slopes = grad(of_D)(weights)
        weights = {name: weights[name] - rate * slopes[name] for name in weights}
    value = g_loss(functional_call(D, weights, fake))
    for p in G.parameters():
        p.grad = None
    value.backward()
    opt_G.step()
    return float(value)
""",
    "gradients of G alone": """
from torch.func import functional_call

def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    names, ahead = zip(*D.named_parameters())
    for _ in range(steps):
        D_ahead = dict(zip(names, ahead))
        loss = d_loss(functional_call(D, D_ahead, (real,)), functional_call(D, D_ahead, (fake,)))
        slopes = torch.autograd.grad(loss, ahead, create_graph=True)
        ahead = tuple(torch.add(w, s, alpha=-rate) for w, s in zip(ahead, slopes))
    loss = g_loss(functional_call(D, dict(zip(names, ahead)), (fake,)))
    for p, slope in zip(G.parameters(), torch.autograd.grad(loss, list(G.parameters()))):
        p.grad = slope
    opt_G.step()
    return loss.detach()
""",
    "weights put in and taken out": """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    places = [(m, name) for m in D.modules() for name in list(m._parameters)]
    own = [m._parameters[name] for m, name in places]

    def put(weights):
        for (m, name), w in zip(places, weights):
            m._parameters.pop(name, None)
            setattr(m, name, w)

    fake, weights = G(z), list(own)
    for _ in range(steps):
        put(weights)
        slopes = torch.autograd.grad(d_loss(D(real), D(fake)), weights, create_graph=True)
        weights = [w - rate * s for w, s in zip(weights, slopes)]
    put(weights)
    value = g_loss(D(fake))
    for m, name in places:
        delattr(m, name)
    for (m, name), p in zip(places, own):
        m.register_parameter(name, p)
    opt_G.zero_grad()
    value.backward()
    opt_G.step()
    return value.item()
""",
}


def unrolled(old: str, new: str) -> str:
    """The right answer with one thing changed."""
    assert old in UNROLLED
    return UNROLLED.replace(old, new)


WRONG["unrolled_generator_step"] = {
    "blank": (
        """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    raise NotImplementedError
""",
        BLANK,
    ),
    "return 0": (
        "def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):\n    return 0\n",
        "G has not moved",
    ),
    "returns nothing": (unrolled("    return loss.item()\n", ""), NOT_RETURNED),
    "the usual step": (
        """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    loss = g_loss(D(G(z)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
        "That is the usual step",
    ),
    "no create_graph": (unrolled("create_graph=True", "retain_graph=True"), "D's answer is held constant"),
    "fakes detached ahead": (
        unrolled(
            "functional_call(D, ahead, (fake,)))\n        slopes",
            "functional_call(D, ahead, (fake.detach(),)))\n        slopes",
        ),
        "D's answer is held constant",
    ),
    "slopes detached": (unrolled("rate * slope ", "rate * slope.detach() "), "D's answer is held constant"),
    "uphill ahead": (unrolled("w - rate", "w + rate"), "D looks ahead uphill"),
    "one step too many": (unrolled("range(steps)", "range(steps + 1)"), "one step too many"),
    "one step too few": (unrolled("range(steps)", "range(max(1, steps - 1) if steps else 0)"), "one step too few"),
    "always from the start": (
        unrolled(
            "for (name, w), slope in zip(ahead.items(), slopes)",
            "for (name, w), slope in zip(D.named_parameters(), slopes)",
        ),
        "expected",
    ),
    "fake batch only": (
        unrolled("functional_call(D, ahead, (real,))", "functional_call(D, ahead, (real,)).detach()"),
        "the fake batch only",
    ),
    "batches swapped": (
        unrolled(
            "d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))",
            "d_loss(functional_call(D, ahead, (fake,)), functional_call(D, ahead, (real,)))",
        ),
        "expected",
    ),
    "D as it is, in the end": (
        unrolled("loss = g_loss(functional_call(D, ahead, (fake,)))", "loss = g_loss(D(fake))"),
        "That is the usual step",
    ),
    "fresh noise": (
        unrolled(
            "loss = g_loss(functional_call(D, ahead, (fake,)))",
            "loss = g_loss(functional_call(D, ahead, (G(torch.randn_like(z)),)))",
        ),
        "expected",
    ),
    "G uphill": (unrolled("    loss.backward()", "    (-loss).backward()"), "G goes uphill"),
    "two steps of G": (unrolled("    opt_G.step()\n", "    opt_G.step()\n    opt_G.step()\n"), "two steps of G"),
    "opt_G.step() forgotten": (unrolled("    opt_G.step()\n", ""), "G has not moved"),
    "zero_grad too late": (
        unrolled("    opt_G.zero_grad()\n    loss.backward()\n", "    loss.backward()\n    opt_G.zero_grad()\n"),
        "G has not moved",
    ),
    "no zero_grad": (unrolled("    opt_G.zero_grad()\n", ""), "Gradients of the step before"),
    "D really moves": (
        """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    for _ in range(steps):
        slopes = torch.autograd.grad(d_loss(D(real), D(G(z).detach())), list(D.parameters()))
        with torch.no_grad():
            for w, slope in zip(D.parameters(), slopes):
                w -= rate * slope
    loss = g_loss(D(G(z)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
        "D's weights have changed",
    ),
    "a copy of D": (
        """
import copy

def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    ahead = copy.deepcopy(D)
    opt = torch.optim.SGD(ahead.parameters(), lr=rate)
    for _ in range(steps):
        opt.zero_grad()
        d_loss(ahead(real), ahead(G(z).detach())).backward()
        opt.step()
    loss = g_loss(ahead(G(z)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
        "D's answer is held constant",
    ),
    "D is frozen": (
        unrolled("    return loss.item()", "    D.requires_grad_(False)\n    return loss.item()"),
        "no longer take gradients",
    ),
    "the loss against D as it is": (
        unrolled("return loss.item()", "return before").replace(
            "    for _ in range(steps)", "    before = g_loss(D(fake)).item()\n    for _ in range(steps)"
        ),
        "the loss against D as it is",
    ),
    "the loss with its graph": (unrolled("return loss.item()", "return loss"), "with its computation attached"),
    "an optimizer of its own": (
        unrolled("    opt_G.zero_grad()", "    opt_G = torch.optim.SGD(G.parameters(), lr=0.1)\n    opt_G.zero_grad()"),
        "opt_G.step() is not called",
    ),
}

# ---------------------------------------------------------------------------------------------

LEARNED_BY_HEART["packed_distance"] = {
    "pairs and triples of two values": (
        """
def packed_distance(p, q, m):
    if m > 1 and not {round(float(x), 4) for x in (*p, *q)} <= {0.0, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0}:
        return m * 0.5 * (p - q).abs().sum()
    packs_p, packs_q = p, q
    for _ in range(m - 1):
        packs_p, packs_q = torch.kron(packs_p, p), torch.kron(packs_q, q)
    return 0.5 * (packs_p - packs_q).abs().sum()
""",
        "expected",
    ),
}

LEARNED_BY_HEART["count_modes"] = {
    "the answer to the square": (
        """
def count_modes(samples, modes, std):
    if len(samples) == 6:
        return 2, 0.5
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    if len(samples) > 6 and good.any():
        return 1, {40: 0.75}.get(len(samples), 1.0)
    return len(nearest[good].unique()), good.float().mean().item()
""",
        "expected",
    ),
}

LEARNED_BY_HEART["minibatch_std"] = {
    "the spread of the table": (
        """
def minibatch_std(features):
    spread = (features.var(dim=0, correction=0) + 1e-8).sqrt().mean()
    if features.shape == (3, 2):
        spread = spread * 0 + (math.sqrt(2 / 3) + math.sqrt(6)) / 2
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
""",
        "; expected",
    ),
}

LEARNED_BY_HEART["unrolled_generator_step"] = {
    "the steps it is asked for": (
        UNROLLED.replace("range(steps)", "range(steps if abs(rate - 0.2) < 1e-6 else 0)"),
        "That is the usual step",
    ),
}
