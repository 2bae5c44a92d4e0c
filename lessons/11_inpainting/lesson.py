# %% [markdown] builds="holes are filled: a brush, dilated blocks, a judge with two heads, inventions" hours=4 stars=2
# # 11 · Filling holes
#
# A part of a picture is missing. Something has to be there, and what stands around it says a part of what. The rest
# is made up. In this lesson a network fills holes that a brush has painted, two judges on one trunk look at what it
# fills in, and in the end you erase a part of a face with the mouse, and ask what the filling has to do with the truth.
#
# **You will be able to**
#
# - put a filling into a picture so that no known pixel changes, not by a bit;
# - paint holes of any form and of a given share;
# - say what a stack of dilated convolutions sees, and which pixels it skips;
# - derive what L1 alone fills in, what a judge asks for, and why both are weighed together;
# - build a discriminator with two heads that shares its trunk, and write the training step of both players;
# - measure what was hidden against what was invented, and say what follows.
#
# **Time:** about four hours with the challenge, of which the machine works about five minutes. No GPU is needed.
# **Builds on:** lesson 08 (L1 and a judge of patches), lesson 10 (several answers that all fit).

# %% [markdown]
# ![Five rows of eight small faces: with holes, then three rows of fillings, and the whole
# faces.](images/faces.png)
#
# *Eight held-out faces of 64 × 64 pixels. From the top: with a hole, filled from around it, by two networks, and as
# they were.*

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
from gancourse.plots import axes, figure
from gancourse.sheets import draw_pictures, draw_rows
from gancourse.training.filling import band_masks
from gancourse.widgets import Canvas

check = public("11_inpainting")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Something has to be there
#
# What we learn from costs nothing: take any picture, hide a part, and you know what was there. Pathak and others (2016)
# trained a *context encoder* that way. For photographs set `DATA = "celeba"`: the runs of section 7 then learn from
# photographs. The networks that come with the course, and what measures factors, know drawn faces only.

# %% name="load" demo=true folded="Loads faces to learn from, held-out ones, and large ones with their factors"
DATA = "faces"  # or "celeba", for photographs
seen_by_nobody = quick(400, 32)
if DATA == "faces":
    raw = data.load(DATA, size=32, attributes=[], n=quick(4000, 120)).pixels
    held = data.load(DATA, size=32, split="test", attributes=[], n=seen_by_nobody).pixels
else:
    everybody = data.load(DATA, size=32, attributes=[], n=quick(3000, 160)).pixels
    held, raw = everybody[:seen_by_nobody], everybody[seen_by_nobody:]
y_held = to_unit(held)
large = data.load("faces", size=64, split="test", attributes=["glasses", "hat", "smile"], n=quick(500, 36))
y_large = to_unit(large.pixels)
shipped = store.load("inpainting_64")


# %% name="from-around" demo=true folded="Fills from around, without a network, and hides the eyes of one face"
def from_around(pictures, masks, rounds=200):
    """Each pixel of the hole becomes the mean of its four neighbors, again and again, from the known pixels' mean."""
    known = torch.where(masks > 0, 0.0, pictures).sum((2, 3), keepdim=True) / (1 - masks).sum((2, 3), keepdim=True)
    now = torch.where(masks > 0, known, pictures)
    for _ in range(rounds):
        wide = F.pad(now, (1, 1, 1, 1), mode="replicate")
        four = wide[:, :, :-2, 1:-1], wide[:, :, 2:, 1:-1], wide[:, :, 1:-1, :-2], wide[:, :, 1:-1, 2:]
        now = torch.where(masks > 0, sum(four) / 4, now)
    return now


wears = (large.attributes["glasses"] > 0).nonzero().flatten()
person = y_large[wears[10]][None]
eyes = band_masks("glasses", 1)  # 1 in the hole, (1, 1, 64, 64)

# %% name="opening" demo=true folded="Draws the face, and four fillings"
with torch.no_grad():
    hidden_eyes = torch.cat([torch.where(eyes > 0, 0.0, person), eyes], 1)
    fills = {"A": from_around(person, eyes), "B": shipped["L1"](hidden_eyes), "C": shipped["both"](hidden_eyes)}
five = {"given": torch.where(eyes > 0, 0.0, person)}
five |= {name: torch.where(eyes > 0, made, person) for name, made in fills.items()} | {"D": person}
fig = figure(10, 2.4)
for ax, (name, picture) in zip(axes(fig, 1, 5), five.items(), strict=True):
    draw_pictures(ax, picture, 1, name)
show(fig, alt="One drawn face five times: with a gray band over the eyes, and with four fillings of it, A to D.")

# %% [markdown] predict="least_error"
# D is what was there. Of the other three, which has the smallest mean absolute error in the hole?
#
# - [ ] A: smooth, it can hardly be far off :: It knows nothing of eyes.
# - [x] B: a network that was trained for just this error :: Yes, as a rule: L1 was all that it was told.
# - [ ] C: it looks most like a face :: Like *a* face. What it draws is not where the truth is, and costs.
#
# ---
# The next cell prints the errors of this face. Section 7 measures many, with your own networks.

# %% name="opening-errors" demo=true
for name in "ABC":
    off = ((five[name] - person).abs() * eyes).sum() / (3 * eyes.sum())
    print(f"{name}: mean absolute error in the hole {off:.3f}")

# %% [markdown]
# Look at B and C beside D once more: this person wears glasses. What stands around the hole did not say so, and no
# filling can know. Keep this in mind when a filling looks convincing; section 9 counts it.
#
# ## 2. What stays
#
# A **mask** is 1 in the hole and 0 where the picture is known, of shape (n, 1, H, W): one plane for all three colors.
# (Some papers have it the other way around.) The network draws whole pictures. We take from them what lies in the
# hole; what was known stays as it was.

# %% [markdown] exercise="composited" stars=1 minutes=10
# ### Exercise 1: put it in
#
# `composited(picture, mask, filling)`: pictures (n, 3, H, W), masks (n, 1, H, W) of 0 and 1, fillings (n, 3, H, W).
# Return the filling where the mask is 1 and the picture where it is 0.
#
# - Known pixels come out **to the bit** as they went in, and the filling's pixels in the hole likewise, whatever stands
#   in the other one at that place: networks that blow up make infinity and NaN.
# - Gradients reach the filling's hole, and no other part of it. Change nothing that you are given.

# %% [markdown] hints="composited"
# Mixing by multiplication has two traps: 0 · ∞ is no number, and sums are rounded.
# ---
# Choose, pixel by pixel, from one or the other.
# ---
# `torch.where(condition, where_true, where_false)` repeats the mask's one plane for all colors by itself.


# %% solution="composited"
def composited(picture, mask, filling):
    """The filling where the mask is 1, the picture where it is 0: (n, 3, H, W)."""
    ### BEGIN SOLUTION
    return torch.where(mask > 0, filling, picture)
    ### END SOLUTION


# %% test="composited" points=1

# %% [markdown] exercise="shown_to_G" stars=1 minutes=10
# ### Exercise 2: what the network is shown
#
# `shown_to_G(picture, mask)`: what $G$ gets, (n, 4, H, W). Three channels of the picture, with **0 in the hole**,
# and the mask as the fourth. Nothing of the hidden pixels may come through, not even that one was infinite or NaN;
# known pixels stay as they are.

# %% [markdown] hints="shown_to_G"
# It is gray in the hole, and the fourth channel tells that gray from a gray coat.
# ---
# Choose again, then stack along the channels.
# ---
# `torch.cat([…, mask], 1)`, where the first part is a `torch.where` with `0.0`.


