# %% [markdown] builds="faces that grow: a pyramid of bands, and networks that learn from 4 pixels up" hours=4 stars=3
# # 13 · From coarse to fine
#
# A face at 32 × 32 pixels is 3,072 numbers that have to fit together. At 4 × 4 it is 48. This lesson builds pictures
# the way a painter does: first where is light and dark, then the shapes, then the edges. First with one small
# generator for each size, then with a single pair of networks that grows while it learns.
#
# **You will be able to**
#
# - take pictures apart into a Laplacian pyramid, and put them together without losing a bit;
# - write the generator of one band, and paint a picture band by band;
# - grow two networks while they play, with a fade-in that is exact at both ends;
# - derive why a layer's scale belongs to run time, and write that layer;
# - write pixel normalization, the spread within groups, and the training step that they serve;
# - recognize a run whose growing went wrong.
#
# **Time:** about four hours with the challenge, of which the machine works about eight minutes. No GPU is needed.
# **Builds on:** lesson 03 (convolutional networks), lesson 06 (Wasserstein critics and their penalty).

# %% [markdown]
# ![Two drawn faces, each four times: at 4, 8, 16 and 32 pixels. Below each size, the details that it adds to the one
# before.](images/pyramid.png)
#
# *What this lesson is about: faces at four sizes. Below them the details that each size adds to the one before. Both
# families of this lesson learn these details one size after the other.*

# %% name="setup"
import copy
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, data, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.sheets import draw_pictures
from gancourse.widgets.knobs import Knob
from gancourse.widgets.sliders import Sliders

check = public("13_progressive")
choose_threads()
seed_everything(0)

# %% [markdown]
# The drawn faces once more. For photographs set `DATA = "celeba"`. Nothing else changes, with one exception: the judge
# of section 6 has seen drawn faces only, so its distance says little about photographs. Judge those by eye.

# %% name="load" demo=true folded="Loads the faces, and draws batches of any of the four sizes"
DATA = "faces"  # or "celeba", for photographs
SIZES = (4, 8, 16, 32)
raw = data.load(DATA, size=32, attributes=[], n=quick(8_000, 400))
TRAINED = len(raw) * 3 // 4  # the others are for looking
by_size = {32: raw.pixels}
for size in (16, 8, 4):
    by_size[size] = F.avg_pool2d(by_size[2 * size].float(), 2)


def real_batch(size, n=16):
    """n pictures of this size in [−1, 1], drawn at random."""
    return to_unit(by_size[size][torch.randint(TRAINED, (n,))])


# %% [markdown]
# ## 1. A pyramid
#
# Halve a picture: each 2 × 2 pixels become one, their mean. Enlarge it again: each pixel becomes 2 × 2 of the same
# value. What was lost is the difference, and if you keep it nothing was lost. Burt and Adelson (1983) did that again
# and again. With $d$ for halving and $u$ for enlarging,
#
# $$I_{k+1} = d(I_k), \qquad h_k = I_k - u(I_{k+1}),$$
#
# and a picture is its coarsest copy and all bands: $(I_K, h_{K-1}, \dots, h_0)$. Backwards, $I_k = u(I_{k+1}) + h_k$.
# (They blur with a bell curve before they drop pixels, and so does LAPGAN. Any $d$ and $u$ will do for the inverse to
# be exact; ours are the simplest, and those by which networks grow in section 3.)

# %% [markdown] exercise="pyramid" stars=1 minutes=20
# ### Exercise 1: apart and together
#
# - `laplacian_pyramid(pictures, levels)`: pictures (n, C, H, W) to a list of `levels` + 1 tensors, **from coarse to
#   fine**: first $I_K$, (n, C, H/2ᴷ, W/2ᴷ), then the bands, the last one (n, C, H, W). With 0 levels the list holds
#   the pictures alone. Pictures need not be square. If H or W cannot be halved that often, raise a `ValueError` whose
#   text names that number of pixels.
# - `from_pyramid(bands)`: such a list to the pictures (n, C, H, W).
#
# Halving takes the mean of 2 × 2 pixels; enlarging makes 2 × 2 equal pixels of each. Gradients pass both ways. The last
# function in the cell is given: the check calls yours through it.

# %% [markdown] hints="pyramid"
# A loop each. One goes down and collects bands, the other goes up and adds them.
# ---
# `F.avg_pool2d(x, 2)` halves, `F.interpolate(x, scale_factor=2)` enlarges as is asked here. The band is the picture
# less its halved and enlarged copy.
# ---
# Down: `small = F.avg_pool2d(x, 2)`, then `bands.insert(0, x - F.interpolate(small, scale_factor=2))`, then
# `x = small`; at the end `x` goes in front. Up: `x = F.interpolate(x, scale_factor=2) + band`.


# %% solution="pyramid"
def laplacian_pyramid(pictures, levels):
    """Pictures (n, C, H, W) to the coarsest copy and `levels` bands, from coarse to fine; or a ValueError."""
    ### BEGIN SOLUTION
    for side in pictures.shape[2:]:
        if side % 2**levels:
            raise ValueError(f"{side} pixels cannot be halved {levels} times")
    bands, x = [], pictures
    for _ in range(levels):
        small = F.avg_pool2d(x, 2)
        bands.insert(0, x - F.interpolate(small, scale_factor=2))
        x = small
    return [x, *bands]
    ### END SOLUTION


def from_pyramid(bands):
    """The coarsest copy and the bands, from coarse to fine, to pictures (n, C, H, W)."""
    ### BEGIN SOLUTION
    x = bands[0]
    for band in bands[1:]:
        x = F.interpolate(x, scale_factor=2) + band
    return x
    ### END SOLUTION


def pyramid(which, *given):
    return {"apart": laplacian_pyramid, "together": from_pyramid}[which](*given)


# %% test="pyramid" points=2

# %% [markdown] predict="where_it_is"
# We take 500 faces apart. Of all that differs from face to face (the variance, summed over pixels), which share lies
# in the 4 × 4 copy alone, with its 48 numbers of 3,072?
#
# - [ ] about 2 %, as many as it has numbers :: Numbers are not equal: neighbors in a picture are alike, and their mean
#   tells most of both.
# - [x] more than half :: Yes: what differs most between pictures is light and dark over large areas.
# - [ ] nearly nothing: a face cannot be recognized at 4 × 4 :: What a person needs to recognize a face, and what most
#   of the numbers are about, are two things.
#
# ---
# See the figure. The finest band has three quarters of all numbers, and the smallest share of the variance.

# %% demo=true folded="Takes faces apart, and draws a face and where the variance lies"
faces = to_unit(raw.pixels[:500])
bands = laplacian_pyramid(faces, 3)
fig = figure(9.5, 2.6)
*parts, bars = axes(fig, 1, 5, width_ratios=(1, 1, 1, 1, 1.6))
for ax, band, size in zip(parts, bands, SIZES, strict=True):
    draw_pictures(ax, band[:4] * (1 if size == 4 else 1.5), 2, f"{'copy' if size == 4 else 'band'}, {size} px")
shares = [band.var(0).mean().item() for band in bands]  # a coarse pixel counts for all that it stands for
bars.barh(range(4), [share / sum(shares) for share in shares], color=[PALETTE[k] for k in range(4)])
bars.set(yticks=range(4), yticklabels=[f"{size} px" for size in SIZES], xlabel="share of the variance")
bars.invert_yaxis()
show(
    fig,
    alt="Four faces taken apart: the copy of 4 pixels, and bands of 8, 16 and 32 pixels. Right: which share of the "
    "variance each has.",
)

# %% [markdown]
# ## 2. One generator for each band
#
# LAPGAN (Denton, Chintala, Szlam and Fergus, 2015) turns the way back into a generator: where $h_k$ would be added, a
# network makes one up. It is a *conditional* GAN, and its condition is the picture so far:
#
# $$\tilde I_k = u(\tilde I_{k+1}) + G_k\bigl(z_k,\, u(\tilde I_{k+1})\bigr).$$
#
# Each pair $(G_k, D_k)$ is trained by itself, on real pictures that were taken apart. $D_k$ sees a picture, with its
# real band or a made one, and the enlarged copy as condition. So it can say whether the details *fit*. Each task is
# small: a band of 16 pixels need not know what a face is, only how such an eye goes on.

