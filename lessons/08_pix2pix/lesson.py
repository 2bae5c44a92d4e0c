# %% [markdown] builds="a sketch becomes a face: U-Net, PatchGAN, a judge of pairs, a canvas" hours=4 stars=2
# # 08 · One picture into another
#
# A condition need not be a label. Here it is a whole picture: a sketch, a map of parts, a photograph by night. The
# generator gets it and draws what belongs to it. Training pairs show what that means, and a discriminator that sees
# both pictures of a pair makes sure that the answer is not the gray average of all the answers there could be.
#
# **You will be able to**
#
# - wire a U-Net, and say what its skips carry and its bottom cannot;
# - compute what one logit of a PatchGAN sees, by formula and by gradient, and build that discriminator;
# - write pix2pix's training step, with its two kinds of pair and its L1 term;
# - add what pix2pixHD adds: edges between parts, judges at several scales, matched features;
# - prove with a number that an output listens to its input, and recognize a run in which it does not.
#
# **Time:** about four hours with the challenge, of which the machine works about six minutes. No GPU is needed.
# **Builds on:** lesson 01 (losses, the two steps), lesson 03 (convolutions and their sizes, DCGAN).

# %% [markdown]
# ![Four ink sketches of faces appear stroke by stroke. Below each a picture changes with every stroke, from a gray blur
# to a face in color.](images/drawing.gif)
#
# *Four sketches of faces that the network has never seen, drawn stroke by stroke, and what it makes of them as they
# stand. At the end of this lesson you hold the pen.*
#
# ![Three rows of ten small faces: ink sketches, what a network made of them, and photos of the same drawn
# faces. The made faces have the outlines of the sketches and colors of their own.](images/translated.png)
#
# *Ten more: above are sketches, below the photos that belong to them, 64 × 64 pixels. Between them is what a network
# of this lesson's kind makes of the sketches after 2,000 steps. It has seen neither these people nor anybody who
# combines what they combine. The networks that you train are smaller, 32 × 32 pixels.*

# %% name="setup"
import math

import torch
import torch.nn.functional as F
from matplotlib.patches import Rectangle
from torch import nn

from gancourse import choose_threads, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data import faces
from gancourse.data.faces.pairs import face_pairs, familiar_and_unfamiliar
from gancourse.data.images import to_unit
from gancourse.metrics.translation import listening, sharpness
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.widgets import Canvas

check = public("08_pix2pix")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Pairs
#
# For lesson 07's games a label stood beside each picture. Now a picture $x$ stands beside each picture $y$: a
# **pair**.
# $G$ takes $x$ and is to draw $y$. Where do pairs come from? Isola and others (2017) found many that somebody has
# anyway: maps beside aerial photographs, a photograph and its own gray version, a street by day and by night. Our
# drawn faces come as exact pairs, to the pixel: each was drawn from its factors, and the same factors give a sketch,
# a map of parts, a gray, a night and a comic version.
#
# We hold back some **combinations**: nobody we train on wears both glasses and a hat, is old and smiles, has long hair
# and a beard, or is bald with glasses. The test pairs all show one of these. So what we measure is not memory.


# %% name="pairs" folded="Draws the pairs to learn from and to test on, and puts an input into numbers"
def as_input(x):
    """What G is given: bytes (n, c, H, W) in [−1, 1]; part numbers (n, H, W) as one channel of 0 and 1 for each."""
    return to_unit(x) if x.ndim == 4 else F.one_hot(x.long(), len(faces.PARTS)).movedim(-1, 1).float()


def draw_pairs(given="sketch", n=4000, size=32):
    """Pairs to learn from, pairs to test on (300 at most), and the test faces' factors."""
    with working(f"drawing {n:,} faces twice", 3e-3 * n * (size / 32) ** 2) as done:
        known, unseen = familiar_and_unfamiliar(n)
        unseen = unseen.rows(slice(0, 300))
        learned = face_pairs(known, size, given)
        done(0.9)
        return learned, face_pairs(unseen, size, given), unseen


pairs, test_pairs, test_factors = draw_pairs(n=quick(4000, 120))
test_x, test_y = as_input(test_pairs.attributes["input"]), to_unit(test_pairs.pixels)

# %% demo=true folded="Draws eight faces in all their versions"
shown = test_factors.rows(slice(0, 8))
versions = {style: face_pairs(shown, 64, style) for style in ("sketch", "labels", "gray", "night", "comic")}
rows = {style: to_unit(pairs.attributes["input"]) for style, pairs in versions.items() if style != "labels"}
maps = to_unit(faces.PALETTE[versions["labels"].attributes["input"].long()].movedim(-1, 1))
fig = draw_rows({"sketch": rows.pop("sketch"), "labels": maps, **rows, "photo": to_unit(versions["gray"].pixels)})
show(
    fig,
    alt="Eight drawn faces, one a column: as a sketch, as a map of parts in flat colors, in gray, by night, as a "
    "comic, and as a photo.",
)

# %% [markdown]
# Each version lacks something. A gray picture lacks color; a map of parts lacks every shade within a part; a sketch
# lacks both. A night picture lacks light, a comic the finer shades. So there is not *one* right answer to a sketch. It
# is a whole distribution, $p(y \mid x)$, and the lesson is about drawing from it instead of averaging over it.
#
# ## 2. The generator: a U-Net
#
# Input and output have the same outlines. An encoder–decoder, as an autoencoder has it, must carry every outline
# through a map of 2 × 2 in the middle and paint it again on the other side. A **U-Net** (Ronneberger and others,
# 2015) gives each layer on the way up also the map of its own size from the way down: a **skip**. Details take the
# short way, and only what needs the whole picture (is this line a brim or a brow?) goes through the bottom.

# %% [markdown] exercise="unet_forward" stars=2 minutes=20
# ### Exercise 1: the wiring
#
# You are given the layers, and wire them. `downs` and `ups` are lists (or `nn.ModuleList`s) of equal length, at least
# one layer each, in the order in which they are used. Each layer down halves the size, each layer up doubles it.
#
# - `downs[0]` sees the picture `x`, each other one sees what the one before it made.
# - `ups[0]` sees the innermost map alone.
# - Every later layer up sees two maps of equal size side by side along the channels (dimension 1): *first* what the
#   layer below it made, *then* the map of that size from the way down.
# - Return what the last layer up makes, differentiable in `x` and in all layers.
#
# Leave the two lists as they are.

# %% [markdown] hints="unet_forward"
# Going down, keep every map. Going up, take them back in the opposite order.
# ---
# With $k$ layers the maps kept are $d_1, \dots, d_k$. Then $u_1 = U_1(d_k)$ and $u_{j} = U_{j}([u_{j-1},
# d_{k-j+1}])$.
# ---
# `kept.append(hidden)` in the first loop. In the second, `for up, skip in zip(ups, reversed(kept))`, and
# `torch.cat([hidden, skip], 1)` for all but the first, where `hidden` is the innermost map itself.


