# %% [markdown] builds="the whole game in one dimension: losses, the best discriminator, Algorithm 1" hours=3 stars=1
# # 01 · One bell curve
#
# Two small networks play a game. One makes numbers. The other tries to tell them from real ones.
# Neither is ever shown the formula of the bell curve, yet at the end the first one draws from it.
# This lesson builds the whole game by hand, in the smallest world where every part can be seen.
#
# **You will be able to**
#
# - tell an *explicit* model, which can score, from an *implicit* one, which can only sample;
# - write the discriminator's loss and both of the generator's, and say which one learns when;
# - derive the best possible discriminator and the value of the game, −log 4, at its end;
# - run Algorithm 1 of the paper with $k$ inner steps, without one player moving the other;
# - look at a run that fails and name what is wrong with it.
#
# **Time:** about three hours with the challenge, of which the machine works about a minute. No GPU is needed.
# **Builds on:** Python, some PyTorch (tensors, `backward`, an optimizer), the normal distribution.

# %% [markdown]
# ![An animation. A blue bell curve around 5 stays still. An orange curve, the generator's, starts as
# a spike at 0, travels right until it stands on the blue one, and widens into the same shape. A green
# dashed line, the discriminator's verdict, swings from side to side and settles near one half where there are
# numbers.](images/game.gif)
#
# *What you will build: the data (blue), the generator's numbers (orange), and the discriminator's
# verdict at each point (green, dashed; faint where there are next to no numbers to judge). The thin lines below
# show where the generator sends each noise value. When nobody can tell real from made, the green line lies close to ½
# wherever there are numbers.*

# %% name="setup"
import math

import torch
import torch.nn.functional as F
from scipy.stats import gaussian_kde
from torch import nn

from gancourse import keepsake, quick, seed_everything, show
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.toys import Gaussian1D
from gancourse.metrics import wasserstein_1d
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, draw_game, figure
from gancourse.widgets import Knob, LiveTraining, watch

check = public("01_gaussian_1d")
torch.set_num_threads(1)  # for the whole lesson: networks this small are faster on one core than on several
seed_everything(0)

# %% [markdown]
# ## 1. Learning to draw
#
# A classifier learns to answer questions about data. A *generative* model learns to make more of
# them. Show it faces, and it should draw new faces; show it numbers, and it should draw new numbers
# from the same source. Our source is a bell curve, $\mathcal{N}(5, 1)$. We pretend not to know it
# and look at 200 draws.
#
# There are two ways to go about it. An **explicit** model writes down a density $q(x)$ and fits it. A kernel density
# estimate is the plainest: put a small bump on every data point and add them up. An **implicit** model writes down no
# density at all. It takes noise $z$, here a number drawn evenly from −1 to 1 (from the *uniform* distribution), and
# turns it into a sample: $x = G(z)$.

# %% name="target"
target = Gaussian1D(mean=5.0, std=1.0)


def sample_real(n=256):
    """n draws from the source, shape (n, 1)."""
    return target.sample(n)


def sample_noise(n=256):
    """n noise values, uniform between −1 and 1, shape (n, 1)."""
    return 2 * torch.rand(n, 1) - 1


# %% name="networks"
def two_layers(width=64):
    """One number in, one number out, and `width` hidden units between them."""
    return nn.Sequential(nn.Linear(1, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))


# %% [markdown]
# Compare the two on the same 200 numbers. Look at what each one can be asked: on the left we read
# off a density at any $x$; on the right there is nothing to read off, only samples to count.

# %% demo=true folded="Draws the 200 numbers with a density estimate, and samples of an untrained generator"
data = sample_real(200)
kde = gaussian_kde(data.flatten().numpy())
untrained = two_layers()
x = torch.linspace(-2, 10, 300)

fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2, sharex=True)
left.hist(data.flatten().numpy(), bins=25, density=True, color=REAL, alpha=0.25, label="data")
left.plot(x, kde(x.numpy()), color=PALETTE[3], lw=2, label="kernel density estimate")
at_4 = kde(4.0)[0]
left.annotate(f"q(4) = {at_4:.2f}", (4.0, at_4), (0.0, 0.3), arrowprops={"arrowstyle": "->"})
samples = untrained(sample_noise(2000)).detach().flatten()
right.hist(samples.numpy(), bins=25, density=True, color=FAKE, alpha=0.6, label="samples of an untrained G")
for ax, title in ((left, "explicit: it can score"), (right, "implicit: it can only sample")):
    ax.plot(x, target.density(x), color=REAL, ls=":", lw=2, label="the truth")
    ax.set(title=title, xlabel="x")
    ax.legend(fontsize=9)
show(
    fig,
    alt="Left: a histogram of the data, and a density estimate close to the true bell curve around 5; an arrow reads "
    "off its value at 4. Right: samples of an untrained generator, a narrow pile near 0.",
)

# %% [markdown]
# The kernel density estimate did well, and without any training. In one dimension it is hard to
# beat. In the 3,072 dimensions of a color image of 32 × 32 pixels it is hopeless: bumps around 200 images say
# nothing about a new one. The implicit model has the opposite temper. Sampling costs one pass
# through a network in any dimension. But how do we train it, if it has no density to fit?
#
# ## 2. The game
#
# Goodfellow and others (2014) had the idea to let a second network judge. The **discriminator**
# $D(x)$ gives the probability that $x$ is real. It learns to be right; the **generator** $G$ learns
# to make it wrong. In one line:
#
# $$\min_G \max_D \; V(D, G) = \mathbb{E}_{x \sim p}\,[\log D(x)] + \mathbb{E}_{z}\,[\log(1 - D(G(z)))].$$
#
# The first term is large when real points are called real. The second is large when made ones are
# called made. Both logarithms are at most 0, so $V$ is too.
#
# Our networks return a **logit** $l$, any real number, and $D = \sigma(l) = 1/(1 + e^{-l})$. Logits keep the sums safe:
# in single precision, PyTorch's usual one, $\log \sigma(l)$ is exact for $l = -200$, while $\sigma(-200)$ has long been
# rounded to 0 and its logarithm to $-\infty$.

