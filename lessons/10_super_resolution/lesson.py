# %% [markdown] builds="16 pixels become 64: sub-pixels, content loss, and what sharp is not" hours=4 stars=2
# # 10 · More pixels than there are
#
# A face of 16 × 16 pixels is to become one of 64 × 64. Fifteen of sixteen pixels have to be invented. One answer is
# the mean of all that could be there: nearest to the truth, and blurred. Another one is a picture that *looks* like a
# face, sharp, and further from the truth. This lesson builds both, measures both, and asks what each may be used for.
#
# **You will be able to**
#
# - enlarge by the sub-pixel shuffle, and say why other ways leave a checkered pattern;
# - measure how near two pictures are, by PSNR and by SSIM, and say what each of them misses;
# - derive why the squared error wants a blurred picture, and what a sharp one must cost;
# - compare pictures by what a network sees in them, without teaching that network;
# - write SRGAN's training step, and measure where nearness and looks pull apart;
# - explain with a number why nobody may be recognized by such a picture.
#
# **Time:** about four hours with the challenge, of which the machine works about five minutes. No GPU is needed.
# **Builds on:** lesson 03 (convolutions, DCGAN), lesson 04 (distances by features), lesson 08 (L1 against a judge).

# %% [markdown]
# ![Five rows of eight small faces: coarse squares of sixteen by sixteen pixels, then four rows that become
# finer.](images/faces.png)
#
# *Eight held-out faces. From the top: 16 × 16 pixels, enlarged by a formula, two networks' answers, and the true
# faces of 64 × 64 pixels.*

# %% name="setup"
import copy
import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, data, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.widgets.knobs import Choice, Knob
from gancourse.widgets.sliders import Sliders

check = public("10_super_resolution")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. What is not there
#
# A small picture is made of a large one: each of its pixels is the mean of 4 × 4. (SRGAN, the paper that this lesson
# follows, shrinks bicubically.) So we have pairs, as many as we like, and *super-resolution* is lesson 08's task with a
# special input.
#
# For photographs set `DATA = "celeba"`. What is learned is then learned from photographs; the networks that come with
# the course, and the face reader that measures, know drawn faces only.

# %% name="load" demo=true folded="Loads faces to learn from and held-out ones"
DATA = "faces"  # or "celeba", for photographs
seen_by_nobody = quick(400, 40)
if DATA == "faces":
    raw = data.load(DATA, size=64, attributes=[], n=quick(4000, 120)).pixels
    held = data.load(DATA, size=64, split="test", attributes=[], n=seen_by_nobody).pixels
else:
    everybody = data.load(DATA, size=64, attributes=[], n=quick(3000, 160)).pixels
    held, raw = everybody[:seen_by_nobody], everybody[seen_by_nobody:]


# %% name="two-sizes"
def shrunk(pictures, r=4):
    """Low resolution: the mean of each r × r pixels."""
    return F.avg_pool2d(pictures, r)


def bicubic(pictures, r=4):
    """Enlarged by a formula: cubic pieces through 4 × 4 neighbors."""
    return F.interpolate(pictures, scale_factor=r, mode="bicubic", align_corners=False)


# %% name="opening" demo=true folded="Draws one face five times"
y_held = to_unit(held)
x_held = shrunk(y_held)
shipped = store.load("super_resolution_64")
with torch.no_grad():
    five = [F.interpolate(x_held[:1], scale_factor=4), bicubic(x_held[:1]), shipped["L2"](x_held[:1])]
    five += [shipped["GAN"](x_held[:1]), y_held[:1]]
fig = figure(10, 2.4)
titles = ("A: 16 × 16 pixels", "B: bicubic", "C: a network", "D: another network", "E: the original")
for ax, picture, title in zip(axes(fig, 1, 5), five, titles, strict=True):
    draw_pictures(ax, picture, 1, title)
show(fig, alt="One drawn face five times, A to E: coarse squares, smooth, smoother edges, sharp edges, the original.")

# %% [markdown] predict="nearest"
# Which of B, C and D has the smallest squared error beside the original E?
#
# - [ ] B: a formula invents nothing :: It invents smooth transitions, where faces have edges.
# - [x] C :: Yes: it was trained for nothing else.
# - [ ] D: it looks most like E :: It looks most like *a* face. Its edges are sharp, and not all where they belong.
#
# ---
# The next cell prints the errors of this face. Section 7 measures all held-out faces.

# %% name="opening-errors" demo=true
for name, picture in zip("ABCD", five, strict=False):
    print(f"{name}: mean squared error {(picture - y_held[:1]).square().mean():.4f}")

# %% [markdown]
# So the picture with edges as sharp as the original's is *not* the nearest one. (These errors are of pictures in [−1,
# 1]; section 3 measures in [0, 1], where they are a quarter as large.) Both networks have the same layers and saw the
# same faces. They differ in what they were told to do. (D has some grain on it: a small network, few steps.)
#
# ## 2. More pixels out of more channels
#
# A network that enlarges needs a layer that does. A transposed convolution (lesson 03) slides its kernel over the
# large picture; where kernels overlap unevenly it leaves a **checkered pattern** (Odena and others, 2016). Shi and
# others (2016) proposed the **sub-pixel** layer: an ordinary convolution at the *small* size makes r² times as many
# channels, and then the channels are laid out as pixels. All multiplications are done at the small size.

# %% [markdown] exercise="pixel_shuffle" stars=2 minutes=20
# ### Exercise 1: channels become pixels
#
# `pixel_shuffle(x, r)`: maps x (n, c · r², h, w) become (n, c, r · h, r · w). For channel $k$ of the result, the pixel
# in row $r i + a$ and column $r j + b$, with $a$ and $b$ from 0 to r − 1, is channel $k r^2 + a r + b$ of x at place
# $(i, j)$. So neighbors in the channels become a block of r × r pixels, row by row, and channels of one block are
# together.
#
# Height and width may differ. If the channels cannot be divided by r², raise a `ValueError` that names their number.
# Do without PyTorch's own `pixel_shuffle` and `PixelShuffle`. Return what gradients pass through.

# %% [markdown] hints="pixel_shuffle"
# No number is computed, all are moved: it is a reshape, a change of the order of dimensions, and a reshape.
# ---
# Give each index a dimension of its own: $(n, k, a, b, i, j)$. In the result the order is $(n, k, i, a, j, b)$.
# ---
# `x.reshape(n, -1, r, r, h, w).permute(…).reshape(n, -1, r * h, r * w)`, where `permute` gets the old places of the
# dimensions in their new order.


# %% solution="pixel_shuffle"
def pixel_shuffle(x, r):
    """Maps (n, c · r², h, w) to (n, c, r · h, r · w): r² channels become a block of r × r pixels.

    Raises:
        ValueError: if the channels cannot be divided by r²; names their number.
    """
    ### BEGIN SOLUTION
    n, channels, h, w = x.shape
    if channels % r**2:
        raise ValueError(f"{channels} channels cannot be divided by {r}²")
    blocks = x.reshape(n, -1, r, r, h, w)
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, r * h, r * w)
    ### END SOLUTION


# %% test="pixel_shuffle" points=2

# %% [markdown] exercise="pixel_unshuffle" stars=1 minutes=10
# ### Exercise 2: and back
#
# `pixel_unshuffle(y, r)`: the inverse. Maps (n, c, H, W) become (n, c · r², H / r, W / r), so that shuffling them
# again gives y, exactly. If r does not divide both H and W, raise a `ValueError` that names the side that cannot be
# divided. Do without PyTorch's own `pixel_unshuffle` and `PixelUnshuffle`.

# %% [markdown] hints="pixel_unshuffle"
# The same three steps, read from the end.
# ---
# Six dimensions again: $(n, k, i, a, j, b)$ become $(n, k, a, b, i, j)$.
# ---
# `y.reshape(n, c, h, r, w, r)` with h = H // r and w = W // r, then `permute`, then a reshape to (n, c · r², h, w).