# %% [markdown] exercise="one_band" stars=2 minutes=20
# ### Exercise 2: painting a band
#
# - `paint_band(net, coarse, z)`: `coarse` (n, C, h, w) is the picture so far, `z` (n, 1, 2h, 2w) noise, a map of its
#   own. Enlarge the picture as in exercise 1. `net` is called with the enlarged picture and, **behind** its channels,
#   the noise: (n, C + 1, 2h, 2w). What it returns, (n, C, 2h, 2w), is the band. Return the band, and the picture with
#   it.
# - `judge_band(D, band, coarse)`: what `D` says of the picture with this band, with the enlarged `coarse` as its
#   condition **behind** it: D is called with (n, 2C, 2h, 2w).
# - `paint_all(nets, coarse, noises)`: one net after the other, each with its own noise, each on the picture that the
#   one before has painted. Return the list of all pictures, `coarse` first, the largest last.
#
# Gradients pass everywhere. The last function is given, for the check.

# %% [markdown] hints="one_band"
# Three times the same three things: enlarge, join along the channels, add.
# ---
# The net gets `torch.cat([large, z], dim=1)`, and D gets `torch.cat([large + band, large], dim=1)`, where `large` is
# the enlarged picture.
# ---
# `paint_all` starts with `pictures = [coarse]` and appends `paint_band(net, pictures[-1], z)[1]` for each net and its
# noise.


# %% solution="one_band"
def paint_band(net, coarse, z):
    """The band that `net` makes up for `coarse`, and the picture with it, both (n, C, 2h, 2w)."""
    ### BEGIN SOLUTION
    large = F.interpolate(coarse, scale_factor=2)
    band = net(torch.cat([large, z], dim=1))
    return band, large + band
    ### END SOLUTION


def judge_band(D, band, coarse):
    """What D says of the picture with this band, given the enlarged `coarse`."""
    ### BEGIN SOLUTION
    large = F.interpolate(coarse, scale_factor=2)
    return D(torch.cat([large + band, large], dim=1))
    ### END SOLUTION


def paint_all(nets, coarse, noises):
    """All pictures from `coarse` on, one for each net more: a list, the largest last."""
    ### BEGIN SOLUTION
    pictures = [coarse]
    for net, z in zip(nets, noises, strict=True):
        pictures.append(paint_band(net, pictures[-1], z)[1])
    return pictures
    ### END SOLUTION


def one_band(which, *given):
    return {"paint": paint_band, "judge": judge_band, "all": paint_all}[which](*given)


# %% test="one_band" points=2

# %% [markdown]
# Three bands, 8, 16 and 32 pixels, and for each a painter and a judge of four layers. Faces stand in the middle and
# look at us, so both may know *where* they paint: behind the first layer they add a map that they learn. (LAPGAN's
# smallest networks see all pixels at once, and know it from that.) The coarsest picture has only 48 numbers and needs
# no network: we draw it from a bell curve in 48 dimensions with the data's mean and covariance.


