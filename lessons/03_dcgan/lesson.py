# %% [markdown] builds="a DCGAN for faces, its tricks with and without, a walk through its latent space" hours=4 stars=2
# # 03 · Faces from noise
#
# Lesson 01's game, played with pictures. The generator turns 64 random numbers into a face that
# nobody has drawn. Nothing in the rules has changed; what has changed is that the rules alone are
# no longer enough. In 2015 Radford, Metz and Chintala published a recipe, DCGAN, with which training
# worked most of the time, and people have been adding tricks to it ever since. You will build the
# recipe from its smallest part, and see each trick's reason: what happens without it.
#
# **You will be able to**
#
# - work out the sizes of convolutions and transposed convolutions, and write the second from scratch;
# - build a DCGAN's generator and discriminator, and start them from the right weights;
# - use six tricks of the trade (soft and noisy labels, separate batches, replay, averaging, the right
#   last layer, a slower momentum), and say what each is good for;
# - read a run's curves, and write a program that tells a good run from a collapsed or a diverged one;
# - walk through the latent space: along lines and arcs, and by arithmetic with attributes.
#
# **Time:** about four hours, of which the machine works about ten minutes.
# **Builds on:** lesson 01 (both losses, the two steps); convolutional networks in PyTorch.

# %% [markdown]
# ![An animation of generated pictures. Out of gray fog come first colors, then heads and hair, and
# last eyes, glasses and smiles.](images/film.gif)
#
# *What you will build: a generator's answer to a few fixed noise vectors while it learns, here at 64 × 64 pixels in
# 18,000 steps. The data are faces that the course draws itself; none of these is among them.*

# %% name="setup" edition=1
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import data, device, quick, seed_everything, show
from gancourse.checks import public
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure

check = public("03_dcgan")
seed_everything(0)

# %% [markdown]
# ## 1. The data
#
# One line loads them. The faces are drawn by a program from some forty numbers each: age, hair,
# smile, glasses. Nobody's picture is among them. For photographs change the line to
# `data.load("celeba", size=32)`: everything below works for both, with more minutes for photographs.
# If CelebA is not on your machine yet, `gancourse data list` says how to get it.
#
# A pixel is stored as a byte, 0 to 255. The networks see numbers from −1 to 1, because that is the
# range of the generator's last layer, tanh. Remember this; section 4 shows what comes of forgetting it.

# %% name="load" demo=true
faces = data.load("faces", size=32, n=quick(None, 600))
pictures, labels = next(faces.batches(32))
print(faces)
print(f"one batch: {tuple(pictures.shape)}, from {pictures.min():.2f} to {pictures.max():.2f}")


# %% name="draw" demo=true
def tiled(pictures, columns=8):
    """Pictures (n, 3, H, W) in [−1, 1] side by side, as matplotlib wants them."""
    from torchvision.utils import make_grid

    sheet = make_grid((pictures.detach().cpu() + 1) / 2, columns, padding=1, pad_value=1.0)
    return sheet.clamp(0, 1).permute(1, 2, 0).numpy()