# %% solution="pixel_unshuffle"
def pixel_unshuffle(y, r):
    """Maps (n, c, H, W) to (n, c · r², H / r, W / r): the inverse of `pixel_shuffle`.

    Raises:
        ValueError: if r does not divide H and W; names the side.
    """
    ### BEGIN SOLUTION
    n, c, height, width = y.shape
    for side in (height, width):
        if side % r:
            raise ValueError(f"a side of {side} pixels cannot be divided by {r}")
    blocks = y.reshape(n, c, height // r, r, width // r, r)
    return blocks.permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, height // r, width // r)
    ### END SOLUTION


# %% test="pixel_unshuffle" points=1

# %% [markdown] predict="which_checkered"
# Three new layers enlarge an even gray area: a transposed convolution with a kernel of 3 and stride 2, a convolution
# with a shuffle, and the same where all r² channels of a block *start with the same kernel*. Which answers are even?
#
# - [ ] the two with a shuffle :: A block's four pixels come from four kernels, and at the start these are random.
# - [x] only the third :: Yes: equal kernels make equal pixels. (Aitken and others, 2017, call it ICNR.)
# - [ ] none: weights are random :: Random, but in the third equal where it matters.
#
# ---
# The shuffle has no *overlap*, which a transposed convolution has to fight for as long as it trains, and rarely beats
# entirely. What is left is the uneven start: training can unlearn it, or equal kernels avoid it.


# %% name="checkered" demo=true folded="Enlarges an even area by three new layers, with your shuffle"
def even_start(conv, r=2):
    """All r² channels of a block start with the first one's kernel and bias."""
    with torch.no_grad():
        for p in conv.parameters():
            p.copy_(p[:: r * r].repeat_interleave(r * r, 0))
    return conv


gray = torch.ones(1, 8, 12, 12)
with torch.no_grad():
    crossed = nn.ConvTranspose2d(8, 1, 3, 2, 1, 1)(gray)
    sub_pixel = pixel_shuffle(nn.Conv2d(8, 4, 3, padding=1)(gray), 2)
    even = pixel_shuffle(even_start(nn.Conv2d(8, 4, 3, padding=1))(gray), 2)
fig = figure(8.5, 2.8)
three = {"transposed convolution": crossed, "shuffle": sub_pixel, "shuffle, equal kernels": even}
for ax, (title, picture) in zip(axes(fig, 1, 3), three.items(), strict=True):
    inner = picture[0, 0, 4:-4, 4:-4]
    ax.imshow(inner - inner.mean(), cmap="gray", vmin=-0.5, vmax=0.5)
    ax.set(title=title, xticks=[], yticks=[])
    ax.grid(False)
show(fig, alt="What three new layers make of an even area, its inner part: three squares of gray.")

# %% [markdown]
# ## 3. How near is near?
#
# The oldest measure is the **peak signal-to-noise ratio**: the mean squared error of a picture beside the square of
# the largest value that there is, in decibels,
#
# $$\text{PSNR} = 10 \log_{10} \frac{\text{peak}^2}{\text{MSE}}.$$
#
# Twice the error is 3 dB less. For pictures in [0, 1] the peak is 1.

# %% [markdown] exercise="psnr" stars=1 minutes=12
# ### Exercise 3: PSNR
#
# `psnr(made, true, peak=1.0)`: pictures (n, c, h, w), twice, in the range from 0 to `peak`. Return decibels (n,), one
# for **each picture**, each from that picture's own mean over channels and pixels. Equal pictures have no error:
# theirs is infinite, `math.inf`. Take pictures as they are, and clip nothing.

# %% [markdown] hints="psnr"
# A mean over everything but the first dimension, then a logarithm.
# ---
# $10 \log_{10}(\text{peak}^2 / \text{MSE})$. Dividing a float tensor by 0 gives infinity, and so does its logarithm.
# ---
# `mse = (made - true).square().flatten(1).mean(1)`, and `torch.log10`.


# %% solution="psnr"
def psnr(made, true, peak=1.0):
    """Decibels (n,), one for each of n pictures in [0, peak]; infinite where they are equal."""
    ### BEGIN SOLUTION
    mse = (made - true).square().flatten(1).mean(1)
    return 10 * torch.log10(peak**2 / mse)
    ### END SOLUTION


# %% test="psnr" points=1

# %% [markdown]
# PSNR looks at each pixel by itself. A face that is ten gray levels too bright everywhere and a face with a wrong eye
# may have the same. **SSIM** (Wang and others, 2004) looks through a small window $w$ and compares three things there:
# the means $\mu$, the spreads $\sigma^2$, and how the two pictures vary together, $\sigma_{xy}$:
#
# $$\text{SSIM}(x, y) = \frac{(2 \mu_x \mu_y + C_1)\,(2 \sigma_{xy} + C_2)}
# {(\mu_x^2 + \mu_y^2 + C_1)\,(\sigma_x^2 + \sigma_y^2 + C_2)},
# \qquad C_1 = (0.01 \cdot \text{peak})^2,\quad C_2 = (0.03 \cdot \text{peak})^2.$$
#
# The window is a bell curve, and everything in it is a weighted mean: $\mu_x = \sum_i w_i x_i$, $\sigma_x^2 = \sum_i
# w_i x_i^2 - \mu_x^2$, $\sigma_{xy} = \sum_i w_i x_i y_i - \mu_x \mu_y$.

# %% [markdown] exercise="ssim" stars=3 minutes=30
# ### Exercise 4: SSIM
#
# `ssim(x, y, peak=1.0)`: pictures (n, c, h, w), twice, at least 11 pixels high and wide. Return (n,): for each picture
# the mean of the formula over all channels and all places of the window.
#
# - The window has 11 × 11 pixels. Its weights are proportional to $e^{-(a^2 + b^2) / (2 \cdot 1.5^2)}$, with $a$ and
#   $b$ from −5 to 5, and they **add up to 1**.
# - Only places where the whole window lies within the picture count: (h − 10) · (w − 10) of them, no padding.
# - Each channel is looked at by itself.
# - Pictures come in single or in double precision; give the window theirs.

# %% [markdown] hints="ssim"
# A weighted mean at every place is a convolution with one fixed kernel. You need it of five pictures.
# ---
# The five are $x$, $y$, $x^2$, $y^2$ and $xy$. The window is the product of a row and a column.
# ---
# `bell = torch.exp(-torch.arange(-5, 6, dtype=x.dtype) ** 2 / 4.5)`, then `bell / bell.sum()`; the kernel is
# `torch.outer(bell, bell)[None, None]`. With `p.flatten(0, 1)[:, None]` all channels of all pictures go through
# `F.conv2d` at once.


# %% solution="ssim"
def ssim(x, y, peak=1.0):
    """Structural similarity (n,) of pictures (n, c, h, w) in [0, peak], by an 11 × 11 bell curve of spread 1.5."""
    ### BEGIN SOLUTION
    bell = torch.exp(-(torch.arange(-5, 6, dtype=x.dtype) ** 2) / (2 * 1.5**2))
    bell = bell / bell.sum()
    window = torch.outer(bell, bell)[None, None]

    def mean(p):
        return F.conv2d(p.flatten(0, 1)[:, None], window)

    mu_x, mu_y = mean(x), mean(y)
    var_x, var_y, cov = mean(x * x) - mu_x**2, mean(y * y) - mu_y**2, mean(x * y) - mu_x * mu_y
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    made = (2 * mu_x * mu_y + c1) * (2 * cov + c2) / ((mu_x**2 + mu_y**2 + c1) * (var_x + var_y + c2))
    return made.reshape(len(x), -1).mean(1)
    ### END SOLUTION


# %% test="ssim" points=3

# %% [markdown] predict="same_psnr"
# A face is damaged in four ways, each until its PSNR is 25 dB: made brighter everywhere, blurred, moved sideways by a
# part of a pixel or more, and with noise on it. Which one does SSIM like best?
#
# - [ ] the blurred one :: It has lost its edges: spreads within a window are too small.
# - [x] the bright one :: Yes: within each window nothing has changed but the mean.
# - [ ] all alike: they are equally near :: Equally near by squares. SSIM asks how things vary *together*.
#
# ---
# All four have the same PSNR. A person would hardly give all four the same mark.


# %% name="four-damages" demo=true folded="Damages a face in four ways, each to 25 dB"
def unit(pictures):
    """From [−1, 1] to [0, 1], and no further."""
    return (pictures.clamp(-1, 1) + 1) / 2


def to_25_db(damage, face):
    """The damage's strength by halving, until PSNR is 25 dB."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if psnr(damage(face, middle), face).item() > 25 else (low, middle)
    return damage(face, low)


def moved(face, t):
    """Sideways by up to 8 pixels."""
    k, part = divmod(8 * t, 1)
    return (1 - part) * face.roll(int(k), 3) + part * face.roll(int(k) + 1, 3)


# %% demo=true folded="Draws the four, with PSNR and SSIM"
grain = torch.randn(1, 3, 64, 64)
damages = {
    "brighter": lambda p, t: p + t,
    "blurred": lambda p, t: torch.lerp(p, bicubic(shrunk(p, 8), 8), t * 1.5),
    "moved": moved,
    "noise": lambda p, t: p + t * grain,
}
face, fig = unit(y_held[1:2]), figure(10, 2.6)
for ax, (name, damage) in zip(axes(fig, 1, 4), damages.items(), strict=True):
    bad = to_25_db(damage, face)
    draw_pictures(ax, bad * 2 - 1, 1, f"{name}: {psnr(bad, face).item():.1f} dB, SSIM {ssim(bad, face).item():.2f}")
show(fig, alt="One face with four kinds of damage, each with its PSNR and its SSIM in the title.")

# %% [markdown]
# ## 4. Why the nearest answer is blurred
#
# Given a small picture $x$, many large ones fit it: a network cannot know which is true. Let them be $y_1, \dots, y_k$,
# with probabilities $p_1, \dots, p_k$. Everything about the blur follows from this list.

# %% [markdown] exercise="best_guess" stars=3 minutes=35
# ### Exercise 5: the best guess, step by step
#
# `best_guess(step, fits, p, guess, share)`: `fits` are the pictures that fit, (k, d), one in each row of d pixels; `p`
# (k,) are their probabilities, which add up to 1. $\lVert\cdot\rVert^2$ is a sum of squares over the d pixels; every
# error below is divided by d, as in step 1. Each step is checked by itself.
#
# 1. **Expected error** of the answer `guess` (d,): $\sum_i p_i \lVert y_i - g\rVert^2 / d$. One number.
# 2. **Its gradient** in g, by hand: (d,).
# 3. **The best answer**: the g at which that gradient is zero, (d,).
# 4. **Its expected error**, the least there is. One number.
# 5. **An honest draw**: instead of the best answer somebody returns one of the pictures, drawn by the same
#    probabilities, independently of the truth. Its expected error, over both draws. One number.
# 6. **In between**: somebody goes `share` of the way from the best answer to such a draw (0 is the best answer, 1 the
#    draw). The expected error. One number.

# %% [markdown] hints="best_guess"
# Step 3 is a weighted mean of rows. Step 5 has two sums: over what is true and over what is drawn.
# ---
# Write $\bar y$ for the best answer. Then $y_i - y_j = (y_i - \bar y) - (y_j - \bar y)$, and the mixed term has mean
# zero. So step 5 is step 4, times a whole number; and step 6 goes the same way.
# ---
# Step 2: `2 * (guess - p @ fits) / d`. Step 6: in $(y_i - \bar y) - t\,(y_j - \bar y)$ the second part counts $t^2$
# times.


# %% solution="best_guess"
def best_guess(step, fits, p, guess=None, share=0.0):
    """One step, 1 to 6, for pictures `fits` (k, d) with the probabilities `p` (k,).

    guess: an answer (d,), for steps 1 and 2. share: of the way to a draw, for step 6.
    """
    if step == 1:  # the expected error of a guess
        ### BEGIN SOLUTION
        return p @ (fits - guess).square().mean(1)
        ### END SOLUTION
    if step == 2:  # its gradient
        ### BEGIN SOLUTION
        return 2 * (guess - p @ fits) / fits.shape[1]
        ### END SOLUTION
    if step == 3:  # the best guess
        ### BEGIN SOLUTION
        return p @ fits
        ### END SOLUTION
    if step == 4:  # its error
        ### BEGIN SOLUTION
        return p @ (fits - p @ fits).square().mean(1)
        ### END SOLUTION
    if step == 5:  # the error of an honest draw
        ### BEGIN SOLUTION
        return 2 * best_guess(4, fits, p)
        ### END SOLUTION
    if step == 6:  # the error in between
        ### BEGIN SOLUTION
        return (1 + share**2) * best_guess(4, fits, p)
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="best_guess" points=3

# %% [markdown]
# So the answer that squares love best is a *mean of pictures*, and a mean of sharp pictures with edges in different
# places has no edge. It is not one of the pictures, and looks like none. And the answer that is indistinguishable from
# the data, an honest draw, has exactly twice its error: $10 \log_{10} 2 \approx 3$ dB less. Blau and Michaeli (2018)
# prove that this is general, for any measure of error: nearness and looks are a **trade-off**, with a bound that no
# method can beat. And as an honest draw is always one of the answers there could be, perfect looks need never cost
# more than those 3 dB.
#
# Here is the smallest example: one edge, dark to bright, at seven possible places. All seven fit about the same.

# %% name="seven-edges" demo=true folded="Draws seven edges, the best guess, and the curve of the trade-off"
d = 33
edges = torch.stack([torch.sigmoid((torch.arange(d) - 16.0 - k) * 3) for k in range(-6, 7, 2)])
p_edges = torch.full((7,), 1 / 7)
mean_edge = best_guess(3, edges, p_edges)
fig = figure(10, 3)
left, right = axes(fig, 1, 2)
left.plot(edges.T, color=REAL, lw=0.8)
left.plot(mean_edge, color=JUDGE, lw=3)
left.set(title="thin: what fits; thick: the best guess", xlabel="pixel")
shares = torch.linspace(0, 1, 21).tolist()
decibels = [-10 * math.log10(best_guess(6, edges, p_edges, share=t)) for t in shares]
away = [(1 - t) ** 2 * best_guess(4, edges, p_edges).item() for t in shares]
right.plot(away, decibels, "o-", color=FAKE)
right.set(xlabel="squared distance to what was drawn", ylabel="expected PSNR", title="from the draw to the best guess")
show(fig, alt="Left: seven steep curves and one that rises slowly. Right: a rising curve of PSNR over a distance.")

# %% [markdown]
# On the right each point is one `share`. At the left end, where the answer *is* a picture of the data, PSNR is 3 dB
# lower than at the right end, where it is the blurred mean. The curve is steep at the left: a little blur buys much
# nearness. Whoever reports one of the two numbers alone reports half of the result.
#
# ## 5. The generator
#
# SRResNet (Ledig and others, 2017) does most of its work at the small size, in **residual blocks**, and shuffles at
# the end.

# %% [markdown] exercise="ResidualBlock" stars=2 minutes=20
# ### Exercise 6: a residual block
#
# A class `ResidualBlock(channels)`, an `nn.Module`, from maps (n, channels, h, w) to maps of that shape:
#
# $$x \;\mapsto\; x + \text{BN}(\text{conv}(\text{PReLU}(\text{BN}(\text{conv}(x))))).$$
#
# - Both convolutions are 3 × 3, keep the size and have **no bias**. Normalizations are `nn.BatchNorm2d` as it comes.
# - PReLU lets negative numbers through, times a slope that is learned: **one** slope for all channels, 0.25 at first,
#   as `nn.PReLU()` has it.
# - Nothing comes behind the sum. Parameters are registered in the order of the formula from the inside, and there are
#   no others; all start as PyTorch sets them.

# %% [markdown] hints="ResidualBlock"
# Five layers in a row, and the input added to what comes out.
# ---
# `padding=1` keeps the size of a 3 × 3 convolution.
# ---
# `self.layers = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), …)`.


# %% solution="ResidualBlock"
class ResidualBlock(nn.Module):
    """Maps (n, channels, h, w): two normalized convolutions with a PReLU between them, added to what comes in."""

    def __init__(self, channels):
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.PReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        ### END SOLUTION

    def forward(self, x):
        """Maps to maps of the same shape."""
        ### BEGIN SOLUTION
        return x + self.layers(x)
        ### END SOLUTION


# %% test="ResidualBlock" points=2

# %% [markdown]
# Around the blocks stands little: a convolution in front, a way around all blocks, and two sub-pixel layers. The paper
# has 16 blocks of 64 channels. Ours have 24 channels, there are three, and what the network makes is *added to the
# bicubic picture*, so that it has to learn only what that lacks.


# %% name="generator" open="the generator around your block and your shuffle"
class Generator(nn.Module):
    """Pictures (n, 3, h, w) to (n, 3, 4h, 4w); at first what it adds to the bicubic picture is zero."""

    def __init__(self, width=24, blocks=3):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, width, 5, padding=2), nn.PReLU())
        self.body = nn.Sequential(*[ResidualBlock(width) for _ in range(blocks)], nn.Conv2d(width, width, 3, padding=1))
        self.larger = nn.ModuleList([even_start(nn.Conv2d(c, 2 * c, 3, padding=1)) for c in (width, width // 2)])
        self.slopes = nn.ModuleList([nn.PReLU(), nn.PReLU()])
        self.tail = nn.Conv2d(width // 4, 3, 5, padding=2)
        for p in self.tail.parameters():
            nn.init.zeros_(p)

    def forward(self, x):
        hidden = self.head(x)
        hidden = hidden + self.body(hidden)
        for conv, slope in zip(self.larger, self.slopes, strict=True):
            hidden = slope(pixel_shuffle(conv(hidden), 2))
        return bicubic(x) + self.tail(hidden)


# %% [markdown]
# ## 6. What should count
#
# **Content.** Squared pixels punish a thin eyelid that is one pixel too low twice as hard as one that is missing: once
# for where it is, once for where it is not. Johnson and others (2016) compare what a *network sees* in both pictures
# instead: the maps of one of its layers. A map says "an edge like this, about here", and is more patient with places
# than pixels are. SRGAN takes VGG, a network that was trained to name photographs (eq. 5). Ours is the face reader,
# which was trained to name what is seen in drawn faces: a layer from its middle, with maps of 8 × 8.

# %% [markdown] exercise="content_loss" stars=3 minutes=30
# ### Exercise 7: content
#
# `content_loss(network, layer, made, true)`: `network` is an `nn.Sequential`. Put both pictures (n, c, h, w) through
# its first `layer` layers (1 or more), and return the **mean squared difference** of the two maps, one number.
#
# The network is a ruler, and a ruler must not bend:
#
# - it looks in **evaluation mode**, whatever mode it is in, and what its normalizations keep does not move;
# - `backward` on the loss reaches `made`, **through** the network, and none of the network's parameters;
# - no gradient reaches `true`;
# - after the call each part of the network is in the mode it was in before, and its parameters take gradients if they
#   did before.

# %% [markdown] hints="content_loss"
# A gradient that goes *through* a layer needs the layer's weights as numbers, not as leaves of the graph. What is the
# difference between `torch.no_grad()` and parameters that do not ask for gradients?
# ---
# Note each module's `training` and each parameter's `requires_grad`, set all to False, look at both pictures, and put
# everything back. The graph remembers that it was built without them.
# ---
# `with torch.no_grad(): there = part(true)` for the target, `F.mse_loss(part(made), there)` for the loss, where `part`
# is `network[:layer]`.


# %% solution="content_loss"
def content_loss(network, layer, made, true):
    """The mean squared difference of two pictures' maps behind the first `layer` layers of a network that rests."""
    ### BEGIN SOLUTION
    modes = {part: part.training for part in network.modules()}
    learns = {p: p.requires_grad for p in network.parameters()}
    network.eval().requires_grad_(False)
    with torch.no_grad():
        there = network[:layer](true)
    loss = F.mse_loss(network[:layer](made), there)
    for part, mode in modes.items():
        part.training = mode
    for p, learning in learns.items():
        p.requires_grad_(learning)
    return loss
    ### END SOLUTION


# %% test="content_loss" points=3

# %% [markdown]
# **The game.** A judge $D$ sees pictures of the large size, true ones and made ones. What $G$ minimizes is the content
# and, with a small weight, what the judge says (the paper's eq. 3): $\;l = l_\text{content} + 10^{-3}\, l_\text{adv}$.

# %% [markdown] exercise="generator_loss" stars=1 minutes=10
# ### Exercise 8: both together
#
# `generator_loss(content, logits, weight=1e-3)`: `content` is a number that somebody has computed, `logits` (n, 1) are
# what $D$ says of the made pictures. Return content + `weight` · mean of $-\log \sigma(\text{logit})$, one number that
# gradients pass through to both. (The paper adds up over the batch; take the mean.) Logits of −200 and less are
# allowed: the result stays finite and right.

# %% [markdown] hints="generator_loss"
# Lesson 01's non-saturating loss, made small, and added.
# ---
# $-\log \sigma(l) = \log(1 + e^{-l})$, which PyTorch has, safe for large numbers.
# ---
# `F.softplus(-logits)`.


# %% solution="generator_loss"
def generator_loss(content, logits, weight=1e-3):
    """content + weight · mean of −log σ(logits): a tensor of shape ()."""
    ### BEGIN SOLUTION
    return content + weight * F.softplus(-logits).mean()
    ### END SOLUTION


# %% test="generator_loss" points=1

# %% [markdown] exercise="srgan_step" stars=3 minutes=35
# ### Exercise 9: the training step
#
# `srgan_step(G, D, opt_G, opt_D, x, y, content, weight)`: one step of $D$, then one of $G$.
#
# - `x` are small pictures, `y` the large ones they were made of. `G(x)` makes large ones, `D` gives logits (n, 1).
# - $D$ minimizes $\overline{-\log \sigma(D(y))} + \overline{-\log(1 - \sigma(D(G(x))))}$, two means, added.
# - $G$ minimizes what exercise 8 says, with `content(G(x), y)` as its content, a function that returns one number,
#   called **once**, and with the judgment of the $D$ that has just moved. $G$ may be called once or twice.
# - Each player's step leaves the other one as it is, and no gradients of the step before are in it.
# - Return three plain numbers: $D$'s loss, the content, and the mean of $-\log \sigma(D(G(x)))$ *without* its weight,
#   each as it was computed for its player's step.

# %% [markdown] hints="srgan_step"
# Lesson 08's step, without a pair: $D$ sees one picture at a time.
# ---
# $D$'s turn: `zero_grad`, the two softplus means with the made pictures detached, `backward`, `step`. $G$'s turn: the
# same order, with `content(made, y) + weight * …`.
# ---
# `F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()`. In $G$'s turn $D$ collects gradients, too; they do
# no harm, for its next step clears them first.


# %% solution="srgan_step"
def srgan_step(G, D, opt_G, opt_D, x, y, content, weight):
    """One step of D, one of G; returns D's loss, the content and the adversarial loss as numbers."""
    ### BEGIN SOLUTION
    made = G(x)
    d_loss = F.softplus(-D(y)).mean() + F.softplus(D(made.detach())).mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    near = content(made, y)
    fools = F.softplus(-D(made)).mean()
    opt_G.zero_grad()
    (near + weight * fools).backward()
    opt_G.step()
    return d_loss.item(), near.item(), fools.item()
    ### END SOLUTION


# %% test="srgan_step" points=3

# %% [markdown]
# ## 7. Three runs
#
# First by squared pixels alone. From there two networks go on: one with content added, one with content *and* the
# judge. (SRGAN starts from the network of squares, too, to keep out of bad optima; and the judge's first look is then
# not at noise, as the authors of ESRGAN add. SRGAN's content loss stands alone; ours is added to the squared pixels,
# for our ruler is a small network.)


# %% name="judge" demo=true folded="The judge of large pictures, and the ruler"
def judge_of_pictures(width=16):
    """Pictures of 64 × 64 to logits (n, 1), by strided convolutions as in lesson 03."""
    layers, wide = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], (width, 2 * width, 4 * width, 4 * width)
    for a, b in itertools.pairwise(wide):
        layers += [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 4), nn.Flatten())