# %% name="layers" demo=true folded="Painters and judges: four convolutions each, and a map of where"
class Layers(nn.Module):
    """Four convolutions for pictures of this size; a judge halves it twice."""

    def __init__(self, size, inputs, outputs, judge=False, width=24):
        super().__init__()
        stride, wide = (2, 1) if judge else (1, 2)
        self.first = nn.Conv2d(inputs, width, 3, stride, 1)
        self.middle = nn.Sequential(
            nn.LeakyReLU(0.2), nn.Conv2d(width, width, 3, stride, wide, wide),
            nn.LeakyReLU(0.2), nn.Conv2d(width, width, 3, 1, 1), nn.LeakyReLU(0.2),
        )  # fmt: skip
        self.last = nn.Conv2d(width, outputs, 3, 1, 1)
        if not judge:
            nn.init.zeros_(self.last.weight)  # at first nothing is added
        self.where = nn.Parameter(torch.zeros(width, *[size // 2 if judge else size] * 2))

    def forward(self, x):
        return self.last(self.middle(self.first(x) + self.where))


# %% name="descend" demo=true
def descend(opt, loss):
    """One step down a loss."""
    opt.zero_grad()
    loss.backward()
    opt.step()


# %% name="bands" demo=true folded="The game that a painter and its judge play: lesson 06's relativistic pair, with R1"
from gancourse.games.penalties import R1

painters = {}


def play_band(size, steps):
    """Train a painter of bands of this size against a judge, and keep its average; yields after each step."""
    painter, judge = Layers(size, 4, 3), Layers(size, 6, 1, judge=True)
    painters[size] = copy.deepcopy(painter)
    opts = [torch.optim.Adam(net.parameters(), 1e-3, betas=(0.5, 0.99)) for net in (painter, judge)]
    for step in range(steps):
        for opt in opts:
            opt.param_groups[0]["lr"] = 1e-3 * min(1.0, 3 * (1 - step / steps))
        coarse, band = laplacian_pyramid(real_batch(size), 1)
        made, _ = paint_band(painter, coarse, torch.randn(len(coarse), 1, size, size))
        on_real, on_made = judge_band(judge, band, coarse), judge_band(judge, made.detach(), coarse)
        flat = R1(0.05)(lambda band, coarse=coarse: judge_band(judge, band, coarse).mean((2, 3)), band, made)
        descend(opts[1], F.softplus(on_made - on_real).mean() + flat)
        on_real = judge_band(judge, band, coarse).detach()
        descend(opts[0], F.softplus(on_real - judge_band(judge, made, coarse)).mean())
        with torch.no_grad():
            for mine, now in zip(painters[size].parameters(), painter.parameters(), strict=True):
                mine.lerp_(now, max(0.02, 10 / (11 + step)))
        yield


# %% name="play-bands" demo=true folded="Plays the three games, one after the other"
BAND_STEPS = {8: quick(1000, 2), 16: quick(600, 2), 32: quick(400, 2)}
for size, steps in BAND_STEPS.items():
    for _ in each(play_band(size, steps), f"a band of {size} pixels", usual=quick(25, 1), total=steps):
        pass

# %% [markdown] predict="whose_details"
# Now we paint. First one band, on *real* faces of 16 × 16. Then three bands, one upon the other, on *real* faces of
# 4 × 4. Then three bands on 4 × 4 pictures that are drawn from the bell curve. Each painter was trained on real
# copies of its own size, and nothing else. Where is most lost?
#
# - [x] from one band to three :: Yes. Most of a face has to be made up then, and each painter gets what the one
#   before made up, which is not what it was trained on. Small errors travel upward.
# - [ ] from real to drawn 4 × 4 pictures :: The last two rows are much alike: 48 numbers are well told by their mean
#   and their covariance.
# - [ ] nowhere: every painter was trained on real copies :: And in a chain it is asked about made ones.
#
# ---
# Compare the second row with the third, then the third with the last.

# %% name="paint" demo=true folded="Paints one band on real 16 × 16, three on real and on drawn 4 × 4 pictures"
flat = to_unit(by_size[4][:TRAINED]).flatten(1)
bell = torch.distributions.MultivariateNormal(flat.mean(0), flat.T.cov() + 1e-4 * torch.eye(48))
real4, real16 = (to_unit(by_size[size][TRAINED : TRAINED + 8]) for size in (4, 16))
drawn4 = bell.sample((8,)).reshape(8, 3, 4, 4)
noise_for = [torch.randn(8, 1, size, size) for size in (8, 16, 32)]
with torch.no_grad():
    rows = [paint_band(painters[32], real16, noise_for[-1])[1]]
    rows += [paint_all(painters.values(), coarse, noise_for)[-1] for coarse in (real4, drawn4)]
fig = figure(8, 3.6)
(ax,) = axes(fig)
draw_pictures(ax, torch.cat([to_unit(raw.pixels[TRAINED : TRAINED + 8]), *rows]), 8)
ax.set_yticks([16, 49, 82, 115], ["real", "1 band on real 16 × 16", "3 bands on real 4 × 4", "3 on drawn 4 × 4"])
show(
    fig,
    alt="Four rows of eight faces: real ones, one painted band on 16 × 16 copies, three on 4 × 4 copies, and three on "
    "drawn 4 × 4 pictures.",
)

# %% [markdown]
# Three games of half a minute each make crude bands. On a real face of 16 × 16 they look right but for a fine weave
# in the background. Three of them, one upon the other, give heads with hair and the shadows of eyes and mouths, in
# colors that run: nobody would call them good faces. What more steps do not cure is the chain's weak side: no game
# ever sees a whole face, nobody can take back what a level below has done, and each painter learns on real copies,
# but paints on made ones. The next idea keeps the order from coarse to fine, and gives up the separation.
#
# ## 3. Growing
#
# Karras, Aila, Laine and Lehtinen (2018) take *one* pair of networks. It starts with 4 × 4 pixels. When it has
# learned those, a block is put at the end of $G$ and one at the beginning of $D$, and it goes on with 8 × 8. All
# blocks learn to the end, so a fine level may correct a coarse one, and most of the steps are cheap ones.
#
# A new block knows nothing, and what it would do at once to a well-trained pair is not hard to imagine. So it is
# **faded in**. While $\alpha$ grows from 0 to 1:
#
# - $G$ shows $(1 - \alpha)\,u(\text{old picture}) + \alpha\,(\text{new picture})$. Both come from features by a layer
#   *toRGB*, a 1 × 1 convolution of their own;
# - $D$ lets the picture in both ways: $(1 - \alpha)\,\text{fromRGB}_{\text{old}}(d(x)) + \alpha\,\text{block}(x)$;
# - and real pictures are shown with their finest band weakened to $\alpha$, or $D$ would know the fakes by it.

# %% [markdown] exercise="fading" stars=2 minutes=20
# ### Exercise 3: fading
#
# - `fade_picture(old, new, alpha)`: `old` (n, C, h, w) enlarged as in exercise 1, with the weight 1 − α, and `new`
#   (n, C, 2h, 2w) with the weight α. An α below 0 or above 1 gets a `ValueError` that names it.
# - `fade_features(picture, block, from_rgb, alpha)`: `block(picture)` with the weight α, and `from_rgb` of the halved
#   picture (means of 2 × 2) with the weight 1 − α. `block` and `from_rgb` are networks; both results have one shape.
# - `fade_real(picture, alpha)`: a real picture whose finest band is there by a share of α.
#
# **Both ends are exact**, to the last bit: at α = 0 the result is the old one, at α = 1 the new one, however unlike
# the two are in size. (Why that matters is section 7's subject.) The last function is given, for the check.

# %% [markdown] hints="fading"
# Three weighted sums. Ask at each end: which of the terms is exactly zero?
# ---
# `old + alpha * (new - old)` is right on paper. But where `old` is 30,000 and `new` is 0.1, the difference has
# forgotten the 0.1. `(1 - alpha) * old + alpha * new` is exact at both ends: one weight is 1, the other 0.
# ---
# `fade_real` is `fade_picture` of the halved picture and the picture itself: the coarse part stays in full, because
# $(1 - \alpha)\,u(d(x)) + \alpha\,x = u(d(x)) + \alpha\,(x - u(d(x)))$.


# %% solution="fading"
def fade_picture(old, new, alpha):
    """(1 − α) of old (n, C, h, w), enlarged, and α of new (n, C, 2h, 2w); a ValueError says which α is none."""
    ### BEGIN SOLUTION
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha should be from 0 to 1, and is {alpha}")
    return (1 - alpha) * F.interpolate(old, scale_factor=2) + alpha * new
    ### END SOLUTION


def fade_features(picture, block, from_rgb, alpha):
    """α of block(picture), and 1 − α of from_rgb of the halved picture."""
    ### BEGIN SOLUTION
    return (1 - alpha) * from_rgb(F.avg_pool2d(picture, 2)) + alpha * block(picture)
    ### END SOLUTION


def fade_real(picture, alpha):
    """A picture (n, C, H, W) whose finest band is there by a share of α."""
    ### BEGIN SOLUTION
    return fade_picture(F.avg_pool2d(picture, 2), picture, alpha)
    ### END SOLUTION


def fading(which, *given):
    return {"picture": fade_picture, "features": fade_features, "real": fade_real}[which](*given)


# %% test="fading" points=2

# %% [markdown]
# What $D$ is shown of real faces while a level fades in: drag α. At 0 these are 16 × 16 pixels, at 1 they are 32 ×
# 32.

# %% name="alpha" demo=true folded="Draws real faces whose finest band is there by α"
shown = to_unit(raw.pixels[:12])


def draw_alpha(fig, alpha):
    """Twelve real faces whose finest band is there by α; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    draw_pictures(ax, fade_real(shown, alpha), 6, f"α = {alpha:.2f}")
    return f"Twelve faces whose finest details are there by a share of {alpha:.2f}."


# %% name="panel" demo=true
panel = Sliders(draw_alpha, {"alpha": Knob("α", 0, 1, 0.0)}, size=(7, 2.6))
panel

# %% [markdown]
# ## 4. Layers that learn at one speed
#
# A network that grows has layers of very unlike ages and sizes. He's start keeps their outputs alike: weights are
# drawn with standard deviation $c = \sqrt{2/\text{fan}_{\text{in}}}$. Karras and others draw them from N(0, 1)
# instead, and multiply by $c$ **whenever they are used**. The first outputs are the same. What is different is how
# they learn. Work it out.

# %% [markdown] exercise="equalized_steps" stars=3 minutes=30
# ### Exercise 4: why at run time?
#
# Six short steps; each is checked by itself. A kernel has the shape (outputs, inputs, height, width), `lr` is Adam's
# learning rate, and Adam's small ε may be left out. No gradient is exactly 0.
#
# 1. **He's constant** $c = \sqrt{2/\text{fan}_{\text{in}}}$ of a kernel of this `shape`. $\text{fan}_{\text{in}}$ is
#    how many products are added up in one output.
# 2. **What for?** Inputs have the mean square `m2`, weights are independent draws from N(0, 1), the bias is 0. What
#    is the mean square of an output, in front of any ReLU? (Times $c^2$ this is $2\,m_2$ for every kernel, and a ReLU
#    takes half of it: so nothing grows or fades from layer to layer.)
# 3. **Adam's first step.** With $m = v = 0$ at the start and the bias corrections, $\hat m = g$ and $\hat v = g^2$.
#    By how much does it change each weight, given the gradients `g` (k,)? Shape (k,).
# 4. **Scaled at the start.** The weights of a kernel have the standard deviation $c$. How large is that step (its
#    absolute value) beside $c$? One number: if it is 0.1, ten such steps make a weight a different one.
# 5. **Scaled at run time.** Stored is $\hat w$, used is $w = c\,\hat w$. `g` (k,) is the gradient on what is *used*,
#    $\partial L/\partial w$. What is the gradient on what is *stored*?
# 6. **And its step.** By how much does Adam's first step now change what is *used*? Shape (k,). Beside $c$ this is
#    `lr` for every kernel: all layers learn at one speed.

# %% [markdown] hints="equalized_steps"
# Steps 1 and 2 count products; 3 is a fraction of which little is left; 5 is the chain rule, and 6 puts 3 and 5
# together.
# ---
# An output adds inputs · height · width products, each of mean square $1 \cdot m_2$. In step 3, $g/\sqrt{g^2}$ is the
# sign of $g$. In step 6 $\hat w$ moves by −lr · sign, and what is used is $c$ times as large.
# ---
# 1: `math.sqrt(2 / math.prod(shape[1:]))`. 2: `math.prod(shape[1:]) * m2`. 3: `-lr * g.sign()`. 4: `lr / c`. 5:
# `c * g`. 6: `-lr * c * g.sign()`.


# %% solution="equalized_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def equalized_steps(step, shape=(1, 1, 1, 1), m2=0.0, g=NOTHING, lr=0.0):
    """One step, 1 to 6, for a kernel of this shape, inputs of mean square m2, gradients g (k,) and a rate lr.

    Returns:
        steps 1, 2 and 4: a number; steps 3, 5 and 6: shape (k,).
    """
    if step == 1:  # He's constant
        ### BEGIN SOLUTION
        return math.sqrt(2 / math.prod(shape[1:]))
        ### END SOLUTION
    if step == 2:  # the mean square of an output
        ### BEGIN SOLUTION
        return math.prod(shape[1:]) * m2
        ### END SOLUTION
    if step == 3:  # Adam's first step
        ### BEGIN SOLUTION
        return -lr * g.sign()
        ### END SOLUTION
    if step == 4:  # that step beside the weights, scaled at the start
        ### BEGIN SOLUTION
        return lr / equalized_steps(1, shape)
        ### END SOLUTION
    if step == 5:  # the gradient on what is stored
        ### BEGIN SOLUTION
        return equalized_steps(1, shape) * g
        ### END SOLUTION
    if step == 6:  # how far the used weights move, scaled at run time
        ### BEGIN SOLUTION
        return equalized_steps(1, shape) * equalized_steps(3, g=g, lr=lr)
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="equalized_steps" points=3

# %% [markdown] predict="which_layer"
# Scaled at the start, which layer changes fastest under Adam, as a share of its own size?
#
# - [ ] the one with few inputs: it has the largest weights :: Its steps are as long as everybody's, and its weights
#   are large: its share is the smallest.
# - [x] the one with most inputs: its weights are the smallest :: Step 4: $lr/c$ grows with the root of fan-in.
# - [ ] all alike: Adam evens that out :: Adam evens out the *steps*. The weights that they are taken from differ.
#
# ---
# The bars show it: with He's start a wide 3 × 3 layer is rewritten many times as fast as fromRGB. Scaled at run time
# all are alike.

# %% demo=true folded="Moves layers by one step of Adam, both ways, and draws how much was changed"
KERNELS = {"fromRGB, 3 inputs": (16, 3, 1, 1), "16 inputs, 3 × 3": (16, 16, 3, 3), "64 inputs, 3 × 3": (64, 64, 3, 3),
           "512 inputs, 3 × 3": (16, 512, 3, 3)}  # fmt: skip
changed = {"at the start": [], "at run time": []}
for shape in KERNELS.values():
    c = equalized_steps(1, shape)
    for way, (start, scale) in {"at the start": (c, 1.0), "at run time": (1.0, c)}.items():
        weight = nn.Parameter(start * torch.randn(shape))
        opt = torch.optim.Adam([weight], 1e-3)
        before = (scale * weight).detach()
        F.conv2d(torch.randn(4, shape[1], 6, 6), scale * weight).square().mean().backward()
        opt.step()
        changed[way].append((((scale * weight).detach() - before).abs().mean() / before.std()).item())
fig = figure(8, 2.6)
(ax,) = axes(fig)
for k, (way, values) in enumerate(changed.items()):
    ax.barh([row + 0.4 * k for row in range(4)], values, 0.38, color=(FAKE, REAL)[k], label=f"scaled {way}")
ax.set(yticks=[row + 0.2 for row in range(4)], yticklabels=list(KERNELS), xlabel="one step beside the weights' size")
ax.invert_yaxis()
ax.legend(fontsize=9)
show(fig, alt="Bars for four layers: how large one step of Adam is beside their weights, scaled in both ways.")

# %% [markdown] exercise="EqualizedConv" stars=2 minutes=15
# ### Exercise 5: the layer
#
# A class `EqualizedConv(inputs, outputs, kernel_size)`, an `nn.Module`: a convolution that keeps the picture's size
# (stride 1, padding `kernel_size // 2`; kernels are square and of odd size). It has two parameters: the stored
# kernel, drawn from N(0, 1), of the shape (outputs, inputs, kernel_size, kernel_size), and a bias (outputs,), at
# first 0. The kernel is multiplied by $c$ whenever it is used; the bias is used as it is.

# %% [markdown] hints="EqualizedConv"
# `F.conv2d` takes the kernel as an argument: so it can be given one that was just multiplied.
# ---
# In `__init__` two `nn.Parameter`s, and $c = \sqrt{2/(\text{inputs} \cdot \text{kernel\_size}^2)}$ as a plain number.
# In `forward` the product.
# ---
# `F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)`. If you multiply the kernel by
# $c$ in `__init__`, that is He's start again.


# %% solution="EqualizedConv"
class EqualizedConv(nn.Module):
    """A convolution (n, inputs, H, W) to (n, outputs, H, W), scaled at run time."""

    def __init__(self, inputs, outputs, kernel_size):
        super().__init__()
        ### BEGIN SOLUTION
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.c = math.sqrt(2 / (inputs * kernel_size**2))
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return F.conv2d(x, self.c * self.weight, self.bias, padding=self.weight.shape[-1] // 2)
        ### END SOLUTION


# %% test="EqualizedConv" points=2

# %% [markdown]
# ## 5. Two layers without weights
#
# **Pixel normalization.** In a game both players may win by shouting: features grow, on both sides, without end. So $G$
# sets the features of each pixel back to a mean square of 1, behind each convolution and its leaky ReLU:
#
# $$b_{xy} = a_{xy} \Big/ \sqrt{\tfrac1N \textstyle\sum_{j} (a^{j}_{xy})^2 + \varepsilon},
# \qquad \varepsilon = 10^{-8}.$$

# %% [markdown] exercise="pixel_norm" stars=1 minutes=8
# ### Exercise 6: pixel normalization
#
# `pixel_norm(x)` for features (n, C, H, W); noise (n, d) is taken, too, for $G$ begins with it. Dimension 1 is what
# is normalized, ε stands under the root, no mean is taken off, the shape stays.

# %% [markdown] hints="pixel_norm"
# One line: what is divided by the root of a mean.
# ---
# The mean runs over dimension 1 alone, and keeps it, so that it can be divided by.
# ---
# `x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)`


# %% solution="pixel_norm"
def pixel_norm(x):
    """Features (n, C, H, W), or noise (n, d), with a mean square of 1 over dimension 1."""
    ### BEGIN SOLUTION
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)
    ### END SOLUTION


# %% test="pixel_norm" points=1

# %% [markdown]
# **The spread within groups.** A $D$ that sees one picture at a time cannot complain that all of them are alike; lesson
# 02 showed it the spread of its batch. On feature maps it is done like this, at the end of $D$, in small groups, so
# that one constant map tells $D$ how much the pictures of a group differ.

# %% [markdown] exercise="group_std" stars=2 minutes=20
# ### Exercise 7: the spread within groups
#
# `group_std(maps, group=4)`: maps (n, C, H, W) to (n, C + 1, H, W). Groups are neighbors: pictures 0 to group − 1,
# then the next ones. For each feature in each place take the standard deviation over the group: divide by how many
# there are, and add ε = 10⁻⁸ under the root. Average over all features and places to one number, and put an even map
# of it behind the features of every picture of that group.
#
# A batch smaller than `group` is one group. A larger one that cannot be divided gets a `ValueError` that names its
# number of pictures. (The authors' groups are of pictures that are far apart in the batch; in a batch drawn at random
# that is the same.)

# %% [markdown] hints="group_std"
# Give the groups a dimension of their own, and take a deviation along the other half of it.
# ---
# `maps.reshape(n // size, size, -1)` has the groups in front, then the pictures of each, then all features and
# places.
# ---
# `grouped.var(1, correction=0)`, plus ε, root, `mean(1)`: one number for each group. `repeat_interleave(size)` gives
# it to each picture, `[:, None, None, None].expand(n, 1, H, W)` makes the map.


# %% solution="group_std"
def group_std(maps, group=4):
    """Maps (n, C, H, W) and behind them a map of the spread within groups: (n, C + 1, H, W); or a ValueError."""
    ### BEGIN SOLUTION
    n, _, height, width = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"{n} pictures cannot be divided into groups of {size}")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0) + 1e-8).sqrt().mean(1)
    even = spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, height, width)
    return torch.cat([maps, even], dim=1)
    ### END SOLUTION


# %% test="group_std" points=2

# %% [markdown]
# ## 6. The game
#
# Your parts, put together. `grow()` puts a block on both networks and hands back its parameters; somebody has to
# tell the optimizers.

# %% name="widths" demo=true
WIDTHS, LATENT = quick((32, 32, 16, 8), (4, 4, 4, 4)), 64  # channels at 4, 8, 16 and 32 pixels; numbers of noise


def leaky(x):
    return F.leaky_relu(x, 0.2)


# %% name="blocks" demo=true open="how a network grows in code is what the section is about"
class Up(nn.Module):
    def __init__(self, level, conv, norm):
        super().__init__()
        width, self.level, self.norm = WIDTHS[level], level, norm
        self.one = conv(WIDTHS[level - 1], width, 3) if level else conv(LATENT, 16 * width, 1)
        self.two = conv(width, width, 3)

    def forward(self, x):
        x = self.one(F.interpolate(x, scale_factor=2)) if self.level else self.one(x).reshape(len(x), -1, 4, 4)
        return self.norm(leaky(self.two(self.norm(leaky(x)))))


class Down(nn.Module):
    def __init__(self, level, conv):
        super().__init__()
        self.one, self.two = conv(WIDTHS[level], WIDTHS[level], 3), conv(WIDTHS[level], WIDTHS[level - 1], 3)

    def forward(self, x):
        return F.avg_pool2d(leaky(self.two(leaky(self.one(x)))), 2)


# %% name="G" demo=true open="how a network grows in code is what the section is about"
class GrowingG(nn.Module):
    def __init__(self, conv=EqualizedConv, norm=pixel_norm):
        super().__init__()
        self.conv, self.norm, self.blocks, self.to_rgb = conv, norm, nn.ModuleList(), nn.ModuleList()
        self.grow()

    def grow(self):
        level = len(self.blocks)
        self.blocks.append(Up(level, self.conv, self.norm))
        self.to_rgb.append(self.conv(WIDTHS[level], 3, 1))
        return [*self.blocks[-1].parameters(), *self.to_rgb[-1].parameters()]

    def forward(self, z, alpha=1.0):
        x = before = self.blocks[0](self.norm(z)[:, :, None, None])
        for block in self.blocks[1:]:
            before, x = x, block(x)
        new = self.to_rgb[-1](x)
        return new if len(self.blocks) == 1 else fade_picture(self.to_rgb[-2](before), new, alpha)


# %% name="D" demo=true open="how a network grows in code is what the section is about"
class GrowingD(nn.Module):
    def __init__(self, conv=EqualizedConv, spread=group_std):
        super().__init__()
        self.conv, self.spread, width = conv, spread, WIDTHS[0]
        self.end = nn.Sequential(conv(width + 1, width, 3), conv(16 * width, width, 1), conv(width, 1, 1))
        self.blocks, self.from_rgb = nn.ModuleList(), nn.ModuleList([conv(3, width, 1)])

    def grow(self):
        self.blocks.append(Down(len(self.blocks) + 1, self.conv))
        self.from_rgb.append(self.conv(3, WIDTHS[len(self.blocks)], 1))
        return [*self.blocks[-1].parameters(), *self.from_rgb[-1].parameters()]

    def forward(self, picture, alpha=1.0):
        new, *old = (lambda x, layer=layer: leaky(layer(x)) for layer in reversed(self.from_rgb))
        x = fade_features(picture, lambda x: self.blocks[-1](new(x)), old[0], alpha) if old else new(picture)
        for block in reversed(self.blocks[:-1]):
            x = block(x)
        x = leaky(self.end[0](self.spread(x))).flatten(1)[:, :, None, None]
        return self.end[2](leaky(self.end[1](x))).flatten(1)


# %% [markdown] exercise="growing_step" stars=3 minutes=30
# ### Exercise 8: the training step
#
# One step of both players at some α, given the networks `G(z, alpha)` and `D(x, alpha)`, their optimizers, a batch of
# `real` pictures of the newest size (not faded yet), noise `z`, and `mix` (n,), numbers between 0 and 1.
#
# 1. Fade the real pictures: their finest band is there by α (exercise 3). From here on, *real* means these.
# 2. Move $D$ one step down Wasserstein's loss with gradient penalty and drift term,
#    $$\overline{D(\text{fake})} - \overline{D(\text{real})}
#    + 10\;\overline{\bigl(\lVert\nabla D(\hat x)\rVert - 1\bigr)^2}
#    + 0.001\;\overline{D(\text{real})^2}.$$
#    The bars are means over the batch, $\hat x = \text{real} + m\,(\text{fake} - \text{real})$ with each pair's own
#    $m$ from `mix`, and the norm runs over all numbers of a picture. $G$ gets nothing of it.
# 3. Move $G$ one step down $-\overline{D(\text{fake})}$: the fakes of step 2, judged by the $D$ that has just moved.
#
# Every call of either network is told α. Return both losses, $D$'s first, as plain numbers, as they were before each
# player's step. Gradients that an earlier step left must not count. Modes and data stay as they are, and at the end
# all parameters can be trained, as at the start. The penalty alone does not care about a constant added to $D$:
# without the drift term $D$'s outputs wander off.

# %% [markdown] hints="growing_step"
# Lesson 06's step, with α in every call and with faded pictures. Begin with the plain critic, then add the penalty,
# then the drift.
# ---
# For the slope make $\hat x$ a new leaf: `(real + m * (fake - real)).detach().requires_grad_()`, with `m` of shape
# (n, 1, 1, 1). `torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)` is the gradient for all
# pictures at once, and can be differentiated again.
# ---
# `slope = gradient.flatten(1).norm(dim=1)`. Then `d_loss = D(fake.detach(), alpha).mean() - on_real.mean()
# + 10 * (slope - 1).square().mean() + 1e-3 * on_real.square().mean()`; `opt_D.zero_grad()`, `backward()`, `step()`;
# then the same for `-D(fake, alpha).mean()` with `opt_G`.


# %% solution="growing_step"
def growing_step(G, D, opt_G, opt_D, real, z, mix, alpha):
    """One step of D, then one of G, while a level is faded in by alpha, from 0 to 1.

    Real pictures (n, C, H, W), noise z (n, d), shares mix (n,). Returns both losses, D's first, plain numbers.
    """
    ### BEGIN SOLUTION
    coarse = F.interpolate(F.avg_pool2d(real, 2), scale_factor=2)
    real = (1 - alpha) * coarse + alpha * real
    fake = G(z, alpha)
    made = fake.detach()
    on_real = D(real, alpha)
    x_hat = (real + mix[:, None, None, None] * (made - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x_hat, alpha).sum(), x_hat, create_graph=True)
    penalty = 10 * (gradient.flatten(1).norm(dim=1) - 1).square().mean()
    d_loss = D(made, alpha).mean() - on_real.mean() + penalty + 1e-3 * on_real.square().mean()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = -D(fake, alpha).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    return d_loss.item(), g_loss.item()
    ### END SOLUTION


# %% test="growing_step" points=3

# %% [markdown]
# Who grows when? Each level but the first has two phases of equally many steps: one in which α rises from 0 to 1, one
# in which it stays there; the very last phase is five times as long, for that is where the pictures are made that we
# want. All of them are in `Growth`, below, with an average of $G$ as in lesson 03, and with what we want to look at
# later: still noises, what $G$ makes of them, and how far that changes from one step to the next.

# %% name="plan" demo=true
PHASE, LAST = quick((120, 5), (2, 1))  # steps of a phase; how many times as long the last one is
AT_ONCE = {"rate": 16e-3, "batch": 8}  # many small batches and long steps: we have minutes, the paper has days
STILL = torch.randn(8, LATENT)


# %% name="pair" demo=true folded="Two players, their optimizers and an average of G; and what is done when they grow"
class Pair:
    def __init__(self, seed=0, rate=2e-3, told=True, g=None, d=None):
        seed_everything(seed)
        self.G, self.D, self.rate, self.told = GrowingG(**(g or {})), GrowingD(**(d or {})), rate, told
        both = (torch.optim.Adam(net.parameters(), rate, betas=(0.0, 0.99)) for net in (self.G, self.D))
        self.opt_G, self.opt_D = both
        self.average, self.born, self.age = copy.deepcopy(self.G), [self.newest()], 0

    def newest(self):
        """The kernels of the newest block of G, as they are now."""
        return [p.detach().clone() for p in self.G.blocks[-1].parameters() if p.ndim > 1]

    def grow(self):
        """A block for each; the optimizers are told."""
        for net, opt in ((self.G, self.opt_G), (self.D, self.opt_D)):
            added = net.grow()
            if self.told:
                opt.add_param_group({"params": added})
        self.average.blocks.append(copy.deepcopy(self.G.blocks[-1]))
        self.average.to_rgb.append(copy.deepcopy(self.G.to_rgb[-1]))
        self.born.append(self.newest())
        self.age = 0  # the average starts anew: it should not remember what a block was drawn as


# %% name="step" demo=true folded="One step of a pair, by yours; its average; the seconds of the processor that it took"
class Playing(Pair):
    def __init__(self, *given, batch=16, **settings):
        super().__init__(*given, **settings)
        self.batch, self.losses, self.seconds = batch, [], 0.0

    def step(self, alpha, left):
        """A step on a batch of the newest size; `left` is the share of the run that is left."""
        started = time.process_time()
        for group in (*self.opt_G.param_groups, *self.opt_D.param_groups):
            group["lr"] = self.rate * min(1.0, 3 * left + 0.02)
        real = real_batch(4 * 2 ** (len(self.G.blocks) - 1), self.batch)
        z, mix = torch.randn(len(real), LATENT), torch.rand(len(real))
        self.losses.append(growing_step(self.G, self.D, self.opt_G, self.opt_D, real, z, mix, alpha))
        self.age += 1
        kept = min(0.98, self.age / (4 + self.age))
        with torch.no_grad():
            for mine, now in zip(self.average.parameters(), self.G.parameters(), strict=True):
                mine.lerp_(now, 1 - kept)
        self.seconds += time.process_time() - started


# %% name="grown" demo=true folded="For comparison: the full size from the start"
class Grown(Playing):
    def play(self, seconds, levels=4):
        """Steps at full size, until so many seconds of the processor are used."""
        while len(self.G.blocks) < levels:
            self.grow()
        while self.seconds < seconds:
            self.step(1.0, 1 - self.seconds / seconds)
            yield self


# %% name="growth" demo=true folded="The schedule of growing, and what is kept to look at later"
class Growth(Playing):
    def __init__(self, levels=4, phase=PHASE, last=1, ends=(0.0, 1.0), **settings):
        super().__init__(**settings)
        self.levels, self.phase, self.steps = levels, phase, (2 * levels - 2 + last) * phase
        (self.low, self.high), self.film, self.jumps, self.before = ends, [], [], None

    @torch.no_grad()
    def look(self, alpha):
        """Keep what the still noises look like, and how far they have moved since the last step."""
        old, self.before = self.before, self.G(STILL[:4], alpha)
        if old is not None:
            self.jumps.append((self.before - F.interpolate(old, size=self.before.shape[-1])).abs().mean().item())
        if len(self.losses) % max(1, self.phase // 10) == 1 or self.phase < 20:
            self.film.append((alpha, self.average(STILL, alpha)))

    def play(self):
        """A phase at 4 pixels, then two for each further level: one in which α rises, one in which it stays at 1."""
        for k in range(self.steps):
            phase = min(k // self.phase, 2 * self.levels - 2)
            if (phase + 1) // 2 == len(self.G.blocks):
                self.grow()
            alpha = self.low + (self.high - self.low) * (k % self.phase + 1) / self.phase if phase % 2 else 1.0
            self.step(alpha, 1 - k / self.steps)
            self.look(alpha)
            yield self


# %% name="judge" demo=true folded="The reader's distance of generated pictures from real ones, and their spectrum"
from gancourse.metrics import frechet_from_features
from gancourse.metrics.embedding import features

held = to_unit(raw.pixels[TRAINED:][: quick(2000, 100)])
held_features = features(held)


@torch.no_grad()
def generated(G):
    """A thousand pictures of 32 × 32."""
    return torch.cat([G(torch.randn(50, LATENT)) for _ in range(quick(20, 2))]).clamp(-1, 1)


def distance(pictures):
    """Fréchet's, on the face reader's features: comparable within this course only."""
    return float(frechet_from_features(features(pictures), held_features))


def spectrum(pictures):
    """log10 of the power at 1 to 16 waves across the picture, (16,)."""
    power = torch.fft.rfft2(pictures.mean(1)).abs().square().mean(0)
    waves = (torch.fft.fftfreq(32)[:, None] * 32).hypot(torch.fft.rfftfreq(32) * 32).round()
    return torch.stack([power[waves == k].mean() for k in range(1, 17)]).log10()


# %% [markdown] predict="which_first"
# One pair grows from 4 to 32 pixels. Another one, of the same final size, is trained at 32 × 32 from the start, for
# as many seconds of the processor as the first. Which of the two takes more steps?
#
# - [x] the one that grows: its early steps are cheap :: Yes: nearly half of its steps are taken where a step costs a
#   fraction of one at 32 × 32.
# - [ ] the full one: it need not stop to grow :: Growing takes no time worth mentioning.
# - [ ] both as many: a step is a step :: In a step at 4 × 4 one block of each network works, on 16 pixels.
#
# ---
# The printed line counts both.

# %% name="play" demo=true folded="Grows from 4 to 32 pixels, then trains the full size for as long"
growing, full = Growth(**AT_ONCE, last=LAST), Grown(**AT_ONCE)
for _ in each(growing.play(), "growing from 4 to 32 pixels", usual=quick(150, 3), total=growing.steps):
    pass
with working("training at 32 pixels from the start", usual=quick(150, 3)) as done:
    for match in full.play(growing.seconds):
        done(min(1.0, match.seconds / growing.seconds))
print(f"steps: {len(growing.losses)} that grow, {len(full.losses)} at full size")

# %% name="compare" demo=true folded="Draws both pairs' faces, and their spectra"
made = {"grown": generated(growing.average), "full size": generated(full.average)}
fig = figure(10, 3.4)
left, middle, right = axes(fig, 1, 3, width_ratios=(1.2, 1.2, 1.3))
for ax, (name, pictures) in zip((left, middle), made.items(), strict=True):
    draw_pictures(ax, pictures[:24], 6, f"{name}: distance {distance(pictures):.1f}")
for name, pictures, color in (("real", held, REAL), ("grown", made["grown"], FAKE),
                              ("full size", made["full size"], JUDGE)):  # fmt: skip
    right.plot(range(1, 17), spectrum(pictures), color=color, label=name)
right.set(xlabel="waves across the picture", title="power (log10)")
right.legend(fontsize=9)
show(fig, alt="Left and middle: 24 faces of each pair. Right: the power of real and made pictures by waves.")

# %% [markdown]
# Look at both sheets before you look at the numbers. The lower the distance, the nearer to real faces; the spectrum
# says at which sizes a pair has the right amount of detail.
#
# Do not expect that growing wins by much here. A step at full size costs only about six times as much as one at 4 ×
# 4, so there is not much to be saved. With three seeds (`bench.py --only growing`) the pairs that grew took 1,320 steps
# and ended at distances of 36 to 38. Full size took 960 to 1,030 steps in as many seconds and ended at 38 to 79: two
# runs nearly as near, one far off. So growing was ahead in all three, twice by little. With an eighth of this learning
# rate and batches of 16 growing *lost*, with both seeds that we tried: 74 and 84 against 53 and 59, and all four were
# blurs. So the settings decide more than growing does. The sheets have heads with hair and necks, in some of them eyes
# and a mouth, and others that nobody would call a face. The paper reports that growing reaches the same quality two to
# six times as fast, at sizes up to 1,024 pixels, where a step at 4 × 4 costs next to nothing beside one at full size.
#
# Now the film of how it grew. Each frame shows eight still noises, as the average of $G$ drew them.


# %% name="film" demo=true folded="Draws a moment of the growing"
def draw_moment(fig, moment):
    """Eight still noises at this moment; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    alpha, pictures = growing.film[min(int(moment), len(growing.film) - 1)]
    size = pictures.shape[-1]
    title = f"{size} × {size} pixels, α = {alpha:.2f}"
    draw_pictures(ax, F.interpolate(pictures, size=32), 8, title)
    return f"Eight generated faces of {title}."


# %% name="film-panel" demo=true
Sliders(draw_moment, {"moment": Knob("moment", 0, len(growing.film) - 1, 0, whole=True)}, size=(9, 1.6))

# %% [markdown]
# And α once more, on the finished $G$: what its last block adds to what the block before it can draw. The old `to_rgb`
# has not learned since it was faded out, so at small α colors may be off.


# %% name="alpha-of-g" demo=true folded="Draws what the finished generator makes at any α"
def draw_g(fig, alpha):
    """Eight generated faces with the last block faded in by α; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    with torch.no_grad():
        draw_pictures(ax, growing.average(STILL, alpha), 8, f"α = {alpha:.2f}")
    return f"Eight generated faces whose last block is faded in by {alpha:.2f}."


# %% name="g-panel" demo=true
Sliders(draw_g, {"alpha": Knob("α", 0, 1, 0.5)}, size=(9, 1.6))

# %% [markdown]
# **Once more, to 64 pixels.** The course has a pair that took more than our minutes: `gancourse train
# progressive-faces-64`, 22,000 steps on batches of 16, with up to 64 channels, in an hour of one core. Its distance
# to real faces is 15.7. Lesson 03's DCGAN is at 13.0, after little more than half that time, so growing does not win
# at this size. What it gives is order, and that can be watched. The film shows twelve still noises late in each
# size's training, as the average of $G$ drew them.
#
# ![Twelve generated faces, first as 4 by 4 blocks of color, then with 8, 16, 32 and 64 pixels: heads, then hair, then
# eyes and mouths appear.](images/growing.gif)
#
# The pair that we had before was at 33 after an hour and a half, with more channels. It learned at the paper's rate,
# 0.001, ours learns at 0.01. After 1,000 steps, shared by all sizes, the distances are 35 to 45 with ours and 71 to
# 88 with the paper's, three runs each (`bench.py --only rate`). That is exercise 4 once more: with equalized layers a
# step of Adam changes what is used less than its rate says, so that rate wants to be larger. **If you borrow a
# method, do not borrow its settings for a run a thousand times as long.**
#
# Its blocks are all still there, and so is the `to_rgb` of every size. So the finished $G$ can be asked for a picture
# of any size, and with α for anything between two of them; only at 4 pixels is there nothing to fade. Begin with 8
# pixels and drag α from 0 to 1, then go on to the next size. What does each block add? Look at shapes, not at colors:
# below 64 pixels these are wrong. Each `to_rgb` stopped learning when the next size had faded in, while the blocks
# below it went on learning, so it reads features that have changed since.


# %% name="levels-of-g" demo=true folded="Draws what the course's larger generator makes at any size and α"
larger = store.load("progressive_faces_64")["G"]


def draw_level(fig, level, alpha, noise):
    """Eight faces of one size, whose finest block is there by α; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    larger.level = int(level)
    z = torch.randn(8, larger.latent_dim, generator=torch.Generator().manual_seed(int(noise)))
    with torch.no_grad():
        pictures = larger(z, alpha)
    size = pictures.shape[-1]
    draw_pictures(ax, F.interpolate(pictures, size=64), 8, f"{size} × {size} pixels, α = {alpha:.2f}")
    return f"Eight generated faces of {size} × {size} pixels whose finest block is there by {alpha:.2f}."


# %% name="level-panel" demo=true
knobs = {
    "level": Knob("size 4 · 2^k, k =", 0, 4, 4, whole=True),
    "alpha": Knob("α", 0, 1, 1),
    "noise": Knob("noise", 0, 99, 0, whole=True),
}
Sliders(draw_level, knobs, size=(9, 1.7))

# %% [markdown]
# What do the three tricks bring, each by itself? Karras and others start without them and *add* one after the other
# (table 1 of the paper). At ours `bench.py --only tricks` goes the other way and *takes away* one at a time, up to 16
# pixels and in 20 seconds each, with three seeds. All three together ended at distances of 42 to 54; without pixel norm
# at 49 to 58, without the spread at 47 to 57. So one run differs from the next by as much as these two are worth **at
# this scale**. What they are there for, features that grow without end and samples that all look alike, is a matter of
# hours.
#
# Without the run-time scale the pair ended at 22 to 25, *nearer* by half. Has the trick failed? Think of exercise 4:
# with it a step of Adam moves what is used by $c$ times what it moves without, about a tenth in the 3 × 3 layers. At
# one and the same rate the plain pair simply learns several times as fast, and in 20 seconds that decides. It is the
# rate that was compared, not the trick: each way would have to be given the rate that suits it (lesson 06 says how to
# search fairly). Look at the spread between seeds before you believe an ablation, and at what else has changed with it.
#
# ## 7. What goes wrong
#
# Growing has two mistakes of its own. Below are a good run and two broken ones, from 4 to 16 pixels with short
# phases. Your step plays all three; what was done to A and B lies in the package. Two things are drawn: how far the
# pictures of four still noises jump from each step to the next, and how far the kernels of each block of $G$ have
# moved since they were added, beside their own size.


# %% name="draw-growth" demo=true folded="Plays a short match, and draws its jumps, its blocks and its faces"
def play_growth(title, **settings):
    """Play from 4 to 16 pixels, and draw what there is to see."""
    match = Growth(seed=1, levels=3, phase=quick(60, 2), **settings)
    for _ in each(match.play(), title, usual=quick(20, 1), total=match.steps):
        pass
    fig = figure(10, 2.6)
    jumps, moved, sheet = axes(fig, 1, 3, width_ratios=(1.5, 0.8, 1.6))
    jumps.plot(match.jumps, color=FAKE)
    for k in range(1, 5):
        jumps.axvline(k * match.phase, color="0.7", lw=0.8)
    jumps.set(xlabel="step", title="how far the pictures jump", ylim=(0, 1.1))
    for k, born in enumerate(match.born):
        now = [p.detach() for p in match.G.blocks[k].parameters() if p.ndim > 1]
        far = sum((a - b).norm() for a, b in zip(now, born, strict=True)) / sum(b.norm() for b in born)
        moved.bar(k, far, color=PALETTE[k])
    moved.set(xticks=range(3), xticklabels=["4 px", "8 px", "16 px"], title="blocks have moved")
    with torch.no_grad():
        draw_pictures(sheet, match.G(STILL), 4, title)
    show(fig, alt=f"{title}: jumps from step to step, how far each block has moved, and eight faces.")
    return match


well = play_growth("a run that is well")

# %% demo=true
run_a = play_growth("run A", **broken_run("13_progressive", "A"))

# %% [markdown] quiz="run_a"
# Run A: what is seen?
#
# - [ ] one of the blocks has not moved :: Look at the bars: all of them have.
# - [x] the pictures jump where a block is added, and once more where its fading ends :: Two spikes for each level, at
#   the gray lines. A fade-in that is exact at both ends has none.
# - [ ] the jumps grow without end :: Between the gray lines they are as small as in the good run.
#
# ---
# Its setting: `ends=(0.5, 0.5)`: α is ½ all through the fading, and 1 afterwards. With three seeds the largest jump at
# a gray line was 0.6 to 1.0 in run A, and 0.04 to 0.12 in the good one.

# %% demo=true
run_b = play_growth("run B", **broken_run("13_progressive", "B"))

# %% [markdown] quiz="run_b"
# Run B: what is seen?
#
# - [x] the blocks that were added have not moved at all :: Only the block of 4 pixels has learned. The others are as
#   they were drawn.
# - [ ] the pictures jump at every gray line :: There are no spikes there: the fading is exact.
# - [ ] all blocks have moved less than in the good run :: The first has not.
#
# ---
# Its setting: `told=False`: the optimizers are left as they were when a block is added.

# %% [markdown] exercise="explain_growth" stars=2 minutes=20
# ### Exercise 9: two explanations
#
# For each of the runs A and B write three sentences: the evidence (jumps, blocks, faces), a mistake in one's *own*
# code that would lead to exactly this, and how you would find it. For A: why does it harm more than the moment of the
# jump? For B: the losses go on moving. Who is learning? A teacher reads this answer.

# %% [markdown] answer="explain_growth" points=4
# *A: the fade-in is not exact at its ends.* The pictures jump twice for each level: where the block is added, and where
# its fading ends; in between all is well, and all blocks learn. Mistakes like this: α computed once before the loop, in
# whole numbers, or from the wrong counter; old and new added instead of weighted; another enlargement in $G$ than for
# the real pictures. It harms beyond the moment, because an untrained block is shown to a trained $D$ at half strength
# at once: both networks get large gradients, and unlearn what the coarse levels had. First look: the picture of one
# still noise just before and just after growing: they must be equal to rounding.
#
# *B: the optimizers never hear of the new blocks.* The bars of the new blocks are 0, there are no jumps, and as α
# rises the faces turn into what an untrained block makes of good features. The losses move, because the old blocks go
# on learning behind layers that stay as they were drawn, and $D$'s likewise. Mistakes like this: the optimizer is
# made before `grow()`, and `add_param_group` is missing; or it is made anew of a list of parameters that was kept.
# First look: compare the number of parameters in the optimizer with the network's, or the weights before and after a
# step.
#
# One point for each run's evidence, one for each cause with a way to find it.

# %% [markdown]
# ## 8. An open challenge
#
# Coarse first, details where they are: that is a way to look, too.

# %% [markdown] exercise="fewest_looks" stars=3 minutes=40 challenge=true
# ### Exercise 10: the fewest looks
#
# There is a picture of 32 × 32 gray values between −1 and 1 that you cannot see: large quiet areas, and a few things
# with edges. `look(size, row, column)` tells you two numbers about a square of it: its mean, and its standard
# deviation (divided by how many pixels there are). `size` is 1, 2, 4, 8, 16 or 32, and row and column count squares
# of that size from 0. Every call is counted. Return the picture, (32, 32), each to within a root mean square
# error of **0.17**.
#
# Four pictures are drawn, and the mean number of looks counts. Bronze takes at most **300** looks, silver **220**,
# gold **120**. A run may take 20 seconds; graders' pictures are others.

# %% [markdown] hints="fewest_looks"
# For bronze look at all squares of 2 × 2: 256 looks, whatever there is to see.
# ---
# For silver begin with the whole picture, and look closer only where a square's deviation says that there is
# something to see. For gold ask *where next?* each time: the squares that you know are a list, and one of them costs
# the most.
# ---
# If a square is filled with its mean, its error is exactly its variance times its pixels. So the whole error is known
# without seeing the picture: split the square with the largest share, and stop as soon as the sum allows it. (And the
# last of four quarters need not be looked at: its mean and its variance follow from the other three and the whole.)


# %% solution="fewest_looks"
def fewest_looks(look):
    """A picture (32, 32) that is only known by what `look(size, row, column)` tells: (mean, deviation) of a square."""
    ### BEGIN SOLUTION
    squares = [(32, 0, 0, *look(32, 0, 0))]

    def error(square):
        return square[0] ** 2 * square[4] ** 2

    while sum(map(error, squares)) > 0.168**2 * 32**2:
        worst = max(squares, key=error)
        squares.remove(worst)
        size, row, column, mean, std = worst
        half, rest, power = size // 2, 4 * mean, 4 * (mean**2 + std**2)
        for k in range(3):
            r, c = 2 * row + k // 2, 2 * column + k % 2
            m, s = look(half, r, c)
            rest, power = rest - m, power - m**2 - s**2
            squares.append((half, r, c, m, s))
        squares.append((half, 2 * row + 1, 2 * column + 1, rest, max(power - rest**2, 0) ** 0.5))
    picture = torch.zeros(32, 32)
    for size, row, column, mean, _ in squares:
        picture[row * size : (row + 1) * size, column * size : (column + 1) * size] = mean
    return picture
    ### END SOLUTION


# %% test="fewest_looks" points=3

# %% [markdown]
# Each medal is an idea: a grid; a pyramid that is cut off where nothing is; and a pyramid that grows where it is
# worth most. Growing networks spend their steps in the same way, though on levels and not on places.

# %% [markdown]
# ## 9. What to take along
#
# - A pyramid loses nothing: the coarse copy and the details are the picture, and the inverse is exact.
# - Small conditional games are easy to win. A chain of them hands its errors upward.
# - Growing keeps the order and drops the separation. A fade-in is exact at both ends, or it is a jump.
# - He's constant at run time: all layers move by the same share of themselves under Adam.
# - What is added to a network has to be added to its optimizer.

# %% [markdown] quiz="scale_sgd"
# With plain gradient descent instead of Adam, what does the scale at run time do to a step on what is *used*?
#
# - [ ] nothing: the network is the same function :: The function is the same, and its gradient on what is stored is
#   not.
# - [x] it has the factor $c^2$: once by the chain rule, once where $\hat w$ is used :: Yes. Adam divides the first of
#   the two away.
# - [ ] it has the factor $c$ :: That is Adam's. Plain descent keeps the gradient's own $c$, too.

# %% [markdown] quiz="drift"
# Suppose arithmetic were exact. What would be lost without the drift term?
#
# - [ ] the critic's estimate of the distance :: The estimate is a difference of means: a constant cancels.
# - [x] nothing that the players notice: a constant added to $D$ changes neither loss's gradient :: So nothing holds
#   $D$'s outputs near 0 either, and in half precision they would be lost one day.
# - [ ] the gradient penalty's effect :: The slope of $D$ plus a constant is that of $D$.

# %% [markdown] quiz="who_sees_what"
# Why are real pictures faded, too?
#
# - [ ] because $D$ takes pictures of one size only :: They have the new size with any α.
# - [x] because a fake at small α has next to no fine details, and $D$ would know real pictures by theirs :: Then $G$
#   would be punished for what it cannot draw yet.
# - [ ] to save time :: It costs a little.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 13_progressive
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - T. Karras, T. Aila, S. Laine and J. Lehtinen, *Progressive Growing of GANs for Improved Quality, Stability, and
#   Variation*, ICLR 2018, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196): growing in section 2, the spread in
#   3, both normalizations in 4, the ablation in table 1.
# - E. Denton, S. Chintala, A. Szlam and R. Fergus, *Deep Generative Image Models using a Laplacian Pyramid of
#   Adversarial Networks*, NeurIPS 2015, [arXiv:1506.05751](https://arxiv.org/abs/1506.05751).
# - P. Burt and E. Adelson, *The Laplacian Pyramid as a Compact Image Code*, IEEE Transactions on Communications,
#   1983.
# - K. He, X. Zhang, S. Ren and J. Sun, *Delving Deep into Rectifiers*, ICCV 2015,
#   [arXiv:1502.01852](https://arxiv.org/abs/1502.01852): the constant.
# - I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin and A. Courville, *Improved Training of Wasserstein GANs*,
#   NeurIPS 2017, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028): the penalty.

# %% demo=true folded="Your own picture: eight noises, from 4 pixels up"
by_side = {pictures.shape[-1]: pictures for _, pictures in growing.film}
fig = figure(8, 4.2)
(ax,) = axes(fig)
draw_pictures(
    ax, torch.cat([F.interpolate(pictures, size=32) for pictures in by_side.values()]), 8, "eight noises grow"
)
keepsake(fig, alt="Eight generated faces in rows of 4, 8, 16 and 32 pixels.", name="my_growing_faces")

# %% [markdown] last=true
# ## What you have built
#
# A pyramid that loses nothing, painters that fill its bands, and two networks that grow while they play, with layers
# that all learn at one speed. The derivation says why; the broken runs show what happens otherwise.
#
# **The same at full scale.** Karras and others (2018):
#
# | | here | in the paper |
# |---|---|---|
# | data | drawn faces, 4 to 32 pixels | CelebA-HQ, 4 to 1,024 pixels |
# | widths | 32 channels down to 8 | 512 down to 16 |
# | a phase | 120 batches of 8, the last one 600 | 800,000 pictures |
# | batch | 8 at every size | 16 up to 128 × 128, then 14, 6 and 3 |
# | learning rate | 0.016 | 0.001 |
# | average of $G$ | over about 50 steps | over about 1,000 |
# | machine | one core, minutes | eight GPUs, four days |
#
# **Next:** the same generator, told at every level what style to draw in: StyleGAN.
