# %% [markdown] builds="a generator of styles: mapping, AdaIN, demodulation, a slider per layer" hours=4 stars=3
# # 14 · A style for every layer
#
# Up to now $z$ went in at the bottom of the generator, and what became of it further up was the network's own affair.
# Here the generator begins with a constant, the same for every face. What makes a face is told to *each layer*: a
# **style** that says which features are strong. So layers can be told of different faces, and one sees what each of
# them is in charge of.
#
# **You will be able to**
#
# - write a mapping network that learns at a rate of its own, and say what it is for;
# - write AdaIN and the noise of each layer, and show by hand what AdaIN cannot get rid of;
# - derive demodulation, and write the convolution that replaces AdaIN;
# - mix the styles of two faces with a crossover of their own, and give up variety by truncation;
# - write the training step, with R1 in some steps only, and averages that include $w$'s mean;
# - measure whether $w$ is less entangled than $z$, and which layers rule what.
#
# **Time:** about four hours with the challenge, of which the machine works about six minutes. No GPU is needed.
# **Builds on:** lesson 13 (equalized layers, pixel normalization), lesson 06 (R1), lesson 04 (precision, recall).

# %% [markdown]
# ![Two rows of four faces that change. In the upper row shapes, hair styles and expressions change together while each
# column keeps the color of its hair; in the lower row people keep their shapes, and their hair takes on one color after
# another.](images/styles.gif)
#
# *One generator, two kinds of change. Above, the first three layers go from style to style and the last six stay;
# below, it is the other way around.*
#
# ![A square of small faces. Those on the left edge and on the top are two sets of people. Inside each face has the
# first layers of the one on the left and the last layers of the one above.](images/mixed.png)
#
# *The same standing still: each face inside has the first three layers' style from the left, the last six layers' from
# above. Both are drawn by the network that comes with the course, 64 × 64 pixels, after 32,000 steps.*

# %% name="setup"
import copy
import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, data, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure
from gancourse.sheets import draw_pictures
from gancourse.widgets.knobs import Knob
from gancourse.widgets.sliders import Sliders

check = public("14_stylegan")
choose_threads()
seed_everything(0)

# %% [markdown]
# The drawn faces once more. For photographs set `DATA = "celeba"`: nothing else changes, but for the reader of
# section 6, which has seen drawn faces only.

# %% name="load" demo=true folded="Loads the faces"
DATA = "faces"  # or "celeba", for photographs
raw = data.load(DATA, size=32, attributes=[], n=quick(8_000, 300))

# %% [markdown]
# ## 1. From z to w
#
# $z$ is drawn from a bell curve: every combination of its numbers occurs, and equally often in all directions. Faces
# are not like that. In our data nobody wears a hat on a headscarf, and only glasses have dark lenses. A generator fed
# with $z$ has to bend the space so that no $z$ falls on what never occurs. In StyleGAN (Karras, Laine and Aila, 2019)
# the bending is done once, by a network of its own, the **mapping** $w = f(z)$. $w$ need not be a bell curve, so its
# directions may be straight where faces change evenly. Section 7 measures whether they are.
#
# The mapping is deep and all layers hang on it, so it is the first thing to become unsteady. In the paper it therefore
# learns at a hundredth of the others' rate; in our shorter runs, at a tenth. Lesson 13's equalized layers make that
# easy: what is stored is *divided* by the rate at the start and *multiplied* by it whenever it is used. The function is
# the same, and Adam's steps, which are as long as ever, count that much less.

# %% [markdown] exercise="Mapping" stars=2 minutes=25
# ### Exercise 1: the mapping
#
# A class `Mapping(latent_dim, depth, rate)`, an `nn.Module`, from z (n, d) to w (n, d), with d = `latent_dim`.
#
# - First z is **normalized**: each row divided by the root of its mean square. A row of zeros becomes zeros: a tiny ε
#   sees to it. No mean is taken off.
# - Then come `depth` dense layers, each followed by a leaky ReLU with slope 0.2, the last one, too.
# - Each layer has a stored kernel (d, d), drawn from N(0, 1) and divided by `rate`, and a stored bias (d,), at first 0.
#   *Used* are $c \cdot \text{rate}$ times the kernel, with $c = \sqrt{2/d}$, and rate times the bias. As in
#   `nn.Linear`, an output is a row of the kernel times the input.
#
# Register the kernels in the order in which they are used, the biases likewise, and nothing else that learns.

# %% [markdown] hints="Mapping"
# It is lesson 13's equalized layer with one more factor, `depth` times, behind a pixel normalization of rows.
# ---
# `nn.ParameterList` takes parameters that are made in a loop. `F.linear(w, kernel, bias)` is the layer.
# ---
# In `__init__` `self.kernels = nn.ParameterList(torch.randn(d, d) / rate for _ in range(depth))`, likewise the biases.
# In `forward`: `w = F.leaky_relu(F.linear(w, c * self.rate * kernel, self.rate * bias), 0.2)` for each pair.


# %% solution="Mapping"
class Mapping(nn.Module):
    """z (n, latent_dim) to w (n, latent_dim), by layers that learn at `rate` times the others' speed."""

    def __init__(self, latent_dim, depth, rate):
        super().__init__()
        ### BEGIN SOLUTION
        self.rate, self.c = rate, math.sqrt(2 / latent_dim)
        self.kernels = nn.ParameterList(torch.randn(latent_dim, latent_dim) / rate for _ in range(depth))
        self.biases = nn.ParameterList(torch.zeros(latent_dim) for _ in range(depth))
        ### END SOLUTION

    def forward(self, z):
        ### BEGIN SOLUTION
        w = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            w = F.leaky_relu(F.linear(w, self.c * self.rate * kernel, self.rate * bias), 0.2)
        return w
        ### END SOLUTION


# %% test="Mapping" points=2

# %% [markdown]
# ## 2. Styles by AdaIN
#
# In each layer an affine map of its own turns $w$ into two numbers per feature, a scale $y_s$ and a shift $y_b$, and
# **adaptive instance normalization** puts them in the place of what the feature map had:
#
# $$\mathrm{AdaIN}(x_i, y) = y_{s,i}\,\frac{x_i - \mu(x_i)}{\sigma(x_i)} + y_{b,i}.$$
#
# Mean and standard deviation are taken over the *pixels* of one map of one picture. So each layer forgets how strong
# the layers before had made a feature, and hears it anew from $w$: a style rules one layer, and the next one is told
# its own.

# %% [markdown] exercise="adain" stars=1 minutes=12
# ### Exercise 2: AdaIN
#
# `adain(x, scale, shift)`: maps x (n, c, H, W), `scale` and `shift` (n, c). Standardize each map over its pixels
# (variance divided by their number, plus ε = 10⁻⁸, then the root), multiply by its scale, add its shift. x stays as it
# is, gradients pass.

# %% [markdown] hints="adain"
# Which dimensions are averaged over? Not the batch, not the features.
# ---
# `x.mean((2, 3), keepdim=True)`, and the variance likewise with `correction=0`.
# ---
# `scale[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]`