reader = load_face_reader()
ruler, LAYER, CONTENT, ADVERSARIAL = reader.trunk, 4, 0.1, 1e-3


# %% name="learner" demo=true folded="A generator, its judge, and what it learns from"
class Learner:
    """Squared pixels, and as much content and judgment as is said; it may go on from another generator."""

    def __init__(self, seed=0, start=None, content=0.0, weight=0.0, rate=4e-4, shown=None):
        seed_everything(seed)
        self.G, self.D, self.losses = copy.deepcopy(start) if start else Generator(), judge_of_pictures(), []
        self.amount, self.weight, self.shown = content, weight, shown or (lambda made: made)
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, betas=(0.5, 0.99))
        self.opt_D = torch.optim.Adam(self.D.parameters(), 4e-4, betas=(0.5, 0.99))

    def content(self, made, true):
        """Squared pixels, and the ruler's maps if they count."""
        near = F.mse_loss(made, true)
        return near + self.amount * content_loss(ruler, LAYER, self.shown(made), true) if self.amount else near


# %% name="run" demo=true folded="A run of it, by your step where there is a judge"
class Run(Learner):
    def play(self, steps):
        """So many batches of 16; the rates fall to zero over the last quarter."""
        for k in range(steps):
            for opt in (self.opt_G, self.opt_D):
                opt.param_groups[0]["lr"] = opt.defaults["lr"] * min(1.0, 4 * (1 - k / steps))
            y = to_unit(raw[torch.randint(len(raw), (16,))])
            if self.weight:
                played = self.G, self.D, self.opt_G, self.opt_D, shrunk(y), y, self.content, self.weight
                self.losses.append(srgan_step(*played))
            else:
                loss = self.content(self.G(shrunk(y)), y)
                self.opt_G.zero_grad()
                loss.backward()
                self.opt_G.step()
            yield self
        self.G.eval()


