# %% [markdown] builds="collapse on purpose, counted as papers count it; three remedies; a playground" hours=4 stars=2
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
# - take the unrolled gradient apart by hand, and say which part feels a crowd;
# - read a published table of results and say what may be compared with it.
#
# **Time:** about three and a half hours, of which the machine works five minutes. No GPU is needed.
# **Builds on:** lesson 01 (the two losses, the two steps, Algorithm 1).

# %% [markdown]
# ![An animation of two rings of eight small circles. On the left orange dots jump in a clump from
# one circle to the next and never stay. On the right they spread out until all eight circles have
# some.](images/collapse.gif)
#
# *What you will build. Blue circles: eight places where real points are. Orange: made points. On the
# left a plain GAN whose judge is slow; its samples hurry from place to place. On the right the same
# two networks, the same rates, and one change to what the judge is shown.*

# %% name="setup"
import math

import torch
from torch import nn
from torch.func import functional_call

from gancourse import choose_threads, each, quick, seed_everything, show, working
from gancourse.checks import public
from gancourse.data.toys import Mixture, grid, ring
from gancourse.objectives import OBJECTIVES
from gancourse.plots import FAKE, PALETTE, REAL, axes, figure
from gancourse.plots2d import draw_counts, draw_plane, draw_planes, words
from gancourse.widgets import watch

check = public("02_mixture_2d")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Worlds with more than one answer
#
# A bell curve has one peak, one **mode**. Most data have many: faces with and without glasses, hundreds of breeds of
# dogs, a street by day and by night. The smallest model of that is a **mixture of Gaussians**: component $k$ is drawn
# with probability $w_k$ (the weights sum to 1), and then the point from a bell around $m_k$,
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

# %% demo=true folded="Draws the three worlds of this lesson, 400 real points of each"
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
# part of the batch is as fair a sample as the whole. Return a tensor of shape `(n, d)`, for any $d$.
#
# `n` is at least 1, and all weights are above 0. Where your randomness comes from does not matter, as long as each
# call draws anew.

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


# %% test="sample_mixture" points=1

# %% [markdown] exercise="log_density" stars=2 minutes=15
# ### Exercise 2: its logarithm
#
# Return $\log p(x)$, in nats, for each of `n` points of `d` numbers: shape `(n,)`. For a round bell in
# $d$ dimensions
#
# $$\log \mathcal{N}(x; m, s^2 I) = -\frac{\lVert x - m \rVert^2}{2 s^2} - d \log s - \frac d2 \log 2\pi.$$
#
# It must be right far from all modes, too: there $p(x)$ is so small that a computer rounds it to 0,
# while its logarithm is an ordinary number such as −20,000. Collapsed samples are often just there, and near and
# far points may come in one batch. All weights are above 0. No gradient is asked for.

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

# %% demo=true folded="Draws your log p in colors, and 300 of your draws as dots"
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
#
# There is at least one sample, and samples may coincide: each counts. Coordinates are tens at most. Of two equally
# near modes you may take either.

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
# Four made-up generators on the ring.

# %% [markdown] predict="scattered"
# One of the four scatters its 2,500 samples evenly over the whole picture and knows nothing of the ring. How many
# of the 8 modes will it cover, by this count?
#
# - [ ] none :: To cover a mode a single good sample is enough, and 2,500 fall everywhere.
# - [ ] about half :: The circles are small, but for each of them 2,500 shots are many.
# - [x] all 8 :: Each circle takes up 0.3 % of the picture: about seven of 2,500 shots hit it.
#
# ---
# Full marks for coverage, and about two samples in a hundred are good. That is why two numbers are reported.

# %% demo=true folded="Draws the four generators with your two numbers above each"
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
# and more than 90 of 100 of them lie at one place. Whenever you read "8 of 8", ask for the shares.

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
# The first match has a *slow judge*: $D$ learns at a fifth of $G$'s rate. (The demonstration notebook that Metz and
# others (2017) published has a tenth; a fifth is enough.) Follow the orange dots. How many circles hold some at any one
# time? How many have held some by the end?

# %% [markdown] predict="slow_judge"
# $G$ learns five times as fast as $D$. What will the samples do?
#
# - [ ] spread slowly over all eight circles :: That is what they do against a judge that keeps up.
# - [ ] settle in one circle and stay there :: Wherever they settle, $D$ learns in the end to call that place made.
# - [x] travel from circle to circle in a clump :: Where the clump is, $D$ learns "made"; before it has, $G$ is gone.
#
# ---
# Over time all circles are visited, and at no time more than a few. Of forty seeds
# (`bench.py --remedies none --seeds 40`) 34 ended with two circles or fewer, and four with all 8.


