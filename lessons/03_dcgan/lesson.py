# %% [markdown] builds="a DCGAN for faces, its tricks with and without, a walk through its latent space" hours=5 stars=2
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
# - use six tricks of the trade (soft and noisy labels, separate batches, replay, averaging, the right last layer, less
#   momentum), and say what each is good for;
# - write the training step of both players and of the average;
# - read a run's curves, and invent a program that tells good runs from failed ones it has never seen;
# - walk through the latent space, and derive why a straight line through it leads where nothing lies.
#
# **Time:** about five hours, of which the machine works about ten minutes.
# **Builds on:** lesson 01 (both losses, the two steps); convolutional networks in PyTorch.

# %% [markdown]
# ![An animation of generated pictures. Out of gray fog come first colors, then heads and hair, and
# last eyes, glasses and smiles.](images/film.gif)
#
# *What you will build: a generator's answer to a few fixed noise vectors while it learns, here at 64 × 64 pixels in
# 18,000 steps. The data are faces that the course draws itself; none of these is among them.*

# %% name="setup"
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from gancourse import choose_threads, data, device, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.sheets import draw_pictures

check = public("03_dcgan")
choose_threads()  # for the whole lesson: a step of a DCGAN this small is mostly faster on one thread than on several
seed_everything(0)

# %% [markdown]
# ## 1. The data
#
# One line loads them. The faces are drawn by a program from some forty numbers each: age, hair,
# smile, glasses. Nobody's picture is among them. For photographs change the line to
# `data.load("celeba", size=32)`: everything below works for both, with more minutes for photographs. The first time
# 20,000 faces are drawn, which usually takes ten to twenty seconds; then they are kept.
# If CelebA is not on your machine yet, `gancourse data list` says how to get it.
#
# A pixel is stored as a byte, 0 to 255. The networks see numbers from −1 to 1, because that is the range of the
# generator's last layer, tanh. Remember this; section 6 shows what comes of forgetting it.

# %% name="load" demo=true
faces = data.load("faces", size=32, n=quick(None, 600))
pictures, labels = next(faces.batches(32))
print(faces)
print(f"one batch: {tuple(pictures.shape)}, from {pictures.min():.2f} to {pictures.max():.2f}")


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
#
# A **transposed convolution** undoes the change of size. Each pixel of the small map leaves a *stamp*
# in the large one: the kernel, multiplied by the pixel's value. Neighboring pixels stamp $s$ pixels
# apart. Where stamps overlap they add up. At the end $p$ rows and columns are cut off at each side:
# they are what the convolution would have padded.

# %% [markdown] exercise="map_sizes" stars=1 minutes=8
# ### Exercise 1: how large is the map?
#
# Two warm-ups, each a line:
#
# - `conv_size`: the number of places where the kernel fits. Where the last step would lead beyond the edge, it is not
#   made, and the rest of the row is left out.
# - `transposed_size`: the size that a transposed convolution makes of a row of `size` pixels: from the first pixel of
#   the first stamp to the last of the last, less what is cut off.
#
# Both return a plain Python `int`. Every case you are asked about has room for the kernel at least once, and is larger
# than what the padding cuts off. The last function in the cell is given: the check calls your two through it.

# %% [markdown] hints="map_sizes"
# With padding the row has $n + 2p$ pixels, and the first place is at its left end. How far may the kernel
# move from there? And the other way: where does the last stamp begin, if the first begins at 0?
# ---
# $\left\lfloor \dfrac{n + 2p - k}{s} \right\rfloor + 1$ places. The last of $n$ stamps begins at $(n - 1)s$ and is
# $k$ long; $p$ is cut off at both ends: $(n - 1)s + k - 2p$.
# ---
# `//` divides whole numbers and rounds down. What it divides goes in brackets; the 1 comes after. The second formula
# has no division in it. Try it on the layer we shall use: kernel 4, stride 2, padding 1 should double every size.


# %% solution="map_sizes"
def conv_size(size, kernel, stride=1, padding=0):
    """The size of a convolution's output, from that of its input: an int."""
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


def transposed_size(size, kernel, stride=1, padding=0):
    """The size of a transposed convolution's output, from that of its input: an int."""
    ### BEGIN SOLUTION
    return (size - 1) * stride - 2 * padding + kernel
    ### END SOLUTION


def map_sizes(which, *setting, **named):
    """Both by name, for the check."""
    return {"convolution": conv_size, "transposed": transposed_size}[which](*setting, **named)


# %% test="map_sizes" points=2

# %% [markdown]
# With a kernel of 4, a stride of 2 and a padding of 1 both formulas are each other's inverse: halve, double. This is
# the layer that our DCGAN is made of. Look at both chains.

# %% demo=true
down, up = [32], [1, transposed_size(1, 4)]
while down[-1] > 4:
    down.append(conv_size(down[-1], 4, 2, 1))
while up[-1] < 32:
    up.append(transposed_size(up[-1], 4, 2, 1))
print("discriminator:", " → ".join(map(str, [*down, conv_size(4, 4)])))
print("generator:    ", " → ".join(map(str, up)))

# %% [markdown] exercise="transposed_convolution" stars=3 minutes=25
# ### Exercise 2: stamp by stamp
#
# Write the transposed convolution itself, for one channel. `picture` has shape $(h, w)$, `kernel`
# $(k, l)$, both of one floating-point type, which is the result's, too. The pixel in row $i$ and column $j$ stamps
# `picture[i, j] * kernel` with its top left corner at row $s \cdot i$, column $s \cdot j$ of a large
# map of zeros. Stamps add up. Then `padding` rows and columns are cut off at each of the four sides.
#
# The kernel is stamped as it is, not turned around. Gradients reach both the picture and the kernel, and both are left
# as they are. PyTorch's own transposed convolution is the judge, so do without it, under whatever name: that is what
# the exercise is for. Ordinary convolutions and `F.fold` are allowed.

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
# kernel of 4 and a stride of 2. On the right the same with a kernel of 3. All four pixels have the value 1 and the
# kernels are flat, so an even row should come out.

# %% [markdown] predict="which_is_even"
# With a stride of 2, which kernel gives every pixel inside the row the same number of stamps?
#
# - [x] 4 pixels wide :: Yes: the stride divides it, so every pixel lies under two stamps.
# - [ ] 3 pixels wide :: Stamps 2 apart and 3 wide meet in one pixel only: two stamps there, one beside it.
# - [ ] both :: Look at where two stamps of 3 meet.
# - [ ] neither :: One of them does: each pixel of the stamp falls on even places or on odd ones. Count them.
#
# ---
# Kernel 4: an even row. Kernel 3: every second pixel gets twice as much.

# %% demo=true folded="Draws the stamps of four pixels, for a kernel of 4 and one of 3"
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
    alt="Two bar charts of overlapping stamps in four colors, one for each kernel. What they show is told below.",
)

# %% [markdown]
# With a kernel of 4 every pixel inside gets two stamps. (At the two ends there is one only: that is what the padding
# cuts off.) With a kernel of 3 every second pixel gets twice as much. In two dimensions this makes the *checkerboard*
# that many generated pictures show. A kernel whose size the stride divides avoids the uneven start, and that is why
# ours are 4 wide, as in most DCGANs since. (The paper's own are 5 wide. Odena and others, 2016, suggest another cure:
# enlarge by copying pixels, then convolve as usual.)
#
# **Why "transposed"?** A convolution is linear, so it is a matrix $C$: it takes the pixels of the
# large map, in one long column, to those of the small one. Your function is $C^\top$. Where the
# convolution gathers $k \times l$ pixels into one, its transpose spreads one pixel over $k \times l$.
# It is not the inverse: it has the right shape, not the old values. It is also what `backward()`
# runs through every convolution.

