# %% [markdown] builds="autoencoders, a VAE, and a model that paints pixel by pixel: densities to ask" hours=5 stars=2
# # 05 · Densities, codes and blur
#
# A GAN draws and says nothing. Ask it how probable a picture is, or which noise a given face came from, and it has no
# answer. Here are three models that have one, each at a price: an autoencoder, which has codes and no density; a
# variational one, which bounds its density; and one that paints pixel by pixel and knows its density exactly. You build
# all three, and find out where blur comes from, which is what made GANs so welcome.
#
# **You will be able to**
#
# - derive what squared and absolute errors ask of a pixel, and say why one of them blurs edges more than the other;
# - find the best linear code, and show that a linear autoencoder finds the same one;
# - draw a code so that gradients pass, write the divergence and the bound, and train a VAE by your own step;
# - check a bound against an exact likelihood where both are known;
# - mask a layer, prove by gradients what it cannot see, and compute, train and sample an exact density;
# - tell a collapsed code and a leaking mask by their numbers.
#
# **Time:** about five hours with the challenge, of which the machine works about two minutes. No GPU is needed.
# **Builds on:** lesson 01 (explicit and implicit densities), lesson 03 (DCGAN).

# %% [markdown]
# ![Four rows of small drawn faces. In the first row they are crisp; in the second and third, the same people, they are
# soft; in the fourth row there are softer faces of other people.](images/faces.png)
#
# *Eight faces that no network here has seen (first row), and what two autoencoders make of them from 16 numbers each
# (second and third row). Last row: faces that a VAE has made up. The networks come with the course; the pictures have
# 32 × 32 pixels.*

# %% name="setup"
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, data, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.metrics.translation import edge_steepness
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.widgets.knobs import Knob
from gancourse.widgets.sliders import Sliders

check = public("05_autoencoders")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Who can be asked what
#
# A generative model stands for a density $p(x)$ over pictures. What one can *do* with it differs. Goodfellow's tutorial
# of 2016 sorts models by that:
#
# ![A tree. Densities divide into explicit and implicit ones; explicit ones into tractable and approximate. Under each
# leaf stand the lessons in which it is built.](images/taxonomy.png)
#
# - **explicit and tractable:** $p(x)$ is a formula that can be computed. Section 7 builds one: it paints pixel by
#   pixel.
# - **explicit, approximate:** $p(x)$ is a formula with an integral in it that nobody can do. Section 5 bounds it.
# - **implicit:** there is a machine that draws, and no formula. All GANs are there.
#
# A plain autoencoder (sections 2 to 4) stands outside: it has codes, and no density at all.
#
# The data are the drawn faces once more. For photographs set `DATA = "celeba"`: exercises and training stay as they
# are. (Tried on 2,500 of them: soft faces that one takes for faces, with a squared error of 179 by the autoencoder of
# section 4, and 191 by PCA.) The networks that come with the course have seen drawn faces only, and make drawn faces of
# photographs. Section 6 needs factors, and sections 7 and 8 stencils: they stay with drawn faces.

# %% name="load" demo=true folded="Loads the faces"
DATA = "faces"  # or "celeba", for photographs
NEW = quick(500, 60)
faces = to_unit(data.load(DATA, size=32, attributes=[], n=quick(4000, 300)).pixels)  # (n, 3, 32, 32) in [−1, 1]
if DATA == "faces":
    new = to_unit(data.load(DATA, size=32, split="test", attributes=[], n=NEW).pixels)
else:  # a copy of CelebA may hold a part of it alone
    new, faces = faces[:NEW], faces[NEW:]

# %% [markdown]
# ## 2. What a loss asks for
#
# An **autoencoder** is a pair of networks: an encoder $x \mapsto c$ to a short code, a decoder $c \mapsto \hat x$
# back. They are trained together to make $\hat x$ like $x$. *Like* in which sense? Two are usual:
#
# $$L_2 = \overline{\sum_i (\hat x_i - x_i)^2}, \qquad L_1 = \overline{\sum_i |\hat x_i - x_i|},$$
#
# with the sum over all numbers of a picture and the mean over the batch.

# %% [markdown] exercise="rebuilding" stars=1 minutes=8
# ### Exercise 1: two losses
#
# `l2_loss(made, x)` and `l1_loss(made, x)`, for pictures of shape (n, C, H, W): **summed** over all numbers of a
# picture, **averaged** over the n pictures. One number each, a tensor that gradients pass through. The last function
# is given, for the check.

# %% [markdown] hints="rebuilding"
# The difference first; then two ways to make it positive; then a sum and a mean.
# ---
# Sum over everything, and divide by the number of pictures, `len(x)`.
# ---
# `(made - x).square().flatten(1).sum(1).mean()`; with `abs()` for the other.


# %% solution="rebuilding"
def l2_loss(made, x):
    """Pictures (n, C, H, W): squared errors, summed over a picture, averaged over the batch."""
    ### BEGIN SOLUTION
    return (made - x).square().flatten(1).sum(1).mean()
    ### END SOLUTION


def l1_loss(made, x):
    """The same with absolute errors."""
    ### BEGIN SOLUTION
    return (made - x).abs().flatten(1).sum(1).mean()
    ### END SOLUTION


def rebuilding(which, made, x):
    return {"l2": l2_loss, "l1": l1_loss}[which](made, x)


# %% test="rebuilding" points=1

# %% [markdown]
# A code is too short to say everything. What does a decoder draw where it does not know? Take the smallest case there
# is: a single pixel that is 1 with probability $p$ and else 0, and a guess $g$ for it.

# %% [markdown] exercise="blur_steps" stars=2 minutes=25
# ### Exercise 2: where blur comes from
#
# Seven short steps; each is checked by itself. In steps 1 to 5 `p` and `g` are tensors of shape (n,), probabilities and
# guesses, all from 0 to 1; return shape (n,).
#
# 1. **The expected squared error** of the guess $g$.
# 2. **The best guess** by squares: where its derivative in $g$ is 0. From `p` alone.
# 3. **What is left** of the squared error at that guess. From `p` alone.
# 4. **The expected absolute error** of the guess $g$.
# 5. **The best guess** by absolute values. From `p` alone; no $p$ here is exactly ½.
#
# Now a whole row of pixels: dark (0) on the left, light (1) from some place on, and nobody knows from which.
# `where` (n, w) holds in each row the probabilities that the *first light pixel* is number 0, 1, …, w − 1. They add up
# to 1, and no partial sum is exactly ½.
#
# 6. **The best row by squares**: for each pixel the best guess, shape (n, w).
# 7. **The best row by absolute values**, shape (n, w).

# %% [markdown] hints="blur_steps"
# With probability $p$ the pixel is 1, and $g$ misses it by $1 - g$; else it misses 0 by $g$. Pixel number $i$ of the
# row is light if the edge is at $i$ or left of it.
# ---
# 1: $p(1-g)^2 + (1-p)g^2$. 4: $p(1-g) + (1-p)g = p + (1 - 2p)g$: a straight line in $g$, so the best $g$ is at an end.
# In the row the probability of *light* at pixel $i$ is the sum of `where` up to $i$.
# ---
# `light = where.cumsum(1)`; then step 2 and step 5 once more, with `light` in the place of `p`.


# %% solution="blur_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def blur_steps(step, p=NOTHING, g=NOTHING, where=NOTHING):
    """One step, 1 to 7. 1 to 5: from p and g (n,) to (n,). 6 and 7: from `where` (n, w) to (n, w)."""
    if step == 1:  # expected squared error
        ### BEGIN SOLUTION
        return p * (1 - g) ** 2 + (1 - p) * g**2
        ### END SOLUTION
    if step == 2:  # best guess by squares
        ### BEGIN SOLUTION
        return p
        ### END SOLUTION
    if step == 3:  # what is left
        ### BEGIN SOLUTION
        return p * (1 - p)
        ### END SOLUTION
    if step == 4:  # expected absolute error
        ### BEGIN SOLUTION
        return p * (1 - g) + (1 - p) * g
        ### END SOLUTION
    if step == 5:  # best guess by absolute values
        ### BEGIN SOLUTION
        return (p > 0.5).float()
        ### END SOLUTION
    if step == 6:  # a row with an edge somewhere, by squares
        ### BEGIN SOLUTION
        return where.cumsum(1)
        ### END SOLUTION
    if step == 7:  # the same by absolute values
        ### BEGIN SOLUTION
        return (where.cumsum(1) > 0.5).float()
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 7, not {step}.")


# %% test="blur_steps" points=3

# %% [markdown]
# So squares ask for the **mean** of what is possible, absolute values for the **median**. For an edge whose place is
# unknown the mean is a ramp, and the median is an edge. Blur is the mean of sharp pictures.