# %% name="first-match" demo=true folded="Draws a match as it is played, and plays the first: a few seconds"
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


for seed in (1, 2, 3):  # one run in ten finds the whole ring all the same: then another is played
    match, iterations = Match(world, seed, rate_D=SLOW), quick(ITERATIONS, 10)
    watch(play(match, iterations), draw_match, total=iterations)
    if measure(match)[0] <= 4:
        break

# %% [markdown]
# The samples travel as a clump. Wherever the clump arrives, $D$ slowly learns to call that place made; the colors turn
# orange there, and $G$, five times as quick, has left before. It never pays to stay, and it never pays to split up.
# Over time every circle is visited, and at no time more than a few. (One run in ten finds the whole ring all the same.
# Then the cell plays another.)
#
# ### Ten seeds at once
#
# One run proves little. From here on each experiment is played over ten seeds. A step of such a
# small network is mostly waiting: Python starts a hundred tiny operations one after the other. So we
# stack the weights of ten networks and start each operation once for all of them. The equations are
# the same. Your own layers are called through `torch.vmap`, which runs code written for one network
# on ten; it asks that they compute with tensors only (no `.item()`, no NumPy). A layer that cannot do that is called
# once for each network instead, which takes longer.


# %% name="together" demo=true open="the ten seeds that every table from here on rests on"
from gancourse.training.ensemble import Ensemble

SEEDS = quick(10, 2)


def together(target, iterations=ITERATIONS, seeds=SEEDS, **settings):
    """The same match over several seeds, played side by side; the matches, when they are over."""
    matches = [Match(target, seed, **settings) for seed in range(seeds)]
    ensemble = Ensemble(matches)
    iterations = quick(iterations, 10)
    for _ in each(range(iterations), f"playing {seeds} matches side by side", usual=0.011 * iterations):
        ensemble.play()
    ensemble.hand_back()
    return matches


def covered(matches):
    """Modes covered, for each match."""
    return [measure(match)[0] for match in matches]


# %% demo=true folded="Plays ten seeds with the slow judge and draws where each ends; about 15 s"
slow = together(world, rate_D=SLOW)
titled = {}
for seed, one in enumerate(slow):
    number, share = measure(one)
    titled[f"seed {seed}: {number} of 8"] = (one.target, one.G(one.noise(500)).detach())
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

# %% [markdown] predict="who_collapses"
# Four settings of the same game, ten seeds each: equal rates and one step each; a slow $D$; five steps of $G$ for
# each of
# $D$'s; five steps of $D$ for each of $G$'s. In which will most modes be lost?
#
# - [ ] in none: the value of the game is the same :: The value is, the game is not: who answers whom differs.
# - [ ] where $D$ takes five steps :: There $D$ answers $G$, which is the order whose solution is the data.
# - [x] where $D$ is slow, and where $G$ takes five steps :: In both $G$ answers a $D$ that stands nearly still, and the
#   best answer to that is a single point.
# - [ ] only where $G$ takes five steps :: A slow $D$ stands still just as well.
#
# ---
# The figure shows ten seeds of each.


# %% name="balance" demo=true folded="Plays four settings over ten seeds and draws the modes covered; about 45 s"
BALANCE = {
    "balanced": {},
    "slow D\n(a fifth)": {"rate_D": SLOW},
    "max–min\n(G: 5 steps)": {"g_steps": 5},
    "min–max\n(D: 5 steps)": {"k": 5},
}
runs = each(BALANCE.items(), "playing four settings over ten seeds", usual=45)
found = {name: covered(together(world, 600, **change)) for name, change in runs}
fig = figure(7.5, 3.2)
draw_counts(axes(fig)[0], found, most=8)
show(fig, alt=words(found))

# %% [markdown]
# One dot is one seed, the bar is the median. With equal rates and steps all eight modes are covered. Where $D$ takes
# five steps for each of $G$'s, nearly all are. Where $G$ is the quicker one, by its rate or by its steps, next to
# nothing is left. Networks, losses and noise are the same in all four: what differs is who answers whom. So why not
# always give $D$ many steps? Five cost three times as much per iteration, and a judge far ahead of its generator has
# troubles of its own, which lesson 06 is about. Of the remedies below, the first two ask no more steps of $D$, and the
# third asks for imagined ones only.
#
# Two more knobs. The noise: with `latent_dim` numbers going in, is one enough? And the task: how does
# the number of modes matter, for equal networks and an equal number of steps?