# %% demo=true open="the convolution as a matrix is what the text is about"
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
# - **batch normalization** in both, but not after $G$'s last layer and not after $D$'s first one;
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
# ### Exercise 3: the generator
#
# Write it as a class, for any `size` of 16, 32 or 64, any `latent_dim` and any `width`. The maps grow
# from 4 × 4 to `size`; the last one before the picture has `width` channels, and each one before has
# twice as many. `forward` takes $z$ of shape (n, latent_dim) and gives pictures (n, 3, size, size)
# in [−1, 1].
#
# Batch normalization (with its scales and shifts), then ReLU, stand after every layer but the last, tanh after the
# last. How the first 4 × 4 map is made of $z$ (a transposed convolution or a linear layer) and how a map is doubled (a
# transposed convolution, or `nn.Upsample` and a convolution) is up to you, as are the kernels' sizes, the layers'
# names, and whether they have biases. Leave the initial weights as PyTorch sets them: that is exercise 5.

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
# ### Exercise 4: the discriminator
#
# The mirror image. The first map has `width` channels, each following one half the size and twice
# as many, until it is 4 × 4; a last convolution makes one number of that. `forward` takes pictures
# (n, 3, size, size) and gives **logits** of shape (n, 1), any real numbers: no sigmoid at the end.
#
# `LeakyReLU(0.2)` stands after every convolution but the last, batch normalization (with its scales and shifts, before
# the activation) after every one but the first and the last. There is no pooling, and the last map is not averaged:
# each of its places has weights of its own. (A linear layer on the flattened map is the same as that last convolution.
# Other kernels than 4 × 4 are fine where they halve the map.) The weights start as PyTorch sets them.

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
# ### Exercise 5: where they start
#
# The paper draws all weights from $\mathcal{N}(0, 0.02^2)$. Write a function that is called for every
# layer, by `net.apply(init_weights)`, and changes its parameters in place (they stay the same `nn.Parameter`s, as an
# optimizer may hold them already):
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
# (2016) made it famous. Each answers a failure that people had seen. You write three of
# them; then the step that plays with and without each.
#
# **Soft labels.** A discriminator that is always right can still lower its loss: by being *surer*.
# Its logits grow without end, and one odd real picture then gets an enormous gradient. Salimans and
# others (2016) therefore label real pictures 0.9 instead of 1. Above 0.9 the gradient turns around.
# **Only the real ones**: with a soft label $\alpha$ for real pictures and $\beta$ for fakes the best
# discriminator becomes $D^* = \dfrac{\alpha p + \beta q}{p + q}$. The $q$ in the numerator means that where
# there are no data at all, fakes would still be praised. Hence one-sided: $\beta = 0$.

# %% [markdown] exercise="smoothed_loss" stars=1 minutes=10
# ### Exercise 6: one-sided label smoothing
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

# %% [markdown] predict="above_the_label"
# $D$ says 0.97 to a real picture, and the soft label is 0.9. What does $D$'s next step do to that picture's logit?
#
# - [ ] raises it, as for every real picture :: That is the hard label's way: more, more.
# - [x] lowers it a little :: Yes: the derivative is $D(x) - r = 0.07$, and a step goes down.
# - [ ] nothing, because 0.97 is above 0.9 already :: The loss has its lowest point at 0.9, and rises on both sides.
#
# ---
# The right curve crosses 0 where $D$ is 0.9, at a logit near 2.2. The hard label's never does.

# %% demo=true folded="Draws one real picture's loss and its derivative, for both labels"
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
    alt="Left: the loss of one real picture against its logit, for a hard and a soft label. Right: its derivative.",
)

# %% [markdown]
# **Noisy labels** are a cousin of smoothing: the labels of real pictures vary from 0.8 to 1, and now and then one is
# plainly wrong, so that $D$ is never right about everything. This trick is given, in the loop below: its `loss_of_D`
# draws a label for each real picture evenly from 0.8 to 1, and replaces each, with probability 0.05, by 0.

# %% [markdown]
# **A memory of past fakes.** $D$ only ever sees what $G$ makes *now*. It may forget what was wrong with
# last minute's fakes, and $G$ may go back to them: the circling of lesson 01. Shrivastava and others
# (2017) keep a buffer of past fakes and mix some of them into $D$'s batch.

# %% [markdown] exercise="ReplayBuffer" stars=2 minutes=20
# ### Exercise 7: the replay buffer
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
# them. Batches may differ in size from call to call, and pictures may have any number of dimensions; no batch is
# empty, and the capacity is 1 or more.

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
# **Averaging the generator.** The players circle around each other to the end, and $G$'s weights move with every step.
# A second generator, which is never trained, follows as an **exponential moving average** (EMA):
# $\bar\theta \leftarrow \beta \bar\theta + (1 - \beta)\,\theta$. It stands near the middle of the circle. Yazıcı and
# others (2019) found that it improves GANs of many kinds; it costs next to nothing. Pictures are drawn with the
# average; the game is played with $G$ itself.

# %% [markdown] exercise="ema_update" stars=2 minutes=15
# ### Exercise 8: the average
#
# Given two networks of the same structure, move every **parameter** of `ema`, frozen ones too, in place to
# `decay` times itself plus `1 − decay` times the one of `net`. `net` stays as it is, its mode (training or evaluation)
# included, and `ema`'s parameters stay ordinary ones that hang on no computation.
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

# %% [markdown] exercise="dcgan_step" stars=3 minutes=30
# ### Exercise 9: one step of everybody
#
# Now put it together: the step that this lesson trains with. Given the three networks `G`, `D` and `ema` (the average),
# an optimizer for $G$'s parameters and one for $D$'s, a batch `real` of pictures and a batch `z` of noise:
#
# 1. **Fakes.** Make `G(z)`, once: both players use the same fakes.
# 2. **D's step.** What $D$ is shown is `remember(fakes)`, with the fakes cut off from $G$'s computation. Compute
#    `D(real)` and `D(shown)` each in a call of its own, `real` first, so that batch normalization sees one kind at a
#    time. $D$'s loss is `loss_D(on_real, on_fake)`, called once. Move $D$ by one step; $G$ gets no gradient from it.
# 3. **G's step.** Ask the $D$ that has just moved about the fakes themselves (not about what `remember` gave), and
#    move $G$ by one step of the non-saturating loss, the mean of $-\log D(G(z))$, right at logits of ±200.
# 4. **The average.** Call `follow(ema, G)`, once, with the $G$ that has just moved.
#
# Return both losses as plain numbers, each from before its player's step, $D$'s first. Gradients that an earlier step
# left behind must not count; those that you leave behind are nobody's concern, and neither is whether `remember` is
# called before `D(real)` or after it. $D$ and $G$ each move once. The networks' modes (training, evaluation) stay as
# they are.
#
# In the lesson `loss_D` is your `smoothed_loss`, `remember` your `ReplayBuffer` or nothing, and `follow` your
# `ema_update`; the check passes functions of its own.

# %% [markdown] hints="dcgan_step"
# Two steps of lesson 01, one after the other, with the same fakes. Which of the two must reach back into $G$?
# ---
# $D$: clear its gradients, `backward()` on `loss_D(D(real), D(shown))`, step. $G$: clear, `backward()` on
# $\tfrac1m \sum_j \log(1 + e^{-l_j})$ with $l = D(\text{fakes})$ computed anew, step.
# ---
# `fake = G(z)`, `shown = remember(fake.detach())`; then `opt_D.zero_grad()`, …, `opt_D.step()`; then
# `g_loss = F.softplus(-D(fake)).mean()`, `opt_G.zero_grad()`, …; then `follow(ema, G)`.
# `opt_G.zero_grad()` also clears what an earlier call left in $G$.


