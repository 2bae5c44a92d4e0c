# %% [markdown] builds="six objectives; a critic whose curve is a distance; a fair sweep" hours=4 stars=2
# # 06 · What should the critic say?
#
# In lesson 01 the judge gave a probability. That was a choice. It could just as well give a score, a height, a
# reconstruction error, or an opinion of two samples at once, and each choice makes another game. This lesson writes the
# choices down, takes the one apart that has a theory, and ends with a comparison that tries to be fair.
#
# **You will be able to**
#
# - write least squares, hinge, Wasserstein, EBGAN, BEGAN and relativistic losses as pairs of functions;
# - derive the best critic on the line, and say why its value is a distance;
# - hold a critic's slopes by clipping, by a gradient penalty and by its singular values, and tell what each costs;
# - say when a critic's curve means something, and show it over ten seeds;
# - compare methods by equal budgets and by their spread, not by the best run of one.
#
# **Time:** about four hours with the challenge, of which the machine works four minutes. No GPU is needed.
# **Builds on:** lesson 01 (losses, steps, the best discriminator); lesson 02 (the ring, ten seeds at once).

# %% [markdown]
# ![An animation in two halves. In both a narrow orange heap of made points stands far left of a blue bell curve. On
# the left the judge's curve is a step that is flat where the orange heap is, and the heap hardly moves. On the right
# the judge's curve is a ramp that rises all the way, and the heap walks up it to the blue bell.](images/critics.gif)
#
# *What you will build. Blue: data; orange: made points; green: what the judge says. Both heaps move by plain gradient
# descent at the same rate. On the left a discriminator that is nearly sure, with the minimax loss; on the right a
# critic whose slope is held to 1.*

# %% name="setup"
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.toys import Gaussian1D, Mixture, grid, ring
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.widgets import Knob, watch
from gancourse.widgets.sliders import Sliders

check = public("06_objectives")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Four answers
#
# A judge $D$ gives a number for each sample. What the number *means* is decided by the losses alone. Here are four
# pairs; $x$ is a real sample, $\hat x = G(z)$ a made one, and a bar is the mean over its own batch.
#
# | | $D$ minimizes | $G$ minimizes |
# |---|---|---|
# | **squares** | $\frac12\overline{(D(x)-1)^2} + \frac12\overline{D(\hat x)^2}$ | $\frac12\overline{(D(\hat x)-1)^2}$ |
# | **hinge** | $\overline{\max(0, 1 - D(x))} + \overline{\max(0, 1 + D(\hat x))}$ | $-\overline{D(\hat x)}$ |
# | **Wasserstein** | $\overline{D(\hat x)} - \overline{D(x)}$ | $-\overline{D(\hat x)}$ |
# | **EBGAN** | $\overline{D(x)} + \overline{\max(0, m - D(\hat x))}$ | $\overline{D(\hat x)}$ |
#
# They are by Mao and others (2017; squares, in full *least squares*), Lim and Ye (2017), Arjovsky and others (2017),
# and Zhao and others (2017). For least squares $D$ is a label, for the hinge a margin, for Wasserstein a height without
# a zero. In the last row $D \ge 0$ is an **energy**: *low* where data are. EBGAN takes an autoencoder's reconstruction
# error for it, and $m$ is the margin up to which made samples are pushed.

# %% [markdown] exercise="critic_losses" stars=1 minutes=15
# ### Exercise 1: four pairs
#
# Return the pair ($D$'s loss, $G$'s loss) of the objective called `name`: `"least squares"`, `"hinge"`,
# `"wasserstein"` or `"ebgan"`. `real` and `fake` hold $D$'s outputs, shape (n, 1) each; the two batches may differ in
# size. `margin` is EBGAN's $m$; the hinge's margin is always 1. Losses are tensors of shape (), and gradients flow to
# both batches. No other name will come.

# %% [markdown] hints="critic_losses"
# Each loss is one line of the table. A mean comes after the square or the maximum, never before.
# ---
# $\max(0, a)$ for a whole tensor is `F.relu(a)`. The maximum is taken for each sample by itself.
# ---
# `if name == "hinge": return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()`, and three more.


# %% solution="critic_losses"
def critic_losses(name, real, fake, margin=1.0):
    """What D and G minimize.

    Args:
        name: "least squares", "hinge", "wasserstein" or "ebgan".
        real, fake: D's outputs on real and on made samples, shapes (n, 1) and (m, 1).
        margin: EBGAN's.

    Returns:
        (D's loss, G's loss): two tensors of shape ().
    """
    ### BEGIN SOLUTION
    if name == "least squares":
        return ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2, ((fake - 1) ** 2).mean() / 2
    if name == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()
    if name == "wasserstein":
        return fake.mean() - real.mean(), -fake.mean()
    return real.mean() + F.relu(margin - fake).mean(), fake.mean()
    ### END SOLUTION


# %% test="critic_losses" points=2

# %% demo=true folded="Draws what each pair says about one made point, for every output of D"
outputs = torch.linspace(-3, 3, 61).unsqueeze(1)
fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2)
for number, name in enumerate(("least squares", "hinge", "wasserstein", "ebgan")):
    for ax, which in ((left, 0), (right, 1)):
        x = outputs.clone().requires_grad_()
        losses = torch.stack([critic_losses(name, torch.zeros(1, 1), one[None])[which] for one in x])
        values = losses if which == 0 else torch.autograd.grad(losses.sum(), x)[0].flatten()
        values = values - values.min() if which == 0 else values
        dash = ("-", "--", "-.", ":")[number]
        ax.plot(outputs.flatten(), values.detach(), color=PALETTE[number], ls=dash, lw=2, label=name)
left.set(xlabel="D on a made point", title="D's loss on it, from its lowest value")
right.set(xlabel="D on a made point", title="the slope of G's loss")
left.legend(fontsize=9)
show(fig, alt="Left: D's loss on one made point against D's output, for four pairs. Right: the slope of G's loss.")

# %% [markdown]
# On the right: for three pairs the slope has the same size everywhere, so what $G$ is told depends on $D$'s *own*
# slope in $x$ alone. (EBGAN's has the other sign: there low is good.) Least squares pulls a point back that is called
# "more than real". On the left: hinge and EBGAN stop pushing once a made point is beyond the margin; least squares
# pushes to a value; Wasserstein never stops. A critic that is never content has to be held by something else, and what
# holds it is the rest of this lesson.
#
# ## 2. Moving earth
#
# Why would anybody want a critic without a zero and without an end? Because of what it measures. Lesson 01 ended with a
# warning: far from the data the value of the game is flat, for the divergence in it is log 2 already and cannot grow,
# and nobody is told the way home. The **Wasserstein-1** or earth mover's distance $W$ does tell: the least average
# distance by which a heap $p$ has to be carried to become the heap $q$. It is a problem of transport, and it has a
# second side, its **dual** (Kantorovich and Rubinstein, 1958):
#
# $$W(p, q) \;=\; \max_{f}\; \mathbb{E}_{x \sim p}[f(x)] - \mathbb{E}_{x \sim q}[f(x)]
# \quad\text{over all } f \text{ with } \lvert f(x) - f(y) \rvert \le \lVert x - y \rVert .$$
#
# Such an $f$ is called 1-**Lipschitz**: nowhere steeper than 1. Put $D$ for $f$: minus the Wasserstein critic's loss
# *is* the right side. So if the critic is the best one with slopes of at most 1, its loss is a distance. On the line
# both sides can be worked out, and you do so here.

# %% [markdown] exercise="duality" stars=3 minutes=35
# ### Exercise 2: both sides, step by step
#
# Two heaps lie on $n$ points of a line, `dx` apart: $p_i$ and $q_i$ of earth at point $i$, and each heap has 1 in all.
# Write five short steps. Each is asked for by its number and checked by itself. Leave `p` and `q` as they are.
#
# 1. **The flow.** Between point $i$ and the next there is a gap; there are $n - 1$ of them. To make $q$ of $p$, how
#    much earth has to cross each gap *to the right*, in all? (Less than 0 means: to the left.) All that $p$ has too
#    much on the left of the gap has to.
# 2. **The cost.** Whatever crosses a gap is carried by `dx`, whichever way. The sum over all gaps is $W$: one number.
#    Step 2 is going to be differentiated with respect to `p`.
# 3. **The slopes of the best critic**, one for each gap. With $f_{i+1} - f_i = s_i\,\Delta x$ and
#    $\lvert s_i \rvert \le 1$, summation by parts gives $\sum_i f_i (p_i - q_i) = -\sum_i s_i F_i\,\Delta x$, where $F$
#    is the flow. Which $s_i$ make that as large as can be? Where nothing crosses, take 0.
# 4. **The critic**: its $n$ heights. Begin with 0 at the first point.
# 5. **The other side**: $\sum_i f_i (p_i - q_i)$ for that critic: one number.

# %% [markdown] hints="duality"
# Step 1 is a running sum. Step 3: each term $-s_i F_i$ may be made as large as possible by itself. Step 4 is a running
# sum again.
# ---
# $F_i = \sum_{j \le i} (p_j - q_j)$, without the last, which is 0. $W = \sum_i \lvert F_i \rvert\,\Delta x$. $s_i =
# -\mathrm{sign}\,F_i$. $f_1 = 0$, $f_{i+1} = f_i + s_i\,\Delta x$.
# ---
# `torch.cumsum(p - q, 0)[:-1]` is the flow; `torch.sign` has 0 at 0. `torch.cat([torch.zeros(1), …])` puts a 0 before a
# running sum. Later steps may call earlier ones: `duality(1, p, q, dx)`.