# %% name="noise-and-modes" demo=true folded="Plays eight more settings and draws the modes covered; a minute"
by_noise, by_modes = {}, {}
with working("playing eight settings over ten seeds", usual=60) as done:
    for count, d in enumerate((1, 2, 8, 32), 1):
        by_noise[f"{d} number{'s' * (d > 1)}"] = covered(together(world, 600, latent_dim=d))
        done(count / 8)
    for count, modes in enumerate((4, 8, 16, 32), 5):
        counts = covered(together(ring(modes, std=0.05), 600))
        by_modes[f"{modes} modes"] = [100 * number / modes for number in counts]
        done(count / 8)
fig = figure(9.5, 3.1)
left, right = axes(fig, 1, 2)
draw_counts(left, by_noise, most=8)
left.set(title="noise")
draw_counts(right, by_modes, most=100, label="% of modes covered")
right.set(title="ring of 4 to 32")
show(fig, alt=f"Left: {words(by_noise)} Right: {words(by_modes, 'percent of modes covered')}")

# %% [markdown]
# One number of noise draws a *string* through the plane. To visit eight places it must run through all
# the gaps between them, and fold sharply at each; in the same number of steps it finds few. From
# two numbers on there is room. The number of modes matters less than one might think: with a judge that
# keeps up, the same generator finds nearly all of 16 and all of 32. They stand closer together on the
# same circle, and a closed band passes through them all. What decides is the judge, not the count.
#
# Last, the case of *unlike places*: three bells of equal weight, one of them close to where an
# untrained generator starts. If a slow judge lets one mode win, which?


# %% name="unlike" demo=true folded="Plays ten seeds on three unlike places and draws which mode wins"
shares = torch.zeros(SEEDS, 3)
for seed, one in enumerate(together(unlike, 600, rate_D=SLOW)):
    with torch.no_grad():
        distance, nearest = torch.cdist(one.G(one.noise(2500)), unlike.modes).min(dim=1)
    shares[seed] = torch.bincount(nearest, minlength=3) / 2500
fig = figure(7.0, 2.8)
(ax,) = axes(fig)
bottom = torch.zeros(SEEDS)
for k, hatch in enumerate(("", "//", "..")):
    place = ", ".join(f"{x:g}".replace("-", "−") for x in unlike.modes[k].double().round(decimals=3).tolist())
    ax.bar(range(SEEDS), shares[:, k], bottom=bottom, color=PALETTE[k], hatch=hatch, label=f"mode at ({place})")
    bottom += shares[:, k]
ax.set(xlabel="seed", ylabel="share of samples nearest to", ylim=(0, 1))
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)
largest = ", ".join(f"{100 * share:.0f} %" for share in shares.max(dim=1).values)
show(fig, alt=f"Shares of samples nearest to each of three modes, a column for each seed. The largest: {largest}.")

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
# rows are the same, which is where it is needed most. One way is to add 1e-8, or less, to each variance before its
# root: for equal rows the number is then 1e-4 at most. Features may lie far from 0: there, too, it is right. A
# batch has at least two rows.

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


# %% test="minibatch_std" points=1

# %% [markdown]
# The real batch and the made batch go through $D$ **separately**: each has its own spread, and the
# difference is what gives a collapsed generator away. Remember this when you get to section 9.
#
# ### Packing
#
# Lin and others (2018) take the plainest way: give $D$ a *pack* of $m$ samples as one input, all real or all made.
# Their paper explains why it helps. A judge who is scored by how often it is right can at best tell how far two
# distributions are apart in **total variation**:
#
# $$d(p, q) = \tfrac12 \sum_x \lvert p(x) - q(x) \rvert.$$
#
# Take two bad generators. One drops a fifth of the data and is otherwise perfect. One covers everything, a bit too
# thinly here, too thickly there. Both can have the same distance 0.2 to the data: one sample at a time, a judge who is
# scored so cannot prefer the second. (The log loss of lesson 01 measures the Jensen–Shannon divergence instead, and
# can: 0.07 for the first, 0.02 for the second. Total variation is what the paper's theory is about.) Packs of $m$ come
# from the products $p(x_1) \cdots p(x_m)$ and $q(x_1) \cdots q(x_m)$. Is their distance the same, too?