# %% solution="unet_forward"
def unet_forward(x, downs, ups):
    """Down, up, and past each other.

    Args:
        x: pictures (n, c, H, W).
        downs, ups: lists of as many layers, functions of one map each.

    Returns:
        what the last layer up makes.
    """
    ### BEGIN SOLUTION
    kept = []
    hidden = x
    for down in downs:
        hidden = down(hidden)
        kept.append(hidden)
    hidden = ups[0](hidden)
    for up, skip in zip(ups[1:], kept[-2::-1], strict=True):
        hidden = up(torch.cat([hidden, skip], 1))
    return hidden
    ### END SOLUTION


# %% test="unet_forward" points=2

# %% [markdown]
# The layers themselves are lesson 03's: 4 × 4 convolutions of stride 2, batch normalization, and going up transposed
# ones. One thing is new. Pix2pix has no $z$: its only noise is **dropout**, which here sets half of the numbers in two
# inner maps to zero, and which is left on when the network is used. Section 5 measures how much chance that brings.


# %% name="generator" folded="The U-Net's layers around your wiring"
def halving(inputs, outputs, normalized=True):
    """A 4 × 4 convolution that halves the size, and LeakyReLU(0.2) behind it."""
    norm = [nn.BatchNorm2d(outputs)] if normalized else []
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=not normalized), *norm, nn.LeakyReLU(0.2))


class Noisy(nn.Module):
    """Dropout that stays on, in evaluation mode, too: G's only noise."""

    def forward(self, hidden):
        return F.dropout(hidden, 0.5, training=True)


def doubling(inputs, outputs, noisy):
    """A transposed convolution that doubles the size, ReLU, and dropout where there is to be noise."""
    layers = [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, *([Noisy()] if noisy else []))


# %% name="unet"
class UNet(nn.Module):
    """Pictures of 32 × 32 (or a multiple of 16) with `inputs` channels to pictures of three, in [−1, 1]."""

    def __init__(self, inputs=1, width=16, skips=True):
        super().__init__()
        wide, self.skips = (width, 2 * width, 4 * width, 8 * width), skips
        times = 2 if skips else 1  # what a layer up sees, beside what a layer down made
        ends = zip((inputs, *wide[:-1]), wide, (False, True, True, False), strict=True)
        self.downs = nn.ModuleList([halving(a, b, normalized) for a, b, normalized in ends])
        self.ups = nn.ModuleList([doubling(wide[3], wide[2], noisy=True)])
        self.ups += [doubling(times * a, b, noisy=a == wide[2]) for a, b in ((wide[2], wide[1]), (wide[1], wide[0]))]
        self.ups.append(nn.Sequential(nn.ConvTranspose2d(times * width, 3, 4, 2, 1), nn.Tanh()))

    def forward(self, x):
        if self.skips:
            return unet_forward(x, self.downs, self.ups)
        for layer in (*self.downs, *self.ups):
            x = layer(x)
        return x


# %% [markdown]
# ## 3. The judge: a PatchGAN
#
# $G$'s loss will have two terms (section 4). One is the L1 distance to the true picture, and it takes care of the
# coarse: where things are, and of which brightness. What it leaves undone is local: edges, grain, a definite color. To
# judge that, $D$ need not see the whole picture at once. A **PatchGAN** is a stack of convolutions that ends in a map
# of logits. Each of them judges the patch of pixels that it sees, its **receptive field**, and the loss is the mean
# over all of them. It has few weights, and takes pictures of any size.
#
# The paper's patches are 70 × 70 pixels, of 256 × 256. Where does 70 come from?

# %% [markdown] exercise="receptive_field" stars=3 minutes=35
# ### Exercise 2: what one logit sees, step by step
#
# A stack is a list of `(kernel, stride, padding)`, the picture's layer first, and the same along both sides; so one
# side is enough. A stride is no wider than its kernel, padding is narrower, and each map has room for the next kernel.
# Units of a map are numbered from 0, pixels too. Write five steps. Each is asked for by its number, is checked by
# itself, and returns one whole number (an `int`).
#
# 1. **The map's size**: how many logits there are along one side of a picture of `size` pixels. A kernel that does not
#    fit any more has no place: round down in every layer.
# 2. **The field's width**: how many pixels one logit sees along one side, if none of them lies outside of the
#    picture.
# 3. **From one field to the next**: by how many pixels the field moves to the right from one logit to the next.
# 4. **Where a field begins**: the number of the first pixel that logit `i` sees. Left of the picture, where the
#    padding is, pixels have negative numbers.
# 5. **Inside**: how many of the field's pixels along this side lie in the picture of `size` pixels. (The rest is
#    padding, zeros that somebody has put there.)

# %% [markdown] hints="receptive_field"
# Steps 2 and 4 go backward, from one logit to the picture, layer by layer. How many units of the map before does it
# take to compute $r$ neighbors?
# ---
# $r$ neighbors: the first takes `kernel` units, each further one `stride` more, so $(r - 1) \cdot s + k$. Unit $i$
# begins at unit $i \cdot s - p$ of the map before. Strides multiply.
# ---
# Steps 2 and 4 are `for kernel, stride, padding in reversed(layers):` with one line in the loop, from `field = 1` and
# from `first = i`. Step 5 puts them together: `min(size, first + field) - max(0, first)`.


# %% solution="receptive_field"
def receptive_field(step, layers, i=0, size=256):
    """One step, 1 to 5, along one side of a picture of `size` pixels: an int.

    layers: a list of (kernel, stride, padding), the picture's layer first. i: a logit's number (steps 4 and 5).
    """
    if step == 1:  # how many logits
        ### BEGIN SOLUTION
        for kernel, stride, padding in layers:
            size = (size + 2 * padding - kernel) // stride + 1
        return size
        ### END SOLUTION
    if step == 2:  # how many pixels each of them sees
        ### BEGIN SOLUTION
        field = 1
        for kernel, stride, _ in reversed(layers):
            field = (field - 1) * stride + kernel
        return field
        ### END SOLUTION
    if step == 3:  # from one field to the next
        ### BEGIN SOLUTION
        return math.prod(stride for _, stride, _ in layers)
        ### END SOLUTION
    if step == 4:  # where it begins
        ### BEGIN SOLUTION
        for _, stride, padding in reversed(layers):
            i = i * stride - padding
        return i
        ### END SOLUTION
    if step == 5:  # how much of it lies in the picture
        ### BEGIN SOLUTION
        first = receptive_field(4, layers, i)
        return min(size, first + receptive_field(2, layers)) - max(0, first)
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 5, not {step}.")


# %% test="receptive_field" points=3