# %% [markdown] exercise="discriminator_loss" stars=1 minutes=10
# ### Exercise 1: the discriminator's loss
#
# The discriminator maximizes $V$; optimizers minimize. So its loss is $-V$, with each expectation
# replaced by the mean over a batch:
#
# $$L_D = -\tfrac1n \textstyle\sum_i \log D(x_i) \; - \; \tfrac1m \sum_j \log\bigl(1 - D(G(z_j))\bigr).$$
#
# Write it for two batches of *logits*. The two means are added, not averaged. The result is one
# number that can be differentiated. It and its gradient are right (not only finite) at logits of ±200.

# %% [markdown] hints="discriminator_loss"
# $D$ solves an ordinary two-class problem: real points have label 1, made points label 0. The loss
# is the cross-entropy you know, once per batch.
# ---
# With $D = \sigma(l)$: $-\log D = \log(1 + e^{-l})$ and $-\log(1 - D) = \log(1 + e^{l})$. The
# function $\log(1 + e^{a})$ is called softplus.
# ---
# `F.binary_cross_entropy_with_logits(logits, labels)` averages over the batch and is exact for
# large logits; labels come from `torch.ones_like` and `torch.zeros_like`. `F.softplus` does as
# well, with the right sign in front of each batch of logits.


# %% solution="discriminator_loss"
def discriminator_loss(real_logits, fake_logits):
    """D's loss on a batch of real points and one of made points.

    Args:
        real_logits: D's logits on real points, shape (n, 1).
        fake_logits: D's logits on made points, shape (m, 1).

    Returns:
        one number, a tensor of shape ().
    """
    ### BEGIN SOLUTION
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    ### END SOLUTION


# %% test="discriminator_loss" points=2

# %% [markdown]
# ## 3. Two losses for the generator
#
# The generator appears in one term of $V$ only. Taking the game at its word, it minimizes
# $\log(1 - D(G(z)))$: the **minimax** loss. The paper then says, in section 3, that this works badly
# at the start, when made points are easy to spot, and proposes to minimize $-\log D(G(z))$ instead:
# the heuristic, **non-saturating** loss. Both go down as $D$ is fooled more. You will write both and
# then see why the second is the one people use.

# %% [markdown] exercise="generator_losses" stars=1 minutes=10
# ### Exercise 2: both losses of the generator
#
# Write both for a batch of logits, and return them as a pair (a tuple or a list): first the minimax loss,
# $\tfrac1m \sum_j \log\bigl(1 - D(G(z_j))\bigr)$, then the non-saturating one,
# $-\tfrac1m \sum_j \log D(G(z_j))$. Each is one number, right at logits of ±200 too, as is its gradient.

# %% [markdown] hints="generator_losses"
# The first you have written already, as the second part of $D$'s loss, with the opposite sign. For the second: $G$
# wants its points called real. Pretend they are, and take the cross-entropy.
# ---
# $\log(1 - \sigma(l)) = -\log(1 + e^{l})$ and $-\log \sigma(l) = \log(1 + e^{-l})$.
# ---
# Each is the mean of `F.softplus(…)`: once of the logits, with a minus sign in front of the mean, once of the negative
# logits. `F.logsigmoid` does as well.


# %% solution="generator_losses"
def generator_losses(fake_logits):
    """G's two losses on a batch of made points.

    Args:
        fake_logits: D's logits on made points, shape (m, 1).

    Returns:
        (mean log(1 − D), −mean log D): minimax and non-saturating, two tensors of shape ().
    """
    ### BEGIN SOLUTION
    return -F.softplus(fake_logits).mean(), F.softplus(-fake_logits).mean()
    ### END SOLUTION


# %% test="generator_losses" points=2


# %% name="one-loss" folded="Gives each of your two losses a name of its own"
def minimax_generator_loss(fake_logits):
    return generator_losses(fake_logits)[0]


def non_saturating_generator_loss(fake_logits):
    return generator_losses(fake_logits)[1]


# %% [markdown]
# Now plot both against the logit, with their slopes, which is what learning feels. A confident
# discriminator sends made points far to the left. Look at the two slopes there.

# %% [markdown] predict="who_speaks_up"
# Before you see the slopes: $D$ is almost sure that a point is made, $D = 0.001$. Which of the two losses still
# pushes $G$?
#
# - [ ] the minimax loss, $\log(1 - D)$ :: Look at its curve where $D$ is sure, at the far left: it is flat there.
# - [x] the non-saturating loss, $-\log D$ :: Its slope is $D - 1$, almost −1: it is steepest exactly there.
# - [ ] both equally, for both fall as $D$ is fooled more :: They share the direction, not the slope.
#
# ---
# At the far left of the figure one slope is 0, the other −1. With the first, a generator that is losing is told that
# it fails, and not which way to go.

# %% demo=true folded="Draws the two losses and their slopes against the logit"
logit = torch.linspace(-8, 8, 161, requires_grad=True)
fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2, sharex=True)
for loss, name, color, dash in (
    (minimax_generator_loss, "minimax, log(1 − D)", PALETTE[3], "--"),
    (non_saturating_generator_loss, "non-saturating, −log D", FAKE, "-"),
):
    values = torch.stack([loss(one.reshape(1, 1)) for one in logit])
    (slope,) = torch.autograd.grad(values.sum(), logit)
    left.plot(logit.detach(), values.detach(), color=color, ls=dash, lw=2, label=name)
    right.plot(logit.detach(), slope, color=color, ls=dash, lw=2, label=name)
for ax, title in ((left, "the loss of one made point"), (right, "its derivative")):
    ax.set(title=title, xlabel="logit:  sure it is made  ←   → sure it is real")
    ax.axvspan(-8, -4, color="0.5", alpha=0.12)
left.legend(fontsize=9)
show(
    fig,
    alt="Two plots against the logit. Left, both losses fall to the right, each flat at one end. "
    "Right, their derivatives, between −1 and 0: where one is near 0 the other is near −1.",
)

# %% [markdown]
# In the gray zone, where made points are spotted with confidence, the minimax curve is flat. Its
# slope is almost 0: the generator is told that it fails, and not which way to go. The non-saturating
# curve is steepest exactly there. It goes flat on the right instead, where the generator has won
# already. For each made point both losses go down the same way, toward a higher logit; they differ in *when* they
# speak up. So in a batch they weigh the points differently: one listens to those that fool $D$ already, the other to
# those that do not.

