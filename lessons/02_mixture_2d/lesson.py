# %% [markdown] builds="collapse on purpose, counted as papers count it; three remedies; a playground" hours=3 stars=2
# # 02 · Mode collapse
#
# Ask ten people for a number from one to ten. If all of them say seven, each answer is a fine one, and
# the ten together are a poor sample. A generator can fail in the same way: every picture it makes is
# convincing, and they are all the same picture. This is **mode collapse**, the best-known disease of
# GANs. In the plane it can be seen, counted, and cured; this lesson does all three.
#
# **You will be able to**
#
# - sample from a mixture of Gaussians and write down its exact density;
# - count modes and good samples as the papers do, and say what these two numbers miss;
# - make a GAN collapse on purpose, over ten seeds, and explain which player is to blame;
# - write three remedies (minibatch statistics, packing, unrolled steps) and tell why each works;
# - read a published table of results and say what may be compared with it.
#
# **Time:** about three hours, of which the machine works a few minutes. No GPU is needed.
# **Builds on:** lesson 01 (the two losses, the two steps, Algorithm 1).

# %% [markdown]
# ![An animation of two rings of eight small circles. On the left orange dots jump in a clump from
# one circle to the next and never stay. On the right they spread out until all eight circles have
# some.](images/collapse.gif)
#
# *What you will build. Blue circles: eight places where real points are. Orange: made points. On the
# left a plain GAN whose judge is slow; its samples hurry from place to place. On the right the same
# two networks, the same rates, and one change to what the judge is shown.*

# %% name="setup" edition=1
import math

import torch
from torch import nn
from torch.func import functional_call

from gancourse import quick, seed_everything, show
from gancourse.checks import public
from gancourse.data.toys import Mixture, grid, ring
from gancourse.objectives import OBJECTIVES
from gancourse.plots import FAKE, PALETTE, REAL, axes, figure
from gancourse.plots2d import draw_counts, draw_plane, draw_planes, words
from gancourse.widgets import watch

check = public("02_mixture_2d")
torch.set_num_threads(1)  # networks this small are faster on one core than on several
seed_everything(0)

# %% [markdown]
# ## 1. Worlds with more than one answer
#
# A bell curve has one peak, one **mode**. Most data have many: faces with and without glasses, tens
# of breeds of dogs, a street by day and by night. The smallest model of that is a **mixture of
# Gaussians**: component $k$ is drawn with probability $w_k$ (the weights sum to 1), and then the point
# from a bell around $m_k$,
#
# $$p(x) = \sum_k w_k \, \mathcal{N}(x;\, m_k,\, s_k^2 I).$$
#
# The same spread $s_k$ holds in all $d$ directions: the bells are round. Two mixtures have become
# the standard tests for collapse: a **ring** of 8 and a **grid** of 25.

# %% name="world"
world = ring(8, radius=2.0, std=0.05)
unlike = Mixture([[0.0, 0.6], [-1.0, -1.0], [2.0, -0.5]], 0.1)
worlds = {"three Gaussians": unlike, "ring of 8": world, "grid of 25": grid(5, spacing=2.0, std=0.05)}
SLOW = 2e-4  # learning rate of a slow judge; the usual one is 1e-3
ITERATIONS = 1200
REMEDIES = ("none", "minibatch std", "packing 2", "packing 4", "unrolled")

# %% demo=true
fig = figure(9.5, 3.3)
for ax, (name, one) in zip(axes(fig, 1, 3), worlds.items(), strict=True):
    draw_plane(ax, one, title=name)
    ax.scatter(*one.sample(400).T, s=4, color=REAL, alpha=0.6, lw=0)
show(
    fig,
    alt="Three pictures of real points in small circles: three circles at unlike distances, eight on a ring, and "
    "twenty-five on a square grid.",
)

# %% [markdown] exercise="sample_mixture" stars=1 minutes=10
# ### Exercise 1: a sampler
#
# Draw `n` points from a mixture. Each point is drawn independently of all others: first its component,
# with the probabilities `weights`, then its place, with normal noise. How many points each component gets
# is chance, too. So the order of the rows means nothing, and every
# part of the batch is as fair a sample as the whole. Return a tensor of shape `(n, d)`.

# %% [markdown] hints="sample_mixture"
# Two draws for each point: which component, and how far from its mean. Neither needs a loop.
# ---
# If $k_i$ is the component of point $i$, then $x_i = m_{k_i} + s_{k_i}\,\varepsilon_i$ with
# $\varepsilon_i$ a vector of $d$ independent standard normal numbers.
# ---
# `torch.multinomial(weights, n, replacement=True)` gives the `n` components. Indexing with it,
# `means[which]` has shape `(n, d)`, and `stds[which, None]` shape `(n, 1)`, which multiplies noise
# of shape `(n, d)` row by row.


# %% solution="sample_mixture"
def sample_mixture(means, stds, weights, n):
    """n independent draws from a mixture of round Gaussians.

    Args:
        means: the centers, shape (K, d).
        stds: one standard deviation for each component, shape (K,).
        weights: the probability of each component, shape (K,), with sum 1.

    Returns:
        points, shape (n, d).
    """
    ### BEGIN SOLUTION
    which = torch.multinomial(weights, n, replacement=True)
    return means[which] + stds[which, None] * torch.randn(n, means.shape[1])
    ### END SOLUTION


# %% test="sample_mixture" points=2

# %% [markdown] exercise="log_density" stars=2 minutes=15
# ### Exercise 2: its logarithm
#
# Return $\log p(x)$, in nats, for each of `n` points of `d` numbers: shape `(n,)`. For a round bell in
# $d$ dimensions
#
# $$\log \mathcal{N}(x; m, s^2 I) = -\frac{\lVert x - m \rVert^2}{2 s^2} - d \log s - \frac d2 \log 2\pi.$$
#
# It must be right far from all modes, too: there $p(x)$ is so small that a computer rounds it to 0,
# while its logarithm is an ordinary number such as −20,000. Collapsed samples are often just there.