# %% name="run-l2" demo=true folded="Trains by squared pixels"
squares = Run(rate=1e-3)
for _ in each(squares.play(quick(500, 2)), "squared pixels", usual=quick(45, 1), total=quick(500, 2)):
    pass

# %% name="run-content" demo=true folded="Goes on with content"
seen = Run(start=squares.G.train(), content=CONTENT)
for _ in each(seen.play(quick(300, 2)), "content", usual=quick(40, 1), total=quick(300, 2)):
    pass

# %% name="run-gan" demo=true folded="Goes on with content and the judge, by your step"
gan = Run(start=squares.G.train(), content=CONTENT, weight=ADVERSARIAL)
for _ in each(gan.play(quick(500, 2)), "content and a judge", usual=quick(80, 1), total=quick(500, 2)):
    pass
for run in (squares, seen, gan):
    run.G.eval()


# %% name="look" demo=true folded="Draws eight held-out faces by all three"
@torch.no_grad()
def enlarged(G, x):
    """What a network makes of small pictures, a hundred at a time."""
    return torch.cat([G(some) for some in x.split(100)])


answers = {"bicubic": bicubic(x_held), "squares": enlarged(squares.G, x_held)}
answers |= {"content": enlarged(seen.G, x_held), "judge": enlarged(gan.G, x_held)}
small = F.interpolate(x_held[:8], scale_factor=4)
rows = {"16 × 16": small, **{name: made[:8] for name, made in answers.items()}, "true": y_held[:8]}
show(
    draw_rows({name: row.clamp(-1, 1) for name, row in rows.items()}),
    alt="Six rows of eight faces: coarse squares, bicubic, three networks of this section, and the true faces.",
)