# %% [markdown] predict="one_more_layer"
# The paper's patches of 70 × 70 come from three layers of stride 2 and two of stride 1, all 4 × 4. One more layer of
# stride 2 at the front: how wide is a patch then?
#
# - [ ] 74: one more kernel :: Nearly what a layer of stride 1 at the front would give: 73.
# - [ ] 140: stride 2 doubles it :: Almost. The 70 units of the map behind it overlap in what they see.
# - [x] 142 :: $(70 - 1) \cdot 2 + 4$: the field of each layer behind is stretched by the stride, and the ends are
#   added.
#
# ---
# A field grows in proportion to the strides before it. So few layers see far: the paper's judges of 16, 70 and 286
# pixels differ by two layers each.

# %% demo=true folded="Draws the fields' widths, by your step 2"
stacks = {k: [(4, 2, 1)] * k + [(4, 1, 1)] * 2 for k in range(6)}
fig = figure(7, 2.6)
(ax,) = axes(fig)
widths = [receptive_field(2, stack) for stack in stacks.values()]
ax.barh(list(stacks), widths, color=JUDGE)
for k, wide in enumerate(widths):
    ax.text(wide + 2, k, str(wide), va="center")
ax.set(xlabel="pixels that one logit sees", ylabel="layers of stride 2", title="two layers of stride 1 follow")
show(
    fig,
    alt="Bars: the width of the receptive field with zero to five layers of stride 2, each about twice the one before.",
)

# %% [markdown] exercise="PatchDiscriminator" stars=2 minutes=25
# ### Exercise 3: a judge of pairs
#
# Our pictures have 32 × 32 pixels; take the paper's smallest real patch, 16 × 16. Three convolutions of 4 × 4, all
# with padding 1:
#
# | layer | stride | channels | behind it |
# |---|---|---|---|
# | 1 | 2 | inputs + outputs → width | LeakyReLU(0.2) |
# | 2 | 1 | width → 2 · width | batch normalization, LeakyReLU(0.2) |
# | 3 | 1 | 2 · width → 1 | nothing |
#
# Write it as a class whose networks are called as `D(x, y)`: `x` (n, inputs, H, W) is what $G$ was given, `y` (n,
# outputs, H, W) the true or made picture, and what comes back are the logits (n, 1, h, w), one for each patch. The two
# pictures go in side by side along the channels, in an order that you choose. Layers 1 and 3 have biases; layer 2 may
# have one or none. Leave the weights as PyTorch sets them.

# %% [markdown] hints="PatchDiscriminator"
# Only the call is new: two pictures come in. The layers want one.
# ---
# The first layer has `inputs + outputs` channels, for $[x, y]$ beside each other. Nothing flattens the map at the
# end.
# ---
# `self.net = nn.Sequential(nn.Conv2d(inputs + outputs, width, 4, 2, 1), nn.LeakyReLU(0.2), …)`, and in `forward`
# `return self.net(torch.cat([x, y], 1))`.


# %% solution="PatchDiscriminator"
class PatchDiscriminator(nn.Module):
    """From a pair of pictures to a map of logits, one for each patch of 16 × 16 pixels.

    Args:
        inputs, outputs: channels of x and of y.
        width: channels behind the first layer.
    """

    def __init__(self, inputs=1, outputs=3, width=32):
        ### BEGIN SOLUTION
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(inputs + outputs, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )
        ### END SOLUTION

    def forward(self, x, y):
        """Pictures x (n, inputs, H, W) and y (n, outputs, H, W) to logits (n, 1, h, w)."""
        ### BEGIN SOLUTION
        return self.net(torch.cat([x, y], 1))
        ### END SOLUTION


# %% test="PatchDiscriminator" points=3

# %% [markdown]
# Does the formula hold? A gradient tells, for any network: take *one* logit, go backward, and see which pixels
# receive anything.

# %% demo=true folded="Colors the pixels that three logits see, by their gradients"
judge = PatchDiscriminator().eval()
pair = torch.randn(1, 1, 32, 32), torch.randn(1, 3, 32, 32, requires_grad=True)
fig = figure(8, 2.8)
for ax, place in zip(axes(fig, 1, 3), ((0, 0), (6, 7), (13, 9)), strict=True):
    (seen,) = torch.autograd.grad(judge(*pair)[0, 0][place], pair[1])
    ax.imshow(seen[0].abs().sum(0) > 0, cmap="Greens", vmin=0, vmax=1.6)
    stack = [(4, 2, 1), (4, 1, 1), (4, 1, 1)]
    top, left = (receptive_field(4, stack, k) for k in place)
    ax.add_patch(Rectangle((left - 0.5, top - 0.5), *[receptive_field(2, stack)] * 2, fill=False, ec=FAKE, lw=2))
    ax.set(title=f"logit {place}", xlim=(-8, 40), ylim=(40, -8))
show(
    fig, alt="Three squares of 32 × 32 pixels; in each a green square, the pixels with a gradient, in an orange frame."
)

# %% [markdown]
# Green are the pixels with a gradient, the orange frame is your formula. A logit at the edge sees padding, too: that
# is how $D$ knows where the edge is.
#
# ## 4. The game of pairs
#
# $D$ is shown two kinds of pair, $(x, y)$ from the data and $(x, G(x))$, and tells them apart; $G$ wants its pairs
# called true, and besides to be near $y$ (equations 1 to 4 of the paper):
#
# $$\min_G \max_D \; \mathbb{E}\,[\log D(x, y)] + \mathbb{E}\,[\log(1 - D(x, G(x)))]
# + \lambda \, \mathbb{E}\,\lVert y - G(x) \rVert_1 .$$
#
# Why must $D$ see $x$? A $D$ that sees the output alone asks one question: is this a face? Any face will do.
# *Nothing* in the adversarial loss then asks whether it is the face in the sketch, and a generator may give up
# listening. Why L1? Where many answers fit, the L1 distance is smallest at their median, the squared one at their
# mean. Both are compromises that nobody ever sees, and the median is the less blurred of the two.

# %% [markdown] exercise="pix2pix_step" stars=3 minutes=30
# ### Exercise 4: the training step
#
# One step of both players, on one batch of pairs. All logits are maps, and every mean is over all that there is.
#
# 1. $D$ moves first: one step of `opt_D` down
#    $L_D = \tfrac12 \bigl(\,\mathrm{mean}[-\log \sigma(D(x, y))] + \mathrm{mean}[-\log(1 - \sigma(D(x,
#    G(x))))]\bigr)$. The paper halves it, to slow $D$ down. $G$ learns nothing from it.
# 2. Then $G$ moves, against the $D$ that has just moved: one step of `opt_G` down
#    $A + \lambda L_1$, with $A = \mathrm{mean}[-\log \sigma(D(x, G(x)))]$ (non-saturating) and $L_1 =
#    \mathrm{mean}\,|y - G(x)|$.
# 3. Return $L_D$, $A$ and $L_1$ (without $\lambda$), each from before its player's step, as three plain numbers.
#
# Every pair is shown with $x$ first: `D(x, …)`. Gradients that an earlier step left in the networks must not count.
# $G$ may be called once for both, or twice.