# %% [markdown] hints="log_density"
# Compute the logarithm of each term $w_k \mathcal{N}_k(x)$ for every pair of a point and a
# component, a table of shape `(n, K)`. Then add the *terms* up without leaving the logarithms.
# ---
# $\log \sum_k w_k \mathcal{N}_k = \log \sum_k \exp\bigl(\log w_k + \log \mathcal{N}_k\bigr)$. The
# function that does this safely is called logsumexp.
# ---
# `x[:, None] - means` has shape `(n, K, d)`; square and `sum(dim=2)`. Divide by `2 * stds**2`, which has
# shape `(K,)`. Then `torch.logsumexp(weights.log() + …, dim=1)`.


# %% solution="log_density"
def log_density(x, means, stds, weights):
    """log p(x) of a mixture of round Gaussians.

    Args:
        x: points, shape (n, d).
        means, stds, weights: as for `sample_mixture`.

    Returns:
        one number for each point, shape (n,).
    """
    ### BEGIN SOLUTION
    d = means.shape[1]
    squared = (x[:, None] - means).square().sum(dim=2)
    log_bells = -squared / (2 * stds**2) - d * stds.log() - d / 2 * math.log(2 * math.pi)
    return torch.logsumexp(weights.log() + log_bells, dim=1)
    ### END SOLUTION


# %% test="log_density" points=2

# %% [markdown]
# Here are your two functions side by side, on three bells of unlike size and weight. The colors are
# your $\log p$, the dots 300 of your draws. Do the dots lie where it is bright, and in the right shares?

# %% demo=true
means, stds = torch.tensor([[-1.2, -0.5], [1.0, -0.8], [0.2, 1.2]]), torch.tensor([0.2, 0.35, 0.6])
weights = torch.tensor([0.2, 0.3, 0.5])
line = torch.linspace(-3, 3, 120)
lattice = torch.cartesian_prod(line, line)

fig = figure(5.6, 4.2)
(ax,) = axes(fig)
heat = log_density(lattice, means, stds, weights).reshape(120, 120).T.clamp(min=-12)
picture = ax.imshow(heat, extent=(-3, 3, -3, 3), origin="lower", cmap="cividis")
ax.scatter(*sample_mixture(means, stds, weights, 300).T, s=7, color=FAKE, ec="white", lw=0.3)
ax.grid(False)
fig.colorbar(picture, label="log p(x), cut at −12")
show(fig, alt="A map of log p with three bright hills of unlike width, and 300 dots, most of them on the widest hill.")

# %% [markdown]
# ## 2. Counting modes
#
# Since we know where the modes are, we can count how many a generator has found. Two numbers have
# become usual (Srivastava and others, 2017; Lin and others, 2018), both measured on 2,500 samples:
#
# - a sample is of **high quality** if its distance to the *nearest* mode is at most three standard
#   deviations of that mode; the share of such samples is reported;
# - a mode is **covered** if at least one high-quality sample has it for its nearest mode.

# %% [markdown] exercise="count_modes" stars=2 minutes=15
# ### Exercise 3: the two numbers
#
# Given samples, the centers of the modes and their common standard deviation, return a pair: how many
# modes are covered, and the share of high-quality samples (between 0 and 1). Distance is the ordinary
# Euclidean one; a sample at exactly three standard deviations is good. Where no sample is good, both are 0.

# %% [markdown] hints="count_modes"
# For each sample you need two things: which mode is nearest, and how far away that is.
# ---
# With $d_{ik} = \lVert x_i - m_k \rVert$: sample $i$ is good if $\min_k d_{ik} \le 3 s$. The covered
# modes are the *different* values of $\arg\min_k d_{ik}$ over the good samples.
# ---
# `torch.cdist(samples, modes)` is the table of distances, and `.min(dim=1)` returns values and
# indices in one go. A boolean `good` picks from both; `.unique()` drops repetitions.


# %% solution="count_modes"
def count_modes(samples, modes, std):
    """Modes covered, and the share of high-quality samples.

    Args:
        samples: shape (n, d).
        modes: the centers, shape (K, d).
        std: the standard deviation of every mode, a number.

    Returns:
        (covered, share): from 0 to K, and from 0 to 1.
    """
    ### BEGIN SOLUTION
    distance, nearest = torch.cdist(samples, modes).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.float().mean().item()
    ### END SOLUTION


# %% test="count_modes" points=3

# %% [markdown]
# Four made-up generators on the ring. Before you read the numbers above each picture, guess them.

# %% demo=true
n = 2500
cases = {
    "all in one": world.modes[0] + 0.05 * torch.randn(n, 2),
    "all over": 5 * torch.rand(n, 2) - 2.5,
    "right": world.sample(n),
    "unfair": Mixture(world.modes, 0.05, [100.0] + 7 * [1.0]).sample(n),
}
titled = {}
for name, samples in cases.items():
    covered, share = count_modes(samples, world.modes, 0.05)
    titled[f"{name}\n{covered} of 8, {100 * share:.0f} % good"] = (world, samples)
fig = figure(9.5, 2.9)
draw_planes(fig, titled)
show(fig, alt=f"Four clouds of samples on the ring of eight: {', '.join(' '.join(t.split()) for t in titled)}.")

# %% [markdown]
# Neither number is enough alone. The first generator has perfect quality and one mode. The second
# scatters blindly, and some of its 2,500 points hit every mode: full marks for coverage. And both
# numbers together still miss what is wrong with the last: it covers all modes with perfect samples,
# and 93 of 100 of them lie at one place. Whenever you read "8 of 8", ask for the shares.

# %% [markdown]
# ## 3. Making it collapse
#
# The game is that of lesson 01, with one more dimension. The losses you wrote there now come from
# the package, and so that you can see all of the code, here are the two steps in a shorter form.


