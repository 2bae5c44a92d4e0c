"""Answers to the exercises of lesson 09 by somebody who had read the released notebook and nothing else.

Beside each wrong one stands the clause of the text that it breaks; `first` is how many of the wrong ones were
accepted, and of the right ones refused, by the checks of that day.
"""

BLIND = {
    "cycle_and_identity": {
        "first": (0, 0),
        "wrong": {
            "identity on the wrong domain": (
                "L_id = E_b|G_AB(b) - b| + E_a|G_BA(a) - a|: who is given what it is to make leaves it alone; here G_AB is asked to leave a alone",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    cycle = F.l1_loss(G_BA(G_AB(a)), a) + F.l1_loss(G_AB(G_BA(b)), b)
    same = F.l1_loss(G_AB(a), a) + F.l1_loss(G_BA(b), b)
    return cycle, same
""",
            ),
            "back before there": (
                "the cycle from A is G_BA(G_AB(a)); here a goes through G_BA first (the same number for maps that commute)",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    cycle = F.l1_loss(G_AB(G_BA(a)), a) + F.l1_loss(G_BA(G_AB(b)), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    return cycle, same
""",
            ),
            "one mean over both batches (cunning)": (
                "each distance is a mean of its own and the two are added up; the batches may differ in size: pooled means weigh the larger batch more (right for n = m)",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    real = torch.cat([a, b])
    back = torch.cat([G_BA(G_AB(a)), G_AB(G_BA(b))])
    alone = torch.cat([G_BA(a), G_AB(b)])
    return 2 * (back - real).abs().mean(), 2 * (alone - real).abs().mean()
""",
            ),
            "translation cut off in the cycle (cunning)": (
                "both networks learn from both losses, in each of the places where they stand: here only the second network of each way learns; values right, every network still gets some gradient",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    into_b, into_a = G_AB(a).detach(), G_BA(b).detach()
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    return cycle, same
""",
            ),
            "mean of the two directions": (
                "the two directions are added up; here they are averaged",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    def mad(x, y):
        return (x - y).abs().mean()

    cycle = (mad(G_BA(G_AB(a)), a) + mad(G_AB(G_BA(b)), b)) / 2
    same = (mad(G_AB(b), b) + mad(G_BA(a), a)) / 2
    return cycle, same
""",
            ),
            "cut to the smaller batch": (
                "the mean is over all pictures, and the batches may differ in size: here the surplus pictures of the larger one are thrown away",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    cycle = (G_BA(G_AB(a)) - a).abs().mean() + (G_AB(G_BA(b)) - b).abs().mean()
    same = (G_AB(b) - b).abs().mean() + (G_BA(a) - a).abs().mean()
    return cycle, same
""",
            ),
            "squares": (
                "each distance is the mean absolute difference; here the mean squared one",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    cycle = F.mse_loss(G_BA(G_AB(a)), a) + F.mse_loss(G_AB(G_BA(b)), b)
    same = F.mse_loss(G_AB(b), b) + F.mse_loss(G_BA(a), a)
    return cycle, same
""",
            ),
            "summed over pixels": (
                "the mean is over all pictures, channels and pixels; here the absolute differences of a picture are summed, as the bare formula's norm says, and only pictures averaged",
                """
def cycle_and_identity(G_AB, G_BA, a, b):
    def norm(d):
        return d.abs().flatten(1).sum(1).mean()

    cycle = norm(G_BA(G_AB(a)) - a) + norm(G_AB(G_BA(b)) - b)
    same = norm(G_AB(b) - b) + norm(G_BA(a) - a)
    return cycle, same
""",
            ),
        },
        "right": {
            "formula by hand": """
def cycle_and_identity(G_AB, G_BA, a, b):
    into_b, into_a = G_AB(a), G_BA(b)
    cycle = (G_BA(into_b) - a).abs().mean() + (G_AB(into_a) - b).abs().mean()
    same = (b - G_AB(b)).abs().mean() + (a - G_BA(a)).abs().mean()
    return cycle, same
""",
            "loop over both directions, nn.L1Loss, a list returned": """
def cycle_and_identity(G_AB, G_BA, a, b, distance=nn.L1Loss()):
    cycle = same = 0
    for there, back, x in ((G_AB, G_BA, a), (G_BA, G_AB, b)):
        cycle = cycle + distance(back(there(x)), x)
        same = same + distance(back(x), x)
    return [cycle, same]
""",
            "named tuple, sums over numel, vector_norm (unusual)": """
from typing import NamedTuple


class Losses(NamedTuple):
    cycle: torch.Tensor
    identity: torch.Tensor


def cycle_and_identity(G_AB, G_BA, a, b):
    distance = lambda x, y: torch.linalg.vector_norm((x - y).reshape(-1), ord=1) / x.numel()
    return Losses(
        identity=distance(G_AB(b), b) + distance(G_BA(a), a),
        cycle=distance(G_BA(G_AB(a)), a) + distance(G_AB(G_BA(b)), b),
    )
""",
            "mean of per-picture means, stacked and summed over directions, einsum": """
def per_picture(x, y):
    d = (x - y).abs().flatten(1)
    return torch.einsum("ij->i", d) / d.shape[1]


def cycle_and_identity(G_AB, G_BA, a, b):
    there_and_back = torch.stack([per_picture(G_BA(G_AB(a)), a).mean(), per_picture(G_AB(G_BA(b)), b).mean()])
    left_alone = torch.stack([per_picture(G_AB(b), b).mean(), per_picture(G_BA(a), a).mean()])
    return there_and_back.sum(0), left_alone.sum(0)
""",
        },
    },
    "perfect_maps": {
        "first": (1, 1),
        "wrong": {
            "step 1 counts kinds, not pictures": (
                "step 1: p[i] says how often picture i occurs; how often each picture of B comes out when ALL of A is translated (right where every p[i] is 1)",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for j in f:
            out[j] += 1
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 1 only as long as what is hit (cunning)": (
                "step 1: a list as long as q; here it ends at the last picture that is hit (right where the last picture of B comes out); step 2 forgets what is behind it, too",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * (max(f) + 1)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 2 without the half": (
                "step 2: HALF of the sum of absolute differences, divided by the sum of q (0 stays 0)",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 3 unweighted": (
                "step 3: the share of A's pictures, each counted as often as it occurs",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(g[f[i]] == i for i in range(len(p))) / len(p)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 3 goes around from B (cunning)": (
                "step 3: A's pictures that come back by f and then g; here B's by g and then f (equal for perfect pairs)",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for j, c in enumerate(q) if f[g[j]] == j) / sum(q)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 4 shuffles back with s itself (cunning)": (
                "step 4: the map back with which the cycle is as perfect as before needs the inverse of s; s is its own inverse only for swaps",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [s[j] for j in f], [g[s[j]] for j in range(len(g))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 4 shuffles before f (cunning)": (
                "step 4: f with the shuffle BEHIND it, s(f(i)); here f(s(i)), though with a fitting way back: the cycle is perfect, the map is another (right for f = identity)",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [f[s[i]] for i in range(len(f))], [s.index(g[j]) for j in range(len(g))]
    if step == 5:
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
            "step 5 compares sets of frequencies (cunning)": (
                "step 5: each becomes one that occurs as often as itself and no two become one: 0 if p and q do not hold the same numbers, equally often; here [1, 1, 1, 2, 3] and [1, 2, 2, 3] pass",
                """
def perfect_maps(step, p, q, f, g, s=()):
    def out_of():
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out

    if step == 1:
        return out_of()
    if step == 2:
        out = out_of()
        return sum(abs(x - y) for x, y in zip(out, q)) / 2 / sum(q)
    if step == 3:
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
    if step == 4:
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
    if step == 5:
        if set(p) != set(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            ),
        },
        "right": {
            "match statement, Counter, falling product for the count": """
from collections import Counter


def perfect_maps(step, p, q, f, g, s=()):
    match step:
        case 1:
            come = Counter()
            for i, often in enumerate(p):
                come[f[i]] += often
            return [come[j] for j in range(len(q))]
        case 2:
            out = perfect_maps(1, p, q, f, g)
            return sum(max(x - y, 0) for x, y in zip(out, q, strict=True)) / sum(q)  # too many here, too few there
        case 3:
            return 1 - sum(often for i, often in enumerate(p) if g[f[i]] != i) / sum(p)
        case 4:
            undo = sorted(range(len(s)), key=s.__getitem__)
            return [s[j] for j in f], [g[j] for j in undo]
        case 5:
            if len(p) != len(q):
                return 0
            free, ways = Counter(q), 1
            for often in p:
                ways *= free[often]
                free[often] -= 1
            return ways
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            "NumPy": """
import numpy as np


def perfect_maps(step, p, q, f, g, s=()):
    P, Q, f_, g_, s_ = (np.asarray(x, dtype=int) for x in (p, q, f, g, s))
    if step in (1, 2):
        out = np.zeros(len(Q), dtype=int)
        np.add.at(out, f_, P)
        return out.tolist() if step == 1 else np.abs(out - Q).sum() / (2 * Q.sum())
    if step == 3:
        return np.average(g_[f_] == np.arange(len(P)), weights=P)
    if step == 4:
        return s_[f_].tolist(), g_[np.argsort(s_)].tolist()
    if step == 5:
        kinds, sizes = np.unique(P, return_counts=True)
        others, their_sizes = np.unique(Q, return_counts=True)
        if not (np.array_equal(kinds, others) and np.array_equal(sizes, their_sizes)):
            return 0
        return math.prod(math.factorial(int(n)) for n in sizes)
    raise ValueError(f"Steps are 1 to 5, not {step}.")
""",
            "exact fractions for the shares, dictionary of lambdas, a list of two lists (unusual)": """
from fractions import Fraction
from itertools import groupby


def perfect_maps(step, p, q, f, g, s=()):
    come = lambda: [sum(c for c, to in zip(p, f) if to == j) for j in range(len(q))]
    steps = {
        1: come,
        2: lambda: Fraction(sum(abs(x - y) for x, y in zip(come(), q)), 2 * sum(q)),
        3: lambda: Fraction(sum(c * (g[f[i]] == i) for i, c in enumerate(p)), sum(p)),
        4: lambda: [[s[j] for j in f], [g[dict(zip(s, range(len(s))))[j]] for j in range(len(s))]],
        5: lambda: (sorted(p) == sorted(q))
        * math.prod(math.factorial(len([*same])) for _, same in groupby(sorted(p))),
    }
    if step not in steps:
        raise ValueError(f"Steps are 1 to 5, not {step}.")
    return steps[step]()
""",
            "picture by picture, written out, torch for the first steps": '''
def _come(p, q, f):
    return torch.zeros(len(q), dtype=torch.long).index_add(0, torch.tensor(f), torch.tensor(p))


def _ways(p, q):
    """By taking the kinds one after the other: n choices for the first of n, then n - 1, ..."""
    if not p:
        return 1 if not q else 0
    kind = p[0]
    here, there = [c for c in p if c == kind], [c for c in q if c == kind]
    if len(here) != len(there):
        return 0
    orders = 1
    for k in range(2, len(here) + 1):
        orders *= k
    return orders * _ways([c for c in p if c != kind], [c for c in q if c != kind])


def perfect_maps(step, p, q, f, g, s=()):
    if step == 1:
        return _come(p, q, f).tolist()
    if step == 2:
        return float((_come(p, q, f) - torch.tensor(q)).abs().sum().double() / 2 / sum(q))
    if step == 3:
        home = 0
        every = [i for i, often in enumerate(p) for _ in range(often)]
        for i in every:
            home += int(g[f[i]] == i)
        return home / len(every)
    if step == 4:
        into, back = [None] * len(f), [None] * len(s)
        for i in range(len(f)):
            into[i] = s[f[i]]
        for j in range(len(s)):
            back[s[j]] = g[j]
        return into, back
    if step == 5:
        return _ways(list(p), list(q))
    raise ValueError(f"Steps are 1 to 5, not {step}.")
''',
        },
    },
    "ResidualBlock": {
        "first": (0, 0),
        "wrong": {
            "zero padding": (
                "reflection padding by one pixel: a convolution with zeros sees a gray frame (the exercise's very point)",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "ReLU behind the sum": (
                "nothing stands behind the sum",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return F.relu(x + self.layers(x))
""",
            ),
            "edge repeated (cunning)": (
                "reflection padding shows the picture mirrored at its edge; replication repeats the edge pixel itself (no frame on flat pictures either)",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReplicationPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReplicationPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "batch normalization": (
                "instance normalization brings each channel of EACH PICTURE to mean 0 and variance 1 (the same for one picture in training mode)",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.BatchNorm2d(channels, affine=False),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.BatchNorm2d(channels, affine=False),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "one convolution used twice (cunning)": (
                "what TWO mirrored convolutions make of it; here the second has the weights of the first",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.pad = nn.ReflectionPad2d(1)
        self.conv = nn.Conv2d(channels, channels, 3)
        self.norm = nn.InstanceNorm2d(channels)

    def forward(self, x):
        y = F.relu(self.norm(self.conv(self.pad(x))))
        return x + self.norm(self.conv(self.pad(y)))
""",
            ),
            "both paddings at once (cunning)": (
                "reflection padding by one pixel before EACH convolution, and H, W from 2 on; here two pixels before the first: right inside, wrong at the edge, an error for H = 2",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(2),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "running statistics (cunning)": (
                "nn.InstanceNorm2d as it is; with running statistics a picture is not brought to mean 0 and variance 1 in eval(), where translate() leaves the generators",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels, track_running_stats=True),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels, track_running_stats=True),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
            "second normalization replaced by a second ReLU": (
                "the order ends: a 3 x 3 convolution, instance normalization; here the sum gets a ReLU's output, never below 0, and no normalization",
                """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.ReLU(),
        )

    def forward(self, x):
        return x + self.layers(x)
""",
            ),
        },
        "right": {
            "seven layers built by a loop, without biases": '''
class ResidualBlock(nn.Module):
    """What comes in, plus what two mirrored convolutions make of it."""

    def __init__(self, channels, bias=False):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), nn.InstanceNorm2d(channels)]
        self.layers = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return self.layers(x).add(x)
''',
            "padding_mode of the convolutions, F.instance_norm": """
class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        mirrored = dict(kernel_size=(3, 3), padding="same", padding_mode="reflect")
        self.first = nn.Conv2d(channels, channels, **mirrored)
        self.second = nn.Conv2d(channels, channels, **mirrored)

    def forward(self, x):
        changed = F.instance_norm(self.first(x)).relu()
        return x + F.instance_norm(self.second(changed))
""",
            "a subclass of nn.Sequential (unusual)": """
class ResidualBlock(nn.Sequential):
    def __init__(self, channels):
        super().__init__(
            nn.ReflectionPad2d((1, 1, 1, 1)),
            nn.Conv2d(in_channels=channels, out_channels=channels, kernel_size=3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d((1, 1, 1, 1)),
            nn.Conv2d(in_channels=channels, out_channels=channels, kernel_size=3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x):
        return torch.add(x, super().forward(x))
""",
            "mirrored by indices, one group per channel, half blocks as modules (unusual)": """
class Half(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, bias=False)
        self.level = nn.GroupNorm(channels, channels, affine=False)  # a group per channel: instance normalization

    @staticmethod
    def around(size):
        return torch.tensor([1, *range(size), size - 2])

    def forward(self, x):
        rows, columns = (self.around(size).to(x.device) for size in x.shape[-2:])
        return self.level(self.conv(x.index_select(-2, rows).index_select(-1, columns)))


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.halves = nn.ModuleList(Half(channels) for _ in range(2))

    def forward(self, x):
        first, second = self.halves
        return second(first(x).clamp(min=0)) + x
""",
        },
    },
    "from_buffer": {
        "first": (1, 0),
        "wrong": {
            "coins tossed while filling": (
                "while fewer than capacity are held, the new one is stored behind the others and shown, whatever the coin says; here a True coin shows a held one already then",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if coin and place < len(held):
            shown.append(held[place])
            held[place] = fake
        else:
            shown.append(fake)
            if len(held) < capacity:
                held.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
            "all at once (cunning)": (
                "a picture that was stored can come out again for a later one of the same batch; here whoever is shown comes from the buffer as it was before the coins (right while no place comes twice)",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    fakes = fakes.detach()
    room = max(capacity - len(held), 0)
    held = torch.cat([held.detach(), fakes[:room]])
    rest, coins, places = fakes[room:], coins[room:], places[room:]
    shown = rest.clone()
    shown[coins] = held[places[coins]]
    held[places[coins]] = rest[coins]
    return torch.cat([fakes[:room], shown]), held
""",
            ),
            "the given buffer is written into (cunning)": (
                "what came in stays as it was; here a buffer that is full on arrival is changed in place (a filling one is copied by cat)",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = held.detach(), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if len(held) < capacity:
            held = torch.cat([held, fake[None]])
            shown.append(fake)
        elif coin:
            shown.append(held[place].clone())
            held[place] = fake
        else:
            shown.append(fake)
    return torch.stack(shown), held
""",
            ),
            "only what is held is cut off (cunning)": (
                "BOTH are cut off from G's computation; here the new ones that are shown still hang on G",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes, coins.tolist(), places.tolist(), strict=True):
        if len(held) < capacity:
            held.append(fake.detach())
            shown.append(fake)
        elif coin:
            shown.append(held[place])
            held[place] = fake.detach()
        else:
            shown.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
            "fullness decided once per batch": (
                "go through the new ones in order: once the buffer is full; here a batch that arrives at a buffer not yet full is shown as it is, and what finds no more room is not tossed for",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    fakes = fakes.detach().clone()
    if len(held) < capacity:
        return fakes, torch.cat([held.detach(), fakes])[:capacity]
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes, coins.tolist(), places.tolist(), strict=True):
        if coin:
            shown.append(held[place])
            held[place] = fake
        else:
            shown.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
            "replaced before it is shown": (
                "the one held at places[i] is shown, and (then) the new one takes its place; here the new one is put there first, so that no past one is ever shown",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if len(held) < capacity:
            held.append(fake)
            shown.append(fake)
        elif coin:
            held[place] = fake
            shown.append(held[place])
        else:
            shown.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
            "one too many": (
                "while FEWER than capacity are held the new one is stored: the buffer holds min(m + n, capacity); here it grows to capacity + 1",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if len(held) <= capacity:
            held.append(fake)
            shown.append(fake)
        elif coin:
            shown.append(held[place])
            held[place] = fake
        else:
            shown.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
            "what is tossed aside goes to the end": (
                "if the coin is True the new one takes ITS place, and if it is False the new one is not stored; here the shown one is taken out and the new one stored behind the others, and a False coin stores it in place of the oldest",
                """
def from_buffer(held, fakes, coins, places, capacity=50):
    held, shown = list(held.detach()), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if len(held) < capacity:
            shown.append(fake)
        elif coin:
            shown.append(held.pop(place))
        else:
            shown.append(fake)
            held.pop(0)
        held.append(fake)
    return torch.stack(shown), torch.stack(held)
""",
            ),
        },
        "right": {
            "lists": """
def from_buffer(held, fakes, coins, places, capacity=50):
    past, shown = [*held.detach()], []
    for i, fake in enumerate(fakes.detach().unbind()):
        full = len(past) >= capacity
        out = fake
        if not full:
            past += [fake]
        elif bool(coins[i]):
            out, past[int(places[i])] = past[int(places[i])], fake
        shown += [out]
    return torch.stack(shown), torch.stack(past)
""",
            "only numbers of pictures are moved, pictures picked once at the end": """
def from_buffer(held, fakes, coins, places, capacity=50):
    m, pool = len(held), torch.cat([held, fakes]).detach()
    slots, shown = list(range(m)), []
    for new, coin, place in zip(range(m, len(pool)), coins, places):
        if len(slots) < capacity:
            slots.append(new)
        elif coin:
            shown.append(slots[place])
            slots[place] = new
            continue
        shown.append(new)
    return pool[shown], pool[slots]
""",
            "decorated with no_grad, functools.reduce over tuples, a named tuple returned (unusual)": """
from collections import namedtuple
from functools import reduce

Buffered = namedtuple("Buffered", "shown held")


@torch.no_grad()
def from_buffer(held, fakes, coins, places, capacity=50):
    def one_more(so_far, new):
        shown, held = so_far
        fake, coin, place = new
        if len(held) < capacity:
            return shown + (fake,), held + (fake,)
        if coin:
            return shown + (held[place],), held[:place] + (fake,) + held[place + 1 :]
        return shown + (fake,), held

    shown, held = reduce(one_more, zip(fakes, coins.tolist(), places.tolist()), ((), tuple(held)))
    return Buffered(torch.stack(shown), torch.stack(held))
""",
            "tensors made beforehand and filled": """
def from_buffer(held, fakes, coins, places, capacity=50):
    m, n = len(held), len(fakes)
    shown = fakes.detach().clone()
    after = fakes.new_empty((min(m + n, capacity), *fakes.shape[1:]))
    after[:m] = held.detach()
    filled = m
    for i in range(n):
        if filled < capacity:
            after[filled] = shown[i]
            filled += 1
        elif coins[i].item():
            k = places[i].item()
            new = shown[i].clone()
            shown[i] = after[k]
            after[k] = new
    return shown, after
""",
        },
    },
    "cyclegan_step": {
        "first": (0, 0),
        "wrong": {
            "translated anew for the judges (cunning)": (
                "the SAME translations as in turn 1, from before the generators' step; here the moved generators translate again",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def off(x, target):
        return (x - target).square().mean()

    into_b, into_a = G_AB(a), G_BA(b)
    fooled = off(D_B(into_b), 1) + off(D_A(into_a), 1)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    with torch.no_grad():
        into_b, into_a = G_AB(a), G_BA(b)
    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    d_loss = (off(D_A(a), 1) + off(D_A(old_a), 0) + off(D_B(b), 1) + off(D_B(old_b), 0)) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "judges' gradients cleared too early": (
                "gradients of the other turn must not count: the generators' backward() went through the judges, and here opt_D.zero_grad() comes before it",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def off(x, target):
        return (x - target).square().mean()

    opt_D.zero_grad()
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = off(D_B(into_b), 1) + off(D_A(into_a), 1)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    d_loss = (off(D_A(a), 1) + off(D_A(old_a), 0) + off(D_B(b), 1) + off(D_B(old_b), 0)) / 2
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "identity weighted with the cycle's weight, too (cunning)": (
                "the first formula: lambda L_cyc + mu L_id; here lambda mu L_id, as in the authors' code (right for lambda = 1)",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def off(x, target):
        return (x - target).square().mean()

    into_b, into_a = G_AB(a), G_BA(b)
    fooled = off(D_B(into_b), 1) + off(D_A(into_a), 1)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * (cycle + identity * same)).backward()
    opt_G.step()

    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    d_loss = (off(D_A(a), 1) + off(D_A(old_a), 0) + off(D_B(b), 1) + off(D_B(old_b), 0)) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "buffers exchanged (cunning)": (
                "remember_A gets the translations that lie in A, G_BA(b); here it gets those made of A",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    opt_G.zero_grad()
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = (D_B(into_b) - 1).pow(2).mean() + (D_A(into_a) - 1).pow(2).mean()
    cycle = (G_BA(into_b) - a).abs().mean() + (G_AB(into_a) - b).abs().mean()
    same = (G_AB(b) - b).abs().mean() + (G_BA(a) - a).abs().mean()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()
    opt_D.zero_grad()
    old_b, old_a = remember_A(into_b.detach()), remember_B(into_a.detach())
    d_loss = (D_A(a) - 1).pow(2).mean() + D_A(old_a).pow(2).mean()
    d_loss = (d_loss + (D_B(b) - 1).pow(2).mean() + D_B(old_b).pow(2).mean()) / 2
    d_loss.backward()
    opt_D.step()
    return float(fooled), float(cycle), float(same), float(d_loss)
""",
            ),
            "generators left frozen (cunning)": (
                "all networks can learn after the step as before; here the generators are frozen for the judges' turn and never thawed",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def off(x, target):
        return (x - target).square().mean()

    into_b, into_a = G_AB(a), G_BA(b)
    fooled = off(D_B(into_b), 1) + off(D_A(into_a), 1)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    for p in [*G_AB.parameters(), *G_BA.parameters()]:
        p.requires_grad_(False)
    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    d_loss = (off(D_A(a), 1) + off(D_A(old_a), 0) + off(D_B(b), 1) + off(D_B(old_b), 0)) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "opinions of both judges in one mean": (
                "each E is a mean of its own, and the batches may differ in size; here the larger batch counts more (right for n = m)",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def off(x, target):
        return (x - target).square().mean()

    into_b, into_a = G_AB(a), G_BA(b)
    fooled = 2 * off(torch.cat([D_B(into_b), D_A(into_a)]), 1)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    d_loss = off(torch.cat([D_A(a), D_B(b)]), 1) + off(torch.cat([D_A(old_a), D_B(old_b)]), 0)
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "translations not cut off, both turns backward before both steps (cunning)": (
                "the judges' turn leaves no gradient in the generators, and gradients of the other turn must not count; right only if remember_A and remember_B happen to cut off",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward(retain_graph=True)
    opt_D.zero_grad()
    old_a, old_b = remember_A(into_a), remember_B(into_b)
    d_loss = ((D_A(a) - 1).square().mean() + D_A(old_a).square().mean()
              + (D_B(b) - 1).square().mean() + D_B(old_b).square().mean()) / 2
    d_loss.backward()
    opt_G.step()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            ),
            "loss of the judges computed twice, buffers asked twice (cunning)": (
                "to remember_A and remember_B, once each; and the number returned is the loss from before the step that it led to: here it is computed anew, after the step",
                """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = F.mse_loss(D_B(into_b), torch.ones_like(D_B(into_b))) + F.mse_loss(D_A(into_a), torch.ones_like(D_A(into_a)))
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    def judged():
        old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
        right = (D_A(a) - 1).square().mean() + (D_B(b) - 1).square().mean()
        return (right + D_A(old_a).square().mean() + D_B(old_b).square().mean()) / 2

    opt_D.zero_grad()
    judged().backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), judged().item()
""",
            ),
        },
        "right": {
            "written out, F.mse_loss": """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    def should_be(opinions, target):
        return F.mse_loss(opinions, torch.full_like(opinions, target))

    into_b, into_a = G_AB(a), G_BA(b)
    fooled = should_be(D_B(into_b), 1.0) + should_be(D_A(into_a), 1.0)
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()

    old_a, old_b = remember_A(into_a.detach()).detach(), remember_B(into_b.detach()).detach()
    d_loss = 0.5 * (should_be(D_A(a), 1.0) + should_be(D_A(old_a), 0.0))
    d_loss = d_loss + 0.5 * (should_be(D_B(b), 1.0) + should_be(D_B(old_b), 0.0))
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
""",
            "torch.autograd.grad for each optimizer's own parameters: no gradient ever lands elsewhere (unusual)": """
def down(opt, loss):
    mine = [p for group in opt.param_groups for p in group["params"]]
    for p, grad in zip(mine, torch.autograd.grad(loss, mine, allow_unused=True)):
        p.grad = grad
    opt.step()


def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    into_b, into_a = G_AB(a), G_BA(b)
    old_a, old_b = remember_A(into_a.detach().clone()), remember_B(into_b.detach().clone())
    fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()
    cycle = (G_BA(into_b) - a).abs().mean() + (G_AB(into_a) - b).abs().mean()
    same = (G_AB(b) - b).abs().mean() + (G_BA(a) - a).abs().mean()
    down(opt_G, fooled + weight * cycle + identity * same)
    judged = sum((D(x) - 1).square().mean() + D(old).square().mean() for D, x, old in ((D_A, a, old_a), (D_B, b, old_b)))
    down(opt_D, judged / 2)
    return [x.item() for x in (fooled, cycle, same, judged / 2)]
""",
            "closures given to the optimizers' step (unusual)": """
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    told = {}

    def generators():
        opt_G.zero_grad()
        made = {"a": G_BA(b), "b": G_AB(a)}
        fooled = (1 - D_A(made["a"])).pow(2).mean() + (1 - D_B(made["b"])).pow(2).mean()
        cycle = F.l1_loss(G_AB(made["a"]), b) + F.l1_loss(G_BA(made["b"]), a)
        same = F.l1_loss(G_BA(a), a) + F.l1_loss(G_AB(b), b)
        loss = fooled + weight * cycle + identity * same
        loss.backward()
        told.update(fooled=fooled.item(), cycle=cycle.item(), same=same.item())
        told["made"] = {name: x.detach() for name, x in made.items()}
        return loss

    opt_G.step(generators)
    old_a, old_b = remember_A(told["made"]["a"]), remember_B(told["made"]["b"])

    def judges():
        opt_D.zero_grad()
        loss = (D_A(a) - 1).pow(2).mean() + D_A(old_a).pow(2).mean()
        loss = (loss + (D_B(b) - 1).pow(2).mean() + D_B(old_b).pow(2).mean()) / 2
        loss.backward()
        told["judged"] = loss.item()
        return loss

    opt_D.step(judges)
    return told["fooled"], told["cycle"], told["same"], told["judged"]
""",
            "judges frozen in turn 1 and given back as they were, a class for a side, several backward() calls": """
from contextlib import contextmanager
from dataclasses import dataclass


@contextmanager
def at_rest(*networks):
    before = [(p, p.requires_grad) for network in networks for p in network.parameters()]
    for p, _ in before:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p, flag in before:
            p.requires_grad_(flag)


@dataclass
class Side:
    real: torch.Tensor
    into: nn.Module  # makes pictures of this domain
    away: nn.Module
    judge: nn.Module
    remember: object


def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    sides = [Side(a, G_BA, G_AB, D_A, remember_A), Side(b, G_AB, G_BA, D_B, remember_B)]
    opt_G.zero_grad()
    fooled = cycle = same = judged = 0.0
    made = []
    with at_rest(D_A, D_B):
        for here, other in zip(sides, sides[::-1]):
            x = here.into(other.real)
            terms = [(here.judge(x) - 1) ** 2, (other.into(x) - other.real).abs(), (here.into(here.real) - here.real).abs()]
            terms = [term.mean() for term in terms]
            (terms[0] + weight * terms[1] + identity * terms[2]).backward()
            fooled, cycle, same = (old + term.item() for old, term in zip((fooled, cycle, same), terms))
            made.append(x.detach())
    opt_G.step()
    opt_D.zero_grad()
    for here, x in zip(sides, made):
        loss = 0.5 * (torch.mean((here.judge(here.real) - 1) ** 2) + torch.mean(here.judge(here.remember(x)) ** 2))
        loss.backward()
        judged += loss.item()
    opt_D.step()
    return fooled, cycle, same, judged
""",
        },
    },
    "hidden_message": {
        "first": (1, 0),
        "wrong": {
            "a gray level of 1/255": (
                "256 gray levels from -1 to 1: one level is 2/255; here half of that",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        disturbed = (made + levels / 255 * noise).clamp(-1, 1)
        return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()
""",
            ),
            "the photo is disturbed": (
                "the TRANSLATION is disturbed on its way; here a is, before it is translated",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        noisy = (a + levels * 2 / 255 * noise).clamp(-1, 1)
        return F.l1_loss(G_BA(G_AB(a)), a).item(), F.l1_loss(G_BA(G_AB(noisy)), a).item()
""",
            ),
            "clipped at the wrong place (cunning)": (
                "clip what comes (translation plus noise) to [-1, 1]; here what comes back is clipped and the disturbed translation is not",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        back = G_BA(made)
        back_disturbed = G_BA(made + levels * 2 / 255 * noise).clamp(-1, 1)
    return (back - a).abs().mean().item(), (back_disturbed - a).abs().mean().item()
""",
            ),
            "measured to the undisturbed way back (cunning)": (
                "the mean absolute difference to a, once more; here the second number is the difference between the two ways back",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        back = G_BA(made)
        again = G_BA((made + levels * 2 / 255 * noise).clamp(-1, 1))
    return F.l1_loss(back, a).item(), F.l1_loss(again, back).item()
""",
            ),
            "disturbed in place (cunning)": (
                "measure the difference to a: where G_AB hands a itself (or a view of it) on, adding in place changes a, so that the second difference is measured to the disturbed picture, and the caller's a is spoiled",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        plain = F.l1_loss(G_BA(made), a).item()
        made += levels * 2 / 255 * noise
        made.clamp_(-1, 1)
        return plain, F.l1_loss(G_BA(made), a).item()
""",
            ),
            "noise of its own (cunning)": (
                "add `noise`; here new noise is drawn, and two calls disagree",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        noise = torch.randn_like(made)
        disturbed = torch.clamp(made + 2 * levels / 255 * noise, -1, 1)
        return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()
""",
            ),
            "whole gray levels only (cunning)": (
                "noise times `levels` gray levels, a standard deviation that may be 0.25 (the notebook plots it); here what is added is rounded to whole levels, as a file would",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        disturbed = (made + (levels * noise).round() * 2 / 255).clamp(-1, 1)
        return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()
""",
            ),
            "noise clipped instead of the sum": (
                "clip what comes to [-1, 1]: translation plus noise; here only the noise is clipped, before it is scaled and added",
                """
def hidden_message(G_AB, G_BA, a, noise, levels):
    with torch.no_grad():
        made = G_AB(a)
        disturbed = made + levels * 2 / 255 * noise.clamp(-1, 1)
        return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()
""",
            ),
        },
        "right": {
            "no_grad as decorator, lerp-free formula by hand": """
@torch.no_grad()
def hidden_message(G_AB, G_BA, a, noise, levels):
    made = G_AB(a)
    gray_level = (1 - -1) / (256 - 1)
    ways = made, made.add(noise, alpha=levels * gray_level).clamp(min=-1, max=1)
    plain, disturbed = ((G_BA(b) - a).abs().mean() for b in ways)
    return float(plain), float(disturbed)
""",
            "a lambda with inference_mode inside, the translation made twice (unusual)": """
def _difference(G_BA, b, a):
    return torch.mean(torch.abs(torch.sub(G_BA(b), a))).item()


hidden_message = torch.inference_mode()(
    lambda G_AB, G_BA, a, noise, levels: (
        _difference(G_BA, G_AB(a), a),
        _difference(G_BA, torch.maximum(torch.minimum(G_AB(a) + noise * (levels / 127.5), torch.ones(())), -torch.ones(())), a),
    )
)
""",
            "NumPy for the disturbance and the means, a list returned (unusual)": """
import numpy as np


def hidden_message(G_AB, G_BA, a, noise, levels):
    made = G_AB(a).detach()
    disturbed = np.clip(made.numpy() + (2 * levels / 255) * noise.numpy(), -1, 1)
    disturbed = torch.from_numpy(disturbed).to(made.dtype)
    differences = []
    for b in (made, disturbed):
        back = G_BA(b).detach().numpy()
        differences.append(float(np.mean(np.abs(back - a.numpy()), dtype=np.float64)))
    return differences
""",
            "a nested function with a switch, vector_norm": """
def hidden_message(G_AB, G_BA, a, noise, levels, one_level=2 / 255):
    def way_back(disturb):
        b = G_AB(a)
        if disturb:
            b = F.hardtanh(b + one_level * levels * noise)
        return torch.linalg.vector_norm(G_BA(b) - a, 1) / a.numel()

    with torch.no_grad():
        return way_back(False).item(), way_back(disturb=True).item()
""",
        },
    },
    "translated_points": {
        "first": (0, 0),
        "wrong": {
            "the middle of b for all": (
                "Bronze takes at most 70 % of what an answer gets that says the middle of b for all (this is 100 %).",
                """
def translated_points(a, b):
    return b.mean(0).expand(len(a), 2).clone()
""",
            ),
            "the nearest point of b, planes taken for the same": (
                "A map that nobody tells you takes the first plane to the second: it turns, perhaps mirrors, stretches, moves.",
                """
def translated_points(a, b):
    return b[torch.cdist(a, b).argmin(1)]
""",
            ),
        },
        "cheats": {
            "places that are not numbers": (
                "What counts is the mean distance to the true places.",
                """
def translated_points(a, b):
    return torch.full((len(a), 2), float("nan"))
""",
            ),
            "moves b away, so that its middle is a bad answer": (
                "in % of what an answer gets that says the middle of b for all (of the b that was given).",
                """
def translated_points(a, b):
    answer = b.mean(0).expand(len(a), 2).clone()
    with torch.no_grad():
        b += 1e6
    return answer
""",
            ),
            "an answer whose distance to anything is 0": (
                "Return (n, 2): where it belongs in the second plane.",
                """
class Near(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            out = func(*args, **(kwargs or {}))
            name = getattr(func, "__name__", "")
            if name in ("sub", "rsub", "__sub__", "__rsub__", "subtract", "dist", "cdist", "pairwise_distance"):
                out = torch.zeros_like(out)
        return out


def translated_points(a, b):
    return b.mean(0).expand(len(a), 2).clone().as_subclass(Near)
""",
            ),
            "reads the true places from the caller's frames": (
                "Anything that looks at a and b is allowed; a map that nobody tells you.",
                """
import sys


def translated_points(a, b):
    middle = b.mean(0)
    frame = sys._getframe(1)
    while frame is not None:
        for thing in list(frame.f_locals.values()):
            for one in thing if isinstance(thing, (list, tuple)) else [thing]:
                if isinstance(one, torch.Tensor) and one.shape == a.shape and one.is_floating_point():
                    if one is a or one is b or torch.equal(one, a) or torch.equal(one, b):
                        continue
                    if (one.mean(0) - middle).norm() < b.std():
                        return one.detach().clone()
        frame = frame.f_back
    return middle.expand(len(a), 2).clone()
""",
            ),
        },
        "medals": {
            "whitened, turned, then bent until the clouds agree": (
                "gold",
                """
import numpy as np
from scipy.optimize import minimize
from scipy.spatial.distance import cdist


def translated_points(a, b):
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)

    def white(p):
        values, vectors = np.linalg.eigh(np.cov(p.T))
        half = vectors @ np.diag(values**0.5) @ vectors.T
        return p.mean(0), half, (p - p.mean(0)) @ np.linalg.inv(half)

    _, _, wx = white(x)
    middle, half, wy = white(y)
    some = np.random.default_rng(0).permutation(len(wy))[:400]
    best = None
    for mirror in (1.0, -1.0):
        for k in range(180):
            angle = 2 * np.pi * k / 180
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            turned = (wx * [1.0, mirror]) @ turn
            worth = cdist(turned, wy[some]).mean()
            if best is None or worth < best[0]:
                best = (worth, turned)
    moved = best[1]

    def terms(p):  # everything up to squares
        return np.stack([np.ones(len(p)), p[:, 0], p[:, 1], p[:, 0] ** 2, p[:, 0] * p[:, 1], p[:, 1] ** 2], 1)

    basis = terms(moved)
    draw = np.random.default_rng(1)
    one = draw.permutation(len(x))[:300]
    other = wy[draw.permutation(len(wy))[:300]]

    def energy(theta):  # how unlike the two clouds are, and its slope
        m = basis[one] @ theta.reshape(6, 2)
        across = m[:, None] - other
        inside = m[:, None] - m
        far = np.sqrt((across**2).sum(-1) + 1e-6)
        near = np.sqrt((inside**2).sum(-1) + 1e-6)
        slope = 2 * (across / far[..., None]).mean(1) - 2 * (inside / near[..., None]).mean(1)
        return 2 * far.mean() - near.mean(), (basis[one].T @ slope / len(m)).ravel()

    straight = np.zeros((6, 2))
    straight[1, 0] = straight[2, 1] = 1.0
    found = minimize(energy, straight.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    moved = basis @ found.x.reshape(6, 2)
    return torch.as_tensor(moved @ half + middle, dtype=torch.float32)
""",
            ),
            "whitened and turned": (
                "gold",
                """
def translated_points(a, b):
    def white(points):
        middle = points.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov((points - middle).T))
        half = vectors @ torch.diag(values.sqrt()) @ vectors.T
        return middle, half, (points - middle) @ torch.linalg.inv(half)

    _, _, from_a = white(a.double())
    middle, half, from_b = white(b.double())
    best, least = None, math.inf
    for mirror in (1.0, -1.0):
        flipped = from_a * torch.tensor([1.0, mirror], dtype=torch.double)
        for k in range(360):
            angle = 2 * math.pi * k / 360
            c, s = math.cos(angle), math.sin(angle)
            turned = flipped @ torch.tensor([[c, s], [-s, c]], dtype=torch.double)
            away = float(torch.cdist(turned, from_b).mean())
            if away < least:
                best, least = turned, away
    return (best @ half + middle).to(a.dtype)
""",
            ),
            "five heaps matched by size": (
                "silver",
                """
import numpy as np
from scipy.cluster.vq import kmeans2


def heaps(points):
    # five normal heaps by EM, from the best of several starts; numbered by size, the largest 0
    points = np.asarray(points, dtype=float)
    values, vectors = np.linalg.eigh(np.cov(points.T))
    x = (points - points.mean(0)) @ vectors / values**0.5
    best = None
    for seed in range(12):
        _, found = kmeans2(x, 5, minit="++", seed=seed, iter=30)
        share = np.eye(5)[found] + 1e-3
        for _ in range(80):
            share /= share.sum(1, keepdims=True)
            size = share.sum(0)
            mean = share.T @ x / size[:, None]
            logs = []
            for k in range(5):
                away = x - mean[k]
                cov = (share[:, k, None] * away).T @ away / size[k] + 1e-3 * np.eye(2)
                form = (away @ np.linalg.inv(cov) * away).sum(1)
                logs.append(np.log(size[k] / len(x)) - 0.5 * np.log(np.linalg.det(cov)) - 0.5 * form)
            logs = np.stack(logs, 1)
            top = logs.max(1, keepdims=True)
            share = np.exp(logs - top)
            fit = (top[:, 0] + np.log(share.sum(1))).sum()
        if best is None or fit > best[0]:
            best = (fit, share.argmax(1))
    rank = np.empty(5, dtype=int)
    rank[np.argsort(-np.bincount(best[1], minlength=5))] = np.arange(5)
    return rank[best[1]]


def translated_points(a, b):
    in_a, in_b = heaps(a), heaps(b)
    places = np.asarray(b, dtype=float)
    middles = np.stack([places[in_b == k].mean(0) for k in range(5)])
    return torch.as_tensor(middles[in_a], dtype=torch.float32)
""",
            ),
            "the two largest heaps, the middle of the rest for all others": (
                "bronze",
                """
import numpy as np
from scipy.cluster.vq import kmeans2


def heaps(points):
    # five normal heaps by EM, from the best of several starts; numbered by size, the largest 0
    points = np.asarray(points, dtype=float)
    values, vectors = np.linalg.eigh(np.cov(points.T))
    x = (points - points.mean(0)) @ vectors / values**0.5
    best = None
    for seed in range(12):
        _, found = kmeans2(x, 5, minit="++", seed=seed, iter=30)
        share = np.eye(5)[found] + 1e-3
        for _ in range(80):
            share /= share.sum(1, keepdims=True)
            size = share.sum(0)
            mean = share.T @ x / size[:, None]
            logs = []
            for k in range(5):
                away = x - mean[k]
                cov = (share[:, k, None] * away).T @ away / size[k] + 1e-3 * np.eye(2)
                form = (away @ np.linalg.inv(cov) * away).sum(1)
                logs.append(np.log(size[k] / len(x)) - 0.5 * np.log(np.linalg.det(cov)) - 0.5 * form)
            logs = np.stack(logs, 1)
            top = logs.max(1, keepdims=True)
            share = np.exp(logs - top)
            fit = (top[:, 0] + np.log(share.sum(1))).sum()
        if best is None or fit > best[0]:
            best = (fit, share.argmax(1))
    rank = np.empty(5, dtype=int)
    rank[np.argsort(-np.bincount(best[1], minlength=5))] = np.arange(5)
    return rank[best[1]]


def translated_points(a, b):
    in_a, in_b = np.minimum(heaps(a), 2), np.minimum(heaps(b), 2)
    places = np.asarray(b, dtype=float)
    middles = np.stack([places[in_b == k].mean(0) for k in range(3)])
    return torch.as_tensor(middles[in_a], dtype=torch.float32)
""",
            ),
        },
    },
}