# %% [markdown] hints="pix2pix_step"
# Lesson 01's two steps in a row. New are the pair in each call of $D$, and a second term in $G$'s loss.
# ---
# $-\log \sigma(l) = \log(1 + e^{-l})$, `F.softplus(-l)`, and $-\log(1 - \sigma(l))$ is `F.softplus(l)`. In $D$'s turn
# the made picture is data: detached.
# ---
# `fake = G(x)`; $D$'s loss from `D(x, y)` and `D(x, fake.detach())`, divided by 2; `opt_D.zero_grad()`, `backward()`,
# `opt_D.step()`. Then `F.softplus(-D(x, fake)).mean()`, `F.l1_loss(fake, y)`, and the same three lines for `opt_G`
# with `(adversarial + weight * l1).backward()`.


# %% solution="pix2pix_step"
def pix2pix_step(G, D, opt_G, opt_D, x, y, weight):
    """One step of D, then one of G.

    Args:
        G: from x to pictures like y; D: from x and such pictures to logits (n, 1, h, w).
        opt_G, opt_D: their optimizers.
        x, y: pairs, (n, c, H, W) and (n, C, H, W).
        weight: λ.

    Returns:
        D's loss, G's adversarial loss, the L1 distance: three plain numbers.
    """
    ### BEGIN SOLUTION
    fake = G(x)
    d_loss = (F.softplus(-D(x, y)).mean() + F.softplus(D(x, fake.detach())).mean()) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    adversarial = F.softplus(-D(x, fake)).mean()
    l1 = F.l1_loss(fake, y)
    opt_G.zero_grad()
    (adversarial + weight * l1).backward()
    opt_G.step()
    return d_loss.item(), adversarial.item(), l1.item()
    ### END SOLUTION


# %% test="pix2pix_step" points=3

# %% [markdown]
# ## 5. L1, GAN, both, and a judge that does not see
#
# Four runs on the same pairs, from sketch to photo, 32 × 32 pixels. They differ in what $G$ is told: L1 alone; the
# game alone; both; and the game alone with a $D$ that is not shown $x$. The last one is *your* step, too: its judge
# gets a blank input in the place of the sketch.


# %% name="runs" folded="Two judges to compare with: one is shown a blank x, one has no opinion"
class Blind(nn.Module):
    """A judge of pairs that is shown a blank picture in the place of x."""

    def __init__(self, judge):
        super().__init__()
        self.judge = judge

    def forward(self, x, y):
        return self.judge(torch.zeros_like(x), y)


class NoOpinion(nn.Module):
    """A judge that says 0 of everything: what is left of the game is L1."""

    def __init__(self):
        super().__init__()
        self.zero = nn.Parameter(torch.zeros(()))

    def forward(self, x, y):
        return self.zero * y.mean((1, 2, 3))


# %% name="translate"
def translate(judge, weight, steps, seed=0, skips=True, shift=0, rate=1e-3):
    """Train a U-Net on the sketches, with rates that fall to 0 along a straight line; the U-Net, and the losses."""
    seed_everything(seed)
    G, D = UNet(skips=skips), judge()
    opt_G, opt_D = (torch.optim.Adam(net.parameters(), rate, betas=(0.5, 0.999)) for net in (G, D))
    falls = [torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, steps) for opt in (opt_G, opt_D)]
    losses = []
    with working(f"training for {steps:,} steps", usual=0.07 * steps) as done:
        for step in range(steps):
            chosen = torch.randint(len(pairs), (16,))
            x = as_input(pairs.attributes["input"][chosen.roll(shift)])
            losses.append(pix2pix_step(G, D, opt_G, opt_D, x, to_unit(pairs.pixels[chosen]), weight))
            for fall in falls:
                fall.step()
            done((step + 1) / steps)
    return G.eval(), losses


@torch.no_grad()
def made_by(G, x):
    """What G makes of these inputs, a hundred at a time."""
    return torch.cat([G(some) for some in x.split(100)])


# %% name="four-runs"
GAME = PatchDiscriminator
STEPS = quick(800, 4)
RUNS = {
    "L1 alone": (NoOpinion, 100.0),
    "GAN alone": (lambda: GAME(width=16), 0.0),
    "both": (lambda: GAME(width=16), 50.0),
    "GAN, blind judge": (lambda: Blind(GAME(width=16)), 0.0),
}
networks = {name: translate(judge, weight, STEPS)[0] for name, (judge, weight) in RUNS.items()}

# %% demo=true folded="Draws what the four make of sketches of combinations that none has seen"
made = {name: made_by(G, test_x[:8]) for name, G in networks.items()}
fig = draw_rows({"sketch": test_x[:8], **made, "photo": test_y[:8]})
show(fig, alt="Six rows of eight small faces: sketches, what each of four networks made of them, and the true photos.")

# %% [markdown]
# Colors cannot be right: a sketch has none. So *near the photo* is a poor yardstick here. What a sketch does say is
# where the outlines are. Take the **strength of the edges** at each pixel of a picture, and correlate it with that of
# the photo that belongs to the sketch. Then shuffle: correlate it with the photo of somebody else. A generator that
# listens agrees with its own photo more than with a stranger's. One that ignores its input agrees with both alike.

# %% [markdown] predict="who_listens"
# Which of the four listens least to its sketch?
#
# - [ ] L1 alone: it blurs everything :: It is blurred, but in the right places: L1 compares with *this* photo.
# - [ ] GAN alone: nothing asks it to be near the photo :: Its judge sees the sketch beside the picture. A face that
#   does not fit the sketch is found out.
# - [x] GAN with a blind judge :: Its judge asks for a face, any face. Nothing in its loss depends on which.
# - [ ] none: a U-Net's skips force the outlines through :: They offer them. The layers behind may weigh them as
#   little as they like.
#
# ---
# With the blind judge both bars are nearly equally high: the sketch is as good as ignored. With L1, or with a judge
# that sees the pair, the own photo's bar is clearly higher. Over three seeds (`bench.py`) the own photo is ahead by
# 0.00 to 0.04 with the blind judge, by 0.08 to 0.09 with the one that sees, by 0.14 to 0.17 with L1. (The same people
# drawn in other people's colors, as good an answer as a sketch allows, are ahead by 0.53: all four are far from that.)

# %% name="listening" demo=true folded="Draws how well outlines agree with the own photo, and with another's"
made = {name: made_by(G, test_x) for name, G in networks.items()}
heard = {name: listening(pictures, test_y) for name, pictures in made.items()}
fig = figure(9, 2.8)
left, right = axes(fig, 1, 2, sharey=True)
for k, (name, (own, others)) in enumerate(heard.items()):
    left.barh(k - 0.18, own, 0.34, color=REAL, label="own photo" if k == 0 else None)
    left.barh(k + 0.18, others, 0.34, color=FAKE, label="another's photo" if k == 0 else None)
    right.barh(k, sharpness(made[name]) / sharpness(test_y), 0.5, color=JUDGE)