# %% name="networks"
def perceptron(inputs, outputs, width=64):
    """Two hidden layers."""
    layers = [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


class MinibatchStd(nn.Module):
    """A layer that runs your `minibatch_std`, exercise 4."""

    def forward(self, features):
        return minibatch_std(features)


def make_judge(remedy, width=64):
    """D as the remedy wants it; the remedies are yours to write, in sections 5 and 6."""
    if remedy.startswith("packing"):
        return PackedDiscriminator(int(remedy.split()[1]), 2, width)
    layers = perceptron(2, 1, width)
    if remedy == "minibatch std":  # after the first hidden layer
        return nn.Sequential(*layers[:2], MinibatchStd(), nn.Linear(width + 1, width), *layers[3:])
    return layers


# %% name="board"
class Board:
    """What a match needs: a target, two networks, their optimizers, and draws of both kinds."""

    k, g_steps, batch, unroll, look_ahead = 1, 1, 64, 0, 0.1
    objective = OBJECTIVES["non_saturating"]

    def __init__(self, target, seed=0, remedy="none", rate_G=1e-3, rate_D=1e-3, latent_dim=2, **others):
        seed_everything(seed)
        self.target, self.remedy, self.latent_dim, self.history = target, remedy, latent_dim, []
        self.G, self.D = perceptron(latent_dim, 2), make_judge(remedy)
        adam = {"betas": (0.5, 0.999), "fused": True}
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate_G, **adam)
        self.opt_D = torch.optim.Adam(self.D.parameters(), rate_D, **adam)
        self.unroll = 5 if remedy == "unrolled" else 0
        self.__dict__.update(others)  # such as k=5
        self.d_loss, self.g_loss = self.objective.d_loss, self.objective.g_loss

    def sample(self, n):
        return self.target.sample(n)

    def noise(self, n):
        return torch.randn(n, self.latent_dim)


# %% name="match"
def descend(loss, opt):
    """One step of an optimizer down a loss; its value before the step."""
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


class Match(Board):
    """The game itself. `g_step` is yours where the match is unrolled."""

    def d_step(self):
        fake = self.G(self.noise(self.batch)).detach()
        return descend(self.d_loss(self.D(self.sample(self.batch)), self.D(fake)), self.opt_D)

    def g_step(self):
        z = self.noise(self.batch)
        if self.unroll:
            nets, real = (self.G, self.D, self.opt_G), self.sample(self.batch)
            return unrolled_generator_step(*nets, self.d_loss, self.g_loss, real, z, self.unroll, self.look_ahead)
        return descend(self.g_loss(self.D(self.G(z))), self.opt_G)


# %% name="play"
def play(match, iterations):
    """k steps of D, then `g_steps` of G, one iteration per next()."""
    for _ in range(iterations):
        d_losses = [match.d_step() for _ in range(match.k)]
        g_losses = [match.g_step() for _ in range(match.g_steps)]
        match.history.append((d_losses[-1], g_losses[-1]))
        yield match


def measure(match, n=2500):
    """(modes covered, share of high quality) of a match's generator, on n samples as in the papers."""
    with torch.no_grad():
        return count_modes(match.G(match.noise(n)), match.target.modes, float(match.target.stds[0]))


# %% [markdown]
# The first match has a *slow judge*: $D$ learns at a fifth of $G$'s rate. (Metz and others (2017) show
# collapse with a tenth; a fifth is enough.) Follow the orange dots. How many circles hold some at any one
# time? How many have held some by the end?


# %% name="first-match" demo=true
def draw_match(fig, match):
    """Samples, D's verdict in colors, and the last samples' two numbers; returns the alt text."""
    fig.clear()
    left, right = axes(fig, 1, 2, width_ratios=(1, 1.4))
    with torch.no_grad():
        samples = match.G(match.noise(600))
    draw_plane(left, match.target, samples, match.D, f"iteration {len(match.history):,}")
    covered, share = measure(match)
    losses = torch.tensor(match.history[-2000:])
    right.plot(losses[:, 0], color=PALETTE[2], lw=0.8, label="D's loss")
    right.plot(losses[:, 1], color=FAKE, lw=0.8, label="G's loss")
    right.axhline(math.log(4), color="0.4", lw=0.8, ls=":")
    right.set(xlabel="iteration (the last 2,000)", title=f"{covered} of {len(match.target.modes)} modes")
    right.legend(fontsize=9)
    return f"{covered} of {len(match.target.modes)} modes are covered; {100 * share:.0f} % of samples are good."


match = Match(world, seed=1, rate_D=SLOW)
iterations = quick(ITERATIONS, 10)
watch(play(match, iterations), draw_match, total=iterations)

# %% [markdown]
# The samples travel as a clump. Wherever the clump arrives, $D$ slowly learns to call that place
# made; the colors turn orange there, and $G$, five times as quick, has left before. It never pays to
# stay, and it never pays to split up. Over time every circle is visited, and at no time more than a few.
#
# ### Ten seeds at once
#
# One run proves little. From here on each experiment is played over ten seeds. A step of such a
# small network is mostly waiting: Python starts a hundred tiny operations one after the other. So we
# stack the weights of ten networks and start each operation once for all of them. The equations are
# the same. Your own layers are called through `torch.vmap`, which runs code written for one network
# on ten; it asks that they compute with tensors only (no `.item()`, no NumPy).


# %% name="together" demo=true
from gancourse.training.ensemble import Ensemble

SEEDS = quick(10, 2)


def together(target, iterations=ITERATIONS, seeds=SEEDS, **settings):
    """The same match over several seeds, played side by side; the matches, when they are over."""
    matches = [Match(target, seed, **settings) for seed in range(seeds)]
    ensemble = Ensemble(matches)
    for _ in range(quick(iterations, 10)):
        ensemble.play()
    ensemble.hand_back()
    return matches


def covered(matches):
    """Modes covered, for each match."""
    return [measure(match)[0] for match in matches]


# %% demo=true
slow = together(world, rate_D=SLOW)
titled = {}
for seed, match in enumerate(slow):
    number, share = measure(match)
    titled[f"seed {seed}: {number} of 8"] = (match.target, match.G(match.noise(500)).detach())
fig = figure(9.5, 4.2)
draw_planes(fig, titled, columns=5)
show(fig, alt=f"Samples of ten runs with a slow judge. {'; '.join(titled)}.")

# %% [markdown]
# ## 4. Who is to blame
#
# Nothing in the value $V(D, G)$ of lesson 01 asks for collapse: against the *best* judge the only
# optimum is $q = p$, with all modes. But look at what $G$ sees in one step. $D$ is fixed, some hilly
# landscape over the plane, and $G$ may put each sample where it likes. The best reply to a fixed
# landscape is to put **all** samples on its highest peak. So the order of the two optimizations
# decides:
#
# $$\min_G \max_D V \;\; \text{($D$ answers $G$) has the data as its solution;} \qquad
# \max_D \min_G V \;\; \text{($G$ answers $D$) is solved by a single point.}$$
#
# Gradient steps in turn are neither. If $G$ is quick and $D$ slow, they look like the second. Let us
# turn the knobs that decide who is quick: the rates, and the number of steps each takes in a turn.