# %% solution="duality"
def duality(step, p, q, dx=1.0):
    """One step, 1 to 5, for two heaps on n points of a line.

    Args:
        step: its number.
        p, q: the heaps, shape (n,), each with the sum 1.
        dx: from one point to the next.

    Returns:
        steps 1 and 3: shape (n − 1,); step 4: shape (n,); steps 2 and 5: one number.
    """
    if step == 1:  # the flow
        ### BEGIN SOLUTION
        return torch.cumsum(p - q, 0)[:-1]
        ### END SOLUTION
    if step == 2:  # the cost
        ### BEGIN SOLUTION
        return duality(1, p, q).abs().sum() * dx
        ### END SOLUTION
    if step == 3:  # the slopes of the best critic
        ### BEGIN SOLUTION
        return -torch.sign(duality(1, p, q))
        ### END SOLUTION
    if step == 4:  # the critic
        ### BEGIN SOLUTION
        return F.pad(torch.cumsum(duality(3, p, q), 0) * dx, (1, 0))
        ### END SOLUTION
    if step == 5:  # the other side
        ### BEGIN SOLUTION
        return (duality(4, p, q, dx) * (p - q)).sum()
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 5, not {step}.")


# %% test="duality" points=4

# %% [markdown] predict="two_heaps"
# Data are two bells at −3 and 3; the made points are one bell at 0. What does the best critic look like?
#
# - [ ] a step at −1.5 and one at 1.5, flat between and outside :: That is how a discriminator looks: it answers
#   "which?". A critic answers "how far?".
# - [x] a V: straight down to 0 and straight up again :: All earth has to move outward, half of it to each side. So the
#   slope is −1 on the left and 1 on the right, at every point.
# - [ ] two bells, as the data :: Its *slopes* matter, and they are as steep as allowed wherever earth has to pass.
#
# ---
# A V with slopes of exactly 1, straight through places where there is no earth at all. Wherever a made point stands, it
# is told the way. The discriminator beside it is flat where it is sure.

# %% name="heaps" demo=true folded="Draws two heaps, your best critic for them, and the best discriminator"
line = torch.linspace(-7, 7, 1401, dtype=torch.float64)
two_bells = Mixture([[-3.0], [3.0]], 0.6)
p = two_bells.density(line[:, None]) * 0.01
q = Gaussian1D(0.0, 0.6).density(line) * 0.01
p, q = p / p.sum(), q / q.sum()
best = duality(4, p, q, 0.01)
best = best - best[700]
fig = figure(9.5, 3.2)
left, right = axes(fig, 1, 2)
for ax in (left, right):
    ax.fill_between(line, 100 * p, color=REAL, alpha=0.3, label="data p")
    ax.fill_between(line, 100 * q, color=FAKE, alpha=0.3, label="made points q")
left.plot(line, best, color=JUDGE, lw=2, label="best critic, exercise 2")
right.plot(line, torch.sigmoid(p.log() - q.log()), color=JUDGE, lw=2, ls="--", label="best discriminator, lesson 01")
left.set(title=f"W = {float(duality(2, p, q, 0.01)):.2f}, by the other side {float(duality(5, p, q, 0.01)):.2f}")
right.set(title="p / (p + q)")
for ax in (left, right):
    ax.legend(fontsize=8.5, loc="upper center")
    ax.set(xlabel="x", ylim=(-0.1, 5.2) if ax is left else (-0.05, 1.5))
show(fig, alt="Two heaps of data around −3 and 3 and one of made points around 0. Left: the best critic. Right: D*.")

# %% [markdown]
# The two sides agree to the last digit. And notice what step 2's gradient with respect to $p$ is: the critic, up to a
# constant. The critic is the *price list* of the transport: what one more grain of earth at $x$ would cost or save.
#
# Now move one bell away from another and compare the two judges' values, each at its best.

# %% [markdown] predict="away"
# $q$ is $p$ moved by $d$. As $d$ grows from 0 to 8 bell widths, what do the two values do?
#
# - [ ] both grow like $d$ :: The discriminator's cannot: a Jensen–Shannon divergence is at most log 2.
# - [x] $W$ grows like $d$; the divergence soon stops :: $W = d$ exactly: every grain is carried by $d$. The divergence
#   only knows how much they overlap.
# - [ ] $W$ stops, the divergence grows :: The other way around.
#
# ---
# $W = d$ exactly. The Jensen–Shannon divergence is within one percent of log 2 from six widths on.

# %% demo=true folded="Draws W and the Jensen–Shannon divergence of a bell and the same bell moved by d"
line = torch.linspace(-8, 16, 2401, dtype=torch.float64)
moves = torch.linspace(0, 8, 33).tolist()
p = Gaussian1D(0.0, 1.0).density(line) * 0.01
distances, divergences = [], []
for d in moves:
    q = Gaussian1D(d, 1.0).density(line) * 0.01
    m = (p + q) / 2
    distances.append(float(duality(2, p / p.sum(), q / q.sum(), 0.01)))
    divergences.append(float((torch.xlogy(p, p) + torch.xlogy(q, q) - 2 * torch.xlogy(m, m)).sum() / 2))
fig = figure(9.5, 2.8)
left, right = axes(fig, 1, 2)
left.plot(moves, distances, color=JUDGE, lw=2)
right.plot(moves, divergences, color=PALETTE[3], lw=2, ls="--")
right.axhline(math.log(2), color="0.4", ls=":")
left.set(xlabel="d", title="Wasserstein distance")
right.set(xlabel="d", title="Jensen–Shannon divergence", ylim=(0, 0.8))
show(fig, alt="Two curves against how far one bell was moved: the Wasserstein distance and the divergence.")

# %% [markdown]
# ## 3. Holding the critic: the clip
#
# A network is no list of heights, and "nowhere steeper than 1" is no loss. Arjovsky and others (2017) take the bluntest
# way: after each step, **clip** every parameter to $[-c, c]$. A network whose weights are bounded is Lipschitz, with
# *some* constant $K$; the critic then estimates $K \cdot W$, and nobody knows $K$. "Weight clipping is a clearly
# terrible way to enforce a Lipschitz constraint", they write themselves, and you are going to see how terrible.

# %% [markdown] exercise="critic_step" stars=2 minutes=20
# ### Exercise 3: one step of the critic
#
# This is the inner step of the paper's algorithm 1. Compute the critic's **estimate**
# $\mathrm{mean}\,D(x) - \mathrm{mean}\,D(\hat x)$ on the two batches you are given, move $D$ by one step of the
# optimizer you are given so that the estimate *rises*, and then clip every parameter of $D$, weights and biases alike,
# to `[-clip, clip]`. Return the estimate, from before the step, as a plain number.
#
# Gradients that an earlier step left in $D$ must not count. `fake` may still hang on a generator: no gradient may reach
# it. The optimizer holds $D$'s parameters, so change them in place; `clip` is above 0.

# %% [markdown] hints="critic_step"
# The four parts of every step (clear, loss, backward, step), then one thing more. An optimizer minimizes: which loss
# makes the estimate rise?
# ---
# Descend along $\mathrm{mean}\,D(\hat x) - \mathrm{mean}\,D(x)$; then $w \leftarrow \min(c, \max(-c, w))$ for every
# $w$.
# ---
# `loss = D(fake.detach()).mean() - D(real).mean()`; `opt_D.zero_grad()`, `loss.backward()`, `opt_D.step()`; then,
# within `torch.no_grad()`, `p.clamp_(-clip, clip)` for each `p` of `D.parameters()`. Mind the sign of what you return.


# %% solution="critic_step"
def critic_step(D, opt_D, real, fake, clip):
    """Move the critic one step and clip it.

    Args:
        D: the critic; opt_D: the optimizer of its parameters.
        real, fake: two batches, shape (n, d).
        clip: the limit for every parameter.

    Returns:
        the estimate mean D(real) − mean D(fake) before the step, a plain number.
    """
    ### BEGIN SOLUTION
    loss = D(fake.detach()).mean() - D(real).mean()
    opt_D.zero_grad()
    loss.backward()
    opt_D.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-clip, clip)
    return -loss.item()
    ### END SOLUTION


# %% test="critic_step" points=3

# %% [markdown]
# To see what a clip does we train critics against heaps that stand still, so that the right answer is known: $q$ is $p$
# moved by $d$, and $W = d$. Four clips, five distances and ten seeds are 200 critics; they learn side by side, their
# weights stacked as in lesson 02. `Sweep` in the package plays many games at once, each with rates and a clip of its
# own; here only their critics learn.

# %% name="many" demo=true open="the many games at once that most figures from here on rest on"
from gancourse.training.sweep import METHODS, GameSetting, Sweep, draw_settings

SEEDS, WIDTH = quick(10, 2), 32


def at_rest(method, settings, real, fake, steps, **options):
    """Critics that learn on two distributions which stand still; `real` and `fake` draw (S, n, d) from (S, n)."""
    games = Sweep(Gaussian1D(), method, settings, width=WIDTH, **options)
    for _ in each(range(quick(steps, 5)), "training critics side by side", usual=0.01 * steps):
        games.d_step(real(len(settings), 64), fake(len(settings), 64))
    return games


# %% [markdown] predict="which_clip"
# A critic of two hidden layers with 32 units, every parameter clipped to $\pm c$. Over $c$ = 0.001, 0.01, 0.1 and 1, by
# how much will its estimates of the *same* distance differ?
#
# - [ ] hardly: the best critic is the same :: Its shape is, its height is not: the clip decides how steep it may be.
# - [ ] by a factor of about 1,000, as the clips do :: One layer would give that. How do slopes of layers combine?
# - [x] by a factor of about a billion :: A slope is a product of the layers' weights. Three layers: the third power
#   of the clip.
#
# ---
# From less than a millionth of the distance to hundreds of times the distance. Three layers of weights: each tenfold
# clip makes the critic a thousand times as steep.