right.axvline(1, color="0.4", ls=":")
left.set(yticks=range(len(heard)), yticklabels=list(heard), xlabel="agreement of outlines")
right.set(xlabel="strength of edges, beside the photos'")
left.invert_yaxis()
left.legend(fontsize=9)
show(
    fig,
    alt="Bars for the four networks. Left: agreement of outlines with the own photo and another's. Right: sharpness.",
)

# %% [markdown]
# That is the answer to the question of section 4, as a number: **a judge that does not see the input lets it be
# ignored.** (Lesson 07's broken runs showed the same with labels.) On the right is what L1 costs: its edges are
# about two thirds as strong as the photos'. The game brings them back, and alone it overdoes them. Both together is
# what people use.
#
# The face reader of lesson 04 tells the same story by factors: which way a head is turned can be read off a sketch,
# the color of its hair cannot. Gray is what it reads off the true photos: of the hair's length no more than 0.65, for
# two in five of these people are bald or wear a hat.

# %% demo=true folded="Draws which factors of the person come through, by the face reader"
read = {name: load_face_reader().read(pictures) for name, pictures in {**made, "the photos": test_y}.items()}
names = ("yaw", "roll", "hair_length", "smile", "hair_color")
fig = figure(9, 2.8)
(ax,) = axes(fig)
for k, (name, found) in enumerate(read.items()):
    kept = [torch.corrcoef(torch.stack([found[f], test_factors[f]]))[0, 1].nan_to_num() for f in names]
    color = "0.75" if name == "the photos" else PALETTE[k]
    ax.bar([j + 0.16 * k for j in range(len(names))], kept, 0.14, color=color, label=name)