# %% name="balance" demo=true
BALANCE = {
    "balanced": {},
    "slow D\n(a fifth)": {"rate_D": SLOW},
    "max–min\n(G: 5 steps)": {"g_steps": 5},
    "min–max\n(D: 5 steps)": {"k": 5},
}
found = {name: covered(together(world, 600, **change)) for name, change in BALANCE.items()}
fig = figure(7.5, 3.2)
draw_counts(axes(fig)[0], found, most=8)
show(fig, alt=words(found))

# %% [markdown]
# One dot is one seed, the bar is the median. With equal rates and steps all eight modes are covered. Where
# $D$ takes five steps for each of $G$'s, nearly all are. Where $G$ is the quicker one, by its rate or by its
# steps, next to nothing is left. Networks, losses and noise are the same in all four: what differs is who
# answers whom. So why not always give $D$ many steps? Five cost three times as much per iteration, and a
# judge far ahead of its generator has troubles of its own, which lesson 06 is about. The remedies below ask
# no more work of $D$.
#
# Two more knobs. The noise: with `latent_dim` numbers going in, is one enough? And the task: how does
# the number of modes matter, for equal networks and an equal number of steps?


# %% name="noise-and-modes" demo=true
by_noise = {f"{d} number{'s' * (d > 1)}": covered(together(world, 600, latent_dim=d)) for d in (1, 2, 8, 32)}
by_modes = {}
for modes in (4, 8, 16, 32):
    counts = covered(together(ring(modes, std=0.05), 600))
    by_modes[f"{modes} modes"] = [100 * count / modes for count in counts]
fig = figure(9.5, 3.1)
left, right = axes(fig, 1, 2)
draw_counts(left, by_noise, most=8)
left.set(title="noise")
draw_counts(right, by_modes, most=100, label="% of modes covered")
right.set(title="ring of 4 to 32")
show(fig, alt=f"Left: {words(by_noise)} Right: {words(by_modes, 'percent of modes covered')}")

# %% [markdown]
# One number of noise draws a *string* through the plane. To visit eight places it must run through all
# the gaps between them, and fold sharply at each; in the same number of steps it finds three at most. From
# two numbers on there is room. The number of modes matters less than one might think: with a judge that
# keeps up, the same generator finds nearly all of 16 and all of 32. They stand closer together on the
# same circle, and a closed band passes through them all. What decides is the judge, not the count.
#
# Last, the case of *unlike places*: three bells of equal weight, one of them close to where an
# untrained generator starts. If a slow judge lets one mode win, which?


# %% name="unlike" demo=true
shares = torch.zeros(SEEDS, 3)
for seed, match in enumerate(together(unlike, 600, rate_D=SLOW)):
    with torch.no_grad():
        distance, nearest = torch.cdist(match.G(match.noise(2500)), unlike.modes).min(dim=1)
    shares[seed] = torch.bincount(nearest, minlength=3) / 2500
fig = figure(7.0, 2.8)
(ax,) = axes(fig)
bottom = torch.zeros(SEEDS)
for k, hatch in enumerate(("", "//", "..")):
    ax.bar(
        range(SEEDS), shares[:, k], bottom=bottom, color=PALETTE[k], hatch=hatch, label=str(unlike.modes[k].tolist())
    )
    bottom += shares[:, k]
ax.set(xlabel="seed", ylabel="share of samples nearest to", ylim=(0, 1))
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)
show(fig, alt=f"Shares of samples nearest to each of three modes, by seed: {shares.round(decimals=2).tolist()}.")

# %% [markdown]
# Compare each column with three equal parts. The weights are equal, so nothing in the data prefers one
# of the three; where a generator starts and what the judge learns first decide, and they differ from seed to
# seed.
#
# ## 5. Showing the judge more than one sample
#
# Collapse is a property of a *set* of samples, and $D$ judges one at a time. Each sample of a
# collapsed generator may be perfect. Shown two at once, a judge would notice: "the same again".
# Three groups have built on this. Salimans and others (2016) let $D$ compare each sample with the
# rest of its batch (**minibatch discrimination**). Karras and others (2018) found that one number is
# enough, the **minibatch standard deviation**, and it is in StyleGAN to this day.

# %% [markdown] exercise="minibatch_std" stars=2 minutes=15
# ### Exercise 4: the minibatch standard deviation
#
# The input is a table of features, one row for each sample of a batch. For each feature take its
# standard deviation over the batch, dividing by $n$ (not $n - 1$). Average these over the features.
# Append that one number to every row, as the last column. (On images Karras and others do the same
# for each pixel and append a constant channel.)
#
# $G$ must learn from it, so gradients have to flow through it, and they must be finite even where all
# rows are the same, which is where it is needed most. Add 1e-8, or less, to each variance before its root.
# Features may lie far from 0: there, too, it is right.

# %% [markdown] hints="minibatch_std"
# One number for the whole batch: how much the rows differ from each other. All rows get the same.
# ---
# $\displaystyle s = \frac1f \sum_{j=1}^{f} \sqrt{\frac1n \sum_{i=1}^{n} (h_{ij} - \bar h_j)^2 + 10^{-8}}$,
# and row $i$ becomes $(h_{i1}, \dots, h_{if}, s)$.
# ---
# `features.var(dim=0, correction=0)` has shape `(f,)`. A tensor of shape `()` becomes a column with
# `.expand(n, 1)`, and `torch.cat([…, …], dim=1)` appends it.


