# %% [markdown] builds="the way back from a picture to its z: an encoder, directions, a brush" hours=5 stars=3
# # 16 · Into the latent space and back
#
# So far you have gone one way: from noise to a picture. In this lesson you go back. You are given a face that no
# generator has made, look for the $z$ whose picture comes nearest to it, change $z$, and take the change back to the
# face you were given. Older, a smile, other hair, without retouching a single pixel by hand.
#
# **You will be able to**
#
# - find the $z$ of a picture by optimization, by an encoder, and by both;
# - derive the gradient of logistic regression, and find with it the direction in which a smile grows;
# - say what a direction changes besides, in numbers, and take out of it what should be held;
# - write a brush and a pencil as terms of a loss, and keep an edit near where it began;
# - take an edit back to the original, by motion and by color;
# - measure how honest an aged face is, if the truth is known.
#
# **Time:** about five hours with the challenge, of which the machine works about two minutes. No GPU is needed.
# **Builds on:** lesson 03 (the generator), lesson 04 (the face reader), lesson 07 (conditions), lesson 14
# (directions and $w$).

# %% [markdown]
# ![Five small drawn faces in a row: one that somebody drew, and four that a network made of it.](images/edited.png)
#
# *What this lesson is about. On the left a face that the generator has never seen, then the nearest face it can make,
# and three edits of that: older, with a wider smile, with glasses. Drawn by the network that comes with the course, 64
# × 64 pixels.*
#
# ![Two rows of four faces. The upper ones stand still. Below each is its likeness, which grows old and young again;
# hair turns white and takes on color. Then the mouths smile and stop smiling.](images/sliders.gif)
#
# *Four more, below their originals: first older and younger, then with more and with less of a smile. Look at what else
# changes, and at what the likenesses lack from the start.*

# %% name="setup"
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data import faces
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.widgets import Canvas
from gancourse.widgets.knobs import Choice, Knob
from gancourse.widgets.sliders import Sliders

check = public("16_editing")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. A face without a z
#
# The generator is lesson 03's, as it comes with the course: a DCGAN, 64 × 64 pixels, $z$ of 64 numbers from N(0, I).
# Any other generator of pictures will do; it is chosen in one line. Beside it stands the **reader**, which reads a
# drawn face's age, smile, hair and glasses off its pixels. It judges this lesson's edits, and lends its last hidden
# layer as features.
#
# The faces to be edited are drawn by the course's own renderer, from factors that are known to the last digit. So
# there is a truth to compare with: the same person, older.

# %% name="load" demo=true folded="Loads the generator, the reader, and faces to edit"
GENERATOR = "dcgan_faces_64"
G, reader = store.load(GENERATOR)["G"], load_face_reader()
reader.requires_grad_(False)
d = G.latent_dim
COUNT = quick(24, 4)  # faces to be projected
people = faces.sample_factors(COUNT, seed=1600)
x = to_unit(faces.render(people, 64))
fig = draw_rows({"to be edited": x[:8], "some that G makes": G(torch.randn(8, d)).detach()})
show(fig, alt="Two rows of eight drawn faces: above those to be edited, below some that the generator makes.")

# %% [markdown]
# ## 2. Back to z
#
# Zhu, Krähenbühl, Shechtman and Efros (2016) call it **projection**: of all pictures that $G$ can make, find the one
# nearest to $x$,
#
# $$z^* = \arg\min_z\, \mathcal{L}\bigl(G(z), x\bigr).$$
#
# What is *near*? If pixels alone count, an eyebrow that sits one pixel too high costs as much as none at all. So the
# authors take pixels *and* what a network sees in the picture, the activations of a layer of AlexNet. We take the
# reader's features. $\mathcal{L}$ says both in one number for each picture.

# %% [markdown] exercise="projection_loss" stars=1 minutes=10
# ### Exercise 1: what is near
#
# `projection_loss(made, x, features, weight)`: pictures `made` and `x`, both (n, C, H, W); `features` takes pictures
# and returns (n, k). Return (n,), for each pair by itself:
#
# $$\mathcal{L} = \frac{1}{CHW}\lVert \text{made} - x \rVert^2 \;+\;
# \text{weight} \cdot \frac1k \lVert \text{features}(\text{made}) - \text{features}(x) \rVert^2.$$
#
# ‖·‖² adds up all squares of one picture. Gradients pass to `made`.

# %% [markdown] hints="projection_loss"
# Two means of squares, neither of them over the batch.
# ---
# `flatten(1)` leaves the batch alone and puts all else into one row.
# ---
# `(made - x).square().flatten(1).mean(1)`, and the same for the features.


# %% solution="projection_loss"
def projection_loss(made, x, features, weight):
    """How far each of made (n, C, H, W) is from x, by pixels and by features (n, k): (n,)."""
    ### BEGIN SOLUTION
    pixels = (made - x).square().flatten(1).mean(1)
    seen = (features(made) - features(x)).square().flatten(1).mean(1)
    return pixels + weight * seen
    ### END SOLUTION


# %% test="projection_loss" points=1

# %% [markdown]
# The search goes downhill, as in training, but what moves is $z$, and the networks stand still. Three things are easy
# to get wrong. $G$ has **batch normalization**: in training mode a picture depends on its neighbors in the batch, and
# so would its $z$. A step of Adam can lead **uphill**: the last $z$ need not be the best. And each picture has a search
# **of its own**, though all are in one batch.
#
# The loss below takes the pictures *and* their $z$. In this section it looks at the pictures alone; section 8 will
# need both.

# %% [markdown] exercise="search_z" stars=3 minutes=30
# ### Exercise 2: the search
#
# `search_z(G, loss, z, steps, rate)`: search from z (n, d). `loss(G(z), z)` gives (n,).
#
# - Take `steps` steps of `torch.optim.Adam` on a copy of z, with the learning rate `rate` and all else as it comes,
#   down the **sum** of the losses.
# - Look at the start and at where each step leads: `steps` + 1 points. For each row, keep the one with the **smallest**
#   loss.
# - Return two tensors that no graph hangs on: the kept z (n, d), and their losses (n,).
#
# z stays as it is. $G$ is asked **in evaluation mode**, and in the end every part of it is in the mode it came in. Its
# parameters and running averages stay as they are, and so does each parameter's `requires_grad`.

# %% [markdown] hints="search_z"
# A loop of `steps` + 1 rounds: look, keep what is better, take a step. In the last round there is no step.
# ---
# `z = z.detach().clone().requires_grad_()`, and `torch.optim.Adam([z], lr=rate)`. The gradient for z alone comes from
# `torch.autograd.grad(losses.sum(), z)`; it goes into `z.grad`.
# ---
# `better = losses.detach() < least`, then `best = torch.where(better[:, None], z.detach(), best)`. Careful:
# `z.detach()` shares its memory with `z`, and Adam changes that in place. `torch.where` makes a copy.


# %% solution="search_z"
def search_z(G, loss, z, steps, rate):
    """The best z (n, d) that Adam comes across, each row by itself, and their losses (n,)."""
    ### BEGIN SOLUTION
    training = [part for part in G.modules() if part.training]
    G.eval()
    z = z.detach().clone().requires_grad_()
    opt = torch.optim.Adam([z], lr=rate)
    best, least = z.detach().clone(), torch.full((len(z),), torch.inf, dtype=z.dtype)
    for step in range(steps + 1):
        losses = loss(G(z), z)
        better = losses.detach() < least
        best = torch.where(better[:, None], z.detach(), best)
        least = torch.where(better, losses.detach(), least)
        if step < steps:
            (z.grad,) = torch.autograd.grad(losses.sum(), z)
            opt.step()
    for part in training:
        part.training = True
    return best, least
    ### END SOLUTION


# %% test="search_z" points=3

# %% [markdown]
# Four of the faces, from four starts each. How far does one come in forty steps, and does it matter where one begins?


# %% name="near" demo=true
def near(x, weight=0.1):
    """A loss for `search_z`: how far the pictures are from x."""
    return lambda made, z: projection_loss(made, x, reader.features, weight)


# %% name="starts" demo=true folded="Searches for four faces from four starts each"
STEPS = quick(40, 3)
four = x[:4].repeat(4, 1, 1, 1)
with working("searching from sixteen starts", usual=quick(6, 1)):
    z_four, left = search_z(G, near(four), torch.randn(16, d), STEPS, 0.1)
found = G(z_four).detach()
rows = {"given": x[:4], **{f"start {k + 1}: {left[4 * k : 4 * k + 4].mean():.3f}": found[4 * k : 4 * k + 4]
                           for k in range(4)}}  # fmt: skip
show(
    draw_rows(rows, width=5.0),
    alt="Five rows of four faces: those that were given, and what the search has found from four starts, with the mean "
    "loss of each row.",
)