# %% [markdown] predict="which_wins"
# Squares alone, or content and a judge: which network has the better PSNR, and whose faces lie nearer to true faces *as
# a crowd*, by the Fréchet distance of the reader's features?
#
# - [ ] the judge's wins both :: It moves edges to places where they are plausible. Squares punish each that is wrong.
# - [ ] squares win both :: Squares were trained for PSNR. As a crowd their faces are all a little blurred.
# - [x] squares win PSNR, and the judge's faces are nearer as a crowd :: Yes. In short runs the second is a close race;
#   the networks that come with the course have run it to the end.
#
# ---
# Both are in the next table, for your runs and for the networks that come with the course. The ruler is a layer of the
# reader that measures the distance, so the table has a second distance, by a network that nobody here learned from.

# %% name="measure" demo=true folded="Measures all, and the networks that come with the course"
from gancourse.metrics import frechet_from_features
from gancourse.metrics.embedding import features
from gancourse.metrics.translation import edge_steepness
from gancourse.models.dcgan import pooled_layers

other = store.load("dcgan_faces_64_judge")["D"]


def second_look(pictures):
    """Pictures by the first layers of lesson 03's discriminator, which no run here has learned from."""
    return pooled_layers(other, ((pictures + 1) * 127.5).round().to(torch.uint8))[:, :288]


found, true_features, true_look = {}, features(held), second_look(y_held)
answers |= {f"{name}, with the course": enlarged(net, x_held) for name, net in shipped.items()}
with working("measuring", usual=quick(12, 1)) as done:
    for k, (name, made) in enumerate(answers.items()):
        made, true = made.clamp(-1, 1), unit(y_held)
        away = frechet_from_features(features(made), true_features), frechet_from_features(second_look(made), true_look)
        found[name] = psnr(unit(made), true).mean(), ssim(unit(made), true).mean(), *away, edge_steepness(made)
        done(k / len(answers))

# %% name="table" demo=true folded="Prints the table"
print(f"{'':24}    PSNR   SSIM   distance   by another   steepness")
for name, row in found.items():
    print(f"{name:24} {row[0]:7.2f} {row[1]:6.3f} {row[2]:10.2f} {row[3]:12.1f} {row[4]:11.3f}")
print(f"{'true':24} {'∞':>7} {1:6.3f} {0:10.2f} {0:12.1f} {edge_steepness(y_held):11.3f}")

# %% name="plane" demo=true folded="Draws the plane of both: nearness to the right, looks upward"
fig = figure(7, 3.2)
(ax,) = axes(fig)
for k, (name, row) in enumerate(found.items()):
    ax.scatter(row[0], row[2], color=PALETTE[k % len(PALETTE)], marker="os"["course" in name], s=60, label=name)
ax.invert_yaxis()
ax.set(xlabel="PSNR (nearer: right)", ylabel="distance (better looks: up)")
ax.legend(fontsize=8)
show(fig, alt="Dots on a plane of PSNR and distance: bicubic, and the networks of your runs and of the course.")