# %% [markdown] exercise="packed_distance" stars=2 minutes=15
# ### Exercise 5: the distance of packs
#
# For distributions over $K$ values, given as two tensors of $K$ probabilities, return the total
# variation between packs of `m` independent samples of each: half the sum, over all $K^m$ packs, of
# the absolute differences of their probabilities. It is one number from 0 to 1 (up to rounding), a tensor or a plain
# number.

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
        one number from 0 to 1.
    """
    ### BEGIN SOLUTION
    packs_p, packs_q = p, q
    for _ in range(m - 1):
        packs_p, packs_q = torch.kron(packs_p, p), torch.kron(packs_q, q)
    return 0.5 * (packs_p - packs_q).abs().sum()
    ### END SOLUTION


# %% test="packed_distance" points=1

# %% [markdown] predict="packs"
# Two generators, both 0.2 from the data. One drops a fifth of the data and is perfect elsewhere; one covers
# everything, here too thinly, there too thickly. Now the judge sees packs of 8. Which one is farther from the data?
#
# - [x] the one that drops a fifth :: A pack of real samples that holds one of the dropped fifth gives it away at once,
#   and with eight samples most packs hold one.
# - [ ] the uneven one :: Its packs are a little unlike the data's everywhere, and never impossible.
# - [ ] both the same, as before :: Equal at one sample means nothing for eight.
#
# ---
# The curves start together and part at once.

# %% demo=true folded="Draws the distance of both generators over the size of a pack"
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
# At $m = 1$ both stand at 0.2. At $m = 2$ the one that drops a mode stands at 0.36, the other at 0.24. A packed judge
# sees the same flaws as before, and missing modes more than others. (The two generators are an example of the paper's.)
# The change to the code is small.

# %% [markdown] exercise="PackedDiscriminator" stars=2 minutes=15
# ### Exercise 6: a packed discriminator
#
# Write a network `PackedDiscriminator(m, dimension, width)`. It takes a batch of `n` samples, shape
# `(n, dimension)`, where `n` is a multiple of `m`, and returns one logit for each pack, shape
# `(n / m, 1)`. A pack is `m` rows that follow each other: rows 0 to m − 1 are the first.
#
# The samples of a pack are judged *together*: they enter the first layer side by side, as one input of `m * dimension`
# numbers (in what order within a pack is yours to choose), and there are two hidden layers of `width` units, each with
# an activation after it, as in `perceptron`. No other layer has weights, and nothing but activations stands between the
# layers: no normalization, no dropout.

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
# and it is the second that warns $G$ of crowding. Before you let PyTorch find both, find them once by hand, in the
# smallest game there is.

# %% [markdown] exercise="two_parts" stars=3 minutes=30
# ### Exercise 7: the two parts, step by step
#
# Real points $r_j$ and samples $x_i$ are numbers on a line. $D$ has a single weight: its logit is $w x$. $G$ may move
# each of its $n$ samples freely, so that $\theta_G$ is $(x_1, \dots, x_n)$ itself. With the losses of lesson 01
#
# $$L_D = \tfrac1m \textstyle\sum_j \log(1 + e^{-w r_j}) + \tfrac1n \sum_i \log(1 + e^{w x_i}), \qquad
# L_G = \tfrac1n \sum_i \log(1 + e^{-w' x_i}).$$
#
# $D$ looks one step ahead, at rate $\eta$. Work out five things, one after the other, as formulas (autograd may confirm
# them), and `yield` each as soon as you have it; the checks look at every step by itself, and take your earlier ones as
# they are.
#
# 1. the slope $s = \partial L_D / \partial w$ at the weight $w$: one number;
# 2. $D$'s answer $w' = w - \eta s$: one number;
# 3. the first part, $\partial L_G / \partial x_i$ with $w'$ held fixed: a number for each sample, shape `(n,)`;
# 4. how each sample moves the answer, $d w' / d x_i$: shape `(n,)`;
# 5. the whole gradient, $\partial L_G / \partial x_i + \partial L_G / \partial w' \cdot d w' / d x_i$: shape `(n,)`.

# %% [markdown] hints="two_parts"
# The derivative of $\log(1 + e^a)$ is $\sigma(a)$. All the rest is the chain rule, and in step 4 the product rule:
# the slope holds $x_i$ twice, in front of $\sigma$ and inside it.
# ---
# $s = \tfrac1n \sum_i x_i \sigma(w x_i) - \tfrac1m \sum_j r_j \sigma(-w r_j)$. Step 3:
# $-\tfrac1n w' \sigma(-w' x_i)$. Step 4:
# $-\tfrac{\eta}{n} \bigl[\sigma(w x_i) + w x_i\, \sigma(w x_i)\, \sigma(-w x_i)\bigr]$. In step 5
# $\partial L_G / \partial w' = -\tfrac1n \sum_i x_i \sigma(-w' x_i)$, one number for all.
# ---
# `made = torch.sigmoid(w * fake)` serves steps 1 and 4; `torch.sigmoid(-w * fake)` is `1 - made`. `len(fake)` is
# $n$. In steps 3 and 5 `sure = torch.sigmoid(-answer * fake)`; the pull is `-(fake * sure).mean()`, and step 5 is
# `first + pull * influence`.


# %% solution="two_parts"
def two_parts(w, real, fake, rate):
    """The unrolled gradient where D has one weight and looks one step ahead.

    Args:
        w: D's weight, a tensor of shape ().
        real, fake: real points, shape (m,), and G's samples, shape (n,).
        rate: of D's step, a number.

    Yields:
        slope and answer, of shape (); then the first part, the influence, and the whole gradient, each of shape (n,).
    """
    # Step 1: the slope of D's loss
    ### BEGIN SOLUTION
    made = torch.sigmoid(w * fake)
    slope = (fake * made).mean() - (real * torch.sigmoid(-w * real)).mean()
    yield slope
    ### END SOLUTION
    # Step 2: D's answer
    ### BEGIN SOLUTION
    yield (answer := w - rate * slope)
    ### END SOLUTION
    # Step 3: the first part
    ### BEGIN SOLUTION
    sure = torch.sigmoid(-answer * fake)
    yield (first := -answer * sure / len(fake))
    ### END SOLUTION
    # Step 4: how each sample moves the answer
    ### BEGIN SOLUTION
    yield (influence := -rate * (made + w * fake * made * (1 - made)) / len(fake))
    ### END SOLUTION
    # Step 5: both parts
    ### BEGIN SOLUTION
    yield first - (fake * sure).mean() * influence
    ### END SOLUTION


# %% test="two_parts" points=3

# %% [markdown] predict="who_feels_whom"
# Look at your five formulas. Through which of them does one sample feel where the *others* are?
#
# - [ ] through the first part :: For a given $w'$ it holds $x_i$ alone: each sample climbs by itself.
# - [ ] through the influence, step 4 :: It, too, holds $x_i$ alone.
# - [x] through $\partial L_G / \partial w'$, in the second part :: It is a mean over all samples. That is the term in
#   which a
#   crowd weighs more than one.
#
# ---
# The first part alone is the usual gradient: each sample for itself, up the hill. The second says what $D$ will
# make of all of them together.

# %% [markdown]
# Now the same two parts on the ring, at samples of the match of section 3. On the left the way that the first part
# pulls each of them, on the right the second; the colors are $D$'s answer. Where do the two agree?

# %% demo=true folded="Draws the two parts as arrows on the collapsed match's samples; D looks 5 steps ahead"
fake, real = match.G(match.noise(64)).detach().requires_grad_(), match.sample(64)
ahead: dict[str, torch.Tensor] = dict(match.D.named_parameters())
for _ in range(5):
    loss = match.d_loss(functional_call(match.D, ahead, (real,)), functional_call(match.D, ahead, (fake,)))
    slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
    ahead = {name: w - 0.3 * slope for (name, w), slope in zip(ahead.items(), slopes, strict=True)}
(both,) = torch.autograd.grad(match.g_loss(functional_call(match.D, ahead, (fake,))), fake, retain_graph=True)
fixed = {name: w.detach() for name, w in ahead.items()}
(alone,) = torch.autograd.grad(match.g_loss(functional_call(match.D, fixed, (fake,))), fake)
fig = figure(8.6, 4.0)
for ax, pull, title in zip(axes(fig, 1, 2), (-alone, alone - both), ("first part", "second part"), strict=True):
    draw_plane(ax, world, fake, lambda x: functional_call(match.D, fixed, (x,)), title)
    ax.quiver(*fake.detach().T, *pull.T, color="0.2", width=0.004, zorder=4)
show(
    fig,
    alt="Samples of the collapsed match twice, with arrows: on the left the first part, on the right the second.",
)

# %% [markdown]
# The first part climbs the colors as if they were to stay. The second asks how the colors would change if the samples
# moved: here and there it points the same way, and elsewhere it turns off. Where it does, $G$ leaves a way that $D$'s
# next answers would close.
#
# In a network nobody finds these derivatives by hand. The gradient steps of $D$ must themselves be differentiated,
# and PyTorch does that if it is asked to keep their graph.

# %% [markdown] exercise="unrolled_generator_step" stars=3 minutes=30
# ### Exercise 8: the unrolled step
#
# Make `fake = G(z)` once. Starting from $D$'s weights, take `steps` steps of plain gradient descent at
# rate `rate` on `d_loss(D(real), D(fake))`, all on these two batches. Then lower
# `g_loss(D(fake))`, with the imagined $D$, by one step of `opt_G`. Gradients must flow through
# everything, $D$'s steps included. Return that loss (from before $G$'s step) as a plain number.
#
# In the end $D$ itself must be as it was, and able to learn; what is left in its parameters' `.grad` does not
# matter, for
# $D$'s next step clears it. Gradients that an earlier step left in $G$ must not count, however you see to that. With
# `steps = 0` it is the generator's usual step. $D$ has neither dropout nor batch normalization.

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


# %% name="remedies" demo=true folded="Plays three remedies and none, and draws both numbers; a minute"
runs = each(REMEDIES[:-1], "playing three remedies and none, over ten seeds", usual=60)
slow = {remedy: together(world, remedy=remedy, rate_D=SLOW) for remedy in runs}
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
# (`python lessons/02_mixture_2d/bench.py --grid`, and the same with `--iterations 10000`.) Our rows say three things.
# The remedies find all modes of the ring early and hit them later. Given eight times as long, the plain game finds all
# of them, too, in five seeds of ten, and in four no more than one: collapse is a matter of luck and patience until a
# remedy makes it neither. And networks of 64 units with a slow judge do not learn the grid: where two samples of a
# hundred are good, blind and even scatter would hit 21 or 22 circles, and ours hit 18.
#
# Look at the two rows called "GAN". The same method, data of the same kind, the same way to count: 1 mode in one paper
# and 6.3 in the other, and on the grid 0.5 % against 94.8 % of good samples. What differs is everything a table does
# not show: networks, rates, batches, number of steps. So compare rows within a block, never across, and ours with
# nobody's: Lin and others train for 400,000 steps on batches of 100 packs, with a generator of four hidden layers of
# 400 units and a judge of three layers of 200 maxout units, on a ring of radius 1 with $s = 0.01$; we train for 1,200
# or 10,000, on batches of 64 samples, with 64 units, on a ring of radius 2 with $s = 0.05$. (VEEGAN adds a network that
# maps samples back to noise.)

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


# %% name="played" demo=true folded="A match for the panel: with rates to turn, and D's opinion of single points"
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
        others = int(self.remedy.split()[1]) - 1 if self.remedy.startswith("packing") else 0
        beside = [self.G(z[:others]).detach().expand(len(x), others, 2) for z in self.still]
        return sum(self.D(torch.cat([x[:, None], y], dim=1).reshape(-1, 2)) for y in beside) / len(beside)


def set_rate(opt, rate):
    opt.param_groups[0]["lr"] = rate


# %% name="playground" demo=true folded="Makes the panel"
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

# %% [markdown] exercise="twenty_five" challenge=true stars=3 minutes=40
# ### Exercise 9: an open challenge: the 25 modes of the grid
#
# With a slow judge and 1,200 iterations nobody in section 7 learned the grid. Can you do it in 600 *steps*, where
# each step of either player counts? You write the recipe; the game is played for you, on grids whose spacing and
# place you never see: eight games at once, of networks with two hidden layers, on real points with $s = 0.15$.
#
# Write `twenty_five(t)`. It is asked at the start, `t = 0`, and again every 20 iterations with the share `t` of the
# steps that are gone. It returns a dictionary; what you leave out is as in brackets.
#
# | | from the start to the end | |
# |---|---|---|
# | `"noise"` | a table of 1,000 to 10,000 noise vectors of 1 to 8 numbers, to draw from | [normal, 2] |
# | `"waves"` | up to 4 frequencies $f$: $D$ sees $\sin f x$ and $\cos f x$ of each coordinate, too | [none] |
# | `"width"`, `"batch"` | hidden units, 8 to 64; samples in a batch, 16 to 128 | [64], [64] |
# | `"k"`, `"pack"` | $D$'s steps for each of $G$'s, 1 to 5; samples in a pack, 1, 2 or 4 | [1], [1] |
# | `"minibatch_std"` | whether $D$ has the layer of exercise 4 | [False] |
# | `"loss"` | `"non_saturating"`, `"minimax"` or `"hinge"` | [the first] |
# | `"beta_1"` | of Adam, 0 to 0.99 | [0.5] |
# | | **asked again and again** | |
# | `"rate_G"`, `"rate_D"` | the learning rates, up to 0.1 | [0.001] each |
# | `"blur"` | normal noise of this size on all that $D$ sees, up to 5 | [0] |
#
# A mode is **held** if at least 50 of 2,500 samples lie within three standard deviations of it: half of its fair
# share, far more than scatter gives. What counts is how many of 25 are held, on average over the eight games: **2**
# for bronze, **9** for silver, **15** for gold. (Graders allow a little less.) The check takes some ten seconds, a
# minute at most.

# %% [markdown] hints="twenty_five"
# Two things make the grid hard. $G$ must tear one cloud of noise into 25 pieces, and $D$ must see hills that repeat
# themselves every two units. Each can be made easy before the game begins.
# ---
# What if the noise comes in pieces already? And which functions repeat themselves? Then look at the rates: high at
# first, so that much happens in few steps, and low at the end, so that it stays.
# ---
# `torch.cartesian_prod` of `torch.arange(5.0) - 2` with itself is a lattice of 25 places: repeat it 200 times and add
# a little normal noise. A frequency of 3 has a wavelength of about 2. A rate that falls is `2e-3 * (1 - 0.9 * t)`, and
# a blur that fades shows $D$ the rough shape first.


# %% solution="twenty_five"
def twenty_five(t):
    """How to play at this moment.

    Args:
        t: the share of the steps that are gone, from 0 to 1.

    Returns:
        a dictionary of settings; what it does not hold is as usual.
    """
    ### BEGIN SOLUTION
    lattice = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)
    noise = 0.7 * lattice.repeat(200, 1) + 0.07 * torch.randn(5000, 2)
    rate, blur = 2.5e-3 * (1 - 0.95 * t), max(0.0, 1 - 2 * t)
    return {"noise": noise, "waves": [1.5, 3.0], "rate_G": rate, "rate_D": rate, "blur": blur}
    ### END SOLUTION


# %% test="twenty_five" points=3

# %% [markdown]
# Whatever medal you won: none of your settings told $G$ where the modes are. What helped is that the noise has a
# *shape* like the data's, and that $D$ sees what it is to see. Real data come without such a plan.
#
# ## 9. What goes wrong
#
# Three colleagues report on the ring of 8. Each shows you the code (unfold it) and a picture. All of them use
# functions that pass every check of this lesson, and each of them is wrong.
#
# **A** has put the minibatch standard deviation into $D$, "and it does not help at all". To save time
# both batches go through $D$ as one.


# %% name="run-a" demo=true folded="A's code, and A's run: about 10 s"
class OneBatch(Match):
    """A's match."""

    def d_step(self):
        fake = self.G(self.noise(self.batch)).detach()
        logits = self.D(torch.cat([self.sample(self.batch), fake]))
        return descend(self.d_loss(*logits.chunk(2)), self.opt_D)

    def g_step(self):
        fake = self.G(self.noise(self.batch))
        logits = self.D(torch.cat([self.sample(self.batch), fake]))
        return descend(self.g_loss(logits.chunk(2)[1]), self.opt_G)


