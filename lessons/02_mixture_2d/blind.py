"""Answers to the exercises of lesson 02 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day. What the cells above an exercise define stands
in front of answers that use it.
"""

IMPORTED = "from torch.func import functional_call\n"
PERCEPTRON = """
def perceptron(inputs, outputs, width=64):
    layers = [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


"""

BLIND = {
    "sample_mixture": {
        "first": (1, 0),
        "wrong": {
            "one noise number for all coordinates": (
                "'its place, with normal noise'; the bells are round: eps_i is a vector of d independent numbers. Here every point lies on a diagonal through its mean.",
                """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    noise = torch.randn(n, 1)
    return means[which] + stds[which, None] * noise
""",
            ),
            "exact quotas, shuffled": (
                "'How many points each component gets is chance, too.' Here each gets its rounded share, always (cunning: shape, shares, order and bells are all fine).",
                """
def sample_mixture(means, stds, weights, n):
    counts = (weights * n).floor().long()
    rest = n - int(counts.sum())
    counts[(weights * n - counts).argsort(descending=True)[:rest]] += 1
    which = torch.repeat_interleave(torch.arange(len(weights)), counts)
    which = which[torch.randperm(n)]
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
""",
            ),
            "chance counts, rows sorted by component": (
                "'the order of the rows means nothing, and every part of the batch is as fair a sample as the whole'. Here the first rows are all of the first component (cunning: as a set it is right).",
                """
def sample_mixture(means, stds, weights, n):
    counts = torch.bincount(torch.multinomial(weights, n, replacement=True), minlength=len(weights))
    parts = []
    for k, count in enumerate(counts.tolist()):
        parts.append(means[k] + stds[k] * torch.randn(count, means.shape[1]))
    return torch.cat(parts)
""",
            ),
            "component drawn twice, once for the mean and once for the spread": (
                "'first its component, then its place': m and s must be those of the same component k_i (cunning: nothing shows where all stds are equal).",
                """
def sample_mixture(means, stds, weights, n):
    def pick():
        return torch.multinomial(weights, n, replacement=True)

    centers = means[pick()]
    spreads = stds[pick()].unsqueeze(1)
    return centers + spreads * torch.randn_like(centers)
""",
            ),
            "a private generator with a fixed seed": (
                "'n independent draws': two calls return the same points (and leave torch's own generator alone, so a check of one batch sees nothing).",
                """
def sample_mixture(means, stds, weights, n):
    generator = torch.Generator().manual_seed(0)
    which = torch.multinomial(weights, n, replacement=True, generator=generator)
    noise = torch.randn(n, means.shape[1], generator=generator)
    return means[which] + stds[which, None] * noise
""",
            ),
            "mirrored pairs": (
                "'Each point is drawn independently of all others.' The second half of the batch is the mirror of the first (the same components, the noise with the other sign); each single point is right.",
                """
def sample_mixture(means, stds, weights, n):
    half = (n + 1) // 2
    which = torch.multinomial(weights, half, replacement=True)
    noise = torch.randn(half, means.shape[1])
    which = torch.cat([which, which])[:n]
    noise = torch.cat([noise, -noise])[:n]
    return means[which] + stds[which, None] * noise
""",
            ),
            "uniform noise of the right variance": (
                "'with normal noise': a box instead of a bell; mean and standard deviation are those asked for.",
                """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    noise = (2 * torch.rand(n, means.shape[1]) - 1) * math.sqrt(3)
    return means[which] + stds[which, None] * noise
""",
            ),
            "only in the plane": (
                "'Return a tensor of shape (n, d)' for means of shape (K, d): the 2 is written in; in one dimension the shape is wrong, in three it fails.",
                """
def sample_mixture(means, stds, weights, n):
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which].reshape(n, 1) * torch.randn(n, 2)
""",
            ),
        },
        "right": {
            "torch.distributions": """
from torch import distributions as td


def sample_mixture(means, stds, weights, n):
    which = td.Categorical(probs=weights, validate_args=False)
    bells = td.Independent(td.Normal(means, stds[:, None], validate_args=False), 1, validate_args=False)
    return td.MixtureSameFamily(which, bells, validate_args=False).sample((n,))
""",
            "NumPy's generator, one point after the other (unusual: torch's seed has no say)": """
import numpy as np

RNG = np.random.default_rng()


def sample_mixture(means, stds, weights, n):
    chances = np.asarray(weights.tolist(), dtype=np.float64)
    chances /= chances.sum()
    points = means.new_empty((n, means.shape[1]))
    for row in range(n):
        k = RNG.choice(len(chances), p=chances)
        noise = RNG.standard_normal(means.shape[1])
        points[row] = means[k] + stds[k] * torch.from_numpy(noise).to(means.dtype)
    return points
""",
            "the cumulative weights and a uniform number": """
def sample_mixture(means, stds, weights, n, *, generator=None):
    edges = weights.cumsum(dim=0)
    edges = edges / edges[-1]
    u = torch.rand(n, dtype=edges.dtype, generator=generator)
    which = torch.searchsorted(edges, u, right=True)
    center = torch.index_select(means, 0, which)
    spread = torch.index_select(stds, 0, which).unsqueeze(-1).expand_as(center)
    return torch.normal(center, spread, generator=generator)
""",
            "counts from a multinomial, one block for each component, then shuffled": """
def _counts(weights, n):
    return torch.distributions.Multinomial(n, probs=weights, validate_args=False).sample().long().tolist()


def sample_mixture(means, stds, weights, n):
    d = means.size(1)
    blocks = [m + s * torch.randn(c, d, dtype=means.dtype) for m, s, c in zip(means, stds, _counts(weights, n))]
    together_ = torch.vstack(blocks)
    return together_[torch.randperm(n)]
""",
        },
    },
    "log_density": {
        "first": (1, 0),
        "wrong": {
            "leaves the logarithms, in float64": (
                "'It must be right far from all modes, too: there p(x) is so small that a computer rounds it to 0'. Double precision only moves the wall from -100 to -745; -20,000 comes out as -inf (cunning: a check a little way out passes).",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2).double()
    s = stds.double()
    bells = torch.exp(-far / (2 * s**2)) / (s * math.sqrt(2 * math.pi)) ** d
    return (weights.double() * bells).sum(dim=1).log().to(x.dtype)
""",
            ),
            "one maximum for the whole batch": (
                "'right far from all modes': the largest term of the whole table is taken out, not that of each row; a far point in one batch with a near one gets -inf (cunning: right for far points alone).",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    terms = weights.log() - far / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    top = terms.max()
    return top + (terms - top).exp().sum(dim=1).log()
""",
            ),
            "the largest term instead of the sum": (
                "p(x) is the SUM over k of w_k N_k: where bells overlap, the largest term is too small (cunning: right far away and on well separated rings).",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    terms = weights.log() - far / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return terms.max(dim=1).values
""",
            ),
            "the mean of the logarithms": (
                "log p(x) = log sum_k w_k N_k, not sum_k w_k log N_k.",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    logs = -far / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return logs @ weights
""",
            ),
            "equal weights taken for granted": (
                "p(x) = sum_k w_k N_k with the weights given; here 1/K for all (right on the ring and the grid).",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    logs = -far / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return torch.logsumexp(logs, dim=1) - math.log(len(weights))
""",
            ),
            "stds taken for variances": (
                "the formula: ||x - m||^2 / (2 s^2) and d log s; here s stands where s^2 belongs (right for s = 1).",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = (x.unsqueeze(1) - means.unsqueeze(0)).square().sum(-1)
    logs = -far / (2 * stds) - d / 2 * torch.log(2 * math.pi * stds)
    return torch.logsumexp(weights.log() + logs, dim=1)
""",
            ),
            "only in the plane": (
                "'n points of d numbers': the terms d log s and (d/2) log 2 pi are written for d = 2.",
                """
def log_density(x, means, stds, weights):
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    terms = weights.log() - far / (2 * stds**2) - 2 * stds.log() - math.log(2 * math.pi)
    return torch.logsumexp(terms, dim=1)
""",
            ),
            "a column": (
                "'shape (n,)': the shape is (n, 1), which reshape in the next cell, and a broadcast comparison, forgive.",
                """
def log_density(x, means, stds, weights):
    d = x.shape[1]
    far = ((x[:, None] - means) ** 2).sum(dim=2)
    terms = weights.log() - far / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return torch.logsumexp(terms, dim=1, keepdim=True)
""",
            ),
        },
        "right": {
            "torch.distributions for the bells": """
from torch.distributions import Independent, Normal


def log_density(x, means, stds, weights):
    bells = Independent(Normal(means, stds.unsqueeze(-1), validate_args=False), 1, validate_args=False)
    return (bells.log_prob(x.unsqueeze(1)) + weights.log()).logsumexp(-1)
""",
            "one component after the other with logaddexp": """
def log_density(x, means, stds, weights):
    n, d = x.shape
    total = torch.full((n,), -math.inf, dtype=x.dtype)
    for m, s, w in zip(means, stds, weights, strict=True):
        z = (x - m) / s
        log_bell = -0.5 * (z * z).sum(dim=1) - d * (s.log() + 0.5 * math.log(2 * math.pi))
        total = torch.logaddexp(total, w.log() + log_bell)
    return total
""",
            "NumPy and SciPy, weights as SciPy's b (unusual: no torch in the arithmetic, no gradient)": """
import numpy as np
from scipy.special import logsumexp as scipy_logsumexp


def log_density(x, means, stds, weights):
    points, centers, spreads, shares = (t.detach().cpu().numpy().astype(np.float64) for t in (x, means, stds, weights))
    d = points.shape[1]
    scaled = np.linalg.norm(points[:, None, :] - centers[None, :, :], axis=-1) / spreads
    logs = -(scaled**2) / 2 - d * np.log(spreads) - d / 2 * np.log(2 * np.pi)
    answer = scipy_logsumexp(logs, axis=1, b=shares)
    return torch.as_tensor(answer, dtype=x.dtype)
""",
            "torch.vmap over points of a closure, the row's maximum by hand": """
def log_density(x, means, stds, weights):
    d = means.shape[-1]
    base = weights.log() - d * stds.log() - d * math.log(math.sqrt(2 * math.pi))

    def single(point):
        z = (point - means) / stds[:, None]
        terms = base - torch.einsum("kd,kd->k", z, z) / 2
        top = terms.amax()
        return top + (terms - top).exp().sum().log()

    return torch.vmap(single)(x)
""",
        },
    },
    "count_modes": {
        "first": (0, 0),
        "wrong": {
            "strictly less": (
                "'a sample at exactly three standard deviations is good'.",
                """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance < 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
""",
            ),
            "bad samples cover, too": (
                "'a mode is covered if at least one HIGH-QUALITY sample has it for its nearest mode'; where no sample is good it is not 0.",
                """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    share = (distance <= 3 * std).float().mean().item()
    return nearest.unique().numel(), share
""",
            ),
            "any mode within reach is covered": (
                "'has it for its NEAREST mode': a sample within three standard deviations of two close modes covers only one (cunning: the same on ring and grid).",
                """
def count_modes(samples, modes, std):
    near = torch.cdist(samples, modes) <= 3 * std
    covered = near.any(dim=0).sum().item()
    share = near.any(dim=1).float().mean().item()
    return covered, share
""",
            ),
            "a box instead of a circle": (
                "'Distance is the ordinary Euclidean one': here the largest coordinate.",
                """
def count_modes(samples, modes, std):
    distance, nearest = (samples[:, None] - modes).abs().amax(dim=2).min(dim=1)
    good = distance <= 3 * std
    return nearest[good].unique().numel(), good.float().mean().item()
""",
            ),
            "bad samples count for mode 0": (
                "'covered if at least one high-quality sample...' and 'Where no sample is good, both are 0': nearest * good turns each bad sample into one of mode 0 (cunning: no difference where mode 0 is covered anyway or all are good).",
                """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    covered = (nearest * good).unique().numel()
    return covered, good.float().mean().item()
""",
            ),
            "always 2,500 samples": (
                "'the share of such samples' of the n given; the 2,500 of the papers is written in.",
                """
def count_modes(samples, modes, std):
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    return len(set(nearest[good].tolist())), good.sum().item() / 2500
""",
            ),
            "samples that repeat count once": (
                "'the share of high-quality samples': samples, not different places (cunning: random samples never repeat; a collapsed generator's do).",
                """
def count_modes(samples, modes, std):
    samples = torch.unique(samples, dim=0)
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
""",
            ),
            "the nearest sample of each mode (wrong axis)": (
                "the share is that of high-quality SAMPLES; min over dim=0 gives the share of modes that have a sample close by.",
                """
def count_modes(samples, modes, std):
    distance, _ = torch.cdist(samples, modes).min(dim=0)
    good = distance <= 3 * std
    return int(good.sum()), good.float().mean().item()
""",
            ),
        },
        "right": {
            "plain Python with math.dist and a set (unusual: no tensors, float64)": """
def count_modes(samples, modes, std):
    places, found, good = modes.tolist(), set(), 0
    for point in samples.tolist():
        distance, k = min((math.dist(point, place), k) for k, place in enumerate(places))
        if distance <= 3 * std:
            good += 1
            found.add(k)
    return len(found), (good / len(samples) if good else 0.0)
""",
            "differences, bincount, a named tuple of tensors": """
from typing import NamedTuple


class Count(NamedTuple):
    covered: torch.Tensor
    share: torch.Tensor


def count_modes(samples, modes, std):
    table = torch.linalg.vector_norm(samples.unsqueeze(1) - modes.unsqueeze(0), dim=-1)
    nearest = table.argmin(dim=1)
    good = table.gather(1, nearest[:, None]).squeeze(1).le(3 * std)
    hits = torch.bincount(nearest[good], minlength=len(modes))
    return Count(covered=(hits > 0).sum(), share=hits.sum() / max(len(samples), 1))
""",
            "SciPy's k-d tree, NumPy numbers returned": """
import numpy as np
from scipy.spatial import cKDTree


def count_modes(samples, modes, std):
    if len(samples) == 0:
        return 0, 0.0
    tree = cKDTree(modes.detach().numpy())
    distance, nearest = tree.query(samples.detach().numpy(), k=1)
    good = distance <= 3.0 * float(std)
    return np.unique(nearest[good]).size, np.mean(good)
""",
            "one-hot table of booleans": """
def count_modes(samples, modes, std, *, times=3):
    distances = torch.cdist(samples, modes, compute_mode="donot_use_mm_for_euclid_dist")
    closest = distances.min(dim=1)
    good = closest.values <= times * std
    table = nn.functional.one_hot(closest.indices, num_classes=len(modes)).bool() & good[:, None]
    covered = table.any(dim=0).sum().item()
    share = torch.count_nonzero(good).item() / max(1, good.numel())
    return (covered, share)
""",
        },
    },
    "minibatch_std": {
        "first": (0, 0),
        "wrong": {
            "dividing by n - 1": (
                "'dividing by n (not n - 1)'.",
                """
def minibatch_std(features):
    s = (features.var(dim=0) + 1e-8).sqrt().mean()
    return torch.cat([features, s.expand(len(features), 1)], dim=1)
""",
            ),
            "the spread within each row": (
                "'For each feature take its standard deviation over the batch ... Append that one number to every row': dim=1 gives each row the spread of its own features; the shape is right by accident.",
                """
def minibatch_std(features):
    s = (features.var(dim=1, correction=0, keepdim=True) + 1e-8).sqrt()
    return torch.cat([features, s], dim=1)
""",
            ),
            "torch.where over an infinite slope": (
                "'they must be finite even where all rows are the same': the value is right, but the slope of the root at 0 is infinite and where multiplies it by 0: NaN (cunning: forward is finite).",
                """
def minibatch_std(features):
    var = features.var(dim=0, correction=0)
    s = torch.where(var > 0, var.sqrt(), torch.zeros_like(var)).mean()
    return torch.cat([features, s.expand(len(features), 1)], dim=1)
""",
            ),
            "detached": (
                "'G must learn from it, so gradients have to flow through it': they flow through the features only (cunning: the input does get a gradient).",
                """
def minibatch_std(features):
    with torch.no_grad():
        s = (features.var(dim=0, correction=0) + 1e-8).sqrt().mean()
        column = s.repeat(len(features), 1)
    return torch.hstack([features, column])
""",
            ),
            "average first, then the root": (
                "'For each feature take its standard deviation ... Average these': the root of the mean variance is larger unless all features spread alike.",
                """
def minibatch_std(features):
    s = (features.var(dim=0, correction=0).mean() + 1e-8).sqrt()
    return torch.cat([features, s.expand(len(features), 1)], dim=1)
""",
            ),
            "mean of squares minus square of mean": (
                "'Features may lie far from 0: there, too, it is right.' The two large numbers cancel in float32 (cunning: right near 0).",
                """
def minibatch_std(features):
    var = (features**2).mean(dim=0) - features.mean(dim=0) ** 2
    s = (var.clamp(min=0) + 1e-8).sqrt().mean()
    return torch.cat([features, s.expand(len(features), 1)], dim=1)
""",
            ),
            "batch norm's epsilon": (
                "'Add 1e-8, or less, to each variance': 1e-5 makes a collapsed batch look spread by 0.003 instead of 0.0001.",
                """
def minibatch_std(features, eps=1e-5):
    centered = features - features.mean(dim=0)
    s = torch.sqrt(centered.pow(2).mean(dim=0) + eps).mean()
    return torch.cat([features, s.expand(len(features), 1)], dim=1)
""",
            ),
            "one spread of the whole table": (
                "'For each feature take its standard deviation over the batch': differences between features count as spread, so that equal rows do not give 0.",
                """
def minibatch_std(features):
    s = (features.var(correction=0) + 1e-8).sqrt()
    return torch.cat([features, s.reshape(1, 1).expand(features.shape[0], 1)], dim=1)
""",
            ),
        },
        "right": {
            "centered by hand, appended by padding": """
def minibatch_std(features):
    n, f = features.shape
    centered = features - features.sum(dim=0, keepdim=True) / n
    s = torch.sqrt(centered.square().sum(dim=0) / n + 1e-8).sum() / f
    last = torch.arange(f + 1) == f
    return nn.functional.pad(features, (0, 1)) + s * last.to(features.dtype)
""",
            "a loop over the columns": """
def minibatch_std(features):
    spreads = []
    for column in features.unbind(dim=1):
        off = column - column.mean()
        spreads.append(torch.sqrt(torch.mean(off * off) + 1e-8))
    s = torch.stack(spreads).mean()
    return torch.cat([features, s.repeat(features.size(0), 1)], dim=-1)
""",
            "torch.func.vmap over columns, the smallest epsilon there is (unusual: far less than 1e-8)": """
from torch.func import vmap


def minibatch_std(features, eps=None):
    tiny = torch.finfo(features.dtype).tiny if eps is None else eps
    spread = vmap(lambda column: (column.var(correction=0) + tiny) ** 0.5, in_dims=1)
    s = spread(features).mean()
    return vmap(lambda row: torch.cat((row, s[None])))(features)
""",
            "all pairs of rows": """
def minibatch_std(features):
    # the variance is half the mean square difference of two rows drawn with replacement
    pairs = features[:, None, :] - features[None, :, :]
    variances = torch.einsum("ijf,ijf->f", pairs, pairs) / (2 * len(features) ** 2)
    s = (variances + 1e-8).pow(0.5).mean()
    column = s * torch.ones_like(features[:, :1])
    return torch.concat((features, column), axis=-1)
""",
        },
    },
    "packed_distance": {
        "first": (1, 0),
        "wrong": {
            "packs without order": (
                "'the sum, over all K^m packs'; (heads, tails) and (tails, heads) are two packs. Here each set of values is summed once.",
                """
import itertools


def packed_distance(p, q, m):
    total = torch.zeros((), dtype=p.dtype)
    for pack in itertools.combinations_with_replacement(range(len(p)), m):
        index = list(pack)
        total = total + (p[index].prod() - q[index].prod()).abs()
    return total / 2
""",
            ),
            "without the half": (
                "'half the sum ... of the absolute differences'; 'one number from 0 to 1'.",
                """
def packed_distance(p, q, m):
    a, b = p, q
    for _ in range(m - 1):
        a, b = torch.kron(a, p), torch.kron(b, q)
    return (a - b).abs().sum()
""",
            ),
            "1 - (1 - d)^m": (
                "'half the sum, over all K^m packs': a formula that holds where q is p with a part dropped, as in the example (0.36 at m = 2, 0.83 at m = 8), and only bounds the rest (cunning).",
                """
def packed_distance(p, q, m):
    single = 0.5 * (p - q).abs().sum()
    return 1 - (1 - single) ** m
""",
            ),
            "only packs of m equal values": (
                "'all K^m packs': p**m holds the K packs (k, k, ..., k) only.",
                """
def packed_distance(p, q, m):
    return 0.5 * (p**m - q**m).abs().sum()
""",
            ),
            "doubling": (
                "'packs of m independent samples': kron of the packs with themselves gives 1, 2, 4, 8 samples (cunning: right at m = 1 and 2).",
                """
def packed_distance(p, q, m):
    for _ in range(m - 1):
        p, q = torch.kron(p, p), torch.kron(q, q)
    return 0.5 * (p - q).abs().sum()
""",
            ),
            "coins only": (
                "'distributions over K values': the binomial sum is right for K = 2 (all of the lesson's examples), and takes all values from the second on for one (cunning).",
                """
def packed_distance(p, q, m):
    total = 0.0
    for heads in range(m + 1):
        ways = math.comb(m, heads)
        a = p[0] ** heads * (1 - p[0]) ** (m - heads)
        b = q[0] ** heads * (1 - q[0]) ** (m - heads)
        total = total + ways * (a - b).abs()
    return 0.5 * total
""",
            ),
            "one sample too many": (
                "'packs of m samples': the loop runs m times after it has begun with one; m = 1 gives packs of 2.",
                """
def packed_distance(p, q, m):
    a, b = p, q
    for _ in range(m):
        a = (a[:, None] * p).flatten()
        b = (b[:, None] * q).flatten()
    return 0.5 * (a - b).abs().sum()
""",
            ),
        },
        "right": {
            "itertools.product and math.prod": """
from itertools import product


def packed_distance(p, q, m):
    a, b = p.tolist(), q.tolist()
    gaps = (
        abs(math.prod(a[k] for k in pack) - math.prod(b[k] for k in pack)) for pack in product(range(len(a)), repeat=int(m))
    )
    return torch.tensor(math.fsum(gaps) / 2, dtype=p.dtype)
""",
            "a cube of m axes by reduce": """
from functools import reduce


def packed_distance(p, q, m):
    cube = lambda one: reduce(lambda t, _: t.unsqueeze(-1) * one, range(m - 1), one)
    return torch.sub(cube(p), cube(q)).abs().sum().mul(0.5)
""",
            "counts with their multiplicities (unusual: never lists the K^m packs)": """
from collections import Counter
from itertools import combinations_with_replacement


def packed_distance(p, q, m):
    result = p.new_zeros(())
    for kind in combinations_with_replacement(range(len(p)), m):
        orders = math.factorial(m)
        for repeats in Counter(kind).values():
            orders //= math.factorial(repeats)
        values = torch.tensor(kind)
        result += orders * torch.abs(p[values].prod() - q[values].prod())
    return result / 2
""",
            "a table of indices, and where p is the larger": """
def packed_distance(p, q, m):
    values = torch.arange(p.numel())
    packs = torch.cartesian_prod(*[values] * m).reshape(-1, m)
    ahead = p[packs].prod(dim=1) - q[packs].prod(dim=1)
    # both sum to 1, so the positive differences are half of all
    return torch.relu(ahead).sum()
""",
            "a Python number (the text allows it now)": """
def packed_distance(p, q, m):
    a, b = p, q
    for _ in range(m - 1):
        a, b = torch.kron(a, p), torch.kron(b, q)
    return 0.5 * (a - b).abs().sum().item()
""",
        },
    },
    "PackedDiscriminator": {
        "first": (1, 1),
        "wrong": {
            "packs across the batch": (
                "'A pack is m rows that follow each other: rows 0 to m - 1 are the first.' Here pack j is rows j, j + n/m, j + 2n/m, ... (cunning: shape and weights are right).",
                PERCEPTRON
                + """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = perceptron(m * dimension, 1, width)

    def forward(self, x):
        return self.net(torch.cat(x.chunk(self.m), dim=1))
""",
            ),
            "each alone, then the mean of the logits": (
                "'The samples of a pack are judged together: they enter the first layer side by side'.",
                PERCEPTRON
                + """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = perceptron(dimension, 1, width)

    def forward(self, x):
        return self.net(x).reshape(-1, self.m).mean(dim=1, keepdim=True)
""",
            ),
            "joined after the first layer": (
                "'they enter the FIRST layer side by side, as one input of m * dimension numbers': here a shared first layer sees each sample alone (cunning: the judgment is joint, the shapes are right).",
                """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.first = nn.Linear(dimension, width)
        self.second = nn.Linear(m * width, width)
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        h = nn.functional.leaky_relu(self.first(x), 0.2)
        h = h.reshape(len(x) // self.m, -1)
        return self.last(nn.functional.leaky_relu(self.second(h), 0.2))
""",
            ),
            "the width forgotten": (
                "'two hidden layers of `width` units': perceptron is called without it, so that there are always 64.",
                PERCEPTRON
                + """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = perceptron(m * dimension, 1)

    def forward(self, x):
        return self.net(x.reshape(len(x) // self.m, -1))
""",
            ),
            "no activation behind the second hidden layer": (
                "'two hidden layers of width units, EACH with an activation behind it' (cunning: the weights are as asked).",
                """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = nn.Sequential(
            nn.Linear(m * dimension, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.Linear(width, 1),
        )

    def forward(self, x):
        return self.net(x.reshape(len(x) // self.m, -1))
""",
            ),
            "probabilities": (
                "'returns one LOGIT for each pack': a sigmoid at the end.",
                PERCEPTRON
                + """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = perceptron(m * dimension, 1, width)

    def forward(self, x):
        return torch.sigmoid(self.net(x.reshape(len(x) // self.m, -1)))
""",
            ),
            "layers in a plain list": (
                "'Write a network' (an nn.Module, class given) with three layers that have weights: a Python list registers none, parameters() is empty, it cannot learn (cunning: forward is right).",
                """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.layers = [
            nn.Linear(m * dimension, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, 1),
        ]

    def forward(self, x):
        x = x.reshape(len(x) // self.m, -1)
        for layer in self.layers:
            x = layer(x)
        return x
""",
            ),
            "normalized input": (
                "'No other layer has weights': a LayerNorm in front, with weights of its own, which also throws away where and how widely the pack lies.",
                PERCEPTRON
                + """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.norm = nn.LayerNorm(m * dimension)
        self.net = perceptron(m * dimension, 1, width)

    def forward(self, x):
        packs = x.reshape(len(x) // self.m, -1)
        return self.net(self.norm(packs))
""",
            ),
        },
        "right": {
            "three layers by name, activations as functions": """
import torch.nn.functional as F


class PackedDiscriminator(nn.Module):
    def __init__(self, m: int, dimension: int = 2, width: int = 64):
        super().__init__()
        self.m, self.dimension = m, dimension
        self.hidden1 = nn.Linear(m * dimension, width)
        self.hidden2 = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)

    def forward(self, x):
        packs = x.contiguous().view(-1, self.m * self.dimension)
        h = F.leaky_relu(self.hidden1(packs), negative_slope=0.2)
        h = F.leaky_relu(self.hidden2(h), negative_slope=0.2)
        return self.out(h)
""",
            "a subclass of nn.Sequential without a forward of its own": PERCEPTRON
            + '''
class PackedDiscriminator(nn.Sequential):
    """Unflatten makes packs of m rows, Flatten lays the rows of a pack side by side."""

    def __init__(self, m, dimension=2, width=64):
        super().__init__(nn.Unflatten(0, (-1, m)), nn.Flatten(), *perceptron(m * dimension, 1, width))
        self.m = m
''',
            "every m-th row, joined; m under another name": """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64, slope=0.2):
        super().__init__()
        self.pack_size = m
        sizes = [m * dimension, width, width]
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.activation = nn.LeakyReLU(slope)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        h = torch.cat([x[i :: self.pack_size] for i in range(self.pack_size)], dim=-1)
        for layer in self.hidden:
            h = self.activation(layer(h))
        return self.head(h)
""",
            "a convolution along the batch whose stride is its length (unusual: no nn.Linear at all)": """
class PackedDiscriminator(nn.Module):
    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        self.m = m
        self.net = nn.Sequential(
            nn.Conv1d(dimension, width, kernel_size=m, stride=m),  # one place = one pack of m * dimension numbers
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, width, kernel_size=1),
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, 1, kernel_size=1),
        )

    def forward(self, x):
        return self.net(x.T[None])[0].T
""",
        },
    },
    "unrolled_generator_step": {
        "first": (0, 0),
        "wrong": {
            "fake detached in D's imagined steps": (
                "'Gradients must flow through everything, D's steps included': D's answer is a constant (quiz 3); number, D and steps = 0 are right (cunning).",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake.detach(),)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "weights detached between the steps": (
                "'Gradients must flow through everything, D's steps included': each step starts from detached weights, so only the last is differentiated (cunning: right for steps = 0 and 1, and the number is always right).",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    for _ in range(steps):
        ahead = {name: w.detach().requires_grad_() for name, w in ahead.items()}
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "D left frozen": (
                "'In the end D itself must be as it was, AND ABLE TO LEARN': requires_grad is switched off, so that backward leaves nothing in D, and never on again.",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    D.requires_grad_(False)
    fake = G(z)
    ahead = {name: w.clone().requires_grad_() for name, w in D.named_parameters()}
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "zero_grad at the wrong time": (
                "'Gradients that an earlier step left in G must not count': they are cleared after the step, so what others left before is added.",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    loss.backward()
    opt_G.step()
    opt_G.zero_grad()
    return loss.item()
""",
            ),
            "D(real) computed once, with the old weights": (
                "each step descends `d_loss(D(real), D(fake))` with the weights reached so far; here the logits of the real batch come from the D before all steps and give the imagined weights no slope after the first.",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    real_logits = functional_call(D, ahead, (real,))
    for _ in range(steps):
        loss = d_loss(real_logits, functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "only the second part of the gradient": (
                "'Gradients must flow through everything': fake is detached in G's own loss where D has looked ahead, so that the usual part of the gradient is missing (cunning: number, D, and steps = 0 are right).",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
    shown = fake.detach() if steps else fake
    loss = g_loss(functional_call(D, ahead, (shown,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "always one step at least": (
                "'With steps = 0 it is the generator's usual step': the loop tests at its end.",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    ahead = dict(D.named_parameters())
    done = 0
    while True:
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
        done += 1
        if done >= steps:
            break
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            ),
            "the loss after the step": (
                "'Return that loss (from before G's step)': it is computed anew with the moved G.",
                IMPORTED
                + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    def answer():
        fake = G(z)
        ahead = dict(D.named_parameters())
        for _ in range(steps):
            loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
            slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
            ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes)}
        return g_loss(functional_call(D, ahead, (fake,)))

    opt_G.zero_grad()
    answer().backward()
    opt_G.step()
    return answer().item()
""",
            ),
        },
        "right": {
            "torch.func.grad over a dictionary of copies": IMPORTED
            + """
from torch.func import grad


def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)

    def cost(weights):
        return d_loss(functional_call(D, weights, (real,)), functional_call(D, weights, (fake,)))

    weights = {name: w.detach().clone() for name, w in D.named_parameters()}
    for _ in range(steps):
        slope = grad(cost)(weights)
        weights = {name: weights[name] - rate * slope[name] for name in weights}
    loss = g_loss(functional_call(D, weights, (fake,)))
    opt_G.zero_grad(set_to_none=True)
    loss.backward()
    opt_G.step()
    return float(loss.detach())
""",
            "a deep copy of D whose parameters are replaced by plain tensors": """
import copy


def _holders(net):
    return [(module, name) for module in net.modules() for name in list(module._parameters) if module._parameters[name] is not None]


def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    imagined = copy.deepcopy(D)
    holders = _holders(imagined)
    for module, name in holders:
        weight = module._parameters.pop(name)
        setattr(module, name, weight.detach().clone().requires_grad_())
    for _ in range(steps):
        current = [getattr(module, name) for module, name in holders]
        slopes = torch.autograd.grad(d_loss(imagined(real), imagined(fake)), current, create_graph=True)
        for (module, name), weight, slope in zip(holders, current, slopes):
            setattr(module, name, weight - rate * slope)
    loss = g_loss(imagined(fake))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
""",
            "one flat vector of weights, recursion": IMPORTED
            + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    names, shapes = zip(*((name, w.shape) for name, w in D.named_parameters()))
    sizes = [shape.numel() for shape in shapes]

    def judge(flat, x):
        pieces = (piece.reshape(shape) for piece, shape in zip(flat.split(sizes), shapes))
        return functional_call(D, dict(zip(names, pieces)), (x,))

    def look(flat, left):
        if left == 0:
            return flat
        loss = d_loss(judge(flat, real), judge(flat, fake))
        (slope,) = torch.autograd.grad(loss, flat, create_graph=True)
        return look(flat - rate * slope, left - 1)

    fake = G(z)
    start = torch.cat([w.detach().flatten() for w in D.parameters()]).requires_grad_()
    loss = g_loss(judge(look(start, steps), fake))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.detach().item()
""",
            "gradients of G asked for by name and laid down by hand (unusual: no backward, no zero_grad)": IMPORTED
            + """
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    fake = G(z)
    names = [name for name, _ in D.named_parameters()]
    values = [w for _, w in D.named_parameters()]
    call = lambda x: functional_call(D, dict(zip(names, values)), (x,))
    while steps > 0:
        slopes = torch.autograd.grad(d_loss(call(real), call(fake)), values, create_graph=True)
        values = [torch.sub(w, slope, alpha=rate) for w, slope in zip(values, slopes)]
        steps -= 1
    loss = g_loss(call(fake))
    moved = [w for w in G.parameters() if w.requires_grad]
    for w, slope in zip(moved, torch.autograd.grad(loss, moved, allow_unused=True)):
        w.grad = slope
    opt_G.step()
    return loss.item()
""",
        },
    },
    "two_parts": {
        "first": (0, 0),
        "wrong": {
            "wrong sign inside the real points' sigma": (
                "step 1: the derivative of log(1 + e^(-w r)) is -r sigma(-w r), not -r sigma(w r)",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
            "D climbs": (
                "step 2: w' = w - eta s",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w + rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
            "first part at the old weight": (
                "step 3: dL_G/dx_i 'with w' held fixed': L_G holds w', not w (near-right at a small rate)",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-w * fake)
    first = -w * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    sure = torch.sigmoid(-answer * fake)
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
            "product rule forgotten": (
                "step 4: the slope holds x_i twice, in front of sigma and inside it",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * made
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
            "pull of the sample itself only": (
                "step 5: dL_G/dw' is one number, a mean over all samples, times dw'/dx_i; here each sample feels itself alone (right for n = 1, the point of the exercise left out)",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    pull = -fake * sure / n
    yield first + pull * influence
""",
            ),
            "m for n": (
                "steps 3 and 4: 1/n with n the number of samples, not of real points (right where n = m)",
                """
def two_parts(w, real, fake, rate):
    n = len(real)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
            "second part cut off": (
                "step 5: the whole gradient has both parts; by a detach autograd finds the first one only",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    x = fake.detach().clone().requires_grad_()
    ahead = answer.detach()
    loss = torch.nn.functional.softplus(-ahead * x).mean()
    yield torch.autograd.grad(loss, x)[0]
""",
            ),
            "one pooled mean for D's loss": (
                "step 1: 1/m sum over real + 1/n sum over samples, each kind by its own mean; here one sum over both, divided by the mean of m and n (right where n = m)",
                """
def two_parts(w, real, fake, rate):
    n = len(fake)
    made = torch.sigmoid(w * fake)
    both = torch.cat([fake * made, -real * torch.sigmoid(-w * real)])
    slope = 2 * both.mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate / n * (made + w * fake * made * (1 - made))
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
""",
            ),
        },
        "right": {
            "by tanh, yielded from a helper generator": """
def squash(a):
    return 0.5 * (1 + torch.tanh(0.5 * a))


def _five(w, real, fake, rate, *, sigma=squash):
    share = 1 / fake.numel()
    s = torch.dot(fake, sigma(w * fake)) * share - torch.dot(real, sigma(-(w * real))) / real.numel()
    yield s
    new = torch.sub(w, s, alpha=rate)
    yield new
    alone = torch.neg(new * sigma(-new * fake)) * share
    yield alone
    up, down = sigma(w * fake), sigma(-w * fake)
    moves = (up + fake * up * down * w).mul(-rate * share)
    yield moves
    yield torch.add(alone, moves * (-(fake * sigma(-new * fake)).sum() * share))


def two_parts(w, real, fake, rate):
    yield from _five(w, real, fake, rate)
""",
            "NumPy and SciPy inside, tensors out": """
import numpy as np
from scipy.special import expit


def two_parts(w, real, fake, rate):
    kind = fake.dtype
    w, r, x = (np.asarray(t.detach().cpu().numpy(), dtype=np.float64) for t in (w, real, fake))
    out = lambda value: torch.as_tensor(np.asarray(value), dtype=kind)
    s = np.mean(x * expit(w * x)) - np.mean(r * expit(-w * r))
    yield out(s)
    ahead = w - float(rate) * s
    yield out(ahead)
    first = -ahead * expit(-ahead * x) / x.size
    yield out(first)
    d = expit(w * x) * (1 + w * x * expit(-w * x)) * (-float(rate) / x.size)
    yield out(d)
    yield out(first + np.mean(-x * expit(-ahead * x)) * d)
""",
            "plain loops over Python numbers": """
def two_parts(w, real, fake, rate):
    def sigma(a):
        return 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))

    weight, rs, xs = float(w), [float(r) for r in real], [float(x) for x in fake]
    n, m = len(xs), len(rs)
    slope = 0.0
    for x in xs:
        slope += x * sigma(weight * x) / n
    for r in rs:
        slope -= r * sigma(-weight * r) / m
    yield fake.new_tensor(slope)
    answer = weight - rate * slope
    yield fake.new_tensor(answer)
    first = [-answer * sigma(-answer * x) / n for x in xs]
    yield fake.new_tensor(first)
    influence = []
    for x in xs:
        up = sigma(weight * x)
        influence.append(-rate / n * (up + weight * x * up * (1 - up)))
    yield fake.new_tensor(influence)
    pull = -sum(x * sigma(-answer * x) for x in xs) / n
    yield fake.new_tensor([a + pull * b for a, b in zip(first, influence)])
""",
            "an object that is called; the slope by softplus' own exponentials, einsum": '''
from dataclasses import dataclass


@dataclass
class TwoParts:
    """A callable: calling it gives the generator of the five."""

    sigma: object = lambda a: torch.exp(-nn.functional.softplus(-a))

    def slope(self, w, real, fake):
        mean = lambda values, logits: torch.einsum("i,i->", values, self.sigma(logits)) / values.shape[0]
        return mean(fake, w * fake) - mean(real, -w * real)

    def __call__(self, w, real, fake, rate, extra=None):
        n = fake.shape[0]
        yield (s := self.slope(w, real, fake))
        yield (answer := w - rate * s)
        doubt = self.sigma(-answer * fake)
        yield (first := torch.einsum(",i->i", -answer, doubt) / n)
        a = w * fake
        yield (influence := -(rate / n) * self.sigma(a) * (1 + a * self.sigma(-a)))
        yield first - torch.einsum("i,i,j->j", fake, doubt, influence) / n


two_parts = TwoParts()
''',
        },
    },
    "twenty_five": {
        "first": (0, 0),
        "wrong": {
            "nobody moves": (
                "What counts is how many of 25 modes are held: 2 for bronze (a generator that never learns is one clump).",
                """
def twenty_five(t):
    # small rates are safe
    return {"rate_G": 0.0, "rate_D": 1e-6}
""",
            ),
            "a table of 25 noise vectors": (
                '"noise": a table of 1,000 to 10,000 noise vectors of 1 to 8 numbers.',
                """
def twenty_five(t):
    places = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)
    return {
        "noise": places,
        "waves": [3.0],
        "batch": 128,
        "rate_G": 3e-3 * (1 - 0.9 * t),
        "rate_D": 5e-3 * (1 - 0.9 * t),
        "blur": 0.5 * (1 - t) ** 2,
    }
""",
            ),
        },
        "cheats": {
            "numbers that are within every limit": (
                '"width": hidden units, 8 to 64; "batch": 16 to 128.',
                """
class Fits(int):
    # says that it lies between any two numbers
    def __lt__(self, other):
        return False

    def __gt__(self, other):
        return False

    def __le__(self, other):
        return True

    def __ge__(self, other):
        return True

    __hash__ = int.__hash__


NOISE = (torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)).repeat(200, 1)
NOISE = NOISE + 0.05 * torch.randn(NOISE.shape)


def twenty_five(t):
    return {
        "noise": NOISE,
        "waves": [3.0],
        "width": Fits(256),
        "batch": Fits(1024),
        "rate_G": 3e-3 * (1 - 0.9 * t),
        "rate_D": 5e-3 * (1 - 0.9 * t),
    }
""",
            ),
            "a list of twelve frequencies that says it has four": (
                '"waves": up to 4 frequencies.',
                """
class Four(list):
    def __len__(self):
        return 4


NOISE = (torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)).repeat(200, 1)
NOISE = NOISE + 0.05 * torch.randn(NOISE.shape)


def twenty_five(t):
    return {
        "noise": NOISE,
        "waves": Four([2.0 + 0.2 * k for k in range(12)]),
        "rate_G": 3e-3 * (1 - 0.9 * t),
        "rate_D": 5e-3 * (1 - 0.9 * t),
        "batch": 128,
    }
""",
            ),
            "plays on while it is asked": (
                "Can you do it in 600 steps, where each step of either player counts? You write the recipe; the game is played for you.",
                """
import sys

BUSY = [False]


def twenty_five(t):
    recipe = {"rate_G": 2e-4, "rate_D": 4e-4, "batch": 128}
    if BUSY[0] or t >= 0.99:
        return recipe
    BUSY[0] = True
    frame = sys._getframe(1)
    while frame is not None:
        for thing in list(frame.f_locals.values()):
            for name in ("play", "step", "d_step", "g_step", "step_D", "step_G"):
                move = getattr(thing, name, None)
                if callable(move) and type(thing).__module__.startswith("gancourse"):
                    try:
                        for _ in range(200):
                            move()
                    except Exception:
                        pass
        frame = frame.f_back
    BUSY[0] = False
    return recipe
""",
            ),
            "reads where the modes are": (
                "on grids whose spacing and place you never see.",
                """
import sys

FOUND = []


def twenty_five(t):
    if not FOUND:
        frame = sys._getframe(1)
        while frame is not None and not FOUND:
            for thing in list(frame.f_locals.values()):
                for one in (thing, *getattr(thing, "__dict__", {}).values()):
                    for modes in (one, getattr(one, "modes", None), getattr(one, "means", None)):
                        if isinstance(modes, torch.Tensor) and modes.shape[-2:] == (25, 2):
                            FOUND.append(modes.detach().reshape(-1, 25, 2)[0].clone().float())
                            break
                    if FOUND:
                        break
                if FOUND:
                    break
            frame = frame.f_back
    if not FOUND:
        return {"rate_G": 0.0, "rate_D": 0.0}
    modes = FOUND[0]
    apart = float((modes[1:] - modes[0]).norm(dim=1).min())
    return {
        "noise": modes.repeat(200, 1),
        "waves": [2 * math.pi / apart],
        "batch": 128,
        "rate_G": 3e-3 * (1 - 0.9 * t),
        "rate_D": 5e-3 * (1 - 0.9 * t),
    }
""",
            ),
        },
        "medals": {
            "noise on a lattice, a wave, falling rates, fading blur": (
                "gold",
                """
def twenty_five(t):
    dice = torch.Generator().manual_seed(0)
    noise = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2).repeat(200, 1)
    return {
        "noise": noise + 0.05 * torch.randn(noise.shape, generator=dice),
        "waves": [3.0],
        "batch": 128,
        "rate_G": 4e-3 * (1 - 0.95 * t),
        "rate_D": 6e-3 * (1 - 0.9 * t),
        "beta_1": 0.5,
        "blur": 0.6 * max(0.0, 1 - 1.6 * t),
    }
""",
            ),
            "the lattice, two waves, no blur, hinge": (
                "gold",
                """
LATTICE = torch.cartesian_prod(torch.linspace(-2, 2, 5), torch.linspace(-2, 2, 5)).repeat(160, 1)
LATTICE = LATTICE + 0.08 * torch.randn(LATTICE.shape, generator=torch.Generator().manual_seed(1))


def twenty_five(t):
    fall = 0.5 * (1 + math.cos(math.pi * t)) + 0.03
    return {
        "noise": LATTICE,
        "waves": [1.5, 3.0],
        "loss": "hinge",
        "batch": 128,
        "beta_1": 0.3,
        "rate_G": 3e-3 * fall,
        "rate_D": 6e-3 * fall,
    }
""",
            ),
            "the lattice alone": (
                "gold",
                """
def twenty_five(t):
    dice = torch.Generator().manual_seed(0)
    noise = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2).repeat(200, 1)
    return {
        "noise": noise + 0.05 * torch.randn(noise.shape, generator=dice),
        "batch": 128,
        "rate_G": 3e-3 * (1 - 0.9 * t),
        "rate_D": 8e-3 * (1 - 0.8 * t),
    }
""",
            ),
            "normal noise, a wave, packs": (
                "bronze",
                """
def twenty_five(t):
    return {
        "waves": [3.0],
        "batch": 128,
        "pack": 2,
        "rate_G": 5e-3 * (1 - 0.9 * t),
        "rate_D": 8e-3 * (1 - 0.9 * t),
        "blur": 0.8 * (1 - t) ** 2,
    }
""",
            ),
        },
    },
}