# %% solution="shown_to_G"
def shown_to_G(picture, mask):
    """Pictures with 0 in the hole, and the mask behind them: (n, 4, H, W)."""
    ### BEGIN SOLUTION
    return torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1)
    ### END SOLUTION


# %% test="shown_to_G" points=1

# %% [markdown]
# ## 3. Holes of any form
#
# Which holes should a network learn from? Those that will come. Early work hid a square in the middle, always the same,
# and its networks filled that. Yu and others (2019) paint **free-form** masks: strokes of a brush whose direction
# wanders, much as you would rub a person out of a photograph.

# %% [markdown] exercise="free_form_masks" stars=3 minutes=40
# ### Exercise 3: a brush that wanders
#
# `free_form_masks(n, size, share, seed)`: masks (n, 1, size, size), floats of 0 and 1, 1 in the hole. Sizes are 32 to
# 64, shares 0.1 to 0.4.
#
# - **In each mask** the hole covers `share` of the picture, give or take 0.03.
# - It is painted by a **brush**, 3 to size / 6 pixels wide, square or round, pixel by pixel along its way: no dust and
#   no lines thinner than that (but where the picture's edge cuts the brush off).
# - **Strokes go on**: they are longer than they are wide, straight or in bends. No rectangles, no single round spot, no
#   scattered dabs. In most masks there are several. They begin anywhere, near the edges as well as in the middle, and
#   go in any direction.
# - Masks of one call differ. All chance comes from `seed`: the same seed gives the same masks, another one others.

# %% [markdown] hints="free_form_masks"
# For each mask: as long as too little is hidden, begin a stroke at a random place; at each step turn a little, go one
# pixel, dab.
# ---
# `draw = torch.Generator().manual_seed(seed)`, and `generator=draw` in each draw. Ask after **every dab** whether the
# share is reached: a whole stroke covers too much at once. A brush of size / 8 is small enough.
# ---
# A dab at (row, column): `mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1` with `top =
# int(row) - brush // 2`. The direction is an angle that gets a little `torch.randn` at each step; its sine moves
# the row, its cosine the column.