for seed in (0, 1, 2):  # as in section 3: one run in ten goes well whatever one does
    run_a, iterations = OneBatch(world, seed, remedy="minibatch std", rate_D=SLOW), quick(ITERATIONS, 10)
    for _ in each(play(run_a, iterations), "playing A's match", usual=6, total=iterations):
        pass
    if measure(run_a)[0] <= 4:
        break
print("A covers", measure(run_a)[0], "of 8")

# %% [markdown]
# **B** uses no remedy, and reports far more modes than section 3 found. "I put 250 samples aside every
# hundred iterations, and in the end I counted."

# %% name="run-b" demo=true folded="B's code, and B's run: about 10 s"
for seed in (1, 2, 3):
    run_b, aside, iterations = Match(world, seed, rate_D=SLOW), [], quick(ITERATIONS, 10)
    run = each(play(run_b, iterations), "playing B's match", usual=6, total=iterations)
    for number, _ in enumerate(run, 1):
        if number % quick(100, 2) == 0:
            with torch.no_grad():
                aside.append(run_b.G(run_b.noise(250)))
    if measure(run_b)[0] <= 4:
        break
print("B covers", count_modes(torch.cat(aside), world.modes, 0.05)[0], "of 8")

# %% [markdown]
# **C** packs pairs. "The loader hands out every real point twice in a row, as ours does for images, once
# plain and once mirrored; here the mirror does nothing. With packing it collapses worse than without."