# %% name="clips" demo=true folded="Trains 200 clipped critics and draws their estimates: about 15 s"
CLIPS, APART = (0.001, 0.01, 0.1, 1.0), (0.5, 1.0, 2.0, 4.0, 8.0)
settings = [GameSetting(strength=clip) for clip in CLIPS for _ in range(len(APART) * SEEDS)]
moves = torch.tensor(APART).repeat(len(CLIPS) * SEEDS)[:, None, None]
games = at_rest(
    METHODS["WGAN, clipped"],
    settings,
    lambda s, n: torch.randn(s, n, 1),
    lambda s, n: torch.randn(s, n, 1) + moves,
    600,
)
with torch.no_grad():
    x = torch.randn(len(games), 2000, 1)
    clipped = (games.judge(x).mean(1) - games.judge(x + moves).mean(1)).view(len(CLIPS), SEEDS, len(APART))
fig = figure(7.5, 3.6)
(ax,) = axes(fig)
for number, clip in enumerate(CLIPS):
    low, middle, high = (clipped[number].quantile(share, 0) for share in (0.0, 0.5, 1.0))
    ax.loglog(APART, middle, "o-", color=PALETTE[number], label=f"clip {clip:g}")
    ax.fill_between(APART, low.clamp(min=1e-9), high, color=PALETTE[number], alpha=0.25)
ax.loglog(APART, APART, color="0.3", ls=":", label="the distance itself")
ax.set(xlabel="exact distance W", ylabel="critic's estimate", title="same heaps, same network, four clips")
ax.set_xticks(APART, [f"{d:g}" for d in APART])
ax.set_xticks([], minor=True)
fig.legend(*ax.get_legend_handles_labels(), loc="outside right center", fontsize=9)
show(fig, alt="Estimates of clipped critics against the exact distance on logarithmic axes, one line for each clip.")

# %% [markdown]
# Each line is nearly straight and parallel to the dotted one: *one* clip at a time, the estimate is proportional to the
# distance (a little less far out, where the biases are clipped, too). That is why a Wasserstein curve means something
# even when clipped. But the factor lies anywhere between a millionth and several hundred, and it changes with the
# network: two runs with unlike clips cannot be compared.
#
# What the generator learns from is the slope. In a deeper critic the product has more factors.

# %% name="depths" demo=true folded="Trains critics of eight layers and draws the gradient in each layer: about 15 s"
settings = [GameSetting(strength=clip) for clip in CLIPS for _ in range(SEEDS)]
deep = at_rest(
    METHODS["WGAN, clipped"],
    settings,
    lambda s, n: torch.randn(s, n, 1),
    lambda s, n: torch.randn(s, n, 1) + 4,
    150,
    hidden=7,
)
x, weights = torch.randn(len(deep), 64, 1), [w for w in deep.D.parameters() if w.ndim == 3]
estimate = (deep.judge(x).mean(1) - deep.judge(x + 4).mean(1)).sum()
sizes = torch.stack([g.flatten(1).norm(dim=1) for g in torch.autograd.grad(estimate, weights)], 1)
sizes = sizes.view(len(CLIPS), SEEDS, -1).clamp(min=1e-30).log10()
fig = figure(7.5, 3.2)
(ax,) = axes(fig)
for number, clip in enumerate(CLIPS):
    layers = range(1, sizes.shape[2] + 1)
    ax.plot(layers, sizes[number].median(0).values, "o-", color=PALETTE[number], label=f"clip {clip:g}")
    ax.fill_between(layers, sizes[number].min(0).values, sizes[number].max(0).values, color=PALETTE[number], alpha=0.25)
ax.set(xlabel="layer, from the input to the output", ylabel="log₁₀ of the gradient's size")
fig.legend(*ax.get_legend_handles_labels(), loc="outside right center", fontsize=9)
show(fig, alt="The size of the gradient in each of eight layers, on a logarithmic axis, one line for each clip.")

# %% [markdown]
# With small clips the gradient dies on its way to the input, where the samples are: it *vanishes*. With a clip of 1 it
# *explodes*. Between the two lies a narrow range that moves with depth and width, and nobody tells you where.
# (Gulrajani and others draw the same in their figure 1.)
#
# ### The clip as a slider
#
# The panel has critics for thirteen clips, trained beforehand. On the left the two heaps of section 2: the critic is
# drawn at its own best scale, beside the V it should be. On the right the same in the plane, as a landscape: data on a
# ring of eight, made points in the middle. Things to look for: at which clips is the V a V? At which clips is the
# landscape a bowl, at which a fold? And read the scale: how steep is it?


# %% name="landscapes" demo=true folded="Trains thirteen critics on the line and thirteen in the plane: about 20 s"
LADDER = torch.logspace(-3, 0, 13).tolist()
ladder = [GameSetting(strength=clip) for clip in LADDER]
world = ring(8, radius=2.0, std=0.05)
on_line = at_rest(
    METHODS["WGAN, clipped"],
    ladder,
    lambda s, n: two_bells.sample(s * n).view(s, n, 1),
    lambda s, n: 0.6 * torch.randn(s, n, 1),
    600,
)
in_plane = Sweep(world, METHODS["WGAN, clipped"], ladder, width=WIDTH)
for _ in each(range(quick(600, 5)), "training critics in the plane", usual=8):
    in_plane.d_step(fake=0.3 * torch.randn(len(ladder), 64, 2))


# %% name="clip-slider" demo=true folded="Draws both critics for one clip"
SIDE = torch.linspace(-3, 3, 49)
ACROSS = torch.linspace(-6, 6, 241)


def draw_clip(fig, clip):
    """Both critics for the nearest clip; returns the alt text."""
    nearest = min(range(len(LADDER)), key=lambda i: abs(math.log(LADDER[i] / clip)))
    fig.clear()
    y, x = torch.meshgrid(SIDE, SIDE, indexing="ij")
    with torch.no_grad():
        heights = on_line.judge(ACROSS[None, :, None].expand(len(on_line), -1, -1))[nearest].flatten()
        surface = in_plane.judge(torch.stack([x, y], -1).reshape(1, -1, 2).expand(len(in_plane), -1, -1))[nearest]
    steep = float((heights.diff() / ACROSS.diff()).abs().max())
    left, right = fig.add_subplot(1, 2, 1), fig.add_subplot(1, 2, 2, projection="3d")
    left.plot(ACROSS, ACROSS.abs(), color="0.5", ls=":", label="the best critic")
    ours = (heights - heights[120]) / max(steep, 1e-30)
    left.plot(ACROSS, ours, color=JUDGE, lw=2, label="this one, over its steepest slope")
    left.set(title=f"clip {LADDER[nearest]:.2g}: steepest slope {steep:.0e}", ylim=(-2, 6))
    left.legend(fontsize=8.5, loc="upper center")
    right.plot_surface(x.numpy(), y.numpy(), surface.view(49, 49).numpy(), cmap="cividis", rcount=49, ccount=49)
    right.set(title="in the plane", xticks=[], yticks=[])
    return f"The critics for a clip of {LADDER[nearest]:.2g}: steepest slope {steep:.0e}, and a landscape of the plane."


# %% name="clip-panel" demo=true folded="Makes the panel"
clip_slider = Sliders(draw_clip, {"clip": Knob("clip", 1e-3, 1.0, 0.1, log=True)})
clip_slider

# %% [markdown]
# ## 4. Holding the critic: the gradient penalty
#
# Gulrajani and others (2017) ask for what is wanted: slopes of length 1. The best critic *has* slope 1 almost
# everywhere along the way that earth is carried, so they look on the straight lines between real and made samples. For
# each pair $(x, \hat x)$ draw $\varepsilon$ evenly from 0 to 1, take $\tilde x = x + \varepsilon\,(\hat x - x)$, and
# add
#
# $$\lambda \; \mathrm{mean} \bigl( \lVert \nabla D(\tilde x) \rVert - 1 \bigr)^2$$
#
# to $D$'s loss. The penalty is a function of a *gradient*, and $D$ has to learn from it: a gradient of a gradient.

# %% [markdown] exercise="gradient_penalty" stars=3 minutes=25
# ### Exercise 4: the gradient penalty
#
# Return $\lambda$ (`weight`) times the mean over the batch, a tensor of shape (). `real` and `fake` have the same
# shape, `(n, …)`: points `(n, d)` or pictures `(n, C, H, W)`. Every pair gets an $\varepsilon$ of its own, the same for
# all numbers of that sample. The length is the Euclidean one, over all numbers of one sample. $D$ judges each sample by
# itself and returns one number for each, shape (n, 1).
#
# $D$'s parameters must be able to learn from what you return. Nothing is to reach `real` or `fake`: they are data here,
# even if `fake` still hangs on a generator.

# %% [markdown] hints="gradient_penalty"
# Three things to get right: where the slopes are taken (between the two, a place for each pair), what a length is (one
# for each sample), and that the slope stays in the graph.
# ---
# `torch.autograd.grad(outputs, inputs, create_graph=True)` gives a gradient that can be differentiated again. The sum
# of $D$'s outputs has, at each sample, that sample's own slope, since $D$ judges each by itself.
# ---
# `mix = torch.rand(len(real), *[1] * (real.ndim - 1))`; `x = torch.lerp(real, fake, mix).detach().requires_grad_()`;
# `(slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)`; then `slope.flatten(1).norm(dim=1)`.


# %% solution="gradient_penalty"
def gradient_penalty(D, real, fake, weight=10.0):
    """λ · mean (‖∇D‖ − 1)² on the lines between real and made samples.

    Args:
        D: from samples (n, …) to one number each, (n, 1).
        real, fake: two batches of one shape, (n, …).
        weight: λ.

    Returns:
        a tensor of shape () that D's parameters can learn from.
    """
    ### BEGIN SOLUTION
    mix = torch.rand(len(real), *[1] * (real.ndim - 1), dtype=real.dtype)
    x = torch.lerp(real, fake, mix).detach().requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return weight * (slope.flatten(1).norm(dim=1) - 1).square().mean()
    ### END SOLUTION


# %% test="gradient_penalty" points=3