# %% solution="dcgan_step"
def dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    """One step of D, one of G, and one of the average.

    Args:
        G, D, ema: the networks; ema has G's structure.
        opt_G, opt_D: the optimizers of G's and of D's parameters.
        real: pictures (n, 3, H, W); z: noise (m, d).
        loss_D: a function of (real_logits, fake_logits); remember: of fakes; follow: of (ema, G).

    Returns:
        (D's loss, G's loss), two plain numbers.
    """
    ### BEGIN SOLUTION
    fake = G(z)
    on_real, on_fake = D(real), D(remember(fake.detach()))
    d_loss = loss_D(on_real, on_fake)
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()
    ### END SOLUTION


# %% test="dcgan_step" points=4

# %% [markdown]
# ### The loop, with a switch for each trick
#
# What remains is scaffolding, so it is folded: `Settings` are the switches, set to the recipe; a `Run` holds the
# networks and hands your step what it needs; `train` calls it. Three further tricks are switches only:
#
# - **separate batches**: $D(\text{real})$ and $D(\text{fake})$ are computed apart, so that batch
#   normalization sees one kind at a time. `mixed=True` computes both in one batch;
# - **momentum**: Adam's $\beta_1$ is 0.5 instead of the usual 0.9;
# - **a schedule by threshold**: while $D$ is right about more than this share of pictures, it skips
#   its step. Off (1.0) by default.


# %% name="settings" folded="The switches, and the recipe they are set to"
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


# %% name="last-layer" folded="Two other ends for G, and an Adam that can wait"
class OtherEnd(nn.Module):
    """A generator with a sigmoid in the place of its tanh, or with nothing there: the broken runs need it."""

    def __init__(self, G, last):
        super().__init__()
        self.G, self.last = G, last

    def forward(self, z):
        pixels = self.G(z)  # tanh(l); (1 + tanh(l)) / 2 is the sigmoid of 2 l
        return (1 + pixels) / 2 if self.last == "sigmoid" else torch.atanh(pixels.clamp(-1 + 1e-6, 1 - 1e-6))


class PatientAdam(torch.optim.Adam):
    """Adam that does nothing while `skip` is set."""

    skip = False

    def step(self, closure=None):
        return None if self.skip else super().step(closure)


# %% name="mixed-step" folded="Noisy labels, and a step in which D sees one batch of both kinds"
def loss_of_D(settings, on_real, on_fake):
    """D's loss with soft labels, or with noisy ones."""
    if not settings.noisy:
        return smoothed_loss(on_real, on_fake, settings.real_label)
    labels = 0.8 + 0.2 * torch.rand_like(on_real)
    labels = torch.where(torch.rand_like(on_real) < 0.05, torch.zeros_like(labels), labels)
    return F.binary_cross_entropy_with_logits(on_real, labels) + F.softplus(on_fake).mean()


def mixed_step(G, D, ema, opt_G, opt_D, real, z, loss_D, remember, follow):
    """Your step, but for one thing: D sees real and fake pictures in one batch."""
    fake = G(z)
    both = D(torch.cat([real, remember(fake.detach())]))
    d_loss = loss_D(both[: len(real)], both[len(real) :])
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    g_loss = F.softplus(-D(fake)).mean()
    opt_G.zero_grad()
    g_loss.backward()
    opt_G.step()
    follow(ema, G)
    return d_loss.item(), g_loss.item()


# %% name="players" folded="Networks, optimizers, the average"
class Players:
    """Two networks, their optimizers, the average, and the curves so far."""

    def __init__(self, settings, latent_dim=64):
        seed_everything(settings.seed)
        self.settings, self.latent_dim = settings, latent_dim
        G = Generator(settings.size, latent_dim, settings.width).apply(init_weights)
        self.G = (G if settings.last == "tanh" else OtherEnd(G, settings.last)).to(device())
        self.D = Discriminator(settings.size, settings.d_width).apply(init_weights).to(device())
        self.ema = copy.deepcopy(self.G)
        betas = (settings.beta_1, 0.999)
        self.opt_G = torch.optim.Adam(self.G.parameters(), settings.rate, betas)
        self.opt_D = PatientAdam(self.D.parameters(), settings.rate * settings.d_speed, betas)
        self.buffer = ReplayBuffer(settings.replay) if settings.replay else None
        self.fixed_z = torch.randn(32, latent_dim, device=device())
        self.history = {name: [] for name in ("d_loss", "g_loss", "d_real", "d_fake", "spread")}

    def sample(self, z=None, averaged=True):
        """Pictures of the average (or of G itself), each drawn for itself."""
        G = (self.ema if averaged else self.G).eval()
        with torch.no_grad():
            return G(self.fixed_z if z is None else z.to(device())).cpu()


# %% name="run" folded="A run: what your step is handed, and what is noted of it"
class Run(Players):
    """Players who learn by your step."""

    def loss_D(self, on_real, on_fake):
        """D's loss. Notes D's mean outputs, and whether D is right too often to take its step."""
        self.outputs = [torch.sigmoid(logits.detach()).mean().item() for logits in (on_real, on_fake)]
        right = ((on_real > 0).float().mean() + (on_fake < 0).float().mean()) / 2
        self.opt_D.skip = bool(right > self.settings.threshold)
        return loss_of_D(self.settings, on_real, on_fake)

    def remember(self, fake):
        self.fake = fake.detach()
        return self.fake if self.buffer is None else self.buffer(fake)

    def follow(self, ema, G):
        step = len(self.history["g_loss"])
        ema_update(ema, G, min(self.settings.decay, (1 + step) / (10 + step)))

    def step(self, real, z):
        """Your step; the curves get one point longer."""
        play = mixed_step if self.settings.mixed else dcgan_step
        players = (self.G, self.D, self.ema, self.opt_G, self.opt_D)
        losses = play(*players, real, z, self.loss_D, self.remember, self.follow)
        for values, value in zip(self.history.values(), (*losses, *self.outputs, spread(self.fake, real)), strict=True):
            values.append(value)


# %% name="train" folded="The spread of pictures, and the loop that calls your step"
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
        run.step(real, torch.randn(batch_size, run.latent_dim, device=device()))
        yield run


# %% [markdown]
# The average starts in a hurry: at step $n$ its decay is at most $(1 + n)/(10 + n)$, or the gray pictures of the
# beginning would shine through for a thousand steps. The paper's rate is $2 \cdot 10^{-4}$ for batches of 128. Ours are
# 32 and $4 \cdot 10^{-4}$: more and larger steps from fewer pictures each, which pays where five minutes are all there
# is. $D$ is a little narrower than in section 3, 24 instead of 32 (`d_width`).
#
# ## 5. Train
#
# Now watch it. The picture shows the average's answer to 32 fixed noise vectors, always the same, and
# the curves beside it. It usually takes four to six minutes; the line below the picture says how far it is. On the way
# some answers of $G$ itself and of its average are kept, for section 6.

# %% [markdown] predict="what_comes_first"
# What will the average paint first?
#
# - [ ] two dark spots, the eyes :: They come later: a few pixels give $D$ little to go by.
# - [x] skin and background, each in its color :: Yes: a wrong color is the easiest thing for $D$ to see.
# - [ ] glasses, because they are the most striking :: They are the last: few faces wear them.
#
# ---
# Colors come first, within the first hundred steps; a dark blob where the hair is; then two darker spots. Sharp edges
# come last, and glasses later still.


