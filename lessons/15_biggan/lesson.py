# %% [markdown] builds="a generator of fourteen classes: told at every level, large batches, truncation" hours=4 stars=3
# # 15 · Large, and told a class
#
# One generator for many classes, trained by large batches. This lesson has no single great idea. It is what a good cook
# does: six or seven small things, each for a reason, and a table that says which of them paid. You write all of them,
# put them together, and learn to read such a table for what it says.
#
# **You will be able to**
#
# - tell every layer of a generator its class, by one embedding that all layers share, and give each level its own
#   part of $z$;
# - write residual blocks for both players, and self-attention;
# - derive orthogonal regularization, and say why its diagonal is left out;
# - train with batches that do not fit into memory, and say when that is exact;
# - trade variety for quality by truncation, and take standing statistics before you draw;
# - read an ablation table: what may be said, and what may not.
#
# **Time:** about four hours with the challenge, of which the machine works about five minutes. No GPU is needed.
# **Builds on:** lesson 07 (classes, the projection), lesson 06 (hinge, spectral normalization), lesson 04 (precision,
# recall).

# %% [markdown]
# ![A sheet of small drawn faces: four rows, each one person, seven columns, each another way to wear one's hair. Every
# second row wears glasses.](images/classes.png)
#
# *What this lesson is about: the same noise in a row, another class in each column. Drawn by the network that comes
# with the course, 32 × 32 pixels.*

# %% name="setup"
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from gancourse import choose_threads, data, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.images import to_unit
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure
from gancourse.sheets import draw_pictures
from gancourse.widgets.knobs import Knob
from gancourse.widgets.sliders import Sliders

check = public("15_biggan")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Fourteen classes
#
# BigGAN draws a thousand kinds of things. Our drawn faces have fourteen: seven ways to wear one's hair, each without
# and with glasses. The class is one whole number, $y = 2 \cdot \text{hair} + \text{glasses}$. The reader of lesson 07
# sees both, glasses always and hair where there is some to be seen, so it can say whether a class was drawn that was
# asked for.
#
# For photographs set `DATA = "celeba"`: then the class is made of two of their labels, and there are four. Labels are
# what somebody ticked, and no more than that.

# %% name="load" demo=true folded="Loads the faces and their classes"
DATA = "faces"  # or "celeba", for photographs
if DATA == "faces":
    from gancourse.data.faces import HAIR_STYLES

    raw = data.load(DATA, size=32, attributes=["hair_style", "glasses"], n=quick(8_000, 300))
    y_all = 2 * raw.attributes["hair_style"].long() + (raw.attributes["glasses"] > 0.5).long()
    NAMES = [f"{style}{glasses}" for style in HAIR_STYLES for glasses in ("", ", glasses")]
else:
    raw = data.load(DATA, size=32, attributes=["Smiling", "Eyeglasses"], n=quick(8_000, 300))
    smiles, glasses = (raw.attributes[name] > 0.5 for name in ("Smiling", "Eyeglasses"))
    y_all = 2 * smiles.long() + glasses.long()
    NAMES = ["neither", "glasses", "smile", "smile, glasses"]
CLASSES = len(NAMES)

# %% demo=true folded="Draws one face of each class, and how many there are"
fig = figure(9.5, 2.6)
sheet, bars = axes(fig, 1, 2, width_ratios=(2, 1))
of_class = [raw.pixels[y_all == k][:1] for k in range(CLASSES)]
draw_pictures(sheet, to_unit(torch.cat([one for one in of_class if len(one)])), 7, "one of each class")
bars.bar(range(CLASSES), torch.bincount(y_all, minlength=CLASSES), color=REAL)
bars.set(title="how many of each", xlabel="class")
show(fig, alt="Left: one small face of each class. Right: bars, how many faces each class has; they are uneven.")

# %% [markdown]
# ## 2. How a generator is told its class
#
# In lesson 07 the label came in beside $z$, at the bottom. Higher up, the network had to remember it.
# **Class-conditional batch normalization** (de Vries and others, 2017) tells it to every layer: a feature map is
# normalized over the batch as ever, and then the *class* says how strong the feature is to be.
#
# Tables would do: two numbers for each class and each feature. BigGAN has a thousand classes and thousands of features,
# so it keeps one **shared embedding** $c$ of the class, a short vector, and each layer has two linear maps of it:
#
# $$h_f \;\mapsto\; \frac{h_f - \mu_f}{\sqrt{\sigma_f^2 + \varepsilon}}\,\bigl(1 + (A c)_f\bigr) + (B c)_f.$$
#
# The 1 is there so that a layer that is told nothing is an ordinary one. What a class has in common with others is
# learned once, in the embedding.

# %% [markdown] exercise="ClassNorm" stars=2 minutes=20
# ### Exercise 1: told by the class
#
# A class `ClassNorm(features, told)`, an `nn.Module`, called with maps x (n, features, H, W) and c (n, `told`), a
# vector for each picture. It returns maps of x's shape.
#
# - x is batch-normalized as `nn.BatchNorm2d(features, affine=False)` does it: over the batch and all places in
#   training, by running averages in evaluation mode (ε = 10⁻⁵, momentum 0.1).
# - Then each picture's features are multiplied by 1 + A c and B c is added, with *its own* c.
# - A and B are kernels (features, `told`) without biases, registered in this order, and nothing else learns. **Both
#   start as zeros.** As in `nn.Linear`, an output is a row of the kernel times c.

# %% [markdown] hints="ClassNorm"
# Three layers: a normalization without scale and shift of its own, and two linear maps without biases.
# ---
# A c has the shape (n, features); maps have two dimensions more.
# ---
# `self.gain = nn.Linear(told, features, bias=False)`, then `nn.init.zeros_(self.gain.weight)`; in `forward`
# `self.norm(x) * (1 + self.gain(c)[:, :, None, None]) + …`.


# %% solution="ClassNorm"
class ClassNorm(nn.Module):
    """Maps (n, features, H, W), batch-normalized, then scaled and shifted by what c (n, told) says."""

    def __init__(self, features, told):
        super().__init__()
        ### BEGIN SOLUTION
        self.norm = nn.BatchNorm2d(features, affine=False)
        self.gain, self.shift = (nn.Linear(told, features, bias=False) for _ in range(2))
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)
        ### END SOLUTION

    def forward(self, x, c):
        ### BEGIN SOLUTION
        gain, shift = self.gain(c)[:, :, None, None], self.shift(c)[:, :, None, None]
        return self.norm(x) * (1 + gain) + shift
        ### END SOLUTION


# %% test="ClassNorm" points=2

# %% [markdown]
# **Skip-z.** Noise has the same trouble as the class: what comes in at the bottom must be carried all the way up, even
# if it is about a few pixels. So $z$ is cut into equal pieces. The first one makes the 4 × 4 map at the bottom; each
# block above gets a piece of its own, side by side with the class. Then $A$ and $B$ of that block see both.

# %% [markdown] exercise="skip_z" stars=1 minutes=15
# ### Exercise 2: a piece of z for each block
#
# - `cut_z(z, c, blocks)`: z (n, d) and the embedding c (n, e). Cut z into `blocks` + 1 pieces of equal length, in their
#   order. Return the first piece, and a list (or tuple) of `blocks` tensors: for each block c and then *its* piece,
#   side by side, (n, e + d/(`blocks` + 1)). The second piece is for the first block. There is at least one block. If d
#   cannot be cut like that, raise a `ValueError` whose text holds the number d. Gradients pass.
# - `norm_parameters(features, classes, embed_dim, piece)`: how many learned numbers it takes to tell the class to all
#   normalizations, in two ways: a pair of whole numbers. `features` lists how many features each normalization has.
#   First with *tables*: each normalization has a scale and a shift for each feature and each class. Then *shared*: one
#   embedding (classes × `embed_dim`), and in each normalization A and B, which see the embedding and a `piece` of z.
#
# The last function is given, for the check.

# %% [markdown] hints="skip_z"
# `torch.chunk`, `split` or slices; and two sums.
# ---
# `first, *pieces = z.chunk(blocks + 1, dim=1)`; chunk cuts unevenly without a word where it cannot cut evenly, so look
# first.
# ---
# `[torch.cat([c, piece], dim=1) for piece in pieces]`. Tables: `2 * classes * sum(features)`. In the other, A and B of
# one normalization have `2 * f * (embed_dim + piece)` numbers.