# %% [markdown]
# Skin, background and the turn of the head come first, hair next. Small things such as glasses come late or never, and
# not from every start: the search goes downhill from where it stands, and there is more than one valley. And forty
# steps for each picture are slow.
#
# ## 3. An encoder
#
# Why search anew for each picture, when all searches are alike? An **encoder** $E$ learns to say $z$ at one glance. In
# the paper it is trained on real pictures, by the loss of a projection, $\mathcal{L}(G(E(x)), x)$. We have something
# else as well: samples of $G$ itself, of which we *know* the $z$, as many as we like. On those a plain squared error
# will do. What is known of samples brings $E$ to its feet, and real pictures teach it what it will be asked.

# %% [markdown] exercise="encoder_step" stars=3 minutes=25
# ### Exercise 3: the encoder's training step
#
# `encoder_step(E, G, loss, opt_E, z, x, weight)`: one step of E.
#
# 1. $G$ makes pictures of z (m, d). How wrong is E about them? $\mathcal{L}_z$ is the mean of $(E(G(z)) - z)^2$ over
#    all numbers.
# 2. $E$ says a z for each of the real pictures x (n, …), and $G$ makes pictures of those. $\mathcal{L}_x$ is the mean
#    of `loss(G(E(x)), x)`, which gives (n,).
# 3. One step of `opt_E` down $\mathcal{L}_z + \text{weight} \cdot \mathcal{L}_x$.
#
# $E$ is asked twice, with the samples and with the real pictures, never with both in one batch. $G$ is only used: it
# does not move, and modes and what can be trained stay as they are. Gradients that were there before must not
# count. Return $\mathcal{L}_z$ and $\mathcal{L}_x$, as they were before the step, as two plain numbers.

# %% [markdown] hints="encoder_step"
# One loss of two parts, one `backward()`.
# ---
# In part 1 nobody needs a gradient through $G$. In part 2 it must pass *through* $G$ to $E$: nothing is detached there.
# ---
# `in_z = (E(G(z).detach()) - z).square().mean()` and `in_x = loss(G(E(x)), x).mean()`; then `zero_grad`, `backward`,
# `step`, and `.item()`.


# %% solution="encoder_step"
def encoder_step(E, G, loss, opt_E, z, x, weight):
    """One step of E on samples of known z (m, d) and on real pictures x (n, …); gives two plain numbers."""
    ### BEGIN SOLUTION
    in_z = (E(G(z).detach()) - z).square().mean()
    in_x = loss(G(E(x)), x).mean()
    opt_E.zero_grad()
    (in_z + weight * in_x).backward()
    opt_E.step()
    return in_z.item(), in_x.item()
    ### END SOLUTION


# %% test="encoder_step" points=3

# %% name="encoder" demo=true folded="Trains a small encoder by your step"
from gancourse.models.encoder import FaceEncoder

real = faces.render(faces.sample_factors(quick(2000, 64), seed=1601), 64)


def train_encoder(steps, seed=0):
    """A small encoder and its losses."""
    seed_everything(seed)
    E, told = FaceEncoder(64, d, quick(12, 8)), []
    opt = torch.optim.Adam(E.parameters(), 2e-3)
    for _ in each(range(steps), f"{steps} steps of an encoder", usual=quick(0.11, 0.1) * steps):
        some = to_unit(real[torch.randint(len(real), (24,))])
        z = torch.randn(24, d)
        told.append(encoder_step(E, G, lambda made, x: projection_loss(made, x, reader.features, 0.1), opt, z, some, 2))
    return E.eval(), told


E_own, told = train_encoder(quick(250, 2))

# %% demo=true folded="Draws its losses, and what it makes of the faces"
fig = figure(10, 2.6)
curves, sheet = axes(fig, 1, 2, width_ratios=(1, 2))
for k, (name, color) in enumerate((("in z, on samples", FAKE), ("in pictures, on real ones", REAL))):
    curves.plot([row[k] for row in told], color=color, lw=0.9, label=name)
curves.set(xlabel="step", yscale="log", title="losses")
curves.legend(fontsize=8)
with torch.no_grad():
    draw_pictures(sheet, torch.cat([x[:8], G(E_own(x[:8]))]), min(8, COUNT), "given, and by your encoder at one glance")
show(fig, alt="Left: two falling curves. Right: two rows of faces, those given and those made by the encoder.")

# %% [markdown]
# In half a minute it has learned skin, background and the turn of the head, and roughly hair, hats and glasses. Its
# guesses are cautious, for where it is in doubt the middle costs least. The encoder that comes with the course is of
# the same kind, with more steps (`gancourse train encoder-64`); from here on $E$ is that one. Another generator needs
# an encoder of its own: then `E = E_own`.

# %% name="E" demo=true
E = store.load("encoder_64")["E"] if GENERATOR == "dcgan_faces_64" else E_own

# %% [markdown]
# ## 4. Both
#
# The encoder is quick and rough, the search is careful and depends on its start. The **hybrid** lets the encoder
# choose where the search begins. As a precaution a few other points are tried, too: where one of them is nearer, the
# search starts there.

# %% [markdown] exercise="hybrid_start" stars=2 minutes=15
# ### Exercise 4: a better start
#
# `hybrid_start(E, G, loss, x, others)`: for each of the n pictures x, the candidates are $E$'s z and the k rows that
# `others` (k, n, d) has for it. Return the z (n, d) with the smallest `loss(G(z), x)`, each picture for itself; `loss`
# gives (n,). No graph hangs on the result. $E$ and $G$ are asked in evaluation mode, and in the end are as they
# came, mode and all. At a tie take $E$'s.

# %% [markdown] hints="hybrid_start"
# Put all candidates into one tensor (k + 1, n, d), and all their losses into one of shape (k + 1, n).
# ---
# `losses.argmin(0)` says for each picture which candidate wins; the first one at a tie.
# ---
# `candidates[losses.argmin(0), torch.arange(len(x))]`. `net.train(mode)` sets a whole network; if parts of it may be in
# different modes, note them one by one.


# %% solution="hybrid_start"
def hybrid_start(E, G, loss, x, others):
    """For each of x (n, …) the best of E's z and of others (k, n, d): (n, d)."""
    ### BEGIN SOLUTION
    training = [part for net in (E, G) for part in net.modules() if part.training]
    E.eval()
    G.eval()
    with torch.no_grad():
        candidates = torch.cat([E(x)[None], others])
        losses = torch.stack([loss(G(z), x) for z in candidates])
    for part in training:
        part.training = True
    return candidates[losses.argmin(0), torch.arange(len(x))]
    ### END SOLUTION


# %% test="hybrid_start" points=2

# %% [markdown] predict="which_is_nearest"
# Three ways, measured on faces that no network has seen: (a) a search of 40 steps from a random start, (b) the encoder
# alone, (c) the hybrid with 20 steps, half as many as the search has. Which comes nearest?
#
# - [ ] the search: it looks at each picture by itself, and longest :: It does, but it begins far away.
# - [ ] the encoder: it has seen thousands of faces :: It is near at once, and cannot look twice.
# - [x] the hybrid, with half of the steps :: Yes: it begins where the encoder ends, and only gets nearer.
#
# ---
# The next figure has the loss by steps, of all starts.

# %% name="ways" demo=true folded="Searches from three starts, and notes how far it is after each few steps"
POINTS = quick((0, 5, 10, 20, 40), (0, 2))


def by_pixels_and_features(made, x):
    return projection_loss(made, x, reader.features, 0.1)


seed_everything(3)
with working("choosing starts", usual=quick(1, 1)):
    starts = {
        "random": torch.randn(COUNT, d),
        "encoder": E(x).detach(),
        "hybrid": hybrid_start(E, G, by_pixels_and_features, x, torch.randn(4, COUNT, d)),
    }
ways = {name: [search_z(G, near(x), z, 0, 0.1)] for name, z in starts.items()}
for name in each(("random", "hybrid"), "searching from two starts", usual=quick(16, 1)):
    for steps in POINTS[1:]:
        ways[name].append(search_z(G, near(x), starts[name], steps, 0.1))
z_x = ways["hybrid"][-1][0]

# %% demo=true folded="Draws how far each way comes, and what it finds"
fig = figure(10, 3.4)
curves, sheet = axes(fig, 1, 2, width_ratios=(2, 3))
for name, color in (("random", FAKE), ("hybrid", REAL)):
    curves.plot(POINTS, [float(left.mean()) for _, left in ways[name]], "o-", color=color, label=f"{name} start")