# %% name="draw-run" demo=true folded="Draws 32 samples and the curves so far"
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


# %% name="first-run" demo=true open="the run that this lesson is about"
from gancourse.widgets import watch

run = Run(Settings(size=faces.pixels.shape[-1], width=quick(32, 8)))
steps, frames = quick(3000, 12), []


def filmed(run, steps):
    """Train; keep what G and its average answer to three noise vectors, now and then before the rates fall."""
    for count, _ in enumerate(train(run, faces, steps), 1):
        if 0.5 < count / steps <= 0.75 and count % quick(100, 1) == 0:
            frames.append((run.sample(averaged=False)[:3], run.sample()[:3]))
        yield run


watch(filmed(run, steps), draw_run, total=steps, every=1.0, size=(10.5, 3.2))

# %% [markdown]
# $D(x)$ and $D(G(z))$ stay apart, and that is healthy. In lesson 01 they met at ½ because a bell
# curve can be matched exactly. A small network that has seen minutes of faces can not.
#
# How good are they? Lesson 04 measures it properly; here is a foretaste, a *Fréchet distance* between features of
# 1,000 samples and of the data: about 0.6 for other real faces, and about 37 for faces blurred to 8 × 8 pixels. After
# five minutes of processor time it has fallen to below a sixth of what it was before training, and to below that of
# the blurred faces, for each of three seeds: `python lessons/03_dcgan/bench.py --only faces` measures it.

# %% demo=true folded="Draws faces of the data beside generated ones"
fig = figure(10, 4.2)
left, right = axes(fig, 1, 2)
draw_pictures(left, next(faces.batches(48, seed=7))[0], 8, "data")
draw_pictures(right, run.sample(torch.randn(48, 64)), 8, "generated, not picked")
show(fig, alt="Left: 48 faces of the data. Right: 48 generated faces, all kinds of them, some crooked.")

# %% [markdown]
# ## 6. Without the tricks
#
# Short runs, each with one switch turned, at 16 × 16 pixels so that a run usually takes ten to twenty seconds; a line
# says what is left. All start from the same seed. The first is the recipe, for comparison.


# %% name="short-run" demo=true folded="Short runs at 16 × 16 pixels, and sheets of their samples"
small_faces = data.load(faces.name, size=16, n=quick(None, 300))


def short_run(name="a short run", steps=600, **changes):
    """A run at 16 × 16 pixels with these settings changed."""
    run = Run(Settings(**{"size": 16, "width": quick(16, 4), "d_width": quick(16, 4), "rate": 1e-3} | changes))
    steps = quick(steps, 4)
    for _ in each(train(run, small_faces, steps), name, usual=quick(15, 1), total=steps):
        pass
    return run


def short_runs(what, changes):
    """A run for each title in `changes`, with one line for all."""
    runs = {}
    with working(what, usual=quick(15 * len(changes), 1)) as done:
        for title, changed in changes.items():
            done.tell(title)
            runs[title] = short_run(**changed)
            done(len(runs) / len(changes))
    return runs


# %% name="compare" demo=true folded="Draws the samples of several runs side by side"
def compare(runs, alt):
    """The samples of several runs side by side."""
    rows = math.ceil(len(runs) / 3)
    fig = figure(10, 2.1 * rows)
    for ax, (title, run) in zip(axes(fig, rows, 3), runs.items(), strict=True):
        draw_pictures(ax, run.sample(), 8, title)
    show(fig, alt=alt)


# %% demo=true
recipe = short_run("the recipe")

# %% [markdown]
# **The wrong last layer.** The data are in [−1, 1]. A sigmoid reaches 0 to 1 only, so $G$ cannot paint
# anything darker than middle gray. With no last layer at all it can paint anything, and much that is
# no color.

# %% [markdown] predict="wrong_range"
# $G$ ends in a sigmoid, and learns as long as the recipe does. What will $D$ say of its fakes at the end?
#
# - [ ] about ½: sooner or later $G$ finds a way :: There is none: no weight of $G$ makes a pixel darker than middle
#   gray.
# - [x] next to 0: it is sure of each one :: Yes: it needs no eye for faces, it looks at the range.
# - [ ] above ½: bright pictures look real :: No face of the data is without a dark pixel.
#
# ---
# With the sigmoid $D(G(z))$ ends next to 0, and the pictures are spots on gray.

# %% demo=true folded="Plays the two other ends of G, and draws samples and the range of their pixels"
ends_of_G = {"sigmoid": {"last": "sigmoid"}, "no last layer": {"last": "none"}}
lasts = {"tanh": recipe} | short_runs("two short runs", ends_of_G)
compare(lasts, alt="Three sheets of small samples, one for each end of G. What is on them is told below.")
for name, run_ in lasts.items():
    pixels, last = run_.sample(), run_.history["d_fake"][-50:]
    said = sum(last) / len(last)
    print(f"{name:14} pixels {pixels.min():4.1f} … {pixels.max():4.1f}   D(G(z)) at the end {said:.2f}")

# %% [markdown]
# With the sigmoid $D$ is sure of every fake, and the pictures are spots on gray. Without any
# last layer $G$ has to learn the range by itself. Here it does, and draws faces like the recipe's, with some pixels
# beyond the edge, which a screen has to cut off. It is the *wrong* range that breaks a run; tanh makes it right
# before the first step.
#
# **The others.** Six more runs: momentum 0.9, hard labels, noisy labels, mixed batches, a replay buffer of 1,000 fakes,
# and a $D$ that waits while it is right about more than 0.8 of all pictures.

# %% [markdown] predict="which_two_fail"
# Two of the six fail outright. Which?
#
# - [ ] hard labels and noisy labels :: In a run as short as this neither can be told from chance.
# - [x] momentum 0.9 and mixed batches :: Yes. See below what their pictures and numbers say.
# - [ ] replay and the waiting $D$ :: Both are insurance for longer runs; here they do nothing that one could see.
# - [ ] mixed batches and hard labels :: One of the two. Hard labels only make $D$ surer.
#
# ---
# With momentum 0.9 the sheet is full of checkerboards, with mixed batches one pattern stands everywhere.

# %% name="others" demo=true folded="Plays the six others, about a minute and a half, and draws their samples"
switches = {
    "momentum 0.9": {"beta_1": 0.9},
    "hard labels": {"real_label": 1.0},
    "noisy labels": {"noisy": True},
    "mixed batches": {"mixed": True},
    "replay of 1000": {"replay": 1000},
    "threshold 0.8": {"threshold": 0.8},
}
others = short_runs("six short runs", switches)
compare(others, alt="Six sheets of small samples, one for each switch. What is on them is told below.")

# %% name="scores" demo=true folded="Measures how far the samples of all nine runs are from the data"
from gancourse.data.images import to_bytes
from gancourse.metrics import features, frechet_from_features


def score(run, n=1000):
    """How far n samples are from the data: a Fréchet distance of features (lesson 04). Smaller is better."""
    z = torch.randn(quick(n, 50), 64, generator=torch.Generator().manual_seed(1))
    return float(frechet_from_features(data_features, features(to_bytes(run.sample(z)))))


measured = lasts | others
with working("measuring nine runs", usual=quick(20, 1)) as done:
    data_features, distances = features(small_faces.pixels[:1000]), []
    for run_ in measured.values():
        distances.append(score(run_))
        done(len(distances) / len(measured))