# %% solution="skip_z"
def cut_z(z, c, blocks):
    """z (n, d) to its first piece and, for each of the blocks, c (n, e) and a piece side by side; or a ValueError."""
    ### BEGIN SOLUTION
    if z.shape[1] % (blocks + 1):
        raise ValueError(f"{z.shape[1]} numbers cannot be cut into {blocks + 1} equal pieces")
    first, *pieces = z.chunk(blocks + 1, dim=1)
    return first, [torch.cat([c, piece], dim=1) for piece in pieces]
    ### END SOLUTION


def norm_parameters(features, classes, embed_dim, piece):
    """How many numbers tell the class to all normalizations: by tables, and by a shared embedding."""
    ### BEGIN SOLUTION
    tables = 2 * classes * sum(features)
    shared = classes * embed_dim + 2 * sum(features) * (embed_dim + piece)
    return tables, shared
    ### END SOLUTION


def skip_z(which, *given):
    return {"cut": cut_z, "count": norm_parameters}[which](*given)


# %% test="skip_z" points=2

# %% [markdown] predict="who_is_smaller"
# With the shared embedding of 128 numbers and pieces of 20 the norms of a large generator cost far less than tables
# would, if there are a thousand classes. What about ours, 14 classes?
#
# - [ ] the shared one costs less here, too :: 128 + 20 numbers go into each scale. A table has 14.
# - [x] tables cost less here :: Yes: sharing pays where there are more classes than the embedding and the piece have
#   numbers: here from 150 on.
# - [ ] both cost the same :: They would for a certain number of classes. Look where the lines cross.
#
# ---
# The next figure counts, by your function.

# %% demo=true folded="Counts what tells the class, for 10 to 1,000 classes"
norms = [1536, 1536, 1536, 768, 768, 384, 384, 192, 192, 96]
counts = range(10, 1010, 10)
tables, shared = zip(*[norm_parameters(norms, k, 128, 20) for k in counts], strict=True)
fig = figure(6, 2.5)
(ax,) = axes(fig)
ax.plot(counts, [n / 1e6 for n in tables], color=FAKE, label="tables")
ax.plot(counts, [n / 1e6 for n in shared], color=REAL, label="shared embedding, with a piece of z")
ax.axvline(14, color="0.5", ls=":")
ax.set(xlabel="classes", title="million numbers that tell the class")
ax.legend(fontsize=9)
show(fig, alt="Two rising lines over the number of classes, one steep, one nearly level; a dotted line marks 14.")

# %% [markdown]
# So for a thousand classes the embedding saves most of it; for fourteen it is no saving. What is left of its use here
# is the other one: classes can share what they have in common, and a way from one to another is a way between two
# vectors.
#
# ## 3. Blocks for both players
#
# Lesson 09's residual block changed nothing about sizes. These do. In $G$ a block enlarges: normalize (told), ReLU,
# enlarge, convolve; normalize (told), ReLU, convolve; and beside it the input, enlarged and brought to the new number
# of features by a 1 × 1 convolution. In $D$, without normalization, a block shrinks: ReLU, convolve, ReLU, convolve,
# then the mean of 2 × 2 pixels; beside it the input, likewise. Activations come *before* convolutions, so that what
# travels on the direct way is never cut off by one. In $D$'s very first block there is no first ReLU: its input is the
# picture, and half of its colors would be gone.

# %% [markdown] exercise="residual_blocks" stars=2 minutes=25
# ### Exercise 3: up and down
#
# You are given the layers; write what flows through them.
#
# - `up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut)`: maps x (n, i, H, W) to (n, o, 2H, 2W). Norms are called
#   with maps and c: `norm_1(x, c)`. Enlarging makes 2 × 2 equal pixels of each. `conv_1` takes i features to o,
#   `conv_2` o to o, and `shortcut` is the 1 × 1 convolution, i to o.
# - `down_block(x, conv_1, conv_2, shortcut, first=False)`: x (n, i, H, W) to (n, o, H/2, W/2), H and W even. With
#   `first` the ReLU in front of `conv_1` is left out.
#
# Nothing stands behind the sum. x stays as it is. The last function is given, for the check.

# %% [markdown] hints="residual_blocks"
# Write down both ways, the long and the short one, and add them up. Only the long way has ReLUs.
# ---
# `F.interpolate(x, scale_factor=2)` enlarges as is asked here, `F.avg_pool2d(x, 2)` takes the mean of 2 × 2 pixels.
# ---
# Up: `h = conv_1(F.interpolate(F.relu(norm_1(x, c)), scale_factor=2))`, then
# `conv_2(F.relu(norm_2(h, c))) + shortcut(F.interpolate(x, scale_factor=2))`.


# %% solution="residual_blocks"
def up_block(x, c, norm_1, conv_1, norm_2, conv_2, shortcut):
    """Maps (n, i, H, W) to (n, o, 2H, 2W); c (n, e) is told to both norms."""
    ### BEGIN SOLUTION
    h = F.relu(norm_1(x, c))
    h = conv_1(F.interpolate(h, scale_factor=2))
    h = conv_2(F.relu(norm_2(h, c)))
    return h + shortcut(F.interpolate(x, scale_factor=2))
    ### END SOLUTION


def down_block(x, conv_1, conv_2, shortcut, first=False):
    """Maps (n, i, H, W) to (n, o, H/2, W/2)."""
    ### BEGIN SOLUTION
    h = x if first else F.relu(x)
    h = conv_2(F.relu(conv_1(h)))
    return F.avg_pool2d(h, 2) + F.avg_pool2d(shortcut(x), 2)
    ### END SOLUTION


def residual_blocks(which, *given):
    return {"up": up_block, "down": down_block}[which](*given)


# %% test="residual_blocks" points=2

# %% [markdown]
# **Self-attention.** A convolution looks at neighbors. That the left lens of a pair of glasses has the color of the
# right one is nothing that neighbors know. In SAGAN (Zhang and others, 2019), from which BigGAN starts, each place
# asks all others. From the features $x_p$ of a place $p$ three matrices make a question, a key and a value,
#
# $$q_p = \theta x_p, \qquad k_j = \varphi x_j, \qquad v_j = g x_j,$$
#
# and the answer is a mean of the values, weighted by how well keys fit: $\beta_{pj} = e^{q_p \cdot k_j} / \sum_l
# e^{q_p \cdot k_l}$, $a_p = \sum_j \beta_{pj} v_j$. What comes out is $x_p + \gamma\, o\, a_p$ with one more matrix
# and a learned number γ, at first 0: to begin with, nothing is asked. To save memory there are fewer keys than
# questions: of keys and values each 2 × 2 pixels keep the largest number, feature by feature.

# %% [markdown] exercise="self_attention" stars=2 minutes=25
# ### Exercise 4: each place asks all others
#
# `self_attention(x, theta, phi, g, o, gamma)`: maps x (n, c, H, W), H and W even; matrices `theta` and `phi` (k, c),
# `g` (m, c), `o` (c, m); a number `gamma` (a tensor of shape ()). Each of the four is a 1 × 1 convolution without
# bias: a matrix times the features of each place. Keys $\varphi x$ and values $g x$ are max-pooled by 2 × 2, *after*
# their matrix; questions are not. Products of questions and keys are taken as they are, not divided by $\sqrt k$, and
# the softmax runs over the keys. Return maps of x's shape; gradients pass to all six.

# %% [markdown] hints="self_attention"
# A matrix at each place is `torch.einsum("kc,nchw->nkhw", theta, x)`, or a convolution with the kernel
# `theta[:, :, None, None]`.
# ---
# Flatten places: questions (n, k, HW), keys (n, k, HW/4), values (n, m, HW/4). `questions.transpose(1, 2) @ keys` has
# a row for each question.
# ---
# `beta = (q.transpose(1, 2) @ k).softmax(dim=2)`, then `(v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])`.