# %% [markdown]
# The same with equal work for all, by `bench.py --only resolved`: the package's networks, 800 steps each, three seeds,
# 500 held-out faces for each (mean, and range over the seeds):
#
# | | PSNR | SSIM | distance | by another |
# |---|---|---|---|---|
# | bicubic | 25.01 (24.93 to 25.08) | 0.697 | 9.37 (8.96 to 9.69) | 319 (315 to 323) |
# | squares | **27.03** (26.98 to 27.06) | **0.792** | 4.02 (3.77 to 4.23) | 96 (95 to 97) |
# | content | 26.94 (26.88 to 26.97) | 0.791 | **2.52** (2.41 to 2.69) | 94 (93 to 94) |
# | content and judge | 25.90 (25.86 to 25.95) | 0.749 | 3.26 (3.24 to 3.29) | **57** (52 to 61) |
#
# Squares have the best PSNR in all three seeds, and beside bicubic and squares the judge's faces are nearest by both
# distances in all three. Look at the content's row, too: it wins the first distance and hardly moves the second. Its
# ruler *is* a layer of the network that measures there. **Whoever learns by a ruler looks good on it**; that is why a
# second one is needed, and why a table that shows one distance alone would have misled us.
#
# The networks that come with the course were trained longer, for 3,000 steps and then 2,000 with the judge (`gancourse
# train super-resolution-64`). On three draws of held-out faces L2 reached 28.3 to 28.4 dB and the GAN 26.9; the
# distances were 2.3 to 2.4 and 2.1 to 2.3, by another network 38 to 41 and 20 to 21. Other real faces have 2.6 to 2.7
# and 14 to 15 there: with enlarged versions of the *same* people a crowd is easily met, and 0 would be the originals.

# %% [markdown]
# **Wipe.** Left of the line is one answer, right of it another, for the same face; the square is what the magnifier at
# the right shows.


# %% name="wipe" demo=true folded="One face by two answers, with a line between them and a magnifier"
WAYS = {"16 × 16 pixels": lambda x: F.interpolate(x, scale_factor=4), "bicubic": bicubic}
WAYS |= {name: net for name, net in shipped.items()} | {"yours, squares": squares.G, "yours, judge": gan.G}


def draw_wipe(fig, left, right, person, line, across, down):
    """Two answers for one face, divided at `line`, and a square of 20 pixels of it; returns the alt text."""
    fig.clear()
    whole, near = axes(fig, 1, 2)
    ends = []
    for name in (left, right):
        with torch.no_grad():
            here = slice(int(person), int(person) + 1)
            made = y_held[here] if name == "true" else WAYS[name](x_held[here])
        ends.append(unit(made)[0].movedim(0, -1))
    cut, top, side = round(line * 64), round(down * 44), round(across * 44)
    picture = torch.cat([ends[0][:, :cut], ends[1][:, cut:]], 1)
    whole.imshow(picture, interpolation="nearest")
    whole.axvline(cut - 0.5, color="white", lw=1)
    whole.plot([side, side + 20, side + 20, side, side], [top, top, top + 20, top + 20, top], color="white", lw=1)
    near.imshow(picture[top : top + 20, side : side + 20], interpolation="nearest")
    for ax, title in ((whole, f"{left} | {right}"), (near, "magnified")):
        ax.set(title=title, xticks=[], yticks=[])
        ax.grid(False)
    return f"Face {int(person)}: {left} left of a line at {line:.2f}, {right} right of it, and a part of it magnified."


# %% name="wipe-panel" demo=true folded="Makes the panel"
names = {name: name for name in (*WAYS, "true")}
people = {str(k): str(k) for k in range(min(20, len(x_held)))}
Sliders(
    draw_wipe,
    {
        "left": Choice("left", names), "right": Choice("right", dict(reversed(names.items()))),
        "person": Choice("person", people), "line": Knob("line", 0, 1, 0.5),
        "across": Knob("magnifier, across", 0, 1, 0.5), "down": Knob("magnifier, down", 0, 1, 0.6),
    }, (8, 4),
)  # fmt: skip

# %% [markdown]
# Three things to try.
#
# 1. *16 × 16 pixels* on the left, *GAN* on the right, and the line in the middle of the face: nothing jumps. The answer
#    fits what was given.
# 2. *GAN* beside *true*, magnified at an eye, then at the mouth. Where are edges sharp and *elsewhere*?
# 3. *L2* beside *GAN* in the hair. One of them has strands. Are they there in the true picture?
#
# **In between.** The GAN's network began as the other one, so their weights can be mixed: $(1 - t)\,\theta_\text{L2} +
# t\,\theta_\text{GAN}$ (Wang and others, 2018, call it network interpolation). Section 4's curve, made of weights:


# %% name="mix" demo=true folded="Mixes the weights of both networks, and measures the mixtures"
def mixed_network(t):
    """(1 − t) of the L2 network's weights and t of the GAN's."""
    net, ends = copy.deepcopy(shipped["L2"]), (shipped["L2"].state_dict(), shipped["GAN"].state_dict())
    net.load_state_dict({k: torch.lerp(v, ends[1][k], t) if v.is_floating_point() else v for k, v in ends[0].items()})
    return net


curve = []
for t in each((0.0, 0.25, 0.5, 0.75, 1.0), "measuring five mixtures", usual=quick(8, 1)):
    made = enlarged(mixed_network(t), x_held).clamp(-1, 1)
    distance = float(frechet_from_features(features(made), true_features))
    curve.append((psnr(unit(made), unit(y_held)).mean().item(), distance))

# %% demo=true folded="Draws the curve"
fig = figure(6, 2.8)
(ax,) = axes(fig)
ax.plot(*zip(*curve, strict=True), "o-", color=JUDGE)
for t, point in zip((0, 0.25, 0.5, 0.75, 1), curve, strict=True):
    ax.annotate(f" t = {t:g}", point, fontsize=8)
ax.invert_yaxis()
ax.set(xlabel="PSNR (nearer: right)", ylabel="distance (better looks: up)")
show(fig, alt="A curve of five points over PSNR and distance, from the L2 network's weights to the GAN's.")

# %% [markdown]
# On three draws of held-out faces the mixture of three quarters had 27.7 dB and a distance of 1.9, where the GAN itself
# had 26.9 and 2.2: nearer *and* better by the first distance. By the second the GAN stayed ahead (21 against 25). The
# half-way mixture gave away a quarter of a decibel beside L2. So a slider at the end of training can be worth more than
# a weight that was chosen before it.

# %% [markdown]
# ## 8. What goes wrong
#
# Two short runs that start from your network of squares. What is wrong with them lies in the package.


# %% name="broken" demo=true folded="Plays a run whose settings lie in the package"
def play_broken(name):
    """Play run A or B, and draw what it makes of eight held-out faces."""
    settings = broken_run("10_super_resolution", name)
    if settings.pop("halved", False):
        settings["shown"] = lambda made: made / 2
    steps, run = quick(200, 2), Run(seed=1, start=squares.G.train(), **{"content": CONTENT, **settings})
    for _ in each(run.play(steps), f"run {name}", usual=quick(30, 1), total=steps):
        pass
    squares.G.eval()
    made = enlarged(run.G, x_held)
    off = (shrunk(made) - x_held).square().mean().sqrt().item()
    near = psnr(unit(made), unit(y_held)).mean().item()
    told = f"PSNR {near:.1f} dB; shrunk again it is {off:.3f} off the small picture"
    rows = {"16 × 16": small, f"run {name}": made[:8].clamp(-1, 1), "true": y_held[:8]}
    show(draw_rows(rows, f"run {name}: {told}"), alt=f"Run {name}: eight small faces, its answers, the true ones.")
    return run


run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: what do you see?
#
# - [ ] blurred faces, as from squares alone :: Look at the edges: there are more of them than in the true pictures.
# - [x] faces full of edges that are in nobody's picture, and that fit the small ones badly :: The second number in the
#   title says it: what it makes is no enlargement any more.
# - [ ] faces that are too bright or too dark :: Not as a whole.
#
# ---
# Its setting: `weight=0.1`, a hundred times too much for the judge. Content is a rounding error beside it.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what is wrong?
#
# - [ ] the judge has won :: There is none in this run.
# - [ ] it is blurred, and that is all :: Look at the colors, too.
# - [x] colors are too strong, as if each had been pushed away from gray :: So the ruler was shown something else than
#   what is drawn here.
#
# ---
# Its settings: `halved=True, content=3`: the ruler gets made pictures at half their contrast and true ones as they are,
# and content counts thirty times as much as in section 7, so that it shows. To look right to the ruler G makes its
# colors stronger. In somebody else's code this is a picture in [0, 1] shown to a network that wants [−1, 1], or a
# normalization that one of the two pictures missed.