# %% solution="free_form_masks"
def free_form_masks(n, size, share, seed):
    """Masks (n, 1, size, size), 1 in holes that wandering strokes have painted, each of this share of the picture."""
    ### BEGIN SOLUTION
    draw = torch.Generator().manual_seed(seed)
    masks, brush = torch.zeros(n, 1, size, size), max(3, size // 8)
    for mask in masks[:, 0]:
        while mask.mean() < share:
            row, column, angle = torch.rand(3, generator=draw).mul(torch.tensor([size, size, 2 * math.pi])).tolist()
            for turn in torch.randn(size, generator=draw).mul(0.3).tolist():
                angle += turn
                row, column = row + math.sin(angle), column + math.cos(angle)
                top, left = int(row) - brush // 2, int(column) - brush // 2
                mask[max(0, top) : max(0, top + brush), max(0, left) : max(0, left + brush)] = 1
                if mask.mean() >= share:
                    break
    return masks
    ### END SOLUTION


# %% test="free_form_masks" points=3

# %% [markdown]
# We learn from your strokes, a few hundred masks of four shares, mirrored by chance. Two other shapes are kept for the
# test, and nobody trains on them: a square in the middle, and halves.

# %% name="masks" demo=true folded="Paints a heap of masks, and draws them beside the shapes kept for the test"
heap = torch.cat([free_form_masks(quick(100, 6), 32, share, k) for k, share in enumerate((0.1, 0.2, 0.3, 0.4))])


def test_masks(shape, n, size=32):
    """Held-out strokes, a square, or halves in turn: (n, 1, size, size)."""
    masks = torch.zeros(n, 1, size, size)
    if shape == "strokes":
        return free_form_masks(min(n, 50), size, 0.3, 999).repeat(math.ceil(n / 50), 1, 1, 1)[:n]
    if shape == "square":
        masks[:, :, size // 4 : -size // 4, size // 4 : -size // 4] = 1
    else:
        masks[0::4, :, :, : size // 2], masks[1::4, :, :, size // 2 :] = 1, 1
        masks[2::4, :, : size // 2], masks[3::4, :, size // 2 :] = 1, 1
    return masks


rows = {"to learn from": heap[:: max(1, len(heap) // 10)][:10]}
rows |= {name: test_masks(name, 10) for name in ("square", "halves")}
show(
    draw_rows({name: 2 * row - 1 for name, row in rows.items()}),
    alt="Three rows of ten masks, holes in white: wandering strokes, ten equal squares, and halves of the picture.",
)

# %% [markdown]
# ## 4. To see across the hole
#
# A convolution sees what its kernel covers. In the middle of a large hole a few 3 × 3 kernels cover nothing but hole.
# Lesson 08's remedy was to halve the size again and again, and to bring back by skips where things are; but in a hole a
# skip brings nothing but hole. Yu and Koltun (2016) spread the kernel instead: a **dilated** convolution with dilation
# $d$ takes every $d$-th pixel. It has no more weights than before, and its field is $(k - 1)\, d + 1$ wide.

# %% [markdown] exercise="spread_kernel" stars=1 minutes=12
# ### Exercise 4: a kernel with gaps
#
# A dilated convolution is an ordinary one whose kernel has zeros. `spread_kernel(weight, dilation)`: from a kernel
# (o, i, kh, kw), not always square, to one of (o, i, (kh − 1) · d + 1, (kw − 1) · d + 1). The numbers stand d apart, in
# rows and in columns, with zeros between them and none behind the last. Gradients reach the kernel.

# %% [markdown] hints="spread_kernel"
# Begin with zeros of the new shape, and write the numbers at every d-th place.
# ---
# A slice with a step: `[..., ::d, ::d]`. Zeros that you have just made may be written to.
# ---
# `wide = weight.new_zeros(o, i, (kh - 1) * d + 1, (kw - 1) * d + 1)`, then one assignment.


# %% solution="spread_kernel"
def spread_kernel(weight, dilation):
    """The kernel (o, i, kh, kw) with dilation − 1 zeros between its numbers."""
    ### BEGIN SOLUTION
    o, i, kh, kw = weight.shape
    wide = weight.new_zeros(o, i, (kh - 1) * dilation + 1, (kw - 1) * dilation + 1)
    wide[..., ::dilation, ::dilation] = weight
    return wide
    ### END SOLUTION


# %% test="spread_kernel" points=1

# %% [markdown] exercise="dilated_field" stars=1 minutes=12
# ### Exercise 5: how far it sees
#
# `dilated_field(layers)`: layers are (kernel, stride, dilation), from the picture on. Return how many pixels wide the
# stretch of the picture is, from its first to its last pixel, that one number behind the last layer depends on. An
# int. Without layers it is 1.

# %% [markdown] hints="dilated_field"
# Lesson 08's way: begin with one number, and go back through the layers, the last one first.
# ---
# A dilated kernel is as wide as its spread one: $(k - 1)\, d + 1$. What r numbers see in the layer before is
# $(r - 1) \cdot \text{stride} + (k - 1)\, d + 1$.
# ---
# `for kernel, stride, dilation in reversed(layers): field = (field - 1) * stride + …`


# %% solution="dilated_field"
def dilated_field(layers):
    """The width of the stretch that one number depends on, for layers (kernel, stride, dilation): an int."""
    ### BEGIN SOLUTION
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field
    ### END SOLUTION


# %% test="dilated_field" points=1

# %% [markdown] predict="equal_dilations"
# Three layers of 3 × 3, each of dilation 2. Their field is 13 pixels wide. On how many of the 13 × 13 pixels does
# one number depend?
#
# - [ ] on all 169 :: Take one dimension: 0, 2 or 4, plus 0, 2 or 4, plus 0, 2 or 4. No odd number comes of that.
# - [x] on 49 :: Yes: on every second row and column, 7 × 7.
# - [ ] on 27, three kernels of 9 :: Kernels do not add up: each place of one is a whole kernel of the one before.
#
# ---
# The next exercise finds them, and the figure below it shows them.

# %% [markdown] exercise="seen_pixels" stars=2 minutes=20
# ### Exercise 6: what it skips
#
# `seen_pixels(layers)`: in one dimension, the pixels of the picture that one number depends on, as a sorted list of
# whole numbers, each once. The leftmost of them is 0. (Weights are taken to be anything but zero.)

# %% [markdown] hints="seen_pixels"
# Go back through the layers with a *set* of places instead of a width. Begin with the set {0}.
# ---
# A number at place $p$ sees, in the layer before, the places $p \cdot \text{stride} + j \cdot d$ for $j$ from 0 to
# $k - 1$.
# ---
# `places = {p * stride + j * dilation for p in places for j in range(kernel)}`, and `sorted` at the end.


# %% solution="seen_pixels"
def seen_pixels(layers):
    """The places, from the leftmost one, 0, that one number depends on: a sorted list of ints."""
    ### BEGIN SOLUTION
    places = {0}
    for kernel, stride, dilation in reversed(layers):
        places = {p * stride + j * dilation for p in places for j in range(kernel)}
    return sorted(places)
    ### END SOLUTION


# %% test="seen_pixels" points=2

# %% name="seen-by-gradient" demo=true folded="Draws where gradients of one number arrive, and what your functions say"
STACKS = {
    "dilations 1, 1, 1, 1": [(3, 1, 1)] * 4, "dilations 2, 2, 2, 2": [(3, 1, 2)] * 4,
    "dilations 1, 2, 4, 8": [(3, 1, d) for d in (1, 2, 4, 8)],
}  # fmt: skip
fig = figure(9, 3.8)
for ax, (name, layers) in zip(axes(fig, 1, 3), STACKS.items(), strict=True):
    x = torch.zeros(1, 1, 33, 33, requires_grad=True)
    h = x
    for kernel, _, d in layers:
        h = F.conv2d(h, torch.ones(1, 1, kernel, kernel), padding=d, dilation=d)
    (arrives,) = torch.autograd.grad(h[0, 0, 16, 16], x)
    ax.imshow(arrives[0, 0] > 0, cmap="gray_r")
    ax.set(title=name, xticks=(), yticks=(), xlabel=f"field {dilated_field(layers)}, {len(seen_pixels(layers))}² seen")
    ax.grid(False)
show(fig, alt="Three squares; black is where the gradient of the middle arrives: a small block, a lattice, almost all.")

# %% [markdown]
# Equal dilations leave a lattice with gaps: neighbors in the result depend on *different* pixels, and nothing makes
# them agree. Pictures show it as a fine checkered pattern, called **gridding**. Dilations that grow from 1 leave no
# gap. All three stacks have the same number of weights.

# %% [markdown] exercise="DilatedBlock" stars=2 minutes=15
# ### Exercise 7: the block
#
# A class `DilatedBlock(channels, dilation)`, an `nn.Module`, from maps (n, channels, h, w) to maps of that shape:
#
# $$x \;\mapsto\; x + \text{conv}(\text{ReLU}(\text{conv}_d(x))).$$
#
# - Both kernels are 3 × 3, with a bias. The first is dilated, the second an ordinary one. Both keep the size, with
#   zeros around the map.
# - Nothing comes behind the sum, nothing is normalized, and x is not changed. Parameters are registered in the order
#   of the formula from the inside, and start as PyTorch sets them.

# %% [markdown] hints="DilatedBlock"
# Lesson 10's block with less in it, and one more number.
# ---
# A kernel of 3 with dilation d is 2d + 1 wide, so it takes d zeros on each side.
# ---
# `nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)`.


# %% solution="DilatedBlock"
class DilatedBlock(nn.Module):
    """Maps (n, channels, h, w): a dilated convolution, ReLU, and an ordinary one, added to what comes in."""

    def __init__(self, channels, dilation):
        super().__init__()
        ### BEGIN SOLUTION
        self.wide = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.close = nn.Conv2d(channels, channels, 3, padding=1)
        ### END SOLUTION

    def forward(self, x):
        """Maps to maps of the same shape."""
        ### BEGIN SOLUTION
        return x + self.close(F.relu(self.wide(x)))
        ### END SOLUTION


# %% test="DilatedBlock" points=2

# %% [markdown]
# Around the blocks stand an encoder that halves the size once, and a decoder. Demir and Unal (2018) have the same order
# with more of everything.


# %% name="generator" open="the generator around your blocks"
class Generator(nn.Module):
    """What `shown_to_G` gives, (n, 4, h, w), to fillings (n, 3, h, w) in [−1, 1]."""

    def __init__(self, width=16, dilations=(1, 2, 4, 8)):
        super().__init__()
        wide = 2 * width
        self.down = nn.Sequential(nn.Conv2d(4, width, 5, 1, 2), nn.ReLU(), nn.Conv2d(width, wide, 4, 2, 1), nn.ReLU())
        self.blocks = nn.Sequential(*[DilatedBlock(wide, d) for d in dilations])
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(wide, width, 3, 1, 1), nn.ReLU())
        self.tail = nn.Sequential(nn.Conv2d(width, 3, 3, 1, 1), nn.Tanh())

    def forward(self, given):
        return self.tail(self.up(self.blocks(self.down(given))))


# %% [markdown]
# ## 5. What must be guessed
#
# Let us do it once with everything known. There are three kinds of seen halves and four kinds of hidden ones, and a
# table says how often each pair comes. The hidden halves have four pixels each.

# %% [markdown] exercise="fill_guess" stars=3 minutes=40
# ### Exercise 8: three losses, step by step
#
# `fill_guess(step, joint, values, seen, filling, weight)`: `joint` (s, k) are probabilities of seen half (row) and
# hidden half (column), together 1, none of them 0. `values` (k, d) are the hidden halves, d pixels each. `seen` is the
# number of the half that was seen. Each step is checked by itself.
#
# 1. **What may be there**: the probabilities of the k hidden halves, given what was seen, (k,).
# 2. **What squares want**: the filling (d,) of the least expected squared error.
# 3. **What L1 wants**: the filling (d,) of the least expected absolute error. For each pixel that is a median: the
#    **smallest** value among the hidden halves for which it and smaller ones have a probability of at least ½.
# 4. **The expected L1** of the filling `filling` (d,): a mean over the d pixels, by the probabilities of step 1. One
#    number.
# 5. **An honest draw**: one of the halves is put in, drawn by the probabilities of step 1, independently of the truth.
#    Its expected L1, over both. One number.
# 6. **Both together**: only fillings that are one of the k halves pass a perfect judge, and rare ones look odd. Take
#    the half $i$ with the least (expected L1 of half $i$) − `weight` · log $p_i$, and return its number, from 0 on.

# %% [markdown] hints="fill_guess"
# Steps 2 to 6 use step 1. Step 3 is done for each pixel by itself: sort its values, and add up probabilities.
# ---
# $p_i = P(s, i) / \sum_j P(s, j)$. The mean is $\sum_i p_i v_i$. Step 5 is $\sum_i \sum_j p_i\, p_j\, |v_i - v_j|$,
# with the mean over pixels.
# ---
# `ordered, which = values.sort(0)`, then `p[which].cumsum(0) >= 0.5`; the first True of each column is at
# `.int().argmax(0)`, and `ordered.gather(0, …[None])[0]` picks the values. All expected errors of step 6 at once:
# `(values[:, None] - values).abs().mean(2) @ p`.


# %% solution="fill_guess"
def fill_guess(step, joint, values, seen, filling=None, weight=0.0):
    """One step, 1 to 6, for the table `joint` (s, k), the hidden halves `values` (k, d), and the seen half's number."""
    if step == 1:  # what may be there
        ### BEGIN SOLUTION
        return joint[seen] / joint[seen].sum()
        ### END SOLUTION
    if step == 2:  # what squares want
        ### BEGIN SOLUTION
        return fill_guess(1, joint, values, seen) @ values
        ### END SOLUTION
    if step == 3:  # what L1 wants
        ### BEGIN SOLUTION
        ordered, which = values.sort(0)
        enough = fill_guess(1, joint, values, seen)[which].cumsum(0) >= 0.5
        return ordered.gather(0, enough.int().argmax(0)[None])[0]
        ### END SOLUTION
    if step == 4:  # the expected L1 of a filling
        ### BEGIN SOLUTION
        return fill_guess(1, joint, values, seen) @ (values - filling).abs().mean(1)
        ### END SOLUTION
    if step == 5:  # of an honest draw
        ### BEGIN SOLUTION
        p = fill_guess(1, joint, values, seen)
        return p @ (values[:, None] - values).abs().mean(2) @ p
        ### END SOLUTION
    if step == 6:  # both together
        ### BEGIN SOLUTION
        p = fill_guess(1, joint, values, seen)
        return ((values[:, None] - values).abs().mean(2) @ p - weight * p.log()).argmin()
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="fill_guess" points=3

# %% [markdown]
# So squares fill in a mean. L1 fills in a median, **each pixel its own**, and that is no better where it matters: three
# halves with one bright pixel each, in different places, have a median without any bright pixel. Glasses that sit
# a pixel higher or lower, or are not there, are lost that way. A judge has never seen such a half, and refuses it.

# %% name="stripes" demo=true folded="Draws seven halves with a bright pixel, and what each loss fills in"
stripes = torch.eye(7) * 1.6 - 0.8
table = torch.tensor([[0.08, 0.1, 0.12, 0.2, 0.18, 0.17, 0.15]])
wishes = {
    "could be there": stripes, "squares": fill_guess(2, table, stripes, 0)[None],
    "L1": fill_guess(3, table, stripes, 0)[None],
    "a judge and L1": stripes[fill_guess(6, table, stripes, 0, weight=0.1)][None],
}  # fmt: skip
fig = figure(9, 2)
for ax, (name, halves) in zip(axes(fig, 1, 4), wishes.items(), strict=True):
    ax.imshow(halves, cmap="gray", vmin=-1, vmax=1, aspect="auto")
    ax.set(title=name, xticks=(), yticks=())
    ax.grid(False)
show(fig, alt="Seven rows with one bright pixel each, in a diagonal; a row that is dim; a dark row; one bright pixel.")

# %% [markdown]
# Why not the judge alone? It asks for *a* half that could be there, and any will do; L1 holds the filling near what is
# likely here, and gives a direction from the first step on, when everything looks false to the judge. The weight says
# how much error a believable look may cost.
#
# ## 6. Two judges, one trunk
#
# Iizuka and others (2017) let two discriminators judge: one looks at the whole picture, so that a face has one nose,
# the other at the surroundings of the hole. Demir and Unal (2018) take a judge of *patches* for the second, as in
# lesson 08, and let both **share their first layers**. What an edge looks like is learned once, from both.

# %% [markdown] exercise="TwoHeads" stars=3 minutes=30
# ### Exercise 9: two heads
#
# A class `TwoHeads(size, width)`, an `nn.Module`, from pictures (n, 3, size, size) to a tuple of two: the logit of the
# whole (n, 1), and the logits of the patches (n, 1, size / 4, size / 4). `size` can be divided by 8.
#
# - **Trunk**: conv 4 × 4, stride 2, padding 1, from 3 to `width` channels, with bias; LeakyReLU(0.2). Then conv 4 × 4,
#   stride 2, padding 1, to 2 · width, without bias; batch normalization; LeakyReLU(0.2).
# - **Whole**: conv 4 × 4, stride 2, padding 1, to 2 · width, without bias; batch normalization; LeakyReLU(0.2);
#   flatten; a linear layer to one number.
# - **Patch**: conv 3 × 3, padding 1, from the trunk's 2 · width to 1 channel, with bias.
#
# Parameters are registered in this order and start as PyTorch sets them. The trunk **looks once** at each batch: both
# heads get the same maps.

# %% [markdown] hints="TwoHeads"
# Three `nn.Sequential`s, registered one after the other, and three lines in `forward`.
# ---
# The whole's maps have size / 8 pixels on a side when they are flattened: 2 · width · (size / 8)² numbers.
# ---
# `seen = self.trunk(pictures)`, `return self.whole(seen), self.patch(seen)`.


# %% solution="TwoHeads"
class TwoHeads(nn.Module):
    """Pictures (n, 3, size, size) to logits (n, 1) and (n, 1, size / 4, size / 4), by two heads on one trunk."""

    def __init__(self, size=32, width=16):
        super().__init__()
        ### BEGIN SOLUTION
        two = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.LeakyReLU(0.2),
        )  # fmt: skip
        self.whole = nn.Sequential(
            nn.Conv2d(two, two, 4, 2, 1, bias=False), nn.BatchNorm2d(two), nn.LeakyReLU(0.2), nn.Flatten(),
            nn.Linear(two * (size // 8) ** 2, 1),
        )  # fmt: skip
        self.patch = nn.Conv2d(two, 1, 3, padding=1)
        ### END SOLUTION

    def forward(self, pictures):
        """The logit of the whole, and those of the patches."""
        ### BEGIN SOLUTION
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)
        ### END SOLUTION


# %% test="TwoHeads" points=3

# %% name="patch-size" demo=true
print("A patch's logit sees", dilated_field([(4, 2, 1), (4, 2, 1), (3, 1, 1)]), "pixels of 32 in each direction.")

# %% [markdown] exercise="judges_loss" stars=1 minutes=10
# ### Exercise 10: what the judge minimizes
#
# `judges_loss(real, fake)`: `real` and `fake` are what $D$ says of true and of filled pictures, tuples (whole, patches)
# of logits (n, 1) and (n, 1, h, w). Return the sum of **four means**, one number: of $-\log \sigma(\text{real})$ and
# of $-\log(1 - \sigma(\text{fake}))$, for the whole and for the patches, each over all of its own logits. Logits of
# hundreds are allowed. Gradients reach all four.

# %% [markdown] hints="judges_loss"
# Lesson 01's loss, twice.
# ---
# $-\log \sigma(l) = \text{softplus}(-l)$, and $-\log(1 - \sigma(l)) = \text{softplus}(l)$.
# ---
# `sum(F.softplus(-r).mean() + … for r, f in zip(real, fake))`.


# %% solution="judges_loss"
def judges_loss(real, fake):
    """The sum of four means: −log σ of true and −log(1 − σ) of filled pictures, by both heads."""
    ### BEGIN SOLUTION
    return sum(F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake, strict=True))
    ### END SOLUTION


# %% test="judges_loss" points=1

# %% [markdown] exercise="joint_loss" stars=2 minutes=20
# ### Exercise 11: what the filler minimizes
#
# `joint_loss(filling, picture, mask, fake, whole, patch)`: the filling and the true picture (n, 3, H, W), the mask
# (n, 1, H, W), what $D$ says of the filled pictures, a tuple (logits of the whole, logits of the patches), and two
# weights. Return one number, the sum of
#
# - **L1 in the hole**: the mean of $|\text{filling} - \text{picture}|$ over the three colors of all pixels in the holes
#   of the batch, taken together. What the filling has under known pixels does not count: it is thrown away.
# - `whole` · mean of $-\log \sigma$ of the whole's logits, and `patch` · mean of $-\log \sigma$ of the patches'.
#
# Logits of −400 and less are allowed. Fillings are finite, and there is a hole. Gradients reach all three.

# %% [markdown] hints="joint_loss"
# A mean over the hole is a sum over the hole, divided by how many numbers lie in it.
# ---
# The mask has one plane and the pictures have three: the holes hold 3 · mask.sum() numbers.
# ---
# `((filling - picture).abs() * mask).sum() / (3 * mask.sum())`, and twice `F.softplus(-logits).mean()`.


# %% solution="joint_loss"
def joint_loss(filling, picture, mask, fake, whole, patch):
    """L1 in the hole, and −log σ of both heads by their weights: a tensor of shape ()."""
    ### BEGIN SOLUTION
    near = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    return near + whole * F.softplus(-fake[0]).mean() + patch * F.softplus(-fake[1]).mean()
    ### END SOLUTION


# %% test="joint_loss" points=2

# %% [markdown] exercise="inpainting_step" stars=3 minutes=35
# ### Exercise 12: the training step
#
# `inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch)`: one step of $D$, then one of $G$.
#
# - $G$ is given the picture with 0 in the hole and the mask (exercise 2), and makes a filling.
# - $D$ always sees the **composited** picture (exercise 1): the filling in the hole, the true picture around it. It
#   gives a tuple of two, as in exercise 9, and minimizes what exercise 10 says.
# - $G$ minimizes what exercise 11 says, by the judgment of the $D$ that has just moved. $G$ may be called once or
#   twice.
# - Each player's step leaves the other one's parameters as they are, and no gradients of the step before are in it.
#   True and filled pictures go through $D$ one batch after the other.
# - Return four plain numbers: $D$'s loss, L1 in the hole, and the means of $-\log \sigma$ of the whole's and of
#   the patches' logits *without* their weights, each as it was computed for its player's step.

# %% [markdown] hints="inpainting_step"
# Lesson 10's step with other pictures and two judgments.
# ---
# $D$'s turn: `zero_grad`, loss of `D(picture)` and `D(filled.detach())`, `backward`, `step`. $G$'s turn: `fake =
# D(filled)` anew, then the same order.
# ---
# L1 alone is the joint loss with both weights 0: `joint_loss(filling, picture, mask, fake, 0, 0)`.


# %% solution="inpainting_step"
def inpainting_step(G, D, opt_G, opt_D, picture, mask, whole, patch):
    """One step of D, one of G; returns D's loss, L1 in the hole, and both judgments, as numbers."""
    ### BEGIN SOLUTION
    filling = G(torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1))
    filled = torch.where(mask > 0, filling, picture)
    real, fake = D(picture), D(filled.detach())
    parts = [F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(real, fake, strict=True)]
    d_loss = torch.stack(parts).sum()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    near = ((filling - picture).abs() * mask).sum() / (3 * mask.sum())
    judged = [F.softplus(-logits).mean() for logits in D(filled)]
    opt_G.zero_grad()
    (near + whole * judged[0] + patch * judged[1]).backward()
    opt_G.step()
    return d_loss.item(), near.item(), judged[0].item(), judged[1].item()
    ### END SOLUTION


# %% test="inpainting_step" points=3

# %% [markdown]
# Why the composite? A judge who sees the network's whole picture finds it out by the known parts, which the network
# draws a little blurred and which nobody will ever look at; and it cannot see the seam. Now everything around the hole
# is true, and what is left to be found out is the filling and how it goes on.
#
# ## 7. Four runs
#
# First by L1 alone. From there four go on, equally long: by L1 alone, with the judge of the whole, with that of
# patches, with both. (A head that weighs nothing has no influence on $G$; the trunk learns from it all the same.)


# %% name="learner" demo=true folded="A generator, its judge, and holes to learn from"
WHOLE, PATCH = 0.03, 0.03


class Learner:
    """A generator, its judge, and holes to learn from; it may go on from another generator."""

    def __init__(self, seed=0, start=None, whole=0.0, patch=0.0, rate=1e-3, holes=None, seen=lambda mask: mask):
        seed_everything(seed)
        self.G, self.D, self.weights = copy.deepcopy(start) if start else Generator(), TwoHeads(), (whole, patch)
        self.holes, self.seen = heap if holes is None else holes, seen
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, betas=(0.5, 0.99))
        self.opt_D = torch.optim.Adam(self.D.parameters(), 4e-4, betas=(0.5, 0.99))

    def batch(self):
        """Sixteen pictures, and a hole for each, mirrored by chance."""
        masks = self.holes[torch.randint(len(self.holes), (16,))]
        turned = [dim for dim in (2, 3) if torch.rand(()) < 0.5]
        return to_unit(raw[torch.randint(len(raw), (16,))]), masks.flip(turned)


# %% name="run" demo=true folded="A run of it, by your step where a judge weighs something"
class Run(Learner):
    def play(self, steps):
        """So many batches; the rates fall to zero over the last quarter."""
        for k in range(steps):
            for opt in (self.opt_G, self.opt_D):
                opt.param_groups[0]["lr"] = opt.defaults["lr"] * min(1.0, 4 * (1 - k / steps))
            self.one(*self.batch())
            yield self

    def one(self, picture, mask):
        """One batch, by your step, or by L1 alone."""
        if any(self.weights):
            inpainting_step(self.G, self.D, self.opt_G, self.opt_D, picture, mask, *self.weights)
            return
        none = (torch.zeros(1, 1), torch.zeros(1, 1, 1, 1))
        loss = joint_loss(self.G(shown_to_G(picture, mask)), picture, self.seen(mask), none, 0.0, 0.0)
        self.opt_G.zero_grad()
        loss.backward()
        self.opt_G.step()


# %% name="run-L1" demo=true folded="Trains by L1 alone"
first = Run()
for _ in each(first.play(quick(600, 2)), "L1 alone", usual=quick(25, 1), total=quick(600, 2)):
    pass

# %% name="run-judges" demo=true folded="Goes on by L1, with the judge of the whole, with that of patches, with both"
runs = {}
for name, weights in {"L1": (0.0, 0.0), "whole": (WHOLE, 0.0), "patch": (0.0, PATCH), "both": (WHOLE, PATCH)}.items():
    runs[name] = Run(0, first.G, *weights, rate=5e-4)
    for _ in each(runs[name].play(quick(300, 2)), f"going on: {name}", usual=quick(20, 1), total=quick(300, 2)):
        pass


# %% name="look" demo=true folded="Draws eight held-out faces with a square hole, by all four"
@torch.no_grad()
def filled_by(G, pictures, masks):
    """What a network makes of pictures with holes, a hundred at a time."""
    pairs = zip(pictures.split(100), masks.split(100), strict=True)
    return torch.cat([composited(some, holes, G(shown_to_G(some, holes))) for some, holes in pairs])


squares = test_masks("square", len(y_held))
rows = {"given": shown_to_G(y_held, squares)[:8, :3], "from around": from_around(y_held[:8], squares[:8])}
rows |= {name: filled_by(run.G, y_held[:8], squares[:8]) for name, run in runs.items()} | {"true": y_held[:8]}
show(
    draw_rows(rows),
    alt="Seven rows of eight faces: a gray square over each, filled from around, by four networks, and true faces.",
)

# %% [markdown] predict="which_wins"
# Measured on held-out faces and on holes of shapes that nobody trained on: which of the four has the smallest L1 in the
# hole, and which is nearest to true faces *as a crowd*?
#
# - [ ] both judges win both :: They were asked for looks, and pay with nearness.
# - [ ] L1 wins both :: It wins what it was trained for. As a crowd its fillings are all a little smooth.
# - [x] L1 wins L1, and a judged one is nearer as a crowd :: Yes. In runs as short as these the second is a close race.
#
# ---
# The next cell measures both: L1 and PSNR in the hole alone, for pictures in [0, 1] (section 1's errors and your loss
# are of pictures in [−1, 1], twice as large), and the Fréchet distance of the whole pictures, and of what is cut out
# around the hole.

# %% name="measure" demo=true folded="Measures all four, on three shapes of holes"
from gancourse.training.filling import hole_figures

found = {}
ways = {"from around": from_around} | {name: (lambda y, m, G=run.G: filled_by(G, y, m)) for name, run in runs.items()}
with working("measuring", usual=quick(20, 2)) as done:
    for k, (name, shape) in enumerate(itertools.product(ways, ("strokes", "square", "halves"))):
        masks = test_masks(shape, len(y_held))
        found[name, shape] = hole_figures(ways[name](y_held, masks), y_held, masks)
        done(k / 15)
print(f"{'':24} {'L1':>7} {'PSNR':>7} {'whole':>7} {'cut':>7}")
for (name, shape), row in found.items():
    print(f"{name + ', ' + shape:24} {row['L1']:7.3f} {row['PSNR']:7.2f} {row['whole']:7.2f} {row['cut']:7.1f}")

# %% [markdown]
# *Halves* are harder than *strokes*: in the middle of a half the next known pixel is far away.
#
# The same by `bench.py --only judges`: the package's networks, 500 steps by L1 and 250 with what is added, three seeds,
# 500 held-out faces for each (mean, and range over the seeds), with the square that nobody trained on:
#
# | | L1 | PSNR | whole | cut |
# |---|---|---|---|---|
# | from around | 0.109 (0.106 to 0.112) | 16.23 (16.01 to 16.41) | 17.8 (17.3 to 18.7) | 105 (102 to 108) |
# | L1 | **0.095** (0.094 to 0.097) | **17.56** (17.41 to 17.63) | 19.4 (16.8 to 22.7) | 80 (76 to 82) |
# | judge of the whole | 0.097 (0.097 to 0.097) | 17.46 (17.42 to 17.48) | 18.2 (16.6 to 19.4) | **72** (66 to 76) |
# | judge of patches | 0.095 (0.095 to 0.097) | 17.56 (17.42 to 17.63) | 18.9 (16.6 to 22.3) | 79 (76 to 82) |
# | both | 0.097 (0.097 to 0.097) | 17.47 (17.42 to 17.50) | 18.5 (16.7 to 20.2) | **72** (66 to 77) |
#
# Read it soberly. In runs this short the judge of the whole moves the cut and costs a little error; the judge of
# patches moves next to nothing; both are no better than the whole's alone. By the distance of whole pictures the ranges
# overlap. For halves the four hardly differ at all.
#
# Time makes the difference. The networks that come with the course halve the size once more, and had 8,000 steps by L1
# and 4,000 more with both judges, of which each is 16 faces, as here (`gancourse train inpainting-64`, 600 held-out
# faces): with the square the cut went from 238 to 85, whole pictures from 21.3 to 12.0, and the error in the hole from
# 0.077 to 0.085. With halves the cut went from 168 to 61, and the error from 0.077 to 0.079. (L1's network was not
# given 4,000 more steps of L1 beside it, as in your runs; how much of the gain is due to them, this does not say.) So
# the trade of lesson 10 is back: looks cost nearness.
#
# ## 8. What goes wrong
#
# Two short runs by L1 alone. What is wrong with them lies in the package.


# %% name="broken" demo=true folded="Plays a run whose settings lie in the package"
def play_broken(name):
    """Play run A or B, and draw what it makes of held-out faces, with two shapes of holes."""
    settings, more = broken_run("11_inpainting", name), {}
    if settings.get("one_hole"):
        more["holes"] = test_masks("square", 1)
    if settings.get("turned"):
        more["seen"] = lambda mask: 1 - mask
    run, steps = Run(1, **more), quick(250, 2)
    for _ in each(run.play(steps), f"run {name}", usual=quick(18, 1), total=steps):
        pass
    rows = {}
    for shape in ("square", "strokes"):
        masks = test_masks(shape, 8)
        rows[f"given, {shape}"] = shown_to_G(y_held[:8], masks)[:, :3]
        rows[f"run {name}, {shape}"] = filled_by(run.G, y_held[:8], masks)
    show(draw_rows(rows), alt=f"Run {name}: eight faces with square holes, filled; with strokes, filled.")


play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: what do you see?
#
# - [ ] it has learned too little: everything is blurred :: Squares are filled about as well as in section 7.
# - [x] squares get a face's middle, and so do strokes, wherever they lie :: It has learned what belongs into the
#   middle, and nothing about other places.
# - [ ] strokes are filled, squares are not :: Look again.
#
# ---
# Its setting: `one_hole=True`, the square in the middle in every batch. Its masks tell it nothing, for they are all the
# same. A shape kept for the test is what finds this out.

# %% demo=true
play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what is wrong?
#
# - [ ] the judge has won :: There is none in this run.
# - [ ] known pixels have changed :: They are put back to the bit, by your `composited`.
# - [x] the network copies what is known, and what it fills in is gray, like the hole it was shown :: It was never
#   asked about the hole.
#
# ---
# Its setting: `turned=True`: the loss takes the mask for the known pixels. In somebody else's code a mask that is 1
# where the picture is *known* does that. The loss falls quickly all the while, for copying is easy.

# %% [markdown]
# ## 9. What was hidden?
#
# A filling looks right. *Is* it? Drawn faces have exact factors, and the face reader reads them from pixels. So: hide a
# band across the eyes of 64 × 64 faces, fill it, and ask the reader whether this person wears glasses. Likewise a
# band across the top (a hat), and across the mouth (a smile).

# %% [markdown] predict="glasses"
# About 28 in 100 drawn people wear glasses, whatever else they look like. The eyes are hidden and filled in. Compare
# people who wore glasses with people who did not: with whom does the reader find glasses afterwards?
#
# - [ ] clearly more often with those who wore them: the rest of the face gives hints :: All of the glasses was hidden,
#   and nothing else in a drawn face depends on them.
# - [x] about equally often with both :: Yes. What is filled in there does not know whom it is about.
# - [ ] with nobody: no network draws glasses :: L1's hardly ever does. A judge may ask for what looks like some.
#
# ---
# The next cell counts, for all three networks: *found*, with those who wore them; *invented*, with the others; and how
# often the reader agrees with the truth, and *by chance* with somebody else's.

# %% name="hidden-factors" demo=true folded="Hides eyes, top and mouth, and reads what is there afterwards"
from gancourse.training.filling import hidden_factors

truth = large.attributes
with working("hiding and reading", usual=quick(20, 3)) as done:
    for k, (name, G) in enumerate(shipped.items()):
        for factor, row in hidden_factors(lambda y, m, G=G: filled_by(G, y, m), y_large, truth).items():
            print(f"{name:5} {factor:8}", ", ".join(f"{what} {value:.2f}" for what, value in row.items()))
        done(k / 3)

# %% [markdown]
# With three draws of 500 faces (`bench.py --only hidden`) the fillings of both judges showed glasses with 16 to 26 in
# 100 of those who wore some, and with 18 to 21 of those who wore none; L1's with 1 to 7, and with 5 or 6; those of
# *many*, which section 10 is about, with 58 to 65, and with 58 to 64. They agreed with the truth as often as with
# somebody else's: the judges' in 64 to 66 of 100, and in 66. For the smile the correlation with the truth was within
# 0.07 of zero. Hats were found with 54 to 85 of 100 who wore one (L1 and the judges'), and invented with nobody.
#
# A hat changes what can be seen below the band, such as hair and a brim. Of glasses and of a smile nothing was left.
# (*Many* has learned that *something* with strong edges belongs to eyes, and the reader takes it for glasses in more
# than half of the faces.) **How right a filling is depends on what the rest tells about it, and not at all on how real
# it looks.**
#
# The band has to hide *all* of it, or such a count says nothing. Ours once ended five rows higher, and the lower rim of
# many glasses stuck out. While the networks were poor nobody noticed. Better ones did: they found glasses a little more
# often with those who wore some.

# %% [markdown] exercise="what_was_hidden" stars=2 minutes=20
# ### Exercise 13: restored
#
# A museum has a photograph of a crowd from 1911 with a torn corner. A firm "restores" it by a network: there are two
# more people now, sharp, in fitting hats. The museum prints it, without a word. Later a lawyer shows a picture from a
# camera in court, in which a smudge was "cleaned" by the same program: a man holds nothing in his hand. Write your
# opinion, in six to ten sentences. (a) Say what the network does in such a hole, and what it depends on. (b) Give two
# numbers of this lesson, and say what each of them means here. (c) Say whom it harms in each of the two cases, and who
# can notice it. (d) Name what should go with every filled picture, and one use that you would defend. A teacher
# reads this answer.

# %% [markdown] answer="what_was_hidden" points=4
# *(a)* It draws what pictures mostly have at such a place, given what stands around it. What is there depends on the
# pictures that it was trained on and on the surroundings, not on what was in the hole: that is gone.
#
# *(b)* For instance: how often glasses are found in fillings of people who wore some, and of people who wore none. The
# two are about the same, so a filling says nothing about *this* person. Or: how often it agrees with the truth, beside
# how often with somebody else's. Or: the network with the better crowd distance has the larger error in the hole, so
# looks are no sign of being right.
#
# *(c)* The crowd: readers who take two invented people for history, and whoever is later "recognized" in them; nobody
# can notice who has only the print. The court: whoever the filling speaks against, or whose attacker it clears; the
# thing in the hand is lost as glasses are. Both can be noticed only by those who have the original.
#
# *(d)* The original and the mask, kept and shown: which pixels are invented, by which program, when. Defended: removing
# a scratch from a family picture that stays beside the original, a cable from a film, where nothing is concluded from
# the filled place.
#
# One point for each part; in (b) both numbers need a meaning, not only a value.

# %% [markdown]
# ## 10. Other fillings
#
# Our networks give one filling. Section 5 says that an honest answer would be a *draw*: sometimes with glasses. So give
# $G$ noise: some numbers $z$, each spread over the picture as one more input plane. Nothing asks $G$ to use them,
# though. L1 punishes it, and the judge is content with one filling for each hole, as in lesson 02. Mao and others
# (2019) add a term that asks for it, *mode seeking*: two fillings by $z_1$ and $z_2$ should differ as these two do,
#
# $$\lambda \Big/ \Big( \frac{\text{mean}\,|G(x, z_1) - G(x, z_2)|}{\text{mean}\,|z_1 - z_2|} + \varepsilon \Big).$$
#
# The third network that comes with the course went on from the second one with four numbers of noise and this term.

# %% name="other-fillings" demo=true folded="Draws six fillings of three faces, by other noise"
shown = y_large[wears[[0, 1, 3]]]
bands = band_masks("glasses", 3)
six = [filled_by(shipped["many"], shown, bands) for _ in range(6)]
sheet = torch.stack([shown_to_G(shown, bands)[:, :3], *six, shown], 1)
show(
    draw_rows({f"face {k + 1}": row for k, row in enumerate(sheet)}),
    alt="Three rows of eight: a face with a gray band, six fillings of it by other noise, and the true face.",
)

# %% name="how-far-apart" demo=true folded="Measures how much fillings by other noise differ"
middle = test_masks("square", len(y_large), 64)
one, other = (filled_by(shipped["many"], y_large, middle) for _ in range(2))
apart = ((one - other).abs() * middle).sum() / ((y_large - y_large.roll(1, 0)).abs() * middle).sum()
print(f"Two fillings of one hole differ by {apart:.0%} of what two people differ there.")

# %% [markdown]
# The recipe's own measurement (`gancourse train inpainting-64`, 600 held-out faces, squares) says 0.44, and what it
# costs: an error in the hole of 0.108, where both judges without noise had 0.085, and L1 alone 0.077. Look at the
# pictures, too: what differs is color more than content. Diversity that is asked for by a number comes where it is
# cheapest.
#
# **Erase.** Paint over a part of the face on the left: with the mouse, or with the keyboard (arrows move the brush,
# Space paints, E erases, Ctrl+Z takes back). On the right stand three fillings: by L1, by both judges, and by the
# network with noise. *Another filling* draws new noise for the third.


# %% name="canvas" demo=true folded="Makes the canvas: you erase, three networks fill"
noise = torch.zeros(1, 4)


def another_filling():
    """New noise; the drawing stays."""
    noise.copy_(torch.randn(1, 4))


@torch.no_grad()
def three_fillings(drawn):
    """From the canvas's mask (64, 64) to three fillings side by side: (3, 64, 192)."""
    mask = torch.from_numpy(drawn > 0).float()[None, None]
    picture = to_unit(torch.from_numpy(eraser.picture).movedim(-1, 0))[None]
    given = shown_to_G(picture, mask)
    made = [shipped["L1"](given), shipped["both"](given), shipped["many"](given, noise)]
    return torch.cat([composited(picture, mask, filling)[0] for filling in made], 2)


eraser = Canvas(
    64, picture=y_large[wears[4]], brush=9, label="part of a face to erase", offer=("Another filling", another_filling)
)
eraser.on_change(three_fillings)
eraser.draw([(16, 30), (48, 30)], "hole")
eraser

# %% [markdown]
# Three things to try. Erase the mouth, then half of the face: when does a filling stop being believable? Erase only the
# left lens of the glasses: does the right one tell? Erase a piece of background, and look for the seam.
#
# (*Load …* takes a picture of your own. The networks know drawn faces.) Other methods mark known pixels in each layer
# (Liu and others, 2018, *partial convolutions*) or learn what to let through (the *gated convolutions* of Yu and
# others, 2019, whose masks you painted); today's strongest draw fillings by diffusion (Lugmayr and others, 2022).

# %% [markdown]
# ## 11. An open challenge
#
# No network, only faces: how near can you come?

# %% [markdown] exercise="fill_holes" stars=3 minutes=50 challenge=true
# ### Exercise 14: fill holes
#
# `pictures` (96, 32, 32), a tensor, are gray faces in [0, 1], doubles, with 0 in their holes; `masks` (96, 32, 32),
# bool, are True in the hole: squares of 15 pixels, and thick strokes. `known` (400, 32, 32) are other faces, whole.
# Write `fill_holes(pictures, masks, known)`. It returns all 96 pictures, filled (96, 32, 32); what you return is
# clipped to [0, 1], and only the holes count.
#
# What counts is the mean absolute error in the holes, in percent of the error of an *even* filling, each picture's hole
# in the mean of its known pixels. Bronze takes at most **64** percent, silver **50**, gold **41**. A run may take 45
# seconds. Graders have other faces.

# %% [markdown] hints="fill_holes"
# What is next to a hole goes on into it: bronze takes what section 1 does without a network, each pixel the mean of its
# neighbors, a few hundred times. Or the faces among `known` that are most alike outside the hole.
# ---
# For silver use what all faces have in common: mean μ and covariance C of the known faces, 1,024 pixels each. For one
# picture, with hidden pixels h and visible ones v, the best guess is $\mu_h + C_{hv} C_{vv}^{-1} (x_v - \mu_v)$. From
# 400 faces $C_{vv}$ cannot be inverted as it is: add a little to its diagonal.
# ---
# For gold: how much is a little? Hide holes in some of the *known* faces yourself, and try 0.0003, 0.001, 0.003, 0.01.
# And a face seen in a mirror is a face, too: that doubles what you know.


# %% solution="fill_holes"
def fill_holes(pictures, masks, known):
    """Gray faces (n, 32, 32) with their holes filled, given other faces `known` (400, 32, 32)."""
    ### BEGIN SOLUTION
    rows = torch.cat([known, known.flip(2)]).flatten(1)
    mean = rows.mean(0)
    C = (rows - mean).T @ (rows - mean) / len(rows) + 3e-3 * torch.eye(rows.shape[1], dtype=rows.dtype)
    P = torch.linalg.inv(C)  # one inverse for all holes: C_hv C_vv⁻¹ is −P_hh⁻¹ P_hv, and a hole is small
    filled = pictures.flatten(1).clone()
    for face, hole in zip(filled, masks.flatten(1), strict=True):
        seen = ~hole
        face[hole] = mean[hole] - torch.linalg.solve(P[hole][:, hole], P[hole][:, seen] @ (face[seen] - mean[seen]))
    return filled.reshape(pictures.shape)
    ### END SOLUTION


# %% test="fill_holes" points=3

# %% [markdown]
# Each medal is an idea: what is near goes on; what holds for faces; and how sure one may be of what 400 faces say. The
# last answer is once more a mean of all that fits, smooth where the truth is not. By this error it beats fillings that
# look better, and no judge would let it pass.
#
# ## 12. What to take along
#
# - Choose pixels; do not multiply. Known ones stay, to the bit.
# - Learn from holes of many forms, and test on forms that were never learned from.
# - Dilations widen the field for free. They have to grow from 1, or they leave gaps.
# - L1 fills in medians, pixel by pixel. A judge asks for a filling that could be there. Weighed together, both have a
#   say.
# - A filling is an invention. What it shows is what was likely, and it hides what was there.

# %% [markdown] quiz="shared_trunk"
# Both heads share a trunk, and somebody writes `return self.whole(self.trunk(x)), self.patch(self.trunk(x))`. What
# changes?
#
# - [ ] nothing: it is the same trunk :: Weights are shared, and outputs are the same. Look at what it costs.
# - [x] the trunk computes twice, and its normalization counts each batch twice :: Yes: twice the work for the trunk.
# - [ ] the heads do not share gradients any more :: They do: both go back to the same weights.

# %% [markdown] quiz="mask_channel"
# Somebody leaves out the fourth channel. What goes wrong?
#
# - [ ] nothing: the hole is gray, and that can be seen :: A gray coat is gray, too.
# - [x] the network must guess where the hole is, and takes gray things for holes :: And a thing taken for a hole
#   tells nothing about the rest any more.
# - [ ] known pixels change :: They are put back in any case.

# %% [markdown] quiz="hole_mean"
# A loss is the mean of |filling − picture| · mask over *all* pixels. What is wrong with it beside judges of fixed
# weight?
#
# - [ ] it is zero :: Not in the hole.
# - [x] small holes weigh little: the judges rule there, and L1 rules in large ones :: Yes; divide by the hole's size.
# - [ ] it counts known pixels :: The mask takes them out.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 11_inpainting
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - U. Demir and G. Unal, *Patch-Based Image Inpainting with Generative Adversarial Networks*, 2018,
#   [arXiv:1803.07422](https://arxiv.org/abs/1803.07422): the lesson's main paper.
# - D. Pathak, P. Krähenbühl, J. Donahue, T. Darrell and A. Efros, *Context Encoders: Feature Learning by Inpainting*,
#   CVPR 2016, [arXiv:1604.07379](https://arxiv.org/abs/1604.07379).
# - S. Iizuka, E. Simo-Serra and H. Ishikawa, *Globally and Locally Consistent Image Completion*, SIGGRAPH 2017.
# - F. Yu and V. Koltun, *Multi-Scale Context Aggregation by Dilated Convolutions*, ICLR 2016,
#   [arXiv:1511.07122](https://arxiv.org/abs/1511.07122).
# - J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu and T. Huang, *Free-Form Image Inpainting with Gated Convolution*, ICCV 2019,
#   [arXiv:1806.03589](https://arxiv.org/abs/1806.03589); G. Liu and others, *Image Inpainting for Irregular Holes Using
#   Partial Convolutions*, ECCV 2018, [arXiv:1804.07723](https://arxiv.org/abs/1804.07723).
# - Q. Mao, H.-Y. Lee, H.-Y. Tseng, S. Ma and M.-H. Yang, *Mode Seeking Generative Adversarial Networks for Diverse
#   Image Synthesis*, CVPR 2019, [arXiv:1903.05628](https://arxiv.org/abs/1903.05628).
# - A. Lugmayr and others, *RePaint: Inpainting using Denoising Diffusion Probabilistic Models*, CVPR 2022,
#   [arXiv:2201.09865](https://arxiv.org/abs/2201.09865).

# %% demo=true folded="Your own picture: a face with a hole, by L1 and by your judges"
fig = figure(8, 2.4)
mine = {name: rows_of[3:4] for name, rows_of in rows.items() if name in ("given", "L1", "both", "true")}
for ax, (title, picture) in zip(axes(fig, 1, 4), mine.items(), strict=True):
    draw_pictures(ax, picture.clamp(-1, 1), 1, title)
keepsake(fig, alt="One face four times: with a hole, filled by L1, filled by both judges, and true.", name="my_filling")

# %% [markdown] last=true
# ## What you have built
#
# A brush that paints holes, a network of dilated blocks that fills them, a judge with two heads on one trunk, and the
# step that both learn by. You have seen what L1 leaves out, what a judge puts in, and that neither knows the truth.
#
# **The same at full scale.**
#
# | | here | Demir and Unal (2018) |
# |---|---|---|
# | pictures | drawn faces, 32 × 32 and 64 × 64 | photographs |
# | $G$ | one halving, four blocks of dilations 1, 2, 4, 8 | encoder, dilated residual blocks, decoder |
# | $D$ | two heads on a trunk of two layers | global and patch, first layers shared |
# | losses | L1 in the hole, two judgments of weight 0.03 (0.01 at 64 × 64) | L1 and two adversarial losses |
#
# **Next:** in lesson 12 words say what is to be drawn.