curves.axhline(float(ways["encoder"][0][1].mean()), color=JUDGE, ls=":", label="encoder alone")
curves.set(xlabel="steps", ylim=(0, None), title=f"mean loss over {COUNT} faces")
curves.legend(fontsize=8)
with torch.no_grad():
    shown = [x[:8], *(G(z[:8]) for z in (ways["random"][-1][0], starts["encoder"], z_x))]
draw_pictures(sheet, torch.cat(shown), min(8, COUNT), "given; random start; encoder; hybrid")
show(
    fig,
    alt="Left: the mean loss over the number of steps, from a random start and from the hybrid's, and a dotted line "
    "for the encoder alone. Right: four rows of faces, those given and those found by each way.",
)

# %% [markdown]
# Seen over three times forty faces (`python lessons/16_editing/bench.py --only projection`, three seeds, means and
# their range):
#
# | steps | random start | hybrid |
# |---|---|---|
# | 0 | 0.330 (0.316 to 0.342) | 0.068 (0.067 to 0.069) |
# | 5 | 0.169 (0.158 to 0.177) | 0.052 (0.050 to 0.053) |
# | 10 | 0.137 (0.129 to 0.141) | 0.046 (0.046 to 0.047) |
# | 20 | 0.111 (0.105 to 0.116) | 0.040 (0.039 to 0.040) |
# | 40 | 0.081 (0.077 to 0.084) | 0.033 (0.032 to 0.034) |
#
# The encoder alone has 0.068 (0.067 to 0.069): so it is nearer at one glance than the search from a random start after
# forty steps, and the hybrid is nearer than either after five. It is the paper's finding, too. More steps would still
# help: at forty both curves fall. How near they end is up to what $G$ can draw, and to the valley a search is in.

# %% [markdown]
# **A search that went wrong.** What is wrong with run A lies in the package. It is a projection, and the figure shows
# what was given, what the search itself saw in its last step, and what $G$ makes of the same $z$ afterwards, one by
# one.

# %% name="broken_a" demo=true folded="Plays run A"
settings = broken_run("16_editing", "A")
seed_everything(5)
n = min(6, COUNT)
G_a, z_a = copy.deepcopy(G).train(settings["training"]), E(x[:n]).detach().requires_grad_()
opt, seen = torch.optim.Adam([z_a], lr=0.1), x[:n]
for _ in each(range(quick(40, 2)), "run A", usual=quick(4, 1)):
    seen = G_a(z_a)
    (z_a.grad,) = torch.autograd.grad(projection_loss(seen, x[:n], reader.features, 0.1).sum(), z_a)
    opt.step()
with torch.no_grad():
    rows = {"given": x[:n], "what the search saw": seen, "the same z, afterwards": G(z_a)}
show(draw_rows(rows), alt="Three rows of faces: given, seen by the search in its last step, and made of the same z.")

# %% [markdown] quiz="run_a"
# Run A: what is wrong?
#
# - [ ] too few steps: the search has not arrived :: It has: look at the second row.
# - [x] the search saw other pictures than $G$ makes of one $z$ alone :: Yes: while it searched, each picture depended
#   on the others in the batch.
# - [ ] $z$ has become far too long :: A long $z$ would look odd in both rows alike.
#
# ---
# Its setting: `training=True`: $G$ was in training mode, and its batch normalization took its statistics from these
# few faces. The search used its neighbors to please the loss, and alone the same $z$ means something else.

# %% [markdown]
# ## 5. A direction for a smile
#
# Now a $z$ is known, and can be changed. In which direction does a smile lie? Shen, Gu, Tang and Zhou (2020) ask a
# classifier: draw many samples, let somebody tell which of them smile, and look for the plane between the two kinds in
# the space of $z$. The direction at right angles to that plane is the one in which a smile grows quickest. Their
# classifier is a linear support vector machine; ours is **logistic regression**, of which you can derive everything.
#
# Who tells? The reader does, by its own word on $G$'s pictures. On photographs it would be people, and then a label is
# what somebody ticked, no more: a direction learned from it repeats what they thought a face shows.
#
# The logit of a sample is $l_i = w \cdot z_i + b$, its label $y_i$ is 0 or 1, and
#
# $$L(w, b) = \frac1n \sum_i \Bigl[\log\bigl(1 + e^{l_i}\bigr) - y_i\, l_i\Bigr] + \frac{\text{decay}}{2} \lVert w
# \rVert^2.$$

# %% [markdown] exercise="direction_steps" stars=3 minutes=35
# ### Exercise 5: logistic regression, step by step
#
# Write the formulas; autograd is not needed. Six steps, each checked by itself. z is (n, d), y (n,) of 0 and 1, w (d,),
# b one number.
#
# 1. **The loss** $L(w, b)$ as above, with its decay: one number. Logits may be ±1000.
# 2. **Its slope in each logit.** $\partial L / \partial l_i$, the decay left out: (n,). (Sum up what you get. When is
#    the sum 0?)
# 3. **Its gradient** with respect to w, with the decay: (d,).
# 4. **How far.** z is moved by `alpha` along the *unit* vector $w / \lVert w \rVert$. By how much does the logit grow?
#    One number.
# 5. **What else moves.** z is moved by `alpha` along the unit vector w / ‖w‖ of one factor. Another factor has the
#    direction `other` (d,), of any length. How far does z move along the unit vector of *that* one? One number.
# 6. **Hold it.** Of w, take away what points along `other`, and give back the rest with length 1: (d,).

# %% [markdown] hints="direction_steps"
# 1: `F.softplus` is $\log(1 + e^l)$ without overflow. 2: the derivative of $\log(1 + e^l)$ is $\sigma(l)$.
# ---
# 3: the chain rule: each logit's slope times how the logit depends on w, which is $z_i$, summed up; and the decay's own
# derivative. 4 and 5: inner products with unit vectors.
# ---
# 3: `z.T @ slope + decay * w`. 6: with the unit vector u of `other`, `rest = w - (w @ u) * u`, then `rest /
# rest.norm()`.


# %% solution="direction_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def direction_steps(step, z=NOTHING, y=NOTHING, w=NOTHING, b=0.0, decay=0.0, alpha=0.0, other=NOTHING):
    """One step, 1 to 6: 1, 4 and 5 are numbers, 2 is (n,), 3 and 6 are (d,)."""
    if step == 1:  # the loss
        ### BEGIN SOLUTION
        logits = z @ w + b
        return (F.softplus(logits) - y * logits).mean() + decay / 2 * w.square().sum()
        ### END SOLUTION
    if step == 2:  # its slope in each logit
        ### BEGIN SOLUTION
        return (torch.sigmoid(z @ w + b) - y) / len(y)
        ### END SOLUTION
    if step == 3:  # its gradient with respect to w
        ### BEGIN SOLUTION
        return z.T @ (torch.sigmoid(z @ w + b) - y) / len(y) + decay * w
        ### END SOLUTION
    if step == 4:  # how far the logit goes
        ### BEGIN SOLUTION
        return alpha * w.norm()
        ### END SOLUTION
    if step == 5:  # how far another factor goes with it
        ### BEGIN SOLUTION
        return alpha * (w / w.norm()) @ (other / other.norm())
        ### END SOLUTION
    if step == 6:  # the rest, if the other is held
        ### BEGIN SOLUTION
        u = other / other.norm()
        rest = w - (w @ u) * u
        return rest / rest.norm()
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="direction_steps" points=3

# %% [markdown] exercise="find_direction" stars=2 minutes=20
# ### Exercise 6: find it
#
# `find_direction(z, labels, decay)`: minimize $L(w, b)$ to its end, and return $w / \lVert w \rVert$, (d,). z is (n,
# d), about as large as draws from N(0, I); `labels` (n,) are 0 and 1, or False and True; `decay` is at least 0.01. b
# has no decay. The way is up to you: 300 steps of plain gradient descent with rate 1 do it, from zeros. The result and
# the true minimum's direction must have a cosine of at least 0.999. It points to where labels are 1. If all labels are
# alike there is nothing to be found: raise a `ValueError`.

# %% [markdown] hints="find_direction"
# You have the gradient with respect to w. That with respect to b is the sum of step 2.
# ---
# Labels may be booleans: `labels.to(z.dtype)`. The loss is convex: there is one minimum, and no start can be bad.
# ---
# In a loop: `slope = (torch.sigmoid(z @ w + b) - y) / n`, then `w = w - (z.T @ slope + decay * w)` and
# `b = b - slope.sum()`.


# %% solution="find_direction"
def find_direction(z, labels, decay):
    """The unit vector (d,) along which a label grows, by logistic regression on z (n, d)."""
    ### BEGIN SOLUTION
    y = labels.to(z.dtype)
    if (y == y[0]).all():
        raise ValueError("all labels are alike")
    w, b = torch.zeros(z.shape[1], dtype=z.dtype), 0.0
    for _ in range(400):
        slope = (torch.sigmoid(z @ w + b) - y) / len(y)
        w, b = w - (z.T @ slope + decay * w), b - slope.sum()
    return w / w.norm()
    ### END SOLUTION