# %% name="run-c" demo=true folded="C's code, C's run, and samples of all three: about 15 s"
class Twice(Match):
    """C's match."""

    def sample(self, n):
        return self.target.sample(n // 2).repeat_interleave(2, dim=0)


run_c, iterations = Twice(world, seed=2, remedy="packing 2"), quick(ITERATIONS, 10)
for _ in each(play(run_c, iterations), "playing C's match", usual=6, total=iterations):
    pass
print("C covers", measure(run_c)[0], "of 8")

fig = figure(9.0, 3.2)
runs = {"A": run_a.G(run_a.noise(500)), "B, what was put aside": torch.cat(aside)[::8], "C": run_c.G(run_c.noise(500))}
draw_planes(fig, {name: (world, samples.detach()) for name, samples in runs.items()}, columns=3)
show(fig, alt="Samples of the three colleagues' generators on the ring of eight.")

# %% [markdown] exercise="three_reports" stars=2 minutes=25
# ### Exercise 10: three reports
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

# %% [markdown] quiz="full_marks"
# A generator covers 8 of 8 modes with 100 % high quality. Is it a good model of the ring?
#
# - [ ] yes, neither number can be better :: Both are at their best, and both leave something out.
# - [x] not necessarily: its shares may be far from 1/8 each :: Neither number asks how often a mode is visited. The
#   "unfair" one of section 2 passes, and so does one that makes eight single points.
# - [ ] no, 100 % is more than the data themselves have :: True, but beside the point: of real points 1.1 % lie outside
#   three standard deviations. What makes a model of the ring good or bad is whether its shares are right.
#
# ---
# A test of the shares, or the average log density together with the spread, would see it.

# %% [markdown] quiz="huge_packs"
# A discriminator looks at packs of 64 samples, and its batches hold 64. What is the trouble?
#
# - [ ] none: the more samples it sees, the more collapse shows :: In a pack, yes. But it must learn from packs, too.
# - [x] each step has one real and one made pack to learn from :: Two examples for a network with 128 inputs. Large
#   packs
#   tell more per pack and leave fewer packs, and the first layer grows with $m$.
# - [ ] total variation does not grow any more from $m = 8$ on :: It does, up to 1.
#
# ---
# That is why the paper stops at 4.

# %% [markdown] quiz="detached"
# Someone writes the unrolled step with `fake = G(z).detach()` in $D$'s imagined steps, "since $D$'s step always
# detaches". What is lost?
#
# - [ ] nothing: $D$ learns the same :: $D$'s answer has the same value, and no slope in $G$ any more.
# - [ ] the first part of the gradient :: That one holds the answer fixed, as a constant: it stays.
# - [x] the second part of the gradient :: $D$'s answer becomes a constant. $G$ plays against a $D$ some steps ahead,
#   but
#   cannot foresee that its own crowding causes that answer.
#
# ---
# In $D$'s *real* step one detaches, since nothing behind the samples should learn. Here it should.

# %% [markdown] quiz="packed_optimum"
# With $p = q$, can a packed discriminator do better than an ordinary one?
#
# - [ ] yes, it sees more at once :: More of the same: packs of both kinds have the same distribution.
# - [x] no, at no $m$ :: If samples and data have one distribution, so have packs of them: distance 0.
# - [ ] yes, but only at large $m$ :: The product of equal distributions is equal, however long it is.
#
# ---
# The game has the same solution, and only the way there differs.

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

# %% demo=true folded="Draws what you have built: the middle of five games without your remedy, and with it"
played = [together(world, seeds=quick(5, 1), rate_D=SLOW, remedy=remedy) for remedy in REMEDIES[:2]]
middle = [sorted(five, key=lambda match: measure(match)[0])[len(five) // 2] for five in played]
fig = figure(8.6, 4.0)
for ax, one, title in zip(axes(fig, 1, 2), middle, ("a slow judge", "the same, with your layer"), strict=True):
    draw_plane(ax, world, one.G(one.noise(600)), title=f"{title}: {measure(one)[0]} of 8")
show(
    fig,
    alt="Samples of two generators on the ring of eight: without a remedy, and with your minibatch_std.",
)

# %% [markdown] last=true
# ## What you have built
#
# You have a sampler and an exact density of worlds with many modes, and two numbers that say how many of them a
# generator has found. You can make a GAN collapse on purpose, over ten seeds, and name the player to blame. And you
# have three remedies, two for the judge and one for the generator, written by hand and measured against the same
# slow judge.
#
# **The same at full scale.** The papers play these games with larger networks, for longer, and then on pictures:
#
# | | here | in the papers |
# |---|---|---|
# | ring and grid | 64 units, 1,200 steps, 64 samples | 400 units in $G$, 400,000 steps, 100 packs (Lin and others) |
# | packing | packs of 2 and 4, on points | packs of 2 to 4, also on triples of digits (stacked MNIST) |
# | unrolled | 5 steps, on points | 5 to 10 steps, also on digits and small photographs (Metz and others) |
# | minibatch standard deviation | on a list of features | on maps of features, of faces of 1024 × 1024 pixels |
# | counted by | places that we know | a classifier that names what was made |
#
# What does not carry over is the count: of photographs nobody has a list of the modes.
#
# **Next:** the same two steps, with networks that make pictures, and with faces instead of points.