# %% demo=true folded="Draws distance to the data, spread, and what D says, for all nine runs"
ends = [[sum(v[-50:]) / len(v[-50:]) for v in run_.history.values()] for run_ in measured.values()]
_, _, d_real, d_fake, spreads = zip(*ends, strict=True)
fig = figure(10, 3.4)
left, middle, right = axes(fig, 1, 3, sharey=True)
left.barh(list(measured), distances, color=PALETTE[7])
middle.barh(list(measured), spreads, color=PALETTE[4])
right.scatter(d_real, list(measured), color=REAL, marker="s", label="D(x)")
right.scatter(d_fake, list(measured), color=FAKE, marker="o", label="D(G(z))")
for ax, title in ((left, "distance to the data"), (middle, "spread"), (right, "what D says at the end")):
    ax.set(title=title)
left.invert_yaxis()
right.set(xlim=(-0.05, 1.05))
right.legend(fontsize=9)
show(
    fig, alt="For nine runs: bars of distance to the data and of spread, dots of what D says of real and fake pictures."
)

# %% [markdown]
# - **Momentum of 0.9.** Both players keep going the old way after the other has moved, and overshoot. The sheet is
#   full of bright checkerboards: stamps, no faces.
# - **Mixed batches.** Every sample is the same (look at the spread). In $D$'s step, real and fake pictures share one
#   batch, and batch normalization measures each against the mean of all: a great help in telling them apart, so
#   $D(G(z))$ is next to 0. In $G$'s step $D$ sees fakes alone, measured against their own mean, and says something
#   else. $G$ learns from a judge who never sits in court.
# - **Hard and noisy labels, replay, threshold.** In a run as short as this they make no difference that
#   one could tell from chance. $D(x)$ moves as its labels do; that says nothing about
#   faces. Soft labels and replay are insurance for longer runs. A threshold keeps the game in balance,
#   and hides that the balance was wrong: the number is one more thing to tune.
#
# One seed each is an anecdote. For each of three seeds the sigmoid and mixed batches end at least half as far again
# from the data as the recipe with that seed, and a momentum of 0.9 at least a quarter:
# `python lessons/03_dcgan/bench.py --only hacks` measures it.
#
# **No averaging.** The last one needs no run of its own. The run of section 5 holds both generators, and on its way it
# has kept what each answered to three noise vectors, every hundred steps before the rates began to fall.

# %% [markdown] predict="what_averaging_does"
# The same noise, every hundred steps. How do the two strips differ?
#
# - [ ] not at all: an average follows what it averages :: It follows slowly: a step moves it by a thousandth.
# - [x] $G$'s faces change from frame to frame, the average's slowly :: Yes: the average stands near the middle of the
#   circle that $G$ walks on.
# - [ ] the average's faces are blurred, as averages of pictures are :: Weights are averaged, not pictures.
#
# ---
# $G$'s faces flicker: the same noise is another person a hundred steps later. The average's change slowly, and are not
# blurred.

# %% demo=true folded="Draws three faces over time, by G itself and by its average"
fig = figure(9, 4.3)
for ax, which, title in zip(axes(fig, 1, 2), (0, 1), ("G itself", "its average"), strict=True):
    strip = torch.stack([frame[which] for frame in frames], 1).flatten(0, 1)
    draw_pictures(ax, strip, len(frames), f"{title}: over time, left to right")
show(fig, alt="Three faces over time, twice: on the left by G itself, on the right by its average.")

# %% [markdown]
# In these frames the rates were still high. At the end of the run, where they have fallen to 0, the two agree better.
#
# ## 7. Reading the curves
#
# Lesson 01 ended with a warning: losses that look settled prove nothing. Three kinds of curve together
# say more: the losses, $D$'s mean outputs on both kinds, and the **spread** of the samples, the mean
# distance between two of them in units of the data's.
#
# A collection of 138 short runs comes with the course, some good and most broken on purpose: on a line, on a ring of
# Gaussians, and on small faces. Whoever made them knows what was done to each, and has kept only those whose samples
# say that it worked. Six words tell what became of them: *healthy*, *still training* (cut short, or far too slow),
# *discriminator won*, *generator won*, *collapsed* and *diverged*. Here is one run of each.

# %% [markdown] predict="one_face"
# A generator paints one face for every $z$. Which curve gives it away?
#
# - [ ] $G$'s loss, which is high :: Not if that face is a good one: $D$ may find it real.
# - [ ] $D(G(z))$, which is near 0 :: Only as long as $D$ has seen through that face.
# - [x] the spread, which is near 0 :: Yes: two samples of it are no distance apart, whatever the losses say.
#
# ---
# Look at the spread first, then at $D$, then at the losses.

# %% name="past-runs" demo=true folded="Loads the collection, and draws one run of each kind"
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

# %% [markdown]
# Here is a first program that tells them apart, the rules that people would write down at once. *At the end* means
# on average over the last tenth.


# %% name="first-rules" demo=true open="the baseline that the challenge below begins with"
def first_rules(history):
    """What became of a run, by four thresholds."""
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
    return "generator won" if end["d_fake"] > 0.75 else "healthy"


# %% [markdown] predict="what_the_rules_miss"
# Of one kind these rules recognize hardly any run, though they have a rule for it. Which?
#
# - [ ] *collapsed* :: Most of those are found: the spread is what collapse means.
# - [x] *discriminator won* :: Yes. Where $G$ is told nothing it learns nothing, its samples stay alike, and the rule
#   about the spread is asked first.
# - [ ] *diverged* :: A number that is not finite is hard to miss.
#
# ---
# All but one of the runs that $D$ has won are called collapsed. And *still training* has no rule at all.

# %% name="told-apart" demo=true folded="Draws which word the rules have for which kind of run"
import seaborn as sns

KINDS = ("healthy", "still training", "discriminator won", "generator won", "collapsed", "diverged")


def draw_table(tell, title):
    """How often a program says which word of which kind of run, on the collection."""
    table = torch.zeros(6, 6)
    for r in past:
        table[KINDS.index(r.kind), KINDS.index(tell(r.history))] += 1
    fig = figure(6.5, 3.9)
    (ax,) = axes(fig)
    shares = (table / table.sum(1, keepdim=True)).numpy()
    numbers = [[f"{n:.0f}" if n else "" for n in row] for row in table.tolist()]
    sns.heatmap(shares, annot=numbers, fmt="", cmap="Blues", vmin=0, vmax=1.5, cbar=False, ax=ax)
    ax.set_xticks([k + 0.5 for k in range(6)], KINDS, rotation=25, ha="right")
    ax.set_yticks([k + 0.5 for k in range(6)], KINDS, rotation=0)
    right = f"{title}: {int(table.trace())} of {len(past)} runs told right"
    ax.set(title=right, xlabel="what is said", ylabel="what it is")
    ax.grid(False)
    show(fig, alt=f"A table of six kinds and six words for {title}; numbers of runs. What stands out is told below.")


draw_table(first_rules, "the first rules")

# %% [markdown] exercise="tell_runs_apart" stars=3 minutes=40 challenge=true
# ### Exercise 10, an open challenge: tell runs apart
#
# Write a better one. `tell_runs_apart(history)` takes the curves of one run and returns one of the six words of
# `KINDS`.
# `history` is a dict of five equally long lists of numbers, 60 records in all that is asked: `"d_loss"`, `"g_loss"`,
# `"d_real"` (the mean of $D(x)$), `"d_fake"` (the mean of $D(G(z))$) and `"spread"`; numbers may be NaN or infinite.
# How it finds the word is up to you: rules, trends, nearest neighbors, a network that you train before the
# function. Knowing the collection by heart helps in the notebook only.
#
# What counts is the share of runs told right, in percent, each of the six kinds counted alike. Bronze takes **65** %,
# silver **77** %, gold **85** %. In the notebook the runs are those of the collection that are marked `held_out`, so
# learn from the others. Graders ask about 138 *other* runs that nobody has seen, on other problems and with other rates
# and lengths, and allow a little less (three parts in a hundred). The first rules get 55 %, and no medal.