# %% demo=true folded="Draws an edge at an unknown place, and both best rows"
place = torch.softmax(-((torch.arange(24.0) - 12) ** 2) / 20, 0)[None]
rows = [(torch.arange(24) >= k).float() for k in torch.multinomial(place[0], 4, replacement=True).tolist()]
rows += [blur_steps(6, where=place)[0], blur_steps(7, where=place)[0]]
fig = figure(7, 2.4)
names = ["what may come"] * 4 + ["best by squares", "best by absolute values"]
for ax, row, name in zip(axes(fig, 6, 1), rows, names, strict=True):
    ax.imshow(row[None], cmap="gray", vmin=0, vmax=1, aspect="auto")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
show(
    fig,
    alt="Six rows of pixels. Four have an edge from dark to light at some place; below, the best row by each loss.",
)

# %% [markdown]
# And in real pictures? The course has two autoencoders that differ in the loss alone: codes of 16 numbers, 4,000
# steps each (`gancourse train autoencoders-32`). To measure blur the mean strength of edges will not do: a ramp rises
# as much as an edge, only slower. So edges are weighed by themselves,
#
# $$\text{steepness} = \frac{\sum e^2}{\sum e},$$
#
# over all places, where $e$ is the change of brightness to the right and the lower neighbor. A step of height $h$
# counts $h$; spread over $w$ pixels it counts $h/w$.

# %% [markdown] predict="which_blurs"
# Whose reconstructions of new faces have steeper edges?
#
# - [ ] those by squares: large errors count more, so edges must be right :: They are right on average. That is the
#   trouble.
# - [x] those by absolute values :: Yes: the median of many edges is an edge.
# - [ ] no difference: networks are not single pixels :: What a network does not know, it draws by the same rule.
#
# ---
# The numbers stand above the faces. Compare glasses and the hair's outline.

# %% name="two-losses" demo=true folded="Draws new faces, rebuilt by both shipped autoencoders"
from gancourse.models import store

shipped = store.load("autoencoders_32")


def rebuilt(kind, x):
    """Pictures from their own codes by a shipped pair, "l2", "l1" or "vae" (by the means of its codes)."""
    with torch.no_grad():
        return shipped[f"decoder_{kind}"](shipped[f"encoder_{kind}"](x)[:, :16])


sheets = {"new faces": new, "by squares": rebuilt("l2", new), "by absolute values": rebuilt("l1", new)}
show(
    draw_rows({f"{name}, {edge_steepness(x):.3f}": x[:8] for name, x in sheets.items()}, "steepness of edges"),
    alt="Three rows of eight faces: new ones, rebuilt by squares, by absolute values; the rebuilt ones are soft.",
)

# %% [markdown]
# By this measure absolute values win, here by very little. A fairer comparison takes more than one run: with three
# seeds of 1,000 steps each the steepness came to 0.207 (0.206 to 0.207) by squares and to 0.216 (0.212 to 0.218) by
# absolute values. With codes of 8 numbers more is left open, and the difference is larger: 0.187 (0.186 to 0.188)
# against 0.202 (0.199 to 0.205). Without any code all that is left is the mean face or the median face, with 0.062 and
# 0.073. (`python lessons/05_autoencoders/bench.py --only blur` measures it.)
#
# Two things are worth a second look. Real faces have 0.515: most of the blur is common to both losses, for a code of 16
# numbers leaves open where most small things are. And the median has a price of its own: what is there in less than
# half of all cases that a code allows, such as a thin frame of glasses, it leaves out altogether. The *mean* strength
# of edges is even a little lower by absolute values (0.091 against 0.095).
#
# ## 3. The best straight code
#
# How good can a code of $k$ numbers be? If encoder and decoder are linear, the answer has been known since 1901:
# **principal components**. Subtract the mean $\bar x$, and project onto the $k$ orthogonal directions along which the
# data spread most. What is lost is the spread along all other directions. No linear pair has a smaller squared error.

# %% [markdown] exercise="principal_components" stars=2 minutes=20
# ### Exercise 3: principal components
#
# `principal_components(x, k)`, for rows `x` (n, d), with `k` at most n and at most d: three things, in this order:
#
# - the mean row, (d,);
# - the components, (k, d): orthogonal rows of length 1, the one with the largest spread first. Signs are yours.
# - the error that is left: rows are rebuilt as mean + (the row less the mean, projected onto the components). Squared
#   errors are **summed over a row and averaged over rows**; a number.
#
# There may be fewer rows than numbers (n < d), and the other way around. Mean and components have the type of `x`; the
# error may be a plain number.

# %% [markdown] hints="principal_components"
# Center first. The components are singular vectors of the centered rows.
# ---
# If $X - \bar x = U S V^\top$, the rows of $V^\top$ are the directions, sorted. What is left is $\sum_{j>k} S_j^2 / n$.
# ---
# `torch.linalg.svd(x - mean, full_matrices=False)` gives U, S, and Vᵀ; take its first k rows.


# %% solution="principal_components"
def principal_components(x, k):
    """Rows x (n, d) to their mean (d,), k components (k, d), and the mean squared error that is left."""
    ### BEGIN SOLUTION
    mean = x.mean(0)
    _, spread, directions = torch.linalg.svd(x - mean, full_matrices=False)
    return mean, directions[:k], float(spread[k:].square().sum() / len(x))
    ### END SOLUTION


# %% test="principal_components" points=2

# %% [markdown]
# For faces the components are pictures: one can add more or less of each. Here they are for gray faces of 16 × 16
# pixels.
# Beside them a *linear autoencoder*, two linear layers that know nothing of singular vectors, trained by your squared
# loss from a random start.

# %% [markdown] predict="linear_race"
# Where does the linear autoencoder end?
#
# - [ ] clearly above PCA's error: it is stuck in some local minimum :: This loss has saddles, and no other minima
#   (Baldi and Hornik, 1989).
# - [x] at PCA's error, but for a percent or two :: Yes. It needs many steps to find what one decomposition gives.
# - [ ] below it: it has biases, and is trained for just this :: The mean is in PCA as well, and no linear pair is
#   better.
#
# ---
# Its error is drawn as a multiple of PCA's.

# %% name="linear" demo=true folded="Trains a linear autoencoder of 16 numbers"
WIDE, K = 256, 16
few = F.avg_pool2d(faces[: quick(500, 100)].mean(1, keepdim=True), 2).flatten(1)  # (n, 256)
mean, components, error = principal_components(few, K)


def train_linear(seed=0, steps=None):
    """The error of a linear autoencoder after each step, as a multiple of PCA's."""
    seed_everything(seed)
    encoder, decoder, steps = nn.Linear(WIDE, K), nn.Linear(K, WIDE), steps or quick(2500, 20)
    opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 0.01)
    rate, ratios = torch.optim.lr_scheduler.OneCycleLR(opt, 0.01, total_steps=steps), []
    for _ in each(range(steps), "training a linear autoencoder", usual=quick(4, 1)):
        loss = l2_loss(decoder(encoder(few)), few)
        opt.zero_grad()
        loss.backward()
        opt.step()
        rate.step()
        ratios.append(loss.item() / error)
    return ratios


ratios = train_linear()

# %% demo=true folded="Draws components, and the error on its way"
fig = figure(9.5, 2.8)
sheet, curve = axes(fig, 1, 2)
shown = torch.cat([mean[None], components[:11] * 6]).unflatten(1, (1, 16, 16))
draw_pictures(sheet, shown.clamp(-1, 1), 6, "the mean face, and eleven components")
curve.semilogy(ratios, color=FAKE)
curve.axhline(1, color="0.5", ls=":")
curve.set(xlabel="step", title=f"error, as a multiple of PCA's: at last {ratios[-1]:.3f}")
show(
    fig,
    alt="Left: a mean face and eleven ghostly ones. Right: a falling curve that comes to rest near a dotted line at 1.",
)

# %% [markdown]
# With three seeds it ended at 1.0006 to 1.0032 times PCA's error, after 2,500 steps; a single decomposition, without
# any step, had given the answer. What it finds is the same *plane* of codes. The directions in it are others: nothing
# in the loss asks for right angles, or for the largest first.
#
# ## 4. A bent code
#
# Convolutions and nonlinearities may bend the code to where the faces are. The networks come from the package
# (`gancourse.models.autoencoders`): an encoder that halves a picture three times, down to 4 × 4, and a decoder, the
# same turned around. The loop is short enough to be written out.

# %% name="bent" demo=true open="the whole of training an autoencoder"
from gancourse.models.autoencoders import Decoder, Encoder

STEPS, WIDTH = quick(1500, 4), quick(16, 4)


def train_autoencoder(loss=l2_loss, seed=0, steps=STEPS):
    """An encoder and a decoder of 16 numbers, after so many steps down this loss."""
    seed_everything(seed)
    encoder, decoder = Encoder(32, K, WIDTH), Decoder(32, K, WIDTH)
    opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 2e-3)
    for _ in each(range(steps), "training an autoencoder", usual=quick(20, 1)):
        x = faces[torch.randint(len(faces), (32,))]
        found = loss(decoder(encoder(x)), x)
        opt.zero_grad()
        found.backward()
        opt.step()
    return encoder.eval(), decoder.eval()