# %% solution="adain"
def adain(x, scale, shift):
    """Maps (n, c, H, W), standardized, times `scale` plus `shift`, both (n, c)."""
    ### BEGIN SOLUTION
    mean = x.mean((2, 3), keepdim=True)
    var = x.var((2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * (x - mean) / (var + 1e-8).sqrt() + shift[:, :, None, None]
    ### END SOLUTION


# %% test="adain" points=1

# %% [markdown]
# **Noise.** Where each curl lies is chance, and no style should have to say it. A network without a source of chance
# would have to make one up from $w$, and waste features on it. So every layer is handed a map of random numbers, one
# for each picture, and each feature learns how much of it to add. At the start that is nothing.

# %% [markdown] exercise="AddNoise" stars=2 minutes=12
# ### Exercise 3: noise
#
# A class `AddNoise(channels)`, an `nn.Module` with one parameter: a number for each channel, its scale, at first 0.
# Called with maps x (n, channels, H, W) and `noise` (n, 1, H, W) it returns x plus the noise times each channel's
# scale: all channels get the *same* map, each as much of it as it likes. Without `noise` (None) a map is drawn anew
# from N(0, 1) for each picture, in every call, in evaluation mode, too.

# %% [markdown] hints="AddNoise"
# A parameter of one dimension, and shapes that broadcast.
# ---
# `self.scale[:, None, None]` has shape (channels, 1, 1); times noise (n, 1, H, W) that is (n, channels, H, W).
# ---
# `if noise is None: noise = torch.randn(len(x), 1, *x.shape[2:], …)`, of x's type and place, then one line.


# %% solution="AddNoise"
class AddNoise(nn.Module):
    """x (n, channels, H, W) and a map of noise, as much of it as each channel has learned to take."""

    def __init__(self, channels):
        super().__init__()
        ### BEGIN SOLUTION
        self.scale = nn.Parameter(torch.zeros(channels))
        ### END SOLUTION

    def forward(self, x, noise=None):
        ### BEGIN SOLUTION
        if noise is None:
            noise = torch.randn(len(x), 1, *x.shape[2:], dtype=x.dtype, device=x.device)
        return x + self.scale[:, None, None] * noise
        ### END SOLUTION


# %% test="AddNoise" points=1

# %% [markdown] predict="spike"
# A feature map is quiet, values around ±1, but for *one* pixel out of 256. That one a generator can make as large as
# it likes: 10, 100, 1,000. Behind AdaIN with scale 1, how large is the pixel?
#
# - [ ] as large as before, less the mean :: AdaIN divides by the standard deviation, and the pixel makes that large.
# - [ ] about 1: that is what normalizing is for :: The *whole map* has a mean square of 1. One pixel may hold it all.
# - [x] never more than about 16, and everything else shrinks :: Yes: at most $\sqrt{255}$. The larger the spike, the
#   smaller all the rest comes out.
#
# ---
# The next figure shows it. With the height of one pixel the generator sets how strong all others come out.

# %% demo=true folded="Sends a quiet map with a growing spike through AdaIN"
heights = torch.logspace(0, 3, 40)
quiet = torch.randn(16, 16)
maps = quiet.repeat(len(heights), 1, 1, 1)
maps[:, 0, 5, 9] = heights[:, None].squeeze(1)
out = adain(maps, torch.ones(len(heights), 1), torch.zeros(len(heights), 1))
others = torch.ones(16, 16, dtype=torch.bool)
others[5, 9] = False
fig = figure(9.5, 2.8)
left, *sheets = axes(fig, 1, 4, width_ratios=(2.2, 1, 1, 1))
left.loglog(heights, out[:, 0, 5, 9].abs(), color=FAKE, label="the spike")
left.loglog(heights, out[:, 0][:, others].std(1), color=REAL, label="spread of the other 255")
left.set(xlabel="the spike's height before", ylabel="behind AdaIN")
left.legend(fontsize=9)
for ax, k in zip(sheets, (0, 20, 30), strict=True):
    ax.imshow(out[k, 0], cmap="gray", vmin=-3, vmax=3)
    ax.set(title=f"height {heights[k]:.0f}", xticks=[], yticks=[])
    ax.grid(False)
show(
    fig,
    alt="Left: behind AdaIN the spike rises to 16 and stays there, the other pixels' spread falls in proportion to its "
    "height. Right: the map for three heights; the pattern fades to an even gray.",
)

# %% [markdown]
# ## 3. Droplets, and how to get rid of them
#
# StyleGAN's pictures had blemishes like drops of water, and feature maps showed them from 64 × 64 pixels on, in all
# pictures. Karras and others (2020) found the reason in the figure above. AdaIN destroys what the relation between
# the features' strengths could tell the next layer. The generator gets the information past it by a spike: one place,
# as strong as needed, sets the strength of all others. It is a way to cheat the normalization.
#
# The cure is to normalize by what is *expected* instead of what *is*. Look at a layer: scale by the style, convolve,
# normalize. Scaling the inputs is scaling the kernel. If inputs were independent with variance 1, the output's
# variance would follow from the kernel alone, and one can divide by it without looking at any map.

# %% [markdown] exercise="demodulation_steps" stars=3 minutes=30
# ### Exercise 4: why demodulation works, step by step
#
# A kernel `weight` has the shape (o, i, k, k), a `style` (i,) scales its inputs, for one picture. Six steps; each is
# checked by itself. No ε is added anywhere.
#
# 1. **Modulate.** Scaling input $i$ by $s_i$ and then convolving is one convolution. By which kernel? (o, i, k, k)
# 2. **Variance.** All pixels of all inputs are independent, with mean 0 and variance 1. What is the variance of each
#    output of step 1's kernel, away from the border? (o,)
# 3. **Demodulate.** By which factor must each output be multiplied, so that its variance is 1? (o,)
# 4. **Bake it in.** Which kernel does all of that at once? (o, i, k, k). From now on nobody looks at the maps.
# 5. **Now AdaIN.** A map of `pixels` numbers is 0, but for one spike of the height `peak` > 0. Which value
#    has the spike when mean and standard deviation (divided by `pixels`) are normalized? One number.
# 6. **What AdaIN does to the rest.** By which factor are differences among the *other* pixels multiplied there, if
#    they are too small to matter for the standard deviation? One number. (With step 4's kernel that factor does not
#    depend on the peak: other pixels are left alone.)

# %% [markdown] hints="demodulation_steps"
# Steps 1 to 4: a sum of independent products has the sum of their variances. Steps 5 and 6: write down the mean and
# the mean square of a map with one number in it.
# ---
# 2: $\sum_{i,k,k} (s_i w_{oikk})^2$. 3: one over its root. 5: the mean is $a/N$, the mean square $a^2/N$, so $\sigma =
# \tfrac{a}{N}\sqrt{N-1}$.
# ---
# 1: `style[:, None, None] * weight`. 2: `.square().sum((1, 2, 3))`. 4: step 1 times step 3 as `[:, None, None, None]`.
# 5: $\sqrt{N - 1}$, whatever $a$. 6: $1/\sigma$.


# %% solution="demodulation_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def demodulation_steps(step, weight=NOTHING, style=NOTHING, pixels=0, peak=0.0):
    """One step, 1 to 6, for a kernel (o, i, k, k) and a style (i,), or a map of `pixels` with one spike of `peak`.

    Returns:
        steps 1 and 4: a kernel; steps 2 and 3: shape (o,); steps 5 and 6: a number.
    """
    if step == 1:  # the modulated kernel
        ### BEGIN SOLUTION
        return style[:, None, None] * weight
        ### END SOLUTION
    if step == 2:  # the variance of each output
        ### BEGIN SOLUTION
        return (style[:, None, None] * weight).square().sum(dim=(1, 2, 3))
        ### END SOLUTION
    if step == 3:  # what makes it 1
        ### BEGIN SOLUTION
        return (style[:, None, None] * weight).square().sum((1, 2, 3)).rsqrt()
        ### END SOLUTION
    if step == 4:  # the kernel that does it all
        ### BEGIN SOLUTION
        made = style[:, None, None] * weight
        return made * made.square().sum((1, 2, 3), keepdim=True).rsqrt()
        ### END SOLUTION
    if step == 5:  # the spike behind AdaIN
        ### BEGIN SOLUTION
        return math.sqrt(pixels - 1)
        ### END SOLUTION
    if step == 6:  # the others' differences behind AdaIN
        ### BEGIN SOLUTION
        return pixels / (peak * math.sqrt(pixels - 1))
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="demodulation_steps" points=3

# %% [markdown] exercise="modulated_conv" stars=3 minutes=25
# ### Exercise 5: the convolution
#
# `modulated_conv(x, weight, style, demodulate=True)`: maps x (n, i, H, W), one kernel `weight` (o, i, k, k), k odd,
# and a style (n, i) **for each picture**. Each picture is convolved with its own kernel: step 4's for its style, or,
# with `demodulate=False`, step 1's. Under step 3's root stands ε = 10⁻⁸, so that a style of zeros does no harm. The
# size is kept (stride 1, padding `k // 2`), nothing else is added, gradients pass to x, weight and style.
#
# Kernels that differ from picture to picture are no usual convolution. There are two ways; take the one you like.

# %% [markdown] hints="modulated_conv"
# Either make n kernels and let `groups` keep the pictures apart, or leave the kernel as it is, and scale what goes in
# and what comes out.
# ---
# Convolving is linear: scaling channel $i$ of $x$ by $s_i$ is scaling the kernel's input $i$, and the factor of step 3
# multiplies output $o$. Both are per picture: (n, i, 1, 1) and (n, o, 1, 1).
# ---
# `out = F.conv2d(x * style[:, :, None, None], weight, padding=…)`. The squared length of picture n's kernel o is
# `(style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)`, of shape (n, o).


# %% solution="modulated_conv"
def modulated_conv(x, weight, style, demodulate=True):
    """Maps (n, i, H, W) to (n, o, H, W), each picture by a kernel of its own: `weight` (o, i, k, k) by style (n, i)."""
    ### BEGIN SOLUTION
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        square = (style.square()[:, None, :] * weight.square().sum((2, 3))).sum(2)
        out = out * torch.rsqrt(square + 1e-8)[:, :, None, None]
    return out
    ### END SOLUTION


# %% test="modulated_conv" points=2

# %% [markdown]
# The same spike once more, through both: AdaIN behind a convolution, and a demodulated convolution. What happens to
# pixels that are far away from it?

# %% demo=true folded="Sends maps with a spike through both kinds of layer"
kernel, style = torch.randn(8, 8, 3, 3) / math.sqrt(72), torch.rand(1, 8) + 0.5
calm = torch.randn(1, 8, 16, 16)
far = {"AdaIN": [], "demodulated": []}
for height in heights:
    spiked = calm.clone()
    spiked[:, :, 2, 2] = height
    both = {
        "AdaIN": adain(F.conv2d(spiked, kernel, padding=1), style, torch.zeros(1, 8)),
        "demodulated": modulated_conv(spiked, kernel, style),
    }
    for name, maps in both.items():
        far[name].append(maps[..., 6:, 6:].std().item())
fig = figure(7, 2.6)
(ax,) = axes(fig)
for (name, values), color in zip(far.items(), (FAKE, REAL), strict=True):
    ax.loglog(heights, values, color=color, label=name)
ax.set(xlabel="the spike's height", ylabel="spread of pixels far away")
ax.legend(fontsize=9)
show(fig, alt="Behind AdaIN the pixels far away fade as the spike grows. Behind a demodulated layer they stay.")

# %% [markdown]
# Demodulated, a spike has no power over other pixels, so there is nothing to be gained by one. It is a wager on
# statistics: inputs are not independent, and outputs only roughly have variance 1. It is good enough.
#
# **Do our networks make droplets?** The authors saw them in maps of 64 × 64 pixels and more, after weeks of training.
# Ours end at 32 × 32 pixels after minutes, and we show none: what you have seen is the mechanism, by hand. `bench.py
# --only droplets` trains both forms and says how far the strongest place of the last maps stands out.

# %% [markdown]
# ## 4. Styles that are mixed, and pulled to the middle
#
# If each layer listens to its own $w$, nothing says that it must be the same one. In training some pictures get two:
# the first layers that of one $z$, the others that of another, from a random **crossover** on. So layers learn not to
# rely on each other's style.

# %% [markdown] exercise="style_mixing" stars=2 minutes=20
# ### Exercise 6: mixing
#
# - `draw_crossovers(n, layers, share)`: n whole numbers, a tensor (n,) of `torch.long`. Each picture is mixed with the
#   probability `share`, independently of the others. Then its crossover is 1, 2, … or `layers` − 1, all equally
#   likely; otherwise it is `layers`. (`layers` is 2 or more.) Take any random numbers.
# - `mix_styles(first, second, crossover, layers)` with both w (n, d) and a crossover (n,) for each picture: a w for
#   each layer, (n, layers, d). Layers below the crossover get `first`, those
#   from the crossover on `second`. With the crossover `layers` all is of `first`. Gradients pass.
#
# The last function is given, for the check.

# %% [markdown] hints="style_mixing"
# `torch.randint` for the one, a comparison of two ranges for the other.
# ---
# `torch.randint(1, layers, (n,))` ends at `layers` − 1. `torch.arange(layers) < crossover[:, None]` has the shape
# (n, layers).
# ---
# `torch.where(early[:, :, None], first[:, None], second[:, None])`, and for the draws
# `torch.where(torch.rand(n) < share, crossover, layers)`.


# %% solution="style_mixing"
def draw_crossovers(n, layers, share):
    """Where each of n pictures changes its style, (n,): from 1 to layers − 1 for a share of them, else `layers`."""
    ### BEGIN SOLUTION
    crossover = torch.randint(1, layers, (n,))
    return torch.where(torch.rand(n) < share, crossover, layers)
    ### END SOLUTION


def mix_styles(first, second, crossover, layers):
    """A w for each layer, (n, layers, d), of two w (n, d): `first` below each picture's crossover (n,)."""
    ### BEGIN SOLUTION
    early = torch.arange(layers) < crossover[:, None]
    return torch.where(early[:, :, None], first[:, None], second[:, None])
    ### END SOLUTION


def style_mixing(which, *given):
    return {"draw": draw_crossovers, "mix": mix_styles}[which](*given)


# %% test="style_mixing" points=2

# %% [markdown]
# **Truncation.** Far out, where training has seen little, faces are often broken. One can stay out of there: pull
# each $w$ toward the mean of all, $\bar w$, which is some average face:
#
# $$w' = \bar w + \psi\,(w - \bar w).$$
#
# $\psi = 1$ leaves all as it is, $\psi = 0$ draws one face for everybody. In $z$ this would do nothing: the mapping
# begins by normalizing $z$, and a shorter $z$ becomes the same one again. Fine layers may be spared, which keeps colors
# and textures lively.

# %% [markdown] exercise="truncation" stars=1 minutes=15
# ### Exercise 7: truncation
#
# - `running_mean(mean_w, w, decay)`: the mean of $w$ kept over training. `mean_w` (d,) keeps the share `decay` of
#   itself and gets 1 − `decay` of the mean of this batch `w` (n, d). **Return** the new mean (d,), without a graph
#   behind it; `mean_w` itself stays.
# - `truncate(styles, mean_w, psi, cutoff)`: `styles` (n, layers, d). The first `cutoff` layers are pulled to `mean_w`
#   by ψ as above, the others left alone; ψ may be above 1. Return new styles; gradients pass.
#
# The last function is given, for the check.

# %% [markdown] hints="truncation"
# Two straight lines between points.
# ---
# `torch.lerp(a, b, t)` is $a + t\,(b - a)$. Which is a in each of the two?
# ---
# `torch.cat([torch.lerp(mean_w, styles[:, :cutoff], psi), styles[:, cutoff:]], dim=1)`; and
# `decay * mean_w + (1 - decay) * w.detach().mean(0)`.


# %% solution="truncation"
def running_mean(mean_w, w, decay):
    """The new mean (d,): `decay` of the old one, the rest of the batch w (n, d)."""
    ### BEGIN SOLUTION
    return decay * mean_w.detach() + (1 - decay) * w.detach().mean(0)
    ### END SOLUTION


def truncate(styles, mean_w, psi, cutoff):
    """Styles (n, layers, d), the first `cutoff` layers' pulled to mean_w (d,) by ψ."""
    ### BEGIN SOLUTION
    pulled = mean_w + psi * (styles[:, :cutoff] - mean_w)
    return torch.cat([pulled, styles[:, cutoff:]], dim=1)
    ### END SOLUTION


def truncation(which, *given):
    return {"mean": running_mean, "pull": truncate}[which](*given)


# %% test="truncation" points=2

# %% [markdown]
# ## 5. The game
#
# Now the generator. It begins with a learned constant of 4 × 4 pixels. On each further level the first layer doubles
# the size. In the demodulated form a layer is a convolution that is told its style, then noise, a bias and a leaky
# ReLU; in the other form the convolution is a plain one, and AdaIN comes last, behind the leaky ReLU. Each level adds
# its picture to the enlarged one of the level below (2020), so no growing is needed. While it is trained, half of the
# pictures are mixed with their neighbor in the batch. All of it is yours but the wiring.


# %% name="layer" demo=true open="how a style gets into a layer is what the lesson is about"
from gancourse.models.progressive import EqualizedConv2d, EqualizedLinear, GrowingDiscriminator, pixel_norm


class StyledConv(nn.Module):
    """A layer that is told w, by AdaIN or by demodulation."""

    def __init__(self, latent_dim, inputs, outputs, form, up):
        super().__init__()
        self.form, self.up, self.noise = form, up, AddNoise(outputs)
        self.conv = EqualizedConv2d(inputs, outputs)
        told = inputs if form == "demodulated" else 2 * outputs
        self.style = EqualizedLinear(latent_dim, told, gain=1.0)
        with torch.no_grad():
            self.style.bias[: inputs if form == "demodulated" else outputs] = 1.0  # scales start near 1

    def forward(self, x, w):
        x, style = F.interpolate(x, scale_factor=2) if self.up else x, self.style(w)
        if self.form == "demodulated":
            x = self.noise(modulated_conv(x, self.conv.weight, style))
            return F.leaky_relu(x + self.conv.bias[:, None, None], 0.2) * math.sqrt(2)
        x = self.noise(F.conv2d(x, self.conv.scale * self.conv.weight, self.conv.bias, padding=1))
        return adain(F.leaky_relu(x, 0.2), *style.chunk(2, dim=1))


# %% name="synthesis" demo=true open="the constant at the bottom, and a w for each layer"
class Synthesis(nn.Module):
    """From w (n, d), or one for each layer (n, layers, d), to pictures."""

    def __init__(self, size=32, latent_dim=64, widths=(48, 48, 24, 12), form="demodulated"):
        super().__init__()
        widths = widths[: size.bit_length() - 2]
        self.constant = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        ends = [(widths[0], widths[0], False)]
        for before, width in pairwise(widths):
            ends += [(before, width, True), (width, width, False)]
        self.layers = nn.ModuleList(StyledConv(latent_dim, i, o, form, up) for i, o, up in ends)
        self.to_rgb = nn.ModuleList(EqualizedConv2d(width, 3, 1, gain=1.0) for width in widths)
        for name, p in self.to_rgb.named_parameters():
            p.data.mul_(0.3 if name.endswith("weight") else 1.0)  # the levels' pictures are added up

    def forward(self, w):
        if w.ndim == 2:
            share = 0.5 if self.training else 0.0
            w = mix_styles(w, w.roll(1, 0), draw_crossovers(len(w), len(self.layers), share), len(self.layers))
        x, picture = self.constant.expand(len(w), -1, -1, -1), torch.zeros(1, 3, 2, 2)
        for k, layer in enumerate(self.layers):
            x = layer(x, w[:, k])
            if k % 2 == 0:  # the last layer of a level
                picture = F.interpolate(picture, scale_factor=2) + self.to_rgb[k // 2](x)
        return picture


# %% name="generator" demo=true folded="Both parts in one network, with the mean of w"
class Generator(nn.Module):
    """`mapping` and `synthesis`, and a running mean of w, `mean_w`."""

    def __init__(self, size=32, latent_dim=64, form="demodulated", rate=0.1):
        super().__init__()
        self.mapping = Mapping(latent_dim, 4, rate)
        self.synthesis = Synthesis(size, latent_dim, quick((48, 48, 24, 12), (4, 4, 4, 4)), form)
        self.register_buffer("mean_w", torch.zeros(latent_dim))

    def forward(self, z):
        return self.synthesis(self.mapping(z))


# %% [markdown] exercise="stylegan_step" stars=3 minutes=35
# ### Exercise 8: the training step
#
# One step of both players. `G` is a network with the parts `G.mapping` (z to w) and `G.synthesis` (w to pictures);
# `average` is a copy of it with averaged weights, and with the mean of $w$ in `average.mean_w` (d,). `k` counts the
# steps from 0.
#
# 1. Make $w$ from `z` and pictures from $w$, for both turns. (`G` may draw noise; whether you make the pictures once
#    or anew for $G$'s turn is up to you.)
# 2. Move $D$ one step down $\overline{\log(1 + e^{-D(\text{real})})} + \overline{\log(1 + e^{D(\text{fake})})}$ plus,
#    in steps with `k % every == 0` only, **`every` times** R1, $\tfrac\gamma2\,\overline{\lVert\nabla
#    D(\text{real})\rVert^2}$ (the squared norm runs over all numbers of a picture, the bar over the batch). $D$ gives
#    logits (n, 1). $G$ gets nothing of it.
# 3. Move $G$, both of its parts, one step down $\overline{\log(1 + e^{-D(\text{fake})})}$: the pictures of 1, judged
#    by the $D$ that has just moved.
# 4. Then each parameter of `average` keeps the share `decay` of itself and gets 1 − `decay` of $G$'s, as it is *now*:
#    of the mapping, too. And `average.mean_w` keeps the share `decay`, and gets 1 − `decay` of the batch's mean of the
#    $w$ of 1.
#
# Return three plain numbers: $D$'s logistic loss without R1, R1 (as above with its $\gamma/2$, without `every`; 0.0 in
# steps without), and $G$'s loss, each from before its player's step. Gradients that an earlier step left must not
# count. What is not said to change stays as it is.

# %% [markdown] hints="stylegan_step"
# Lesson 06's step with R1, a condition around the penalty, and an average behind it. Why times `every`? What acts in
# every eighth step alone must be eight times as strong.
# ---
# For R1 `real` must be a leaf that takes gradients: `x = real.detach().requires_grad_()`, then
# `torch.autograd.grad(D(x).sum(), x, create_graph=True)`. The average is no part of any graph: `torch.no_grad()`.
# ---
# `loss = logistic`, and if it is time `loss = logistic + every * r1`, with `r1 = gamma / 2 *
# slope.square().flatten(1).sum(1).mean()`. In the end `mine.lerp_(now, 1 - decay)` for the pairs of
# `average.parameters()` and `G.parameters()`, and `average.mean_w.lerp_(w.mean(0), 1 - decay)`.


# %% solution="stylegan_step"
def stylegan_step(G, D, opt_G, opt_D, average, real, z, k, gamma, every, decay):
    """One step of D, one of G, and of the average; real (n, C, H, W), z (n, d). Returns three plain numbers."""
    ### BEGIN SOLUTION
    w = G.mapping(z)
    fake = G.synthesis(w)
    logistic = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
    d_loss, r1 = logistic, 0.0
    if k % every == 0:
        x = real.detach().clone().requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        penalty = gamma / 2 * slope.square().flatten(1).sum(1).mean()
        d_loss, r1 = logistic + every * penalty, penalty.item()
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    with torch.no_grad():
        for mine, now in zip(average.parameters(), G.parameters(), strict=True):
            mine.lerp_(now, 1 - decay)
        average.mean_w.lerp_(w.mean(0), 1 - decay)
    return logistic.item(), r1, g_loss.item()
    ### END SOLUTION


# %% test="stylegan_step" points=3

# %% [markdown]
# The match: 32 × 32 pixels, batches of 16, R1 in every eighth step. The average looks back some hundred steps. Besides
# the losses we keep what $D$ says of pictures that it trains on and of others that it has never seen.


# %% name="players" demo=true folded="The players, and what D says of known, of new and of made pictures"
class Players:
    def __init__(self, size=32, pictures=None, seed=0, form="demodulated"):
        seed_everything(seed)
        self.curves = []
        shown = raw.pixels if size == 32 else F.avg_pool2d(raw.pixels.float(), 32 // size)
        held = len(shown) // 8
        self.new, self.known = shown[:held], shown[held : held + (pictures or len(shown))]
        self.G, self.D = Generator(size, form=form), GrowingDiscriminator(size, quick((48, 48, 24, 12), (4, 4, 4, 4)))
        self.average = copy.deepcopy(self.G).eval().requires_grad_(False)
        self.opts = [torch.optim.Adam(net.parameters(), RATE, betas=(0.0, 0.99)) for net in (self.G, self.D)]

    @torch.no_grad()
    def look(self):
        """What D says, on average, of pictures that it trains on, of new ones, and of made ones."""
        known, new = (to_unit(x[torch.randint(len(x), (32,))]) for x in (self.known, self.new))
        self.curves.append([self.D(x).mean().item() for x in (known, new, self.average(torch.randn(32, 64)))])


# %% name="match" demo=true folded="Plays the game by your step"
RATE = 6e-3


class Match(Players):
    def __init__(self, *given, gamma=0.1, **settings):
        super().__init__(*given, **settings)
        self.gamma = gamma

    def play(self, steps):
        for k in range(steps):
            for opt in self.opts:
                opt.param_groups[0]["lr"] = RATE * min(1.0, 3 * (1 - k / steps))
            real = to_unit(self.known[torch.randint(len(self.known), (16,))])
            players, decay = (self.G, self.D, self.opts[0], self.opts[1], self.average), min(0.99, (1 + k) / (10 + k))
            stylegan_step(*players, real, torch.randn(16, 64), k, self.gamma, 8, decay)
            if k % 10 == 0:
                self.look()
            yield self


# %% name="play" demo=true folded="Trains your generator of styles"
STEPS = quick(700, 2)
match = Match()
for _ in each(match.play(STEPS), f"{STEPS} steps of your generator", usual=quick(160, 2), total=STEPS):
    pass


# %% name="look" demo=true folded="Draws its faces, and what D said on the way"
def draw_match(match, title):
    """24 faces of the average, and D's opinions."""
    fig = figure(9.5, 3)
    sheet, curves = axes(fig, 1, 2, width_ratios=(1.7, 1))
    with torch.no_grad():
        draw_pictures(sheet, match.average(torch.randn(24, 64)), 8, title)
    for k, name in enumerate(("known", "new", "made")):
        steps = [10 * i for i in range(len(match.curves))]
        curves.plot(steps, [row[k] for row in match.curves], color=(REAL, JUDGE, FAKE)[k], label=name)
    curves.set(xlabel="step", title="what D says, on average")
    curves.legend(fontsize=9)
    show(fig, alt=f"{title}: 24 faces, and curves of what D says of known, new and made pictures.")


draw_match(match, "your generator")

# %% [markdown]
# In 700 steps it learns heads, hair, colors, and where eyes and mouths are. The network that comes with the course is
# of the same kind, has one level more, and took 32,000 steps (`gancourse train stylegan-faces-64`, two hours of one
# core of a busy CPU). By the reader's distance it stands at 15, where lesson 03's DCGAN of this size, which a GPU has
# trained, stands at 13, blurred real faces at 45, and other real faces at 0.6. All figures below are that network's, so
# that you can compare. From here on we look at it, through your functions.
#
# ## 6. Who rules what?
#
# Two faces, and a slider for each layer: 0 is the style of the left face, 1 that of the right one. Noise is the same
# all the time. Find out which layers turn the head, which change the hair's color.

# %% name="shipped" demo=true folded="Loads the generator that comes with the course, and draws with it"
from gancourse.models import store
from gancourse.models.face_reader import FLAGS, load_face_reader

shipped, reader = store.load("stylegan_faces_64")["G"], load_face_reader()
LAYERS = shipped.layers  # one at 4 × 4 pixels, then two each at 8, 16, 32 and 64
still = shipped.noise_maps(1, torch.Generator().manual_seed(1))
people = shipped.mapping(torch.randn(quick(400, 80), 64, generator=torch.Generator().manual_seed(4)))


@torch.no_grad()
def drawn_from(styles, noise=None):
    """Pictures of styles (n, layers, d), with one still noise for all, or with this one."""
    noise = [one.expand(len(styles), -1, -1, -1) for one in still] if noise is None else noise
    return torch.cat([shipped.synthesis(some, [one[:100] for one in noise]) if len(styles) > 100 else
                      shipped.synthesis(some, noise) for some in styles.split(100)])  # fmt: skip


# %% name="style-sliders" demo=true folded="Two faces and one slider per layer"
PIXELS = [4 * 2 ** ((k + 1) // 2) for k in range(LAYERS)]


def draw_between(fig, **shares):
    """The left face, the one between, and the right one; returns the alt text."""
    fig.clear()
    left, right = people[7], people[31]
    t = torch.tensor([shares[f"layer_{k}"] for k in range(LAYERS)])[:, None]
    styles = torch.stack([left.expand(LAYERS, -1), torch.lerp(left, right, t), right.expand(LAYERS, -1)])
    titles = ("left: 0", "between", "right: 1")
    for ax, picture, title in zip(axes(fig, 1, 3), drawn_from(styles), titles, strict=True):
        draw_pictures(ax, picture[None], 1, title)
    told = ", ".join(f"{value:.2f}" for value in t[:, 0])
    return f"Three faces: the left one, one between by the shares {told} in the layers, and the right one."


# %% name="style-panel" demo=true
Sliders(draw_between, {f"layer_{k}": Knob(f"{PIXELS[k]} px, layer {k}", 0, 1, 0.0) for k in range(LAYERS)}, (7, 2.6))

# %% [markdown] predict="who_turns"
# We give two hundred faces the *first three* layers' styles (4 and 8 pixels) of another face, and leave the other
# six alone. Which of these then comes mostly from the other face?
#
# - [ ] nearly all that the reader sees, colors, too :: Of the skin's color, yes. Of the hair's, less than a tenth.
# - [x] who and where: turn, shape, skin, mouth and glasses; but little of the hair's color :: Yes. Large things are
#   laid out with few pixels. The hair's color is put on by later layers.
# - [ ] nothing: six of nine layers are the old ones :: Layers are not equal. Compare the rows of the table.
#
# ---
# The table shows each factor's share that comes from the other face, group by group, as the reader reads it.

# %% name="shares" demo=true folded="By factor, how much of it comes from which parent"
from gancourse.data.faces import HAIR_STYLES

GROUPS = {"coarse, 4–8 px": (0, 3), "middle, 16 px": (3, 5), "fine, 32–64 px": (5, 9)}


def has_hair(read):
    """Whose hair is to be seen: no bald head, no hat, no scarf."""
    return (read["bald"] < 0.5) & (read["hat"] < 0.5) & (read["hair_style"] != HAIR_STYLES.index("covered"))


def shares_of(swapped, a, b):
    """By factor, which share of what differs between parents a and b the swapped pictures have from b."""
    read = [reader.read(pictures) for pictures in (swapped, a, b)]
    both, found = has_hair(read[1]) & has_hair(read[2]), {}
    for name in read[0]:
        if name in ("bald", "shades"):  # too few people have them
            continue
        rows = both if name.startswith("hair") else slice(None)  # of hair that is not there the reader says anything
        s, x, y = (r[name][rows].float() for r in read)
        if name == "hair_style":
            apart = x != y
            found[name] = ((s == y) & apart).float().sum() / apart.float().sum().clamp(min=1)
        else:
            found[name] = ((s - x) * (y - x)).sum() / (y - x).square().sum().clamp(min=1e-6)
    return found


# %% name="swap" demo=true folded="Swaps groups of layers between faces, and reads which parent's factors come out"
half = len(people) // 2
with working("swapping styles", usual=4):
    a, b = (w[:, None].expand(-1, LAYERS, -1) for w in (people[:half], people[half:]))
    parents = drawn_from(a), drawn_from(b)
    table = {}
    for name, (low, high) in GROUPS.items():
        swapped = a.clone()
        swapped[:, low:high] = b[:, low:high]
        table[name] = shares_of(drawn_from(swapped), *parents)

# %% demo=true folded="Draws the table"
names = list(next(iter(table.values())))
values = torch.tensor([[float(row[name]) for name in names] for row in table.values()])
fig = figure(9.5, 2.6)
(ax,) = axes(fig)
ax.imshow(values, cmap="cividis", vmin=0, vmax=1, aspect="auto")
for i in range(len(table)):
    for j in range(len(names)):
        value = values[i, j].item()
        ax.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=8, color="w" if value < 0.5 else "k")
ax.set(yticks=range(len(table)), yticklabels=list(table), xticks=range(len(names)))
ax.set_xticklabels([name.replace("_", " ") for name in names], rotation=45, ha="right", fontsize=8)
ax.grid(False)
show(fig, alt="A table: for coarse, middle and fine layers, which share of each factor comes from the other face.")

# %% [markdown]
# Read it by columns: three groups, and how much of a factor each of them brings along. Over three draws of five
# hundred pairs (`bench.py --only rulers`) the coarse layers bring 0.94 to 1.00 of how the head turns and tilts, of the
# skin, the hair's length, smile, mouth, eyes and glasses, 0.77 of beards and hats, 0.51 of the hair's style. The hair's
# *color* is another matter: 0.08 comes from the coarse layers, 0.58 from the middle ones, 0.37 from the fine ones. And
# age, which shows in lines and in white hair, comes from all three: 0.43, 0.33, 0.21. (Hair counts where both faces
# show theirs. With bald heads, hats and scarves, under which the reader guesses, the coarse layers seem to bring twice
# as much of its color.) So the paper's division shows here, too: **coarse layers rule who and where, later ones the
# colors.** The paper's coarse layers end at 8 pixels of 1,024; ours at 8 of 64.
#
# And the noise? Keep every $w$, and draw the noise anew.

# %% name="noise" demo=true folded="Redraws the noise for three faces whose styles stay"
fig = figure(9.5, 2.9)
sheet, spread = axes(fig, 1, 2, width_ratios=(2.2, 1))
with torch.no_grad():
    three = people[[7, 31, 13]].repeat_interleave(8, 0)
    fresh = shipped.synthesis(three, shipped.noise_maps(24))
    again = torch.cat([shipped.synthesis(people[:1].expand(50, -1), shipped.noise_maps(50)) for _ in range(2)])
draw_pictures(sheet, fresh, 8, "one face a row, eight noises")
spread.imshow(again.std(0).mean(0), cmap="gray")
spread.set(title="how much each pixel changes", xticks=[], yticks=[])
spread.grid(False)
show(fig, alt="Three rows of eight faces; a row shows one face with different noise. Right: where pixels change most.")

# %% [markdown]
# The person stays, and grains move: noise changes pixels by 0.02 to 0.03 of what people differ by. Early in training it
# is more, and eyes are speckled, as your own generator's may be. $D$ tells such pictures from real ones, so in time the
# scales shrink.
#
# Now truncation, by your function. Slide ψ, and how many of the layers it pulls.


# %% name="psi" demo=true folded="Faces by truncation"
mean_w = shipped.mapping(torch.randn(4000, 64, generator=torch.Generator().manual_seed(7))).mean(0)


def draw_truncated(fig, psi, cutoff):
    """Sixteen faces at this ψ; returns the alt text."""
    fig.clear()
    (ax,) = axes(fig)
    styles = people[:16, None].expand(-1, LAYERS, -1)
    draw_pictures(ax, drawn_from(truncate(styles, mean_w, psi, int(cutoff))), 8, f"ψ = {psi:.2f}")
    return f"Sixteen faces, truncated by ψ = {psi:.2f} in the first {int(cutoff)} layers."


# %% name="psi-panel" demo=true
Sliders(
    draw_truncated, {"psi": Knob("ψ", 0, 1.5, 0.7), "cutoff": Knob("layers", 0, LAYERS, LAYERS, whole=True)}, (9, 2.6)
)

# %% [markdown] predict="psi_variety"
# Pull all $w$ half way to the mean, ψ = 0.5, and draw the noise anew for each face. How much do the faces still differ,
# as the reader's features spread?
#
# - [ ] as much as before: noise keeps them apart :: Noise moves grains. People are told apart by $w$.
# - [x] clearly less, though they are not one face yet :: See the dotted curve.
# - [ ] not at all: they are one face :: That would be ψ = 0.
#
# ---
# The dotted curve is the spread beside that of real faces. The other two are lesson 04's precision, the share of made
# faces that look like real ones, and recall, the share of real ones that are covered.

# %% name="trade" demo=true folded="Precision and recall by ψ, on the reader's features"
from gancourse.metrics import precision_recall
from gancourse.metrics.embedding import features

PSIS = (0.3, 0.5, 0.7, 0.85, 1.0, 1.2)
true = features(data.load("faces", size=64, split="test", attributes=[], n=quick(800, 60)))
found, variety = [], []
for psi in each(PSIS, "measuring at six ψ", usual=quick(15, 2)):
    w = shipped.mapping(torch.randn(len(true), 64))[:, None].expand(-1, LAYERS, -1)
    with torch.no_grad():
        made = torch.cat([shipped.synthesis(some) for some in truncate(w, mean_w, psi, LAYERS).split(100)])
    seen = features(made.clamp(-1, 1))
    found.append(precision_recall(true, seen))
    variety.append((seen.var(0).sum() / true.var(0).sum()).sqrt().item())
fig = figure(6, 2.6)
(ax,) = axes(fig)
for k, name in enumerate(("precision", "recall")):
    ax.plot(PSIS, [pair[k] for pair in found], "o-", color=(REAL, FAKE)[k], label=name)
ax.plot(PSIS, variety, "o:", color=JUDGE, label="spread beside real")
ax.set(xlabel="ψ", ylim=(0, 1.2))
ax.legend(fontsize=9)
show(fig, alt="Precision, recall, and the spread of features beside that of real faces, by ψ from 0.3 to 1.2.")

# %% [markdown]
# In the papers truncation trades one for the other: precision rises as ψ falls, recall falls. Over three draws
# (`bench.py --only truncation`) precision rises from 0.51–0.52 at ψ = 1.2 to 0.58–0.59 at 0.85, and 0.60–0.62 at 0.7.
# From there on it **falls**: 0.55–0.58 at 0.5, 0.42–0.46 at 0.3. It is tempting to blame the face in the middle. But
# that one is whole, without hat or glasses, and the reader takes it for real: at ψ = 0, with one $w$ for all and the
# noise drawn anew, precision is 0.76 to 0.95. Nor do the faces between look half like one kind and half like another.
# So we can say *that* precision falls on the way to the middle, and not why: one number for a thousand pictures does
# not tell. Recall is 0.04 to 0.08 at 1.2, 0.02 to 0.03 at 1 and 0.00 at 0.3: the network covers few of the real faces,
# as the reader sees them. What does fall with ψ, in any network, is variety.
#
# ## 7. Is w less entangled than z?
#
# If a space is well arranged, a small step in it changes a picture a little, wherever one stands. Where it is bent, a
# path between two faces runs through sudden changes. **Perceptual path length** adds up small steps: take two
# points, go a share $t$ of the way, then $t + \varepsilon$, and ask how different the pictures are,
#
# $$\ell = \mathbb{E}\Bigl[\tfrac{1}{\varepsilon^2}\, d\bigl(g(\text{at } t),\, g(\text{at } t + \varepsilon)\bigr)
# \Bigr].$$
#
# $d$ is a squared distance of features, so a step twice as long counts four times, and the division makes it free of
# $\varepsilon$. In $W$ the path is straight. In $Z$, which lives on a sphere, it is an arc.

# %% [markdown] exercise="path_length" stars=2 minutes=25
# ### Exercise 9: path length
#
# `path_length(z1, z2, t, eps, mapping, synthesis, distance, space)`: z (n, d) twice, `t` (n,) a share of its own for
# each pair, `eps` a number. `distance(x, y)` takes two batches of pictures and gives (n,). Return $d / \varepsilon^2$
# for each pair, (n,); nobody averages yet.
#
# - t + ε may be above 1; the path simply goes on there.
# - `space="w"`: the path goes straight from `mapping(z1)` to `mapping(z2)`; the point at a share $s$ of it is $(1 - s)
#   w_1 + s\,w_2$.
# - `space="z"`: divide both z by their lengths, then go along the arc: with $\theta = \arccos(z_1 \cdot z_2)$ the point
#   is $\bigl(\sin((1 - s)\theta)\,z_1 + \sin(s\,\theta)\,z_2\bigr) / \sin\theta$. Then map it. (No pair is parallel
#   or opposite.)
#
# $d$ is given the picture at $t$ first, then that at $t + \varepsilon$.

# %% [markdown] hints="path_length"
# Two points on a path, two pictures, one distance. Only the path differs.
# ---
# t has the shape (n,), points (n, d): `t[:, None]`. A function `at(s)` that gives w at the share s saves writing
# everything twice.
# ---
# For z: `u = z1 / z1.norm(dim=1, keepdim=True)`, likewise v; `theta = (u * v).sum(1, keepdim=True).acos()`. In the end
# `distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2`.


# %% solution="path_length"
def path_length(z1, z2, t, eps, mapping, synthesis, distance, space):
    """How long the way from z1 to z2 (n, d) is around t (n,), by steps of eps: (n,). space: "w" or "z"."""
    ### BEGIN SOLUTION
    if space == "w":
        w1, w2 = mapping(z1), mapping(z2)

        def at(s):
            return torch.lerp(w1, w2, s[:, None])
    else:
        u, v = (z / z.norm(dim=1, keepdim=True) for z in (z1, z2))
        theta = (u * v).sum(1, keepdim=True).acos()

        def at(s):
            s = s[:, None]
            return mapping((torch.sin((1 - s) * theta) * u + torch.sin(s * theta) * v) / theta.sin())

    return distance(synthesis(at(t)), synthesis(at(t + eps))) / eps**2
    ### END SOLUTION


# %% test="path_length" points=2

# %% [markdown]
# For $d$ we take the squared distance of the reader's features. A second measure asks whether a *straight cut*
# separates faces with a property from those without: fit a linear probe to $z$, and one to $w$, and see how often
# each says what the reader says. In $w$ it should be easier.


# %% name="entangled" demo=true folded="Measures path lengths in Z and in W"
@torch.no_grad()
def seen_apart(x, y):
    """The squared distance of the reader's features, (n,)."""
    return (reader.features(x) - reader.features(y)).square().sum(1)


n = quick(400, 40)
z = torch.randn(2 * n, 64)
with working("measuring Z and W", usual=quick(12, 2)), torch.no_grad():
    ways = {
        space: torch.cat([
            path_length(*pair, torch.rand(len(pair[0])), 0.01, shipped.mapping,
                        lambda w: shipped.synthesis(w, [one.expand(len(w), -1, -1, -1) for one in still]), seen_apart,
                        space)
            for pair in zip(z[:n].split(100), z[n:].split(100), strict=True)
        ])
        for space in ("z", "w")
    }  # fmt: skip
    w = shipped.mapping(z)
    told = reader.read(drawn_from(w[:, None].expand(-1, LAYERS, -1)))

# %% name="probes" demo=true folded="Fits linear probes to z and w"
from gancourse.metrics.probe import probe_score

normal = pixel_norm(z)
scores, common = {"z": {}, "w": {}}, {}
for name in ("glasses", "hat", "beard", "smile", "age", "yaw"):
    label = (told[name] > (0.5 if name in FLAGS else told[name].median())).long()
    for space, points in (("z", normal), ("w", w)):
        scores[space][name] = probe_score(points[:n], label[:n], points[n:], label[n:], 10.0)
    common[name] = float(label[n:].bincount(minlength=2).max() / len(label[n:]))

# %% demo=true folded="Draws both"
fig = figure(9.5, 2.8)
left, right = axes(fig, 1, 2, width_ratios=(1, 2))
left.bar(("Z", "W"), [ways[space].mean().item() for space in ("z", "w")], color=(FAKE, REAL))
left.set(title="path length")
for k, space in enumerate(("z", "w")):
    places = [i + 0.4 * k for i in range(len(scores[space]))]
    right.bar(places, list(scores[space].values()), 0.38, color=(FAKE, REAL)[k], label=space.upper())
starts, ends = ([i + side for i in range(len(common))] for side in (-0.25, 0.65))
right.hlines(list(common.values()), starts, ends, color="0.2", ls=":", label="always the more common")
right.set(xticks=[i + 0.2 for i in range(len(scores["z"]))], xticklabels=list(scores["z"]), ylim=(0.4, 1),
          ylabel="a linear probe is right")  # fmt: skip
right.legend(fontsize=9, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
show(
    fig,
    alt="Left: path lengths in Z and W. Right: how often linear probes of z and w name six factors correctly; dotted, "
    "how often always the more common answer would be right.",
)

# %% [markdown]
# Over three draws (`bench.py --only entangled`) the path in W was 4,865 to 5,185 long, that in Z 7,716 to 8,719. The
# probes named 0.80 to 0.82 of the labels correctly from $w$, 0.66 to 0.67 from $z$, on average over the six factors;
# always the more common answer (dotted) would be right in 0.62, so a straight cut in $z$ knows hardly anything. So this
# mapping has straightened the space, by both measures. Two grains of salt: path lengths compare only within one network
# and one reader, and Z's numbers depend on the mapping, too, which stands between $z$ and the picture.
#
# ## 8. With few pictures
#
# From few pictures $D$ learns more than it should: it can know them by heart. Then it says *real* of those it knows and
# *made* of everything else, of **new real** pictures, too, and what it teaches $G$ is worth little. The gap between its
# opinions of known and of new pictures is how one sees it.
#
# Zhao and others (2020) show $D$ nothing but *changed* pictures: moved, with a hole, in other colors, real and made
# ones alike. The change is differentiable, so that $G$ learns through it, and since made pictures are changed, too, $G$
# is not taught to make holes.
#
# How few are few? For a run as short as ours a thousand are plenty. `bench.py --only few` trains a pair on 1,000 faces
# of 16 pixels for 2,000 steps, with three seeds: $D$'s opinions of known and of new faces end 0.05 apart, with changed
# pictures 0.00. There is nothing to cure, and the cure has its price: the distance ends at 16 without and at 25 to 33
# with it, since $G$ has to learn from changed pictures in as many steps. With **forty** pictures it is another matter:
# run B of the next section shows the gap.
#
# ## 9. What goes wrong
#
# Two short runs at 16 × 16 pixels, by your step. What is wrong with them lies in the package.


# %% name="broken" demo=true folded="Plays a run whose settings lie in the package"
BROKEN_STEPS = quick(260, 2)


def play_broken(name):
    """Play run A or B, and draw it."""
    settings = {} if name == "well" else broken_run("14_stylegan", name)
    run = Match(16, seed=1, **settings)
    for _ in each(run.play(BROKEN_STEPS), f"run {name}", usual=quick(30, 1), total=BROKEN_STEPS):
        pass
    draw_match(run, "a run that is well" if name == "well" else f"run {name}")
    return run


well = play_broken("well")

# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: what is seen?
#
# - [ ] $D$ tells known pictures from new ones :: Their curves lie together.
# - [x] $D$ hardly tells made pictures from real ones, and the pictures are poor :: All three curves stay close to 0,
#   and not because the pictures are good.
# - [ ] $D$ wins: it is surer and surer :: Compare the axis of its curves with the good run's.
#
# ---
# Its setting: `gamma=1000.0`: R1 is ten thousand times as strong.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what is seen?
#
# - [ ] $D$ says the same of known, new and made pictures :: Look where the curves end.
# - [x] $D$ tells known pictures from new ones, though both are real :: The curves of known and new part.
# - [ ] $D$ has stopped learning: all its curves are flat :: They move, and apart.
#
# ---
# Its setting: `pictures=40`: it is trained on forty faces.

# %% [markdown] exercise="explain_styles" stars=2 minutes=20
# ### Exercise 10: two explanations
#
# For each of the runs A and B write three sentences: the evidence (faces, curves), the cause, and what you would
# change. For A: at which value does $D$'s logistic loss stay, and why would a look at that loss alone mislead you?
# For B: name two cures, and say how the curves would look with each. A teacher reads this answer.

# %% [markdown] answer="explain_styles" points=4
# *A: R1 is far too strong.* All of D's opinions stay near 0, of made pictures as of real ones, and the faces are blobs
# beside the good run's. R1 punishes every slope of D at real pictures, and at this γ no slope is worth its price: D is
# flat, and a flat D tells G nothing about which way to go. The logistic loss stays near 2 ln 2 = 1.39, which is also
# where a *perfect* generator would put it: the number alone cannot tell a won game from one that is not played. Cure: a
# γ of 0.1 to 1 here; found by printing R1's part beside the loss, or by trying a tenth of γ.
#
# *B: 40 pictures.* D's opinion of known pictures rises above that of new ones, which falls to that of made ones: D has
# learned the pictures by heart. Cures: more pictures (known and new stay together), differentiable augmentation of
# all that D sees (the gap opens later), a stronger R1 (both are drawn together, and D says less of all), a smaller D.
#
# One point for each run's evidence, one for each cause with a cure.

# %% [markdown]
# ## 10. An open challenge
#
# Section 6 swapped three groups. To know the ruler of each factor among *all* layers takes more swaps, or better ones.

# %% [markdown] exercise="fewest_swaps" stars=3 minutes=40 challenge=true
# ### Exercise 11: the fewest swaps
#
# A generator has 18 layers, as StyleGAN's has at 1,024 pixels. A reader follows 50 factors of its faces, and each is
# ruled by exactly one layer. `swap(layers)` gives some layers the style of another face: `layers` is a list of 18
# booleans, True where the layer is swapped; nothing else is taken. It returns 50 numbers, a list: for each factor 1 if
# its layer was swapped and 0 if not, **plus the reader's error**, drawn anew every time from N(0, 0.3²). Return the
# number of the ruling layer, 0 to 17, for each factor: 50 whole numbers, as a list or a tensor.
#
# Eight generators are examined, and of all 400 rulers at most **8** may be wrong. What counts is the mean number of
# swaps. Bronze takes at most **40** swaps, silver **18**, gold **12**. A run may take 20 seconds; graders' generators
# are others.

# %% [markdown] hints="fewest_swaps"
# For bronze swap one layer at a time, and do so twice: the reader's errors are averaged.
# ---
# For silver number the layers in binary. Swap all layers whose last digit is 1, then those whose second digit is 1, …:
# the answers spell each factor's layer, five digits for all 50 factors at once. Some digits are misread; so ask again.
# ---
# For gold do not repeat questions. Give each layer a word of 12 digits that differs from every other in *many*
# places, at least four or five; random words will do, if you drop those too near to a chosen one. Then take for each
# factor the layer whose word is nearest to what was read, by squared distance: no digit is decided by itself.


# %% solution="fewest_swaps"
def fewest_swaps(swap):
    """The ruling layer of each of 50 factors; `swap(layers)`, 18 booleans, reads all factors once."""
    ### BEGIN SOLUTION
    random, words = torch.Generator().manual_seed(0), []
    while len(words) < 18:
        word = torch.randint(0, 2, (12,), generator=random).double()
        if all((word - other).abs().sum() >= 4 for other in words):
            words.append(word)
    code = torch.stack(words)  # 18 layers, 12 questions
    read = torch.stack([torch.tensor(swap([bool(x) for x in column]), dtype=torch.float64) for column in code.T])
    return torch.cdist(read.T, code).argmin(1).tolist()
    ### END SOLUTION


# %% test="fewest_swaps" points=3

# %% [markdown]
# Each medal is an idea: one at a time; all digits at once; and a code that forgives errors, which is how messages get
# home from space.
#
# ## 11. What to take along
#
# - The picture begins with a constant; $w$ tells every layer which features are strong.
# - AdaIN normalizes by what is there, and a spike gets past it. Demodulation normalizes by what is expected.
# - Each group of layers rules what it paints: the coarse ones pose, shape and skin, later ones the hair's color. Noise
#   rules what is chance.
# - Truncation in $w$ gives up variety, by one number, after training. Whether quality rises has to be measured.
# - A mapping can bend $z$ so that $w$ is straighter. That can be measured, and need not come out the same everywhere.

# %% [markdown] quiz="constant"
# The input is the same constant for every picture. Where does it get its variety from?
#
# - [ ] from noise alone :: Noise moves curls and grain; faces stay the same person.
# - [x] from styles: each layer scales its features by its own $w$ :: And noise adds what is left to chance.
# - [ ] the constant is drawn anew each time :: It is learned, and then stays.

# %% [markdown] quiz="lazy"
# R1 acts in every 16th step only and is *not* multiplied by 16. What happens?
#
# - [ ] nothing: it costs less, that is all :: Its mean over the steps is a sixteenth.
# - [x] it is a sixteenth as strong :: As if $\gamma$ were a sixteenth.
# - [ ] it is stronger: fewer steps disturb it :: Its gradients are added to $D$'s, and there are fewer of them.

# %% [markdown] quiz="psi_zero"
# What do you see at ψ = 0 with fresh noise for each picture?
#
# - [ ] black pictures :: $w = \bar w$ is a style like any other.
# - [x] one face, with small changes from noise :: All have the style of the mean.
# - [ ] the mean of all faces, blurred :: The face *of the mean w* is a sharp one; means are taken of w, not of pixels.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 14_stylegan
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - T. Karras, S. Laine and T. Aila, *A Style-Based Generator Architecture for Generative Adversarial Networks*, CVPR
#   2019, [arXiv:1812.04948](https://arxiv.org/abs/1812.04948): the generator in section 2, mixing and noise in 3,
#   path length and separability in 4, truncation in appendix B.
# - T. Karras, S. Laine, M. Aittala, J. Hellsten, J. Lehtinen and T. Aila, *Analyzing and Improving the Image Quality of
#   StyleGAN*, CVPR 2020, [arXiv:1912.04958](https://arxiv.org/abs/1912.04958): droplets and demodulation in section
#   2, R1 in some steps only in 3.1.
# - S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu and S. Han, *Differentiable Augmentation for Data-Efficient GAN Training*,
#   NeurIPS 2020, [arXiv:2006.10738](https://arxiv.org/abs/2006.10738).
# - X. Huang and S. Belongie, *Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization*, ICCV 2017,
#   [arXiv:1703.06868](https://arxiv.org/abs/1703.06868).
# - L. Mescheder, A. Geiger and S. Nowozin, *Which Training Methods for GANs do actually Converge?*, ICML 2018,
#   [arXiv:1801.04406](https://arxiv.org/abs/1801.04406): R1.

# %% demo=true folded="Your own picture: your generator's faces with mixed styles"
with torch.no_grad():
    rows, columns = match.average.mapping(torch.randn(5, 64)), match.average.mapping(torch.randn(7, 64))
    layers = len(match.average.synthesis.layers)
    mixed = mix_styles(rows.repeat_interleave(7, 0), columns.repeat(5, 1), torch.full((35,), 3), layers)
    mine = match.average.synthesis(mixed)
fig = figure(7, 5)
(ax,) = axes(fig)
draw_pictures(ax, mine, 7, "a row shares its first three layers, a column the others")
keepsake(fig, alt="Five rows of seven generated faces; rows share coarse, columns fine styles.", name="my_styles")

# %% [markdown] last=true
# ## What you have built
#
# A generator of styles: a mapping with its own learning rate, two ways to tell a layer its style and the proof that
# the second one is safe, noise, mixing, truncation, and the step that trains it. With it you have measured who rules
# what in a face.
#
# **The same at full scale.**
#
# | | here | StyleGAN (2019) | StyleGAN2 (2020) |
# |---|---|---|---|
# | pictures | 32 × 32, drawn faces | 1,024 × 1,024, FFHQ | 1,024 × 1,024, FFHQ |
# | layers with a style | 7 | 18 | 18 |
# | $z$, $w$ | 64 numbers | 512 | 512 |
# | mapping | 4 layers, rate 0.1 | 8 layers, rate 0.01 | 8 layers, rate 0.01 |
# | styles | both forms | AdaIN | demodulation |
# | R1 | every 8th step | every step | every 16th step |
# | pictures shown | 11,000 | 25 million | 25 million |
#
# **Next:** lesson 15 goes the other way: many classes, large batches, and every trick at once.