# %% [markdown] exercise="generator_gradients" stars=2 minutes=15
# ### Exercise 3: the slopes, as formulas
#
# Take one made point with logit $l$ and $D = \sigma(l)$. Find the derivative of its minimax loss
# $\log(1 - \sigma(l))$ and of its non-saturating loss $-\log \sigma(l)$ with respect to $l$, and
# return both for a whole tensor of logits, as a pair (a tuple or a list): minimax first, each in the shape of the
# input. It is the derivative of each point's own loss that is asked, so nothing is divided by the batch size.
#
# It should be right at logits of ±200 too, and the same when it is asked twice. With pencil and paper
# it is two lines. Asking autograd is allowed, but then the logits you are given may not require a
# gradient yet; the pencil teaches more.

# %% [markdown] hints="generator_gradients"
# Use the chain rule with $\sigma'(l) = \sigma(l)(1 - \sigma(l))$. Most of it cancels.
# ---
# $\dfrac{d}{dl} \log(1 - \sigma) = \dfrac{-\sigma(1 - \sigma)}{1 - \sigma}$ and
# $\dfrac{d}{dl}\bigl(-\log \sigma\bigr) = \dfrac{-\sigma(1 - \sigma)}{\sigma}$. Cancel.
# ---
# Compute `d = torch.sigmoid(fake_logits)` once. Both answers are one short expression in `d`; check
# them against the plot: at the far left the first is near 0, the second near −1.


# %% solution="generator_gradients"
def generator_gradients(fake_logits):
    """The derivative of each point's loss with respect to its logit.

    Args:
        fake_logits: any shape.

    Returns:
        (minimax, non_saturating): two tensors of the same shape.
    """
    ### BEGIN SOLUTION
    d = torch.sigmoid(fake_logits)
    return -d, d - 1
    ### END SOLUTION


# %% test="generator_gradients" points=1

# %% demo=true folded="Draws how hard each loss pushes, from an undecided D to one that is almost sure"
judged = torch.logspace(math.log10(0.5), -3, 50)
pushes = [part.abs() for part in generator_gradients(torch.logit(judged))]
fig = figure(6.5, 3.0)
(ax,) = axes(fig)
ax.loglog(judged, pushes[0], color=PALETTE[3], ls="--", lw=2, label="minimax")
ax.loglog(judged, pushes[1], color=FAKE, lw=2, label="non-saturating")
ax.invert_xaxis()
ax.set(xlabel="D on a made point: undecided ← → sure", ylabel="size of the slope", title="who pushes how hard")
ax.legend(fontsize=9)
show(fig, alt="The size of both slopes against D on a made point, from ½ to 0.001, on logarithmic axes.")

# %% [markdown]
# At $D = ½$ the two push equally hard. Against a discriminator that gives a made point one chance in
# a thousand, the non-saturating loss pushes $(1 - D)/D = 999$ times harder.
#
# ## 4. The best discriminator, and what the game is worth
#
# Hold $G$ still and let $D$ be any function at all. Write the density of the data as $p$ and that of
# the generator's samples as $q$. Then $V$ is an integral,
#
# $$V(D, G) = \int \bigl[\, p(x) \log D(x) + q(x) \log(1 - D(x)) \,\bigr]\, dx,$$
#
# and $D$ may be chosen at each $x$ by itself. For fixed $p$ and $q$ the bracket is a hill in $D$. Where is its top, and
# how high is it? The paper answers in a few lines (section 4, proposition 1 and theorem 1). Here you fill them in.

# %% [markdown] exercise="derivation" stars=3 minutes=35
# ### Exercise 4: the derivation, step by step
#
# Write six short steps. Each is asked for by its number and checked by itself: a step that is wrong takes no other
# with it. `p`, `q` and `d` hold the two densities and the discriminator's outputs at points of a grid that are `dx`
# apart. Leave them as they are. Nobody will differentiate through your steps.
#
# 1. **What each point adds to $V$**: the bracket, at each point. A discriminator may be sure where it is right to be:
#    count $0 \cdot \log 0$ as 0. Where it is sure and wrong, the bracket is $-\infty$, without any bound.
# 2. **The slope**: the derivative of step 1 with respect to $D$, at each point, for $D$ strictly between 0 and 1.
# 3. **The top, $D^*$**: the $D$ at which that slope is 0, at each point. It must hold in the tails, however small
#    both densities are, in single and in double precision. Where both are 0 nothing is known: ½.
# 4. **$V$ at the top**: put $D^*$ into step 1, replace the integral by the plain sum over the grid times `dx`, and
#    return that number. Mind points where $D^*$ rounds to 1: $1 - D^*$, as the difference, is 0 there, and the
#    logarithm $-\infty$, although $q$ is not quite 0. Where both densities are 0 nothing is added.
# 5. **The divergence**: with the middle $m = (p + q)/2$, the Jensen–Shannon divergence is
#    $\mathrm{JSD} = \tfrac12 \sum p \log\tfrac{p}{m}\,\Delta x + \tfrac12 \sum q \log\tfrac{q}{m}\,\Delta x$.
#    A density of 0 adds nothing.
# 6. **The rest**: what is left of step 4 when 2 · JSD is taken off. It knows nothing of how $p$ and $q$ overlap: it
#    takes no more than the two sums $\sum p\,\Delta x$ and $\sum q\,\Delta x$. (On a grid that holds all of both
#    densities each is 1; do not count on it.)

# %% [markdown] hints="derivation"
# Steps 1 to 3 are a school exercise: a function, its derivative, and where that is 0. For step 4 write $1 - D^*$ as a
# fraction, too. For step 6 compare the logarithms in steps 4 and 5: what is $\log\frac{p}{p+q}$ beside
# $\log\frac{p}{m}$?
# ---
# The derivative of $\log(1 - D)$ is $-1/(1 - D)$. From $p/D = q/(1 - D)$ follows $p(1 - D) = qD$. Then
# $1 - D^* = q/(p + q)$. And $\log\frac{p}{p + q} = \log\frac{p}{m} - \log 2$, and so for $q$.
# ---
# `torch.xlogy(a, b)` is `a * log(b)`, and 0 where `a` is 0. `torch.where(condition, a, b)` picks element by element.
# In step 4 `derivation(3, q, p)` gives $1 - D^*$ without a difference. The sums in step 5 come from
# $p \log p + q \log q - 2\,m \log m$. In step 6 each of the two sums takes a factor $-\log 2$.