# %% test="find_direction" points=2

# %% name="labels" demo=true folded="Draws samples, has them read, and finds a direction for each factor"
from gancourse.editing import READ, in_spreads


@torch.no_grad()
def drawn(z):
    return torch.cat([G(some) for some in z.split(100)])


seed_everything(6)
z_read, told = torch.randn(quick(2000, 200), d), []
for some in each(z_read.split(200), "drawing and reading samples", usual=quick(12, 1)):
    told.append(reader.read(drawn(some)))
factors = {name: torch.cat([part[name] for part in told]) for name in READ}
spread = {name: float(values.std()) + 1e-6 for name, values in factors.items()}
directions = {}
for name, values in factors.items():
    labels = (
        values > values.median() if float((values > values.median()).float().mean()) > 0.2 else values > values.mean()
    )
    directions[name] = find_direction(z_read, labels, 0.01)
print("cosine of smile and open mouth:", f"{float(directions['smile'] @ directions['mouth_open']):.2f}")


# %% name="moves" demo=true folded="Moves samples along directions, and draws what the reader sees change"
SHOWN = ("age", "smile", "mouth_open", "eye_open", "glasses", "shades", "hair_color", "hair_length", "skin", "beard")
z_some = torch.randn(quick(300, 20), d, generator=torch.Generator().manual_seed(9))


def changes(direction, alpha=2.0):
    """The mean change of each factor, in its spread over all samples, from `alpha` along a direction."""
    moved = in_spreads(reader, drawn(z_some), drawn(z_some + alpha * direction), spread)
    return {name: float(moved[name].mean()) for name in SHOWN}


def draw_changes(tables, title):
    """Bars for each table of changes."""
    fig = figure(9.5, 2.8)
    (ax,) = axes(fig)
    for k, (name, table) in enumerate(tables.items()):
        places = [i + 0.8 * k / len(tables) - 0.2 for i in range(len(SHOWN))]
        ax.bar(places, list(table.values()), 0.8 / len(tables), color=(FAKE, REAL, JUDGE)[k], label=name)
    ax.set(xticks=range(len(SHOWN)), title=title, ylabel="change, in spreads")
    ax.set_xticklabels([name.replace("_", " ") for name in SHOWN], rotation=20)
    ax.legend(fontsize=8)
    return fig


# %% [markdown] predict="what_else"
# Two units along the direction of *smile*. What else will the reader see change most?
#
# - [ ] nothing: the direction was found for smiles alone :: It was found for whatever tells smiling samples from
#   others.
# - [x] the mouth opens :: Yes. In the data the two have nothing to do with each other; but in what $G$ makes, who
#   smiles more has the mouth open more often, and the direction cannot tell the two apart.
# - [ ] hair becomes lighter :: Neither in the data nor in what $G$ makes does hair go with smiles.
#
# ---
# Bars show the mean change of each factor, in units of how much it varies among samples.

# %% name="smile" demo=true folded="Draws what the direction of a smile changes, and four faces along it"
with working("moving along the smile", usual=quick(4, 1)):
    before = {"smile": changes(directions["smile"])}
show(draw_changes(before, "2 along the direction of a smile"), alt="Bars: the mean change of ten factors.")
strip = torch.cat([drawn(z_some[:4] + a * directions["smile"]) for a in (-3, -1.5, 0, 1.5, 3)])
fig = figure(5, 4.4)
(ax,) = axes(fig)
draw_pictures(ax, strip.unflatten(0, (5, 4)).transpose(0, 1).flatten(0, 1), 5, "four faces, −3 to 3 along it")
show(fig, alt="Four rows of five faces each, from −3 to 3 along the direction of a smile.")

# %% [markdown]
# The smile grows, and the mouth opens as much. Over three times 300 samples (`python lessons/16_editing/bench.py --only
# directions`) two units along the direction of a smile change the smile by 1.40 spreads (1.38 to 1.41) and the open
# mouth by 1.44 to 1.50. (Where the drawing program makes a face smile by as much, the reader sees the mouth open by
# 0.01: `--only renderer`.) Glasses bring dark lenses along, for nobody has those without. The labels were right; what
# they told apart was simply more than a smile.
#
# **A walk that went wrong.** Run B walks along the same direction, in steps whose settings lie in the package.

# %% name="broken_b" demo=true folded="Plays run B"
walk = broken_run("16_editing", "B")["length"] * directions["smile"]
places = [z_some[:4] + a * walk for a in (-2, -1, 0, 1, 2)]
fig = figure(5, 4.4)
(ax,) = axes(fig)
draw_pictures(ax, torch.stack([drawn(z) for z in places], 1).flatten(0, 1), 5, "run B: four faces, five places")
show(fig, alt="Four rows of five faces each along run B's walk; the ones in the middle are ordinary faces.")
print("length of z:", ", ".join(f"{float(z.norm(dim=1).mean()):.1f}" for z in places), f"; draws: {math.sqrt(d):.1f}")

# %% [markdown] quiz="run_b"
# Run B: what is wrong?
#
# - [ ] the direction is that of another factor :: Look right and left of the middle: mouths do what they should.
# - [x] the steps are too long: at both ends z lies where $G$ was never asked, and all four look alike :: Yes: the
#   numbers below the figure say so, too.
# - [ ] $G$ has forgotten these people :: $G$ has not changed. In the middle they are there.
#
# ---
# Its setting: `length=6.0`. A direction that is not divided by its length has whatever length the regression gave
# it, and a step of 1 is then no step of 1.

# %% [markdown]
# ## 6. Hold the rest
#
# If two directions are not at right angles, a step along one is partly a step along the other: that is what step 5
# of the derivation says. The remedy is step 6. For *several* factors that are to be held, one after the other is not
# enough: what takes out the second may put back some of the first, unless those two are at right angles themselves.

# %% [markdown] exercise="hold" stars=2 minutes=20
# ### Exercise 7: at right angles to all of them
#
# `hold(direction, others)`: a `direction` (d,) of any length but 0, and `others` (k, d), one or more rows of any
# length; they need not be at right angles to each other, and may be multiples of each other or 0. Return the unit
# vector (d,) that is at right angles to *all* rows and as near to `direction` as that allows. If next to nothing is
# left (less than a thousandth of `direction`'s length), raise a `ValueError`.

# %% [markdown] hints="hold"
# What is to be taken away is the part of `direction` that lies in the space that `others` span.
# ---
# Least squares finds that part: which mixture of the rows comes nearest to `direction`?
# ---
# `torch.linalg.pinv(others)` is (d, k), also where rows depend on each other; `pinv @ (others @ direction)` is the part
# to take away.


# %% solution="hold"
def hold(direction, others):
    """The unit vector (d,) nearest to direction (d,) at right angles to all rows of others (k, d); or a ValueError."""
    ### BEGIN SOLUTION
    rest = direction - torch.linalg.pinv(others) @ (others @ direction)
    if rest.norm() < 1e-3 * direction.norm():
        raise ValueError("nothing is left of this direction")
    return rest / rest.norm()
    ### END SOLUTION


# %% test="hold" points=2

# %% name="held" demo=true folded="Holds all other factors, and compares"
held = {}
for name in ("smile", "glasses", "age", "hair_color"):
    others = torch.stack([direction for other, direction in directions.items() if other != name])
    held[name] = hold(directions[name], others)
for name in each(("smile", "glasses"), "moving with the rest held", usual=quick(8, 1)):
    tables = {"found": changes(directions[name]), "all others held": changes(held[name])}
    show(
        draw_changes(tables, f"2 along {name}"),
        alt=f"Pairs of bars: what {name} changes, as found and with others held.",
    )

# %% [markdown]
# The same command, two units, least and most of three seeds; "others" is the mean size of all other factors' changes:
#
# | | itself | others | itself, held | others, held | most, as found |
# |---|---|---|---|---|---|
# | smile | 1.38 to 1.41 | 0.17 to 0.20 | 0.48 to 0.67 | 0.05 to 0.06 | mouth open 1.44 to 1.50 |
# | glasses | 1.24 to 1.37 | 0.35 to 0.47 | 1.22 to 1.29 | 0.12 to 0.18 | shades 1.87 to 3.06 |
# | age | 1.49 to 1.69 | 0.09 to 0.12 | 1.09 to 1.24 | 0.07 to 0.08 | 0.25 at most |
# | hair color | 1.49 to 1.53 | 0.18 to 0.23 | 1.27 to 1.35 | 0.13 to 0.20 | beard 0.49 to 0.66 |
#
# Held directions change less of everything, of the factor itself, too: to hold costs. So ask what comes along with one
# spread of the factor: for glasses it falls from 0.31 to 0.12, for smiles only from 0.13 to 0.10, since the smile
# itself shrinks to less than half. For age and hair color next to nothing is gained. Does the reader only see more of a
# *light* beard? No: where the drawing program changes hair alone by as much (1.38 spreads, `--only renderer`), the
# reader sees a beard no stronger (−0.01). So it is $G$ that draws more beard to lighter hair. What is held is a linear
# thing in $z$; what one sees is not.