encoder, decoder = train_autoencoder()

# %% demo=true folded="Compares it with PCA on new faces, number by number"
rows = faces.flatten(1)[: quick(1000, 100)]
mean_32, components_32, _ = principal_components(rows, K)
with torch.no_grad():
    straight = ((new.flatten(1) - mean_32) @ components_32.T @ components_32 + mean_32).view_as(new)
    bent = decoder(encoder(new))
sheets = {"new faces": new, "PCA": straight, "yours": bent, "shipped": rebuilt("l2", new)}
print(", ".join(f"{name}: squared error {l2_loss(x, new):.1f}" for name, x in sheets.items() if name != "new faces"))
show(
    draw_rows({name: x[:8].clamp(-1, 1) for name, x in sheets.items()}, "16 numbers for each face"),
    alt="Four rows of eight faces: new ones, and what PCA, a short and a long run of an autoencoder make of them.",
)

# %% [markdown]
# In one run PCA came to a squared error of 65 (fitted to 1,000 faces; to 4,000 it is 64), your 1,500 steps on 4,000
# faces to 60, and the shipped pair, with 4,000 steps on 8,000 faces, to 54. So a bent code is better than the best
# straight one, if one gives it time, and no theorem says when it is done. Look at backgrounds, too: PCA spends its
# numbers on what differs most, and that is large even areas.
#
# An autoencoder has codes. Is it a generator? Draw a code at random, and decode it.

# %% [markdown] predict="random_code"
# Codes are drawn from a normal distribution, each number by itself, with the mean and the spread that the number has
# over the faces. What does the decoder of the shipped autoencoder make of them?
#
# - [ ] faces like the reconstructions: those are codes like any other :: Each number is like that of a face. Are all 16
#   together?
# - [x] something like faces, smeared and mixed up in places :: Yes: codes of faces fill only a part of that cloud, and
#   nobody has told the decoder what to do elsewhere.
# - [ ] noise :: The decoder has learned what all faces have in common.
#
# ---
# Nothing in its loss speaks of codes that no face has.

# %% demo=true folded="Decodes codes of faces, and codes drawn like them"
with torch.no_grad():
    codes = shipped["encoder_l2"](new)
    cloud = codes.mean(0) + codes.std(0) * torch.randn(8, K)
    sheets = {"codes of faces": shipped["decoder_l2"](codes[:8]), "drawn codes": shipped["decoder_l2"](cloud)}
show(
    draw_rows(sheets),
    alt="Two rows of eight soft faces: from codes of faces, and from random codes of the same spread.",
)

# %% [markdown]
# ## 5. A code with a density: the VAE
#
# Kingma and Welling (2014) begin with the density, not with the code. Let a picture be made in two steps: draw
# $z \sim N(0, I)$, then draw each pixel around a decoder's picture,
#
# $$p(x) = \int p(z)\, p(x|z)\, dz, \qquad p(x|z) = N\bigl(\mathrm{dec}(z),\, s^2 I\bigr).$$
#
# The integral is out of reach. But for *any* density $q(z|x)$ there is the **evidence lower bound**:
#
# $$\log p(x) \;\ge\; \underbrace{\mathbb{E}_{q(z|x)} \log p(x|z) - \mathrm{KL}\bigl(q(z|x) \,\|\,
# p(z)\bigr)}_{\text{ELBO}}, \qquad \log p(x) - \text{ELBO} = \mathrm{KL}\bigl(q(z|x) \,\|\, p(z|x)\bigr).$$
#
# So an encoder that gives $q(z|x) = N(\mu, \sigma^2)$, with a mean and a variance for each number of the code, can be
# trained together with the decoder to make the bound large. Two things are needed for that, and both are short.

# %% [markdown] exercise="reparameterize" stars=1 minutes=12
# ### Exercise 4: a draw that gradients pass through
#
# `reparameterize(mu, log_var)`: means and logarithms of variances, (n, k) each, to a draw of $z$ from $N(\mu,
# \sigma^2)$, (n, k), with $\log \sigma^2$ = `log_var`. The noise is drawn from $N(0, 1)$ for **each number of each
# picture by itself**, anew in every call. Gradients reach both `mu` and `log_var`.

# %% [markdown] hints="reparameterize"
# Not "draw from the network's distribution", which has no derivative: draw noise that knows nothing of the network,
# then shift and scale it.
# ---
# $z = \mu + \sigma\,\varepsilon$ with $\sigma = e^{\frac12 \log \sigma^2}$.
# ---
# `torch.randn_like(mu)` is the noise; `(log_var / 2).exp()` the standard deviation.


# %% solution="reparameterize"
def reparameterize(mu, log_var):
    """A draw from N(mu, exp(log_var)), (n, k), with gradients to both."""
    ### BEGIN SOLUTION
    return mu + (log_var / 2).exp() * torch.randn_like(mu)
    ### END SOLUTION


# %% test="reparameterize" points=1

# %% [markdown] exercise="kl_to_prior" stars=1 minutes=12
# ### Exercise 5: the divergence
#
# For one number of the code
#
# $$\mathrm{KL}\bigl(N(\mu, \sigma^2) \,\|\, N(0, 1)\bigr) = \tfrac12\bigl(\mu^2 + \sigma^2 - 1 - \log \sigma^2\bigr).$$
#
# `kl_to_prior(mu, log_var)`, (n, k) each: **for each picture** the sum over its numbers, in nats, shape (n,). Gradients
# pass. It is never negative, and 0 where $q$ is the prior.

# %% [markdown] hints="kl_to_prior"
# The formula once for each number, then a sum over dimension 1.
# ---
# $\sigma^2$ is `log_var.exp()`.
# ---
# `(mu.square() + log_var.exp() - 1 - log_var).sum(1)`, and a half.


# %% solution="kl_to_prior"
def kl_to_prior(mu, log_var):
    """KL(N(mu, exp(log_var)) ‖ N(0, I)) for each of n pictures: (n, k) twice to (n,)."""
    ### BEGIN SOLUTION
    return (mu.square() + log_var.exp() - 1 - log_var).sum(1) / 2
    ### END SOLUTION


# %% test="kl_to_prior" points=1

# %% [markdown]
# A bound that is never checked against the truth may be anything. There is a model in which both are known: let the
# decoder be *linear*. That is PCA again, with a density (Tipping and Bishop, 1999).

# %% [markdown] exercise="bound_steps" stars=3 minutes=40
# ### Exercise 6: the bound, where the truth is known
#
# Let $z \sim N(0, I)$ have k numbers, and $x | z \sim N(W z + b,\, s^2 I)$ have d. Given are `x` (n, d), `W` (d, k),
# `b` (d,) and `s`, a number; all of it in float64. Logarithms are natural ones. Six steps, each checked by itself.
#
# 1. **The spread of $x$.** Its covariance, when $z$ has been integrated out: (d, d).
# 2. **The exact log-likelihood** $\log p(x)$ of each row, a normal density with that covariance: (n,).
# 3. **The exact posterior's mean** of $z$ for each $x$: (n, k). With $M = W^\top W + s^2 I$ it is
#    $M^{-1} W^\top (x - b)$.
# 4. **The exact posterior's covariance**, the same for all $x$: $s^2 M^{-1}$, (k, k).
# 5. **The first half of the bound.** Let $q = N(m, \mathrm{diag}(v))$ with `m` and `v` (n, k), means and *variances*.
#    Then $\mathbb{E}_q \log p(x|z)$ needs no draws: $\mathbb{E}\,\lVert x - b - Wz \rVert^2 = \lVert x - b - W m
#    \rVert^2 + \sum_j v_j \lVert w_j \rVert^2$, with $w_j$ the columns of $W$. All of the normal density counts, its
#    constant too: (n,).
# 6. **The bound**: step 5 less the divergence from the prior $N(0, I)$: (n,).

# %% [markdown] hints="bound_steps"
# 1: covariances of independent parts add up. 2: a density of the library's is welcome.
# ---
# 1: $W W^\top + s^2 I$. 5: $-\frac{1}{2 s^2}\bigl(\lVert x - b - Wm \rVert^2 + \sum_j v_j \lVert w_j \rVert^2\bigr) -
# \frac d2 \log(2 \pi s^2)$.
# ---
# `torch.distributions.MultivariateNormal(b, covariance).log_prob(x)`; `(x - b) @ W @ torch.linalg.inv(M)`, since $M$ is
# symmetric; step 6 calls your `kl_to_prior` with `v.log()`.