# %% solution="self_attention"
def self_attention(x, theta, phi, g, o, gamma):
    """Maps (n, c, H, W) and, times gamma, what a place hears from all; theta, phi (k, c), g (m, c), o (c, m)."""
    ### BEGIN SOLUTION
    q, k, v = (F.conv2d(x, matrix[:, :, None, None]) for matrix in (theta, phi, g))
    q, k, v = q.flatten(2), F.max_pool2d(k, 2).flatten(2), F.max_pool2d(v, 2).flatten(2)
    beta = (q.transpose(1, 2) @ k).softmax(dim=2)
    heard = (v @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + gamma * F.conv2d(heard, o[:, :, None, None])
    ### END SOLUTION


# %% test="self_attention" points=2

# %% [markdown]
# ## 4. Filters that do not repeat each other
#
# Section 6 will draw $z$ from the middle of the bell curve only. A generator that was trained on all of the curve may
# do something odd with that, and large ones do. The authors look for a $G$ that is *smooth*, so that all of the space
# of $z$ maps to good pictures, and try **orthogonal regularization** (Brock and others, 2017). Write the filters of a
# layer as rows of a matrix $W$, one row for each output. If rows are orthogonal and of length 1, $W W^\top = I$, and a
# penalty can ask for that:
#
# $$R(W) = \lVert W W^\top - I \rVert^2.$$
#
# (The paper writes filters as columns, and so $W^\top W$; $\lVert\cdot\rVert^2$ adds up all squares.) They found it too
# strict. What they use leaves out the diagonal, by ones everywhere else:
#
# $$R(W) = \lVert W W^\top \odot (\mathbf{1} - I) \rVert^2.$$
#
# What is on the diagonal, and what is $G$ spared when it is left out?

# %% [markdown] exercise="orthogonal_steps" stars=3 minutes=30
# ### Exercise 5: orthogonal regularization, step by step
#
# A kernel `weight` has the shape (o, i, k, k): o filters of i·k·k numbers. It stays as it is, without gradients in it.
# $\lVert\cdot\rVert^2$ adds up all squares. Six steps; each is checked by itself.
#
# 1. **All pairs.** The matrix $W W^\top$: the inner product of each filter with each. (o, o)
# 2. **The strict penalty.** $\lVert W W^\top - I\rVert^2$: one number.
# 3. **What its diagonal wants.** Take a single filter of the length $r$ (o = 1). The strict penalty is then a
#    function of $r$ alone. Its derivative with respect to $r$, for `length` = $r$: one number. (Where is it 0?)
# 4. **Without the diagonal.** $\lVert W W^\top \odot (\mathbf{1} - I)\rVert^2$: one number, and gradients pass, since a
#    penalty is made of it.
# 5. **Its gradient.** The derivative of step 4 with respect to each number of the kernel: (o, i, k, k).
# 6. **Is length free now?** All filters are made `factor` times as long. Step 4's penalty becomes how many times as
#    large? One number.

# %% [markdown] hints="orthogonal_steps"
# Flatten each filter to a row. The diagonal of step 1 holds squared lengths.
# ---
# 3: $(r^2 - 1)^2$. 5: each pair stands in the matrix twice, and each of the two squared numbers depends on both
# filters. With $M = W W^\top \odot (\mathbf{1} - I)$ the result is a multiple of $M W$.
# ---
# `W = weight.flatten(1)`. 5: $4 M W$, in the kernel's shape. 6: inner products grow with the square of a length, and
# the penalty with their square.


# %% solution="orthogonal_steps"
NOTHING = torch.empty(0)  # stands where a step does not need it


def orthogonal_steps(step, weight=NOTHING, length=0.0, factor=0.0):
    """One step, 1 to 6, of a kernel (o, i, k, k), a length or a factor: 1 is (o, o), 5 a kernel, others numbers."""
    if step == 1:  # all inner products
        ### BEGIN SOLUTION
        W = weight.flatten(1)
        return W @ W.T
        ### END SOLUTION
    if step == 2:  # the strict penalty
        ### BEGIN SOLUTION
        W = weight.flatten(1)
        return (W @ W.T - torch.eye(len(W))).square().sum()
        ### END SOLUTION
    if step == 3:  # what it does to one filter's length
        ### BEGIN SOLUTION
        return 4 * length * (length**2 - 1)
        ### END SOLUTION
    if step == 4:  # without the diagonal
        ### BEGIN SOLUTION
        W = weight.flatten(1)
        return (W @ W.T * (1 - torch.eye(len(W)))).square().sum()
        ### END SOLUTION
    if step == 5:  # its gradient
        ### BEGIN SOLUTION
        W = weight.flatten(1)
        return (4 * (W @ W.T * (1 - torch.eye(len(W)))) @ W).reshape(weight.shape)
        ### END SOLUTION
    if step == 6:  # filters that are all longer
        ### BEGIN SOLUTION
        return factor**4
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 6, not {step}.")


# %% test="orthogonal_steps" points=3

# %% [markdown]
# So the diagonal wants every filter to have length 1, which is a strong wish: how loud a feature is would be fixed.
# Without it filters may have any length, as long as they stand upright on each other. Step 6 adds a grain of salt:
# where they do *not*, shorter filters cost less, too, so length is free only at the goal. With spectral normalization
# the kernel that is *used* has a length of its own anyway; what is regularized is the stored one.
#
# Here are twelve filters of nine numbers each (more than can all be orthogonal), moved down each of the two penalties
# by your gradients.

# %% demo=true folded="Moves twelve filters down both penalties"
start = torch.randn(12, 1, 3, 3) * torch.linspace(0.3, 1.5, 12)[:, None, None, None]
ends = {"strict": start.clone(), "without the diagonal": start.clone()}
for _ in range(400):
    for name, kernel in ends.items():
        diagonal = 4 * torch.diag(kernel.flatten(1).square().sum(1) - 1) @ kernel.flatten(1)
        slope = orthogonal_steps(5, weight=kernel)
        kernel -= 0.002 * (slope + diagonal.reshape(kernel.shape) if name == "strict" else slope)
fig = figure(8.5, 2.7)
parts = axes(fig, 1, 3)
for ax, (name, kernel) in zip(parts, {"at first": start, **ends}.items(), strict=True):
    ax.imshow(orthogonal_steps(1, weight=kernel), cmap="RdBu", vmin=-2, vmax=2)
    ax.set(title=name, xticks=[], yticks=[])
    ax.grid(False)
show(
    fig,
    alt="Three squares of 12 by 12 inner products: at first uneven everywhere; then, for each penalty, pale away from "
    "the diagonal; diagonals differ.",
)

# %% [markdown]
# Off the diagonal both come out pale. On it the strict penalty draws lengths toward 1, while without the diagonal long
# filters stay long. And there is step 6: nine numbers have room for nine directions at right angles, not for twelve.
# The filters that find none are made short, some of them nearly to nothing, for that makes their products small, too.
#
# ## 5. The step: large batches out of small ones
#
# The first rows of the paper's table add no new layer, only *larger batches*. A large batch shows more of the classes
# at once, and gradients of both players are less of a lottery. Memory is the limit, and there is a way around it: a
# mean over a large batch is the mean of the means over its equal parts, and gradients add up in `.grad` until somebody
# clears them. **Gradient accumulation**: work through the parts, one after the other, each loss divided by their
# number, and take *one* step in the end.
#
# The losses are lesson 06's hinge, with classes told to both players:
#
# $$L_D = \overline{\max(0,\, 1 - D(x, y))} + \overline{\max(0,\, 1 + D(G(z, y'), y'))}, \qquad
# L_G = -\,\overline{D(G(z, y'), y')}.$$
#
# $D$ has two steps for each of $G$'s, each with a batch of its own.

# %% [markdown] exercise="biggan_step" stars=3 minutes=40
# ### Exercise 6: the training step
#
# `biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta)`: some steps of $D$, one of $G$.
#
# - `G(z, y)` makes pictures, `D(x, y)` logits (n, 1). Optimizers are given.
# - `for_D` is a list of large batches, one for each step of $D$: each a tuple `(real, y, z, made_y)` of n pictures,
#   their classes (n,), noise (n, d) and the classes (n,) to be made of it.
# - `for_G` is `(z, made_y)` for $G$'s step, n of each.
# - n is the same everywhere, and `parts` divides it. **No network may see more than n/`parts` pictures of a kind at a
#   time** ($D$ may be shown real and made ones together). Which picture is in which part is up to you.
#
# 1. For each batch of `for_D`: one step of `opt_D` down $L_D$ **over the whole batch**. $G$ gets nothing of it.
# 2. One step of `opt_G` down $L_G$ over the whole of `for_G`, plus `beta * penalty(G)`, **once**. It is judged by the
#    $D$ that has just moved, and $D$ gets nothing of it ($D$ takes no step; gradients left in it do no harm).
#
# `penalty(G)` is a number with a graph, made from $G$'s parameters alone. Return two plain numbers: the mean of $L_D$
# over $D$'s steps, and $L_G$ without the penalty, each over whole batches and as it was before its player's step.
# Gradients that were there before must not count. Modes and data stay as they are; in the end all parameters can be
# trained, as at the start.

# %% [markdown] hints="biggan_step"
# First write it for `parts` = 1. Then put a loop around each loss and its `backward()`, and leave `zero_grad()` and
# `step()` outside of that loop.
# ---
# `zip(*(t.chunk(parts) for t in batch))` walks through the parts of all four tensors at once. Each part's loss is
# divided by `parts` before `backward()`. $G$'s pictures for $D$ are detached.
# ---
# After $G$'s turn gradients of $L_G$ are left in $D$, too. They do no harm if `opt_D.zero_grad()` comes before $D$'s
# next `backward()`; the package's engine freezes the other player instead, which also saves computing them. The
# penalty: `(beta * penalty(G)).backward()` once, behind the loop.


# %% solution="biggan_step"
def biggan_step(G, D, opt_G, opt_D, for_D, for_G, parts, penalty, beta):
    """A step of D for each (real, y, z, made_y) of for_D, one of G on for_G = (z, made_y); gives two plain numbers."""
    ### BEGIN SOLUTION
    d_total = g_total = 0.0
    for batch in for_D:
        opt_D.zero_grad()
        for real, y, z, made_y in zip(*(t.chunk(parts) for t in batch), strict=True):
            made = G(z, made_y).detach()
            d_loss = F.relu(1 - D(real, y)).mean() + F.relu(1 + D(made, made_y)).mean()
            (d_loss / parts).backward()
            d_total += d_loss.item() / parts / len(for_D)
        opt_D.step()
    opt_G.zero_grad()
    for z, made_y in zip(*(t.chunk(parts) for t in for_G), strict=True):
        g_loss = -D(G(z, made_y), made_y).mean()
        (g_loss / parts).backward()
        g_total += g_loss.item() / parts
    (beta * penalty(G)).backward()
    opt_G.step()
    return d_total, g_total
    ### END SOLUTION


# %% test="biggan_step" points=3

# %% [markdown]
# The players, out of your parts. Pictures have 16 × 16 pixels here, so that a run takes minutes. All convolutions and
# dense layers go through lesson 06's spectral normalization, in $G$, too, as in the paper; only your A and B and $G$'s
# embedding do not. Convolutions start orthogonal, as there. $D$ ends with lesson 07's projection on features that are
# summed up over all places.


# %% name="parts" demo=true open="where your functions get their layers"
def conv(inputs, outputs, size=3, bias=True):
    """A convolution that keeps the size, spectrally normalized."""
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=bias)
    nn.init.orthogonal_(layer.weight)
    spectral_norm(layer)
    return layer