# %% [markdown]
# ## 9. Who is it?
#
# A sharp face invites one to recognize it. May one? Here are **line-ups**: eight drawn people who share skin, hair,
# age, mood, pose and light, as people do who are taken for one another. They differ in what makes a face one's own:
# eyes, nose, lips, brows, freckles. One of them was seen by the camera, in 16 × 16 pixels. A witness sees what a
# network makes of that, compares it with each of the eight, pixel by pixel, and points at the nearest.


# %% name="lineups" demo=true folded="Draws line-ups, and answers to what the camera saw"
from gancourse.metrics.lineup import found_first, look_alikes

WAYS_HERE = {"bicubic": bicubic, "L2": shipped["L2"], "GAN": shipped["GAN"]}
with working("drawing line-ups of eight", usual=quick(10, 1)):
    lineups = look_alikes(quick(100, 6))
    eight = to_unit(lineups.flatten(0, 1))
camera = shrunk(eight).unflatten(0, lineups.shape[:2])[:, 0]
with_grain = camera + 0.05 * torch.randn_like(camera)  # about six of 255 gray levels
rows = {"line-up": eight[:8], "16 × 16": F.interpolate(camera[:1], scale_factor=4).expand(8, -1, -1, -1)}
with torch.no_grad():
    rows["GAN's answer"] = shipped["GAN"](camera[:1]).clamp(-1, 1).expand(8, -1, -1, -1)
show(
    draw_rows(rows), alt="Eight faces alike but for small things; below them, eight times, coarse squares, and a face."
)

# %% [markdown] predict="who"
# The first of the eight was seen, without any noise. In how many of 100 line-ups does the witness point at the right
# one by the GAN's answer? (By chance it would be 12 or 13.)
#
# - [ ] in all: the answer is sharp and fits what was seen :: It fits, as other faces would. What was invented points
#   somewhere, too.
# - [x] in about half of them, and one cannot see in which :: Each answer looks like somebody.
# - [ ] in about 12: everything was invented :: Eyes and lips leave traces in 16 × 16 pixels, and networks read some.
#
# ---
# The next cell counts, also with a little noise on what the camera saw, and by another way: it shrinks the *eight*, and
# compares them with the sixteen by sixteen pixels that were measured. No network is asked.

# %% name="who-is-it" demo=true folded="Counts how often the right one is found"
large_eight, small_eight = (p.flatten(1).unflatten(0, lineups.shape[:2]) for p in (eight, shrunk(eight)))
right = {}
with working("asking the witness", usual=quick(6, 1)):
    for title, given in (("as it was", camera), ("with noise", with_grain)):
        right["measured pixels", title] = found_first(given.flatten(1), small_eight)
        for name, net in WAYS_HERE.items():
            right[name, title] = found_first(enlarged(net, given).clamp(-1, 1).flatten(1), large_eight)
fig = figure(7, 2.6)
(ax,) = axes(fig)
for k, title in enumerate(("as it was", "with noise")):
    names = [name for name, which in right if which == title]
    ax.bar(
        [i + 0.4 * k - 0.2 for i in range(4)],
        [100 * right[n, title] for n in names],
        0.38,
        color=PALETTE[k],
        label=title,
    )
ax.axhline(100 / 8, color="black", lw=1, ls=":")
ax.set(xticks=range(4), xticklabels=names, ylabel="right, of 100", ylim=(0, 105), title="who of eight was seen")
ax.legend(fontsize=8, title="the camera's picture")
show(
    fig, alt="; ".join(f"{name}, {title}: right in {100 * value:.0f} of 100" for (name, title), value in right.items())
)

# %% [markdown]
# With three draws of 200 line-ups (`bench.py --only who`) the GAN's answers pointed at the right one in 49 to 51 of
# 100, the L2 network's in 50, and the bicubic picture in 18 to 22. With noise of about six gray levels, less than many
# a camera has, the GAN's came to 31 to 39. **Sharp answers were no better than the L2 network's blurred ones**, and in
# every second line-up they showed a sharp picture that was most like somebody else.
#
# And the measured pixels? Compared at their own size, without any network, they found the right one in 100 of 100, and
# with noise in 92 to 97. All that the camera knew was in them. A network can add nothing to that; what it adds is what
# faces *mostly* look like, and that is the same for all eight. So if the question is who somebody is, shrink the
# suspects, and not enlarge the evidence: and say how many others would fit as well. (In life light, pose and lens
# differ, too, and this does not work so well. That makes the other way no better.)
#
# PULSE (Menon and others, 2020), which searches a large face generator for faces that fit, was put on the web as a
# "depixelizer", and people tried it. It made white faces out of small pictures of others. Its authors answered that the
# bias is likely that of the data, that it makes imaginary faces of people who do not exist, and that it will not help
# to identify anybody.

# %% [markdown] exercise="who_is_it" stars=2 minutes=20
# ### Exercise 10: an expert's opinion
#
# A newspaper has a picture from a camera above a door, a face of 16 × 16 pixels. It asks you to "enhance" it with your
# network, and to print both pictures: *"The computer has made him visible."* Write what you answer, in six to ten
# sentences. (a) Say what the network does, in words a reader understands, and which pixels were in the picture.
# (b) Give two numbers of this lesson, and say what each of them means here. (c) Say whom it harms if the answer is
# wrong, and why the harm does not fall on all alike: think of whom a network has seen often, and whom hardly ever.
# (d) Name one use of super-resolution that you would defend, and why. A teacher reads this answer.

# %% [markdown] answer="who_is_it" points=4
# *(a)* It draws a face that fits the sixteen by sixteen squares: of sixteen pixels one is measured, as a mean, and
# fifteen are invented, from what faces looked like that it was trained on. Other faces fit as well. It shows one of
# them without saying so.
#
# *(b)* For instance: by the sharp answer the witness pointed at the wrong one of eight in about half of all line-ups,
# and the answer looks as sharp when it is wrong; and the measured pixels, compared at their own size, found the right
# one far more often. Or: by PSNR the sharp picture is further from the truth than the blurred one.
#
# *(c)* It harms whoever looks like the invented face. A network fills in what was frequent in its data. Of groups that
# were rare there it invents faces of other groups, as happened with PULSE in 2020, which made white faces of
# pixelated portraits of others; so errors fall more often on them, and on people who are accused more readily anyway.
#
# *(d)* Enlarging a game's textures, an old film for pleasure, a photograph for print: where nothing is concluded
# from the invented pixels, and it is said that they are invented. Or more looks at the same thing (section 10), where
# pixels are measured.
#
# One point for each part; in (b) both numbers need a meaning, not only a value.

# %% [markdown]
# ## 10. An open challenge
#
# There is an honest way to more pixels: to look again. A camera that has moved by a part of a pixel sees other means.
# Enough of them, put together, say what no single one knows.

# %% [markdown] exercise="look_again" stars=3 minutes=50 challenge=true
# ### Exercise 11: look again
#
# Somewhere is a gray face of 32 × 32 pixels in [0, 1]. `look(down, right)` returns a noisy picture (8, 8) of it, as a
# tensor of doubles. The face is first moved **up by `down` and left by `right` pixels**, whole numbers from 0 to 3 and
# no others, and what leaves on one side comes in on the other (`face.roll((-down, -right), (0, 1))`). Then each pixel
# of the look is the mean of 4 × 4, plus noise from N(0, 0.03²), anew in each look.
#
# `known` (400, 32, 32) are other gray faces, all of them as they are, also doubles. Write `look_again(look, known)`. It
# returns the face, a tensor (32, 32), which is then clipped to [0, 1]. A run asks for ten faces, easy and hard ones,
# and your answer sees each by itself. What it returns has to be better than the same face looked at once, unmoved and
# without noise, with each pixel repeated: by **2.5 dB** of PSNR, on average over the ten. Else the run earns nothing.
#
# What then counts is how often you look at a face, on average over the ten: bronze takes at most **160** looks, silver
# **40**, gold **10**. A run may take 45 seconds for all ten. Graders have other faces.

