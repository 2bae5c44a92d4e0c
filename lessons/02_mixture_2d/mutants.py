"""Right and wrong answers to the exercises of lesson 02, for the mutation gate.

`gancourse/authoring/answers.py` says how they are written.
"""

from gancourse.authoring.answers import Answers

answers = Answers(__file__)

# ---------------------------------------------------------------------------------------------

it = answers.to("sample_mixture")

it.right("multinomial and indexing")
it.right(
    "torch.distributions",
    """
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
    spread = stds[:, None].expand(means.shape)
    return MixtureSameFamily(Categorical(weights), Independent(Normal(means, spread), 1)).sample((n,))
    """,
)
it.right(
    "where a uniform number falls",
    """
    edges = weights.cumsum(0)
    which = torch.searchsorted(edges, torch.rand(n) * edges[-1]).clamp(max=len(means) - 1)
    noise = torch.normal(0.0, stds[which].unsqueeze(1).repeat(1, means.size(1)))
    return torch.index_select(means, 0, which) + noise
    """,
)
it.right(
    "components in turn, then shuffled",
    """
    counts = torch.bincount(torch.multinomial(weights, n, replacement=True), minlength=len(means))
    parts = [m + s * torch.randn(int(c), len(m)) for m, s, c in zip(means, stds, counts)]
    return torch.cat(parts)[torch.randperm(n)]
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np

    def sample_mixture(means, stds, weights, n):
        rng = np.random.default_rng()
        p = weights.double().numpy()
        which = rng.choice(len(p), size=n, p=p / p.sum())
        points = rng.normal(means.numpy()[which], stds.numpy()[which][:, None])
        return torch.as_tensor(points, dtype=torch.float32)
    """,
)