# %% [markdown]
# **Without labels.** Härkönen and others (2020) ask nobody. GANSpace takes a principal component analysis of what an
# early layer makes of many $z$, and looks for the directions of $z$ that go with the largest components. What they
# mean one has to see for oneself.

# %% name="pca" demo=true folded="Draws four principal directions, and what the reader sees in them"
from gancourse.latent import principal_directions

with working("a principal component analysis of G's second layer", usual=quick(2, 1)):
    found = principal_directions(G, d, 4, layer=G.net[3] if hasattr(G, "net") else None, n=quick(512, 40))
with torch.no_grad():
    strips = [drawn(z_some[:1] + a * direction) for direction in found.directions for a in (-4, -2, 0, 2, 4)]
fig = figure(5, 4.4)
(ax,) = axes(fig)
draw_pictures(ax, torch.cat(strips), 5, "one face, −4 to 4 along each")
show(fig, alt="Four rows of five faces: the same face along each of four principal directions.")
for k, direction in enumerate(each(found.directions, "reading what four directions change", usual=quick(6, 1))):
    table = sorted(changes(direction).items(), key=lambda pair: -abs(pair[1]))[:3]
    print(f"direction {k + 1}:", ", ".join(f"{name} {value:+.1f}" for name, value in table))

# %% [markdown]
# What changes most in a picture is what fills much of it: hair, background, the turn of the head. None of these
# directions is asked to change one thing alone, and none does.
#
# ## 7. Older
#
# There are two ways to make somebody older. By **direction**: a step along *age*. By **condition**: a generator that
# was told the age in training, as lesson 07's was told the hair, and is now told another one. A small one comes with
# the course (32 × 32 pixels, `gancourse train aging-faces-32`). For drawn faces there is also the **truth**: the
# renderer draws the same person, older.
#
# Each way first needs the face in its own space. For the conditional generator the age is put where the reader reads
# it, and only $z$ is searched for. Then: is it older by what was asked? And is it still the same person, that is, do
# all other factors stay where they were?

# %% [markdown] predict="who_ages_best"
# For the same gain in age: which way will change the *other* factors less?
#
# - [ ] the condition: the network knows what age is, and z is not touched :: It was never told that all else should
#   stay. It learned what older faces look like, each z for itself.
# - [ ] the direction: all others were held :: Held in $z$, by planes that were found by imperfect labels.
# - [x] neither: both move them about alike, and several times as much as the renderer does :: Yes: for each spread of
#   age by about a quarter of one. In the renderer's own pictures the reader sees them move by 0.05; that is the
#   yardstick.
#
# ---
# The next cell measures all three against the faces they began with.

# %% name="aging" demo=true folded="Makes twelve people older by three ways"
G_aged, BY = store.load("aging_faces_32")["G"], 0.3
young = [i for i in range(COUNT) if float(people["age"][i]) < 0.5][: quick(12, 3)]
some = people.rows(torch.tensor(young))
x_32, age = to_unit(faces.render(some, 32)), reader.read(x[young])["age"][:, None]


class Told(nn.Module):
    """A conditional generator that is told the same condition at each call."""

    def __init__(self, G, y):
        super().__init__()
        self.G, self.y = G, y

    def forward(self, z):
        return self.G(z, self.y)


seed_everything(7)
with working("searching for twelve people in another generator", usual=quick(8, 1)):
    z_told, _ = search_z(Told(G_aged, age), near(x_32), torch.zeros(len(young), 64), quick(80, 2), 0.1)

# %% name="age_rows" demo=true folded="Draws them, and measures age and all other factors"
alpha = 2.0
with torch.no_grad():
    older = {
        "truth": (x[young], to_unit(faces.render(faces.older(some, BY), 64))),
        "by direction": (G(z_x[young]), G(z_x[young] + alpha * held["age"])),
        "by condition": (G_aged(z_told, age), G_aged(z_told, (age + BY).clamp(max=1))),
    }
rows = {
    f"{name}, {when}": pictures[k][:8] for name, pictures in older.items() for k, when in enumerate(("before", "after"))
}
show(draw_rows(rows), alt="Six rows of faces: before and after, by the renderer, by direction, and by condition.")
for name, (before_x, after_x) in older.items():
    moved = in_spreads(reader, before_x, after_x, spread)
    others = torch.stack([moved[other].abs() for other in READ if other != "age"]).mean()
    print(f"{name}: age {float(moved['age'].mean()):+.2f} spreads, others move by {float(others):.2f}")

# %% [markdown]
# Forty people, three times (`python lessons/16_editing/bench.py --only aging`; the steps along the direction are as
# long as it takes to age as much as the truth does, by the reader's word). Means and their range over three seeds, in
# spreads:
#
# | | older by | other factors move by | other factors off from the truth by |
# |---|---|---|---|
# | truth | 1.65 (1.52 to 1.76) | 0.08 (0.08 to 0.09) | 0 |
# | by direction | 1.66 (1.55 to 1.76) | 0.43 (0.42 to 0.43) | 0.55 (0.54 to 0.56) |
# | by condition | 1.08 (0.90 to 1.21) | 0.27 (0.25 to 0.28) | 0.45 (0.45 to 0.45) |
#
# Asked for the same 0.3 more, the conditional generator gives two thirds of it, and moves other factors less. For each
# spread of age both move the others by about a quarter of one: on this scale neither is better, and both are far from
# the truth's 0.05. The last column is larger than the one before, since it has what the projection had lost already. By
# eye, the direction took away a scarf and turned hats pink, and in the small generator's space people have other hair,
# skin or hats before they grow older.

# %% [markdown] exercise="read_the_ages" stars=2 minutes=20
# ### Exercise 8: what may be said
#
# Somebody writes of a table like this one: *"(1) By condition people age as asked, so the condition is the better way.
# (2) The reader finds other factors changed by 0.3 spreads in the direction's pictures, so a third of the person is
# lost. (3) The projections keep a face's identity, since the search's loss is small. (4) It works on drawn faces, so
# one can show people how they will look at seventy."* Say of each sentence what is wrong with it, and what may be said
# instead. Think of the yardstick, of what each number is compared with, of what the reader can and cannot see, and of
# who made the labels. Then name one more measurement that you would want. A teacher reads this answer.

# %% [markdown] answer="read_the_ages" points=4
# *(1)* "As asked" is one of two things. An aging that also changes hair and glasses ages as asked, too. Both numbers
# count together: how much older at the same change of all else, or how much else changes at the same age. Besides,
# the two ways start from different generators at different sizes: a difference may be theirs.
#
# *(2)* A spread is how much a factor varies among people, so 0.3 spreads is a small step among them, no share of a
# person. And the truth itself is not at 0: the reader sees other factors move there, too, as age hides or turns
# white what it reads. What counts is how much more than the truth.
#
# *(3)* The loss is small in pixels and in the reader's features. Glasses or earrings are a handful of pixels, and
# what is no factor of the reader's nobody has measured. Identity is to be measured after projection, against the
# original, and by something that was not minimized.
#
# *(4)* The renderer's truth is a rule that we wrote: lines, folds, white hair. Photographs have no such truth, labels
# of age are what somebody ticked, and a network shows what people of that label looked like in its data, not what
# becomes of one person.
#
# One point each for: both numbers together, and the same starting point; the yardstick of the truth; what is not
# measured by what was minimized; a further measurement that fits, such as the same age for all by adjusting α, an
# independent reader, or people who compare pairs.

# %% [markdown]
# ## 8. A brush and a pencil
#
# A direction needs labels. A brush needs none: "here it should be blond". In the paper what a user draws becomes a
# **constraint** on the picture, and the search of section 2 finds the $z$ that meets it:
#
# $$z^* = \arg\min_z \sum_g \bigl\lVert f_g(G(z)) - v_g \bigr\rVert^2 + \lambda_s \lVert z - z_0 \rVert^2.$$
#
# $f_g$ is what the user has a say in, colors under a brush, edges under a pencil, and $v_g$ is what it should be. The
# last term, **smoothness** on the manifold, keeps the result near $z_0$, where the edit began; the face at $z_0$ is
# what was meant to be edited, after all. (The paper's edges are histograms of oriented gradients, and there is a term
# of $D$'s for realism. We take the strength of edges, and leave $D$ at home.)