# %% solution="derivation"
def derivation(step, p, q, d=0.5, dx=1.0):
    """One step, 1 to 6, for densities p and q and, in steps 1 and 2, outputs d of a discriminator.

    Returns:
        steps 1 to 3: a tensor in the shape of p; steps 4 to 6: one number for the whole grid.
    """
    if step == 1:  # what each point adds to V
        ### BEGIN SOLUTION
        return torch.xlogy(p, d) + torch.xlogy(q, 1 - d)
        ### END SOLUTION
    if step == 2:  # its slope in D
        ### BEGIN SOLUTION
        return p / d - q / (1 - d)
        ### END SOLUTION
    if step == 3:  # D*, where the slope is 0
        ### BEGIN SOLUTION
        total = p + q
        return torch.where(total > 0, p / total, torch.full_like(total, 0.5))
        ### END SOLUTION
    if step == 4:  # V at D*
        ### BEGIN SOLUTION
        real, fake = derivation(3, p, q), derivation(3, q, p)
        return (torch.xlogy(p, real) + torch.xlogy(q, fake)).sum() * dx
        ### END SOLUTION
    if step == 5:  # the Jensen–Shannon divergence
        ### BEGIN SOLUTION
        m = (p + q) / 2
        return (torch.xlogy(p, p) + torch.xlogy(q, q) - 2 * torch.xlogy(m, m)).sum() * dx / 2
        ### END SOLUTION
    if step == 6:  # the rest
        ### BEGIN SOLUTION
        return -math.log(2) * (p + q).sum() * dx
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="derivation" points=4

# %% [markdown]
# Step 3 is
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)},$$
#
# Bayes' rule: the probability that $x$ is real if half of all points are. Steps 4 to 6 are the paper's theorem: the
# best discriminator's value is
#
# $$V(D^*, G) = -\log 4 + 2\,\mathrm{JSD}(p, q),$$
#
# a constant and a distance between samples and data. The divergence is 0 for equal densities only, and at most log 2.
#
# Next, a made bell curve moves from far left to right over the data, and the best discriminator plays against it
# at each place.

# %% [markdown] predict="far_away"
# The made bell curve stands 10 widths from the data. It moves a little closer. What happens to $V(D^*, G)$, which $G$
# tries to make small?
#
# - [ ] it falls, by about as much as anywhere :: It would, if the divergence grew with the distance. It is at most
#   log 2, and there it is that already.
# - [x] next to nothing :: Two curves that hardly overlap are told apart with certainty. A little closer they still
#   are.
# - [ ] it falls more than when the curves are close :: Far away there is much to win, but the value does not tell the
#   way.
#
# ---
# The valley is flat far from the data, and steep on the slopes near it. A perfect judge tells a generator that is far
# off nothing about the way home. This is the flat part of the minimax loss once more.

# %% demo=true name="valley" folded="Draws D* against three made curves, and what the game is worth for every place"
grid = torch.linspace(-15, 25, 4001, dtype=torch.float64)
p = target.density(grid)
centers = torch.linspace(-7, 17, 97).tolist()
made = [Gaussian1D(center).density(grid) for center in centers]
values = [float(derivation(4, p, q, dx=0.01)) for q in made]
again = [float(derivation(6, p, q, dx=0.01) + 2 * derivation(5, p, q, dx=0.01)) for q in made]
fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2)
left.fill_between(grid, p, color=REAL, alpha=0.25, label="data")
for center, dash in ((1.0, ":"), (4.0, "--"), (5.0, "-")):
    q = Gaussian1D(center).density(grid)
    left.plot(grid, q, color=FAKE, ls=dash)
    left.plot(grid, derivation(3, p, q), color=JUDGE, ls=dash, lw=2, label=f"D* against N({center:g}, 1)")
left.set(xlim=(-2, 10), xlabel="x", title="the best discriminator")
left.legend(fontsize=8.5)
right.plot(centers, values, color=JUDGE, lw=2, label="V at D*")
right.plot(centers[::4], again[::4], "o", color=FAKE, ms=4, label="the rest + 2 JSD")
right.axhline(-math.log(4), color="0.4", ls=":")
right.text(-7, -math.log(4) + 0.03, "−log 4", color="0.35")
right.set(xlabel="center of the made bell curve", title="what the game is worth")
right.legend(fontsize=8.5)
show(fig, alt="Left: D* against three made curves. Right: V at D* for every place of the made curve, one valley.")

# %% [markdown]
# On the left $D^*$ is a steep step against samples around 1, a gentle slope against 4, and flat at ½ against 5. On the
# right the value is lowest, −log 4, exactly where the two curves are the same, and steps 5 and 6 give the same curve
# as step 4. The paper proves it for all densities. So whoever minimizes $V(D^*, G)$ finds the data, and a *loss of $D$
# near* $\log 4 \approx 1.386$ is what a finished game looks like.
#
# ## 5. Taking turns
#
# In practice neither player is best at anything. They take turns with small steps:
#
# > **Algorithm 1** (Goodfellow and others, 2014). Repeat: *k* times, draw a batch of noise and a
# > batch of data, and move $D$ one step to raise $V$. Then draw a batch of noise and move $G$ one step.
#
# The delicate part is to move one network without touching the other. The computation of
# $D(G(z))$ runs through both, and `backward()` leaves gradients wherever it passes.

# %% [markdown] exercise="discriminator_step" stars=2 minutes=15
# ### Exercise 5: one step of the discriminator
#
# Given both networks, $D$'s optimizer, a loss, a batch `real` and a batch of noise `z`: compute
# `loss(D(real), D(G(z)))` on exactly these batches (by one call of $D$ or by two), move $D$ by one step of the
# optimizer you are given, and return that loss (from before the step) as a plain number, not as a tensor. $G$ must
# not move, must not receive a gradient, and must be able to learn afterwards. Gradients that an earlier step left in
# $D$ must not count. Use the `loss` you are given, once.