# %% solution="bound_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def bound_steps(step, x=NOTHING, W=NOTHING, b=NOTHING, s=1.0, m=NOTHING, v=NOTHING):
    """One step, 1 to 6, for x (n, d), W (d, k), b (d,), s, and q's means m and variances v (n, k)."""
    if step == 1:  # the covariance of x, (d, d)
        ### BEGIN SOLUTION
        return W @ W.T + s**2 * torch.eye(len(W), dtype=W.dtype)
        ### END SOLUTION
    if step == 2:  # log p(x), (n,)
        ### BEGIN SOLUTION
        return torch.distributions.MultivariateNormal(b, bound_steps(1, W=W, s=s)).log_prob(x)
        ### END SOLUTION
    if step == 3:  # the posterior's mean, (n, k)
        ### BEGIN SOLUTION
        return (x - b) @ W @ bound_steps(4, W=W, s=s) / s**2
        ### END SOLUTION
    if step == 4:  # the posterior's covariance, (k, k)
        ### BEGIN SOLUTION
        return s**2 * torch.linalg.inv(W.T @ W + s**2 * torch.eye(W.shape[1], dtype=W.dtype))
        ### END SOLUTION
    if step == 5:  # the expected log p(x | z) under q, (n,)
        ### BEGIN SOLUTION
        off = (x - b - m @ W.T).square().sum(1) + v @ W.square().sum(0)
        return -off / (2 * s**2) - len(W) / 2 * math.log(2 * math.pi * s**2)
        ### END SOLUTION
    if step == 6:  # the bound, (n,)
        ### BEGIN SOLUTION
        return bound_steps(5, x, W, b, s, m, v) - (m.square() + v - 1 - v.log()).sum(1) / 2
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="bound_steps" points=3

# %% [markdown] predict="how_tight"
# $W$ has columns at right angles, so that the exact posterior is one of the $q$ that we allow. For $q$ the exact
# posterior is taken, and then its mean is moved, or its variances are multiplied. How does the bound behave?
#
# - [ ] it stays a little below $\log p(x)$ even at the exact posterior :: The gap is KL($q$ ‖ posterior): what is it
#   where the two are the same?
# - [x] it touches $\log p(x)$ at the exact posterior, and falls off on both sides :: Yes: that is how an encoder is
#   trained by the bound.
# - [ ] above $\log p(x)$ on one side :: It is a lower bound for every $q$.
#
# ---
# The dotted line is the exact log-likelihood, from your step 2.

# %% name="tight" demo=true folded="Draws the bound against the exact log-likelihood"
W = torch.linalg.qr(torch.randn(6, 2, dtype=torch.float64))[0] * torch.tensor([2.0, 1.0])
b, s = torch.zeros(6, dtype=torch.float64), 0.5
x = torch.randn(200, 2, dtype=torch.float64) @ W.T + s * torch.randn(200, 6, dtype=torch.float64)
exact, m = bound_steps(2, x, W, b, s), bound_steps(3, x, W, b, s)
v = bound_steps(4, x, W, b, s).diagonal().expand_as(m)
shifts, factors = torch.linspace(-1, 1, 41), torch.logspace(-1, 1, 41)
fig = figure(8.5, 2.7)
left, right = axes(fig, 1, 2, sharey=True)
left.plot(shifts, [bound_steps(6, x, W, b, s, m + k, v).mean() for k in shifts], color=FAKE, label="bound")
right.semilogx(factors, [bound_steps(6, x, W, b, s, m, v * k).mean() for k in factors], color=FAKE)
for ax, name in ((left, "mean moved by"), (right, "variances times")):
    ax.axhline(float(exact.mean()), color=REAL, ls=":", label="exact log p(x)")
    ax.set(xlabel=name)
left.legend(fontsize=9)
show(
    fig,
    alt="Two arches below a dotted line, over shifts of the mean and factors of the variance; both touch it once.",
)

# %% [markdown]
# For networks there is no dotted line, and the same bound is all one has. Your training step makes it large, with one
# draw of $z$ for each picture.

# %% [markdown] exercise="vae_step" stars=3 minutes=30
# ### Exercise 7: the training step
#
# `vae_step(encoder, decoder, opt, x, noise, s, beta)`: one step of `opt`, which holds the parameters of both networks.
#
# - `encoder(x)` gives (n, 2k): **first** the k means, **then** the k log-variances. `decoder(z)` gives pictures in the
#   shape of `x` (n, …).
# - $z$ is drawn as in exercise 4, but with the given `noise` (n, k) in the place of fresh noise, so that a step can be
#   repeated.
# - The loss is the mean over the batch of $\frac{1}{2 s^2} \sum_i (\hat x_i - x_i)^2 + \beta\, \mathrm{KL}$, the sum
#   over all numbers of a picture, KL as in exercise 5. With β = 1 it is minus the bound, but for a constant.
#
# Return two plain numbers, as they were before the step: the mean of the first term, and the mean of KL (without β).
# Gradients from before must not count. Modes, `x` and `noise` stay as they are.

# %% [markdown] hints="vae_step"
# Five lines: encode, draw, decode, two terms, and the three that every step has.
# ---
# `mu, log_var = encoder(x).chunk(2, dim=1)`. Both terms are sums for each picture, then means over the batch.
# ---
# `z = mu + (log_var / 2).exp() * noise`; `off = l2_loss(decoder(z), x) / (2 * s**2)`; `kl = kl_to_prior(mu,
# log_var).mean()`; then `zero_grad`, `backward`, `step`.


# %% solution="vae_step"
def vae_step(encoder, decoder, opt, x, noise, s, beta):
    """One step down minus the bound, KL weighed by beta; gives the rebuilding term and KL, both plain numbers."""
    ### BEGIN SOLUTION
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + (log_var / 2).exp() * noise
    off = (decoder(z) - x).square().flatten(1).sum(1).mean() / (2 * s**2)
    kl = ((mu.square() + log_var.exp() - 1 - log_var).sum(1) / 2).mean()
    opt.zero_grad()
    (off + beta * kl).backward()
    opt.step()
    return off.item(), kl.item()
    ### END SOLUTION


# %% test="vae_step" points=3

# %% name="vae" demo=true folded="Trains a VAE by your step"
S = 0.4  # how far pixels may lie from the decoder's picture


def train_vae(beta=1.0, seed=0, steps=STEPS):
    """A VAE of 16 numbers after so many steps, and what each step returned."""
    seed_everything(seed)
    encoder, decoder = Encoder(32, 2 * K, WIDTH), Decoder(32, K, WIDTH)
    opt, history = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 2e-3), []
    for _ in each(range(steps), "training a VAE by your step", usual=quick(21, 1)):
        x = faces[torch.randint(len(faces), (32,))]
        history.append(vae_step(encoder, decoder, opt, x, torch.randn(32, K), S, beta))
    return encoder.eval(), decoder.eval(), history


vae_encoder, vae_decoder, history = train_vae()


# %% name="draw-vae" demo=true folded="Draws what a VAE rebuilds, what it makes up, and both terms"
def draw_vae(encoder, decoder, history, title):
    """Faces rebuilt from means, faces from drawn codes, and both terms over the steps."""
    with torch.no_grad():
        mu, log_var = encoder(new).chunk(2, dim=1)
        rebuilt, made_up = decoder(mu), decoder(torch.randn(16, K))
    fig = figure(10, 2.6)
    first, second, curve = axes(fig, 1, 3)
    draw_pictures(first, torch.stack([new[:8], rebuilt[:8]], 1).flatten(0, 1), 8, f"{title}: new faces, rebuilt")
    draw_pictures(second, made_up, 8, "made up: z drawn from N(0, I)")
    for values, name, color in zip(zip(*history, strict=True), ("rebuilding", "KL"), (JUDGE, FAKE), strict=True):
        curve.semilogy([max(value, 1e-3) for value in values], color=color, lw=0.8, label=name)
    curve.set(xlabel="step", title="both terms, in nats")
    curve.legend(fontsize=9)
    show(fig, alt=f"{title}: pairs of new and rebuilt faces, a sheet of faces from drawn codes, curves of both terms.")
    kl = ((mu.square() + log_var.exp() - 1 - log_var) / 2).mean(0)
    print(f"{title}: squared error {l2_loss(rebuilt, new):.0f}, KL {kl.sum():.1f}; numbers in use: {(kl > 0.1).sum()}")


draw_vae(vae_encoder, vae_decoder, history, "your VAE")

# %% [markdown]
# In one run the squared error came to 62, KL to 32 nats, and all 16 numbers were in use.
#
# Both terms pull against each other. The first wants codes far apart, each with little noise, so that the decoder knows
# whom to draw. The second wants all codes to be $N(0, I)$. What is left is a cloud without holes, and so the drawn
# codes of the middle sheet are codes that the decoder knows.
#
# Here is what lies between two codes of either kind: two faces, and a slider from the code of one to that of the other,
# drawn by the shipped networks. For the VAE the codes are the means.