# %% [markdown] exercise="edit_loss" stars=3 minutes=35
# ### Exercise 9: what the user wants
#
# - `edges(x)`: pictures (n, C, H, W) to the strength of their edges (n, 1, H − 1, W − 1). The brightness $B$ is the
#   mean of the channels. At row i, column j the slopes are $p = B_{i, j+1} - B_{i,j}$ and $q = B_{i+1,j} - B_{i,j}$,
#   and the strength is $\sqrt{p^2 + q^2 + 10^{-4}}$.
# - `within(values, wanted, mask)`: values and wanted (n, c, h, w), mask (n, 1, h, w) of numbers from 0 to 1. For each
#   picture the weighted mean of $(\text{values} - \text{wanted})^2$, over all channels and places, each weighted by
#   the mask at its place; and **0 where the mask is 0 everywhere**. (n,), and gradients that are numbers there, too.
# - `wishes(made, z, z0, color, brushed, strength, drawn, weights)`: (n,). The sum of three terms: `within` of `made`
#   and `color` under `brushed` (n, 1, H, W); `weights[0]` times `within` of `made`'s edges and `strength` under
#   `drawn`, both (n, 1, H − 1, W − 1); `weights[1]` times $\lVert z - z_0 \rVert^2$, all squares of one row added up.
#
# The last function is given, for the check.

# %% [markdown] hints="edit_loss"
# `B[:, :, :-1, 1:] - B[:, :, :-1, :-1]` is the slope to the right, where there is one downward, too.
# ---
# The mask has one channel, the values have c. The sum of all weights is c times the sum of the mask. Where that is 0,
# divide by something else.
# ---
# `(mask * (values - wanted).square()).flatten(1).sum(1) / (c * mask.flatten(1).sum(1)).clamp(min=1e-8)`


# %% solution="edit_loss"
def edges(x):
    """The strength of edges: pictures (n, C, H, W) to (n, 1, H − 1, W − 1)."""
    ### BEGIN SOLUTION
    bright = x.mean(1, keepdim=True)
    here = bright[:, :, :-1, :-1]
    right, down = bright[:, :, :-1, 1:] - here, bright[:, :, 1:, :-1] - here
    return (right.square() + down.square() + 1e-4).sqrt()
    ### END SOLUTION


def within(values, wanted, mask):
    """The mean of squared differences (n, c, h, w), weighted by mask (n, 1, h, w): (n,); 0 where nothing is asked."""
    ### BEGIN SOLUTION
    total = (mask * (values - wanted).square()).flatten(1).sum(1)
    weight = values.shape[1] * mask.flatten(1).sum(1)
    return total / weight.clamp(min=1e-8)
    ### END SOLUTION


def wishes(made, z, z0, color, brushed, strength, drawn, weights):
    """How far pictures are from what the user wants, and z from z0: (n,)."""
    ### BEGIN SOLUTION
    colors = within(made, color, brushed)
    lines = within(edges(made), strength, drawn)
    return colors + weights[0] * lines + weights[1] * (z - z0).square().sum(1)
    ### END SOLUTION


def edit_loss(which, *given):
    return {"edges": edges, "within": within, "wishes": wishes}[which](*given)


# %% test="edit_loss" points=3

# %% name="brush" demo=true folded="A brush: colors, and a search for the face that has them"
HAIR = {"black": "#241c1a", "brown": "#6b4423", "copper": "#b5651d", "blond": "#e3c16f", "white": "#e8e8e8"}


def color_of(code):
    """A color "#rrggbb" as (3, 1, 1) in [−1, 1]."""
    return to_unit(torch.tensor([int(code[i : i + 2], 16) for i in (1, 3, 5)], dtype=torch.uint8))[:, None, None]


BRUSH_STEPS = quick(30, 2)


def brushed_to(z0, color, brushed, smooth=0.01):
    """The z near z0 whose picture has these colors (n, 3, H, W) under the brush (n, 1, H, W)."""
    none = torch.zeros(len(z0), 1, brushed.shape[2] - 1, brushed.shape[3] - 1)

    def loss(made, z):
        return wishes(made, z, z0, color, brushed, none, none, (0.0, smooth))

    return search_z(G, loss, z0, BRUSH_STEPS, 0.05)[0]


# %% [markdown] predict="without_smoothness"
# A brush asks for black hair on top of the head, on three faces. The search runs twice: with the term of smoothness,
# and without. What is different?
#
# - [ ] without it the hair does not become black :: It does, and sooner: nothing holds it back.
# - [x] without it other things change more: the mouth, the face, the turn of the head :: Yes: of all faces with
#   that color in that place any will do.
# - [ ] nothing: under the brush both have the same color :: Under it, perhaps. Look at the rest.
#
# ---
# Below are both, and how far other factors than the hair's color have moved.

# %% name="brushed" demo=true folded="Brushes black hair on three faces, with and without smoothness"
chosen = slice(2, 5) if COUNT > 4 else slice(0, 3)
z0, brushed = z_x[chosen], torch.zeros(3, 1, 64, 64)
brushed[:, :, 9:15, 22:42] = 1
wanted = color_of(HAIR["black"]).expand(3, 3, 64, 64)
with working("brushing three faces twice", usual=quick(4, 1)):
    shown = {"before": drawn(z0)}
    shown |= {
        name: drawn(brushed_to(z0, wanted, brushed, smooth))
        for name, smooth in (("with smoothness", 0.01), ("without", 0.0))
    }
show(
    draw_rows(shown, width=4.5),
    alt="Three rows of three faces: before, and after the brush with and without smoothness.",
)
for name in ("with smoothness", "without"):
    moved = in_spreads(reader, shown["before"], shown[name], spread)
    others = torch.stack([moved[other].abs() for other in READ if other != "hair_color"]).mean()
    off = within(shown[name], wanted, brushed).mean().sqrt()
    print(f"{name}: off by {off:.2f} under the brush, other factors move by {others:.2f} spreads")

# %% [markdown]
# Both get their black hair. Over three times forty people (`--only brush`) colors under the brush are off by 0.11 with
# smoothness and by 0.06 without, on a scale from −1 to 1; other factors than the hair's color move by 0.44 spreads
# (0.42 to 0.45) with it and by 0.53 (0.50 to 0.56) without. A third of these people had no hair to be seen there: for
# them a hat or a scarf had to go, or a bald head. Of the others other factors move by 0.36 and 0.43, where the drawing
# program's own change of hair color moves them by 0.05. So smoothness buys a little likeness with a little color.
# It is no cure: a straight way in $z$ that changes a patch of hair alone does not exist here, and what comes first to
# the search is a whole person with black hair.

# %% name="pencil" demo=true folded="A pencil: asks three faces for the edges of a laughing mouth"
laughing = faces.vary(faces.vary(people.rows(chosen), "smile", [1.0] * 3), "mouth_open", [0.8] * 3)
strength, drawn_at = edges(to_unit(faces.render(laughing, 64))), torch.zeros(3, 1, 63, 63)
drawn_at[:, :, 36:52, 20:44] = 1
nothing = torch.zeros(3, 1, 64, 64)


def pencil(made, z):
    return wishes(made, z, z0, x[chosen], nothing, strength, drawn_at, (10.0, 0.002))


with working("drawing three mouths", usual=quick(3, 1)):
    sketched = drawn(search_z(G, pencil, z0, BRUSH_STEPS, 0.05)[0])
show(
    draw_rows({"before": drawn(z0), "pencil": sketched}, width=4.5),
    alt="Two rows of three faces: before, after a pencil.",
)
for when, pictures in (("before", drawn(z0)), ("after", sketched)):
    print(f"smile {when}:", ", ".join(f"{value:+.2f}" for value in reader.read(pictures)["smile"].tolist()))

# %% [markdown]
# A pencil says less than a brush. Some mouths follow it, others hardly move: an edge in the wrong place is no better
# to this loss than none at all, so there is no slope that leads there. The paper's histograms of gradients look at
# cells of many pixels, which forgives a line that is a little off.

# %% [markdown]
# ## 9. Back to the original
#
# All of these edits are edits of the *projection*, and a projection has lost what $G$ cannot draw: the earrings, the
# pattern of a scarf. So the authors take only the *change*. They let $z$ go from $z_0$ to the edit, follow how pixels
# **move** and how their **colors change** on the way, and do the same to the original. They look for a dense flow and a
# change of color together, by one energy, along a path of pictures. We do it in two parts, and in one step: a helper of
# the course's finds the flow between the two pictures, and what motion does not explain is color.