# %% [markdown] hints="discriminator_step"
# Every training step has the same four parts: clear old gradients, compute the loss, go backward,
# step. Here the samples of $G$ should arrive at $D$ as plain numbers, with no memory of $G$.
# ---
# The gradient wanted is $\nabla_{\theta_D} L(D(x), D(\hat x))$ with $\hat x = G(z)$ held constant.
# `tensor.detach()` holds a tensor constant; so does computing it under `torch.no_grad()`.
# ---
# `fake = G(z).detach()`, then the loss, then `opt_D.zero_grad()`, `value.backward()`,
# `opt_D.step()`, and `value.item()` for the caller.


# %% solution="discriminator_step"
def discriminator_step(G, D, opt_D, loss, real, z):
    """Move D one step.

    Args:
        G, D: the networks; opt_D: the optimizer of D's parameters.
        loss: a function of (real_logits, fake_logits).
        real, z: data and noise, shape (n, 1).

    Returns:
        the loss before the step, a plain number.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        fake = G(z)
    value = loss(D(real), D(fake))
    opt_D.zero_grad()
    value.backward()
    opt_D.step()
    return value.item()
    ### END SOLUTION


# %% test="discriminator_step" points=2

# %% [markdown] exercise="generator_step" stars=2 minutes=10
# ### Exercise 6: one step of the generator
#
# Compute `loss(D(G(z)))` once, move $G$ by one step of the optimizer you are given, and return that
# loss (from before the step) as a plain number, not as a tensor. $D$ must not move, and must be able to learn
# afterwards. Gradients that an earlier step left in $G$ must not count. That `backward()` leaves
# gradients in $D$ does no harm: you clear them at the start of $D$'s next step.

# %% [markdown] hints="generator_step"
# The same four parts. This time the gradient *must* pass through $D$ to reach $G$, so nothing may
# be detached between them. Who moves is decided by which optimizer steps.
# ---
# $\nabla_{\theta_G} L(D(G(z)))$: the chain rule goes back through $D$ into $G$, and only $\theta_G$ is
# updated.
# ---
# `value = loss(D(G(z)))`, then clear, backward, and `opt_G.step()`. There is no `real` here at all:
# the generator never sees a data point.


# %% solution="generator_step"
def generator_step(G, D, opt_G, loss, z):
    """Move G one step.

    Args:
        G, D: the networks; opt_G: the optimizer of G's parameters.
        loss: a function of (fake_logits).
        z: noise, shape (n, 1).

    Returns:
        the loss before the step, a plain number.
    """
    ### BEGIN SOLUTION
    value = loss(D(G(z)))
    opt_G.zero_grad()
    value.backward()
    opt_G.step()
    return value.item()
    ### END SOLUTION


# %% test="generator_step" points=2

# %% [markdown] exercise="algorithm_1" stars=3 minutes=20
# ### Exercise 7: Algorithm 1
#
# Put the turns in order. Here the steps are given as functions that know their networks:
# `discriminator_step(real, z)` and `generator_step(z)` each take a step and return a loss, and
# `sample_real()` and `sample_noise()` each draw a fresh batch.
#
# In every iteration $D$ takes $k$ steps, each on fresh data and fresh noise; then $G$ takes one, on
# fresh noise again. After each iteration `yield` the pair (loss of $D$'s last step, loss of $G$'s
# step). A function with `yield` gives an iterator: it waits after each iteration until the next one is
# asked for. That is what will let us pause, watch and steer the training. ($k$ is at least 1. An iterator of another
# kind is as good, if it waits.)

# %% [markdown] hints="algorithm_1"
# Two loops, one inside the other. The generator's step and the `yield` belong to the outer one.
# ---
# For each iteration: $k \times$ (`real`, `z` → step of $D$), then `z` → step of $G$, then `yield`.
# ---
# `for _ in range(iterations):` around `for _ in range(k):` around
# `d_loss = discriminator_step(sample_real(), sample_noise())`. After the inner loop comes `g_loss = …`,
# then `yield d_loss, g_loss`.


# %% solution="algorithm_1"
def algorithm_1(discriminator_step, generator_step, sample_real, sample_noise, iterations, k):
    """Play the game, one iteration per next().

    Args:
        discriminator_step: takes (real, z), returns D's loss.
        generator_step: takes (z), returns G's loss.
        sample_real, sample_noise: take nothing, return a fresh batch.
        iterations, k: how many iterations, and steps of D in each.

    Yields:
        (D's last loss, G's loss) after each iteration.
    """
    ### BEGIN SOLUTION
    for _ in range(iterations):
        for _ in range(k):
            d_loss = discriminator_step(sample_real(), sample_noise())
        g_loss = generator_step(sample_noise())
        yield d_loss, g_loss
    ### END SOLUTION


# %% test="algorithm_1" points=3

# %% [markdown]
# ## 6. Let them play
#
# A match holds two networks, their optimizers, and how the game went so far. Three choices in it
# matter. $D$ learns ten times faster than $G$, so that it stays near its best. The optimizer is Adam
# with its momentum ($\beta_1$) off: momentum keeps going the old way after the opponent has moved.
# And both rates fall to 0 along the way, which lets the players settle instead of circling.


# %% name="match"
class Match:
    """Two networks, their optimizers, and the game so far."""

    def __init__(self, seed=0, width=64, k=1, rate=1e-3, d_speed=10, beta_1=0.0, minimax=False):
        seed_everything(seed)
        self.G, self.D = two_layers(width), two_layers(width)
        adam = {"betas": (beta_1, 0.999), "fused": True}
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, **adam)
        self.opt_D = torch.optim.Adam(self.D.parameters(), rate * d_speed, **adam)
        self.k, self.losses = k, []
        self.g_loss = minimax_generator_loss if minimax else non_saturating_generator_loss

    def step_D(self, real, z):
        return discriminator_step(self.G, self.D, self.opt_D, discriminator_loss, real, z)

    def step_G(self, z):
        return generator_step(self.G, self.D, self.opt_G, self.g_loss, z)

    def play(self, iterations):
        """Your Algorithm 1, one iteration per next()."""
        for losses in algorithm_1(self.step_D, self.step_G, sample_real, sample_noise, iterations, self.k):
            self.losses.append(losses)
            yield self


# %% name="train"
def train(match, iterations):
    """Play while both learning rates fall to 0 along a straight line."""
    schedules = [torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, iterations) for opt in (match.opt_G, match.opt_D)]
    for _ in match.play(iterations):
        for schedule in schedules:
            schedule.step()
        yield match


# %% [markdown] predict="where_it_ends"
# The generator is going to learn well. Where will its (non-saturating) loss stand at the end, compared with the first
# iteration, when both networks were untrained?
#
# - [ ] far below: it gets better and better at fooling $D$ :: It does get better, but so does $D$. A loss tells how one
#   stands against the other.
# - [x] about where it began :: Two untrained networks are as undecided as two that are done: $D$ says about ½ of
#   everything, and $-\log ½ \approx 0.69$.
# - [ ] far above: $D$ becomes a better judge :: A better judge of curves that no longer differ can only say ½.
#
# ---
# It leaps up while $D$ tells the two apart with ease, and comes back to log 2 ≈ 0.69, about where it began.

# %% [markdown]
# The next cell plays 3,000 iterations. It usually takes ten to twenty seconds, and shows how many iterations are left.


# %% name="first-match" demo=true
def draw_match(fig, match, title=""):
    """The two densities, D(x), the map from noise, and the losses; returns the alt text."""
    return draw_game(fig, match.G, match.D, target, match.losses, title)


match = Match()
iterations = quick(3000, 30)
watch(train(match, iterations), draw_match, total=iterations)

# %% [markdown]
# Follow the green line. At first it is a step: the made points sit where no real ones are. It pushes
# the orange pile to the right, leans the other way when the pile has gone too far, and flattens as
# there is less and less to tell. On the right, $D$'s loss climbs to log 4 and stays, as the theory of
# section 4 asks. At the far left the green line may do as it likes: there is nothing to judge. The
# thin lines at the bottom show how an even spread of noise becomes a bell: crowded in the middle,
# thin at both ends.
#
# **A falling loss is not the sign of success here.** $G$'s loss ends near log 2 ≈ 0.69, about where
# two untrained networks start. It is measured against an opponent that got better too. So measure
# the samples against the data instead.


# %% name="measure"
def measure(match, n=20000):
    """How far the samples are from the target (Wasserstein-1), and D's mean output on both kinds."""
    with torch.no_grad():
        samples = match.G(sample_noise(n))
        mean_D = torch.sigmoid(match.D(torch.cat([sample_real(n), samples]))).mean().item()
    even = (torch.arange(n) + 0.5) / n
    return wasserstein_1d(samples, target.quantile(even)), mean_D