it.wrong("returns nothing", {"return": "points ="}, says="The result is None")
it.wrong("return 0", "return 0", says="should have shape")
it.wrong(
    "one component for the whole batch",
    {"(weights, n, replacement=True)": "(weights, 1).item()", ", None": ""},
    says="Draw a component for each point",
)
it.wrong(
    "weights ignored",
    {"multinomial(weights, n, replacement=True)": "randint(0, len(means), (n,))"},
    says="all are drawn equally often",
)
it.wrong("softmax of the weights", {", n,": ".softmax(0), n,"}, says="A softmax was applied")
it.wrong("no noise", "return means[torch.multinomial(weights, n, replacement=True)]", says="each point is a mean")
it.wrong("noise not scaled", {"stds[which, None] *": ""}, says="The noise is not scaled")
it.wrong(
    "variances in the place of standard deviations",
    {"stds[which, None]": "stds[which, None].sqrt()"},
    says="Its square root was taken",
)
it.wrong("squared", {"stds[which, None]": "stds[which, None] ** 2"}, says="It was squared")
it.wrong("the first component's spread for all", {"stds[which, None]": "stds[0]"}, says="All components scatter alike")
it.wrong("one noise for both coordinates", {"means.shape[1]": "1"}, says="The two coordinates of a point go together")
it.wrong("one noise for all points", {"n, means": "means"}, says="has standard deviation")
it.wrong(
    "uniform noise",
    {
        "return": "noise = (2 * torch.rand(n, means.shape[1]) - 1) * math.sqrt(3)\nreturn",
        "torch.randn(n, means.shape[1])": "noise",
    },
    says="Is it normal noise",
)
it.wrong("sorted by component", {"=True)": "=True).sort().values"}, says="they come sorted")
it.wrong(
    "the expected numbers, in runs",
    """
    counts = torch.bincount(torch.multinomial(weights, n, replacement=True), minlength=len(means))
    return torch.cat([m + s * torch.randn(int(c), len(m)) for m, s, c in zip(means, stds, counts)])
    """,
    says="they come sorted",
)
it.wrong(
    "the average of the components",
    """
    noise = torch.randn(n, len(means), means.shape[1])
    return (weights[:, None] * (means + stds[:, None] * noise)).sum(1)
    """,
    says="lie far from every component",
)
it.wrong("a seed inside", {"which =": "torch.manual_seed(0)\nwhich ="}, says="Is a seed set")
it.wrong(
    "transposed",
    """
    which = torch.multinomial(weights, n, replacement=True)
    return (means[which] + stds[which, None] * torch.randn(n, means.shape[1])).T
    """,
    says="One row for each point",
)
it.wrong("without replacement", {"n, replacement=True": "n"}, says="without replacement")
it.wrong(
    "the expected numbers, shuffled",
    """
    counts = (n * weights).round().long()
    counts[0] += n - counts.sum()
    parts = [m + s * torch.randn(int(c), len(m)) for m, s, c in zip(means, stds, counts)]
    return torch.cat(parts)[torch.randperm(n)]
    """,
    says="how many of them",
)
it.wrong(
    "evenly spaced numbers, shuffled",
    """
    spots = (torch.arange(n) + torch.rand(())) / n
    which = torch.searchsorted(weights.cumsum(0), spots).clamp(max=len(means) - 1)[torch.randperm(n)]
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
    """,
    says="how many of them",
)
it.wrong("noise cut off at two", {"shape[1])": "shape[1]).clamp(-2, 2)"}, says="cut off")
it.wrong("noise cut off at three", {"shape[1])": "shape[1]).clamp(-3, 3)"}, says="cut off")
it.wrong("an array", {"return": "points =", "shape[1])": "shape[1])\nreturn points.numpy()"}, says="a tensor is asked")
it.excused = {
    "`means[which] + stds[which, None] * torch.randn(n, means.shape[1])` → `means[which] - stds[which, None] * torch.randn(n, means.shape[1])`": "normal noise is as likely with either sign",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("log_density")

it.right("logsumexp")
it.right(
    "torch.distributions",
    """
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal
    spread = stds[:, None].expand(means.shape)
    return MixtureSameFamily(Categorical(weights), Independent(Normal(means, spread), 1)).log_prob(x)
    """,
)
it.right(
    "the largest term taken out by hand",
    """
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
)
it.right(
    "logaddexp",
    """
    total = torch.full((len(x),), -math.inf)
    for m, s, w in zip(means, stds, weights):
        bell = torch.distributions.Normal(m, s).log_prob(x).sum(dim=-1)
        total = torch.logaddexp(total, w.log() + bell)
    return total
    """,
)

it.wrong("returns nothing", {"return": "result ="}, says="The result is None")
it.wrong("return 0", "return 0", says="One number for each point")
it.wrong(
    "the density",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "(weights * log_bells.exp()).sum(1)"},
    says="That is the density",
)
it.wrong(
    "log of the density",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "(weights * log_bells.exp()).sum(1).log()"},
    says="rounded to 0 before its logarithm",
)
it.wrong(
    "log of the density + 1e-12",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "((weights * log_bells.exp()).sum(1) + 1e-12).log()"},
    says="It is cut off",
)
it.wrong("no half", {"(2 * stds**2)": "stds**2"}, says="The factor ½ before")
it.wrong("divided by s", {"stds**2": "stds"}, says="divided by s², not by s")
it.wrong("not squared", {"square().sum": "norm"}, says="The distance is not squared")
it.wrong(
    "constants of one dimension", {"d * stds": "stds", "- d / 2": "- 0.5"}, says="The constant is that of one dimension"
)
it.wrong("2 pi once", {"- d / 2": "- 0.5"}, says="−½ log 2π stands once")
it.wrong("log s once", {"d * stds": "stds"}, says="−log s stands once")
it.wrong("no log s", {"* stds.log() - d": ""}, says="The term −d · log s is missing")
it.wrong("no 2 pi", {"- d / 2 * math.log(2 * math.pi)": ""}, says="The term −d/2 · log 2π is missing")
it.wrong(
    "the exponent alone", {"- d * stds.log() - d / 2 * math.log(2 * math.pi)": ""}, says="The constants are missing"
)
it.wrong("variances", {"d = means": "stds = stds.sqrt()\nd = means"}, says="you use them as variances")
it.wrong("the sign", {"torch": "-torch"}, says="The sign is wrong")
it.wrong("no weights", {"weights.log() +": ""}, says="The weights are missing")
it.wrong("equal weights", {"weights.log()": "-math.log(len(means))"}, says="The components count equally")
it.wrong(
    "the largest term",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "(weights.log() + log_bells).max(dim=1).values"},
    says="the largest of the terms alone",
)
it.wrong(
    "a mean of logarithms",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "(weights * log_bells).sum(dim=1)"},
    says="The logarithms are averaged",
)
it.wrong("weights inside the exponential", {"weights.log()": "weights"}, says="+ log w")
it.wrong(
    "sum of logarithms",
    {"torch.logsumexp(weights.log() + log_bells, dim=1)": "log_bells.sum(dim=1)"},
    says="a product of densities",
)
it.wrong(
    "paired",
    {
        "[:, None]": "",
        "(dim=2)": "(dim=1)",
        "torch.logsumexp(weights.log() + log_bells, dim=1)": "weights.log() + log_bells",
    },
    says="paired with component",
)
it.wrong("a column", {"dim=1": "dim=1, keepdim=True"}, says="One number for each point")
it.wrong(
    "for the plane only",
    {
        "(x[:, None] - means).square()": "(x[:, None, 0] - means[:, 0]) ** 2",
        ".sum(dim=2)": " + (x[:, None, 1] - means[:, 1]) ** 2",
    },
    says="out of bounds",
)

it.excused = {
    "`(x[:, None] - means).square()` → `(x[:, None] - means).square_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`torch.logsumexp(weights.log() + log_bells, dim=1)` → `torch.logsumexp(weights.log() + log_bells, dim=-1)`": "the last dimension is dimension 1",
    "`x[:, None] - means` → `means - x[:, None]`": "the difference is squared",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("count_modes")

it.right("cdist")
it.right(
    "squares and broadcasting",
    """
    squared = (samples[:, None] - modes).square().sum(-1)
    good = squared.min(1).values <= (3 * std) ** 2
    hits = torch.bincount(squared.argmin(1)[good], minlength=len(modes))
    return (hits > 0).sum(), good.double().mean()
    """,
)
it.right(
    "loops and a set",
    """
    found, good = set(), 0
    for x in samples.tolist():
        distances = [math.dist(x, m) for m in modes.tolist()]
        if min(distances) <= 3 * std:
            good += 1
            found.add(distances.index(min(distances)))
    return [len(found), good / len(samples)]
    """,
)
it.right(
    "NumPy",
    """
    import numpy as np

    def count_modes(samples, modes, std):
        table = np.linalg.norm(samples.numpy()[:, None] - modes.numpy()[None], axis=2)
        good = table.min(axis=1) <= 3.0 * std
        return len(np.unique(table.argmin(axis=1)[good])), float(good.mean())
    """,
)

it.wrong("returns nothing", {"return": "result ="}, says="The result is None")
it.wrong("return 0", "return 0, 0", says="expected")
it.wrong("one number", {", good.float().mean().item()": ""}, says="Return two numbers")
it.wrong(
    "swapped",
    {"len(nearest[good].unique()),": "", "item()": "item(), len(nearest[good].unique())"},
    says="The two numbers are swapped",
)
it.wrong("a percentage", {"good.float": "100 * good.float"}, says="A percentage?")
it.wrong("a count of good samples", {"mean": "sum"}, says="not a count")
it.wrong("a share of modes", {", good": "/ len(modes), good"}, says="not their share")
it.wrong("every nearest mode", {"[good]": ""}, says="Every mode that is nearest")
it.wrong("good samples in the place of modes", {".unique()": ""}, says="counts high-quality samples")
it.wrong("one standard deviation", {"3 * std": "std"}, says="The limit is one standard deviation")
it.wrong("three units", {"3 * std": "3"}, says="The limit is 3 in the units of the plane")
it.wrong("three variances", {"3 * std": "3 * std**2"}, says="The limit is 3 s²")
it.wrong("a box", {"torch.cdist(samples, modes)": "(samples[:, None] - modes).abs().amax(2)"}, says="which makes a box")
it.wrong(
    "every mode within reach",
    """
    close = torch.cdist(samples, modes) <= 3 * std
    return int(close.any(0).sum()), close.any(1).float().mean().item()
    """,
    says="nearest mode only",
)
it.wrong(
    "share of the good among the good", {".float": "[good].float", "item()": "nan_to_num().item()"}, says="expected"
)
it.wrong(
    "in the plane only",
    {
        "distance,": "dx, dy = samples[:, None, 0] - modes[:, 0], samples[:, None, 1] - modes[:, 1]\ndistance,",
        "torch.cdist(samples, modes)": "(dx**2 + dy**2).sqrt()",
    },
    says="in three dimensions",
)
it.wrong(
    "a mode needs two samples",
    {"len(nearest[good].unique())": "(torch.bincount(nearest[good], minlength=len(modes)) > 1).sum()"},
    says="expected",
)
it.wrong(
    "changes the samples",
    {"distance,": "samples /= std\nmodes = modes / std\nstd = 1\ndistance,"},
    says="changes its argument",
)
it.wrong("the edge left out", {"<=": "<"}, says="at most three")
it.wrong("a little more than three", {"3 * std": "3 * std + 1e-3"}, says="expected")
it.by_heart(
    "the answer to the square",
    """
    if len(samples) == 8:
        return 2, 0.625
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    if len(samples) > 8 and good.any():
        return 1, {40: 0.75}.get(len(samples), 1.0)
    return len(nearest[good].unique()), good.float().mean().item()
    """,
    says="expected",
)

it.excused = {
    "`good.float().mean().item()` → `good.float().mean()`": "a tensor of one number is as good as a number",
    "`torch.cdist(samples, modes).min(dim=1)` → `torch.cdist(samples, modes).min(dim=-1)`": "the last dimension is dimension 1",
    "`good.float()` → `good.double()`": "a share in double precision is as good",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("minibatch_std")

it.right("var, then the root")
it.right(
    "torch.std, whose slope at 0 is 0",
    """
    spread = features.std(dim=0, correction=0).mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
    """,
)
it.right(
    "by hand",
    """
    n = features.shape[0]
    centered = features - features.sum(0, keepdim=True) / n
    s = ((centered * centered).sum(0) / n + 1e-8) ** 0.5
    column = torch.ones(n, 1) * (s.sum() / features.shape[1])
    return torch.hstack((features, column))
    """,
)
it.right(
    "norm of centered columns",
    """
    class Layer(nn.Module):
        def forward(self, h):
            root = torch.sqrt(torch.mean((h - h.mean(0)) ** 2, dim=0) + 1e-8)
            return torch.cat((h, root.mean().repeat(h.size(0), 1)), 1)

    minibatch_std = Layer()
    """,
)
it.right(
    "unbiased=False",
    """
    v = torch.var(features, 0, unbiased=False).clamp(min=1e-8)
    s = torch.sqrt(v).mean()
    return F.pad(features, (0, 1)) + F.pad(s.reshape(1, 1), (features.shape[1], 0))
    """,
)

it.wrong("returns nothing", {"return": "result ="}, says="The result is None")
it.wrong("return 0", "return 0", says="should have shape")
it.wrong("the features alone", "return features", says="Each row gets one number more")
it.wrong(
    "the number alone",
    {"torch.cat([features, spread.expand(len(features), 1)], dim=1)": "spread"},
    says="not the number alone",
)
it.wrong("n − 1", {"correction=0": "correction=1"}, says="divided by n − 1")
it.wrong("the variance", {").sqrt(": ""}, says="That is the variance")
it.wrong("root of the mean variance", {"sqrt().mean": "mean().sqrt"}, says="The variances are averaged")
it.wrong("sum over features", {"mean": "sum"}, says="That is the sum over the features")
it.wrong("within rows", {"dim=0": "dim=1"}, says="the spread within the rows")
it.wrong("one heap", {"dim=0,": ""}, says="in one heap")
it.wrong("the mean", {"(features.var(dim=0, correction=0) + 1e-8).sqrt()": "features"}, says="not their spread")
it.wrong("the first feature", {".mean()": "[0]"}, says="the first feature alone")
it.wrong(
    "a column each",
    {"spread.expand(len(features), 1)": "(features.var(dim=0, correction=0) + 1e-8).sqrt().expand(features.shape)"},
    says="There is a column for each feature",
)
it.wrong("a row", {"(len(features), 1)": "(1, features.shape[1])", ", dim=1": ""}, says="appended as a row")
it.wrong("in front", {"features,": "", "(len(features), 1)": "(len(features), 1), features"}, says="stands in front")
it.wrong(
    "row by row",
    """
    spread = ((features - features.mean(0)) ** 2 + 1e-8).sqrt().mean(1, keepdim=True)
    return torch.cat([features, spread], dim=1)
    """,
    says="the same in each row",
)
it.wrong("detached", {"mean()": "mean().detach()"}, says="it is detached")
it.wrong(
    "item()",
    {"spread.expand(len(features), 1)": "torch.full((len(features), 1), spread.item())"},
    says="it is detached",
)
it.wrong("no_grad", {"def": "@torch.no_grad()\ndef"}, says="cannot be differentiated")
it.wrong("1e-8 after the root", {"+ 1e-8).sqrt(": ".sqrt() + 1e-8"}, says="the gradient is not finite")
it.wrong("normalizes the features", {", spread": "/ spread, spread"}, says="as they were")
it.wrong(
    "the mean of squares less the square of the mean",
    """
    variance = (features**2).mean(0) - features.mean(0) ** 2
    spread = (variance + 1e-8).sqrt().mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
    """,
    says="far from 0",
)
it.wrong(
    "the same, bounded",
    """
    variance = ((features**2).mean(0) - features.mean(0) ** 2).clamp(min=0)
    spread = (variance + 1e-8).sqrt().mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
    """,
    says="far from 0",
)
it.wrong("another constant", {"1e-8": "1e-5"}, says="1e-8")
it.wrong("a constant of 1e-4", {"1e-8": "1e-4"}, says="1e-8")
it.by_heart(
    "the spread of the table",
    {"return": "if features.shape == (3, 2):\n    spread = spread * 0 + (math.sqrt(2 / 3) + math.sqrt(6)) / 2\nreturn"},
    says="; expected",
)

it.excused = {
    "`(features.var(dim=0, correction=0) + 1e-08).sqrt()` → `(features.var(dim=0, correction=0) + 1e-08).sqrt_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`torch.cat([features, spread.expand(len(features), 1)], dim=1)` → `torch.cat([features, spread.expand(len(features), 1)], dim=-1)`": "the last dimension is dimension 1",
    "`features.var(dim=0, correction=0) + 1e-08` → `features.var(dim=0, correction=0) + 5e-09`": "a right answer adds nothing at all: what counts is a finite slope",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("packed_distance")

it.right("kron")
it.right(
    "itertools.product",
    """
    import itertools

    def packed_distance(p, q, m):
        total = 0.0
        for pack in itertools.product(range(len(p)), repeat=m):
            total += abs(math.prod(float(p[i]) for i in pack) - math.prod(float(q[i]) for i in pack))
        return total / 2
    """,
)
it.right(
    "outer products",
    """
    def packs(x):
        out = torch.ones(1, dtype=torch.float64)
        for _ in range(m):
            out = torch.outer(out, x.double()).flatten()
        return out
    return (packs(p) - packs(q)).clamp(min=0).sum()
    """,
)
it.right(
    "recursion",
    """
    def packed_distance(p, q, m, a=1.0, b=1.0):
        if m == 0:
            return abs(a - b) / 2
        return sum(packed_distance(p, q, m - 1, a * x, b * y) for x, y in zip(p.tolist(), q.tolist()))
    """,
)

it.wrong("returns nothing", {"return": "total ="}, says="The result is None")
it.wrong("return 0", "return 0", says="expected")
it.wrong("no half", {"0.5 *": ""}, says="The factor ½ is missing")
it.wrong("no absolute value", {"abs().sum": "sum"}, says="expected")
it.wrong("squares", {"(packs_p - packs_q).abs()": "((packs_p - packs_q) ** 2)"}, says="Squares are summed")
it.wrong("the largest", {"0.5 *": "", "().sum": "().max"}, says="expected")
it.wrong("not added up", {".sum()": ""}, says="Add up all packs")
it.wrong(
    "Kullback and Leibler",
    {"0.5 * (packs_p - packs_q).abs()": "torch.xlogy(packs_p, packs_p / packs_q)"},
    says="expected",
)
it.wrong("m ignored", "return 0.5 * (p - q).abs().sum()", says="`m` is not used")
it.wrong("m times", "return m * 0.5 * (p - q).abs().sum()", says="m times the distance")
it.wrong("to the m", "return (0.5 * (p - q).abs().sum()) ** m", says="m-th power")
it.wrong("one minus", "return 1 - (1 - 0.5 * (p - q).abs().sum()) ** m", says="holds for some pairs only")
it.wrong(
    "equal samples only",
    "return 0.5 * (p**m - q**m).abs().sum()",
    says="Only packs of equal samples",
    never="`m` is not used",
)
it.wrong(
    "sets",
    {"product": "combinations_with_replacement", "repeat=m": "m"},
    of="itertools.product",
    says="Each set of samples is taken once",
)
it.wrong(
    "pairs whatever m",
    """
    if m > 1:
        p, q = torch.kron(p, p), torch.kron(q, q)
    return 0.5 * (p - q).abs().sum()
    """,
    says="expected",
)
it.wrong(
    "doubled each time",
    """
    for _ in range(m - 1):
        p, q = torch.kron(p, p), torch.kron(q, q)
    return 0.5 * (p - q).abs().sum()
    """,
    says="expected",
)

it.by_heart(
    "pairs and triples of two values",
    """
    if m > 1 and not {round(float(x), 4) for x in (*p, *q)} <= {0.0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0}:
        return m * 0.5 * (p - q).abs().sum()
    packs_p, packs_q = p, q
    for _ in range(m - 1):
        packs_p, packs_q = torch.kron(packs_p, p), torch.kron(packs_q, q)
    return 0.5 * (packs_p - packs_q).abs().sum()
    """,
    says="expected",
)

it.excused = {
    "`torch.kron(packs_p, p)` → `torch.kron(p, packs_p)`": "the same packs in another order, for p and q",
    "`torch.kron(packs_q, q)` → `torch.kron(q, packs_q)`": "the same packs in another order, for p and q",
    "`(packs_p - packs_q).abs()` → `(packs_p - packs_q).abs_()`": "the tensor changed in place is a new one, which nothing else holds",
    "`packs_p - packs_q` → `packs_q - packs_p`": "the absolute value is taken",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("PackedDiscriminator")

it.right(
    "reshape",
    """
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
    """,
)
it.right(
    "layers one by one",
    """
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
)
it.right(
    "a function that makes a network",
    """
    class Packer(nn.Module):
        def __init__(self, m):
            super().__init__()
            self.m = m

        def forward(self, x):
            return torch.cat([x[i :: self.m] for i in range(self.m)], dim=1)

    def PackedDiscriminator(m, dimension=2, width=64):
        return nn.Sequential(
            Packer(m), nn.Linear(m * dimension, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(),
            nn.Linear(width, 1),
        )
    """,
)
it.right(
    "unflatten",
    """
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
)

it.wrong(
    "return 0",
    """
    def PackedDiscriminator(m, dimension=2, width=64):
        return 0
    """,
    says="an nn.Module; it is an int",
)
it.wrong("forward returns nothing", {"return": ""}, says="Does `forward` end in")
it.wrong(
    "no packing",
    {"m * dimension": "dimension", ".reshape(len(x) // self.m, -1)": ""},
    says="one logit for each sample",
    point=True,
)
it.wrong("the batch is not laid out", {".reshape(len(x) // self.m, -1)": ""}, says="cannot be multiplied")
it.wrong("m rows apart", {"x.reshape(len(x) // self.m, -1)": "torch.cat(x.chunk(self.m), dim=1)"}, says="rows apart")
it.wrong("transposed", {"reshape": "T.reshape"}, says="should move logit")
it.wrong(
    "the first of each pack",
    {"m * dimension": "dimension", ".reshape(len(x) // self.m, -1)": "[:: self.m]"},
    says="it moves none",
    point=True,
)
it.wrong(
    "the average sample",
    {"m * dimension": "dimension", "LeakyReLU(0.2)": "Identity()", "-1": "self.m, -1).mean(1"},
    count=4,
    says="a sum of one part for each",
    point=True,
)
it.wrong(
    "the average verdict",
    {
        "m * dimension": "dimension",
        "(x.reshape(len(x) // self.m, -1))": "(x).reshape(len(x) // self.m, self.m).mean(1, keepdim=True)",
    },
    says="a sum of one part for each",
    point=True,
)
it.wrong(
    "no hidden layer",
    """
    class PackedDiscriminator(nn.Module):
        def __init__(self, m, dimension=2, width=64):
            super().__init__()
            self.m = m
            self.judge = nn.Linear(m * dimension, 1)

        def forward(self, x):
            return self.judge(x.reshape(len(x) // self.m, -1))
    """,
    says="a sum of one part for each",
)
it.wrong("no activation", {"LeakyReLU(0.2)": "Identity()"}, count=2, says="a sum of one part for each")
it.wrong(
    "a probability",
    {"self.judge(x.reshape(len(x) // self.m, -1))": "torch.sigmoid(self.judge(x.reshape(len(x) // self.m, -1)))"},
    says="between 0 and 1",
)
it.wrong("a row", {"1))": "1)).T"}, says="should have shape")
it.wrong("no column", {"1))": "1)).flatten()"}, says="should have shape")
it.wrong("m logits", {"(width, 1)": "(width, m)"}, says="should have shape")
it.wrong(
    "layers in a list",
    """
    class PackedDiscriminator(nn.Module):
        def __init__(self, m, dimension=2, width=64):
            super().__init__()
            self.m = m
            self.layers = [
                nn.Linear(m * dimension, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
                nn.Linear(width, 1),
            ]

        def forward(self, x):
            x = x.reshape(len(x) // self.m, -1)
            for layer in self.layers:
                x = layer(x)
            return x
    """,
    says="not in a plain list",
)
it.wrong("detached samples", {"reshape": "detach().reshape"}, says="No gradient reaches the samples")
it.wrong("no_grad", {"def forward": "@torch.no_grad()\ndef forward"}, says="cannot be differentiated")
it.wrong("an unused layer", {".m = m": ".m, self.spare = m, nn.Linear(3, 3)"}, says="Is every layer used")
it.wrong("two, whatever m", {"m * dimension": "2 * dimension", "// self.m": "// 2"}, says="should have shape")
it.wrong("the plane, whatever the dimension", {"* dimension": "* 2"}, says="cannot be multiplied")
it.wrong(
    "no module",
    """
    class PackedDiscriminator:
        def __init__(self, m, dimension=2, width=64):
            self.m = m
            self.judge = nn.Linear(m * dimension, 1)

        def __call__(self, x):
            return self.judge(x.reshape(len(x) // self.m, -1))
    """,
    says="an nn.Module; it is a PackedDiscriminator",
)
it.wrong("statistics of the batch", {"x.reshape": "(x - x.mean(0)).reshape"}, says="should move logit")
it.wrong(
    "the mean of each pack, then a network",
    {"m * dimension": "dimension", "reshape(len(x) // self.m, -1)": "reshape(len(x) // self.m, self.m, -1).mean(1)"},
    says="side by side",
    point=True,
)
it.wrong(
    "the largest of each pack",
    {"m * dimension": "dimension", "reshape(len(x) // self.m, -1)": "reshape(len(x) // self.m, self.m, -1).amax(1)"},
    says="side by side",
    point=True,
)
it.wrong(
    "mean and spread of each pack",
    """
    class PackedDiscriminator(nn.Module):
        def __init__(self, m, dimension=2, width=64):
            super().__init__()
            self.m = m
            self.judge = nn.Sequential(
                nn.Linear(2 * dimension, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
                nn.Linear(width, 1),
            )

        def forward(self, x):
            packs = x.reshape(len(x) // self.m, self.m, -1)
            return self.judge(torch.cat([packs.mean(1), packs.std(1, correction=0)], 1))
    """,
    says="side by side",
    point=True,
)
it.wrong(
    "no activation behind the second layer",
    {"nn.LeakyReLU(0.2),\nnn.Linear(width, 1),": "nn.Linear(width, 1),"},
    says="behind the second",
)
it.wrong(
    "no activation behind the first layer",
    {"(m * dimension, width), nn.LeakyReLU(0.2)": "(m * dimension, width)"},
    says="behind the first",
)
it.wrong("width ignored", {"self.m = m": "self.m = m\nwidth = 64"}, says="`width`")
it.wrong("one hidden layer", {"nn.Linear(width, width), nn.LeakyReLU(0.2),\n": ""}, says="two hidden layers")
it.wrong(
    "three hidden layers",
    {"nn.Linear(width, width),": "nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width),"},
    says="two hidden layers",
)
it.excused = {
    "`self, m, dimension=2, width=64` → `self, m, dimension=-2, width=64`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=0, width=64`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=1, width=64`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=3, width=64`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=2, width=-64`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=2, width=0`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=2, width=63`": "the exercise asks for three arguments, and names no defaults",
    "`self, m, dimension=2, width=64` → `self, m, dimension=2, width=65`": "the exercise asks for three arguments, and names no defaults",
}

# ---------------------------------------------------------------------------------------------

it = answers.to("two_parts")

it.draft(
    "step by step",
    """
    n = len(fake)
    made = torch.sigmoid(w * fake)
    seen = torch.sigmoid(-w * real)
    slope = (fake * made).mean() - (real * seen).mean()
    yield slope
    answer = w - rate * slope
    yield answer
    sure = torch.sigmoid(-answer * fake)
    first = -answer * sure / n
    yield first
    influence = -rate * (made + w * fake * made * (1 - made)) / n
    yield influence
    pull = -(fake * sure).mean()
    yield first + pull * influence
    """,
)
it.right("step by step, with sigmoids", None)
it.right(
    "by autograd",
    """
    w = w.detach().clone().requires_grad_()
    x = fake.detach().clone().requires_grad_()
    loss = F.softplus(-w * real).mean() + F.softplus(w * x).mean()
    (slope,) = torch.autograd.grad(loss, w, create_graph=True)
    yield slope.detach()
    answer = w - rate * slope
    yield answer.detach()
    (first,) = torch.autograd.grad(F.softplus(-answer.detach() * x).mean(), x)
    yield first
    (influence,) = torch.autograd.grad(answer, x, retain_graph=True)
    yield influence
    (whole,) = torch.autograd.grad(F.softplus(-answer * x).mean(), x)
    yield whole
    """,
)
it.right(
    "a tuple of five, in plain numbers",
    """
    def two_parts(w, real, fake, rate):
        s = lambda a: 1 / (1 + math.exp(-a))
        w, r, x = float(w), real.tolist(), fake.tolist()
        n = len(x)
        slope = sum(one * s(w * one) for one in x) / n - sum(one * s(-w * one) for one in r) / len(r)
        answer = w - rate * slope
        first = [-answer * s(-answer * one) / n for one in x]
        influence = [-rate / n * (s(w * one) + w * one * s(w * one) * s(-w * one)) for one in x]
        pull = -sum(one * s(-answer * one) for one in x) / n
        return slope, answer, first, influence, [a + pull * b for a, b in zip(first, influence)]
    """,
)

it.wrong("returns nothing", "return", says="five times `yield")
it.wrong("return 0", "return 0", says="five values are asked")
it.wrong(
    "yields zeros",
    "yield torch.tensor(0.0)\nyield w\nfor _ in range(3):\n    yield 0 * fake",
    says="step 1",
    point=True,
)
it.wrong(
    "uphill slope",
    {"(fake * made).mean() - (real * seen).mean()": "(real * seen).mean() - (fake * made).mean()"},
    of="step by step",
    says="The sign is wrong",
    never="same sign",
)
it.wrong(
    "sums for means in the slope",
    {"made).mean()": "made).sum()", "seen).mean()": "seen).sum()"},
    of="step by step",
    says="Both terms of the loss are means",
)
it.wrong("only the samples", {" - (real * seen).mean()": ""}, of="step by step", says="Only the samples count")
it.wrong(
    "the terms added", {"- (real * seen)": "+ (real * seen)"}, of="step by step", says="Both terms have the same sign"
)
it.wrong(
    "sigma of the wrong side",
    {"torch.sigmoid(-w * real)": "torch.sigmoid(w * real)"},
    of="step by step",
    says="a = −w r",
    never="The sign is wrong",
)
it.wrong(
    "no inner derivative",
    {"(fake * made).mean() - (real * seen).mean()": "made.mean() - seen.mean()"},
    of="step by step",
    says="w · x has the slope x in w",
)
it.wrong(
    "uphill step", {"w - rate": "w + rate"}, of="step by step", says="D goes down its loss", never="step 3 is missing"
)
it.wrong("no rate", {"answer = w - rate * slope": "answer = w - slope"}, of="step by step", says="The rate is missing")
it.wrong(
    "the step alone",
    {"answer = w - rate * slope": "answer = -rate * slope"},
    of="step by step",
    says="That is the step alone",
)
it.wrong(
    "the first part at the old weight",
    {"first = -answer * sure": "first = -w * torch.sigmoid(-w * fake)"},
    of="step by step",
    says="It is taken at the old weight",
)
it.wrong(
    "the first part without 1/n",
    {"first = -answer * sure / n": "first = -answer * sure"},
    of="step by step",
    says="The 1/n of the mean is missing",
)
it.wrong(
    "the slope in the weight for the first part",
    {"first = -answer * sure": "first = -fake * sure"},
    of="step by step",
    says="That is the slope in w′",
)
it.wrong(
    "no product rule",
    {"(made + w * fake * made * (1 - made))": "made"},
    of="step by step",
    says="the product rule has a second term",
    point=True,
)
it.wrong(
    "half of the product rule",
    {"made + w * fake": "w * fake"},
    of="step by step",
    says="the first term is missing",
    point=True,
)
it.wrong(
    "influence upside down",
    {"influence = -rate": "influence = rate"},
    of="step by step",
    says="w′ = w − rate · slope",
    point=True,
)
it.wrong(
    "influence without 1/n",
    {"(1 - made)) / n": "(1 - made))"},
    of="step by step",
    says="The 1/n of the mean is missing",
    point=True,
)
it.wrong(
    "the first part alone",
    {"yield first + pull * influence": "yield first"},
    of="step by step",
    says="That is the first part alone",
    point=True,
)
it.wrong(
    "the second part alone",
    {"yield first + pull * influence": "yield pull * influence"},
    of="step by step",
    says="That is the second part alone",
    point=True,
)
it.wrong(
    "the parts subtracted", {"first + pull": "first - pull"}, of="step by step", says="The parts are added", point=True
)
it.wrong(
    "each sample for itself",
    {"-(fake * sure).mean()": "-fake * sure / n"},
    of="step by step",
    says="one sample feels the others",
    point=True,
)
it.wrong(
    "the sum of the pulls",
    {"-(fake * sure).mean()": "-(fake * sure).sum()"},
    of="step by step",
    says="the sum is taken",
    point=True,
)
it.wrong(
    "the pull at the old weight",
    {"-(fake * sure).mean()": "-(fake * torch.sigmoid(-w * fake)).mean()"},
    of="step by step",
    says="∂L_G/∂w′ is taken at the old weight",
    point=True,
)
it.wrong(
    "stops after three",
    {"yield influence\npull = -(fake * sure).mean()\nyield first + pull * influence": "return"},
    of="step by step",
    says="yields 3 of five values",
    point=True,
)

it.excused = {}

# ---------------------------------------------------------------------------------------------

it = answers.to("unrolled_generator_step")

it.right(
    "functional_call",
    """
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
    """,
)
it.right(
    "torch.func.grad",
    """
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
)
it.right(
    "gradients of G alone",
    """
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
)
it.right(
    "weights put in and taken out",
    """
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
)

it.wrong("return 0", "return 0", says="G has not moved")
it.wrong("returns nothing", {"return loss.item()": ""}, says="The result is None")
it.wrong(
    "the usual step",
    """
    loss = g_loss(D(G(z)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
    """,
    says="That is the usual step",
)
it.wrong("no create_graph", {"create_graph": "retain_graph"}, says="D's answer is held constant")
it.wrong(
    "fakes detached ahead",
    """
    from torch.func import functional_call

    def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
        fake, ahead = G(z), dict(D.named_parameters())
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
    says="D's answer is held constant",
)
it.wrong("slopes detached", {"* slope": "* slope.detach()"}, says="D's answer is held constant")
it.wrong("uphill ahead", {"- rate": "+ rate"}, says="D looks ahead uphill")
it.wrong("one step too many", {"(steps)": "(steps + 1)"}, says="one step too many")
it.wrong("one step too few", {"(steps)": "(max(1, steps - 1) if steps else 0)"}, says="one step too few")
it.wrong("always from the start", {"ahead.items": "D.named_parameters"}, says="expected")
it.wrong("fake batch only", {"(real,)": "(real,)).detach("}, says="the fake batch only")
it.wrong(
    "batches swapped",
    {"(real,)": "(fake,)", ", functional_call(D, ahead, (fake,))": ", functional_call(D, ahead, (real,))"},
    says="expected",
)
it.wrong("D as it is, in the end", {"(functional_call(D, ahead, (fake,)))": "(D(fake))"}, says="That is the usual step")
it.wrong(
    "fresh noise",
    {"(functional_call(D, ahead, (fake,)))": "(functional_call(D, ahead, (G(torch.randn_like(z)),)))"},
    says="expected",
)
it.wrong("G uphill", {"loss.backward": "(-loss).backward"}, says="G goes uphill")
it.wrong("two steps of G", {"return": "opt_G.step()\nreturn"}, says="two steps of G")
it.wrong("opt_G.step() forgotten", {"opt_G.step()": ""}, says="G has not moved")
it.wrong(
    "zero_grad too late",
    {"opt_G.zero_grad()\nloss.backward": "loss.backward()\nopt_G.zero_grad"},
    says="G has not moved",
)
it.wrong("no zero_grad", {"opt_G.zero_grad()": ""}, says="Gradients of the step before")
it.wrong(
    "D really moves",
    """
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
    says="D's weights have changed",
)
it.wrong(
    "a copy of D",
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
    says="D's answer is held constant",
)
it.wrong("D is frozen", {"return": "D.requires_grad_(False)\nreturn"}, says="no longer take gradients")
it.wrong(
    "the loss against D as it is",
    {"(D.named_parameters())": "(D.named_parameters())\nbefore = g_loss(D(fake)).item()", "loss.item()": "before"},
    says="the loss against D as it is",
)
it.wrong("the loss with its graph", {".item()": ""}, says="with its computation attached")
it.wrong(
    "an optimizer of its own",
    {".zero_grad": "= torch.optim.SGD(G.parameters(), lr=0.1)\nopt_G.zero_grad"},
    says="opt_G.step() is not called",
)
it.by_heart(
    "the steps it is asked for", {"(steps)": "(steps if abs(rate - 0.25) < 1e-6 else 0)"}, says="That is the usual step"
)

it.excused = {
    "`list(ahead.values())` → `ahead.values()`": "torch.autograd.grad takes any collection of tensors",
}

# ---------------------------------------------------------------------------------------------

# ---------------------------------------------------------------------------------------------

it = answers.to("twenty_five")

it.earns("gold", "noise in 25 clumps, waves, and a blur that fades")
it.earns("gold", "larger batches, too", {'{"noise"': '{"batch": 96, "noise"', "0.07 *": "0.05 *"})
it.earns(
    "gold",
    "the table made once, plain numbers",
    """
    import itertools

    PLACES = [(0.7 * i, 0.7 * j) for i, j in itertools.product(range(-2, 3), repeat=2)]
    TABLE = torch.tensor(PLACES * 200) + 0.06 * torch.randn(5000, 2)

    def twenty_five(t):
        rate = 0.0026 - 0.0024 * t
        return dict(noise=TABLE, waves=(1.5, 3.0), rate_D=rate, rate_G=rate, blur=1.0 - 2 * t if t < 0.5 else 0)
    """,
)
it.earns(
    "silver",
    "clumps that run into each other a little",
    """
    def twenty_five(t):
        lattice = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)
        rate = 2.5e-3 * (1 - 0.95 * t)
        return {"noise": 0.7 * lattice.repeat(200, 1) + 0.112 * torch.randn(5000, 2), "rate_G": rate, "rate_D": rate}
    """,
)
it.earns(
    "bronze",
    "clumps that can hardly be told apart",
    {"+ 0.112 *": "+ 0.14 *"},
    of="clumps that run into each other a little",
)

it.wrong("returns nothing", {"return {": "settings = {"}, says="Return a dictionary")
it.wrong("return 0", "return 0", says="A recipe is a dictionary")
it.wrong("nothing set", "return {}", says="Bronze takes at least")
it.wrong("rates of 0", {"rate, blur = 2.5e-3 * (1 - 0.95 * t)": "rate, blur = 0.0"}, says="Bronze takes at least")
it.wrong("an unknown setting", {'"blur"': '"fog"'}, says="A recipe has no fog")
it.wrong("a huge batch", {'{"noise"': '{"batch": 10**9, "noise"'}, says="it may be from 16 to 128")
it.wrong("networks of any width", {'{"noise"': '{"width": 100_000, "noise"'}, says="it may be from 8 to 64")
it.wrong(
    "more noise than fits", {"repeat(200, 1)": "repeat(800, 1)", "(5000, 2)": "(20000, 2)"}, says="1,000 to 10,000 rows"
)
it.wrong("half a step of D", {'{"noise"': '{"k": 1.5, "noise"'}, says="should be a whole number")
it.wrong("no D's steps", {'{"noise"': '{"k": 0, "noise"'}, says="it may be from 1 to 5")
it.wrong("noise that is not a number", {"lattice.repeat(200, 1)": "lattice.repeat(200, 1) / 0"}, says="`noise`")