ax.axhline(0, color="0.3", lw=0.8)
ax.set(xticks=[j + 0.32 for j in range(len(names))], xticklabels=["turn", "tilt", "hair length", "smile", "hair color"])
ax.set(ylabel="read, correlation with the truth")
ax.legend(fontsize=9, ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
show(
    fig,
    alt="Bars: for five factors the correlation between what is read and the truth, by network and for the photos.",
)

# %% [markdown]
# ### Is there any chance in it?
#
# Dropout is the only noise, and it stays on. How different are ten answers to one sketch?

# %% [markdown] predict="how_much_chance"
# The network trained with both losses draws the same sketch twice. How far are the two answers apart, beside two
# different people's photos?
#
# - [x] less than half as far :: The game does not ask for variety: one good answer to each sketch pleases every
#   judge.
# - [ ] about as far as two different people :: A sketch would allow it. But nothing rewards it.
# - [ ] not at all :: Dropout is on, and its zeros do change the picture a little.
#
# ---
# In three measured runs it was a quarter of the distance between two people. The paper found little variety, too, and
# says (section 3.1) that bringing out the whole distribution is left open.

# %% name="chance" demo=true folded="Draws ten answers to one sketch, and how far they are apart"
many = made_by(networks["both"], test_x[:1].repeat(10, 1, 1, 1))
apart = (many[:1] - many[1:]).abs().mean() / (test_y[:-1] - test_y[1:]).abs().mean()
fig = figure(9, 1.4)
draw_pictures(axes(fig)[0], many, 10, f"one sketch, ten times: apart by {apart:.2f} of the distance between two people")
show(fig, alt="Ten small faces from the same sketch, side by side.")

# %% [markdown]
# ## 6. A second act: pix2pixHD
#
# Pictures of 1,024 × 2,048 pixels broke the recipe: the patches became too small to judge a layout, the game
# unstable. Wang and others (2018) added four things, each small enough to write.
#
# **Edges between parts.** A map of parts says *hair* and *hat*. Where two of a kind touch, such as one parked car and
# the next, it shows one blob. The paper gives $G$ a further channel: the outlines between instances.

# %% [markdown] exercise="part_edges" stars=1 minutes=15
# ### Exercise 5: edges of a part map
#
# Given part numbers (n, H, W), whole numbers of any integer type, bytes too, return floats (n, 1, H, W): 1 where at
# least one of a pixel's four neighbors (above, below, left, right) has another number, else 0. What lies outside of
# the picture is nobody's neighbor. So an edge is two pixels thick, one on each side.

# %% [markdown] hints="part_edges"
# Compare the map with itself, moved by one pixel. Both pixels of an unequal pair are marked.
# ---
# Rows: `parts[:, 1:] != parts[:, :-1]` has H − 1 rows. Each unequal pair (row $r$, row $r + 1$) marks both rows.
# ---
# Begin with `edges = torch.zeros(parts.shape, dtype=torch.bool)`; then `edges[:, 1:] |= differs` and
# `edges[:, :-1] |= differs`, and likewise for columns. `edges[:, None].float()` at the end.


# %% solution="part_edges"
def part_edges(parts):
    """Part numbers (n, H, W) to edges (n, 1, H, W), floats 0 and 1."""
    ### BEGIN SOLUTION
    edges = torch.zeros(parts.shape, dtype=torch.bool)
    rows = parts[:, 1:] != parts[:, :-1]
    columns = parts[:, :, 1:] != parts[:, :, :-1]
    edges[:, 1:] |= rows
    edges[:, :-1] |= rows
    edges[:, :, 1:] |= columns
    edges[:, :, :-1] |= columns
    return edges[:, None].float()
    ### END SOLUTION


# %% test="part_edges" points=1

# %% [markdown] exercise="at_scales" stars=1 minutes=15
# ### Exercise 6: judges at several scales
#
# A judge of small patches cares for grain, one of large patches for layout. Instead of a deeper judge, take equal
# ones and shrink the pair. `judges` is a list; `judges[0]` sees `x` and `y` as they are, each further one the pair at
# half the size of that before it. Both pictures are halved by the mean over 3 × 3 pixels, with stride 2 and padding
# 1, where the padding is not counted (`count_include_pad=False`). Return the list of what the judges say, in their
# order, differentiable in `y`.

# %% [markdown] hints="at_scales"
# A loop over the judges; behind each, `x` and `y` become smaller.
# ---
# Judge $k$ says $D_k(h^k(x), h^k(y))$, where $h$ halves a picture, and $h^0(x) = x$.
# ---
# `said.append(judge(x, y))`, then `x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))`.


# %% solution="at_scales"
def at_scales(judges, x, y):
    """What each judge says of the pair at its size.

    Args:
        judges: a list of functions of a pair.
        x, y: (n, c, H, W) and (n, C, H, W).

    Returns:
        a list, as long as judges.
    """
    ### BEGIN SOLUTION
    said = []
    for judge in judges:
        said.append(judge(x, y))
        x, y = (F.avg_pool2d(p, 3, 2, 1, count_include_pad=False) for p in (x, y))
    return said
    ### END SOLUTION


# %% test="at_scales" points=1

# %% [markdown]
# **Matched features.** A judge's opinion is one number for each patch. Its hidden maps say much more about what it
# sees. So
# $G$ is also asked to make each hidden map on its pair look like the map on the true pair (equation 4). That is a
# steady teacher: the true pair is a fixed target for each $x$, while opinions change from step to step.

# %% [markdown] exercise="feature_matching" stars=2 minutes=20
# ### Exercise 7: feature matching
#
# `real` and `fake` hold what the judges' layers made of the true and of the made pairs: a list of scales, each a list
# of maps, one tensor for each layer, the first layer first. The *last* map of each scale holds the logits and is not
# matched. Add up, over all other maps of all scales, the **mean** absolute difference of a map of `real` and that of
# `fake`. Return one number, shape (). It teaches whoever made the fakes: no gradient goes into `real`.

# %% [markdown] hints="feature_matching"
# An L1 distance, not of pictures but of what a judge's layers see in them. Which of the two is the target?
# ---
# $\sum_k \sum_{i < T} \mathrm{mean}\,\bigl|D_k^{(i)}(x, y) - D_k^{(i)}(x, G(x))\bigr|$, with $T$ the last layer.
# ---
# `F.l1_loss(made, true.detach())` inside of two loops with `zip`, over `scale[:-1]`.


# %% solution="feature_matching"
def feature_matching(real, fake):
    """How far the judges' hidden maps are apart.

    Args:
        real, fake: lists of scales, each a list of maps (n, c, h, w), the last of them the logits.

    Returns:
        one number, a tensor of shape ().
    """
    ### BEGIN SOLUTION
    total = 0.0
    for true_maps, made_maps in zip(real, fake, strict=True):
        for true, made in zip(true_maps[:-1], made_maps[:-1], strict=True):
            total = total + F.l1_loss(made, true.detach())
    return total
    ### END SOLUTION


# %% test="feature_matching" points=2

# %% [markdown]
# **Coarse to fine.** The fourth addition is in $G$. It learns at half the size first, where a picture is a quarter of
# the work. Then layers for the full size are put around it, learn beside it while it rests, and at last all learn
# together.

# %% [markdown] exercise="coarse_to_fine" stars=2 minutes=15
# ### Exercise 8: the half-size branch
#
# `coarse` is a generator that was trained at half the size, without its last layer: it makes features of a picture.
# Put the full-size layers around it:
#
# - `x` is halved as in exercise 6, and `coarse` makes features of that;
# - `front` looks at `x` at full size and makes a map of the same shape as those features;
# - the two are **added**, and `back` makes the picture of the sum. Return it.
#
# With `frozen=True` the coarse branch rests: no gradient reaches its parameters, while `front` and `back` learn. With
# `frozen=False` all three learn. Either way all parameters can learn again after the call.

# %% [markdown] hints="coarse_to_fine"
# Two ways lead from the picture to the middle: one at full size, one by way of the small picture. They meet in a sum.
# ---
# $y = B\,(F(x) + C(h(x)))$, with $h$ the halving. Resting means that $C(h(x))$ is held constant.
# ---
# `features = coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))`; where `frozen`, `features =
# features.detach()`.


# %% solution="coarse_to_fine"
def coarse_to_fine(x, coarse, front, back, frozen=False):
    """A full-size generator around a half-size one.

    Args:
        x: pictures (n, c, H, W); coarse: makes features of the halved ones; front: of x, of the same shape;
        back: makes the picture of their sum. frozen: whether coarse rests.

    Returns:
        what back makes.
    """
    ### BEGIN SOLUTION
    features = coarse(F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
    if frozen:
        features = features.detach()
    return back(front(x) + features)
    ### END SOLUTION


# %% test="coarse_to_fine" points=2

# %% [markdown]
# **What do the parts bring at our size?** `bench.py` trains the package's U-Net on sketches of 32 × 32 pixels with one
# judge or two, with and without matched features, 800 steps and three seeds each. A second judge makes edges stronger
# (1.13 to 1.24 times the photos' with one judge, 1.29 to 1.45 with two) and pictures no truer to their sketch. Matched
# features bring back what is small and has a meaning: the smile that the face reader sees correlates with the true one
# by 0.16 to 0.37 with them, by −0.02 to 0.19 without, and on the photos by 0.97. Outlines agree as well in all four. At
# 1,024 pixels, where one judge's patches see a button and no coat, a second one is worth more than here.
#
# ## 7. Draw
#
# The canvas below is the heart of the lesson. Draw on the left. On the right stand two answers, and change as you
# draw. The first is that of a network which comes with the course: a U-Net like yours for 64 × 64 pixels, taught with
# the parts of section 6, two judges and matched features, in 2,000 steps of eight pairs. Its layers up repeat pixels
# and convolve, since transposed convolutions leave a checkered pattern (Odena and others, 2016). The second is *your*
# network of section 5, which sees the drawing at half the size.
#
# It begins with the sketch of a held-out face. *Give me a sketch* puts another one there, *Undo* takes a stroke back,
# and with *Mirror* the pen draws on both sides. With the keyboard: arrows move the pen, Space draws, E erases, M
# mirrors, Ctrl+Z takes back.

# %% name="canvas" demo=true folded="Makes the canvas: you draw, and two networks answer"
large = store.load("pix2pix_sketch_64")["G"]
sketches = face_pairs(test_factors.rows(slice(0, 20)), 64).attributes["input"][:, 0]


def give_me_a_sketch():
    """Another held-out face's sketch."""
    return sketches[int(torch.randint(len(sketches), ()))]


canvas = Canvas(64, brush=2, label="sketch of a face", offer=("Give me a sketch", give_me_a_sketch))


@torch.no_grad()
def answer(drawn):
    """From the canvas's gray (64, 64) to what the shipped network and yours make of it, side by side: (3, 64, 128)."""
    x = as_input(torch.from_numpy(drawn)[None, None])
    own = networks["both"](F.interpolate(x, scale_factor=0.5, mode="area"))
    return torch.cat([large(x)[0], F.interpolate(own, scale_factor=2)[0]], 2)


canvas.on_change(answer)
canvas.load(sketches[4])
canvas

# %% [markdown]
# Try: erase the mouth and draw another; put a hat on a bald head; draw glasses on one side only. Then draw something
# that is no face at all. The networks know faces only, and look for one. What they make is a painting rather than a
# photo: more steps, and more pairs, would make it finer, and we stopped where the outlines and the colors are settled.
# Since a sketch has no colors, they choose among the few they know, and they are poor at thin glasses and braids.
#
# The second canvas takes colors in place of ink. Each is a **part** of a face, and what you paint is a map of parts:
# every pixel says what it belongs to, and nothing about shades. A network of the same kind, taught on maps instead of
# sketches, answers. Compare the two: a map says where the hair ends and the hat begins, a sketch leaves that to be
# guessed; a sketch shows the lines within the hair, a map has none.

# %% name="paint" demo=true folded="Makes the second canvas: you paint the parts of a face, and a network answers"
painter = store.load("pix2pix_labels_64")["G"]
maps = face_pairs(test_factors.rows(slice(0, 20)), 64, "labels").attributes["input"]


def give_me_a_map():
    """Another held-out face's map of parts."""
    return maps[int(torch.randint(len(maps), ()))]


parts = dict(zip(faces.PARTS, faces.PALETTE.tolist(), strict=True))
paint = Canvas(64, parts, label="map of a face's parts", offer=("Give me a map", give_me_a_map))


@torch.no_grad()
def photo_of(drawn):
    """From the canvas's part numbers (64, 64) to a photo (3, 64, 64)."""
    return painter(as_input(torch.from_numpy(drawn)[None]))[0]


paint.on_change(photo_of)
paint.load(maps[4])
paint

# %% [markdown]
# Try: paint the hair longer, then part of it as a hat; give the face a second mouth; leave out the eyes. The network
# paints a second mouth, and a face without eyes. It answers *here* what is asked *here*: no training pair ever asked
# how many mouths a face has.
#
# ## 8. What goes wrong
#
# Two runs that fail. Your step is right in both; what is wrong is told behind the questions.


# %% name="broken-runs" folded="Trains a run whose settings lie in the package, with changes if you like"
def play_broken(name, **changes):
    """Train run A or B, with some settings changed; what it makes of the held-out sketches."""
    settings = broken_run("08_pix2pix", name) | changes
    steps, weight = quick(settings.pop("steps"), 4), settings.pop("weight", 50.0)
    G, _ = translate(lambda: GAME(width=16), weight, steps, **settings)
    pictures = made_by(G, test_x)
    own, others = listening(pictures, test_y)
    sharp = sharpness(pictures) / sharpness(test_y)
    told = f"agrees {own:.2f} with the own photo, {others:.2f} with another's; edges {sharp:.2f} times as strong"
    fig = draw_rows({"sketch": test_x[:8], "made of it": pictures[:8]}, f"run {name}: {told}")
    show(fig, alt=f"Run {name}: eight sketches above, what the network made of them below. It {told}.")
    return pictures


# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: what do you see?
#
# - [x] faces, but not those of the sketches :: The two numbers in the title are nearly equal: it hardly listens.
# - [ ] the right faces, without detail :: Compare a head with a hat or with long hair, and what stands below it.
# - [ ] noise :: There are faces, of sorts.
#
# ---
# Its setting: `shift=1`. Each sketch stands beside the *next* photo of the batch: the pairs are out of order.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what is wrong with it, beside the good run of section 5?
#
# - [ ] it ignores the sketch :: The own photo's number is clearly higher than the other one.
# - [x] its pictures are blurred :: Their edges are much weaker than the photos', as with L1 alone.
# - [ ] its colors are not those of the photos :: They are free in both. A sketch has none.
#
# ---
# Its setting: `weight=5000`. The L1 term is a hundred times as heavy as in the good run.

# %% [markdown] exercise="diagnose_the_runs" stars=2 minutes=20
# ### Exercise 9: two diagnoses
#
# For each of the runs A and B write three sentences: what you see in the pictures and in the numbers (the evidence),
# why the setting leads to it (the cause), and what you would change (the cure). For run A say also how you would find
# such a mistake in somebody else's code *before* training. Try your cure: `play_broken("B", weight=20)` plays run B
# with another
# $\lambda$, and so for `shift`, `rate` and `skips`. A teacher reads this answer.

# %% [markdown] answer="diagnose_the_runs" points=4
# *A: pairs out of order.* The faces do not fit their sketches, and outlines agree with the own photo hardly more than
# with another's. To the network x and y are independent, so the best answer to L1 is the median of all photos, and
# even a judge that sees the pair finds nothing in x that says anything about y. Cure: shift = 0. Found before
# training by drawing some pairs from the very batches that are trained on, side by side.
#
# *B: L1 drowns the game.* The outlines are where they belong, the edges far weaker than the photos'. With λ = 5000
# the adversarial term is a rounding error in G's gradient, and what is left is L1, whose best answer is a median of
# many photos. Cure: a λ of 10 to 100.
#
# One point for each right pair of evidence and cause, one for two cures that work, one for the look at the pairs.

# %% [markdown]
# ## 9. An open challenge
#
# A judge is convolutions, and what they cost is up to you. The paper's stack is a habit, not a law.

# %% [markdown] exercise="cheapest_judge" stars=3 minutes=45 challenge=true
# ### Exercise 10: the cheapest judge
#
# Invent a stack of convolutions for pictures of `size` × `size` pixels, so that
#
# - each logit sees exactly `field` pixels along a side, those outside of the picture counted (exercise 2, step 2);
# - the fields of neighboring logits are at most `apart` pixels apart (step 3);
# - every pixel of the picture is seen by some logit (step 4).
#
# Return a list of `(kernel, stride, padding)`, the picture's layer first, 1 to 60 layers. Kernels have 1 to 4 pixels
# along a side; a stride is no wider than its kernel, padding 0 or more and narrower than it. The pair has 4 channels,
# every map between has 32, the logits have one.
#
# What counts is **work**: multiplications for one picture, for each layer the map's side² · kernel² · channels in ·
# channels out; the map is the one that the layer makes. It is compared with the least that any such stack needs. For a
# medal your judge may take at most **14** times as much (bronze), **4.5** times (silver), **1.5** times (gold). Four
# wishes are made, of 64 to 256 pixels, all of which can be met, and the worst one counts; the run may take 20 seconds.
# Graders wish for other sizes, fields and distances.

# %% [markdown] hints="cheapest_judge"
# For bronze halve early: a layer behind a stride of 2 costs a quarter. A field of `field` pixels is 1, and `kernel − 1`
# steps more for each layer, where a step is the product of all strides before the layer. So `field − 1` is a sum, and
# if it is odd, the layer in front has to take an odd number of it.
# ---
# For silver look at what the layers behind cost, where the map does not get smaller any more. To see twelve units
# more, you can take four kernels of 4 or twelve kernels of 2. Which is less work? And how much padding is needed at
# all?
# ---
# For gold let the machine look. Two stacks that have come to the same side, the same step between units, the same
# field and the same beginning can be continued alike: keep the cheaper one. Dijkstra's algorithm goes through all
# stacks in that way, the cheapest first; or go through all ways to begin with strides, and end with small kernels.


# %% solution="cheapest_judge"
def cheapest_judge(size, field, apart):
    """Layers (kernel, stride, padding), the picture's first; each logit sees `field` pixels along a side."""
    ### BEGIN SOLUTION
    from heapq import heappop, heappush
    from itertools import product

    queue = [(0, size, 1, 1, 0, [])]  # work, the map's side, step, field, where it begins, layers
    gone = set()
    while True:
        work, side, step, seen, first, layers = heappop(queue)
        if seen == field:
            return layers
        if (state := (side, step, seen, first)) in gone:
            continue
        gone.add(state)
        for kernel, stride, padding in product(range(2, 5), range(1, 5), range(4)):
            wide, further, begins = seen + (kernel - 1) * step, step * stride, first - padding * step
            out = (side + 2 * padding - kernel) // stride + 1
            covers = begins + (out - 1) * further + wide >= size or wide < field
            if max(stride, padding + 1) > kernel or further > apart or wide > field or out < 1 or not covers:
                continue
            more = work + out**2 * kernel**2 * (32 if layers else 4) * (1 if wide == field else 32)
            heappush(queue, (more, out, further, wide, begins, [*layers, (kernel, stride, padding)]))
    ### END SOLUTION


# %% test="cheapest_judge" points=3

# %% demo=true folded="Draws the paper's stack beside yours: where their work is done"
ours = cheapest_judge(256, 70, 8)
stacks = {"the paper's": [(4, 2, 1)] * 3 + [(4, 1, 1)] * 2, "yours": ours}
fig = figure(8, 2.8)
for ax, (name, stack) in zip(axes(fig, 1, 2), stacks.items(), strict=True):
    side, work = 256, []
    for place, (kernel, stride, padding) in enumerate(stack):
        side = (side + 2 * padding - kernel) // stride + 1
        work.append(side**2 * kernel**2 * (32 if place else 4) * (1 if place == len(stack) - 1 else 32) / 1e6)
    ax.bar(range(len(work)), work, color=JUDGE)
    labels = [f"{kernel}/{stride}" for kernel, stride, _ in stack]
    ax.set(xticks=range(len(work)), xticklabels=labels, xlabel="kernel / stride", ylabel="million multiplications")
    ax.set_title(f"{name}: {sum(work):.0f} million")
show(fig, alt="Two rows of bars, one bar a layer: the work of the paper's stack of five layers, and of your own stack.")

# %% [markdown]
# Both judges see patches of 70 × 70, 8 apart, of 256 × 256 pixels, with 32 channels. Yours needs fewer multiplications
# and more layers. Whether it judges as well is another question: depth has a price in training that no
# multiplication counts, and small kernels at the front throw pixels together before anything has looked at them.

# %% [markdown]
# ## 10. What to take along
#
# - A pair (input, picture) is what $D$ judges. A judge of the picture alone lets the input be ignored.
# - L1 finds the median of all answers: right on average, blurred. The game finds one answer: sharp, perhaps a wrong
#   one.
# - Skips carry what is where; the bottom carries what it is.
# - What a logit sees follows from kernels and strides, backward: $r \leftarrow (r - 1)\,s + k$.
# - Features of a judge are a steadier teacher than its opinion, and judges at several sizes see grain and layout.

# %% [markdown] quiz="blind_judge"
# A friend trains a translation from satellite photographs to maps. The maps look perfect, and show another town each
# time. What do you look at first?
#
# - [ ] whether $G$ has enough layers :: The maps look perfect. What is missing is the tie to the input.
# - [x] whether $D$ is given the photograph beside the map :: A judge of maps alone accepts every town's.
# - [ ] whether $\lambda$ is too large :: A large $\lambda$ ties the output *to* the input's partner.

# %% [markdown] quiz="median"
# For one sketch half of all photos have a pixel black, half white. What does $G$ paint there, trained with L1 alone?
#
# - [ ] black or white, each half of the time :: That would be drawing from $p(y \mid x)$, which L1 does not ask for.
# - [ ] a gray in the middle, and only that :: That is the squared distance's answer.
# - [x] any gray, or black, or white: all have the same L1 distance :: A median of half black and half white is
#   anything between. With one more black than white it is black.

# %% [markdown] quiz="smaller_patches"
# With patches of 1 × 1 pixel, what can $D$ still teach $G$?
#
# - [ ] nothing :: Something is left: single pixels have a distribution, too.
# - [x] which colors there are :: It sees one pixel and its input. Colors become vivid, edges do not.
# - [ ] where eyes belong :: It would have to see more than one pixel.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 08_pix2pix
# ```
#
# Graders run these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - P. Isola, J.-Y. Zhu, T. Zhou and A. Efros, *Image-to-Image Translation with Conditional Adversarial Networks*,
#   CVPR 2017, [arXiv:1611.07004](https://arxiv.org/abs/1611.07004). Section 3 has the losses and both networks,
#   section 4.4 patches of 1, 16, 70 and 286 pixels.
# - T.-C. Wang, M.-Y. Liu, J.-Y. Zhu, A. Tao, J. Kautz and B. Catanzaro, *High-Resolution Image Synthesis and Semantic
#   Manipulation with Conditional GANs*, CVPR 2018, [arXiv:1711.11585](https://arxiv.org/abs/1711.11585).
# - O. Ronneberger, P. Fischer and T. Brox, *U-Net: Convolutional Networks for Biomedical Image Segmentation*, MICCAI
#   2015, [arXiv:1505.04597](https://arxiv.org/abs/1505.04597).
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and Checkerboard Artifacts*, Distill, 2016,
#   [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003): why layers up repeat pixels in section 7.

# %% demo=true folded="Your own sketch and both networks' answers, kept beside this notebook"
fig = figure(7, 2.6)
middle, right = answer(canvas.array).movedim(0, -1).add(1).div(2).split(64, 1)
shown = {"my sketch": canvas.rgb, "the shipped network": middle, "my network": right}
for ax, (title, picture) in zip(axes(fig, 1, 3), shown.items(), strict=True):
    ax.imshow(picture)
    ax.set_title(title)
    ax.set_axis_off()
keepsake(fig, alt="A sketch of a face, and the pictures that two networks made of it.", name="my_translation")

# %% [markdown] last=true
# ## What you have built
#
# A translation from sketches to faces: a U-Net that you wired, a judge of pairs, and the step in which they learn.
# You have shown with one number that the judge has to see the input. And you can draw, and see a face come out.
#
# **The same at full scale.**
#
# | | here | pix2pix (2017) | pix2pixHD (2018) |
# |---|---|---|---|
# | pictures | 32 × 32, on the canvas 64 × 64 | 256 × 256 | up to 2,048 × 1,024 |
# | $G$ | U-Net of 4 levels | U-Net of 8 levels | residual, coarse to fine |
# | $D$ | one, patches of 16 × 16 | one, patches of 70 × 70 | three scales of 70 × 70 |
# | losses | cross-entropy, L1 | cross-entropy, 100 · L1 | least squares, 10 · feature matching |
# | batch | 16 | 1 to 10 | 1 |
# | noise | dropout in two layers | dropout in three layers | none |
#
# What does not carry over is where the pairs come from. Ours are drawn, and exact. For a horse nobody has the zebra.
#
# **Next:** translation without any pairs.