# %% name="between" demo=true folded="Two faces, and a slider between their codes"
def draw_between(fig, first, second, share):
    """Seven faces on the way between two, by both pairs of networks, and the one at `share`; returns the alt text."""
    fig.clear()
    ends = new[[round(first), round(second)]]
    parts = axes(fig, 1, 3, width_ratios=(1, 1, 2.2))
    draw_pictures(parts[0], ends, 1, "the two")
    at, all_shares = [], torch.linspace(0, 1, 7)
    for kind in ("l2", "vae"):
        with torch.no_grad():
            start, end = shipped[f"encoder_{kind}"](ends)[:, :16]
            shares = torch.cat([torch.tensor([share]), all_shares])
            at.append(shipped[f"decoder_{kind}"](torch.lerp(start, end, shares[:, None])))
    draw_pictures(parts[1], torch.stack([made[0] for made in at]), 1, f"{share:.2f} of the way")
    draw_pictures(parts[2], torch.cat([made[1:] for made in at]), 7, "above the autoencoder's, below the VAE's")
    return f"Two faces, and what lies {share:.2f} of the way between their codes, by an autoencoder and by a VAE."


# %% name="code-panel" demo=true folded="Makes the panel: which two faces, and how far between them"
last_face = len(new) - 1
Sliders(
    draw_between,
    {
        "first": Knob("first face", 0, last_face, 3, whole=True),
        "second": Knob("second face", 0, last_face, 8, whole=True),
        "share": Knob("share", 0, 1, 0.5),
    },
    (9.5, 2.6),
)

# %% [markdown]
# Try faces that differ in one thing, such as a hat, and look at the middle. Does either network draw half a hat?
#
# ### Blur as a number
#
# The VAE's pixels lie around $\mathrm{dec}(z)$, at a distance of $s$. So what the decoder draws is a *mean*, of all
# that a code leaves open. A GAN's generator draws no means: a mean of faces is no face, and $D$ would say so.

# %% [markdown] predict="who_is_sharper"
# Steepness of edges: faces that the VAE makes up, the DCGAN's of lesson 03 (64 pixels, halved), and real ones. Who is
# where?
#
# - [x] the VAE far below, the DCGAN near the real ones :: Yes: that is why GANs were taken up so eagerly.
# - [ ] the VAE and the DCGAN alike, both below :: Look at the sheets.
# - [ ] the DCGAN below the VAE: its game is noisy :: Its pictures may be wrong, but they are not soft.
#
# ---
# Real faces are measured twice: drawn at 32 pixels, and drawn at 64 and halved, as the DCGAN's.