# %% [markdown] exercise="edit_transfer" stars=2 minutes=30
# ### Exercise 10: by motion and by color
#
# - `warp(pictures, flow)`: pictures (n, C, H, W) and flow (n, 2, H, W) in pixels. The result's pixel at row i and
#   column j is the picture's at row $i + \text{flow}_1$, column $j + \text{flow}_0$: channel 0 of flow goes to the
#   right, channel 1 down. Between pixels it is **bilinear**; outside of the picture the pixel at the edge goes on.
# - `transfer(original, before, after, flow, mask)`: `before` and `after` are $G$'s pictures of $z_0$ and of the edit,
#   all (n, C, H, W); mask (n, 1, H, W) from 0 to 1. By *motion*: the original warped by `flow`. By *color*: what is
#   left of `after` when `before`, **warped in the same way**, is taken off, added on. Clamp the sum to [−1, 1]. Where
#   the mask is 1 that is the result, where it is 0 the original, in between the mixture of both.
#
# The last function is given, for the check.

# %% [markdown] hints="edit_transfer"
# `F.grid_sample` does the work, if you give it coordinates as it wants them: the last dimension is (x, y), from −1 to
# 1.
# ---
# With `align_corners=False` −1 and 1 are the picture's outer edges: pixel j has its middle at (2j + 1)/W − 1. With
# `padding_mode="border"` the edge goes on.
# ---
# `x = (2 * (columns + flow[:, 0]) + 1) / W - 1`, y likewise, and `torch.stack([x, y], 3)`. Then
# `edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)`.


# %% solution="edit_transfer"
def warp(pictures, flow):
    """Each pixel from where flow (n, 2, H, W) points, in pixels to the right and down; bilinear, the edge goes on."""
    ### BEGIN SOLUTION
    height, width = pictures.shape[2:]
    rows = torch.arange(height, dtype=flow.dtype)[:, None]
    columns = torch.arange(width, dtype=flow.dtype)
    x = (2 * (columns + flow[:, 0]) + 1) / width - 1
    y = (2 * (rows + flow[:, 1]) + 1) / height - 1
    return F.grid_sample(pictures, torch.stack([x, y], 3), padding_mode="border", align_corners=False)
    ### END SOLUTION


def transfer(original, before, after, flow, mask):
    """The original (n, C, H, W), changed as `before` was to `after`: by motion, by color, and within the mask."""
    ### BEGIN SOLUTION
    edited = (warp(original, flow) + after - warp(before, flow)).clamp(-1, 1)
    return torch.lerp(original, edited, mask)
    ### END SOLUTION


def edit_transfer(which, *given):
    return {"warp": warp, "transfer": transfer}[which](*given)


# %% test="edit_transfer" points=2

# %% name="taken_back" demo=true folded="Makes four faces smile, and takes the smile back to the originals"
from gancourse.editing import flow_between


def taken_back(original, before, after, mask=None):
    """The edit from before to after, on the originals; everywhere, unless a mask says where."""
    flow = flow_between(before, after, steps=quick(60, 5))
    return transfer(original, before, after, flow, torch.ones_like(before[:, :1]) if mask is None else mask)


with working("finding the flow of four smiles", usual=quick(3, 1)):
    before, after = drawn(z_x[:4]), drawn(z_x[:4] + 2.5 * directions["smile"])
    shown = {
        "given": x[:4],
        "nearest": before,
        "nearest, edited": after,
        "given, edited": taken_back(x[:4], before, after),
    }
show(
    draw_rows(shown, width=5.0),
    alt="Four rows of four faces: given, projected, the projection edited, the original edited.",
)

# %% [markdown]
# The edited originals keep the waves of the hair, the earrings and the clean edges, which the projections have lost,
# and smile like their projections. Where the edit moves what the two do not have in common, a ghost is left: look at
# the outlines. That is the price of taking over a difference. Against the given face, over three times forty people
# (`--only transfer`), the edited projections smile by 1.41 spreads more (1.23 to 1.57) and are off by 0.35 in all
# factors but smile and open mouth, the projections alone by 0.17; the edited originals smile by 1.16 (1.02 to 1.29) and
# are off by 0.20.

# %% [markdown]
# ## 10. Two faces, and another world
#
# Two projections make a third: a mixture of two people is a point between their $z$ (on the sphere, as in lesson 03),
# and the edit from one to the other can be taken back to the original step by step. And what of a face from another
# world? The renderer draws comics of the same people: flat colors, under ink lines. $G$ has only seen the renderer's
# other style; call those pictures photos. The same code projects a comic, too; it cannot know that it should not.

# %% [markdown] predict="comic"
# A comic is projected onto a generator of photos. What comes?
#
# - [ ] a comic: the search finds a z for it :: $G$ cannot draw ink lines, whatever $z$ is.
# - [x] a photo of somebody a little like that: colors and pose come, lines do not :: Yes: the nearest photo that $G$
#   can draw, and that is not very near.
# - [ ] noise: there is no z for it :: Each $z$ gives a face, more or less. There always is a nearest one.
#
# ---
# The next figure has both, with their distances.

# %% name="mix" demo=true folded="Mixes two faces, and projects comics"
from gancourse.latent import slerp

with torch.no_grad():
    mixed = drawn(slerp(z_x[:1], z_x[1:2], torch.linspace(0, 1, 7)[:, None]))
comics = to_unit(faces.render(people.rows(slice(0, 7)), 64, "comic"))
seed_everything(8)
with working("projecting comics", usual=quick(6, 1)):
    start = hybrid_start(E, G, by_pixels_and_features, comics, torch.randn(4, len(comics), d))
    z_comics, left = search_z(G, near(comics), start, quick(40, 2), 0.1)
show(
    draw_rows({"two faces mixed": mixed, "comics": comics, "projected": drawn(z_comics)}, width=8.0),
    alt="Three rows of seven faces: mixtures of two people, comics, and the comics projected.",
)
print(f"loss of comics {float(left.mean()):.3f}, of photos {float(ways['hybrid'][-1][1].mean()):.3f}")

# %% [markdown]
# Hats, hair and skin come over, ink and flat color do not, and the loss stays about three times as high as that of
# photos. The code cannot tell that it was given something from another world; its loss can.

# %% [markdown]
# ## 11. Your own edits
#
# Two tools, made of your functions. In the first choose a face and pull at its age and its smile; the row shows the
# face that was given, its projection, the edited projection, and the edit on the original.

# %% name="panel" demo=true folded="Makes the panel: a face, its age and its smile"
CHOSEN = {f"face {k + 1}": k for k in range(min(8, COUNT))}


def draw_edit(fig, face, age, smile):
    """A face, its projection, that edited, and the edit on the original; returns the alt text."""
    fig.clear()
    z = z_x[face : face + 1]
    before, after = drawn(z), drawn(z + age * held["age"] + smile * directions["smile"])
    pictures = [x[face : face + 1], before, after, taken_back(x[face : face + 1], before, after)]
    (ax,) = axes(fig)
    draw_pictures(
        ax, torch.cat(pictures), 4, f"given, nearest, edited, given and edited: age {age:+.1f}, smile {smile:+.1f}"
    )
    return f"Face {face + 1} in four pictures, with age {age:+.1f} and smile {smile:+.1f}."


Sliders(
    draw_edit,
    {
        "face": Choice("face", CHOSEN, f"face {min(3, COUNT)}"),
        "age": Knob("age", -3, 3, 0.0),
        "smile": Knob("smile", -3, 3, 0.0),
    },
    (8, 2.4),
)

# %% [markdown]
# The second is a canvas. Brush a hair color over the face, and beside it stands the nearest face that has it there.
# *Load* takes a picture of your own: it is cut to a square and projected first. (A photograph comes out as a drawn face
# of similar colors. $G$ knows no others.)

# %% name="canvas" demo=true folded="Makes the canvas: brush a hair color on a face, or load another"
canvas = Canvas(
    64, {"as it is": "#000000", **HAIR}, x[min(2, COUNT - 1)], brush=6, label="hair colors on a face",
    offer=("Give me a face", lambda: x[int(torch.randint(COUNT, ()))]),
)  # fmt: skip
kept = {}


def answer(labels):
    """The nearest face with these colors; the picture under the brush is projected once."""
    under = bytearray(canvas.under)
    picture = to_unit(torch.frombuffer(under, dtype=torch.uint8).reshape(64, 64, 3).movedim(2, 0))[None]
    key = bytes(under)
    if key not in kept:
        kept.clear()
        start = hybrid_start(E, G, by_pixels_and_features, picture, torch.zeros(1, 1, d))
        kept[key] = search_z(G, near(picture), start, quick(40, 2), 0.1)[0]
    if not labels.any():
        return drawn(kept[key])[0]
    colors = to_unit(torch.from_numpy(canvas.colors))[torch.from_numpy(labels).long()].movedim(2, 0)[None]
    brushed = (torch.from_numpy(labels) > 0).float()[None, None]
    return drawn(brushed_to(kept[key], colors, brushed))[0]