# %% solution="minibatch_std"
def minibatch_std(features):
    """Append the batch's mean standard deviation to each row.

    Args:
        features: shape (n, f).

    Returns:
        shape (n, f + 1).
    """
    ### BEGIN SOLUTION
    spread = (features.var(dim=0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([features, spread.expand(len(features), 1)], dim=1)
    ### END SOLUTION


# %% test="minibatch_std" points=2

# %% [markdown]
# The real batch and the made batch go through $D$ **separately**: each has its own spread, and the
# difference is what gives a collapsed generator away. Remember this when you get to section 9.
#
# ### Packing
#
# Lin and others (2018) take the plainest way: give $D$ a *pack* of $m$ samples as one input, all real
# or all made. Their paper explains why it helps. A judge can at best tell how far two distributions
# are apart, in **total variation**:
#
# $$d(p, q) = \tfrac12 \sum_x \lvert p(x) - q(x) \rvert.$$
#
# Take two bad generators. One drops a fifth of the data and is otherwise perfect. One covers
# everything, a bit too thinly here, too thickly there. Both can have the same distance 0.2 to the
# data: one sample at a time, no judge can prefer the second. Packs of $m$ come from the products
# $p(x_1) \cdots p(x_m)$ and $q(x_1) \cdots q(x_m)$. Is their distance the same, too?

# %% [markdown] exercise="packed_distance" stars=2 minutes=15
# ### Exercise 5: the distance of packs
#
# For distributions over $K$ values, given as two tensors of $K$ probabilities, return the total
# variation between packs of `m` independent samples of each: half the sum, over all $K^m$ packs, of
# the absolute differences of their probabilities.

# %% [markdown] hints="packed_distance"
# Write down all $K^m$ packs with their probability under $p$ and under $q$; then it is the formula
# for single samples. The order in a pack counts: (heads, tails) and (tails, heads) are two packs.
# ---
# If `packs` holds the probabilities of all packs of $m - 1$ samples, those of $m$ samples are all
# products of one of `packs` and one of `p`: a table of $K^{m-1} \times K$ numbers.
# ---
# `torch.kron(packs, p)`, or `(packs[:, None] * p).flatten()`, makes one step from $m-1$ to $m$. Do the
# same with `q`, in the same order, and finish with `0.5 * (… - …).abs().sum()`.


# %% solution="packed_distance"
def packed_distance(p, q, m):
    """Total variation between packs of m samples.

    Args:
        p, q: probabilities, shape (K,), each with sum 1.
        m: samples in a pack, a whole number from 1.

    Returns:
        one number from 0 to 1, a tensor of shape ().
    """
    ### BEGIN SOLUTION
    packs_p, packs_q = p, q
    for _ in range(m - 1):
        packs_p, packs_q = torch.kron(packs_p, p), torch.kron(packs_q, q)
    return 0.5 * (packs_p - packs_q).abs().sum()
    ### END SOLUTION


# %% test="packed_distance" points=2

# %% demo=true
drops = torch.tensor([0.2, 0.8]), torch.tensor([0.0, 1.0])  # data; a generator that never makes the first fifth
tilts = torch.tensor([0.5, 0.5]), torch.tensor([0.3, 0.7])  # data; a generator that covers all, unevenly
packs = range(1, 9)
fig = figure(6.5, 3.0)
(ax,) = axes(fig)
for (p, q), name, dash in ((drops, "drops a fifth of the data", "-"), (tilts, "covers all, unevenly", "--")):
    ax.plot(packs, [float(packed_distance(p, q, m)) for m in packs], dash, marker="o", lw=2, label=name)
ax.set(xlabel="samples in a pack, m", ylabel="distance to the data", ylim=(0, 1))
ax.legend()
show(
    fig,
    alt="Two curves over the pack size start together at 0.2. The generator that drops modes rises faster, to 0.83 "
    "at packs of eight, the uneven one to 0.44.",
)

# %% [markdown]
# At $m = 1$ they cannot be told apart. At $m = 2$ the one that drops a mode stands at 0.36, the other at
# 0.24. A packed judge sees the same flaws as before, and missing modes more than others. (The
# two generators are an example of the paper's.) The change to the code is small.

# %% [markdown] exercise="PackedDiscriminator" stars=2 minutes=15
# ### Exercise 6: a packed discriminator
#
# Write a network `PackedDiscriminator(m, dimension, width)`. It takes a batch of `n` samples, shape
# `(n, dimension)`, where `n` is a multiple of `m`, and returns one logit for each pack, shape
# `(n / m, 1)`. A pack is `m` rows that follow each other: rows 0 to m − 1 are the first.
#
# The samples of a pack are judged *together*: they enter the first layer side by side, as one input of
# `m * dimension` numbers, and there are two hidden layers of `width` units, each with an activation behind
# it, as in `perceptron`. No other layer has weights.

# %% [markdown] hints="PackedDiscriminator"
# Nothing about the network itself is new. All the packing is in how the batch is laid out before the
# first layer.
# ---
# A table of shape $(n, d)$ holds the same numbers in the same order as one of shape $(n/m,\, m d)$: row
# $j$ of the second is rows $jm, \dots, jm + m - 1$ of the first, one behind the other.
# ---
# In `__init__`: `super().__init__()`, keep `m`, and make a `perceptron(m * dimension, 1, width)`. In
# `forward`: `x.reshape(len(x) // self.m, -1)` goes into it.


# %% solution="PackedDiscriminator"
class PackedDiscriminator(nn.Module):
    """D for packs of m samples.

    Args:
        m: samples in a pack.
        dimension: numbers in a sample.
        width: units in each hidden layer.
    """

    def __init__(self, m, dimension=2, width=64):
        super().__init__()
        ### BEGIN SOLUTION
        self.m, self.judge = m, perceptron(m * dimension, 1, width)
        ### END SOLUTION

    def forward(self, x):
        """Logits of the packs, (n / m, 1), for samples (n, dimension)."""
        ### BEGIN SOLUTION
        return self.judge(x.reshape(len(x) // self.m, -1))
        ### END SOLUTION


# %% test="PackedDiscriminator" points=3

# %% [markdown]
# ## 6. Thinking ahead
#
# Metz and others (2017) cure $G$ instead of $D$. A chess player who thinks one move ahead takes every
# unguarded piece; one who asks "and what will the other do then?" takes fewer. Before it moves, the
# **unrolled** generator lets $D$ play $K$ steps of gradient descent *in imagination*,
#
# $$\theta_D^{0} = \theta_D, \qquad
#   \theta_D^{i+1} = \theta_D^{i} - \eta\, \nabla_{\theta_D} L_D\bigl(\theta_G, \theta_D^{i}\bigr),$$
#
# and then lowers its own loss *against that answer*, $L_G(\theta_G, \theta_D^{K}(\theta_G))$. The
# answer depends on $\theta_G$: if all samples stand on one spot, $D$ will come down on that spot. So the
# gradient has two parts,
#
# $$\frac{d L_G}{d\theta_G} = \frac{\partial L_G}{\partial \theta_G}
#   + \frac{\partial L_G}{\partial \theta_D^{K}} \cdot \frac{d \theta_D^{K}}{d \theta_G},$$
#
# and it is the second that warns $G$ of crowding. To get it, the gradient steps of $D$ must themselves
# be differentiated. PyTorch does that if it is asked to keep their graph.

# %% [markdown] exercise="unrolled_generator_step" stars=3 minutes=30
# ### Exercise 7: the unrolled step
#
# Make `fake = G(z)` once. Starting from $D$'s weights, take `steps` steps of plain gradient descent at
# rate `rate` on `d_loss(D(real), D(fake))`, all on these two batches. Then lower
# `g_loss(D(fake))`, with the imagined $D$, by one step of `opt_G`. Gradients must flow through
# everything, $D$'s steps included. Return that loss (from before $G$'s step) as a plain number.
#
# In the end $D$ itself must be as it was, and able to learn. Gradients that an earlier step left in $G$
# must not count. With `steps = 0` it is the generator's usual step.

# %% [markdown] hints="unrolled_generator_step"
# Keep the imagined weights of $D$ in a dictionary beside the network, and call $D$ *with* them. Then
# there is nothing to put back, and every step is an ordinary computation that can be differentiated.
# ---
# One imagined step: $w \leftarrow w - \eta \, \partial L_D / \partial w$ for each weight, where the
# derivative is computed with `create_graph=True`, so that it is part of the graph itself.
# ---
# `ahead = dict(D.named_parameters())`; `functional_call(D, ahead, (real,))` is $D$ with these weights;
# `torch.autograd.grad(loss, list(ahead.values()), create_graph=True)` gives one slope for each. Make a
# *new* dictionary in each step. At the end the usual four: loss, `opt_G.zero_grad()`, `backward()`,
# `opt_G.step()`.


# %% solution="unrolled_generator_step"
def unrolled_generator_step(G, D, opt_G, d_loss, g_loss, real, z, steps, rate):
    """Move G one step against the answer that D would give.

    Args:
        G, D: the networks; opt_G: the optimizer of G's parameters.
        d_loss: a function of (real_logits, fake_logits); g_loss: of (fake_logits).
        real, z: data (n, d) and noise (n, latent_dim).
        steps, rate: how many steps D looks ahead, and the rate of each.

    Returns:
        G's loss against that answer, before the step, a plain number.
    """
    ### BEGIN SOLUTION
    fake, ahead = G(z), dict(D.named_parameters())
    for _ in range(steps):
        loss = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
        ahead = {name: w - rate * slope for (name, w), slope in zip(ahead.items(), slopes, strict=True)}
    loss = g_loss(functional_call(D, ahead, (fake,)))
    opt_G.zero_grad()
    loss.backward()
    opt_G.step()
    return loss.item()
    ### END SOLUTION


# %% test="unrolled_generator_step" points=4

# %% [markdown]
# ## 7. The remedies, measured
#
# Now everything against the slow judge that has collapsed in section 3: the same networks, rates and
# number of steps, ten seeds each. Nothing but the remedy differs.


# %% name="remedies" demo=true
slow = {remedy: together(world, remedy=remedy, rate_D=SLOW) for remedy in REMEDIES[:-1]}
modes = {remedy.replace(" ", "\n"): covered(matches) for remedy, matches in slow.items()}
good = {remedy: [100 * measure(match)[1] for match in matches] for remedy, matches in slow.items()}
fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2)
draw_counts(left, modes, most=8)
draw_counts(right, {remedy.replace(" ", "\n"): values for remedy, values in good.items()}, 100, "% of high quality")
show(fig, alt=f"Left: {words(modes)} Right: {words(good, 'percent of high quality')}")

# %% [markdown]
# At rates at which the plain game finds next to nothing (no seed finds all 8; 0 to 3, median 1), every
# remedy undoes the collapse. In our benchmark, over ten seeds, the batch's spread covers 8 of 8 modes in all
# ten, and packs of 2 and of 4 in nine. So do unrolled steps, in all ten; they are left out of the figure,
# since they take about five times as long: `together(world, remedy="unrolled", rate_D=SLOW)` plays them.
#
# Packs pay a price that the paper's setting does not have: we keep 64 *samples* in a batch, so packs of 4
# leave 16 examples for a judge with four times as many inputs. (Lin and others keep 100 *packs*. Try
# `batch=256` with packs of 4.) And look at the right half: after so few steps few samples are *good*. The
# modes are found long before they are hit.
#
# ### Beside the literature
#
# These are the published figures everybody quotes. They are *means*, of 5 runs in the first paper and
# of 10 in the second (there with the standard error).
#
# | | ring: modes of 8 | ring: % high quality | grid: modes of 25 | grid: % high quality |
# |---|---|---|---|---|
# | **Srivastava and others (2017), table 1** | | | | |
# | GAN | 1 | 99.3 | 3.3 | 0.5 |
# | unrolled GAN | 7.6 | 35.6 | 23.6 | 16 |
# | VEEGAN | 8 | 52.9 | 24.6 | 40 |
# | **Lin and others (2018), table 1** | | | | |
# | GAN | 6.3 ± 0.5 | 98.2 ± 0.2 | 17.3 ± 0.8 | 94.8 ± 0.7 |
# | PacGAN, packs of 2 | 7.9 ± 0.1 | 95.6 ± 2.0 | 23.8 ± 0.7 | 91.3 ± 0.8 |
# | PacGAN, packs of 4 | 7.8 ± 0.1 | 95.9 ± 1.4 | 24.8 ± 0.2 | 93.6 ± 0.6 |
# | **this lesson, 1,200 steps** (median of 10 seeds, slow judge) | | | | |
# | no remedy | 1 (0 to 3) | 1 (0 to 10) | 12.5 (1 to 21) | 1 (1 to 4) |
# | minibatch standard deviation | 8 (8 to 8) | 13 (7 to 22) | 18 (12 to 21) | 2 (1 to 2) |
# | packs of 2 | 8 (7 to 8) | 6 (3 to 10) | 18.5 (14 to 21) | 2 (1 to 2) |
# | packs of 4 | 8 (7 to 8) | 2 (2 to 3) | 18 (15 to 19) | 2 (1 to 2) |
# | unrolled, 5 steps | 8 (8 to 8) | 14 (8 to 16) | 6.5 (3 to 12) | 1 (0 to 1) |
# | **this lesson, 10,000 steps** (the same) | | | | |
# | no remedy | 7.5 (0 to 8) | 42 (0 to 77) | 14.5 (11 to 19) | 4 (2 to 13) |
# | minibatch standard deviation | 8 (8 to 8) | 76 (72 to 85) | 14 (10 to 19) | 6 (3 to 8) |
# | packs of 2 | 8 (8 to 8) | 67 (34 to 76) | 16.5 (13 to 21) | 2 (1 to 2) |
# | packs of 4 | 8 (7 to 8) | 10 (4 to 14) | 17.5 (9 to 22) | 2 (1 to 2) |
#
# (`python lessons/02_mixture_2d/bench.py --grid`, and the same with `--iterations 10000`.) Our rows say
# three things. The remedies find all modes of the ring early and hit them later. Given eight times as long,
# the plain game finds all of them, too, in five seeds of ten, and in four no more than one: collapse is a
# matter of luck and patience until a remedy makes it neither. And networks of 64 units with a slow judge do
# not learn the grid: where two samples of a hundred are good, 18 circles are what blind scatter hits.
#
# Look at the two rows called "GAN". The same method, data of the same kind, the same way to count: 1 mode
# in one paper and 6.3 in the other, and on the grid 0.5 % against 94.8 % of good samples. What differs is
# everything a table does not show: networks, rates, batches, number of steps. So compare rows within a
# block, never across, and ours with nobody's: Lin and others train for 400,000 steps on batches of 100
# packs, with hidden layers of 400 units, on a ring of radius 1 with $s = 0.01$; we train for 1,200 or 10,000, on
# batches of 64 samples, with 64 units, on a ring of radius 2 with $s = 0.05$. (VEEGAN adds a network that maps
# samples back to noise.)

# %% [markdown]
# ## 8. Play with it
#
# The panel plays your `Match` with your remedies while you steer it. Colors are $D$'s verdict, arrows
# the way in which the loss pulls each made sample, the thin net a grid of noise as $G$ bends it. You can
# also draw the data yourself. Things to try:
#
# 1. *Ring of 8*, no remedy, and $D$'s rate at a fifth of $G$'s or less: watch the arrows before a clump jumps.
# 2. Take single steps of $D$ only, thirty or so. Then single steps of $G$ only. Which order of the two
#    optimizations is that?
# 3. The same with *packing 4*. Where do the arrows of two neighboring samples point now?
# 4. The minimax loss with $k = 10$. Is it collapse that you see, or lesson 01's silence?


# %% name="played" demo=true
class Played(Match):
    """A match for the panel: rates that can be turned, and D's opinion of single points."""

    still = torch.randn(4, 64, 2)  # noise of samples that stand beside the point in question
    lr_G = property(lambda self: self.opt_G.param_groups[0]["lr"], lambda self, r: set_rate(self.opt_G, r))
    lr_D = property(lambda self: self.opt_D.param_groups[0]["lr"], lambda self, r: set_rate(self.opt_D, r))

    def step(self):
        next(play(self, 1))

    def judge(self, x):
        """Logits of points (n, 2), each judged beside the same few of G's samples."""
        if self.remedy == "minibatch std":
            layers = list(self.D.children())
            first, rest = nn.Sequential(*layers[:2]), nn.Sequential(*layers[3:])
            usual = minibatch_std(first(self.G(self.still[0])).detach())[0, -1]
            return rest(torch.cat([first(x), usual.expand(len(x), 1)], dim=1))
        others = getattr(self.D, "m", 1) - 1
        beside = [self.G(z[:others]).detach().expand(len(x), others, 2) for z in self.still]
        return sum(self.D(torch.cat([x[:, None], y], dim=1).reshape(-1, 2)) for y in beside) / len(beside)


def set_rate(opt, rate):
    opt.param_groups[0]["lr"] = rate


# %% name="playground" demo=true
from gancourse.widgets import Playground


def make(target, loss, remedy, seed):
    """A match for the panel to play."""
    return Played(target, seed, remedy, objective=loss, critic=loss.name == "hinge")


def note(match):
    """What is shown under the picture."""
    modes = getattr(match.target, "modes", None)
    return "" if modes is None else f"{measure(match)[0]} of {len(modes)} modes are covered."


playground = Playground(
    make,
    targets=worlds,
    losses={name.replace("_", "-"): OBJECTIVES[name] for name in ("non_saturating", "minimax", "hinge")},
    remedies=REMEDIES,
    note=note,
    start={"target": "ring of 8"},
)
playground

# %% [markdown]
# ## 9. What goes wrong
#
# Three colleagues report on the ring of 8. Each shows you the code and a picture. All of them use
# functions that pass every check of this lesson, and each of them is wrong.
#
# **A** has put the minibatch standard deviation into $D$, "and it does not help at all". To save time
# both batches go through $D$ as one.


# %% name="run-a" demo=true
class OneBatch(Match):
    """Real and made samples share one batch."""

    def d_step(self):
        fake = self.G(self.noise(self.batch)).detach()
        logits = self.D(torch.cat([self.sample(self.batch), fake]))
        return descend(self.d_loss(*logits.chunk(2)), self.opt_D)

    def g_step(self):
        fake = self.G(self.noise(self.batch))
        logits = self.D(torch.cat([self.sample(self.batch), fake]))
        return descend(self.g_loss(logits.chunk(2)[1]), self.opt_G)


run_a = OneBatch(world, seed=0, remedy="minibatch std", rate_D=SLOW)
for _ in play(run_a, quick(ITERATIONS, 10)):
    pass
print("A covers", measure(run_a)[0], "of 8")

# %% [markdown]
# **B** uses no remedy, and reports 8 of 8. "Every hundred iterations I put 250 samples aside, and in the
# end I counted."

# %% name="run-b" demo=true
run_b, aside = Match(world, seed=1, rate_D=SLOW), []
for number, _ in enumerate(play(run_b, quick(ITERATIONS, 10)), 1):
    if number % quick(100, 2) == 0:
        with torch.no_grad():
            aside.append(run_b.G(run_b.noise(250)))
print("B covers", count_modes(torch.cat(aside), world.modes, 0.05)[0], "of 8")

# %% [markdown]
# **C** packs pairs. "The loader hands out every real point twice in a row, as ours does for images, once
# plain and once mirrored; here the mirror does nothing. With packing it collapses worse than without."


# %% name="run-c" demo=true
class Twice(Match):
    """A loader that yields each real point twice in a row."""

    def sample(self, n):
        return self.target.sample(n // 2).repeat_interleave(2, dim=0)


run_c = Twice(world, seed=2, remedy="packing 2")
for _ in play(run_c, quick(ITERATIONS, 10)):
    pass
print("C covers", measure(run_c)[0], "of 8")

fig = figure(9.0, 3.2)
runs = {"A": run_a.G(run_a.noise(500)), "B, what was put aside": torch.cat(aside)[::8], "C": run_c.G(run_c.noise(500))}
draw_planes(fig, {name: (world, samples.detach()) for name, samples in runs.items()}, columns=3)
show(fig, alt="Samples of the three colleagues' generators on the ring of eight.")

# %% [markdown] exercise="three_reports" stars=2 minutes=25
# ### Exercise 8: three reports
#
# For each of A, B and C write two or three sentences: what is wrong (in the code, or in the way of
# measuring), how that leads to what you see, and the smallest change that puts it right. Support at
# least one of the three with a measurement of your own, made in a cell below. A teacher reads this answer.

# %% [markdown] answer="three_reports" points=4
# *A.* In one joint batch the spread is a single number, the same for real and made rows. It carries no
# information about which is which, so $D$ is the plain one with a constant input, and it collapses as the
# plain one does. Cure: two passes, one for each batch, in D's step; in G's step the made batch alone.
# (Evidence: the last column for the real and the made half is equal; in two passes it is not.)
#
# *B.* The samples come from many generators, one every hundred iterations. A clump that travels around
# the ring visits all modes; no single generator covers them. Cure: measure one generator, at one moment,
# with 2,500 fresh samples. (Evidence: `measure(run_b)`, or the counts of each portion by itself.)
#
# *C.* Real packs hold the same point twice. So D learns "equal neighbors mean real", and G is rewarded
# for making both samples of a pack alike, whatever the noise: collapse is the right answer to this
# loader. Cure: shuffle, or build packs from independent draws. (Evidence: `Match` with packing 2, same
# seed and rates; or D's logits on packs of twice the same point.)
#
# One point for each right cause with its mechanism, one for a measurement that supports it.

# %% [markdown]
# ## 10. What to take along
#
# - A mixture is sampled in two draws; its log density is a logsumexp, exact however far out.
# - Modes covered and high quality are two numbers because either alone is easy to please. Both miss
#   *how often* each mode is visited.
# - The best reply to a fixed judge is a single point. Collapse comes from a generator that is quick
#   and a judge that is slow: max–min in the place of min–max.
# - Remedies give the judge something by which sameness shows (a statistic of the batch, a pack of
#   samples), or make the generator foresee the judge's answer. None of them changes the optimum $p = q$.
# - One seed is an anecdote. Tables of different papers can hardly be compared; rows of one table can.

# %% [markdown] reveal="Answer"
# **Quiz 1.** A generator covers 8 of 8 modes with 100 % high quality. Name a way in which it can still be
# a poor model of the ring.
#
# ---
# Its shares may be far from 1/8 each (the "unfair" one of section 2), or each mode may be a single point
# instead of a bell: no spread within the modes. Neither number looks at that; a test of the shares, or the
# average log density together with the spread, would.

# %% [markdown] reveal="Answer"
# **Quiz 2.** A discriminator looks at packs of 64 samples, and its batches hold 64. What is the trouble?
#
# ---
# Each step then has one real pack and one made pack: two examples for a network with 128 inputs. Large
# packs tell more per pack and leave fewer packs to learn from, and the first layer grows with $m$. That
# is why the paper stops at 4.

# %% [markdown] reveal="Answer"
# **Quiz 3.** Someone writes the unrolled step with `fake = G(z).detach()` in D's imagined steps, "since D's
# step always detaches". What is lost?
#
# ---
# The second part of the gradient. D's answer becomes a constant: G still plays against a D some steps
# ahead, but it cannot foresee that its own crowding causes that answer. In D's *real* step one detaches,
# since nothing behind the samples should learn. Here it should.

# %% [markdown] reveal="Answer"
# **Quiz 4.** With $p = q$, can a packed discriminator do better than an ordinary one?
#
# ---
# No. If samples and data have the same distribution, so have packs of them, at every $m$: distance 0. The
# game has the same solution, and only the way there differs.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a
# grader would. It repeats what the checks say and leaves your file as it is:
#
# ```
# gancourse validate 02_mixture_2d
# ```
#
# ## Read on
#
# - L. Metz, B. Poole, D. Pfau and J. Sohl-Dickstein, *Unrolled Generative Adversarial Networks*, ICLR
#   2017, [arXiv:1611.02163](https://arxiv.org/abs/1611.02163). Section 2 has the step you wrote, and
#   section 3.1 the ring of 8 on which it was shown.
# - A. Srivastava, L. Valkov, C. Russell, M. Gutmann and C. Sutton, *VEEGAN: Reducing Mode Collapse in GANs
#   using Implicit Variational Learning*, NeurIPS 2017, [arXiv:1705.07761](https://arxiv.org/abs/1705.07761):
#   the grid, and the two numbers of section 2.
# - Z. Lin, A. Khetan, G. Fanti and S. Oh, *PacGAN: The Power of Two Samples in Generative Adversarial
#   Networks*, NeurIPS 2018, [arXiv:1712.04086](https://arxiv.org/abs/1712.04086): packing, and why it works.
# - T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford and X. Chen, *Improved Techniques for
#   Training GANs*, NeurIPS 2016, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498), section 3.2: minibatch
#   discrimination.
# - T. Karras, T. Aila, S. Laine and J. Lehtinen, *Progressive Growing of GANs for Improved Quality, Stability,
#   and Variation*, ICLR 2018, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196), section 3: the minibatch
#   standard deviation. You will meet it again in lesson 13.
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160), section 5.1.1: max–min against min–max.