# %% [markdown] hints="tell_runs_apart"
# Look at what `first_rules` gets wrong, one kind at a time: draw those runs with `draw_curves`. For bronze another
# order helps: which of two words that fit is the cause, and which the symptom?
# ---
# Ask who has won before you ask for the spread. $D$ has won where $D(G(z))$ is next to 0 and $D(x)$ far above it all
# through the last fifth. $G$ has won where $D(G(z))$ is high, or where $D$ has not moved from the first record on. For
# *still training* compare the last fifth with the one before: something is on its way.
# ---
# A trend needs a yardstick: the difference of two means beside the noise of the records,
# $\sqrt{(s_1^2 + s_2^2)/n}$, and a least size, such as 0.05 for $D$'s outputs and 0.1 for the spread. With `statistics`
# you have `fmean`, `median` and `pvariance`.


# %% solution="tell_runs_apart"
def tell_runs_apart(history):
    """What became of a run: one of KINDS.

    Args:
        history: "d_loss", "g_loss", "d_real", "d_fake" and "spread", each a list of 60 numbers.
    """
    ### BEGIN SOLUTION
    if not all(math.isfinite(v) for values in history.values() for v in values):
        return "diverged"
    fifth = len(history["d_loss"]) // 5
    end = {name: sum(values[-fifth:]) / fifth for name, values in history.items()}
    before = {name: sum(values[-2 * fifth : -fifth]) / fifth for name, values in history.items()}
    if end["d_fake"] > 0.75:  # a cause comes before its symptoms: then the samples are alike, or D's loss is large
        return "generator won"
    if end["d_loss"] > 5:
        return "diverged"
    if end["d_real"] > 0.9 and end["d_fake"] < 0.05:
        return "discriminator won"
    if end["spread"] < 0.25:
        return "collapsed"
    least = {"d_real": 0.04, "d_fake": 0.04, "spread": 0.08}
    moving = any(abs(end[name] - before[name]) > far for name, far in least.items())
    return "still training" if moving else "healthy"
    ### END SOLUTION


# %% test="tell_runs_apart" points=3

# %% demo=true folded="Draws the same table for your program"
draw_table(tell_runs_apart, "your program")

# %% [markdown]
# What no curve can show: a generator that has dropped some kinds of pictures and varies the rest, and one that copies
# its training data. The package's `gancourse.training.diagnose` tells its reasons with its word; try it on your own run
# of section 5 in a cell of your own.
#
# ## 8. Has it learned by heart?
#
# A generator that stored the training set would look perfect. So put beside each sample its nearest
# training pictures, pixel by pixel. If it copied, the two would be the same.


# %% name="nearest" demo=true folded="Finds the nearest training faces of eight samples, and draws them"
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

# %% [markdown] exercise="latent_moves" stars=1 minutes=8
# ### Exercise 11: two moves
#
# Two warm-ups, each a line, which the rest of this section walks with:
#
# - `lerp`, the straight line: given two points `a` and `b` of shape (d,) and a tensor `t` of $k$ numbers between 0 and
#   1, in any order, return the points $(1 - t)\,a + t\,b$, shape (k, d): one row for each $t$;
# - `attribute_arithmetic`: given codes `z` (n, d) to edit, codes `minus` (a, d) of pictures without an attribute, and
#   codes `plus` (b, d) of pictures with it, return $z + \overline{\text{plus}} - \overline{\text{minus}}$ for every
#   row of `z`. The bars are means over rows, and neither is empty.
#
# Leave what you are given as it is. The last function is given: the check calls each of yours through it.

# %% [markdown] hints="latent_moves"
# Broadcasting makes a table of a column and a row; and it adds one row to every row of a table.
# ---
# $a + t\,(b - a)$, with $t$ as a column of shape (k, 1). $\overline{x} = \frac1m \sum_i x_i$: the mean over
# dimension 0.
# ---
# `t[:, None]` is that column. `plus.mean(dim=0)` has shape (d,).


# %% solution="latent_moves"
def lerp(a, b, t):
    """Points on the straight line from a to b: a, b (d,) and t (k,) to (k, d)."""
    ### BEGIN SOLUTION
    return a + t[:, None] * (b - a)
    ### END SOLUTION


def attribute_arithmetic(z, minus, plus):
    """z + mean(plus) − mean(minus): (n, d), from z (n, d), minus (a, d) and plus (b, d)."""
    ### BEGIN SOLUTION
    return z + plus.mean(dim=0) - minus.mean(dim=0)
    ### END SOLUTION


def latent_moves(which, *given):
    """Both by name, for the check."""
    return {"line": lerp, "arithmetic": attribute_arithmetic}[which](*given)


# %% test="latent_moves" points=2

# %% [markdown] exercise="off_the_shell" stars=3 minutes=30
# ### Exercise 12: why the line leaves the shell
#
# The line has a flaw, and you can derive it with pencil and paper. Draw $z$ from $\mathcal{N}(0, I)$ in $d$ dimensions.
# Its squared length $|z|^2$ is a sum of $d$ independent squares, so it varies little beside its mean; points on the
# line from one draw to another have other lengths. Five steps, each a function of its own with a formula of a line.
# Each is checked for itself, on numbers that the check chooses: a slip in step 2 costs step 2 only. The arguments are
# plain numbers, and so are the results (a tensor of one number will do).
#
# 1. `mean_square(d)`: the mean of $|z|^2$.
# 2. `width_of_square(d)`: the standard deviation of $|z|^2$. For one coordinate $\mathbb{E}\,z_i^4 = 3$.
# 3. `square_on_the_line(aa, bb, ab, t)`: the squared length of $x = (1 - t)\,a + t\,b$, from the numbers
#    $|a|^2$, $|b|^2$ and $a \cdot b$.
# 4. `mean_on_the_line(d, t)`: the mean of $|x|^2$ if $a$ and $b$ are two independent draws.
# 5. `depth(d, t)`: how many standard deviations (those of step 2) the mean of step 4 lies below the mean of step 1. At
#    $t = 0$ it is 0; for no $t$ from 0 to 1 is it negative.

# %% [markdown] hints="off_the_shell"
# 1 and 2: means add up, and so do variances of independent numbers. 3: multiply the bracket out. 4: put the means into
# step 3. 5: a difference, divided by a width.
# ---
# The variance of one $z_i^2$ is $\mathbb{E}\,z_i^4 - (\mathbb{E}\,z_i^2)^2 = 3 - 1$. In step 3 there are two squares
# and twice a product. In step 4 the product's mean is $\sum_i \mathbb{E}\,a_i\, \mathbb{E}\,b_i$.
# ---
# 1: $d$. 2: the root of $d$ times that variance. 4: what is left of step 3 is two terms, each with a $d$. 5: with
# $1 - (1 - t)^2 - t^2 = 2t(1 - t)$ it is $2t(1 - t)$ times a root; but `(mean_square(d) - …) / width_of_square(d)`
# will do.


# %% solution="off_the_shell"
def mean_square(d):  # step 1: the mean of |z|², for z from N(0, I) in d dimensions
    ### BEGIN SOLUTION
    return d
    ### END SOLUTION


def width_of_square(d):  # step 2: the standard deviation of |z|²
    ### BEGIN SOLUTION
    return (2 * d) ** 0.5
    ### END SOLUTION