def draw_pictures(ax, pictures, columns=8, title=""):
    """Pictures on these axes, without ticks."""
    ax.imshow(tiled(pictures, columns), interpolation="nearest")
    ax.set(title=title, xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


# %% demo=true
fig = figure(8, 4.1)
(ax,) = axes(fig)
draw_pictures(ax, pictures, 8, "32 of the 20,000 training faces")
show(fig, alt="Thirty-two small drawn faces in four rows, of many ages, skin tones, hairstyles and moods.")

# %% [markdown]
# ## 2. Smaller and larger maps
#
# The discriminator goes from 32 × 32 pixels to one number. A **strided convolution** does that: the
# kernel moves in steps of $s$ pixels, so the map that comes out is about $s$ times smaller. The
# generator goes the other way, from one column of numbers to 32 × 32 pixels.
#
# Count places. A row of $n$ pixels gets $p$ pixels of padding on both sides. A kernel of $k$ pixels
# is laid at the left end, and moved right by $s$ as long as it fits.

# %% [markdown] exercise="conv_size" stars=1 minutes=5
# ### Exercise 1: how large is the map?
#
# Return the number of places where the kernel fits, as a whole number (an `int`). Where the last
# step would lead beyond the edge, it is not made, and the rest of the row is left out.

# %% [markdown] hints="conv_size"
# With padding the row has $n + 2p$ pixels. The first place is at its left end. How far may the kernel
# move from there?
# ---
# $\left\lfloor \dfrac{n + 2p - k}{s} \right\rfloor + 1$.
# ---
# `//` divides whole numbers and rounds down. What it divides goes in brackets; the 1 comes after.


# %% solution="conv_size"
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


# %% test="conv_size" points=1

# %% [markdown]
# A **transposed convolution** undoes the change of size. Each pixel of the small map leaves a *stamp*
# in the large one: the kernel, multiplied by the pixel's value. Neighboring pixels stamp $s$ pixels
# apart. Where stamps overlap they add up. At the end $p$ rows and columns are cut off at each side:
# they are what the convolution would have padded.

# %% [markdown] exercise="transposed_size" stars=1 minutes=5
# ### Exercise 2: and the other way?
#
# Return the size that a transposed convolution makes of a row of `size` pixels: from the first
# pixel of the first stamp to the last of the last, less what is cut off. An `int` again.

# %% [markdown] hints="transposed_size"
# Where does the last stamp begin, if the first begins at 0? Where does it end?
# ---
# The last of $n$ stamps begins at $(n - 1)s$ and is $k$ long; $p$ is cut off at both ends:
# $(n - 1)s + k - 2p$.
# ---
# One expression, with no division in it. Try it on DCGAN's layer: kernel 4, stride 2, padding 1
# should double every size.


# %% solution="transposed_size"
def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output, from that of its input: an int."""
    ### BEGIN SOLUTION
    return (size - 1) * stride - 2 * padding + kernel
    ### END SOLUTION


# %% test="transposed_size" points=1

# %% [markdown]
# With a kernel of 4, a stride of 2 and a padding of 1 both formulas are each other's inverse: halve,
# double. This is the layer DCGAN is made of. Look at both chains.

# %% demo=true
down, up = [32], [1, transposed_size(1, 4)]
while down[-1] > 4:
    down.append(conv_size(down[-1], 4, 2, 1))
while up[-1] < 32:
    up.append(transposed_size(up[-1], 4, 2, 1))
print("discriminator:", " → ".join(map(str, [*down, conv_size(4, 4)])))
print("generator:    ", " → ".join(map(str, up)))

# %% [markdown] exercise="transposed_convolution" stars=3 minutes=25
# ### Exercise 3: stamp by stamp
#
# Write the transposed convolution itself, for one channel. `picture` has shape $(h, w)$, `kernel`
# $(k, l)$, both of floating-point numbers. The pixel in row $i$ and column $j$ stamps
# `picture[i, j] * kernel` with its top left corner at row $s \cdot i$, column $s \cdot j$ of a large
# map of zeros. Stamps add up. Then `padding` rows and columns are cut off at each of the four sides.
#
# The kernel is stamped as it is, not turned around. The result has the picture's dtype. Gradients
# reach both the picture and the kernel, and both are left as they are. PyTorch's own
# `conv_transpose2d` is the judge, so do without it: that is what the exercise is for.

# %% [markdown] hints="transposed_convolution"
# Make the large map first, without cutting: you know its size. Then two loops over the picture's
# pixels, each of which adds a rectangle to the map.
# ---
# Row $i$, column $j$ covers the rows $si$ to $si + k - 1$ and the columns $sj$ to $sj + l - 1$. The uncut
# map has $(h - 1)s + k$ rows and $(w - 1)s + l$ columns.
# ---
# `large = picture.new_zeros(…, …)` and, in the loops, `large[a : a + k, b : b + l] += …`. Cut with
# `large[padding : rows - padding, …]`; mind that `large[0:-0]` would be empty.


# %% solution="transposed_convolution"
def transposed_convolution(picture, kernel, stride=1, padding=0):
    """The transposed convolution of one channel.

    Args:
        picture: shape (h, w).
        kernel: shape (k, l).
        stride: how many pixels lie between two stamps' corners.
        padding: how many rows and columns are cut off at each side.

    Returns:
        shape ((h − 1) · stride − 2 · padding + k, (w − 1) · stride − 2 · padding + l).
    """
    ### BEGIN SOLUTION
    (h, w), (tall, wide) = picture.shape, kernel.shape
    rows, columns = (h - 1) * stride + tall, (w - 1) * stride + wide
    large = picture.new_zeros(rows, columns)
    for i in range(h):
        for j in range(w):
            a, b = i * stride, j * stride
            large[a : a + tall, b : b + wide] += picture[i, j] * kernel
    return large[padding : rows - padding, padding : columns - padding]
    ### END SOLUTION


# %% test="transposed_convolution" points=3

# %% [markdown]
# Look at your stamps one by one. On the left a row of four pixels, each in its own color, with a
# kernel of 4 and a stride of 2: everywhere inside, two stamps overlap. On the right the same with a
# kernel of 3. All four pixels have the value 1 and the kernels are flat, so an even row should come out.

# %% demo=true
fig = figure(9.5, 2.9)
for ax, kernel in zip(axes(fig, 1, 2, sharey=True), (4, 3), strict=True):
    below = torch.zeros(transposed_size(4, kernel, 2))
    for k in range(4):
        one_pixel = torch.zeros(1, 4)
        one_pixel[0, k] = 1.0
        stamp = transposed_convolution(one_pixel, torch.ones(1, kernel), stride=2)[0]
        ax.bar(
            range(len(stamp)), stamp, bottom=below, color=PALETTE[k], edgecolor="white", hatch=("", "//", "..", "xx")[k]
        )
        below = below + stamp
    ax.set(title=f"kernel {kernel}, stride 2", xlabel="pixel of the large map", ylabel="sum of the stamps")
show(
    fig,
    alt="Two bar charts of overlapping stamps in four colors. Kernel 4: every pixel inside gets two stamps, an even "
    "height. Kernel 3: the heights alternate between one and two stamps.",
)

# %% [markdown]
# (At the two ends there is one stamp only. That is what the padding cuts off.) With a kernel of 3 every
# second pixel gets twice as much. In two dimensions this makes the
# *checkerboard* that many generated pictures show. A kernel whose size the stride divides avoids the
# uneven start, and that is why DCGAN's are 4 wide. (Odena and others, 2016, suggest another cure:
# enlarge by copying pixels, then convolve as usual.)
#
# **Why "transposed"?** A convolution is linear, so it is a matrix $C$: it takes the pixels of the
# large map, in one long column, to those of the small one. Your function is $C^\top$. Where the
# convolution gathers $k \times l$ pixels into one, its transpose spreads one pixel over $k \times l$.
# It is not the inverse: it has the right shape, not the old values. It is also what `backward()`
# runs through every convolution.

# %% demo=true
kernel = torch.arange(1.0, 10.0).reshape(3, 3)
large, small = 7, conv_size(7, 3, 2, 1)
basis = torch.eye(large**2).reshape(-1, 1, large, large)  # every picture with a single 1 in it
C = F.conv2d(basis, kernel[None, None], stride=2, padding=1).flatten(1).T
y = torch.randn(small, small)
ours = transposed_convolution(y, kernel, 2, 1)
print(f"C has shape {tuple(C.shape)}; it differs from Cᵀy by {(C.T @ y.flatten() - ours.flatten()).abs().max():.0e}")

fig = figure(8.5, 2.6)
(ax,) = axes(fig)
ax.imshow(C, cmap="Blues")
ax.set(title="the convolution's matrix C", xlabel="pixel of the large map", ylabel="of the small map")
ax.grid(False)
show(
    fig,
    alt="A wide matrix of zeros but for the nine numbers of the kernel in each row, further right in each further row.",
)

# %% [markdown]
# ## 3. The recipe
#
# Section 3 of the paper gives it in five lines:
#
# - no pooling and no resizing: strided convolutions in $D$, transposed ones in $G$;
# - **batch normalization** in both, but not behind $G$'s last layer and not before $D$'s first one;
# - no dense hidden layers: $z$ becomes a 4 × 4 map at once, and the last map is one number at once;
# - ReLU in $G$, and tanh at its end;
# - leaky ReLU, with slope 0.2 where it is negative, in $D$: a dead unit would pass no gradient to $G$.
#
# For 32 pixels, $z$ of length 64 and a width of 32 the two networks mirror each other (all kernels are 4 × 4):
#
# | generator | | discriminator | |
# |---|---|---|---|
# | noise $z$ | 64 | picture | 3 × 32 × 32 |
# | transposed, stride 1, padding 0 | 128 × 4 × 4 | convolution, stride 2, padding 1 | 32 × 16 × 16 |
# | transposed, stride 2, padding 1 | 64 × 8 × 8 | convolution, stride 2, padding 1 | 64 × 8 × 8 |
# | transposed, stride 2, padding 1 | 32 × 16 × 16 | convolution, stride 2, padding 1 | 128 × 4 × 4 |
# | transposed, stride 2, padding 1 | 3 × 32 × 32 | convolution, stride 1, padding 0 | 1 × 1 × 1 |
#
# For larger pictures both get more layers in the middle: 64 pixels have one more doubling, and their
# 4 × 4 map has twice as many channels.

# %% [markdown] exercise="Generator" stars=2 minutes=25
# ### Exercise 4: the generator
#
# Write it as a class, for any `size` of 16, 32 or 64, any `latent_dim` and any `width`. The maps grow
# from 4 × 4 to `size`; the last one before the picture has `width` channels, and each one before has
# twice as many. `forward` takes $z$ of shape (n, latent_dim) and gives pictures (n, 3, size, size)
# in [−1, 1].
#
# Batch normalization (with its scales and shifts), then ReLU, stand behind every layer but the last, tanh
# behind the last. Enlarging
# with `nn.Upsample` and a convolution is accepted, too. What its layers are called, and whether they
# have biases, is up to you. Leave the initial weights as PyTorch sets them: that is exercise 6.

# %% [markdown] hints="Generator"
# How many doublings lead from 4 to `size`? Build a list of layers in a loop, and hand it to
# `nn.Sequential(*layers)`.
# ---
# With $m = \log_2(\text{size} / 4)$ doublings the 4 × 4 map has $\text{width} \cdot 2^{m-1}$ channels. Each doubling
# halves them, but the last, which leads to 3.
# ---
# Start with `nn.ConvTranspose2d(latent_dim, channels, 4)`. In the loop, `nn.BatchNorm2d(channels)`,
# `nn.ReLU()`, `nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1)`. `z.reshape(len(z), -1, 1, 1)`
# makes a map of one pixel out of $z$. Keep the `nn.Sequential` as an attribute.


# %% solution="Generator"
class Generator(nn.Module):
    """From noise to pictures.

    Args:
        size: height and width of the pictures: 16, 32 or 64.
        latent_dim: length of z.
        width: channels of the last map before the picture.
    """

    def __init__(self, size=32, latent_dim=64, width=32):
        ### BEGIN SOLUTION
        super().__init__()
        channels = width * size // 8
        layers = [nn.ConvTranspose2d(latent_dim, channels, 4, bias=False)]
        while channels > width:
            layers += [nn.BatchNorm2d(channels), nn.ReLU()]
            layers += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False)]
            channels //= 2
        layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.ConvTranspose2d(channels, 3, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, z):
        """z (n, latent_dim) to pictures (n, 3, size, size) in [−1, 1]."""
        ### BEGIN SOLUTION
        return self.layers(z.reshape(len(z), -1, 1, 1))
        ### END SOLUTION


# %% test="Generator" points=3

# %% [markdown] exercise="Discriminator" stars=2 minutes=20
# ### Exercise 5: the discriminator
#
# The mirror image. The first map has `width` channels, each following one half the size and twice
# as many, until it is 4 × 4; a last convolution makes one number of that. `forward` takes pictures
# (n, 3, size, size) and gives **logits** of shape (n, 1), any real numbers: no sigmoid at the end.
#
# `LeakyReLU(0.2)` stands behind every convolution but the last, batch normalization (with its scales and
# shifts, before the activation) behind every one but the first and the last. There is no pooling, and the
# last map is not averaged: each of its places has weights of its own.

# %% [markdown] hints="Discriminator"
# The generator's loop, backwards. The first layer has no batch normalization, so it stands before
# the loop.
# ---
# From `size` to 4 there are $\log_2(\text{size} / 4)$ halvings; the first makes `width` channels of 3,
# each of the others doubles them.
# ---
# Before the loop `nn.Conv2d(3, width, 4, 2, 1)` and `nn.LeakyReLU(0.2)`; in it `nn.Conv2d(c, 2 * c, 4, 2, 1)`,
# `nn.BatchNorm2d(2 * c)`, `nn.LeakyReLU(0.2)`; after it `nn.Conv2d(c, 1, 4)`, and `nn.Flatten()` for
# the shape (n, 1).


# %% solution="Discriminator"
class Discriminator(nn.Module):
    """From pictures to logits.

    Args:
        size: height and width of the pictures: 16, 32 or 64.
        width: channels of the first map.
    """

    def __init__(self, size=32, width=32):
        ### BEGIN SOLUTION
        super().__init__()
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels = width
        while channels < width * size // 8:
            layers += [nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False)]
            channels *= 2
            layers += [nn.BatchNorm2d(channels), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels, 1, 4), nn.Flatten())
        ### END SOLUTION

    def forward(self, pictures):
        """Pictures (n, 3, size, size) to logits (n, 1)."""
        ### BEGIN SOLUTION
        return self.layers(pictures)
        ### END SOLUTION


# %% test="Discriminator" points=3

# %% [markdown] exercise="init_weights" stars=1 minutes=10
# ### Exercise 6: where they start
#
# The paper draws all weights from $\mathcal{N}(0, 0.02^2)$. Write a function that is called for every
# layer, by `net.apply(init_weights)`, and changes it in place:
#
# - `nn.Conv2d` and `nn.ConvTranspose2d`: weights from $\mathcal{N}(0, 0.02^2)$, the bias to 0 if there is one;
# - `nn.BatchNorm2d`: weights (its scales) from $\mathcal{N}(1, 0.02^2)$, the bias to 0;
# - anything else stays as it is, the running statistics of batch normalization included.

# %% [markdown] hints="init_weights"
# `isinstance` tells the layers apart. `torch.nn.init` has functions, their names ending in `_`, that
# fill a parameter in place.
# ---
# $\mathcal{N}(\mu, \sigma^2)$ has standard deviation $\sigma$: 0.02 in both cases.
# `nn.init.normal_(tensor, mean, std)`.
# ---
# `if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):` fill `module.weight`, and
# `if module.bias is not None:` `nn.init.zeros_(…)`. Then the same for `nn.BatchNorm2d`, with mean 1.


# %% solution="init_weights"
def init_weights(module):
    """Draw one layer's initial weights, in place. Used as net.apply(init_weights)."""
    ### BEGIN SOLUTION
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
    ### END SOLUTION


# %% test="init_weights" points=2

# %% demo=true
G, D = Generator().apply(init_weights), Discriminator().apply(init_weights)
for name, net in (("generator", G), ("discriminator", D)):
    print(f"{name:13} {sum(p.numel() for p in net.parameters()):8,} parameters")
with torch.no_grad():
    untrained = G(torch.randn(16, 64))
print(f"before training two thirds of all pixels are within {untrained.std():.2f} of middle gray, which is 0")

# %% [markdown]
# Small weights make gray pictures and logits near 0: at the start nobody is sure of anything.
#
# ## 4. Tricks of the trade
#
# The recipe works, mostly. Around it grew a list of tricks; Soumith Chintala's "How to train a GAN?"
# (2016) made it famous. Each answers a failure that people had seen. You write four of them; then a
# loop that can be played with and without each.
#
# **Soft labels.** A discriminator that is always right can still lower its loss: by being *surer*.
# Its logits grow without end, and one odd real picture then gets an enormous gradient. Salimans and
# others (2016) therefore label real pictures 0.9 instead of 1. Above 0.9 the gradient turns around.
# **Only the real ones**: with a soft label $\alpha$ for real pictures and $\beta$ for fakes the best
# discriminator becomes $D^* = \dfrac{\alpha p + \beta q}{p + q}$. The $q$ in the numerator means that where
# there are no data at all, fakes would still be praised. Hence one-sided: $\beta = 0$.

# %% [markdown] exercise="smoothed_loss" stars=1 minutes=10
# ### Exercise 7: one-sided label smoothing
#
# With $r$ = `real_label`, write
#
# $$L_D = -\tfrac1n \textstyle\sum_i \bigl[r \log D(x_i) + (1 - r) \log(1 - D(x_i))\bigr] -
# \tfrac1m \sum_j \log\bigl(1 - D(G(z_j))\bigr)$$
#
# for two batches of logits, of shapes (n, 1) and (m, 1). The two means are added. One number, which
# can be differentiated and is right at logits of ±200.

# %% [markdown] hints="smoothed_loss"
# It is lesson 01's first exercise with another label for one of the batches. Cross-entropy takes
# labels between 0 and 1 as well.
# ---
# From a logit $l$: $-r \log D - (1 - r) \log(1 - D) = \log(1 + e^{l}) - r\, l$.
# ---
# `F.binary_cross_entropy_with_logits(logits, labels)`, with `torch.full_like(real_logits, real_label)`
# for the real ones. The fakes' part is unchanged.


# %% solution="smoothed_loss"
def smoothed_loss(real_logits, fake_logits, real_label=0.9):
    """D's loss with a soft label for real pictures; fakes keep the label 0.

    Args:
        real_logits: shape (n, 1); fake_logits: shape (m, 1).
        real_label: the real pictures' label, between 0 and 1.

    Returns:
        one number, a tensor of shape ().
    """
    ### BEGIN SOLUTION
    soft = torch.full_like(real_logits, real_label)
    return F.binary_cross_entropy_with_logits(real_logits, soft) + F.softplus(fake_logits).mean()
    ### END SOLUTION


# %% test="smoothed_loss" points=2

# %% [markdown]
# See the turning point. For one real picture, the derivative of the loss with respect to its logit
# is $D(x) - r$. With a hard label it is negative always: more, more. With a soft one it changes its
# sign at $D = 0.9$.

# %% demo=true
logit = torch.linspace(-4, 8, 241)
fig = figure(9.5, 2.9)
left, right = axes(fig, 1, 2, sharex=True)
for label, color, dash in ((1.0, PALETTE[3], "--"), (0.9, JUDGE, "-")):
    x = logit.clone().requires_grad_()
    values = torch.stack([smoothed_loss(one.reshape(1, 1), torch.full((1, 1), -30.0), label) for one in x])
    (slope,) = torch.autograd.grad(values.sum(), x)
    left.plot(logit, values.detach(), color=color, ls=dash, lw=2, label=f"real_label = {label:g}")
    right.plot(logit, slope, color=color, ls=dash, lw=2)
left.set(title="the loss of one real picture", xlabel="logit")
right.set(title="its derivative", xlabel="logit")
right.axhline(0, color="0.3", lw=0.8)
left.legend()
show(
    fig,
    alt="Left: with a hard label the loss falls towards 0 for ever; with label 0.9 it is lowest near logit "
    "2.2 and rises after it. Right: the hard label's derivative stays below 0, the soft one's crosses 0 there.",
)

# %% [markdown] exercise="noisy_labels" stars=1 minutes=10
# ### Exercise 8: noisy labels
#
# A cousin of smoothing: let the labels of real pictures vary, and now and then be plainly wrong, so
# that $D$ is never right about everything. Return a tensor of $n$ labels, shape (n, 1). Each is drawn
# evenly between `low` and `high`; then each, with probability `flip` and on its own, is replaced by 0.
# Every call draws anew.

# %% [markdown] hints="noisy_labels"
# Two independent draws for each label: what it is, and whether it is flipped.
# ---
# For $u$ even in $[0, 1)$, $\text{low} + (\text{high} - \text{low})\,u$ is even from low to high. Another
# $v$ even in $[0, 1)$ is below `flip` with probability `flip`.
# ---
# `torch.rand(n, 1)` twice. `torch.where(condition, a, b)` picks, or set `labels[condition] = 0`.


# %% solution="noisy_labels"
def noisy_labels(n, low=0.8, high=1.0, flip=0.05):
    """n labels for real pictures, shape (n, 1): even between low and high, and 0 with probability flip."""
    ### BEGIN SOLUTION
    labels = low + (high - low) * torch.rand(n, 1)
    return torch.where(torch.rand(n, 1) < flip, torch.zeros(n, 1), labels)
    ### END SOLUTION


# %% test="noisy_labels" points=1

# %% [markdown]
# **A memory of past fakes.** $D$ only ever sees what $G$ makes *now*. It may forget what was wrong with
# last minute's fakes, and $G$ may go back to them: the circling of lesson 01. Shrivastava and others
# (2017) keep a buffer of past fakes and mix some of them into $D$'s batch.

# %% [markdown] exercise="ReplayBuffer" stars=2 minutes=20
# ### Exercise 9: the replay buffer
#
# `buffer = ReplayBuffer(capacity)` starts empty. `buffer(fakes)` takes a batch (n, …) and returns one
# of the same shape. It goes through the batch in order, picture by picture:
#
# - while fewer than `capacity` pictures are stored, the picture is stored *and* passed on;
# - once the buffer is full, a coin is tossed. Heads: the picture is passed on, and not stored.
#   Tails: a stored picture, drawn evenly, is passed on instead, and the new one takes its place.
#
# The returned batch is a new tensor, cut off from $G$'s computation (the buffer is for $D$'s step); the
# batch that came in is left as it is. What is stored are copies: nobody who changes a batch later changes
# them. Batches may differ in size from call to call, and pictures may have any number of dimensions.

# %% [markdown] hints="ReplayBuffer"
# A list of stored pictures as an attribute, and a list of those to return, which is stacked at the
# end. An object is called like a function if its class has a method `__call__`.
# ---
# Three cases for each picture: `len(stored) < capacity`; else with probability ½ the picture; else
# index $k$ drawn from $0 \ldots \text{capacity} - 1$, return `stored[k]`, and then `stored[k]` becomes the new one.
# ---
# `for picture in fakes.detach():` … `torch.rand(()) < 0.5` is the coin, `int(torch.randint(capacity, ()))`
# the place; store `picture.clone()`. At the end `return torch.stack(passed_on)`.


# %% solution="ReplayBuffer"
class ReplayBuffer:
    """A memory of past fakes: buffer(fakes) returns a batch of as many, some of them old."""

    def __init__(self, capacity):
        ### BEGIN SOLUTION
        self.capacity, self.stored = capacity, []
        ### END SOLUTION

    def __call__(self, fakes):
        ### BEGIN SOLUTION
        passed_on = []
        for picture in fakes.detach():
            if len(self.stored) < self.capacity:
                self.stored.append(picture.clone())
                passed_on.append(picture)
            elif torch.rand(()) < 0.5:
                passed_on.append(picture)
            else:
                k = int(torch.randint(self.capacity, ()))
                passed_on.append(self.stored[k])
                self.stored[k] = picture.clone()
        return torch.stack(passed_on)
        ### END SOLUTION


# %% test="ReplayBuffer" points=3

# %% [markdown]
# **Averaging the generator.** The players circle around each other to the end, and $G$'s weights move
# with every step. A second generator, which is never trained, follows as an **exponential moving
# average** (EMA): $\bar\theta \leftarrow \beta \bar\theta + (1 - \beta)\,\theta$. It stands near the
# middle of the circle. Yazıcı and others (2019) found it to be the cheapest improvement there is.
# Pictures are drawn with the average; the game is played with $G$ itself.

# %% [markdown] exercise="ema_update" stars=2 minutes=15
# ### Exercise 10: the average
#
# Given two networks of the same structure, move every **parameter** of `ema` in place to
# `decay` times itself plus `1 − decay` times the one of `net`. `net` stays as it is, and `ema`'s
# parameters stay ordinary ones that hang on no computation.
#
# Batch normalization also has **buffers**, its running mean and variance, which are not parameters
# and must not stay behind. Copy their numbers from `net` (the two networks share no tensors), or average
# them like the weights. Both are done, and
# both are right here. (`num_batches_tracked`, a counter, may be copied or left.)

# %% [markdown] hints="ema_update"
# `zip(ema.parameters(), net.parameters())` pairs them up, and `zip(ema.buffers(), net.buffers())` the
# buffers. Autograd must not watch.
# ---
# $\bar\theta + (1 - \beta)(\theta - \bar\theta)$ is the same as $\beta\bar\theta + (1 - \beta)\theta$.
# Methods that end in `_` change a tensor in place.
# ---
# Under `torch.no_grad()`: `average.mul_(decay).add_(new, alpha=…)`, or `average.lerp_(new, …)`, for
# parameters; `average.copy_(new)` for buffers.


# %% solution="ema_update"
def ema_update(ema, net, decay):
    """Move the average `ema` one step towards `net`, in place.

    Args:
        ema, net: networks of the same structure.
        decay: the share of the old average, such as 0.99.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for average, new in zip(ema.parameters(), net.parameters(), strict=True):
            average.lerp_(new, 1 - decay)
        for average, new in zip(ema.buffers(), net.buffers(), strict=True):
            average.copy_(new)
    ### END SOLUTION


# %% test="ema_update" points=2

# %% [markdown]
# ### The loop, with a switch for each trick
#
# Nothing in the loop is new: $D$'s step, $G$'s step, the average's. `Settings` are the switches, set
# to the recipe. Three further tricks are switches only:
#
# - **separate batches**: $D(\text{real})$ and $D(\text{fake})$ are computed apart, so that batch
#   normalization sees one kind at a time. `mixed=True` computes both in one batch;
# - **momentum**: Adam's $\beta_1$ is 0.5 instead of the usual 0.9;
# - **a schedule by threshold**: while $D$ is right about more than this share of pictures, it skips
#   its step. Off (1.0) by default.


# %% name="settings"
class Settings:
    """What a run is played with. Settings(rate=1e-3) changes one of them."""

    size = 32
    width = 32  # of G
    d_width = 24
    rate = 4e-4
    d_speed = 1.0  # D's learning rate is so many times G's
    beta_1 = 0.5
    real_label = 0.9
    noisy = False  # noisy labels instead of soft ones
    replay = 0  # capacity of the buffer; 0 is none
    mixed = False
    threshold = 1.0
    decay = 0.999
    last = "tanh"  # G's last layer: "tanh", "sigmoid" or "none"
    seed = 0

    def __init__(self, **changes):
        for name, value in changes.items():
            if not hasattr(Settings, name):
                raise TypeError(f"There is no setting {name!r}.")
            setattr(self, name, value)


# %% name="run"
class Run:
    """Two networks, their optimizers, the average, and the curves so far."""

    def __init__(self, settings, latent_dim=64):
        seed_everything(settings.seed)
        self.settings, self.latent_dim = settings, latent_dim
        self.G = Generator(settings.size, latent_dim, settings.width).apply(init_weights).to(device())
        self.D = Discriminator(settings.size, settings.d_width).apply(init_weights).to(device())
        change_last_layer(self.G, settings.last)
        self.ema = copy.deepcopy(self.G)
        betas = (settings.beta_1, 0.999)
        self.opt_G = torch.optim.Adam(self.G.parameters(), settings.rate, betas)
        self.opt_D = torch.optim.Adam(self.D.parameters(), settings.rate * settings.d_speed, betas)
        self.replay = ReplayBuffer(settings.replay) if settings.replay else None
        self.fixed_z = torch.randn(32, latent_dim, device=device())
        self.history = {name: [] for name in ("d_loss", "g_loss", "d_real", "d_fake", "spread")}

    def sample(self, z=None, averaged=True):
        """Pictures of the average (or of G itself), each drawn for itself."""
        G = (self.ema if averaged else self.G).eval()
        with torch.no_grad():
            return G(self.fixed_z if z is None else z.to(device())).cpu()


# %% name="last-layer"
def loss_of_D(settings, on_real, on_fake):
    """D's loss with soft labels, or with noisy ones."""
    if not settings.noisy:
        return smoothed_loss(on_real, on_fake, settings.real_label)
    labels = noisy_labels(len(on_real)).to(on_real.device)
    return F.binary_cross_entropy_with_logits(on_real, labels) + F.softplus(on_fake).mean()


def change_last_layer(G, last):
    """Replace tanh by a sigmoid or by nothing: the broken runs need it."""
    if last != "tanh":
        other = nn.Sigmoid() if last == "sigmoid" else nn.Identity()
        for part in list(G.modules()):
            for name, child in part.named_children():
                if isinstance(child, nn.Tanh):
                    setattr(part, name, other)


# %% name="steps"
def step_D(run, real, fake):
    """One step of D; its loss and its mean outputs on both kinds."""
    shown = run.replay(fake) if run.replay else fake.detach()
    if run.settings.mixed:
        on_real, on_fake = run.D(torch.cat([real, shown])).split([len(real), len(shown)])
    else:
        on_real, on_fake = run.D(real), run.D(shown)
    loss = loss_of_D(run.settings, on_real, on_fake)
    right = ((on_real > 0).float().mean() + (on_fake < 0).float().mean()) / 2
    if right <= run.settings.threshold:
        run.opt_D.zero_grad()
        loss.backward()
        run.opt_D.step()
    return loss.item(), torch.sigmoid(on_real).mean().item(), torch.sigmoid(on_fake).mean().item()


def step_G(run, fake):
    """One step of G, with the non-saturating loss, and one of the average."""
    loss = F.softplus(-run.D(fake)).mean()
    run.opt_G.zero_grad()
    loss.backward()
    run.opt_G.step()
    step = len(run.history["g_loss"])
    ema_update(run.ema, run.G, min(run.settings.decay, (1 + step) / (10 + step)))
    return loss.item()


# %% name="train"
def spread(pictures, data_pictures):
    """The mean distance between two of the pictures, in units of that between two of the data."""

    def between(x):
        return (x - x.roll(1, 0)).flatten(1).norm(dim=1).mean()

    return (between(pictures) / between(data_pictures)).item()


def train(run, images, steps, batch_size=32):
    """Play; one step of each player per next(). Both learning rates fall to 0 over the last quarter."""
    batches = images.batches(batch_size, device=device(), seed=run.settings.seed)
    for step in range(steps):
        slow = min(1.0, 4 * (1 - step / steps))
        run.opt_G.param_groups[0]["lr"] = run.settings.rate * slow
        run.opt_D.param_groups[0]["lr"] = run.settings.rate * run.settings.d_speed * slow
        real, _ = next(batches)
        run.G.train()
        fake = run.G(torch.randn(batch_size, run.latent_dim, device=device()))
        d_loss, d_real, d_fake = step_D(run, real, fake)
        g_loss = step_G(run, fake)
        record = (d_loss, g_loss, d_real, d_fake, spread(fake.detach(), real))
        for values, value in zip(run.history.values(), record, strict=True):
            values.append(value)
        yield run


# %% [markdown]
# The fakes are made once and used twice: detached for $D$, attached for $G$. After $D$'s step they are
# judged again, by the $D$ that has just moved. The average starts in a hurry: at step $n$ its decay is
# at most $(1 + n)/(10 + n)$, or the gray pictures of the beginning would shine through for a thousand steps.
# The paper's rate is $2 \cdot 10^{-4}$ for batches of 128. Ours are 32 and $4 \cdot 10^{-4}$: more and
# larger steps from fewer pictures each, which pays where five minutes are all there is.
#
# ## 5. Train
#
# Now watch it. The picture shows the average's answer to 32 fixed noise vectors, always the same, and
# the curves beside it. It takes about five minutes on two CPU cores. What comes first, colors or
# shapes? When do the faces get eyes?


# %% name="draw-run" demo=true
def draw_run(fig, run):
    """Fixed-noise samples and the curves so far; returns the alt text."""
    fig.clear()
    samples, curves = axes(fig, 1, 2, width_ratios=(1, 1))
    draw_pictures(samples, run.sample(), 8, f"step {len(run.history['d_loss']):,}")
    every = max(1, len(run.history["d_loss"]) // 200)
    for name, color, dash in (("d_real", REAL, "-"), ("d_fake", FAKE, "-."), ("spread", PALETTE[4], ":")):
        values = torch.tensor(run.history[name])
        values = values[: len(values) // every * every].reshape(-1, every).mean(1)
        label = {"d_real": "D(x)", "d_fake": "D(G(z))", "spread": "spread of the samples"}[name]
        curves.plot(torch.arange(len(values)) * every, values, color=color, ls=dash, label=label)
    curves.set(ylim=(0, 1.3), xlabel="step")
    curves.legend(loc="upper right", ncols=3, fontsize=9, frameon=False)
    last = {name: values[-1] for name, values in run.history.items()}
    told = f"D(x) is {last['d_real']:.2f}, D(G(z)) {last['d_fake']:.2f}, spread {last['spread']:.2f}."
    return f"32 samples, and the curves so far: {told}"


# %% name="first-run" demo=true
from gancourse.widgets import watch

run = Run(Settings(size=faces.pixels.shape[-1], width=quick(32, 8)))
steps = quick(3000, 12)
watch(train(run, faces, steps), draw_run, total=steps, every=1.0, size=(10.5, 3.2))

# %% [markdown]
# Colors come first: the gray turns to skin and background within the first hundred steps. Then a dark
# blob where the hair is, then two darker spots. Sharp edges come last, and the glasses later still.
# $D(x)$ and $D(G(z))$ stay apart, and that is healthy. In lesson 01 they met at ½ because a bell
# curve can be matched exactly. A small network that has seen minutes of faces can not.
#
# How good are they? Lesson 04 measures it properly; here is a foretaste, a *Fréchet distance* between features of
# 1,000 samples and of the data: 0.6 for other real faces, 37 for faces blurred to 8 × 8 pixels. Over three seeds it
# fell from 144 before training to 33–41 after a seventh of the run, 20–22 before half of it was over, and 15.7, 16.2
# and 16.0 in the end, after five minutes of processor time (one thread, some 6,300 steps where we measured,
# `python lessons/03_dcgan/bench.py`; a slower processor takes fewer steps, and stays farther away).

# %% demo=true
fig = figure(10, 4.2)
left, right = axes(fig, 1, 2)
draw_pictures(left, next(faces.batches(48, seed=7))[0], 8, "data")
draw_pictures(right, run.sample(torch.randn(48, 64)), 8, "generated, not picked")
show(fig, alt="Left: 48 faces of the data. Right: 48 generated faces, all kinds of them, some crooked.")

# %% [markdown]
# ## 6. Without the tricks
#
# Short runs, each with one switch turned, at 16 × 16 pixels so that a run takes about twenty seconds. All start from
# the same seed. The first is the recipe, for comparison.


# %% name="short-run" demo=true
small_faces = data.load(faces.name, size=16, n=quick(None, 300))


def short_run(steps=600, **changes):
    """A run at 16 × 16 pixels with these settings changed."""
    run = Run(Settings(**{"size": 16, "width": quick(16, 4), "d_width": quick(16, 4), "rate": 1e-3} | changes))
    for _ in train(run, small_faces, quick(steps, 4)):
        pass
    return run


def compare(runs, alt):
    """The samples of several runs side by side."""
    rows = math.ceil(len(runs) / 3)
    fig = figure(10, 2.1 * rows)
    for ax, (title, run) in zip(axes(fig, rows, 3), runs.items(), strict=True):
        draw_pictures(ax, run.sample(), 8, title)
    show(fig, alt=alt)


recipe = short_run()

# %% [markdown]
# **The wrong last layer.** The data are in [−1, 1]. A sigmoid reaches 0 to 1 only, so $G$ cannot paint
# anything darker than middle gray. With no last layer at all it can paint anything, and much that is
# no color. In both cases $D$ needs no eye for faces: it looks at the range.

# %% demo=true
lasts = {"tanh": recipe, "sigmoid": short_run(last="sigmoid"), "no last layer": short_run(last="none")}
compare(
    lasts, alt="Three sheets of small samples. With tanh, faces; with a sigmoid, pale gray; with no last layer, faces."
)
for name, run_ in lasts.items():
    pixels, last = run_.sample(), run_.history["d_fake"][-50:]
    print(
        f"{name:14} pixels {pixels.min():5.2f} … {pixels.max():5.2f}   D(G(z)) at the end {sum(last) / len(last):.3f}"
    )

# %% [markdown]
# With the sigmoid $D$ is sure of every fake: $D(G(z))$ is 0.000, and the pictures are spots on gray. Without any
# last layer $G$ has to learn the range by itself. Here it does, and draws faces like the recipe's, with some pixels
# beyond the edge, which a screen has to cut off. It is the *wrong* range that breaks a run; tanh makes it right
# before the first step.
#
# **The others.** Six more runs. Two of them fail outright, within seconds. Which, and what do their numbers say?

# %% name="others" demo=true
others = {
    "momentum 0.9": short_run(beta_1=0.9),
    "hard labels": short_run(real_label=1.0),
    "noisy labels": short_run(noisy=True),
    "mixed batches": short_run(mixed=True),
    "replay of 1000": short_run(replay=1000),
    "threshold 0.8": short_run(threshold=0.8),
}
compare(
    others,
    alt="Six sheets of small samples. With momentum 0.9 checkerboards, with mixed batches one "
    "pattern everywhere; the other four look like the recipe's.",
)

# %% name="scores" demo=true
from gancourse.data.images import to_bytes
from gancourse.metrics import features, frechet_from_features

data_features = features(small_faces.pixels[:1000])


def score(run, n=1000):
    """How far n samples are from the data: a Fréchet distance of features (lesson 04). Smaller is better."""
    z = torch.randn(quick(n, 50), 64, generator=torch.Generator().manual_seed(1))
    return float(frechet_from_features(data_features, features(to_bytes(run.sample(z)))))


print(f"{'':16} D's loss  G's loss   D(x)  D(G(z))  spread  distance")
for name, run_ in (lasts | others).items():
    d_loss, g_loss, d_real, d_fake, wide = (sum(v[-50:]) / len(v[-50:]) for v in run_.history.values())
    print(f"{name:16} {d_loss:8.2f} {g_loss:9.2f} {d_real:6.2f} {d_fake:8.2f} {wide:7.2f} {score(run_):9.1f}")

# %% [markdown]
# - **Momentum of 0.9.** Both players keep going the old way after the other has moved, and overshoot. The sheet is
#   full of bright checkerboards: stamps, no faces.
# - **Mixed batches.** Every sample is the same (look at the spread). In $D$'s step, real and fake pictures share one
#   batch, and batch normalization measures each against the mean of all: a great help in telling them apart, so
#   $D(G(z))$ is 0.00. In $G$'s step $D$ sees fakes alone, measured against their own mean, and says something else:
#   $G$'s loss is low. $G$ learns from a judge who never sits in court.
# - **Hard and noisy labels, replay, threshold.** In a run as short as this they make no difference that
#   one could tell from chance. $D(x)$ and $D$'s loss move as their labels do; that says nothing about
#   faces. Soft labels and replay are insurance for longer runs. A threshold keeps the game in balance,
#   and hides that the balance was wrong: the number is one more thing to tune.
#
# One seed each is an anecdote. Over three seeds, in units of the recipe's distance with the same seed, the sigmoid
# ends 2.1 to 2.3 times as far from the data, a momentum of 0.9 1.4 to 2.7 times and mixed batches 2.3 to 3.6 times.
# The recipe itself goes from 41 to 52, and so do all the others but one of the replay's (62):
# `python lessons/03_dcgan/bench.py --only hacks`.
#
# **No averaging.** The last one needs no run of its own. The same run holds both generators: $G$ as the
# last step left it, and its average. Follow three noise vectors through the last fifty steps.

# %% demo=true
longer, frames = Run(Settings(size=16, width=quick(16, 4), d_width=16, rate=1e-3)), []
for count, _ in enumerate(train(longer, small_faces, quick(600, 8)), 1):
    if count > quick(300, 2) and count % quick(20, 1) == 0:
        frames.append((longer.sample(averaged=False)[:3], longer.sample()[:3]))
    if count == quick(440, 6):
        break  # before the rates begin to fall
fig = figure(9, 4.3)
for ax, which, title in zip(axes(fig, 1, 2), (0, 1), ("G itself", "its average"), strict=True):
    strip = torch.stack([frame[which] for frame in frames], 1).flatten(0, 1)
    draw_pictures(ax, strip, len(frames), f"{title}: every 20 steps, left to right")
show(
    fig,
    alt="Three faces over time, twice. G's own change color and shape from frame to frame; the average's hardly move.",
)

# %% [markdown]
# $G$'s faces flicker: the same noise is another person twenty steps later. The average's change slowly.
# The rate was kept up here; where it falls to 0 at the end, as in section 5, both agree better.
#
# ## 7. Reading the curves
#
# Lesson 01 ended with a warning: losses that look settled prove nothing. Three kinds of curve together
# say more: the losses, $D$'s mean outputs on both kinds, and the **spread** of the samples, the mean
# distance between two of them in units of the data's. A generator that paints one face for every $z$
# has a spread of 0, whatever its losses say.
#
# Here is one run of each kind from a collection that comes with the course. Cover
# the titles at the right and decide: look at the spread first, then at $D$, then at the losses.

# %% name="past-runs" demo=true
from gancourse.training.runs import load_runs


def draw_curves(runs, alt):
    """For each run, by title: its losses on the left, D's outputs and the spread on the right."""
    fig = figure(10, 1.8 * len(runs))
    grid = axes(fig, len(runs), 2)
    for (title, r), losses, outputs in zip(runs.items(), grid[::2], grid[1::2], strict=True):
        losses.plot(r.history["d_loss"], color=JUDGE, label="D's loss")
        losses.plot(r.history["g_loss"], color=FAKE, ls="-.", label="G's loss")
        outputs.plot(r.history["d_real"], color=REAL, label="D(x)")
        outputs.plot(r.history["d_fake"], color=FAKE, ls="-.", label="D(G(z))")
        outputs.plot(r.history["spread"], color=PALETTE[4], ls=":", lw=2.5, label="spread")
        outputs.set(ylim=(-0.05, 1.5))
        outputs.set_title(title, loc="right", fontsize=10)
    for ax in grid[:2]:
        ax.legend(fontsize=9, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    show(fig, alt=alt)


past = load_runs()
one_of_each = {kind: next(r for r in past if r.kind == kind) for kind in sorted({r.kind for r in past})}
draw_curves(
    one_of_each, alt="One row for each kind of run: losses on the left, D's outputs and the spread on the right."
)

# %% [markdown] exercise="diagnose" stars=2 minutes=25
# ### Exercise 11: an automatic diagnosis
#
# Write the rules down. `history` is a dict of five equally long lists of numbers, one entry for each
# record, ten records or more: `"d_loss"`, `"g_loss"`, `"d_real"` (the mean of $D(x)$), `"d_fake"` (the
# mean of $D(G(z))$) and `"spread"`. *At the end* means: on average over the last tenth of the records
# (their number divided by 10, rounded down). Return the first of these that fits, as a string:
#
# | return | if |
# |---|---|
# | `"diverged"` | any number in any of the five lists is not finite, or `d_loss` at the end is above 5 |
# | `"collapsed"` | `spread` at the end is below 0.25 |
# | `"discriminator won"` | at the end `d_real` is above 0.95 and `d_fake` below 0.05 |
# | `"generator won"` | `d_fake` at the end is above 0.75 |
# | `"healthy"` | none of these |
#
# Leave the history as it is.

# %% [markdown] hints="diagnose"
# First a dict of the five means at the end. Then one `if` after the other, each with its `return`: the
# order does the rest.
# ---
# With $k = \lfloor n / 10 \rfloor$ the mean at the end is $\frac1k \sum_{i > n - k} v_i$.
# `math.isfinite(v)` is false for NaN and for both infinities. NaN compares as false with everything, so
# ask for it first.
# ---
# `values[-k:]` are the last $k$. `all(math.isfinite(v) for values in history.values() for v in values)`
# looks at everything.


# %% solution="diagnose"
def diagnose(history):
    """What became of a run: "diverged", "collapsed", "discriminator won", "generator won" or "healthy".

    Args:
        history: "d_loss", "g_loss", "d_real", "d_fake" and "spread", each a list of numbers.
    """
    ### BEGIN SOLUTION
    if not all(math.isfinite(v) for values in history.values() for v in values):
        return "diverged"
    tenth = len(history["d_loss"]) // 10
    end = {name: sum(values[-tenth:]) / tenth for name, values in history.items()}
    if end["d_loss"] > 5:
        return "diverged"
    if end["spread"] < 0.25:
        return "collapsed"
    if end["d_real"] > 0.95 and end["d_fake"] < 0.05:
        return "discriminator won"
    if end["d_fake"] > 0.75:
        return "generator won"
    return "healthy"
    ### END SOLUTION


# %% test="diagnose" points=3

# %% [markdown]
# Now try it on every run that comes with the course. Whoever made them knows what was done to each.
# Where do your five rules and the truth part ways?

# %% demo=true
from collections import Counter

table = Counter((r.kind, diagnose(r.history)) for r in past)
print(f"{'what it is':20} {'your diagnosis':20} runs")
for (kind, said), count in sorted(table.items()):
    print(f"{kind:20} {said:20} {count:4d}")

# %% [markdown]
# Good runs and diverged ones are told apart from the rest. Look at those that one player has won: many
# are called collapsed. Where $G$ is told nothing it learns nothing, its samples stay as alike as they
# were at the start, and the rule about the spread is asked first. The word is not wrong; it names a
# symptom and not the cause. A run that was cut short has no word at all. The package's
# `gancourse.training.diagnose` has one, *still training*, and gives its reasons; try it on your own run
# of section 5 in a cell of your own.
#
# ## 8. Has it learned by heart?
#
# A generator that stored the training set would look perfect. So put beside each sample its nearest
# training pictures, pixel by pixel. If it copied, the two would be the same.


# %% name="nearest" demo=true
def nearest(pictures, images, k=3):
    """The k nearest pictures of a data set, (n, k, 3, H, W), and the root mean squared distances (n, k)."""
    rows = (images.pixels.float() / 127.5 - 1).flatten(1)
    distances = torch.cdist(pictures.flatten(1), rows) / rows.shape[1] ** 0.5
    found = distances.topk(k, largest=False)
    return rows[found.indices].unflatten(2, pictures.shape[1:]), found.values


samples = run.sample(torch.randn(8, 64))
neighbors, distances = nearest(samples, faces)
unseen = data.load(faces.name, size=32, split="test", n=quick(200, 50))
unseen, _ = next(unseen.batches(len(unseen)))
print(f"samples to their nearest training face:        {distances[:, 0].mean():.3f} on average")
print(f"faces never seen to their nearest training face: {nearest(unseen, faces, 1)[1].mean():.3f} on average")

fig = figure(9, 4.2)
(ax,) = axes(fig)
draw_pictures(ax, torch.cat([samples[None], neighbors.transpose(0, 1)]).flatten(0, 1), 8)
ax.set_yticks([16, 49, 82, 115], ["sample", "nearest", "second", "third"])
show(
    fig,
    alt="Eight samples in a row; below each its three nearest training faces, alike in color, but other people.",
)

# %% [markdown]
# The nearest faces share background, skin and hair with the sample, and are other people. The
# numbers say the same: a copy would be at distance 0, and the samples are about as far from the training
# set as faces that the network has never seen. Pixels are a poor measure, and a mirrored or shifted copy
# would escape it; lesson 04 has better ones.
#
# ## 9. Walking through the latent space
#
# Every $z$ is a picture. What lies between two of them? If the pictures change step by step, with no
# jump, then the generator has learned more than a list of faces.

# %% [markdown] exercise="lerp" stars=1 minutes=5
# ### Exercise 12: the straight line
#
# Given two points `a` and `b` of shape (d,) and a tensor `t` of $k$ numbers between 0 and 1, return the
# points $(1 - t)\,a + t\,b$, shape (k, d): one row for each $t$.

# %% [markdown] hints="lerp"
# Broadcasting makes a table of a column and a row.
# ---
# $a + t\,(b - a)$, with $t$ as a column of shape (k, 1).
# ---
# `t[:, None]` is that column.


# %% solution="lerp"
def lerp(a, b, t):
    """Points on the straight line from a to b: a, b (d,) and t (k,) to (k, d)."""
    ### BEGIN SOLUTION
    return a + t[:, None] * (b - a)
    ### END SOLUTION


# %% test="lerp" points=1

# %% [markdown]
# A line has a flaw. The squared length of a draw from $\mathcal{N}(0, I)$ in $d$ dimensions is a sum of $d$
# squares, so it is close to $d$: with $d = 64$ nearly all draws lie on a shell of radius 8, like the
# peel of an orange. The line from one to another leaves the peel. Its middle is at about $8/\sqrt2 \approx 5.7$,
# where the generator has hardly ever been asked. White (2016) goes around on the peel instead:
#
# $$\operatorname{slerp}(a, b; t) = \frac{\sin((1 - t)\,\Omega)}{\sin \Omega}\, a +
# \frac{\sin(t\,\Omega)}{\sin\Omega}\, b,$$
#
# where $\Omega$ is the angle between $a$ and $b$.

# %% [markdown] exercise="slerp" stars=2 minutes=15
# ### Exercise 13: the arc
#
# Write it, for the same shapes. $\cos \Omega = a \cdot b \,/\, (|a|\,|b|)$; the formula then mixes $a$ and $b$ as
# they are, not normalized. Where $a$ and $b$ point the same way, or so nearly that $\sin\Omega$ rounds to 0, go
# straight. (Exactly opposite points have no shortest arc, and are never asked for.)

# %% [markdown] hints="slerp"
# Find the angle first, as one number. Then the two weights, as columns.
# ---
# $\Omega = \arccos\bigl(a \cdot b / (|a||b|)\bigr)$. Rounding can push the cosine of equal directions to
# 1.0000001, whose arccos is NaN.
# ---
# `torch.acos(cosine.clamp(-1, 1))`; if `torch.sin(angle) < 1e-4` return the line, else the formula with
# `t[:, None]`.


# %% solution="slerp"
def slerp(a, b, t):
    """Points on the arc from a to b: a, b (d,) and t (k,) to (k, d)."""
    ### BEGIN SOLUTION
    t = t[:, None]
    angle = torch.acos((a @ b / (a.norm() * b.norm())).clamp(-1, 1))
    if torch.sin(angle) < 1e-3:
        return (1 - t) * a + t * b
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
    ### END SOLUTION


# %% test="slerp" points=2

# %% name="ways" demo=true
t = torch.linspace(0, 1, 9)
ends = torch.randn(4, 64)
line, arc = lerp(ends[0], ends[1], t), slerp(ends[0], ends[1], t)
fig = figure(10, 3.6)
shell, strips = axes(fig, 1, 2, width_ratios=(2, 3))
shell.hist(torch.randn(20_000, 64).norm(dim=1).numpy(), bins=60, density=True, color="0.75", label="draws of z")
for way, color, name, dash in ((line, PALETTE[3], "line", "--"), (arc, PALETTE[0], "arc", "-")):
    shell.plot(way.norm(dim=1), 0.08 * t + 0.02, color=color, ls=dash, marker="o", ms=4, label=name)
shell.set(title="length of z on the way", xlabel="|z|", yticks=[])
shell.legend(fontsize=9, frameon=False)
rows = [line, arc, lerp(ends[2], ends[3], t), slerp(ends[2], ends[3], t)]
draw_pictures(strips, torch.cat([run.sample(row) for row in rows]), 9, "from one face to another, twice")
strips.set_yticks([16, 49, 82, 115], ["line", "arc"] * 2)
show(
    fig,
    alt="Left: lengths of random z lie around 8; the line dips to below 6 on its way, the arc stays near 8. Right: two "
    "pairs of strips of nine faces, each pair from the same first to the same last, along the line and along the arc.",
)

# %% demo=true
fine = torch.linspace(0, 1, 101)
for name, way in (("line", lerp), ("arc", slerp)):
    strip = run.sample(way(ends[0], ends[1], fine))
    steps_taken = (strip[1:] - strip[:-1]).flatten(1).norm(dim=1)
    print(f"{name}: the largest of 100 steps is {steps_taken.max() / steps_taken.mean():.1f} times the mean one")

# %% [markdown]
# No step of the hundred is much larger than the others (at most 2.0 times the mean one, in the runs measured
# above): there is no jump. Compare the middles of the two ways: the line passes where hardly any $z$ lies, the arc
# does not. With 64 dimensions the difference in the pictures is small; it grows with the number of dimensions.
#
# ### Arithmetic
#
# Figure 7 of the paper made DCGAN famous: *man with glasses − man + woman = woman with glasses*. Take the
# mean $z$ of some pictures with an attribute, subtract that of some without, and you have a **direction**.
# Means, because one picture's $z$ is full of accidents.

# %% [markdown] exercise="attribute_arithmetic" stars=1 minutes=10
# ### Exercise 14: attribute arithmetic
#
# Given codes `z` (n, d) to edit, codes `minus` (a, d) of pictures without an attribute, and codes `plus`
# (b, d) of pictures with it, return $z + \overline{\text{plus}} - \overline{\text{minus}}$ for every row
# of `z`. The bars are means over rows. Leave what you are given as it is.

# %% [markdown] hints="attribute_arithmetic"
# Two mean vectors of shape (d,), and one line.
# ---
# $\overline{x} = \frac1m \sum_i x_i$: the mean over dimension 0.
# ---
# `plus.mean(dim=0)` has shape (d,), and is added to every row of `z` by broadcasting.


# %% solution="attribute_arithmetic"
def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) − mean(minus): (n, d), from z (n, d), minus (a, d) and plus (b, d)."""
    ### BEGIN SOLUTION
    return z + plus.mean(dim=0) - minus.mean(dim=0)
    ### END SOLUTION


# %% test="attribute_arithmetic" points=1

# %% [markdown]
# Who says which samples wear glasses? For the data the labels are exact: each face was drawn from its
# factors. For samples a small network reads them off the pixels; it comes with the course, and was
# trained on drawn faces. **What labels are and are not:** such a number says what is *visible in a
# picture*. It says nothing about a person, and on photographs this reader's answers mean nothing. (CelebA's
# labels were set by hand, by a few people who had to decide quickly; some of its forty names judge rather
# than describe, and those stay out of this course.)

# %% name="read" demo=true
from gancourse.models.face_reader import load_face_reader

reader = load_face_reader()
many_z = torch.randn(quick(1000, 40), 64)
seen = reader.read(run.sample(many_z))
for name in ("age", "smile", "glasses", "hat", "beard"):
    if name in faces.attributes:  # not with photographs, which this reader cannot read
        exact = faces.attributes[name].float()
        print(f"{name:8} in the data {exact.mean():5.2f}   in the samples, as read {seen[name].mean():5.2f}")


# %% name="edit" demo=true
def low_and_high(codes, values):
    """The tenth of the codes with the lowest values, and the tenth with the highest."""
    order = values.argsort()
    tenth = max(1, len(order) // 10)
    return codes[order[:tenth]], codes[order[-tenth:]]


def edit(z, name):
    """Move codes from those with little of an attribute to those with much, as the reader sees it."""
    return attribute_arithmetic(z, *low_and_high(many_z, seen[name]))


shown = many_z[:8]
edits = {"as is": shown} | {f"+ {name}": edit(shown, name) for name in ("age", "smile", "glasses")}
fig = figure(9, 4.2)
(ax,) = axes(fig)
draw_pictures(ax, torch.cat([run.sample(z) for z in edits.values()]), 8)
ax.set_yticks([16, 49, 82, 115], list(edits))
show(fig, alt="Eight samples in four rows: as they are, older, with a broader smile, with glasses.")

# %% [markdown]
# The picture shows what one hopes for; the numbers show what else has moved. Each row below is an edit of
# 200 codes, each column what the reader sees change.

# %% demo=true
tracked = ("age", "smile", "glasses", "hat", "beard")
before = reader.read(run.sample(many_z[:200]))
print("edit      " + "".join(f"{name:>9}" for name in tracked))
for name in ("age", "smile", "glasses"):
    after = reader.read(run.sample(edit(many_z[:200], name)))
    print(f"{'+ ' + name:10}" + "".join(f"{(after[k] - before[k]).mean():+9.2f}" for k in tracked))

# %% [markdown]
# The diagonal moves most, and the rest is not still: whoever in the data has gray hair has lines as well, and
# a direction found from means takes along whatever came along in the means. Lesson 16 finds better
# directions and edits photographs with them.
#
# ## 10. Play with it
#
# Five minutes are short. This generator comes with the course: the same recipe at 64 × 64 pixels, for 18,000 steps
# (`gancourse train dcgan-faces-64 --keep` makes it again, in four minutes on a GPU). Its directions are found as
# yours were.

# %% name="checkpoint" demo=true
from gancourse.models import store

big = store.load("dcgan_faces_64")["G"]
with torch.no_grad():
    big_z = torch.randn(quick(600, 40), 64)
    drawn = torch.cat([big(some) for some in big_z.split(50)])
read = reader.read(drawn)
names = ("age", "smile", "glasses", "hat", "beard", "hair_length")
origin = torch.zeros(1, 64)
directions = {name: attribute_arithmetic(origin, *low_and_high(big_z, read[name]))[0] for name in names}

fig = figure(9, 4.7)
(ax,) = axes(fig)
draw_pictures(ax, drawn[:32], 8, "64 × 64 pixels, not picked")
show(
    fig,
    alt="Thirty-two generated faces, sharper than before, with hair, glasses, hats and smiles.",
)

# %% [markdown]
# The panel walks through its latent space. The sliders add the directions; the pad mixes four corners. Try these:
#
# 1. Move across the pad slowly. Where does one person turn into another?
# 2. Switch between arcs and lines, and stay in the middle of the pad.
# 3. Push a slider to its end. What else has changed? When does the face stop being one?
# 4. Put your own generator in its place: `LatentExplorer(run.ema, latent_dim=64)`.

# %% name="explorer" demo=true
from gancourse.widgets.explorer import LatentExplorer

explorer = LatentExplorer(big, latent_dim=64, directions=directions, reach=2.0, subject="a drawn face")
explorer

# %% [markdown]
# ## 11. What goes wrong
#
# Two runs on faces that failed, from the same collection. Curves are all that is left of them, as so often. Your
# function has a word for each; a word is not a cause.

# %% name="two-runs" demo=true
on_faces = sorted((r for r in past if r.family == "faces"), key=lambda r: r.name)
run_a = [r for r in on_faces if r.kind == "generator won"][-1]
run_b = [r for r in on_faces if r.kind == "discriminator won"][-1]
draw_curves(
    {"run A": run_a, "run B": run_b}, alt="The curves of run A and of run B; the numbers at their ends are below."
)
for name, r in (("A", run_a), ("B", run_b)):
    end = {key: sum(values[-6:]) / 6 for key, values in r.history.items()}
    told = ", ".join(f"{key} {value:.3f}" for key, value in end.items())
    print(f"run {name}: {diagnose(r.history)}: {told}")

# %% [markdown] exercise="explain_the_runs" stars=2 minutes=20
# ### Exercise 15: two explanations
#
# For each of the runs A and B write three sentences: the evidence (which curves, which numbers), a
# mistake in the code that would lead to exactly this, and what you would look at first to make sure. For
# A: is $D$ good or bad at its task, and how does that go together with what it says? For B: section 6 has
# a run with such numbers. A teacher reads this answer.

# %% [markdown] answer="explain_the_runs" points=4
# *A: the labels are swapped in D's loss.* D's loss is nearly 0, so D is right by its own labels. Yet it
# calls real pictures fake (D(x) is nearly 0) and fakes real (D(G(z)) is nearly 1). G is told that all is
# well: its loss is nearly 0 from early on, it learns nothing, and the spread stays far below 1. First
# look: the labels in the two terms of D's loss, or the order of its arguments; a unit test with unequal
# logits would have found it (lesson 01).
#
# *B: the wrong last layer.* D(x) is nearly 1, D(G(z)) nearly 0, D's loss nearly 0 and G's large and
# growing: D is sure of every fake, as in the sigmoid's run of section 6. Something tells fakes apart that
# G cannot change, such as a range of pixels. First look: the smallest and the largest pixel of a batch of
# data and of one of samples. (A learning rate of G that is far too small would give like curves: the
# range of the pixels tells the two apart. Full marks for it if the answer says so.)
#
# One point for each run's evidence, one for each cause with a way to make sure.

# %% [markdown]
# ## 12. What to take along
#
# - A transposed convolution stamps: sizes go as $(n - 1)s - 2p + k$. It is the matrix of a convolution, transposed,
#   and not its inverse. A kernel that the stride divides avoids checkerboards.
# - DCGAN is a recipe: strides instead of pooling, batch normalization but at the two ends, tanh out, leaky ReLU in
#   $D$, weights from $\mathcal{N}(0, 0.02^2)$, Adam with $\beta_1 = 0.5$ and a small rate.
# - Data and tanh share the range [−1, 1]. Nothing else works as reliably, and nothing else is forgotten as often.
# - Labels soft on the real side only; real and fake batches apart; draw with the average of $G$.
# - Read three things together: losses, $D$'s outputs, spread. Then look at the pictures.
# - Put nearest neighbors beside samples, and walk between them, before you believe that a generator has learned.

# %% [markdown] reveal="Answer"
# **Quiz 1.** A convolution with kernel 3, stride 2 and padding 1 turns 8 pixels into 4, and 7 pixels into
# 4. What does the transposed convolution with the same numbers make of 4?
#
# ---
# $(4 - 1) \cdot 2 - 2 + 3 = 7$. Two sizes lead to 4, and the formula picks the smaller. PyTorch's
# `output_padding=1` asks for the other.

# %% [markdown] reveal="Answer"
# **Quiz 2.** Why is there no batch normalization behind the generator's last layer?
#
# ---
# It would give every batch of pictures the same mean and spread in each color channel, whatever was drawn. A batch of
# dark pictures could not be made. In $D$'s first layer it would hide just that from $D$.

# %% [markdown] reveal="Answer"
# **Quiz 3.** A colleague labels fakes 0.1 "for symmetry". What does the best discriminator say far away
# from all data?
#
# ---
# There $p = 0$, so $D^* = (0.9\,p + 0.1\,q)/(p + q) = 0.1$ wherever $G$ has put anything: no slope leads
# away from there. With 0 as the fakes' label $D^* = 0$ and a logit that goes down without end says
# clearly: not here.

# %% [markdown] reveal="Answer"
# **Quiz 4.** You draw with the EMA's weights and forget its batch normalization's running statistics.
# What do you see?
#
# ---
# Pictures from averaged weights, normalized with the mean 0 and variance 1 that the statistics started
# from: washed out or garish, from a generator that is fine.

# %% [markdown] reveal="Answer"
# **Quiz 5.** $D(x) = 0.52$, $D(G(z)) = 0.49$, both losses flat, spread 0.03. Converged?
#
# ---
# Collapsed. $G$ paints one face. A $D$ that sees 64 times the same face may still be unsure whether that one is real.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 03_dcgan
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - A. Radford, L. Metz and S. Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks*, ICLR 2016, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434). Section 3 has the recipe,
#   section 4 the settings, figure 7 the arithmetic.
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   [arXiv:1603.07285](https://arxiv.org/abs/1603.07285): every size, with pictures.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and Checkerboard Artifacts*, Distill, 2016,
#   [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003).
# - T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford and X. Chen, *Improved Techniques for
#   Training GANs*, NeurIPS 2016, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498). Section 3.4:
#   one-sided smoothing.
# - S. Chintala, E. Denton, M. Arjovsky and M. Mathieu, *How to Train a GAN? Tips and tricks to make GANs work*, 2016,
#   [github.com/soumith/ganhacks](https://github.com/soumith/ganhacks): the list.
# - A. Shrivastava, T. Pfister, O. Tuzel, J. Susskind, W. Wang and R. Webb, *Learning from Simulated and
#   Unsupervised Images through Adversarial Training*, CVPR 2017,
#   [arXiv:1612.07828](https://arxiv.org/abs/1612.07828). Section 2.3: the buffer. The rule of exercise 9
#   is that of the code of Zhu and others' CycleGAN (2017), lesson 09.
# - Y. Yazıcı, C.-S. Foo, S. Winkler, K.-H. Yap, G. Piliouras and V. Chandrasekhar, *The Unusual
#   Effectiveness of Averaging in GAN Training*, ICLR 2019,
#   [arXiv:1806.04498](https://arxiv.org/abs/1806.04498).
# - T. White, *Sampling Generative Networks*, 2016, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468): slerp.