# %% [markdown] hints="look_again"
# A look is linear: 64 sums of pixels. Many looks are many linear equations for 1,024 unknowns. Which face comes nearest
# to all of them? For bronze go downhill on the squared difference of what was seen and what would be seen, from a first
# look with its pixels repeated, and stop after some tens of steps: at the end you would fit the noise.
# ---
# For silver add what every face has: neighbors are much alike. The best face for $\lVert A y - s\rVert^2 + \lambda
# \lVert \text{differences of neighbors}\rVert^2$ is the solution of one linear system; λ of 0.1 is not bad.
# ---
# For gold use the faces that you know. Treat faces as drawn from a bell curve in 1,024 dimensions, with their mean μ
# and covariance C. Then the best guess of section 4 has a formula: $\mu + C A^\top (A C A^\top + 0.03^2 I)^{-1} (s - A
# \mu)$. A is not needed as a matrix: look at the known faces as you have looked at the hidden one, and A C comes from
# what you see and what they are. And choose shifts that differ.


# %% solution="look_again"
def look_again(look, known):
    """A gray face (32, 32) from few noisy looks (8, 8), given other faces `known` (400, 32, 32)."""
    ### BEGIN SOLUTION
    shifts = [(0, 0), (2, 2), (2, 0), (0, 2), (1, 1), (3, 3), (3, 1), (1, 3), (0, 1)]

    def looked_at(faces):  # (n, 32, 32) as all looks would see them without noise, side by side
        return torch.cat([F.avg_pool2d(faces.roll((-d, -r), (1, 2)), 4).flatten(1) for d, r in shifts], 1)

    seen = torch.cat([torch.as_tensor(look(*shift), dtype=known.dtype).flatten() for shift in shifts])
    mean = known.mean(0, keepdim=True)
    faces, looks = known - mean, looked_at(known - mean)  # their products are C, A C and A C Aᵀ, times n
    spread = looks.T @ looks / len(known) + 0.03**2 * torch.eye(len(seen), dtype=known.dtype)
    weights = looks @ torch.linalg.solve(spread, seen - looked_at(mean)[0]) / len(known)
    return mean[0] + torch.einsum("n,nij->ij", weights, faces)
    ### END SOLUTION


# %% test="look_again" points=3

# %% [markdown]
# Each medal is an idea: to use what was seen; to add what holds for every picture; to add what holds for faces. The
# last one is the mean of all faces that fit, as in section 4, and it has that section's weakness: where the looks say
# little, it draws what faces mostly have. But here the share of what is only assumed can be computed, and it shrinks
# with each look. A network that is given a single look cannot make it smaller.
#
# ## 11. What to take along
#
# - Channels become pixels by moving numbers. The work is done at the small size.
# - Squares want the mean of all pictures that fit. It is nearest, and blurred.
# - An answer that looks like the data costs up to 3 dB: nearness and looks are a trade-off, and a report needs both.
# - Content compares what a network sees. The network rests; gradients pass through it.
# - Sharp is not right. What was not in the sixteen squares was invented, however real it looks.

# %% [markdown] quiz="three_db"
# Somebody's new method has a PSNR 4 dB below the L2 network's, on the same pictures, and claims perfect looks. What
# follows?
#
# - [ ] nothing: looks have their price :: Their price is 3 dB at most, if the L2 network is near the best guess.
# - [x] there is room: perfect looks need not cost more than 3 dB below the best guess :: So something else is lost,
#   too: it may not fit the small picture.
# - [ ] it is better: the lower the PSNR, the better the looks :: Noise has a low PSNR, too.

# %% [markdown] quiz="through"
# In `content_loss` somebody puts *everything* under `torch.no_grad()`, so that the network does not learn. What does G
# learn?
#
# - [ ] the same: G is not in the network :: G's pictures go *through* it, and so must the gradient.
# - [x] nothing from the content: the loss is cut off from G's pictures :: The network's weights are to be held, not the
#   way through it.
# - [ ] the content of the true pictures :: Nothing at all comes back.

# %% [markdown] quiz="mean_psnr"
# For a test set somebody takes the mean squared error over *all* pictures, and turns that into decibels. Beside the
# mean of the pictures' own PSNRs, this is…
#
# - [ ] the same: both are means :: A logarithm stands between them.
# - [x] lower or equal: bad pictures count more :: The logarithm is bent: the mean of logarithms of small errors is
#   further down than the logarithm of their mean.
# - [ ] higher :: The other way around.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 10_super_resolution
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - C. Ledig, L. Theis, F. Huszár and others, *Photo-Realistic Single Image Super-Resolution Using a Generative
#   Adversarial Network*, CVPR 2017, [arXiv:1609.04802](https://arxiv.org/abs/1609.04802): SRResNet and SRGAN.
# - W. Shi, J. Caballero, F. Huszár and others, *Real-Time Single Image and Video Super-Resolution Using an Efficient
#   Sub-Pixel Convolutional Neural Network*, CVPR 2016, [arXiv:1609.05158](https://arxiv.org/abs/1609.05158).
# - J. Johnson, A. Alahi and L. Fei-Fei, *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*, ECCV
#   2016, [arXiv:1603.08155](https://arxiv.org/abs/1603.08155).
# - Y. Blau and T. Michaeli, *The Perception-Distortion Tradeoff*, CVPR 2018,
#   [arXiv:1711.06077](https://arxiv.org/abs/1711.06077).
# - X. Wang, K. Yu, S. Wu and others, *ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks*, 2018,
#   [arXiv:1809.00219](https://arxiv.org/abs/1809.00219): network interpolation.
# - Z. Wang, A. Bovik, H. Sheikh and E. Simoncelli, *Image Quality Assessment: From Error Visibility to Structural
#   Similarity*, IEEE Transactions on Image Processing, 2004.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and Checkerboard Artifacts*, Distill, 2016; A. Aitken and others,
#   *Checkerboard artifact free sub-pixel convolution*, 2017, [arXiv:1707.02937](https://arxiv.org/abs/1707.02937).
# - S. Menon, A. Damian, S. Hu, N. Ravi and C. Rudin, *PULSE: Self-Supervised Photo Upsampling via Latent Space
#   Exploration of Generative Models*, 2020, [arXiv:2003.03808](https://arxiv.org/abs/2003.03808). Read what its authors
#   say of its bias.

# %% demo=true folded="Your own picture: a face by squares, and by your judge"
fig = figure(8, 2.4)
mine = {"16 × 16": small[3:4], "squares": answers["squares"][3:4], "judge": answers["judge"][3:4], "true": y_held[3:4]}
for ax, (title, picture) in zip(axes(fig, 1, 4), mine.items(), strict=True):
    draw_pictures(ax, picture.clamp(-1, 1), 1, title)
keepsake(fig, alt="One face four times: coarse squares, by squares, by the judge, and the true one.", name="my_face")

# %% [markdown] last=true
# ## What you have built
#
# A network that makes sixty-four pixels of sixteen, by blocks and a shuffle that you wrote; two measures of nearness;
# the reason why the nearest answer is blurred; a ruler that looks, and rests; and SRGAN's step. You have seen what the
# judge adds, and said what it invents.
#
# **The same at full scale.**
#
# | | here | SRGAN (2017) |
# |---|---|---|
# | pictures | drawn faces, 16 × 16 to 64 × 64 | crops of 96 × 96 from 350,000 photographs |
# | shrunk by | means of 4 × 4 | a bicubic kernel |
# | $G$ | 3 blocks of 24 channels, beside the bicubic picture | 16 blocks of 64 channels |
# | $D$ | 4 halvings, 16 to 64 channels | 8 layers of 64 to 512 channels |
# | content | pixels, and a layer of the face reader | a layer of VGG19 |
# | weight of the judge | 0.001 | 0.001 |
# | batch | 16 | 16 |
# | steps | 500 by squares, 500 with the judge | 1,000,000 by squares, then 200,000 with the judge |
#
# **Next:** in lesson 11 pixels are missing in one place instead of everywhere.