def square_on_the_line(aa, bb, ab, t):  # step 3: |(1 − t) a + t b|², from |a|², |b|² and a · b
    ### BEGIN SOLUTION
    return (1 - t) ** 2 * aa + t**2 * bb + 2 * t * (1 - t) * ab
    ### END SOLUTION


def mean_on_the_line(d, t):  # step 4: the mean of |(1 − t) a + t b|², for independent draws a and b
    ### BEGIN SOLUTION
    return ((1 - t) ** 2 + t**2) * d
    ### END SOLUTION


def depth(d, t):  # step 5: how many standard deviations of |z|² the line's mean lies below that of a draw
    ### BEGIN SOLUTION
    return 2 * t * (1 - t) * (d / 2) ** 0.5
    ### END SOLUTION


def off_the_shell(step, *numbers):
    """Step 1 to 5, for the check."""
    return (mean_square, width_of_square, square_on_the_line, mean_on_the_line, depth)[step - 1](*numbers)


# %% test="off_the_shell" points=3

# %% [markdown] predict="how_deep"
# The middle of a line between two draws lies 2.8 standard deviations below the shell where $d = 64$. And with
# $d = 256$?
#
# - [ ] 1.4: there is more room :: The other way: the shell gets thinner, beside its radius.
# - [ ] 2.8: it does not depend on $d$ :: Look at your step 5.
# - [x] 5.7: twice as deep :: Yes: it grows with the root of $d$.
# - [ ] 11.3: four times as deep :: The difference grows with $d$, the width with its root; so their quotient with …?
#
# ---
# Four times the dimensions, twice the depth.

# %% demo=true folded="Draws how deep the line's middle lies, and lengths of draws"
dims = torch.tensor([2, 4, 8, 16, 32, 64, 128, 256, 512])
fig = figure(10, 3.2)
left, right = axes(fig, 1, 2)
left.plot(dims, [float(depth(int(d), 0.5)) for d in dims], color=PALETTE[3], marker="o")
left.set(title="the middle of the line: how deep below the shell", xlabel="dimension d", ylabel="standard deviations")
left.set_xscale("log", base=2)
for d, color in ((4, PALETTE[1]), (64, PALETTE[0]), (512, PALETTE[2])):
    z = torch.randn(4000, d)
    middle = ((z[:2000] + z[2000:]) / 2).norm(dim=1) / d**0.5
    shell = z.norm(dim=1) / d**0.5
    right.hist(shell.numpy(), 40, density=True, histtype="step", color=color, label=f"draws, d = {d}")
    right.hist(middle.numpy(), 40, density=True, color=color, alpha=0.3, label="middles of lines")
right.set(title="lengths, in units of the root of d", xlim=(0, 1.8), yticks=[])
right.legend(fontsize=8, frameon=False)
show(
    fig,
    alt="Left: the depth grows with the root of the dimension. Right: for 4 dimensions lengths of draws and of the "
    "middles of lines overlap; for 64 they hardly do, for 512 they are two narrow hills apart, at 1 and at 0.7.",
)

# %% [markdown]
# In two or four dimensions the line's middle is a place like any other. With $d = 64$ nearly all draws lie on a shell
# of radius 8, like the peel of an orange, and the middle lies about $8/\sqrt2 \approx 5.7$ from the origin, 2.8
# standard deviations deep; with 512 dimensions it lies 8 standard deviations deep, and nothing is ever drawn there. The
# generator has hardly ever been asked about it. White (2016) goes around on the peel instead:
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

# %% name="ways" demo=true folded="Draws both ways: their lengths, and the faces on them"
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

# %% demo=true folded="Measures the largest of a hundred steps on each way"
fine = torch.linspace(0, 1, 101)
for name, way in (("line", lerp), ("arc", slerp)):
    strip = run.sample(way(ends[0], ends[1], fine))
    steps_taken = (strip[1:] - strip[:-1]).flatten(1).norm(dim=1)
    print(f"{name}: the largest of 100 steps is {steps_taken.max() / steps_taken.mean():.1f} times the mean one")

# %% [markdown]
# No step of the hundred is much larger than the others (at most three times the mean one, in all runs measured):
# there is no jump. Compare the middles of the two ways: the line passes where hardly any $z$ lies, the arc
# does not. With 64 dimensions the difference in the pictures is small; it grows with the number of dimensions.
#
# ### Arithmetic
#
# Figure 7 of the paper made DCGAN famous: *man with glasses − man + woman = woman with glasses*. Take the
# mean $z$ of some pictures with an attribute, subtract that of some without, and you have a **direction**: your
# `attribute_arithmetic`. Means, because one picture's $z$ is full of accidents.
#
# For this take a better generator than five minutes give: one that comes with the course, by the same recipe at
# 64 × 64 pixels, for 18,000 steps (`gancourse train dcgan-faces-64 --keep` makes it again, in four minutes on a GPU).
#
# Who says which samples wear glasses? For the data the labels are exact: each face was drawn from its factors. For
# samples a small network reads them off the pixels; it comes with the course, too, and was trained on drawn faces.
# **What labels are and are not:** such a number says what is *visible in a picture*. It says nothing about a person,
# and on photographs this reader's answers mean nothing. (CelebA's labels were set by a labeling company, nobody has
# published how; two people who labeled pictures anew agreed well on only 12 of its forty names (Wu and others, 2022).
# Some names judge rather than describe: those stay out of this course.)

# %% name="checkpoint" demo=true folded="Draws 600 faces with the course's generator, reads them, and shows 24"
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader

reader, big = load_face_reader(), store.load("dcgan_faces_64")["G"]


def drawn_by(G, z):
    """Pictures, some at a time."""
    with torch.no_grad():
        return torch.cat([G(some) for some in z.split(50)])


with working("drawing and reading 600 faces", usual=quick(8, 1)):
    big_z = torch.randn(quick(600, 40), 64)
    drawn = drawn_by(big, big_z)
    seen = reader.read(drawn)
fig = figure(9, 3.6)
(ax,) = axes(fig)
draw_pictures(ax, drawn[:24], 8, "64 × 64 pixels, not picked")
show(fig, alt="Twenty-four generated faces, sharper than before, with hair, glasses, hats and smiles.")

# %% name="edit" demo=true folded="Moves eight faces along three directions"
names = ("age", "smile", "glasses", "hat", "beard", "hair_length")