# %% demo=true
distance, mean_D = measure(match)
print(f"Wasserstein-1 distance to the target {distance:.2f}, mean D {mean_D:.2f}")

# %% [markdown]
# The **Wasserstein-1 distance** is the average distance that the samples must travel, each by the best plan, for the
# heap of samples to become the target: about 5 at the start, 0 for a perfect generator. This recipe ends below 0.15,
# mostly near 0.1, with the mean of $D$ within 0.01 of ½: measured over ten seeds, by `make bench`.
#
# And the kernel density estimate of section 1? On its 200 numbers it ends around 0.07, about as near as the generator,
# whose judge looked at 768,000. It can also tell the density at any point, which $G$ cannot. What $G$ has ahead of it
# is that nothing in its training needed the data to be one number wide. The next lesson makes them two, the third
# 3,072.
#
# ## 7. Play with it
#
# The panel trains a match of its own while you steer it. All sliders act at once, in the middle of
# the run; a new width starts a new match. Things to try:
#
# 1. Press *Step* a few times. Which moves first, the generator's orange curve or the discriminator's green line?
# 2. Play, wait until the orange curve meets the blue one, and raise the learning rate tenfold. Bring it back.
# 3. Set *k* to 20. Does the generator learn faster per iteration? And per second?
# 4. Start again with a width of 2. What can the generator no longer do?


# %% name="panel" demo=true folded="Makes the panel: a match whose knobs can be turned"
class SteeredMatch(Match):
    """A match whose learning rate can be turned while it is played."""

    @property
    def rate(self):
        return self.opt_G.param_groups[0]["lr"]

    @rate.setter
    def rate(self, value):
        self.opt_G.param_groups[0]["lr"] = value
        self.opt_D.param_groups[0]["lr"] = 10 * value


panel = LiveTraining(
    make=SteeredMatch,
    step=lambda match: next(match.play(1)),
    draw=draw_match,
    knobs={
        "k": Knob("D's steps k", 1, 20, 1, whole=True),
        "rate": Knob("learning rate", 1e-5, 1e-1, 1e-3, log=True),
        "width": Knob("hidden units", 2, 128, 64, whole=True, restarts=True),
    },
)
panel

# %% [markdown]
# A larger $k$ makes each iteration cost more and $D$ surer. In one dimension with the non-saturating
# loss that does little harm; in section 8 you will see when it does. With two hidden units the
# generator is a line with at most two bends: it can shift and stretch the noise, but not make it a bell.
#
# ## 8. What goes wrong
#
# Three runs that fail. The code is yours and right; what differs is how it is played: a few settings of `Match`, fewer
# iterations, and learning rates that do not fall. The settings lie in the package, and you are told them when you have
# said what you see: where are the samples, what does $D$ say about them, and what do the losses tell? Each run usually
# takes five to ten seconds, and shows how many iterations are left.


# %% name="broken-runs" folded="Plays a run whose settings lie in the package, with changes if you like"
def play_broken(name, **changes):
    """Play run A, B or C and draw it, with some settings changed; the match as it ends."""
    settings = broken_run("01_gaussian_1d", name) | changes
    iterations = quick(settings.pop("iterations"), 10)
    match = Match(**settings)
    watch(match.play(iterations), lambda fig, match: draw_match(fig, match, f"Run {name}"), total=iterations)
    return match


# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A at its end: what do you see?
#
# - [x] $D$ is sure, and the samples stay where they are :: $D$ is near 1 on the data and near 0 on the samples, its
#   loss next to nothing, and $G$'s loss lies still.
# - [ ] $D$ cannot tell the two apart :: Then it would say ½ where the samples are, and its loss would be log 4.
# - [ ] the samples swing around the data :: They never get there.
#
# ---
# Its settings: `minimax=True, k=20`. The rest is as in the good run, but in none of the three do the rates fall.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B at its end: which of these tells that something is wrong?
#
# - [ ] the losses :: They look perfect: log 4 and log 2.
# - [ ] $D$, which is not at ½ where the samples are :: It is, or nearly so.
# - [x] only the samples themselves :: Their middle is where the data's is, but they are far too narrow, and neither
#   $D$ nor the losses show it.
#
# ---
# Its settings: `d_speed=0.1`. $D$'s rate is a tenth of $G$'s, where the good run has ten times $G$'s.