# %% [markdown]
# Your penalty in the place of the clip, on the two heaps of section 2, for three weights λ.

# %% [markdown] predict="soft"
# A bell and the same bell moved by $d$: the critic's slope $s$ is rewarded by $s \cdot d$ and fined by $\lambda (s -
# 1)^2$. Where will the slope settle?
#
# - [ ] at 1 exactly: that is what the penalty asks :: A penalty is no wall. At $s = 1$ its own slope is 0, and the
#   reward still pulls.
# - [x] a little above 1, more for a larger distance :: $d = 2\lambda(s - 1)$ at the top, so $s = 1 + d / 2\lambda$.
# - [ ] a little below 1 :: Below 1 both terms push it up.
#
# ---
# $s = 1 + d/2\lambda$. So with λ = 10 and $d = 4$ the estimate is a fifth too large: $1.2 \cdot d$. Divide by the
# slope, or know it.

# %% name="penalized" demo=true folded="Trains critics with your penalty and draws them: about 20 s"
WEIGHTS = (1.0, 10.0, 100.0)
held = {}
for weight in each(WEIGHTS, "training critics with your penalty", usual=20):
    held[weight] = at_rest(
        METHODS["WGAN-GP"],
        [GameSetting()] * SEEDS,
        lambda s, n: two_bells.sample(s * n).view(s, n, 1),
        lambda s, n: 0.6 * torch.randn(s, n, 1),
        500,
        penalty=lambda D, real, fake, weight=weight: gradient_penalty(D, real, fake, weight),
    )
x = torch.linspace(-6, 6, 241)
fig = figure(9.5, 3.0)
for ax, (weight, games) in zip(axes(fig, 1, 3, sharey=True), held.items(), strict=True):
    with torch.no_grad():
        heights = games.judge(x[None, :, None].expand(SEEDS, -1, -1)).squeeze(2)
    ax.plot(x, (heights - heights[:, 120:121]).T, color=JUDGE, lw=0.8)
    ax.plot(x, x.abs(), color="0.3", ls=":", lw=2)
    ax.set(title=f"λ = {weight:g}", ylim=(-7, 9), xlabel="x")
show(fig, alt="Critics of ten seeds for three weights of the penalty, each drawn beside the best critic, a dotted V.")

# %% [markdown]
# Most seeds draw the V, too steep for λ = 1. Some do not, and the more so the larger λ: an arm of theirs hangs *down*.
# Look at the penalty again: it wants the *length* to be 1, and on the line $-1$ is as good as 1. To turn a slope from
# $-1$ to 1 a critic has to pass through 0, where the fine is λ. In the plane a slope can turn around without shrinking;
# on the line it is locked in. Petzka and others (2018) fine only what is *above* 1,
# $\max(0, \lVert \nabla D \rVert - 1)^2$, and so do we in section 5 (the package calls it WGAN-LP). In section 11 you
# will meet a run that did not.

# %% [markdown]
# ## 5. A curve that means something
#
# Now the promise, measured. Ten generators learn the bell $\mathcal N(5, 1)$, ten the ring, with held critics (5 steps
# on the line and 10 in the plane for each of $G$'s). Every now and then we ask the critics for their estimates on fresh
# points, and compute the exact distance beside: on the line by sorting, in the plane by the cheapest pairing of 256
# made with 256 real points. Beside each ten stand ten plain games from the same starts, with log 4 less the loss of
# *their* $D$ as "distance".

# %% [markdown] predict="which_curve"
# Which curve tells how far the made points still are?
#
# - [x] the critics', on the line and in the plane :: They are asked for a height whose slope is held, and that is a
#   distance, up to the softness of the penalty.
# - [ ] both: whatever falls while the samples get better :: Does it? A loss tells how one player stands against the
#   other, and both learn.
# - [ ] neither :: Then the duality of section 2 would be of no use in training.
#
# ---
# Left: the critics; right: the plain $D$. Above on the line, below in the plane. One dot is one moment of one seed: the
# exact distance against what the judge said. The titles say how well the two agree in order: a rank correlation for
# each seed, 1 at best, of which you see the middle one and the lowest.

# %% name="track" demo=true folded="Plays the games of one world and asks them now and then"
from scipy.stats import spearmanr

from gancourse.metrics import wasserstein_points

MOMENTS = quick(16, 3)