class Up(nn.Module):
    def __init__(self, inputs, outputs, told):
        super().__init__()
        self.norm_1, self.norm_2 = ClassNorm(inputs, told), ClassNorm(outputs, told)
        self.conv_1, self.conv_2, self.shortcut = (
            conv(inputs, outputs),
            conv(outputs, outputs),
            conv(inputs, outputs, 1),
        )

    def forward(self, x, c):
        return up_block(x, c, self.norm_1, self.conv_1, self.norm_2, self.conv_2, self.shortcut)


# %% name="down" demo=true folded="The same for D"
class Down(nn.Module):
    def __init__(self, inputs, outputs, first=False):
        super().__init__()
        self.first, self.conv_1, self.conv_2 = first, conv(inputs, outputs), conv(outputs, outputs)
        self.shortcut = conv(inputs, outputs, 1)

    def forward(self, x):
        return down_block(x, self.conv_1, self.conv_2, self.shortcut, self.first)


# %% name="attend" demo=true folded="Self-attention with its four matrices and γ"
class Attend(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.theta, self.phi = (conv(channels, channels // 8, 1, bias=False) for _ in range(2))
        self.g, self.o = conv(channels, channels // 2, 1, bias=False), conv(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        theta, phi, g, o = (layer.weight.flatten(1) for layer in (self.theta, self.phi, self.g, self.o))
        return self_attention(x, theta, phi, g, o, self.gamma)


# %% name="G" demo=true open="how the class and z get into every block"
LATENT, WIDTH, WIDTH_OF_D = 48, quick(12, 8), quick(32, 8)


class Generator(nn.Module):
    """z (n, LATENT) and classes (n,) to pictures of 16 × 16 pixels."""

    def __init__(self, classes=CLASSES, embed_dim=24, width=WIDTH):
        super().__init__()
        piece = LATENT // 3
        self.embed = nn.Embedding(classes, embed_dim)
        self.bottom = spectral_norm(nn.Linear(piece, 16 * 2 * width))
        self.blocks = nn.ModuleList(
            [Up(2 * width, 2 * width, embed_dim + piece), Up(2 * width, width, embed_dim + piece)]
        )
        self.attend, self.end = Attend(2 * width), nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), conv(width, 3))

    def forward(self, z, y):
        first, (told_8, told_16) = cut_z(z, self.embed(y), 2)
        x = self.bottom(first).unflatten(1, (-1, 4, 4))
        x = self.attend(self.blocks[0](x, told_8))
        return self.end(self.blocks[1](x, told_16)).tanh()


# %% name="D" demo=true open="D is short, and its last line is lesson 07's"
class Discriminator(nn.Module):
    """Pictures (n, 3, 16, 16) and classes (n,) to (n, 1)."""

    def __init__(self, classes=CLASSES, width=WIDTH_OF_D):
        super().__init__()
        self.blocks = nn.Sequential(Down(3, width, first=True), Attend(width), Down(width, 2 * width), nn.ReLU())
        self.psi, self.embed = spectral_norm(nn.Linear(2 * width, 1)), spectral_norm(nn.Embedding(classes, 2 * width))

    def forward(self, x, y):
        h = self.blocks(x).sum((2, 3))
        return self.psi(h) + (self.embed(y) * h).sum(1, keepdim=True)


# %% name="penalty" demo=true
def orthogonal_penalty(net):
    """Exercise 5's step 4 over all kernels of convolutions."""
    return sum(orthogonal_steps(4, weight=p) for p in net.parameters() if p.ndim == 4)


# %% [markdown] predict="parts_alike"
# One step of both players on the same batch of 32, in 1, 2, 4 and 8 parts: who ends at the same place, to rounding,
# whatever the parts?
#
# - [ ] both players: gradients add up :: They do, of losses that are means over pictures, each by itself. Is each
#   picture by itself in $G$?
# - [ ] neither, in any mode :: In evaluation mode nothing in the networks depends on the company, and sums are sums.
# - [x] both in evaluation mode; in training mode neither :: Batch normalization takes its mean over a *part*, and the
#   estimate that spectral normalization keeps moves with every call.
#
# ---
# The next figure shows how far the players end from where one whole batch brings them, as a share of their step.

# %% name="parts-alike" demo=true folded="Batches, and where a step brings both players"
small = F.avg_pool2d(raw.pixels.float(), 2)  # 16 × 16 pixels


def batch_of(n):
    """Real pictures, their classes, noise, and classes to make, as frequent as in the data."""
    some, others = torch.randint(len(small), (2, n))
    return to_unit(small[some]), y_all[some], torch.randn(n, LATENT), y_all[others]


def moved_by(parts, players, for_D, for_G):
    """Where both players go in one plain step, in a row each."""
    G, D = copy.deepcopy(players)
    opts = [torch.optim.SGD(net.parameters(), 0.1) for net in (G, D)]
    biggan_step(G, D, opts[0], opts[1], for_D, for_G, parts, orthogonal_penalty, 0.0)
    return [torch.cat([(q - p).detach().flatten() for p, q in zip(old.parameters(), new.parameters(), strict=True)])
            for old, new in zip(players, (G, D), strict=True)]  # fmt: skip


# %% name="same-step" demo=true folded="Takes the same step in 1, 2, 4 and 8 parts, in both modes"
fresh, for_D = (Generator(), Discriminator()), [batch_of(32)]
for_G, off = batch_of(32)[2:], {}
with working("taking the same step in 1, 2, 4 and 8 parts", usual=quick(4, 1)):
    for training in (False, True):
        players = [net.train(training) for net in fresh]
        whole = moved_by(1, players, for_D, for_G)
        for parts in (2, 4, 8):
            ends = moved_by(parts, players, for_D, for_G)
            off[training, parts] = [
                ((end - one).norm() / one.norm()).item() for end, one in zip(ends, whole, strict=True)
            ]

# %% demo=true folded="Draws how far off each is"
fig = figure(7, 2.6)
(ax,) = axes(fig)
for k, name in enumerate("GD"):
    for training, style in ((False, "o:"), (True, "o-")):
        mode = "training" if training else "evaluation"
        values = [max(off[training, parts][k], 1e-9) for parts in (2, 4, 8)]
        ax.semilogy((2, 4, 8), values, style, color=(FAKE, JUDGE)[k], label=f"{name}, {mode} mode")
ax.set(xlabel="parts", xticks=(2, 4, 8), title="off by this share of the step")
ax.legend(fontsize=9)
show(fig, alt="Four lines over 2, 4 and 8 parts, on a logarithmic scale: G and D, in evaluation and in training mode.")

# %% [markdown]
# So accumulation is exact, to rounding, where each picture is by itself. In training mode it is not: batch
# normalization takes the means of each part, and $G$'s step goes another way, the more parts the more. ($D$, which
# has no batch normalization, is a little off, too, for spectral normalization improves its estimate in every call.)
# That is no mistake, and $G$ learns all the same; but a large batch in parts is then not *the* large batch, and that
# should be said. The authors' code does the same, and says so.
#
# Now the match: batches of 32 in two parts, two steps of $D$, averaged weights. The average is what draws. Its batch
# normalizations take over the running averages of $G$'s, as they are.


# %% name="players" demo=true folded="The players, and the average that follows G"
RATE, BETA = 1e-3, 1e-4


class Players:
    def __init__(self, seed=0, rate=RATE, copies=True):
        seed_everything(seed)
        self.G, self.D, self.losses, self.copies = Generator(), Discriminator(), [], copies
        self.average = copy.deepcopy(self.G).eval().requires_grad_(False)
        self.opt_G = torch.optim.Adam(self.G.parameters(), rate, betas=(0.0, 0.99))
        self.opt_D = torch.optim.Adam(self.D.parameters(), 2 * rate, betas=(0.0, 0.99))

    @torch.no_grad()
    def follow(self, k):
        """The average keeps most of itself; of what its normalizations keep, nothing."""
        decay = min(0.99, (1 + k) / (10 + k))
        for mine, now in zip(self.average.parameters(), self.G.parameters(), strict=True):
            mine.lerp_(now, 1 - decay)
        for mine, now in zip(self.average.buffers(), self.G.buffers(), strict=True):
            if self.copies:
                mine.copy_(now)


# %% name="match" demo=true folded="Plays the game by your step"
class Match(Players):
    def __init__(self, *given, beta=BETA, told=True, parts=2, batch=32, **settings):
        super().__init__(*given, **settings)
        self.beta, self.told, self.parts, self.size = beta, told, parts, batch

    def large(self):
        """A large batch; if $D$ is told nothing of worth, classes are shuffled."""
        real, y, z, made_y = batch_of(self.size)
        return (real, y, z, made_y) if self.told else (real, y[torch.randperm(len(y))], z, made_y)

    def play(self, steps):
        for k in range(steps):
            for_D, for_G = [self.large(), self.large()], self.large()[2:]
            players = self.G, self.D, self.opt_G, self.opt_D
            self.losses.append(biggan_step(*players, for_D, for_G, self.parts, orthogonal_penalty, self.beta))
            self.follow(k)
            yield self


# %% name="play" demo=true folded="Trains your generator of fourteen classes"
STEPS = quick(450, 2)
match = Match()
for _ in each(match.play(STEPS), f"{STEPS} steps of your generator", usual=quick(100, 2), total=STEPS):
    pass


# %% name="look" demo=true folded="Draws faces class by class, and the losses"
# A row each: every way to wear one's hair, every second one with glasses; or all four classes.
SHOWN = [0, 3, 4, 7, 8, 11, 12] if CLASSES == 14 else list(range(CLASSES))


def by_class(G, columns=8):
    """The same few z in each row, and a class a row."""
    z = torch.randn(columns, LATENT, generator=torch.Generator().manual_seed(3)).repeat(len(SHOWN), 1)
    with torch.no_grad():
        return G(z, torch.tensor(SHOWN).repeat_interleave(columns))


def draw_match(match, title):
    """The average's faces, those of G as in training, and the losses."""
    fig = figure(10, 3.2)
    kept, own, curves = axes(fig, 1, 3)
    draw_pictures(kept, by_class(match.average), 8, f"{title}: drawn by what is kept")
    draw_pictures(own, by_class(copy.deepcopy(match.average).train()), 8, "by the batch's own statistics")
    for k, name in enumerate(("D", "G")):
        curves.plot([row[k] for row in match.losses], color=(JUDGE, FAKE)[k], lw=0.8, label=name)
    curves.set(xlabel="step", title="losses")
    curves.legend(fontsize=9)
    show(fig, alt=f"{title}: two sheets of faces, one class a row, and the curves of both losses.")


draw_match(match, "your generator")

# %% [markdown]
# In 450 steps it learns where a head is, what hair, skin and background have for colors. What it is *told* has little
# say yet: the same $z$ looks much the same in every row, for a class is worth something to $G$ only when $D$ knows what
# belongs to it. Section 7's network had eight times as many steps, and there you will see it.

# %% [markdown]
# ## 6. Drawing from it
#
# **Truncation.** Lesson 14 pulled $w$ to its mean. Here there is no $w$, but $z$ itself can be kept near the middle:
# draw from the bell curve, and whatever falls outside of $\pm t$ is **drawn again**. Not cut off at $\pm t$, or a
# good part of all numbers would lie exactly on that edge, where in training hardly any did.

# %% [markdown] exercise="truncated_normal" stars=1 minutes=12
# ### Exercise 7: drawn again
#
# `truncated_normal(n, d, threshold)`: noise (n, d), each number by itself from N(0, 1) *under the condition* that it is
# within ±`threshold` (a number above 0, no smaller than 0.05). That is what comes of drawing those again that fell
# outside, until all are inside. Draw anew in every call.

# %% [markdown] hints="truncated_normal"
# Draw all, look which are outside, draw those anew, and look again.
# ---
# `outside = z.abs() > threshold` is a mask; `outside.sum()` says how many new numbers are needed.
# ---
# `while (outside := z.abs() > threshold).any(): z[outside] = torch.randn(int(outside.sum()))`


# %% solution="truncated_normal"
def truncated_normal(n, d, threshold):
    """Noise (n, d), from N(0, 1) under the condition that each number is within ±threshold."""
    ### BEGIN SOLUTION
    z = torch.randn(n, d)
    while (outside := z.abs() > threshold).any():
        z[outside] = torch.randn(int(outside.sum()))
    return z
    ### END SOLUTION


# %% test="truncated_normal" points=1

# %% [markdown] predict="on_the_edge"
# Threshold 1, and somebody *cuts off* instead of drawing again. Which share of all numbers lies exactly on ±1?
#
# - [ ] hardly any: values are real numbers :: Everything outside lands on the same two values.
# - [x] nearly a third :: Yes: so much of a bell curve lies beyond ±1.
# - [ ] about one in twenty :: That is what lies beyond ±2.
#
# ---
# Both ways are in the next figure. Of 48 numbers about 15 would lie on the edge, in picture after picture.

# %% demo=true folded="Cuts off, and draws again"
fig = figure(8, 2.4)
left, right = axes(fig, 1, 2)
for ax, z, title in ((left, torch.randn(200, 48).clamp(-1, 1), "cut off at ±1"),
                     (right, truncated_normal(200, 48, 1.0), "drawn again")):  # fmt: skip
    ax.hist(z.flatten(), bins=60, range=(-1.2, 1.2), color=FAKE)
    ax.set(title=title)
show(fig, alt="Two histograms of noise between −1 and 1: one with high bars at both ends, one that is nearly even.")

# %% [markdown]
# **Standing statistics.** In evaluation mode batch normalization uses running averages. They belong to the $z$ and the
# classes of *training*, to weights that have moved on since, and, if the weights are averaged, to another network. With
# a truncated $z$ or with a single class they fit even less. The authors take statistics anew before they draw: many
# batches of $z$ and classes go through the network in training mode, and the mean over all batches is what evaluation
# mode uses from then on. (Their code draws these $z$ from the whole bell curve. You choose: section 7 shows what
# follows.)

# %% [markdown] exercise="standing_statistics" stars=2 minutes=20
# ### Exercise 8: standing statistics
#
# `standing_statistics(G, draws)`: `draws` is a list of pairs (z, y), one or more; `G(z, y)` is called with each once.
# Afterwards, in each of $G$'s batch normalizations (`nn.BatchNorm1d`, `2d` or `3d`, anywhere in it), `running_mean` is
# the mean, over the batches, of each batch's mean, and `running_var` the mean of each batch's variance as PyTorch keeps
# it (divided by its number of values less 1). What was in them before does not count.
#
# While they are taken, layers normalize by their own batch, as in training; a layer's statistics are those of what
# *then* comes to it. In the end $G$ is in evaluation mode. Its parameters stay as they are, no gradients are computed.
# Nothing needs to be returned.

# %% [markdown] hints="standing_statistics"
# PyTorch can do the averaging: what does `momentum=None` mean for a batch normalization?
# ---
# With `momentum=None` it keeps a plain mean over all batches since `reset_running_stats()`. `G.modules()` goes through
# all parts; `isinstance(part, nn.modules.batchnorm._BatchNorm)` finds those that count.
# ---
# Set up each of them, `G.train()`, then under `torch.no_grad()` call G on each pair, then `G.eval()`. Put each momentum
# back where it was.


# %% solution="standing_statistics"
def standing_statistics(G, draws):
    """Let batch normalization in G stand on the pairs (z, y) of draws; G is in evaluation mode afterwards."""
    ### BEGIN SOLUTION
    norms = [part for part in G.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    G.train()
    with torch.no_grad():
        for z, y in draws:
            G(z, y)
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum
    G.eval()
    ### END SOLUTION


# %% test="standing_statistics" points=2

# %% [markdown]
# Your generator of section 5, three times with the same $z$ at the threshold ½: by what training left in its average,
# by standing statistics of the whole bell curve, and by those of just these $z$.

# %% name="standing" demo=true folded="Draws by three kinds of statistics"
half = truncated_normal(8 * len(SHOWN), LATENT, 0.5), torch.tensor(SHOWN).repeat_interleave(8)
kinds = {"as training left them": None, "of all z": math.inf, "of these z": 0.5}
fig = figure(10, 3.2)
for ax, (title, threshold) in zip(axes(fig, 1, 3), kinds.items(), strict=True):
    G = copy.deepcopy(match.average)
    if threshold is not None:
        draws = [batch_of(100)[2:] for _ in range(quick(20, 2))]
        if threshold < math.inf:
            draws = [(truncated_normal(len(z), LATENT, threshold), y) for z, y in draws]
        standing_statistics(G, draws)
    with torch.no_grad():
        draw_pictures(ax, G(*half), 8, title)
show(fig, alt="Three sheets of faces of the same noise and classes, drawn by three kinds of statistics.")

# %% [markdown]
# At ½ people of one class look much alike: little of the variety is left. By the statistics of just these $z$
# contrast is stronger than by the other two, and people are a little further apart. Is that better? Section 7
# measures it, with a network that is worth measuring.
#
# ## 7. The generator that comes with the course
#
# It is of the same kind, for 32 × 32 pixels: three blocks, attention at 16 × 16 pixels, 10,000 steps with batches of
# 32 (`gancourse train biggan-faces-32`). By the reader's distance it stands at 15, blurred real faces at 37, other
# real faces at 0.6. The reader sees the glasses that were asked for in 99 of 100 pictures (who always says *none* is
# right in 72), the hair's style in 58. (After 3,500 steps, with rates that fell as well, it was 86, 39, and a
# distance of 19: much of what is large here is patience.) A generator that does not listen would come to 14, and in
# faces of the data the reader is right in 88: a bald head has no style to be seen, nor has many a head under a hat.
# Scarves, coils, knots and braids come as asked about as often as in the data; straight, wavy and curly hair are
# still mixed up. That is the generator's doing: in the data the reader tells them apart at this size, too (`bench.py
# --only shipped`). It can be given an embedding in the place of a class: `shipped.drawn(z, c)`.

# %% name="shipped" demo=true folded="Loads the generator that comes with the course, and the face reader"
from gancourse.data.faces import HAIR_STYLES as HAIR
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.widgets.knobs import Choice

shipped, reader = store.load("biggan_faces_32")["G"], load_face_reader()
ASKED = {f"{style}{glasses}": 2 * k + g for k, style in enumerate(HAIR) for g, glasses in enumerate(("", ", glasses"))}
places = torch.rand(8, shipped.latent_dim, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def same_people(threshold):
    """Eight z within ±threshold, by the curve's inverse: their numbers keep their order as it moves."""
    inside = math.erf(threshold / math.sqrt(2))
    return (math.sqrt(2) * torch.erfinv(inside * (2 * places - 1))).float()


# %% name="between" demo=true folded="Eight people between two classes"
def draw_between(fig, start, end, share, threshold):
    """The people of `same_people`, between the embeddings of two classes; returns the alt text."""
    fig.clear()
    first, last = shipped.embed(torch.tensor([ASKED[start], ASKED[end]]))
    c = torch.lerp(first, last, share).expand(8, -1)
    with torch.no_grad():
        pictures = shipped.drawn(same_people(threshold), c)
    (ax,) = axes(fig)
    draw_pictures(ax, pictures, 8, f"{share:.2f} of the way from {start} to {end}")
    return f"Eight faces, {share:.2f} of the way from {start} to {end}, with z within ±{threshold:.2f}."


# %% name="class-panel" demo=true folded="Makes the panel: two classes, the way between them, and the threshold"
names = {name: name for name in ASKED}
Sliders(
    draw_between,
    {
        "start": Choice("from", names), "end": Choice("to", dict(reversed(names.items()))),
        "share": Knob("share", 0, 1, 0.0), "threshold": Knob("threshold", 0.1, 3, 1.0),
    }, (9.5, 2.2),
)  # fmt: skip

# %% [markdown]
# Three things to try.
#
# 1. Go from *straight* to *covered* in small steps. The data know nothing between hair and a scarf. What is drawn
#    there?
# 2. Let only the glasses change: from *braids* to *braids, glasses*. Is there such a thing as half a pair of glasses?
# 3. Pull the threshold down to 0.1. Who are these eight people now?
#
# With tables in the place of a shared embedding one could walk from class to class in each layer's table, too. But what
# classes have in common would be learned in each of them anew.

# %% [markdown] predict="cut_z"
# Threshold ½ in the place of the whole bell curve, with the statistics that the network comes with. What becomes of
# precision, the share of made faces that look like real ones, and of recall, the share of real ones that are covered?
#
# - [ ] both rise: the middle is what it learned best :: The middle is only a part of what it learned.
# - [x] precision rises, recall falls :: Yes: fewer kinds of faces, and more of them pass.
# - [ ] both fall: in training z was never like that :: Each single number was, in a good third of all draws.
#
# ---
# The dotted curve has the same $z$ with *standing statistics of just these $z$*. Is that better?

# %% name="trade" demo=true folded="Loads held-out faces, and measures precision, recall and distance at a threshold"
from gancourse.metrics import frechet_from_features, precision_recall
from gancourse.metrics.embedding import features

LIMITS, n = (0.2, 0.5, 1.0, 1.5, 2.0, 4.0), quick(600, 60)
held = data.load("faces", size=32, split="test", attributes=["hair_style", "glasses"], n=n)
y_held = 2 * held.attributes["hair_style"].long() + (held.attributes["glasses"] > 0.5).long()
true = features(held.pixels)


@torch.no_grad()
def measured(limit, stand):
    """Precision, recall and distance of faces with truncated z, by the network's statistics or by those of these z."""
    G, some = copy.deepcopy(shipped), [y_held[torch.randperm(n)[:100]] for _ in range(quick(6, 1))]
    if stand:
        standing_statistics(G, [(truncated_normal(len(y), G.latent_dim, limit), y) for y in some])
    made = torch.cat([G(truncated_normal(len(y), G.latent_dim, limit), y) for y in y_held.split(100)])
    seen = features(made)
    return *precision_recall(true, seen), float(frechet_from_features(seen, true))


# %% name="measure" demo=true folded="Measures at six thresholds, by both statistics"
found = {False: [], True: []}
for limit in each(LIMITS, "measuring at six thresholds", usual=quick(25, 4)):
    for stand, rows in found.items():
        rows.append(measured(limit, stand))

# %% demo=true folded="Draws all three"
fig = figure(9.5, 2.7)
parts = zip(axes(fig, 1, 3), ("precision", "recall", "distance to real faces"), (REAL, FAKE, JUDGE), strict=True)
for k, (ax, name, color) in enumerate(parts):
    for stand, style in ((False, "o-"), (True, "o:")):
        told = "of these z" if stand else "as it comes"
        ax.plot(LIMITS, [row[k] for row in found[stand]], style, color=color, label=told)
    ax.set(xlabel="threshold", title=name, ylim=(0, 1 if k < 2 else None))
    ax.legend(fontsize=8)
show(fig, alt="Precision, recall and distance by threshold, from 0.2 to 4, each with two kinds of statistics.")

# %% [markdown]
# So truncation does what it should: in four runs of these cells precision rose from 0.66–0.68 without a threshold to
# 0.84–0.87 at ½, and recall went from 0.30–0.34 to 0.01–0.02. Below ½ there is no more precision to be had (0.82–0.84
# at 0.2), and recall is nothing. The distance counts both, and rose from 16–17 to 32 and 44: for it there is too
# little variety here to give any away. (In the paper it falls at first.)
#
# **And standing statistics?** By those of just these $z$ recall is 0.06–0.08 at ½ and 0.17–0.25 at 1, where it is
# 0.01–0.02 and 0.10–0.14 as the network comes; the distance is smaller, 27 in the place of 32 at ½; and precision is
# a little lower, by 0.02 on average at both, by 0.05 at 0.2. Truncated $z$ make features that spread less. Normalized
# by that smaller spread they are stretched until they spread as ever, and part of what truncation pulled together is
# pulled apart again. This network draws well what it draws then. One that was trained for 3,500 steps did not: there
# precision at ½ fell from 0.83 to 0.66 by it. So statistics belong to the question, too: take them anew because
# *weights* were averaged, and for the $z$ that you draw if you want these pictures as varied as they can be; leave
# them at all of the bell curve if truncation is to buy precision, or measure what it costs.
#
# The authors report that some of their larger models do not bear truncation at all: colors saturate. Of models
# trained without orthogonal regularization 16 % bore it, with it 60 %. `python lessons/15_biggan/bench.py --only
# truncation` trains both kinds of ours, 16 × 16 pixels, 400 steps, three seeds, and draws at five thresholds. Hardly
# one picture is saturated in either: what the penalty is to prevent does not happen here. Precision goes from 0.49–0.68
# to 0.43–0.90 at the threshold 0.1 without it, and from 0.50–0.63 to 0.72–0.92 with it. So with the penalty all three
# networks gain by truncation, and without it at least one loses. Three are few: call it a hint.
#
# ## 8. An ablation, read honestly
#
# The paper's table 1 adds one thing after the other, each on top of all above. What the authors say of the rows:
#
# | row | what is added | what they say of it |
# |---|---|---|
# | batch | 256 to 2,048 pictures | Inception score 46 % higher, in fewer steps; but training becomes unstable |
# | channels | 64 to 96 | Inception score 21 % higher, with about twice the parameters |
# | shared embedding | one for all layers | less memory and computation, 37 % faster |
# | skip-z | a piece of $z$ for each block | Inception score 4 % higher, 18 % faster |
# | orthogonal | β = 0.0001 | 60 % of the models bear truncation, 16 % without |
#
# `python lessons/15_biggan/bench.py --only ablation` trains the same rows on our faces of 16 × 16 pixels, with three
# seeds and equally many steps each, and prints each row's mean and spread, and in how many of the seeds it came nearer
# than the row above. Before you believe such a table, your own or another's, practice on one.

# %% [markdown] exercise="read_the_table" stars=2 minutes=20
# ### Exercise 9: what may be said
#
# Somebody sends you this table. (It is made up for this exercise.) Each row adds one thing to the row above it, all
# were trained for 800 steps, and each run was made with three seeds; smaller distances are better.
#
# | | distance, seed by seed | mean |
# |---|---|---|
# | base, batches of 16 | 41, 34, 30 | 35.0 |
# | batches of 64 | 24, 27, 23 | 24.7 |
# | channels × 1.5 | 22, 29, 24 | 25.0 |
# | shared embedding | 25, 23, 26 | 24.7 |
# | skip-z | 21, 18, 20 | 19.7 |
# | orthogonal | 21, 17, 24 | 20.7 |
#
# Below it stands: *"(1) Large batches train better. (2) More channels do harm. (3) The shared embedding helps by 0.3.
# (4) Skip-z brings 5.0. (5) Orthogonal regularization does not help."* Say of each of the five sentences whether the
# table bears it out, and write what may be said instead. Think of the spread, of how much each run has seen, of the
# order of the rows, and of what was *not* measured. Then name one more run, or one more measurement, that would tell
# most. A teacher reads this answer.

# %% [markdown] answer="read_the_table" points=4
# *(1)* The gain is larger than the spread: the worst run of the second row is ahead of the best of the first. But for
# the same 800 steps it has seen four times as many pictures, and took about four times as long. What may be said: with
# batches of 64 it is better *after as many steps*. Whether it is for as many pictures, or for as long, was not asked.
#
# *(2)* and *(3)* Differences of 0.3 between means of three runs that differ by 3 to 7 among themselves: nothing can be
# told, neither harm nor help. Not "does no harm", either: an effect of 2 or 3 would go unseen. The shared embedding may
# be worth having for other reasons, such as its size and speed, which the table does not show.
#
# *(4)* All three runs (18 to 21) are ahead of all three above (23 to 26), so there probably is a gain, of about 5 with
# a few units of doubt. It is a gain *on top of the rows above*: skip-z added first, or alone, may bring something else.
#
# *(5)* No difference can be told here, and that is not the same as "does not help". Besides, it was made for
# truncation, and these distances are without. To be measured: both networks at small thresholds.
#
# One point each for: spread against difference; the same steps are not the same pictures or time; each row stands on
# those above, and each thing is judged by what it was made for; a run or measurement that is a good choice, such as
# more seeds of (2), (3) and (5), the base with four times the steps, or (5) with truncated z.

# %% [markdown]
# And ours? This is what the command printed: 400 steps each, three seeds, batches of 16 and then 64, 8 channels and
# then 12, on faces of 16 × 16 pixels. (Other real faces have a distance of 0.9.)
#
# | row | distance, seed by seed | mean | nearer than the row above |
# |---|---|---|---|
# | base | 33.7, 33.2, 24.3 | 30.4 | |
# | batch × 4 | 43.9, 29.4, 21.5 | 31.6 | 2 of 3 |
# | channels × 1.5 | 26.5, 22.9, 24.2 | 24.5 | 2 of 3 |
# | shared embedding | 25.2, 31.2, 21.1 | 25.8 | 2 of 3 |
# | skip-z | 22.7, 32.7, 34.9 | 30.1 | 1 of 3 |
# | orthogonal | 25.7, 20.7, 32.4 | 26.3 | 2 of 3 |
#
# The honest sentence is short: runs of one row differ by up to 22, means of neighboring rows by at most 7, so **at this
# scale, with three seeds, no row can be said to help or to harm.** The class was drawn as asked in 7 to 11 of 100
# pictures in all rows. Any face is of the class that is asked for in 10 of 100, and in faces of the data the reader
# finds it in 75 at this size: after 400 steps nobody listens yet. What the paper found with far more work is neither
# borne out here nor contradicted.

# %% [markdown]
# ## 9. What goes wrong
#
# Two short runs by your step. What is wrong with them lies in the package. Each figure shows the average's faces by
# what its normalizations have kept, the same by the batch's own statistics, and the losses.


# %% name="broken" demo=true folded="Plays a run whose settings lie in the package"
BROKEN_STEPS = quick(200, 2)


def play_broken(name):
    """Play run A or B, or one that is well, and draw it."""
    settings = {} if name == "well" else broken_run("15_biggan", name)
    run = Match(seed=1, **settings)
    for _ in each(run.play(BROKEN_STEPS), f"run {name}", usual=quick(40, 1), total=BROKEN_STEPS):
        pass
    draw_match(run, "a run that is well" if name == "well" else f"run {name}")
    return run


well = play_broken("well")

# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: where is the fault?
#
# - [ ] $G$ has learned nothing :: Look at the second sheet: the same weights draw the same blurred heads as in the run
#   that is well.
# - [x] in what the normalizations have kept: by a batch's own statistics the same weights draw heads :: So training was
#   fine, and only evaluation mode is not.
# - [ ] $D$ has won: its loss goes to 0 :: The curves are those of the run that is well.
#
# ---
# Its setting: `copies=False`: the average gets $G$'s weights, but its normalizations still hold what they held before
# the first step. Standing statistics would mend it.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: what is seen?
#
# - [ ] $D$ wins: its loss goes to 0 :: It comes to rest, but not there.
# - [x] no heads by either kind of statistics, and $D$'s loss comes to rest at 2 :: A hinge of 2 is what a $D$ has that
#   says about 0 of everything: nobody is taught any more.
# - [ ] the statistics do not fit: the two sheets have nothing in common :: They show the same pictures, more or less.
#
# ---
# Its setting: `rate=0.02`: both players learn at twenty times the rate, and the game has collapsed. With its large
# batches the paper met collapse, too.

# %% [markdown]
# ## 10. An open challenge
#
# Truncation takes every number of $z$ back to the middle, though perhaps only few of them do harm. What if one knew
# which?

# %% [markdown] exercise="keep_variety" stars=3 minutes=45 challenge=true
# ### Exercise 10: keep the variety
#
# A generator takes $z$ of 12 numbers. Its picture breaks if $z$ is too far out in *one direction*, and only then:
# there is a hidden unit vector $u$, and pictures with $|u \cdot z| > 1$ are broken, all others are fine. That is
# nearly every third picture. You may ask somebody to look: `look(z)` takes z (n, 12), any n and any numbers, and
# returns a list of n numbers, 1 for a broken picture and 0 for a fine one. Whoever looks errs in **3 of 20**
# looks, at random, anew every time.
#
# Return 1,000 z, a tensor (1000, 12), as they would come from N(0, I) **if broken ones were drawn again**. They are
# judged by two rules, on average over four generators. At most **3 %** of them may be truly broken. And they must
# keep the variety: along $u$ they must be spread like the bell curve between −1 and 1, and along directions at a
# right angle to $u$ like the whole bell curve. Measured is Wasserstein's distance along $u$, and its mean along 24
# directions; each may be at most **0.1**, which a fair draw keeps easily.
#
# What counts is how many pictures are looked at, on average over the four. Bronze takes at most **12000** looks, silver
# **2000**, gold **300**. A run may take 20 seconds; graders' generators are others.

# %% [markdown] hints="keep_variety"
# For bronze draw more than you need, have each looked at several times, and keep what the majority calls fine.
# ---
# For silver do not judge each $z$, find $u$. Broken $z$ are long along $u$: compare the second moments $\overline{z
# z^\top}$ of those called broken and of those called fine. Then draw as many as you like and drop by *your* $u$; nobody
# has to look.
# ---
# For gold use what you know. For any $u$ you can say how likely each answer was: 0.85 for "broken" if $|u \cdot z| >
# 1$, else 0.15, with a smooth step between so that there is a slope. Go uphill from silver's $u$. And choose what you
# ask: what lies far inside or far outside tells little, so spend the second half of the looks near the edge of your
# first guess. A cut at a little less than 1 forgives what is left of the error.


# %% solution="keep_variety"
def keep_variety(look):
    """1,000 z (1000, 12) as from N(0, I), broken ones drawn again; `look(z)` says 1 for broken, and errs at times."""

    ### BEGIN SOLUTION
    def fitted(z, broken, u):
        u = u.clone().requires_grad_()
        opt = torch.optim.Adam([u], lr=0.06)
        for k in range(60):
            far = (z @ (u / u.norm())).abs() - 1
            likely = 0.15 + 0.7 * torch.sigmoid(far / (0.35 - 0.005 * k))
            opt.zero_grad()
            F.binary_cross_entropy(likely, broken).backward()
            opt.step()
        return (u / u.norm()).detach()

    z = torch.randn(150, 12)
    broken = torch.tensor(look(z))
    u = fitted(z, broken, torch.linalg.eigh((z.T * (broken - broken.mean())) @ z)[1][:, -1])
    edge = torch.randn(1000, 12)
    edge = edge[((edge @ u).abs() - 1).abs().argsort()[:140]]  # where an answer tells most
    u = fitted(torch.cat([z, edge]), torch.cat([broken, torch.tensor(look(edge))]), u)
    z = torch.randn(4000, 12)
    return z[(z @ u).abs() < 0.93][:1000]
    ### END SOLUTION


# %% test="keep_variety" points=3

# %% [markdown]
# Each medal is an idea: to check what one has drawn; to learn from the checks where it breaks; and to ask where the
# answer tells most. Plain truncation would pass the first rule and miss the second by far.
#
# ## 11. What to take along
#
# - A class is told to every layer, as a scale and a shift behind a normalization; all layers share one embedding.
# - Each block gets a piece of $z$ of its own. Residual ways and attention carry the rest.
# - Large batches can be made of small ones, exactly, as long as each picture is by itself. Batch normalization is not.
# - Orthogonal regularization without its diagonal asks for right angles and leaves lengths alone, nearly.
# - Truncation draws again what is far out: variety against quality, by one number, after training. Statistics that were
#   taken elsewhere do not fit; take them anew.
# - In an ablation the order, the number of runs and their spread say how much may be said.

# %% [markdown] quiz="mean_of_parts"
# A batch of 60 is worked through in parts of 40 and 20, each part's mean loss divided by 2. What is wrong?
#
# - [ ] nothing: a mean of means is the mean :: Only of equal parts. Here 20 pictures count as much as the other 40.
# - [x] the pictures of the small part count twice as much as the others :: Weight each part by its share of the batch.
# - [ ] the step is half as long :: The weights add up to 1.

# %% [markdown] quiz="no_one"
# Somebody leaves out the 1 in 1 + A c, and A starts as zeros. What happens at the start?
#
# - [ ] nothing: the normalization comes first :: It is multiplied by 0.
# - [x] every such layer puts out B c = 0, whatever comes in :: And where $h$ is multiplied by 0, no gradient reaches
#   the layers below through it.
# - [ ] the class is told more strongly :: Nothing is told at all.

# %% [markdown] quiz="eval_statistics"
# You average the weights of $G$ over thousands of steps, and draw by the average in evaluation mode. Why may the
# pictures be wrong though both networks are fine?
#
# - [ ] averages of weights are no weights :: They draw well, mostly better than the last step's.
# - [x] what the normalizations keep belongs to other weights :: The means and variances are those of $G$'s features,
#   not of the average's. Standing statistics are taken of the network that draws.
# - [ ] evaluation mode has no noise :: $z$ is drawn in both modes.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 15_biggan
# ```
#
# Submit it the way your course does: with nbgrader's *Assignment List*, or by handing over the file. Graders run
# these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - A. Brock, J. Donahue and K. Simonyan, *Large Scale GAN Training for High Fidelity Natural Image Synthesis*, ICLR
#   2019, [arXiv:1809.11096](https://arxiv.org/abs/1809.11096): the table of section 8 is its table 1; truncation and
#   orthogonal regularization are in section 3.1.
# - H. Zhang, I. Goodfellow, D. Metaxas and A. Odena, *Self-Attention Generative Adversarial Networks*, ICML 2019,
#   [arXiv:1805.08318](https://arxiv.org/abs/1805.08318).
# - H. de Vries, F. Strub, J. Mary, H. Larochelle, O. Pietquin and A. Courville, *Modulating early visual processing by
#   language*, NeurIPS 2017, [arXiv:1707.00683](https://arxiv.org/abs/1707.00683): conditional batch normalization.
# - A. Brock, T. Lim, J. M. Ritchie and N. Weston, *Neural Photo Editing with Introspective Adversarial Networks*, ICLR
#   2017, [arXiv:1609.07093](https://arxiv.org/abs/1609.07093): orthogonal regularization with its diagonal.
# - T. Miyato and M. Koyama, *cGANs with Projection Discriminator*, ICLR 2018,
#   [arXiv:1802.05637](https://arxiv.org/abs/1802.05637).
# - The authors' code: [github.com/ajbrock/BigGAN-PyTorch](https://github.com/ajbrock/BigGAN-PyTorch).

# %% demo=true folded="Your own picture: your generator's faces, a class a row"
standing_statistics(match.average, [batch_of(100)[2:] for _ in range(quick(20, 2))])
fig = figure(6, 5)
(ax,) = axes(fig)
draw_pictures(ax, by_class(match.average), 8, "the same eight z, a class in each row")
keepsake(fig, alt="Rows of eight generated faces; in a row all have one class, in a column one z.", name="my_classes")

# %% [markdown] last=true
# ## What you have built
#
# A generator that is told its class and a piece of its noise at every level, with residual blocks and attention; the
# step that trains it by batches that do not fit into memory; the regularization, derived; truncated noise and
# statistics to draw it with. And you have read an ablation for what it says.
#
# **The same at full scale.**
#
# | | here | BigGAN (2019) |
# |---|---|---|
# | pictures | 16 × 16, checkpoint 32 × 32 | 128 × 128, ImageNet |
# | classes | 14 | 1,000 |
# | batch | 32 | 2,048 |
# | $D$'s steps for one of $G$'s | 2 | 2 |
# | rates | 0.001 for $G$, 0.002 for $D$ | 0.00005 for $G$, 0.0002 for $D$ |
# | a piece of $z$ | 16 numbers | 20 numbers |
# | channels, of $G$ | 12 | 96 |
# | β of the orthogonal regularization | 0.0001 | 0.0001 |
# | average of $G$'s weights | 0.99 | 0.9999 |
#
# **Next:** lesson 16 goes the other way, from a picture back to its $z$.