# %% demo=true
run_c = play_broken("C")

# %% [markdown] quiz="run_c"
# Run C: what did you see while it ran?
#
# - [ ] the samples did not move :: They moved all the time.
# - [x] the samples went past the data and back, and the losses with them :: Watch the orange pile once more: run the
#   cell again.
# - [ ] the samples came to rest on the data :: They pass the data again and again.
#
# ---
# Its settings: `d_speed=1, rate=3e-3, beta_1=0.95`.

# %% demo=true folded="Draws where the samples of the three runs lie, and what D says of them"
fig = figure(9.5, 2.6)
left, right = axes(fig, 1, 2, sharey=True)
left.axvspan(4, 6, color=REAL, alpha=0.2, label="data: mean ± standard deviation")
left.axvline(5, color=REAL)
for row, run in enumerate((run_a, run_b, run_c)):
    with torch.no_grad():
        samples = run.G(sample_noise(5000))
        seen = torch.sigmoid(run.D(samples)).mean()
    left.errorbar(samples.mean(), row, xerr=samples.std(), fmt="o", color=FAKE, capsize=4, lw=2)
    right.barh(row, seen, color=JUDGE, height=0.5)
right.axvline(0.5, color="0.4", ls=":")
left.set(yticks=range(3), yticklabels=["run A", "run B", "run C"], xlabel="x", title="the samples")
right.set(xlim=(0, 1), xlabel="D", title="D on them, on average")
left.invert_yaxis()
left.legend(fontsize=8.5)
show(fig, alt="For each run: mean and standard deviation of its samples beside the data's, and D's mean on them.")

# %% [markdown] exercise="diagnose_the_runs" stars=2 minutes=20
# ### Exercise 8: three diagnoses
#
# For each of the runs A, B and C write three sentences: what you see in the picture and the numbers
# (the evidence), why the settings lead to it (the cause, with a formula or a plot of this lesson
# where one fits), and the one setting you would change (the cure). Try your cure in a cell of your
# own before you recommend it: `play_broken("A", k=5)` plays run A with $k = 5$, and so for any setting of `Match`. A
# teacher reads this answer.

# %% [markdown] answer="diagnose_the_runs" points=4
# *A: saturated.* The samples sit far from the data, D is near 0 on them and near 1 on the data, and
# D's loss is almost 0. Twenty steps of D for each of G make D sure, and there the minimax loss has
# slope −D ≈ 0: G is not told which way to go. Cure: the non-saturating loss (minimax=False).
#
# *B: a spike.* The mean is right, the spread far too small, and yet D is ½ everywhere and both
# losses look perfect. D learns a hundred times slower than in the good run, so it never sees the
# difference in width, and G stays where a blind judge sees nothing. Cure: a faster D (d_speed = 10).
# The losses alone cannot show this failure.
#
# *C: circling.* The losses swing in turn, and the samples swing around 5: each player chases where
# the other was. Momentum of 0.95 and a high rate make both overshoot, and D is no faster than G.
# Cure: less momentum (β₁ of 0.5 or less) or lower rates that fall to 0.
#
# One point for each right pair of evidence and cause, one for three cures that work.

# %% [markdown]
# ## 9. An open challenge
#
# Until now you wrote what the text said. This time only the goal is given, and the way is yours.

# %% [markdown] exercise="fewest_steps" stars=3 minutes=40 challenge=true
# ### Exercise 9: the fewest steps
#
# Somewhere between −10 and 10 there is a heap of real numbers that you never see. You may ask a very good
# discriminator about your own numbers, and every question is one **step**. Return a generator after as few steps as
# you can.
#
# - `ask_D(made)` takes 256 numbers of yours, shape (256, 1), and returns $D$'s logits on them, same shape. You
#   may differentiate through it. Before it answers, $D$ sees 16 more real numbers (it remembers 256). It is the best
#   $D$ there is for those and for the batch you show: $D^*$ of section 4, with both densities estimated by small
#   bumps of width 0.4.
# - `sample_noise(n)` draws noise of shape (n, 1), uniform between −1 and 1.
# - You return a function that turns noise of shape (n, 1) into n numbers, shape (n, 1). It must not ask $D$ any more:
#   then the attempt fails. Its samples have to end within **0.25** of the real ones, in the Wasserstein-1 distance.
#
# Bronze takes at most **200** steps, silver **60**, gold **16**. Each attempt is measured three times and the median
# counts; a run may take 20 seconds. In the notebook the heap is a bell curve. The graders' heaps are others, with a
# hump or two, and there they allow a tenth more steps. Anything that only asks `ask_D` is allowed: a network and
# an optimizer, no network at all, a batch that no generator has made.

# %% [markdown] hints="fewest_steps"
# For bronze play Algorithm 1 with a generator of your own, and let its learning rate fall to 0. Noise that is the
# same in each step, and evenly spread, swings less than noise drawn anew. For silver: who says that a network has to
# move?
# ---
# 256 numbers can move by themselves, each uphill along the slope of its own logit, and the noise then picks among
# them in order. For gold answer the quiz on 0.8 below: a discriminator is a density ratio, $p/q = e^{l}$.
# ---
# You know $q$: it is the density of the batch you show, and you may show any batch. Show one that is evenly spread from
# −10 to 10, and $e^{l}$ is $p$ itself but for a factor. A density on a grid has a sum that runs from 0 to 1: send the
# noise back through it.


# %% solution="fewest_steps"
def fewest_steps(ask_D, sample_noise):
    """Learn to make numbers like those that D knows, in as few questions to D as possible.

    Args:
        ask_D: takes 256 numbers, shape (256, 1); returns D's logits on them, same shape. One step each time.
        sample_noise: takes n, returns noise of shape (n, 1), uniform between −1 and 1.

    Returns:
        a generator: takes noise of shape (n, 1), returns numbers of shape (n, 1).
    """
    ### BEGIN SOLUTION
    x = torch.linspace(-10, 10, 256).unsqueeze(1)
    for _ in range(15):
        logits = ask_D(x)  # D learns each time, so the last answer is the best
    heap = logits.detach().flatten().exp().cumsum(0)  # q is even, so p is e^logit but for a factor
    heap = heap / heap[-1]

    def generator(z):
        u = (z.flatten() + 1) / 2
        right = torch.searchsorted(heap, u.contiguous()).clamp(1, 255)
        share = (u - heap[right - 1]) / (heap[right] - heap[right - 1]).clamp(min=1e-9)
        return torch.lerp(x[right - 1, 0], x[right, 0], share.clamp(0, 1)).unsqueeze(1)

    return generator
    ### END SOLUTION