def low_and_high(codes, values):
    """The tenth of the codes with the lowest values, and the tenth with the highest."""
    order = values.argsort()
    tenth = max(1, len(order) // 10)
    return codes[order[:tenth]], codes[order[-tenth:]]


def edit(z, name):
    """Move codes from those with little of an attribute to those with much, as the reader sees it."""
    return attribute_arithmetic(z, *low_and_high(big_z, seen[name]))


shown = big_z[:8]
edits = {"as is": shown} | {f"+ {name}": edit(shown, name) for name in names[:3]}
fig = figure(9, 4.9)
(ax,) = axes(fig)
draw_pictures(ax, torch.cat([drawn_by(big, z) for z in edits.values()]), 8)
ax.set_yticks([32, 97, 162, 227], list(edits))
show(fig, alt="Eight faces in four rows: as they are, with more age, with more of a smile, with more glasses.")

# %% [markdown]
# The picture shows what one hopes for; the next one shows what else has moved. Each row is an edit of
# 200 codes, each column what the reader sees change.

# %% demo=true folded="Draws a table of colors: which edit changes what"
tracked = names[:5]
before = reader.read(drawn[:200])
moved = torch.zeros(3, len(tracked))
for row, name in enumerate(tracked[:3]):
    after = reader.read(drawn_by(big, edit(big_z[:200], name)))
    moved[row] = torch.stack([(after[k] - before[k]).mean() for k in tracked])
fig = figure(6.5, 2.6)
(ax,) = axes(fig)
look = {"cmap": "PuOr", "vmin": -0.7, "vmax": 0.7, "cbar": False}
edits = [f"+ {name}" for name in tracked[:3]]
sns.heatmap(moved.numpy(), annot=True, fmt="+.1f", xticklabels=tracked, yticklabels=edits, **look, ax=ax)
ax.tick_params(axis="y", rotation=0)
ax.grid(False)
show(fig, alt="A table of three edits and five attributes, colored by how much each has changed. It is told below.")

# %% [markdown]
# The diagonal moves most, and the rest is not still: whatever came along in the means is taken along, too. Lesson 16
# finds better directions and edits photographs with them.
#
# ## 10. Play with it
#
# The panel walks through the latent space of the same generator. The sliders add the directions; the pad mixes four
# corners. Try these:
#
# 1. Move across the pad slowly. Where does one person turn into another?
# 2. Switch between arcs and lines, and stay in the middle of the pad.
# 3. Push a slider to its end. What else has changed? When does the face stop being one? (And who is at the short end of
#    *hair_length*? To the reader a bald head has the shortest hair there is.)
# 4. Put your own generator in its place: `LatentExplorer(run.ema, latent_dim=64)`.

# %% name="explorer" demo=true
from gancourse.widgets.explorer import LatentExplorer

origin = torch.zeros(1, 64)
directions = {name: edit(origin, name)[0] for name in names}
explorer = LatentExplorer(big, latent_dim=64, directions=directions, reach=2.0, seed=1, subject="a drawn face")
explorer

# %% [markdown]
# ## 11. What goes wrong
#
# Two runs on faces that failed, from the same collection. Curves are all that is left of them, as so often. What was
# done to them is not told here; your program has a word for each, and a word is not a cause.

# %% name="two-runs" demo=true
puzzles = {f"run {name}": broken_run("03_dcgan", name) for name in "AB"}
puzzles = {title: next(r for r in past if told.items() <= vars(r).items()) for title, told in puzzles.items()}
draw_curves(puzzles, alt="Curves of run A and run B: losses on the left, D's outputs and the spread on the right.")
for title, r in puzzles.items():
    print(f"{title}: {tell_runs_apart(r.history)}")

# %% [markdown] exercise="explain_the_runs" stars=2 minutes=20
# ### Exercise 14: two explanations
#
# For each of the runs A and B write three sentences: the evidence (which curves, how high or low at the end), a
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

# %% [markdown] quiz="back_to_seven"
# A convolution with kernel 3, stride 2 and padding 1 turns 8 pixels into 4, and 7 pixels into
# 4. What does the transposed convolution with the same numbers make of 4?
#
# - [x] 7 pixels :: $(4 - 1) \cdot 2 - 2 + 3 = 7$. Two sizes lead to 4, and the formula picks the smaller. PyTorch's
#   `output_padding=1` asks for the other.
# - [ ] 8 pixels :: Put the numbers into the formula: the last stamp begins at 6.
# - [ ] 7 or 8, it depends :: On nothing: a formula has one value.

# %% [markdown] quiz="no_norm_at_the_end"
# Why is there no batch normalization after the generator's last layer?
#
# - [ ] tanh does the same :: tanh bounds each pixel by itself. It knows of no batch.
# - [x] it would give every batch the same mean and spread in each color :: A batch of dark pictures could not be
#   made. In $D$'s first layer it would hide just that from $D$.
# - [ ] it costs too much at that size :: Next to the convolution it costs nothing.

# %% [markdown] quiz="soft_fakes"
# A colleague labels fakes 0.1 "for symmetry". What does the best discriminator say far away
# from all data, where $G$ has put something?
#
# - [ ] 0: nothing real is there :: With 0 as the fakes' label it would.
# - [x] 0.1, wherever it is :: There $p = 0$, so $D^* = (0.9\,p + 0.1\,q)/(p + q) = 0.1$: no slope leads away from
#   there.
# - [ ] ½: it does not know the place :: It knows it: $G$'s pictures are there, and they have a label.

# %% [markdown] quiz="statistics_behind"
# You draw with the EMA's weights and forget its batch normalization's running statistics.
# What do you see?
#
# - [x] washed-out or garish pictures from a generator that is fine :: They are normalized with the mean 0 and
#   variance 1 that the statistics started from.
# - [ ] the same pictures: weights are what counts :: After `eval()` the running statistics count as much.
# - [ ] an error :: Nothing is missing, so nothing complains.

# %% [markdown] quiz="quiet_curves"
# $D(x) = 0.52$, $D(G(z)) = 0.49$, both losses flat, spread 0.03. Converged?
#
# - [ ] yes: both outputs are at ½ :: Look at the third number.
# - [x] no, collapsed :: $G$ paints one face. A $D$ that sees 32 times the same face may still be unsure whether that
#   one is real.
# - [ ] no, $D$ has won :: Then it would be sure.

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
# - A. Shrivastava, T. Pfister, O. Tuzel, J. Susskind, W. Wang and R. Webb, *Learning from Simulated and Unsupervised
#   Images through Adversarial Training*, CVPR 2017, [arXiv:1612.07828](https://arxiv.org/abs/1612.07828). Section 2.3:
#   the buffer. The rule of exercise 7 is that of the code of Zhu and others' CycleGAN (2017), lesson 09.
# - Y. Yazıcı, C.-S. Foo, S. Winkler, K.-H. Yap, G. Piliouras and V. Chandrasekhar, *The Unusual
#   Effectiveness of Averaging in GAN Training*, ICLR 2019,
#   [arXiv:1806.04498](https://arxiv.org/abs/1806.04498).
# - T. White, *Sampling Generative Networks*, 2016, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468): slerp.

# %% demo=true folded="Your own faces, kept beside this notebook"
fig = figure(8, 4.3)
(ax,) = axes(fig)
draw_pictures(ax, run.sample(torch.randn(32, 64)), 8, "drawn by my first DCGAN, not picked")
keepsake(fig, alt="Thirty-two faces that your generator has drawn, not picked.", name="my_first_faces")

# %% [markdown] last=true
# ## What you have built
#
# A DCGAN from its smallest part: the stamps of a transposed convolution, both networks, the weights they start from,
# and the step that trains them and their average. It turns 64 random numbers into a face that nobody has drawn. And
# you have a program that reads a run's curves, and know where in its latent space a straight line leads.
#
# **The same at full scale.** Radford, Metz and Chintala (2015) train networks of the same kind, larger:
#
# | | here | in the paper |
# |---|---|---|
# | data | 20,000 drawn faces, 32 × 32 | three million bedrooms (LSUN), 350,000 faces, ImageNet; 64 × 64 and 32 × 32 |
# | $z$ | 64 normal numbers | 100 numbers, uniform between −1 and 1 |
# | $G$'s 4 × 4 map | 128 channels | 1,024 channels |
# | kernels | 4 × 4 | 5 × 5 |
# | batch, rate, $\beta_1$ | 32, $4 \cdot 10^{-4}$, 0.5 | 128, $2 \cdot 10^{-4}$, 0.5 |
# | labels, average | one-sided soft labels; an average of $G$ | neither: both came later |
# | machine | one core, five minutes | a GPU, hours |
#
# The recipe carries over as it stands, up to about 64 × 64 pixels. Beyond that it begins to fail, and the lessons on
# growing networks and on StyleGAN say what is done instead.
#
# **Next:** measures that agree with the eye, and what deceives them.