def tracked(target, method, setting, latent_dim, iterations=1600):
    """What the judges say and how far the samples are, both (moments, seeds)."""
    games = Sweep(target, METHODS[method], [setting] * SEEDS, width=WIDTH, latent_dim=latent_dim)
    for _ in range(quick(300, 2)):  # G waits until the judges have found their feet
        games.d_step()
    said, exact = [], []
    for _ in range(MOMENTS):
        for _ in range(quick(iterations // MOMENTS, 2)):
            games.play()
        with torch.no_grad():
            real, fake = games.real(256), games.samples(256)
            on_real, on_fake = games.judge(real), games.judge(fake)
        plain = math.log(4) - F.softplus(-on_real).mean((1, 2)) - F.softplus(on_fake).mean((1, 2))
        said.append(plain if method == "non-saturating" else (on_real.mean((1, 2)) - on_fake.mean((1, 2))))
        exact.append(torch.tensor([wasserstein_points(x, y) for x, y in zip(real, fake, strict=True)]))
    return torch.stack(said), torch.stack(exact)


# %% name="curves" demo=true folded="Draws what judges say against the exact distance, ten seeds: about a minute"
TRACKED = {
    "line, critic": (Gaussian1D(5.0, 1.0), "WGAN-LP", GameSetting(3e-4, 1e-3, 0.0, 5, 10.0), 1),
    "line, plain D": (Gaussian1D(5.0, 1.0), "non-saturating", GameSetting(1e-3, 1e-3, 0.0, 1), 1),
    "plane, critic": (world, "WGAN-LP", GameSetting(3e-4, 1e-3, 0.0, 10, 10.0), 2),
    "plane, plain D": (world, "non-saturating", GameSetting(1e-3, 1e-3, 0.0, 1), 2),
}
curves, agreement = {}, {}
for name, arguments in each(TRACKED.items(), "playing forty games and asking their judges", usual=60):
    curves[name] = said, exact = tracked(*arguments)
    agreement[name] = [float(spearmanr(said[:, i], exact[:, i])[0]) for i in range(SEEDS)]
fig = figure(9.8, 5.4)
for ax, (name, (said, exact)) in zip(axes(fig, 2, 2), curves.items(), strict=True):
    color, marker = (JUDGE, "o") if "critic" in name else (PALETTE[3], "s")
    ax.scatter(exact, said, s=9, color=color, marker=marker, alpha=0.5)
    middle, low = sorted(agreement[name])[SEEDS // 2], min(agreement[name])
    ax.set(title=f"{name}: rank correlation {middle:.2f} (from {low:.2f})", xlabel="exact distance", ylabel="judge")
show(fig, alt="What judges say against the exact distance, for critics and plain discriminators on line and plane.")

# %% [markdown]
# On the line and in the plane the critics' curves rank the moments as the exact distance does, in nearly every seed:
# one looks at the curve and knows whether it gets better. On the line a plain $D$'s loss, as such games are usually
# played, does not: it is near log 4 early and late. In the plane it does worse than the critic's, too. (This is no
# proof that it cannot. Given more steps and a slower $G$ a plain $D$ comes near its best, too, and then its loss
# follows the divergence, wherever that is not flat.)
#
# ## 6. Holding the critic: singular values
#
# How steep can a layer $x \mapsto Wx$ be? As steep as it stretches the direction that it stretches most: its largest
# **singular value** $\sigma$. Leaky rectifiers have slopes of at most 1, so the product of the layers' $\sigma$ bounds
# the network's slope. Miyato and others (2018) divide every weight matrix by its $\sigma$ each time it is used:
# **spectral normalization**. No clip, no second derivative; and it costs next to nothing, since $\sigma$ need not be
# computed anew. The **power iteration** goes on from where it stood: weights change little from step to step, so one
# round for each step of $D$ is enough.

# %% [markdown] exercise="spectral_norm" stars=3 minutes=20
# ### Exercise 5: the largest singular value
#
# $W$ has shape (m, n) and $u$, shape (m,), is the guess so far. In each of `steps` rounds, at least one: $v$ becomes
# $W^\top u$ at unit length, then $u$ becomes $W v$ at unit length. Return the pair ($\sigma$, $u$) with the last $u$
# and $v$ and
#
# $$\sigma = u^\top W v .$$
#
# Only the rounds count, no ready-made singular values. $\sigma$ is a tensor of shape (); $D$ learns through it, so its
# gradient flows to $W$, *with $u$ and $v$ held constant*: it is then the outer product $u v^\top$. The $u$ that you
# return hangs on nothing. Leave $W$ and the $u$ you are given as they are. Neither product is ever 0.

# %% [markdown] hints="spectral_norm"
# Two parts: rounds that nobody differentiates, and one product that somebody does.
# ---
# $v \leftarrow W^\top u / \lVert W^\top u \rVert$, $u \leftarrow W v / \lVert W v \rVert$, `steps` times; then
# $u^\top W v$. What is computed under `torch.no_grad()` is constant.
# ---
# `with torch.no_grad():` around `v = F.normalize(W.T @ u, dim=0)` and `u = F.normalize(W @ v, dim=0)` in a loop;
# outside of it `u @ W @ v`.


# %% solution="spectral_norm"
def spectral_norm(W, u, steps=1):
    """The largest singular value by the power iteration.

    Args:
        W: shape (m, n).
        u: a guess at the first left singular vector, shape (m,).
        steps: rounds, at least 1.

    Returns:
        (sigma, u): a tensor of shape (), through which W can learn, and the next guess, shape (m,).
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for _ in range(steps):
            v = F.normalize(W.T @ u, dim=0)
            u = F.normalize(W @ v, dim=0)
    return u @ W @ v, u
    ### END SOLUTION


# %% test="spectral_norm" points=3

# %% demo=true folded="Draws how fast your estimate comes near, from scratch and where the weights drift"
drawn = torch.Generator().manual_seed(3)
W, u = torch.randn(32, 32, generator=drawn), F.normalize(torch.randn(32, generator=drawn), dim=0)
scratch = [float(spectral_norm(W, u, steps)[0]) for steps in range(1, 41)]
exact = float(torch.linalg.matrix_norm(W, 2))
drifting, ahead = W.clone(), u
ratios = []
for _ in range(60):
    drifting = drifting + 0.02 * torch.randn(32, 32, generator=drawn)
    sigma, ahead = spectral_norm(drifting, ahead, 1)
    ratios.append(float(sigma / torch.linalg.matrix_norm(drifting, 2)))
fig = figure(9.5, 2.7)
left, right = axes(fig, 1, 2, sharey=True)
left.plot(range(1, 41), [value / exact for value in scratch], color=JUDGE, lw=2)
right.plot(ratios, color=JUDGE, lw=2)
for ax, title in ((left, "one matrix, more and more rounds"), (right, "a matrix that drifts, one round each step")):
    ax.axhspan(0.99, 1.0, color=REAL, alpha=0.25)
    ax.set(title=title, xlabel="rounds", ylabel="estimate / exact")
show(fig, alt="Your estimate over the exact largest singular value. Left: against rounds. Right: as the matrix drifts.")

# %% [markdown]
# The estimate comes from below and is within a percent (the blue band) after some tens of rounds, and stays near it
# when it is carried along. The price shows elsewhere: the bound is a product of worst cases. Layers rarely stretch the
# *same* direction most, so a critic that is normalized layer by layer is less steep than 1, sometimes much less.
#
# ## 7. Comparing pairs
#
# All pairs so far judge a sample by itself. A **relativistic** judge (Jolicoeur-Martineau, 2018) is asked which of two
# is the more real: $D(x) - D(\hat x)$ is a logit. It is then no longer enough for $G$ that its samples are called real:
# each is measured against a real one, and a mode without made points keeps pulling. Huang and others ("The GAN is dead;
# long live the GAN!", 2024) show that this loss alone need not converge, and that two penalties make it do so near the
# data, **R1** and **R2** (Mescheder and others, 2018; Roth and others, 2017):
#
# $$L_D = \mathrm{mean}_i\; \bigl[-\log \sigma\bigl(D(x_i) - D(\hat x_i)\bigr)\bigr]
# + \tfrac{\gamma}{2}\, \mathrm{mean} \lVert \nabla D(x) \rVert^2
# + \tfrac{\gamma}{2}\, \mathrm{mean} \lVert \nabla D(\hat x) \rVert^2,
# \qquad L_G = \mathrm{mean}_i\; \bigl[-\log \sigma\bigl(D(\hat x_i) - D(x_i)\bigr)\bigr].$$
#
# Where the game is over $D$ should be flat, and these penalties ask for that, on the real samples and on the made ones;
# a penalty that asks for slope 1 cannot. With a modern network this is R3GAN, the baseline to beat today, without any
# of the older tricks.

# %% [markdown] exercise="r3gan_losses" stars=3 minutes=25
# ### Exercise 6: pairs, R1 and R2
#
# Return ($L_D$, $L_G$) for batches of one shape `(n, …)`, where sample $i$ of `real` is paired with sample $i$ of
# `fake`. Compute the losses stably: logits may be ±200.
#
# $L_D$ is for $D$ alone: its parameters learn from all three terms, and nothing reaches `fake`. Through $L_G$ the
# gradient reaches `fake`, and the generator behind it. $L_G$ has no penalty. $D$ judges each sample by itself and
# returns one number for each, shape (n, 1).

# %% [markdown] hints="r3gan_losses"
# $-\log \sigma(a)$ is a softplus. The penalties are the squares of lengths, not the lengths less 1, and they are taken
# *at* the samples.
# ---
# $-\log\sigma(a) = \mathrm{softplus}(-a)$. For each batch: the slope at a detached copy that requires a gradient, with
# `create_graph=True`; its squares summed over all numbers of a sample, then the mean over samples.
# ---
# `x = batch.detach().requires_grad_()`; `(slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)`;
# `slope.flatten(1).square().sum(1).mean()`. For $L_D$ use `D(fake.detach())`, for $L_G$ `D(fake)`.


# %% solution="r3gan_losses"
def r3gan_losses(D, real, fake, gamma):
    """The relativistic pair with R1 and R2.

    Args:
        D: from samples (n, …) to one logit each, (n, 1).
        real, fake: two batches of one shape, (n, …).
        gamma: the weight of both penalties.

    Returns:
        (D's loss, G's loss): two tensors of shape ().
    """
    ### BEGIN SOLUTION
    d_loss = F.softplus(D(fake.detach()) - D(real)).mean()
    for batch in (real, fake):
        x = batch.detach().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        d_loss = d_loss + gamma / 2 * slope.flatten(1).square().sum(1).mean()
    return d_loss, F.softplus(D(real) - D(fake)).mean()
    ### END SOLUTION


# %% test="r3gan_losses" points=3

# %% [markdown]
# ## 8. A critic that rebuilds
#
# EBGAN's energy is how badly an autoencoder rebuilds its input: it has to learn what real samples look like, not only
# how they differ from today's made ones. **BEGAN** (Berthelot and others, 2017) keeps the autoencoder and drops the
# margin. It steers a *balance* instead. Let $L(x)$ be the error of a sample. $D$ should rebuild real samples well, and
# made ones badly, but only as badly as a weight $k$ says; and $k$ is turned until made samples cost $\gamma$ times what
# real ones cost:
#
# $$L_D = L(x) - k\,L(\hat x), \qquad L_G = L(\hat x), \qquad
# k \leftarrow \mathrm{clip}_{[0, 1]}\bigl(k + \lambda\,(\gamma L(x) - L(\hat x))\bigr).$$
#
# If $G$ is too good ($L(\hat x)$ small), $k$ rises and $D$ looks at made samples more; if it is bad, $k$ falls. The
# authors offer a number to watch, $M = L(x) + \lvert \gamma L(x) - L(\hat x) \rvert$: how well real samples are
# rebuilt, plus how far the two are out of balance.

# %% [markdown] exercise="began" stars=2 minutes=15
# ### Exercise 7: the balance
#
# `on_real` and `on_fake` hold the errors of two batches, one for each sample; $L$ is their mean. Return four things:
# $D$'s loss and $G$'s loss as tensors of shape (), the next $k$, and $M$, both as plain numbers. The losses use the $k$
# you are given. The next $k$ lies from 0 to 1.

# %% [markdown] hints="began"
# Two means, and the rest is arithmetic. What goes into $k$ and $M$ should be numbers, not tensors with a history.
# ---
# With $a = \gamma L(x) - L(\hat x)$: next $k$ is $\min(1, \max(0, k + \lambda a))$, and $M = L(x) + |a|$.
# ---
# `real, fake = on_real.mean(), on_fake.mean()`; `a = gamma * real.item() - fake.item()`.


# %% solution="began"
def began(on_real, on_fake, k, gamma=0.5, rate=0.001):
    """BEGAN's losses and its balance.

    Args:
        on_real, on_fake: errors of real and made samples, shapes (n,) and (m,).
        k: the weight of made samples in D's loss, from 0 to 1.
        gamma: what made samples should cost, as a share of what real ones cost.
        rate: λ, of k's step.

    Returns:
        (D's loss, G's loss, next k, M): two tensors of shape (), two plain numbers.
    """
    ### BEGIN SOLUTION
    real, fake = on_real.mean(), on_fake.mean()
    off = gamma * real.item() - fake.item()
    return real - k * fake, fake, min(1.0, max(0.0, k + rate * off)), real.item() + abs(off)
    ### END SOLUTION


# %% test="began" points=2

# %% [markdown]
# A small one for points of the ring: two hidden layers of 32 units lead to a code of one number, two more lead back.


# %% name="parts"
def perceptron(inputs, outputs, layer=nn.Linear, width=32):
    """Two hidden layers."""
    hidden = [layer(inputs, width), nn.LeakyReLU(0.2), layer(width, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, layer(width, outputs))


def descend(loss, opt):
    """One step of an optimizer down a loss; its value before the step."""
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


# %% name="began-match"
def rebuilt(D, x):
    """How far each point (n, 2) is from what the autoencoder makes of it, (n,)."""
    return (D(x) - x).norm(dim=1)


def play_began(gamma, iterations, seed=0):
    """Play BEGAN on the ring; yields k, M and G after each step."""
    seed_everything(seed)
    G, D = perceptron(2, 2), nn.Sequential(perceptron(2, 1), perceptron(1, 2))
    opt_G, opt_D = (torch.optim.Adam(net.parameters(), 1e-3, betas=(0.5, 0.9), fused=True) for net in (G, D))
    k = 0.0
    for _ in range(iterations):
        real, fake = world.sample(64), G(torch.randn(64, 2))
        d_loss, _, next_k, M = began(rebuilt(D, real), rebuilt(D, fake.detach()), k, gamma, rate=0.01)
        descend(d_loss, opt_D)
        descend(began(rebuilt(D, real), rebuilt(D, fake), k)[1], opt_G)
        k = next_k
        yield k, M, G


# %% demo=true folded="Plays BEGAN for three balances and draws k and M: about 25 s"
balances = {}
with working("playing BEGAN for three balances", usual=20) as done:
    for count, gamma in enumerate((0.3, 0.5, 0.7), 1):
        balances[gamma] = [(k, M) for k, M, began_G in play_began(gamma, quick(1500, 5))]
        done(count / 3)
fig = figure(9.5, 2.9)
left, right = axes(fig, 1, 2)
for number, (gamma, told) in enumerate(balances.items()):
    ks, Ms = torch.tensor(told).T
    every = max(1, len(Ms) // 60)
    smooth = Ms[: len(Ms) // every * every].view(-1, every).mean(1)
    left.plot(ks, color=PALETTE[number], ls=("-", "--", "-.")[number], lw=1.8, label=f"γ = {gamma:g}")
    right.plot(torch.arange(len(smooth)) * every, smooth, color=PALETTE[number], ls=("-", "--", "-.")[number], lw=1.8)
left.set(xlabel="iteration", title="the balance k")
right.set(xlabel="iteration", title="M, to be watched", ylim=(0, None))
left.legend(fontsize=9)
show(fig, alt="Left: BEGAN's k over the iterations for three γ. Right: the number M over the iterations.")

# %% [markdown]
# Read the left figure together with γ: what $k$ does is decided by which of the two errors falls first. And $M$ is made
# of reconstruction errors only: it can be low for a generator that has found a part of the ring.
#
# ## 9. Are GANs created equal?
#
# Every paper in this lesson has a figure in which its own loss wins. Lucic and others (2018) asked how such figures are
# made, and compared seven losses in another way: the *same* networks, the *same number* of random settings drawn for
# each (learning rates, momentum, steps, strength of the penalty), and not the best run reported but the whole
# distribution, and what somebody with a **budget** of $b$ tries is to expect. Their finding: with enough tries most
# losses reach about the same, and the differences between papers are smaller than those between budgets.
#
# If $N$ settings have been tried, what would somebody have found who tried only $b$ of them?

# %% [markdown] exercise="best_of" stars=3 minutes=25
# ### Exercise 8: the best of a budget
#
# `scores` holds $N$ scores of runs with settings drawn at random, shape (N,); **lower is better**. Somebody picks
# `budget` of these runs at random, each at most once and all choices equally likely, and keeps the best. Return the
# pair (mean, standard deviation) of that best score, over all choices: exactly, not by drawing. Two numbers.
#
# Runs that ran away have NaN or infinity for a score, plus or minus. Whoever leaves them out makes a method look better
# than it is: they count as `worst`. Scores may coincide. `budget` is from 1 to $N$, and $N$ may be 300: there are more
# choices then than a computer can go through, and their number is too large for torch's usual floats of 32 bits.

# %% [markdown] hints="best_of"
# Sort the runs. How likely is it that the best of $b$ is the one at place $i$? Then the mean and the spread of that
# distribution are a weighted mean and a weighted spread.
# ---
# With places $i = 0, \dots, N - 1$ from the best: the other $b - 1$ must all come from the $N - 1 - i$ behind it. So
# $P_i = \binom{N - 1 - i}{b - 1} / \binom{N}{b}$. The mean is $\sum_i P_i s_i$, the variance $\sum_i P_i (s_i -
# \mathrm{mean})^2$.
# ---
# `math.comb(n, k)` is a whole number of any size, 0 where k > n; a quotient of two of them is a float again.
# `torch.where(scores.isfinite(), scores, worst)` before the sorting.


# %% solution="best_of"
def best_of(scores, budget, worst):
    """What the best of `budget` runs is to be expected to be.

    Args:
        scores: one for each run, shape (N,); lower is better. NaN and infinity stand for runs that ran away.
        budget: how many of the runs somebody tries, from 1 to N.
        worst: the score of a run that ran away.

    Returns:
        (mean, standard deviation) of the best of `budget` different runs picked at random.
    """
    ### BEGIN SOLUTION
    n = len(scores)
    ordered = torch.where(scores.isfinite(), scores.double(), worst).sort().values
    shares = [math.comb(n - 1 - i, budget - 1) / math.comb(n, budget) for i in range(n)]
    p = torch.tensor(shares, dtype=torch.float64)
    mean = (p * ordered).sum()
    return mean.item(), (p * (ordered - mean) ** 2).sum().sqrt().item()
    ### END SOLUTION


# %% test="best_of" points=3

# %% [markdown]
# The sweep: nine methods on the ring, 20 random settings each, the same 20 for all but the strength. Rates of both
# players from $10^{-4}$ to $10^{-2}$, momentum 0, 0.5 or 0.9, one or five steps of $D$ for each of $G$'s, and for those
# that have one the clip from 0.001 to 1, λ from 0.1 to 100, γ from 0.01 to 10, EBGAN's margin from 0.1 to 10. (Its $D$
# is an autoencoder with a code of one number; BEGAN, whose balance remembers, is left out.) The budget of a run is 600
# steps of $D$.
# The score is the exact distance between 256 made and 256 real points; between two real batches it is 0.15 to 0.2.

# %% [markdown] predict="created_equal"
# What makes the greater difference to the score?
#
# - [ ] which of the nine methods it is :: That is what a figure in a paper shows. Compare how far apart the dots of one
#   column are.
# - [x] which setting of a method it is: rates, momentum, steps, strength :: From its best setting to its worst a method
#   spans a factor of several; from method to method the medians differ by less.
# - [ ] neither: all runs come to about the same :: Look at the scale, which is logarithmic.
#
# ---
# One dot is one setting. Compare the height of a column, from its lowest to its highest dot, with the differences among
# the bars, which are the medians.

# %% name="sweep" demo=true folded="Plays 180 games, nine methods with 20 settings each: two minutes"
DRAWS, WORST = quick(20, 4), 5.0
COMPARED = [name for name in METHODS if name != "WGAN-LP"]
scores = {}
for name in each(COMPARED, "playing nine methods with 20 settings each", usual=120):
    games = Sweep(world, METHODS[name], draw_settings(METHODS[name], DRAWS), width=WIDTH)
    for _ in range(quick(600, 3)):
        games.play()
    made = games.samples(256)
    found = [wasserstein_points(x, world.sample(256)) if x.isfinite().all() else math.nan for x in made]
    scores[name] = torch.tensor(found)

# %% name="sweep-figure" demo=true folded="Draws the scores of all settings, and what a budget finds"
fig = figure(9.8, 3.9)
left, right = axes(fig, 1, 2, width_ratios=(1.25, 1))
for number, (name, values) in enumerate(scores.items()):
    kept = torch.where(values.isfinite(), values, WORST).clamp(max=WORST)
    left.plot(number + torch.linspace(-0.25, 0.25, len(kept)), kept, "o", color=PALETTE[number], ms=4, alpha=0.8)
    left.plot([number - 0.4, number + 0.4], [kept.median()] * 2, color="0.2", lw=2)
    budgets = range(1, DRAWS + 1)
    means, spreads = torch.tensor([best_of(values, budget, WORST) for budget in budgets]).T
    right.plot(budgets, means, color=PALETTE[number], lw=1.8, marker="osD^v<>PX"[number], ms=4, label=name)
    if name in ("non-saturating", "R3GAN"):
        right.fill_between(budgets, means - spreads, means + spreads, color=PALETTE[number], alpha=0.15)
left.set(ylabel="distance to the data", yscale="log", title="20 settings each")
left.set_xticks(range(len(scores)), [name.replace(" ", "\n").replace("-", "-\n") for name in scores], fontsize=7)
right.set(xlabel="budget: settings tried", yscale="log", title="the best of a budget")
right.legend(fontsize=8)
show(fig, alt="Left: scores of 20 random settings for nine methods. Right: the expected best score for each budget.")

# %% [markdown]
# Compare the lowest dots first: what would a paper show that reports the best of 20? Then the bars and the spread: how
# many settings are bad? (EBGAN has the hardest time here: 600 steps are few for an autoencoder.) On the right, look
# whether the order of the curves changes with the budget. If it does, "which is best" has no answer without "after how
# many tries". And this is one network, one toy and 600 steps.
#
# ## 10. Play with it
#
# A match for one pair of networks, made of what you have written. It reads like the papers: whose losses, and what
# holds the critic.


# %% name="networks"
class Spectral(nn.Linear):
    """A layer whose weights are divided by your estimate of their largest singular value."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs)
        self.register_buffer("u", F.normalize(torch.randn(outputs), dim=0))

    def forward(self, input):
        sigma, self.u = spectral_norm(self.weight, self.u)
        return F.linear(input, self.weight / sigma, self.bias)


# %% name="pairs-table"
PAIRS = {  # the objective, what holds the critic, how strongly
    "non-saturating": ("non-saturating", "", 0.0),
    "least squares": ("least squares", "", 0.0),
    "hinge": ("hinge", "", 0.0),
    "hinge, spectral": ("hinge", "spectral", 0.0),
    "WGAN, clipped": ("wasserstein", "clip", 0.1),
    "WGAN-GP": ("wasserstein", "penalty", 10.0),
    "R3GAN": ("relativistic", "R1 and R2", 1.0),
}


# %% name="match"
class Match:
    """Two networks that play for any of these pairs."""

    latent_dim, batch = 2, 64

    def __init__(self, target, method="WGAN-GP", seed=0, rate_G=1e-3, rate_D=1e-3, k=1, strength=None):
        seed_everything(seed)
        self.target, self.k, self.history = target, k, []
        self.objective, self.hold, usual = PAIRS[method]
        self.strength = usual if strength is None else strength
        dimension = target.sample(1).shape[1]
        self.G = perceptron(self.latent_dim, dimension)
        self.D = perceptron(dimension, 1, Spectral if self.hold == "spectral" else nn.Linear)
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate_G, betas=(0.0, 0.99), fused=True)
        self.opt_D = torch.optim.Adam(self.D.parameters(), rate_D, betas=(0.0, 0.99), fused=True)


# %% name="steps"
class Playing(Match):
    """How it is played."""

    def noise(self, n):
        return torch.randn(n, self.latent_dim)

    def losses(self, real, fake):
        if self.objective == "relativistic":
            return r3gan_losses(self.D, real, fake, self.strength)
        on_real, on_fake = self.D(real), self.D(fake)
        if self.objective == "non-saturating":
            return F.softplus(-on_real).mean() + F.softplus(on_fake).mean(), F.softplus(-on_fake).mean()
        return critic_losses(self.objective, on_real, on_fake)

    def d_step(self):
        real, fake = self.target.sample(self.batch), self.G(self.noise(self.batch)).detach()
        if self.hold == "clip":
            return -critic_step(self.D, self.opt_D, real, fake, self.strength)
        loss = self.losses(real, fake)[0]
        if self.hold == "penalty":
            loss = loss + gradient_penalty(self.D, real, fake, self.strength)
        return descend(loss, self.opt_D)

    def g_step(self):
        return descend(self.losses(self.target.sample(self.batch), self.G(self.noise(self.batch)))[1], self.opt_G)


# %% [markdown]
# In the panel colors show what the critic says, from the lowest to the highest on the samples, and arrows the way each
# made point is pulled. Things to try:
#
# 1. *WGAN, clipped*. Move the strength from 0.1 to 0.001 while it plays, and back to 1. What becomes of the arrows?
# 2. *WGAN-GP* against *least squares*, thirty single steps of $D$ each, on *one far bell*. Where do arrows far from the
#    data point?
# 3. *R3GAN* and *non-saturating* on the grid of 25, to the end. Whose critic is flat when the samples are right?


# %% name="played" demo=true folded="A match with the names that the panel knows"
from gancourse.widgets import Playground


class Played(Playing):
    """A match with the names that the panel knows."""

    lr_G = property(lambda self: self.opt_G.param_groups[0]["lr"], lambda self, r: self.set_rate(self.opt_G, r))
    lr_D = property(lambda self: self.opt_D.param_groups[0]["lr"], lambda self, r: self.set_rate(self.opt_D, r))
    sample = property(lambda self: self.target.sample)
    critic = property(lambda self: self.objective != "non-saturating")

    def set_rate(self, opt, rate):
        opt.param_groups[0]["lr"] = rate

    def step(self):
        d_losses = [self.d_step() for _ in range(int(self.k))]
        self.history.append((d_losses[-1], self.g_step()))

    def g_loss(self, scores):
        """G's loss on single scores, for the arrows; a relativistic one beside a real score of 0."""
        if self.objective in ("relativistic", "non-saturating"):
            return F.softplus(-scores).mean()
        return critic_losses(self.objective, scores, scores)[1]


# %% name="playground" demo=true folded="Makes the panel"
def make(target, loss, remedy, seed):
    """A match for the panel to play."""
    return Played(target, loss, seed)


playground = Playground(
    make,
    targets={"ring of 8": world, "one far bell": Mixture([[3.0, 2.0]], 0.3), "grid of 25": grid()},
    losses=list(PAIRS),
    knobs={"strength": Knob("clip, λ or γ", 1e-3, 100.0, 0.1, log=True)},
    start={"loss": "WGAN, clipped"},
)
playground

# %% [markdown]
# ## 11. What goes wrong
#
# Three runs that fail, on the bell $\mathcal N(5, 1)$, with Wasserstein losses all of them. The code is yours and
# right; the settings lie in the package, and you are told them when you have said what you see. On the right is what
# the critic says, its estimate, beside the exact distance. Each run takes five to ten seconds.


# %% name="on-line" folded="A match on the line that notes its critic's estimate and the exact distance"
class OnLine(Playing):
    """A match on the line that notes its critic's estimate and the exact distance now and then."""

    latent_dim = 1

    def note(self, n=1000):
        with torch.no_grad():
            real, fake = self.target.sample(n), self.G(self.noise(n))
            exact = (real.sort(0).values - fake.sort(0).values).abs().mean()
            self.history.append((float(self.D(real).mean() - self.D(fake).mean()), float(exact)))

    def play(self, iterations):
        for count in range(iterations):
            for _ in range(self.k):
                self.d_step()
            self.g_step()
            if count % 10 == 0:
                self.note()
            yield self


# %% name="play-broken" folded="Plays a run whose settings lie in the package, with changes if you like"
def play_broken(name, **changes):
    """Play run A, B or C and draw it, with some settings changed; the match as it ends."""
    settings = broken_run("06_objectives", name) | changes
    iterations = quick(settings.pop("iterations"), 10)
    match = OnLine(Gaussian1D(5.0, 1.0), **settings)
    watch(match.play(iterations), lambda fig, match: draw_run(fig, match, f"Run {name}"), total=iterations)
    return match


# %% name="draw-run" folded="Draws a run on the line: samples and critic, estimate and exact distance"
def draw_run(fig, match, title=""):
    """Heaps and the critic, and what it said against what is true; returns the alt text."""
    fig.clear()
    left, right = axes(fig, 1, 2)
    with torch.no_grad():
        samples = match.G(match.noise(2000)).flatten()
        low, high = min(-2.0, float(samples.min()) - 1), max(9.0, float(samples.max()) + 1)
        x = torch.linspace(low, high, 200)
        heights = match.D(x[:, None]).flatten()
    left.hist(match.target.sample(2000).flatten().numpy(), bins=40, density=True, color=REAL, alpha=0.4, label="data")
    left.hist(samples.numpy(), bins=40, density=True, color=FAKE, alpha=0.5, label="made points")
    twin = left.twinx()
    twin.plot(x, heights, color=JUDGE, lw=2)
    twin.grid(False)
    steep = float((heights.diff() / x.diff()).abs().max())
    left.set(title=f"{title}: the critic (green), steepest slope {steep:.1e}", xlabel="x", xlim=(low, high))
    left.legend(fontsize=8.5, loc="upper left")
    said, exact = torch.tensor(match.history).T
    steps = 10 * torch.arange(len(said))
    right.plot(steps, exact, color="0.3", ls=":", lw=2, label="exact distance")
    right.plot(steps, said, color=JUDGE, lw=1.5, label="the critic's estimate")
    right.axhline(0, color="0.7", lw=0.8)
    right.set(xlabel="iteration")
    right.legend(fontsize=8.5)
    return f"{title}. Samples around {float(samples.mean()):.1f}, the critic, its estimate and the exact distance."


# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A at its end: what do you see?
#
# - [x] the samples stay where they were, and the estimate is next to nothing :: An estimate of a billionth beside a
#   distance of 5. Not the distance is small, but the factor.
# - [ ] the samples are on the data: the estimate is 0 :: Look at the dotted line, and at the two heaps.
# - [ ] the critic leans the wrong way :: It leans the right way, a ten-billionth steep.
#
# ---
# Its settings: `method="WGAN, clipped", strength=1e-4, k=5`.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what became of the samples?
#
# - [ ] they walked to the data :: The distance grew.
# - [x] they fled, away from the data, and the estimate was negative all the way :: The critic falls where it should
#   rise. $G$ walks uphill, as it should, and the hill is on the wrong side.
# - [ ] they stayed where they were :: They have moved by several units.
#
# ---
# Its settings: `method="WGAN-GP", k=5, rate_G=3e-4, seed=1`. Another seed may begin with the right slope, and then all
# is well.

# %% demo=true
run_c = play_broken("C")

# %% [markdown] quiz="run_c"
# Run C: which of these is true of the critic's curve?
#
# - [ ] it follows the distance, up to a factor :: It changes its sign again and again, the distance cannot.
# - [x] it leaps up and down by more than ten, while the distance stays below one or so :: A steep critic turns a tiny
#   difference of the samples into a large one, and one step of $D$ turns it around.
# - [ ] it is nearly 0 throughout :: Look at the axis.
#
# ---
# Its settings: `method="WGAN, clipped", strength=1.0, k=5, seed=1`.

# %% [markdown] exercise="diagnose_critics" stars=2 minutes=20
# ### Exercise 9: three diagnoses
#
# For each of the runs A, B and C write three sentences: what you see (the evidence), why the settings lead to it (the
# cause, by a formula or a figure of this lesson where one fits), and the one setting you would change (the cure). Try
# your cure before you recommend it: `play_broken("A", strength=0.1)` plays run A with another clip, and so for every
# setting of `Match`. A teacher reads this answer.

# %% [markdown] answer="diagnose_critics" points=4
# *A: vanished.* Samples around 0, data around 5, an estimate of a billionth. The slope of a critic of three layers goes
# with the third power of the clip, here $10^{-12}$ times some hundreds; the gradient that reaches G is below what Adam
# takes for 0. Cure: strength=0.1, or a penalty.
#
# *B: upside down.* The estimate is negative throughout and the samples flee. The penalty wants slopes of length 1, and
# on the line a slope of −1 pays no fine either; to turn around the critic would have to pass through slope 0, where the
# fine is λ = 10, more than the 5 it could win. Cure: another seed, a smaller λ (strength=1.0), or the one-sided
# penalty.
#
# *C: exploded.* The estimate swings by more than ten around 0, the critic is far too steep (some hundreds), and the
# samples tremble around the data without settling. Cure: strength=0.1.
#
# One point for each right pair of evidence and cause, one for three cures that work.

# %% [markdown]
# ## 12. An open challenge
#
# You know now what a critic is for, and several ways to hold one. Which finds most of the distance, if it is held to
# its word?

# %% [markdown] exercise="honest_critic" stars=3 minutes=40 challenge=true
# ### Exercise 10: an honest critic
#
# You get 300 real and 300 made points in the plane, two tensors of shape (300, 2). Return a critic: a function that
# takes points (n, 2) and returns one number for each, shape (n,) or (n, 1). It need not be a network.
#
# It is asked once, about 300 *new* real and 300 new made points together, in mixed order. Its steepest slope $L$
# between any two of these 600 points is measured, and then
#
# $$\text{share} = 100 \cdot \frac{(\mathrm{mean}\,f(x) - \mathrm{mean}\,f(\hat x)) / L}{W}$$
#
# with the exact distance $W$ of these points. Nobody can get more than 100, whatever the function does: that is the
# duality of section 2. Each attempt is made on three pairs of distributions, and the mean share counts: **40** for
# bronze, **80** for silver, **95** for gold. In the notebook the worlds are rings and bells; the graders' are others,
# and there one percent less is allowed. Each critic may take ten seconds to be made.

# %% [markdown] hints="honest_critic"
# For bronze any critic of this lesson does that leans the right way; which is least steep for what it finds? For silver
# remember that *one* steep place spoils the share. For gold: does it have to be a network?
# ---
# A network with a one-sided penalty, trained for some hundred steps, earns silver. The dual needs heights at the 600
# given points only: the most that 600 numbers can give if no two differ by more than the distance of their points.
# Elsewhere stand a cone on each given height, opening upward with slope 1, and take the lowest of them:
# $f(x) = \min_j\, (f_j + \lVert x - x_j \rVert)$ is 1-Lipschitz, whatever the $f_j$ are.
# ---
# `scipy.optimize.linear_sum_assignment` on the table of distances pairs each real point with a made one at the least
# cost; along each pair the best heights fall by exactly the distance, $f(\hat x) \le f(x) - c$. Begin with zeros and
# lower heights until all inequalities $f_j \le f_i + w_{ij}$ hold, with $w_{ij}$ the distance, or $-c$ from a real
# point to its partner: `f = (f[:, None] + w).min(0).values`, again and again until nothing changes.


# %% solution="honest_critic"
def honest_critic(real, fake):
    """A critic that finds most of the distance between two clouds and is nowhere steep.

    Args:
        real, fake: shape (300, 2) each.

    Returns:
        a function: takes points (n, 2), returns one number for each.
    """
    ### BEGIN SOLUTION
    from scipy.optimize import linear_sum_assignment

    points, n = torch.cat([real, fake]).double(), len(real)
    w = torch.cdist(points, points)
    rows, columns = map(torch.as_tensor, linear_sum_assignment(w[:n, n:].numpy()))
    w[rows, n + columns] = -w[rows, n + columns]
    heights = torch.zeros(2 * n, dtype=torch.float64)
    for _ in range(2 * n):
        lower = torch.minimum(heights, (heights[:, None] + w).min(0).values)
        if torch.equal(lower, heights):
            break
        heights = lower
    return lambda x: (heights + torch.cdist(x.double(), points)).min(1).values
    ### END SOLUTION


# %% test="honest_critic" points=3

# %% [markdown]
# Whatever your medal: the share cannot be argued with. That is what makes this dual different from all the other
# objectives of the lesson: a critic of yours can be *checked*, by anybody, without believing how it was made.
#
# ## 13. What to take along
#
# - An objective decides what the judge's number means: a label, a margin, a height, an energy, an opinion on a pair.
# - On the line the best critic is known: its slope is −1 or 1, by the sign of the flow, and its value is the distance.
# - A clip holds *some* slope. The estimate is proportional to the distance, by a factor that is a power of the clip.
# - A gradient penalty holds the slope itself, softly: $1 + d / 2\lambda$. It needs a gradient of a gradient.
# - Spectral normalization holds a bound of the slope for next to nothing; R1 and R2 ask the critic to be flat at the
#   end.
# - Compare methods by equal budgets, count the runs that ran away, and show the spread.

# %% [markdown] quiz="units"
# Two WGANs are clipped at 0.1. The one with four layers shows an estimate of 0.2, the one with three layers 0.5. Which
# generator is nearer to the data?
#
# - [ ] the first: its distance is smaller :: Its *estimate* is. The factor before it is another one.
# - [x] nobody can tell from that :: Each estimate has a factor of its own, a product over layers. Within one run it
#   falls as the distance does; between two networks it says nothing.
# - [ ] the second, since its critic is better :: A steeper critic is no better one.

# %% [markdown] quiz="no_graph"
# Somebody forgets `create_graph=True` in the gradient penalty. The code runs all the same. What happens?
#
# - [ ] nothing: the value is the same :: The value is. What $D$ learns from is the gradient *of* it.
# - [x] the critic grows steeper and steeper :: The penalty is a constant for the optimizer. Its value is shown, and
#   nobody obeys it.
# - [ ] the critic becomes flat :: Nothing pulls it down.

# %% [markdown] quiz="flat_end"
# At the end of a game the samples are the data. What does a critic with slope 1 everywhere do to the generator?
#
# - [x] it keeps pushing it around :: Slope 1 is slope 1, although no direction is right any more. R1 and R2 ask for
#   slope 0 there.
# - [ ] nothing: the distance is 0 :: The *value* is 0. $G$ learns from the slope.
# - [ ] it pulls it back if it leaves :: It pulls somewhere, wherever the critic happens to lean.

# %% [markdown] quiz="best_run"
# A paper reports for its method the best of 50 runs, for the others the published figure. What is missing?
#
# - [ ] nothing, if data and network are the same :: A best of 50 is better than a best of one, for *any* method.
# - [ ] a longer training :: Of both? Then the same is missing.
# - [x] 50 tries for each of the others, and the spread :: Equal budgets; and what somebody has to expect who has ten.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a
# grader would. It repeats what the checks say and leaves your file as it is:
#
# ```
# gancourse validate 06_objectives
# ```
#
# ## Read on
#
# - X. Mao and others, *Least Squares Generative Adversarial Networks*, ICCV 2017,
#   [arXiv:1611.04076](https://arxiv.org/abs/1611.04076). J. H. Lim and J. C. Ye, *Geometric GAN*, 2017,
#   [arXiv:1705.02894](https://arxiv.org/abs/1705.02894): the hinge.
# - M. Arjovsky, S. Chintala and L. Bottou, *Wasserstein GAN*, ICML 2017,
#   [arXiv:1701.07875](https://arxiv.org/abs/1701.07875). Algorithm 1, figures 1 and 3, and the sentence on clipping.
# - I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville, *Improved Training of Wasserstein GANs*,
#   NeurIPS 2017, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028). H. Petzka, A. Fischer and D. Lukovnikov, *On the
#   Regularization of Wasserstein GANs*, ICLR 2018, [arXiv:1709.08894](https://arxiv.org/abs/1709.08894): one side only.
# - J. Zhao, M. Mathieu and Y. LeCun, *Energy-based Generative Adversarial Network*, ICLR 2017,
#   [arXiv:1609.03126](https://arxiv.org/abs/1609.03126). D. Berthelot, T. Schumm and L. Metz, *BEGAN*, 2017,
#   [arXiv:1703.10717](https://arxiv.org/abs/1703.10717).
# - T. Miyato, T. Kataoka, M. Koyama and Y. Yoshida, *Spectral Normalization for Generative Adversarial Networks*, ICLR
#   2018, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957).
# - L. Mescheder, A. Geiger and S. Nowozin, *Which Training Methods for GANs do actually Converge?*, ICML 2018,
#   [arXiv:1801.04406](https://arxiv.org/abs/1801.04406): R1. K. Roth and others, *Stabilizing Training of Generative
#   Adversarial Networks through Regularization*, NeurIPS 2017, [arXiv:1705.09367](https://arxiv.org/abs/1705.09367).
# - A. Jolicoeur-Martineau, *The relativistic discriminator*, ICLR 2019,
#   [arXiv:1807.00734](https://arxiv.org/abs/1807.00734). Y. Huang, A. Gokaslan, V. Kuleshov and J. Tompkin, *The GAN is
#   dead; long live the GAN! A Modern Baseline GAN*, NeurIPS 2024, [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
# - M. Lucic, K. Kurach, M. Michalski, S. Gelly and O. Bousquet, *Are GANs Created Equal? A Large-Scale Study*, NeurIPS
#   2018, [arXiv:1711.10337](https://arxiv.org/abs/1711.10337).

# %% demo=true folded="Draws what your critic says in the plane, kept beside this notebook"
torch.manual_seed(1)
real, fake = world.sample(300), 0.4 * torch.randn(300, 2)
mine = honest_critic(real, fake)
side = torch.linspace(-3, 3, 90)
y, x = torch.meshgrid(side, side, indexing="ij")
heights = mine(torch.stack([x, y], -1).reshape(-1, 2)).detach().reshape(90, 90)
fig = figure(5.6, 4.4)
(ax,) = axes(fig)
ax.contourf(x, y, heights, levels=24, cmap="cividis")
ax.scatter(*real.T, s=7, color=REAL, ec="white", lw=0.3)
ax.scatter(*fake.T, s=7, color=FAKE, ec="white", lw=0.3)
ax.set(aspect="equal", xticks=[], yticks=[], title="My honest critic")
keepsake(
    fig, alt="What my critic says in the plane, as a map of heights; real and made points on it.", name="my_critic"
)

# %% [markdown] last=true
# ## What you have built
#
# Six objectives by hand, and three ways to hold a critic. A derivation of why a critic's value can be a distance, with
# the best critic drawn; and a comparison of nine methods that reports its spread.
#
# **The same at full scale.** What changes is the network and the number of hours; the lines you wrote stay.
#
# | | here | in the papers |
# |---|---|---|
# | WGAN | points; two hidden layers; Adam without momentum | bedrooms of 64 × 64 pixels; RMSProp; $c = 0.01$, $k = 5$ |
# | WGAN-GP | λ = 10 on points | λ = 10, residual networks of up to 101 layers |
# | spectral normalization | three layers | all layers; all thousand classes of ImageNet |
# | R3GAN | a perceptron, γ from 0.01 to 10 | a modern convolutional network, γ for each data set |
# | the comparison | 20 settings, points, exact distance | 100 settings each on four sets of pictures, by FID |
#
# What does not carry over is the exact distance: of photographs nobody knows it, and the sweep there is scored by
# lesson 04's FID. To hold a critic of pictures use the same penalty; your function takes (n, C, H, W) as it is.
# Pictures are what `gancourse.data.load("faces", size=64)` gives, and with `"celeba"` instead photographs.
#
# **Next:** until now a generator made what it liked. Ask it for something.