# %% test="fewest_steps" points=3

# %% [markdown]
# The report says how far it is to the next medal. Each rung of this ladder is an idea of the lesson: the game, the
# slope of the logit, and the ratio of two densities that hides in every good discriminator. In more than a few
# dimensions no even batch fills the space any more, and only the first rung is left.

# %% [markdown]
# ## 10. What to take along
#
# - A kernel density estimate gives a number for every $x$; a generator gives samples only. A judge
#   makes it possible to train the second without the first.
# - $D$'s loss is a cross-entropy. $G$ has two losses that pull each point the same way, with different slopes:
#   $-D$ and $D - 1$. Only the second speaks up when $G$ is losing.
# - The best judge is $p/(p+q)$, and then the game is worth $-\log 4 + 2\,\mathrm{JSD}$: −log 4 exactly when samples
#   and data agree.
# - Two steps, two optimizers: `detach` keeps $G$ out of $D$'s step, and only the right optimizer steps.
# - Losses that look settled prove nothing. Measure samples against data.

# %% [markdown] quiz="flat_loss"
# A friend reports a discriminator loss of 1.386 from the first iteration to the last. Has the game converged?
#
# - [ ] yes: that is log 4, the value of the game at its end :: That is where a finished game stands, but not the
#   only thing that stands there.
# - [x] not for that reason :: 1.386 = log 4 is what any $D$ gets that says ½ to everything: one that judges a
#   finished generator, and one that has learned nothing.
# - [ ] no: a loss that never moves is always a broken run :: A run that begins with a perfect generator would look
#   the same.
#
# ---
# Look at the samples, and try a new $D$.

# %% [markdown] quiz="detach"
# Why does the discriminator's step detach the samples, while the generator's step must not?
#
# - [x] in one they are data, in the other the way to $G$ :: In $D$'s step nothing behind the samples should learn.
#   In $G$'s step the gradient reaches $G$ only through them; cut there, and nothing learns at all.
# - [ ] to save memory; both steps would work either way :: It does save work in $D$'s step. But a generator's step
#   behind a `detach` leaves $G$ where it is.
# - [ ] so that $D$ stays as it is while $G$ learns :: That is what the optimizer sees to: only $G$'s steps.

# %% [markdown] quiz="ratio"
# The best discriminator gives 0.8 at some $x$. How much more likely is $x$ to come from the data than from the
# generator?
#
# - [ ] 0.8 times :: 0.8 is the share of the data among both, $p/(p+q)$, not $p/q$.
# - [ ] 1.6 times :: That compares 0.8 with a coin's ½. Compare $p$ with $q$.
# - [x] four times :: $p/(p+q) = 0.8$ means $p = 4q$.
# - [ ] five times :: $1/(1-D) = 5$ is $(p+q)/q$: data and made points together, against made ones.
#
# ---
# A discriminator is a density *ratio* in disguise, $p/q = D/(1-D)$, and its logit is $\log p - \log q$.

# %% [markdown] quiz="two_yardsticks"
# With $p = q$ the minimax loss of $G$ is −log 2 and the non-saturating one log 2. Does the first generator do better?
#
# - [ ] yes, its loss is lower :: Lower on another scale: the two losses measure the same generator differently.
# - [x] no, they are different yardsticks for the same generator :: Compare a loss with itself, and a generator with
#   data.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a
# grader would. It repeats what the checks say and leaves your file as it is:
#
# ```
# gancourse validate 01_gaussian_1d
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file.
# Graders run these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville and
#   Y. Bengio, *Generative Adversarial Nets*, NeurIPS 2014,
#   [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). Section 3 has both losses and Algorithm 1;
#   section 4 the best discriminator and the value −log 4; figure 1 the picture of this lesson.
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160). Section 3.2 compares the generator's losses.
# - M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler and S. Hochreiter, *GANs Trained by a Two
#   Time-Scale Update Rule Converge to a Local Nash Equilibrium*, NeurIPS 2017,
#   [arXiv:1706.08500](https://arxiv.org/abs/1706.08500): why $D$ may learn faster than $G$.
# - L. Mescheder, A. Geiger and S. Nowozin, *Which Training Methods for GANs do actually Converge?*,
#   ICML 2018, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406): the circling of run C, analyzed.

# %% demo=true folded="Your own picture of the game, kept beside this notebook"
fig = figure(9.5, 3.9)
keepsake(fig, alt=draw_match(fig, match, "My first GAN"), name="my_first_gan")

# %% [markdown] last=true
# ## What you have built
#
# Two networks that play against each other, written by hand: their losses, the best judge there can be, and the
# algorithm. The generator was never shown the bell curve, and draws from it. And you have a yardstick that does not
# believe the losses.
#
# **The same at full scale.** Goodfellow and others (2014) play the very same game on pictures:
#
# | | here | in the paper |
# |---|---|---|
# | data | numbers from $\mathcal{N}(5, 1)$ | digits (MNIST), faces (TFD), small photographs (CIFAR-10) |
# | $G$ | one hidden layer of leaky units | rectified and sigmoid units; for photographs a convolutional one, too |
# | $D$ | the same | maxout units, with dropout |
# | loss of $G$ | non-saturating | non-saturating, as section 3 proposes |
# | steps of $D$ | $k = 1$, at ten times $G$'s rate | $k = 1$, "the least expensive option" |
# | measured by | the distance to a target we know | a kernel density estimate on the samples, as in section 1 |
#
# Nothing you wrote knows how wide the data are. What does not carry over is the yardstick: nobody knows the density of
# photographs, and lesson 04 asks what to measure instead.
#
# **Next:** two dimensions. In the plane a generator can please its judge and still miss most of what there is.