canvas.on_change(answer)
canvas

# %% [markdown]
# Try: blond on the left half of the hair only; white on a dark background; a color where no hair is. $G$ makes faces,
# and a brush is a wish. What it cannot make it leaves out.
#
# ## 12. An open challenge
#
# To learn a direction took two thousand looks of the reader. If looks are dear, because a person does the looking,
# how few will do for *one* edit of *one* face?

# %% [markdown] exercise="change_one" stars=3 minutes=45 challenge=true
# ### Exercise 11: change one thing
#
# A face has a `z0` of 12 numbers, and five factors that depend on it smoothly; which way, you are not told. You may
# have faces read: `look(z)` takes z (n, 12), any n, and returns a list of n lists of five numbers, without errors. Ask
# about `z0` itself, too, if you want to know where you stand.
#
# `change_one(look, z0)` returns z (12,) at which **factor 0 is 1 more** than at `z0`, and the **four others are as they
# were**. Two rules, on average over four faces: the factor that is furthest off is off by at most **0.05**, and z is at
# most **6** away from `z0`, for further out there are no faces any more.
#
# What counts is how many z are looked at, on average over the four. Bronze takes at most **2500** looks, silver **60**,
# gold **20**. A run may take 20 seconds; graders' faces are others.

# %% [markdown] hints="change_one"
# For bronze try many small changes at random, go on from the best of them, and take smaller ones where none is better.
# ---
# For silver measure slopes: move each of the twelve numbers by a little and see what each factor does. That makes a
# matrix J (5, 12). `torch.linalg.lstsq(J, wish, driver="gelsd")` is the shortest step that does what is wished, if all
# is straight. It is not quite, so do it again from there.
# ---
# For gold do not measure the matrix anew, improve it: after a step s that changed the factors by c, add
# $(c - J s)\, s^\top / \lVert s \rVert^2$ to it (Broyden's update). Then each further step costs one look.


# %% solution="change_one"
def change_one(look, z0):
    """z (12,) near z0 at which factor 0 is 1 more and the four others are as they were; `look(z)` reads (n, 12)."""

    ### BEGIN SOLUTION
    def seen(z):
        return torch.tensor(look(z), dtype=z0.dtype)

    at = seen(torch.cat([z0[None], z0 + 0.3 * torch.eye(12, dtype=z0.dtype)]))
    J, now = (at[1:] - at[0]).T / 0.3, at[0]
    wish, z = at[0].clone(), z0.clone()
    wish[0] += 1
    for _ in range(10):
        if (wish - now).abs().max() < 0.03:
            break
        s = torch.linalg.lstsq(J, (wish - now)[:, None], driver="gelsd").solution[:, 0]
        s = s * min(1.0, 1.5 / float(s.norm()))
        then = seen((z + s)[None])[0]
        J = J + torch.outer(then - now - J @ s, s) / s.square().sum()
        z, now = z + s, then
    return z
    ### END SOLUTION


# %% test="change_one" points=3

# %% [markdown]
# Each medal is an idea: to try; to measure slopes; and to learn from every step that is taken anyway. With a person who
# looks, or with a service that is paid by the picture, that is the difference between an afternoon and a minute.
#
# ## 13. What to take along
#
# - To project is to search for $z$ with all networks frozen: in evaluation mode, each picture for itself, keeping
#   the best. An encoder starts it well; both together come nearest.
# - A direction is the normal of a plane between labeled samples. It changes whatever went with the label, and numbers
#   say what. Hold the rest by right angles, and measure again.
# - A user's wish is a term of the loss; smoothness keeps the face one meant.
# - A projection loses what $G$ cannot draw. Take back the change, not the picture.
# - An aged face is a guess. Compare with the truth where there is one, and with the yardstick of the truth itself.

# %% [markdown] quiz="what_moves"
# In a projection by optimization, what has a gradient, and what moves?
#
# - [ ] $G$'s weights, a little, so that it draws this face better :: That exists, too, as fine-tuning $G$. Here $G$
#   stands still, or its other faces would change.
# - [x] gradients pass through $G$ and the features, and only z moves :: Yes: frozen is not the same as cut off.
# - [ ] only the encoder :: It is not in this search at all.

# %% [markdown] quiz="two_held"
# You hold `a` and then `b`, one after the other, where `a` and `b` are not at right angles. What have you got?
#
# - [ ] a direction at right angles to both :: Taking out `b` may have put back some of `a`.
# - [x] one at right angles to `b` only, as a rule :: Yes: the last one held is held.
# - [ ] the same as with both at once :: Only where `a` and `b` are at right angles themselves.

# %% [markdown] quiz="reader_judges"
# An edit is searched for with the reader's features in the loss, and then judged by the reader. Why be careful?
#
# - [ ] the reader is a network, and networks err :: It does, but that is true of every judge.
# - [x] the search may please the reader without changing what people see :: Yes: what was minimized is no independent
#   judge. A second reader, or the renderer's truth, is.
# - [ ] features are not differentiable :: They are; that is how they got into the loss.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 16_editing
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - J.-Y. Zhu, P. Krähenbühl, E. Shechtman and A. A. Efros, *Generative Visual Manipulation on the Natural Image
#   Manifold*, ECCV 2016, [arXiv:1609.03552](https://arxiv.org/abs/1609.03552). The authors' code:
#   [github.com/junyanz/iGAN](https://github.com/junyanz/iGAN).
# - Y. Shen, J. Gu, X. Tang and B. Zhou, *Interpreting the Latent Space of GANs for Semantic Face Editing*, CVPR 2020,
#   [arXiv:1907.10786](https://arxiv.org/abs/1907.10786): directions, and holding others (their "conditional
#   manipulation").
# - E. Härkönen, A. Hertzmann, J. Lehtinen and S. Paris, *GANSpace: Discovering Interpretable GAN Controls*, NeurIPS
#   2020, [arXiv:2004.02546](https://arxiv.org/abs/2004.02546).
# - G. Antipov, M. Baccouche and J.-L. Dugelay, *Face Aging with Conditional Generative Adversarial Networks*, ICIP
#   2017, [arXiv:1702.01983](https://arxiv.org/abs/1702.01983): by condition.

# %% demo=true folded="Your own picture: one face, edited by your functions"
fig = figure(6, 1.9)
(ax,) = axes(fig)
me = min(2, COUNT - 1)
before = drawn(z_x[me : me + 1]).repeat(4, 1, 1, 1)
moves = (-2 * held["age"], 2 * held["age"], 2.5 * directions["smile"], 2 * held["glasses"])
after = drawn(z_x[me : me + 1] + torch.stack(moves))
edited = taken_back(x[me : me + 1].repeat(4, 1, 1, 1), before, after)
draw_pictures(ax, torch.cat([x[me : me + 1], edited]), 5, "given; younger, older, smiling, with glasses")
keepsake(fig, alt="A drawn face five times: as given, younger, older, smiling, with glasses.", name="my_edits")

# %% [markdown] last=true
# ## What you have built
#
# A way back from pictures to $z$, by search, by encoder and by both; directions from labels, with the rest held; a
# brush and a pencil that are terms of a loss; and a transfer that changes the original and not its projection. And you
# have measured what an edit changes besides.
#
# **The same at full scale.**
#
# | | here | iGAN (2016) |
# |---|---|---|
# | pictures | 64 × 64, drawn faces | 64 × 64, photographs of shoes, handbags, churches, outdoor scenes |
# | generator | DCGAN, z of 64, N(0, I) | DCGAN, z of 100, evenly between −1 and 1 |
# | features | the face reader's last hidden layer | conv4 of AlexNet |
# | search | Adam, 40 steps | L-BFGS-B, 200 steps at most |
# | encoder | trained on real pictures and on samples | trained on real pictures |
# | edges | strength of slopes | histograms of oriented gradients |
# | transfer | flow, then color, in one step | flow and color together, along a path of pictures |
#
# Since then generators with a $w$ for each layer (lesson 14) have become the usual place to edit, and encoders for them
# the usual way in. The questions are the same: how near, what else changes, and who says so.
#
# **And here the course ends.** It began with a bell curve and a judge who could not tell. Everything since was that
# game, with other players, other rules, and more ways to measure who wins. Models that have followed it, diffusion
# above all, draw better; they are trained with other losses, and you can read them: the networks, the conditions, the
# scores and the doubts are those that you have built. Whatever you make with it, say how it was measured.