# %% name="sharpness" demo=true folded="Measures real faces, the VAE's and the DCGAN's"
n = quick(500, 50)
with torch.no_grad(), working("drawing faces by a VAE and a DCGAN", usual=quick(5, 1)):
    dcgan = store.load("dcgan_faces_64")["G"]
    made = {
        "VAE": shipped["decoder_vae"](torch.randn(n, K)),
        "DCGAN, halved": torch.cat([F.avg_pool2d(dcgan(torch.randn(50, dcgan.latent_dim)), 2) for _ in range(n // 50)]),
        "real": new[:n],
    }
if DATA == "faces":
    large = data.load("faces", size=64, split="test", attributes=[], n=n)
    made["real, halved"] = F.avg_pool2d(to_unit(large.pixels), 2)
show(
    draw_rows({f"{name}, {edge_steepness(x):.3f}": x[:8] for name, x in made.items()}, "steepness of edges"),
    alt="Rows of eight faces: a VAE's, soft; a DCGAN's; and real ones, crisp.",
)

# %% [markdown]
# Three times 1,000 faces each: the VAE's steepness is 0.177 (0.174 to 0.180), the DCGAN's 0.451 (0.450 to 0.452). A
# thousand real faces have 0.475 if they are drawn at 64 pixels and halved, as the DCGAN's, and 0.509 if they are drawn
# at 32 (the 500 above: 0.515). So the DCGAN is about a twentieth below what is real, and the VAE does not come to half
# of it. Sharpness is no more than that: it does not say whether a face is right, nor whether all kinds of faces occur.
# Lesson 04 has numbers for those.
#
# ## 6. The decoder alone
#
# A decoder needs no encoder if somebody else has the codes. Dosovitskiy, Springenberg and Brox (2015) took rendered
# chairs, and gave a network for each picture *which chair it is* and *from where it is seen*. It learned to draw
# chairs, from views it had never been shown, and what lies between two of them. There is no game and no density in
# this: one network, a squared error.
#
# Our renderer knows its factors, too. The shipped decoder was given eleven of them as numbers (age, skin, length and
# color of the hair, smile, eyes, turn and tilt of the head, beard, glasses, light) and the hair's style as a one-hot
# row. Everything else was the same for everybody, so the picture follows from what is given.

# %% name="told-faces" demo=true folded="Draws sweeps by the decoder, and the renderer's own below"
from gancourse.data.faces import HAIR_STYLES, render, vary
from gancourse.training.autoencoding import decoder_input, plain_people

lone, someone = shipped["from_factors"], plain_people(1, 10**6 + 5)


def swept(name, low, high):
    """One person with a factor from low to high: as the decoder draws it, and as the renderer does."""
    people = vary(someone, name, torch.linspace(low, high, 9))
    with torch.no_grad():
        return lone(decoder_input(people)), to_unit(render(people, 32))


sheets = {}
for name, low, high in (("yaw", -1, 1), ("age", 0, 1), ("glasses", 0, 1)):
    sheets[f"{name}, decoder"], sheets[f"{name}, renderer"] = swept(name, low, high)
show(
    draw_rows(sheets, width=8),
    alt="Six rows of nine faces of one person, by network and renderer: the head turns, age, glasses.",
)

# %% [markdown]
# The last pair of rows is the interesting one. To the renderer glasses are there or not: any number above 0 is a pair.
# In training the decoder saw 0 and 1 only. In between it had to invent, and it fades.
#
# What lies between two hair styles? In a one-hot row, halfway is (½, ½): a code that no face has.

# %% demo=true folded="Goes from one hair style to the next, in the one-hot row"
shares = torch.linspace(0, 1, 9)[:, None]
styles = [HAIR_STYLES.index(name) for name in ("straight", "curly", "coiled", "tied")]
rows = {}
for start, end in ((0, 1), (1, 2), (2, 3)):
    first, last = (decoder_input(vary(someone, "hair_style", [float(styles[k])])) for k in (start, end))
    with torch.no_grad():
        rows[f"{HAIR_STYLES[styles[start]]} to {HAIR_STYLES[styles[end]]}"] = lone(torch.lerp(first, last, shares))
show(
    draw_rows(rows, width=8),
    alt="Three rows of nine faces of one person, whose hair changes from one style to another.",
)

# %% [markdown]
# It is no fading between two pictures: the outline moves. Between *curly* and *coiled* the crown grows; between
# *coiled* and *tied* it shrinks, and a knot comes up. Nobody has drawn these heads. (And the blur? A squared error once
# more: where a strand of hair lies is not among the factors that are told, nor the pattern of curls.)
#
# ## 7. Pixel by pixel: a density without a bound
#
# The chain rule of probability holds for any density, and for any order of the pixels:
#
# $$p(x) = \prod_t p(x_t \mid x_1, \ldots, x_{t-1}).$$
#
# A network that gives each factor is an **explicit** model without any integral. Take the reading order, from left to
# right and row by row. One network can give *all* factors at once, if what it says at pixel $t$ depends on pixels
# before $t$ alone. MADE (Germain and others, 2015) masks dense layers for that, PixelCNN (van den Oord and others,
# 2016) convolutions:
#
# - **mask A**, for the first layer: a place sees the rows above, and in its own row what is on the *left* of it;
# - **mask B**, for all later layers: the same, *and itself*, for what stands there was made of earlier pixels alone.

# %% [markdown] exercise="MaskedConv" stars=2 minutes=25
# ### Exercise 8: a masked convolution
#
# A class `MaskedConv(inputs, outputs, size, own)`, an `nn.Module`, called with maps (n, `inputs`, H, W). It returns
# maps (n, `outputs`, H, W).
#
# - It is a convolution with a kernel of `size` × `size` (odd), stride 1, zeros around the maps, and a bias, as
#   `nn.Conv2d` has them.
# - A place sees what comes before it in reading order, as far as the kernel reaches: all rows of the kernel above its
#   middle, and in the middle row what is left of the middle. With `own=True` it sees itself, too. **Nothing else**,
#   whatever the parameters are set to.
# - It has two parameters: a kernel of shape (outputs, inputs, size, size) and a bias (outputs,), in this order.
#   They start as `nn.Conv2d` draws them.

# %% [markdown] hints="MaskedConv"
# Number the places of the kernel in reading order. The middle is number `size * size // 2`.
# ---
# A mask of zeros and ones, (size, size), times the kernel, *each time* the layer is called: a mask that is applied once
# at the start is forgotten after the first training step.
# ---
# Inherit from `nn.Conv2d` with `padding=size // 2`; keep the mask with `self.register_buffer`; in `forward`
# `F.conv2d(x, self.weight * self.mask, self.bias, padding=…)`.


# %% solution="MaskedConv"
class MaskedConv(nn.Conv2d):
    """A convolution that sees what comes before a place in reading order and, with `own`, the place itself."""

    def __init__(self, inputs, outputs, size, own):
        ### BEGIN SOLUTION
        super().__init__(inputs, outputs, size, padding=size // 2)
        before = torch.arange(size * size) < size * size // 2 + int(own)
        self.register_buffer("mask", before.float().view(size, size))
        ### END SOLUTION

    def forward(self, input):
        ### BEGIN SOLUTION
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)
        ### END SOLUTION


# %% test="MaskedConv" points=2

# %% [markdown]
# A mask that leaks does not fail. It trains splendidly, for who sees the answer needs no model. So do not believe a
# mask, ask it: if a logit has a gradient at a pixel, it sees that pixel.

# %% [markdown] exercise="seen_pixels" stars=2 minutes=20
# ### Exercise 9: what a pixel sees
#
# `seen_pixels(net, height, width, row, column)`: `net` takes pictures (n, 1, height, width) and gives logits of the
# same shape. Return a tensor (height, width) of `torch.bool`: True where the logit at (row, column) depends on that
# pixel of **its own** picture.
#
# Go by gradients, on pictures of random numbers. Behind ReLUs a way may be shut for one picture and open for another,
# so ask for **64 pictures** and count a pixel as seen if *any* of them has a gradient there that is not 0. Pictures do
# not influence each other in these networks. Parameters, their gradients and the mode of `net` stay as they are.

# %% [markdown] hints="seen_pixels"
# Make pictures that require gradients, take one logit of each, and ask for the gradient at the pictures.
# ---
# The sum over pictures of their logits at (row, column) has at picture number i just that picture's gradient.
# ---
# `x = torch.randn(64, 1, height, width, requires_grad=True)`, then `torch.autograd.grad(net(x)[:, 0, row,
# column].sum(), x)[0]`; `(… != 0).any(0)[0]`.


# %% solution="seen_pixels"
def seen_pixels(net, height, width, row, column):
    """Which pixels the logit at (row, column) depends on, bool (height, width), by gradients."""
    ### BEGIN SOLUTION
    x = torch.randn(64, 1, height, width, requires_grad=True)
    (slope,) = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)
    return (slope != 0).any(0)[0]
    ### END SOLUTION


# %% test="seen_pixels" points=2

# %% [markdown]
# Here is what the pixel with the cross sees, in networks of your layers: with one, three and five layers that look
# around, and a last one of 1 × 1 that adds nothing to what is seen.


# %% name="network" demo=true open="how masked layers become a network"
PIXEL_WIDTH = quick(24, 6)


class PixelCNN(nn.Module):
    """Logits of "this pixel is 1" for pictures (n, 1, 16, 16), out of masked layers with a residual way around each."""

    def __init__(self, width=PIXEL_WIDTH, layers=4, own=False):
        super().__init__()
        self.first = MaskedConv(1, width, 7, own)
        self.place = nn.Parameter(torch.zeros(width, 16, 16))  # where one is, which may be known
        self.body = nn.ModuleList([MaskedConv(width, width, 3, True) for _ in range(layers)])
        self.last = MaskedConv(width, 1, 1, True)

    def forward(self, x):
        h = self.first(x) + self.place
        for layer in self.body:
            h = h + layer(F.relu(h))
        return self.last(F.relu(h))


# %% demo=true folded="Draws what one pixel sees, in three networks"
fig = figure(8.5, 2.5)
for ax, layers in zip(axes(fig, 1, 3), (0, 2, 4), strict=True):
    ax.imshow(seen_pixels(PixelCNN(layers=layers), 16, 16, 9, 7), cmap="Greens", vmin=0, vmax=1.3)
    ax.plot(7, 9, "x", color=FAKE, ms=9, mew=2)
    ax.set(xticks=[], yticks=[], title=f"{layers + 1} masked layer{'s' * (layers > 0)}")
    ax.grid(False)
show(
    fig,
    alt="Three squares; in each a green region above and left of a cross, larger with more layers.",
)

# %% [markdown]
# Look at the upper right: there is a corner that even many layers do not reach, though it comes before. It is the
# *blind spot* of such a stack. The authors mended it later, by two stacks of layers (van den Oord and others, 2016b).
#
# Now the density itself. Pixels are 0 or 1, and the network's logit $l_t$ says $p(x_t = 1 \mid x_{<t}) = \sigma(l_t)$.

# %% [markdown] exercise="exact_likelihood" stars=2 minutes=20
# ### Exercise 10: the exact likelihood
#
# `net(x)` gives logits (n, 1, H, W) for pictures `x` (n, 1, H, W) of 0 and 1.
#
# - `log_likelihood(net, x)`: the natural logarithm of each picture's probability, (n,). It must hold for logits of
#   ±1,000, and gradients pass.
# - `bits_per_pixel(net, x)`: minus its mean over the pictures, for each pixel, in **bits**: one number. (A coin for
#   each pixel takes 1 bit.)
#
# The last function is given, for the check.

# %% [markdown] hints="exact_likelihood"
# One call of the network gives all factors at once. Their logarithms add up.
# ---
# $\log \sigma(l)$ where the pixel is 1, $\log \sigma(-l)$ where it is 0. A bit is $\log 2$ nats.
# ---
# `-F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)`; divide by `x[0].numel() *
# math.log(2)`.


# %% solution="exact_likelihood"
def log_likelihood(net, x):
    """log p(x) in nats for pictures x (n, 1, H, W) of 0 and 1: (n,)."""
    ### BEGIN SOLUTION
    return -F.binary_cross_entropy_with_logits(net(x), x, reduction="none").flatten(1).sum(1)
    ### END SOLUTION


def bits_per_pixel(net, x):
    """The mean of −log₂ p(x) over pictures, divided by their number of pixels."""
    ### BEGIN SOLUTION
    return -log_likelihood(net, x).mean() / (x[0].numel() * math.log(2))
    ### END SOLUTION


def exact_likelihood(which, net, x):
    return {"nats": log_likelihood, "bits": bits_per_pixel}[which](net, x)


# %% test="exact_likelihood" points=2

# %% [markdown] exercise="paint_pixels" stars=2 minutes=20
# ### Exercise 11: painting
#
# `paint_pixels(net, n, height, width)`: n pictures (n, 1, height, width) of 0 and 1 (floats), drawn from the density of
# `net`: pixel by pixel in reading order, each 1 with probability $\sigma(l_t)$, where $l_t$ is the network's logit
# **for what has been painted so far**. Each pixel of each picture is drawn by itself. No gradients are computed.

# %% [markdown] hints="paint_pixels"
# Two loops, over rows and columns. In each turn the network sees the pictures as they are.
# ---
# Pixels that are not painted yet may be anything: the mask hides them. Only the logit at (row, column) is used.
# ---
# `x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))`, under `torch.no_grad()`.


# %% solution="paint_pixels"
def paint_pixels(net, n, height, width):
    """n pictures of 0 and 1, (n, 1, height, width), drawn pixel by pixel."""
    ### BEGIN SOLUTION
    x = torch.zeros(n, 1, height, width)
    with torch.no_grad():
        for row in range(height):
            for column in range(width):
                x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
    ### END SOLUTION


# %% test="paint_pixels" points=2

# %% [markdown]
# Does it add up? Of 2 × 2 binary pixels there are sixteen pictures. Whatever the weights are, their probabilities must
# have the sum 1: that is what makes it a density, and no score.

# %% name="sixteen" demo=true folded="All sixteen pictures of 2 × 2 pixels: how probable, and how often painted"
sixteen = torch.tensor([[k >> j & 1 for j in (3, 2, 1, 0)] for k in range(16)]).float().view(16, 1, 2, 2)
tiny = nn.Sequential(MaskedConv(1, 8, 3, False), nn.ReLU(), MaskedConv(8, 1, 3, True))
for p in tiny.parameters():
    nn.init.normal_(p, 0, 1)
with torch.no_grad():
    exact = log_likelihood(tiny, sixteen).exp()
painted = paint_pixels(tiny, quick(4000, 400), 2, 2).flatten(1) @ torch.tensor([8.0, 4.0, 2.0, 1.0])
often = torch.bincount(painted.long(), minlength=16) / len(painted)
fig = figure(8, 2.4)
(ax,) = axes(fig)
ax.bar(torch.arange(16) - 0.2, exact, 0.4, color=REAL, label="exact probability")
ax.bar(torch.arange(16) + 0.2, often, 0.4, color=FAKE, label="how often painted")
ax.set(title=f"the sixteen probabilities add up to {exact.sum():.6f}", xlabel="picture")
ax.legend(fontsize=9)
show(fig, alt="Pairs of bars for sixteen pictures, each pair of nearly equal height.")

# %% [markdown]
# Now faces. At 16 × 16 pixels they are turned into stencils: hair, brows, eyes, mouth, beard, glasses, hats, scarves
# and clothes black, all else white. The network trains by `bits_per_pixel` itself: it *is* the mean of minus
# log-likelihood, nothing is bounded and nobody is fooled.

# %% name="stencils" demo=true folded="Draws faces as stencils of 16 × 16 pixels"
from gancourse.data.faces import PARTS, masks, sample_factors

INK = [PARTS.index(p) for p in ("clothes", "hair", "brows", "eyes", "mouth", "beard", "glasses", "hat", "scarf")]
with working("drawing stencils", usual=quick(4, 1)):
    parts = masks(sample_factors(quick(3000, 150), 7), 16)
stencils = (parts[:, INK].sum(1, keepdim=True) > 0.4).float()
held = stencils[-quick(500, 50) :]
stencils = stencils[: -len(held)]
fig = figure(7.5, 1.8)
(ax,) = axes(fig)
draw_pictures(ax, 1 - 2 * stencils[:24], 12, "faces as stencils")
show(fig, alt="Twenty-four small black and white stencils of faces.")

# %% name="train-pixels" demo=true folded="Trains a network by the exact likelihood"
PIXEL_STEPS = quick(500, 3)


def train_pixels(own=False, seed=0, steps=PIXEL_STEPS):
    """A PixelCNN after so many steps, and bits for each pixel: of held-out stencils, every 25 steps."""
    seed_everything(seed)
    net, bits = PixelCNN(own=own), []
    opt = torch.optim.Adam(net.parameters(), 3e-3)
    for k in each(range(steps), "training a PixelCNN", usual=quick(14, 1)):
        for group in opt.param_groups:
            group["lr"] = 3e-3 * min(1, 2 - 2 * k / steps)
        if k % 25 == 0 or k == steps - 1:
            with torch.no_grad():
                bits.append((k, bits_per_pixel(net, held[:200]).item()))
        loss = bits_per_pixel(net, stencils[torch.randint(len(stencils), (32,))])
        opt.zero_grad()
        loss.backward()
        opt.step()
    return net.eval(), bits


pixels, bits = train_pixels()


# %% name="alone" demo=true
def bits_alone():
    """What a pixel of held-out stencils takes if each is guessed by itself, as often black as in training."""
    share = stencils.mean(0).clamp(1e-3, 1 - 1e-3)
    return (-(held * share.log2() + (1 - held) * (1 - share).log2()).mean()).item()


# %% name="film" demo=true folded="Paints faces, and keeps what they look like on the way"
def painted_film(net, n=12):
    """What n pictures look like before each row, with unpainted pixels gray, and in the end: (17, n, 1, 16, 16)."""
    x, frames = torch.full((n, 1, 16, 16), 0.5), []
    with torch.no_grad(), working("painting 256 pixels, one after the other", usual=quick(3, 1)) as done:
        for row in range(16):
            frames.append(x.clone())
            for column in range(16):
                logit = net(x.round())[:, 0, row, column]
                x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(logit))
            done((row + 1) / 16)
    return torch.stack([*frames, x])


# %% name="draw-painted" demo=true folded="Draws pictures being painted, and bits for each pixel"
def draw_painted(net, bits, title):
    """Pictures at four moments, and bits for each pixel over the steps."""
    frames = painted_film(net)[[4, 8, 12, 16]]
    fig = figure(9.5, 2.8)
    sheet, curve = axes(fig, 1, 2, width_ratios=(1.7, 1))
    draw_pictures(sheet, 1 - 2 * frames.flatten(0, 1), 12, f"{title}: after 4, 8, 12 and 16 rows")
    curve.plot(*zip(*bits, strict=True), "o-", ms=3, color=JUDGE, label="network")
    curve.axhline(bits_alone(), color="0.5", ls=":", label="each pixel by itself")
    curve.set(xlabel="step", title=f"bits for each pixel: {bits[-1][1]:.3f}", ylim=(0, 1.05))
    curve.legend(fontsize=9)
    show(fig, alt=f"{title}: twelve stencils at four moments of being painted, and a curve of bits for each pixel.")


draw_painted(pixels, bits, "your PixelCNN")

# %% [markdown]
# Bits fall fast at first, and then for long: with three seeds from 1 to about 0.34 after 100 steps, 0.30 after 300, and
# to 0.290 (0.290 to 0.291) after 500. A pixel that is guessed by itself takes 0.598. So a stencil of 256 pixels can be
# sent in 74 bits. What is painted has hair, eyes and mouths where they belong, mostly; what goes wrong goes wrong
# early, for nothing that is painted is ever taken back.
#
# ### The painting as a panel
#
# One seed, and a slider on how many pixels have been painted. What is gray is still open.

# %% name="painting-panel" demo=true folded="Makes the panel: pixel by pixel"
seed_everything(3)
chances = torch.rand(256, 8, 1)  # one draw for each pixel, so that a slider can go back and forth


def painted_so_far(count):
    """Eight pictures of which so many pixels are painted, (8, 1, 16, 16); the rest is ½."""
    x = torch.full((8, 1, 16, 16), 0.5)
    with torch.no_grad():
        for t in range(round(count)):
            row, column = divmod(t, 16)
            x[:, 0, row, column] = (chances[t, :, 0] < pixels(x.round())[:, 0, row, column].sigmoid()).float()
        return x, pixels(x.round()).sigmoid()


def draw_so_far(fig, count):
    """What is painted, and what the network expects next; returns the alt text."""
    fig.clear()
    x, expected = painted_so_far(count)
    top, below = axes(fig, 2, 1)
    draw_pictures(top, 1 - 2 * x, 8, f"{round(count)} of 256 pixels are painted")
    draw_pictures(below, 1 - 2 * expected, 8, "how probable black is, for what is there")
    return f"Eight stencils of which {round(count)} pixels are painted, and what the network expects of each pixel."


Sliders(draw_so_far, {"count": Knob("pixels", 0, 256, 128, whole=True)}, (7.5, 2.6))

# %% [markdown]
# ## 8. What goes wrong
#
# Two runs by your step and your layers. What is wrong with them lies in the package. First look at a VAE, then at a
# PixelCNN; both have a healthy sister above.

# %% demo=true folded="Run A: a VAE by your step"
run_a = train_vae(**broken_run("05_autoencoders", "A"), seed=1, steps=quick(400, 3))
draw_vae(*run_a, "run A")

# %% [markdown] quiz="run_a"
# Run A: what has happened?
#
# - [ ] too few steps: it will get there :: Its divergence is not rising. It went to nothing at once, and stays there.
# - [ ] the decoder is broken: it draws one face :: It draws what it is told, and it is told nothing.
# - [x] no number of the code is in use: KL is about 0, and all faces are rebuilt as one :: Each $q(z|x)$ is the prior,
#   whatever $x$. That is called posterior collapse.
#
# ---
# Its setting: `beta=3072.0`, where 1 is the bound. That is how many numbers a picture has: it is what comes of
# averaging the squared error over a picture, where it should be summed.

# %% demo=true folded="Run B: a PixelCNN of your layers"
run_b = train_pixels(**broken_run("05_autoencoders", "B"), seed=1, steps=quick(200, 3))
draw_painted(*run_b, "run B")

# %% [markdown] quiz="run_b"
# Run B: what has happened?
#
# - [x] the bits are far too low, and what it paints is no face: each pixel sees itself :: It reads off the answer that
#   it should predict. When it paints, there is no answer to read.
# - [ ] it has overfitted: bits are low on what it has seen :: The curve is that of held-out stencils.
# - [ ] it is a better model, trained for fewer steps :: Then it would paint better faces, too.
#
# ---
# Its setting: `own=True` in the first layer, which is mask B where A belongs. `seen_pixels` would have told.

# %% [markdown] exercise="explain_the_runs" stars=2 minutes=20
# ### Exercise 12: two explanations
#
# For each of the runs A and B write three sentences: the evidence (pictures and numbers), a mistake in one's *own* code
# that would lead to just this (another one than the setting that was told), and how you would find it. For A: its first
# term is that of which decoder? For B: its bits are *impossible*; what would a picture that is coded with so few bits
# have to be decoded from? A teacher reads this answer.

# %% [markdown] answer="explain_the_runs" points=4
# *A.* KL is about 0, no number of the code is in use, all rebuilt faces are one soft face, and so are the made-up ones:
# the mean face. The first term is that of the best decoder without a code, $\sum_i \mathrm{var}(x_i) / 2 s^2$. Mistakes
# like this: $s$ is far too large, the decoder is not given $z$, $z$ is cut off from the encoder so that only KL teaches
# it, the noise is scaled by $1/\sigma$ or is far too strong.
# First look: KL for each number of the code; then the gradient of the loss at the means.
#
# *B.* Bits are far below those of the healthy run, on held-out stencils too, and what is painted is no face. A decoder
# would have to know each pixel before it is decoded. Mistakes like this: mask B in the first layer, a mask that is
# applied only once, a residual way from the input around the first layer, a normalization over places. First look:
# `seen_pixels` at some place, or the sum over all pictures of 2 × 2: it is not 1.
#
# One point for each run's evidence, one for each other cause with a way to find it.

# %% [markdown]
# ## 9. An open challenge
#
# A model with an exact likelihood is a compressor: what it gives probability $p$ can be sent in $-\log_2 p$ bits.

# %% [markdown] exercise="fewest_bits" stars=3 minutes=45 challenge=true
# ### Exercise 13: the fewest bits
#
# There are pictures of 16 × 16 pixels, each 0 or 1, given as rows of 256 numbers in reading order. They look like
# noise. The first 32 pixels are tosses of a coin. Every later one is made from **three** earlier pixels, which stand at
# three fixed distances back in the row of 256 (from 1 to 32, the same ones in all pictures and at all places), by a
# rule that is always the same: some function of those three, whose result is turned around at random in one of twenty.
#
# `fewest_bits(pictures)`: you are given 200 pictures, a tensor (200, 256). Return a **function** `predict(seen)`: it is
# given the first t pixels of m pictures it has never seen, (m, t) with t from 32 to 255, and returns (m,) probabilities
# that the next one is 1. It is asked so for each t.
#
# What counts are the bits for each pixel, $-\overline{\log_2 p}$ of what then came, over pixels from the 33rd on, on
# average over three kinds of pictures. (Probabilities are brought to between 0.001 and 0.999 first.) Bronze takes at
# most **0.9** bits, silver **0.72**, gold **0.4**. A run may take 20 seconds; graders' pictures have other distances.

# %% [markdown] hints="fewest_bits"
# For bronze find *one* distance at which the earlier pixel says something about the next one. Count how often 1 follows
# 0 and how often 1 follows 1, for each of the 32 distances.
# ---
# For silver find the best distance to put beside it: now there are four cases to count. For gold go on once more.
# ---
# For given distances, `case = 4 * a + 2 * b + c` says which of eight cases each place is in. The mean of what came, by
# case, is the prediction; its entropy says how good these distances are. Add 1 to each count, so that no probability is
# 0.


# %% solution="fewest_bits"
def fewest_bits(pictures):
    """From pictures (200, 256) of 0 and 1 to a function: pixels so far (m, t) to probabilities of a 1, (m,)."""
    ### BEGIN SOLUTION
    came = pictures[:, 32:].flatten().long()

    def counted(distances):
        """How probable a 1 is in each case, and the bits that it takes."""
        earlier = [pictures[:, 32 - d : 256 - d].flatten().long() << k for k, d in enumerate(distances)]
        case = torch.stack(earlier).sum(0)
        ones = torch.bincount(case, came.float(), 2 ** len(distances)) + 1
        chance = ones / (torch.bincount(case, minlength=2 ** len(distances)) + 2)
        return F.binary_cross_entropy(chance[case], came.float()).item(), chance

    chosen = []
    for _ in range(6):  # one after the other; when there are three, each once more, beside the two others
        kept = chosen[-2:]
        others = [d for d in range(1, 33) if d not in kept]
        chosen = [*kept, min(others, key=lambda d: counted([*kept, d])[0])]
    chance = counted(chosen)[1]
    return lambda seen: chance[torch.stack([seen[:, -d].long() << k for k, d in enumerate(chosen)]).sum(0)]
    ### END SOLUTION


# %% test="fewest_bits" points=3

# %% [markdown]
# Each medal is a longer memory. Bits for each pixel say how much of the rule has been understood, and no picture needs
# to be looked at. That is what an exact likelihood is good for: two models can be compared by a number that means
# something. It does not say whether samples please: a VAE may have a fine bound and soft faces.
#
# ## 10. What to take along
#
# - Squares ask for the mean, absolute values for the median. Where a code leaves an edge's place open, the mean is a
#   ramp.
# - PCA is the best linear code, and a linear autoencoder finds it, slowly.
# - An autoencoder has codes and no density. A VAE has a density, and bounds it: rebuild well, and keep codes near
#   $N(0, I)$.
# - The bound is tight where $q$ is the posterior. Check it once where the truth is known.
# - A masked network knows its density exactly, and pays by painting one pixel at a time.
# - Bits that are too low are a leak. Ask the gradient what a pixel sees.

# %% [markdown] quiz="sum_and_mean"
# Somebody averages the squared error over a picture's numbers, and sums KL over the code, with $s = 1$. What comes of
# it?
#
# - [ ] the same: a constant factor does not matter :: It stands in front of one of two terms.
# - [x] a collapsed code: KL counts as if β were how many numbers a picture has :: 3,072 here, three for each of 1,024
#   pixels. This is the commonest mistake there is.
# - [ ] a plain autoencoder :: That is what too *small* a weight of KL gives.

# %% [markdown] quiz="no_kl"
# β = 0, and everything else as it should be. What happens to the variances, and to faces made up from $z \sim N(0, I)$?
#
# - [x] variances shrink to nothing; what is made up is as poor as with an autoencoder's drawn codes :: Noise only
#   disturbs the rebuilding, and nobody keeps codes near the prior.
# - [ ] variances grow: nothing holds them back :: Noise makes rebuilding worse. That holds them back.
# - [ ] nothing changes but the numbers :: The prior is no longer in the loss at all.

# %% [markdown] quiz="who_can_score"
# You want to know whether a given picture is likely under a model. Whom can you ask?
#
# - [ ] a GAN's discriminator :: It compares two densities, and at the end of the game it says ½ everywhere.
# - [x] a PixelCNN exactly, a VAE by a bound :: And of a GAN there is no formula to ask.
# - [ ] an autoencoder, by its error :: A white wall is rebuilt well, and is no face.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 05_autoencoders
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - D. P. Kingma and M. Welling, *Auto-Encoding Variational Bayes*, ICLR 2014,
#   [arXiv:1312.6114](https://arxiv.org/abs/1312.6114): sections 2 and 3, appendix B for the divergence.
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160): the taxonomy is its section 2.2.
# - P. Baldi and K. Hornik, *Neural networks and principal component analysis*, Neural Networks 2, 1989.
# - M. E. Tipping and C. M. Bishop, *Probabilistic Principal Component Analysis*, J. Royal Statistical Society B 61,
#   1999: exercise 6.
# - A. Dosovitskiy, J. T. Springenberg and T. Brox, *Learning to Generate Chairs with Convolutional Neural Networks*,
#   CVPR 2015, [arXiv:1411.5928](https://arxiv.org/abs/1411.5928).
# - M. Germain, K. Gregor, I. Murray and H. Larochelle, *MADE: Masked Autoencoder for Distribution Estimation*, ICML
#   2015, [arXiv:1502.03509](https://arxiv.org/abs/1502.03509).
# - A. van den Oord, N. Kalchbrenner and K. Kavukcuoglu, *Pixel Recurrent Neural Networks*, ICML 2016,
#   [arXiv:1601.06759](https://arxiv.org/abs/1601.06759): masks A and B. The blind spot is mended in *Conditional Image
#   Generation with PixelCNN Decoders*, NeurIPS 2016, [arXiv:1606.05328](https://arxiv.org/abs/1606.05328).

# %% demo=true folded="Your own picture: faces of your VAE, and stencils of your PixelCNN"
fig = figure(7.5, 3.4)
above, below = axes(fig, 2, 1)
with torch.no_grad():
    draw_pictures(above, vae_decoder(torch.randn(16, K)), 8, "made up by my VAE")
draw_pictures(below, 1 - 2 * painted_film(pixels, 16)[-1], 8, "painted by my PixelCNN")
keepsake(fig, alt="Two rows of soft faces made up by a VAE, and two rows of painted stencils.", name="my_densities")

# %% [markdown] last=true
# ## What you have built
#
# Three answers to the question what a picture's density is: none, by an autoencoder; a bound, by a VAE with your own
# step; the number itself, by masked layers. And a number for blur, the price of the first two.
#
# **The same at full scale.**
#
# | | here | in the papers |
# |---|---|---|
# | VAE | 16 numbers, convolutions, drawn faces | dense layers, MNIST and Frey's face (2014) |
# | decoder from factors | eleven numbers and a style, 32 × 32 | chairs by style and view, 128 × 128 (2015) |
# | masked network | 16 × 16 pixels of 0 and 1, 5 hidden layers | 32 × 32, 256 values for each color (2016) |
# | machine | one core, minutes | GPUs, days |
#
# **Next:** back to the game, and to the question what its critic should say.
