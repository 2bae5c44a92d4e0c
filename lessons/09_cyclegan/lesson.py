# %% [markdown] builds="photos become comics without a pair: cycles, past fakes, four networks" hours=4 stars=2
# # 09 · Translation without pairs
#
# For a sketch of a face there is the face. For a horse nobody has the zebra. What one does have is a pile of horses and
# a pile of zebras. Two generators, one each way, and two judges learn to translate from the two piles alone. The idea
# that makes it work is old: a sentence that is translated, and translated back, should come out as it went in.
#
# **You will be able to**
#
# - write the cycle's and the identity loss, and say which maps please them;
# - prove with a count what they do *not* say, and what decides instead;
# - build a residual block whose edges leave no trace, and a buffer of past translations;
# - write CycleGAN's step: four networks, two turns, and who is shown what;
# - find a message that a translation hides, and show that nobody's eye could have found it.
#
# **Time:** about four hours with the challenge, of which the machine works about six minutes. No GPU is needed.
# **Builds on:** lesson 03 (convolutions, past fakes), lesson 08 (patches, translation with pairs).

# %% [markdown]
# ![Four rows of ten small faces. Drawn photos, and the same people as rough comics, with dark outlines, strong colors
# and many stray pixels. Then comics of other people, and the same as blurred photos with softer
# colors.](images/translated.png)
#
# *What one of this lesson's runs makes of people it has never seen, after 300 steps, about a minute: photos and
# their translations, comics and theirs. Nobody told it which comic belongs to which photo. It is a rough start, and you
# will measure how rough.*

# %% name="setup"
import math
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.utils import save_image

from gancourse import choose_threads, each, keepsake, quick, seed_everything, show, working
from gancourse.broken import broken_run
from gancourse.checks import public
from gancourse.data.faces import render, sample_factors
from gancourse.data.folders import two_folders
from gancourse.data.images import to_unit
from gancourse.metrics.domains import FOLLOWED, domain_classifier, kept_factors, share_of_b
from gancourse.plots import FAKE, JUDGE, PALETTE, REAL, axes, figure
from gancourse.sheets import draw_rows
from gancourse.widgets import Choice
from gancourse.widgets.sliders import Sliders

check = public("09_cyclegan")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Two piles
#
# Domain $A$ is a pile of photos, domain $B$ a pile of comics, of *other* people. No face is in both. Nothing says which
# photo belongs to which comic, because none does.
#
# We keep 300 more people for tests. Of them we do have both pictures, from the renderer; training never sees either.
# So we can measure what the method cannot.


# %% name="domains" folded="Draws the two piles, and both pictures of the test people"
def people(n, first, style="photo"):
    """n faces, 32 × 32, in [−1, 1]; `first` is the number of the first person."""
    return to_unit(render(sample_factors(n, 0, first), 32, style))


with working("drawing two piles of faces", usual=4):
    N = quick(1000, 60)
    A, B = people(N, 0), people(N, 10_000, "comic")
    test_factors = sample_factors(quick(300, 40), 0, 50_000)
    test_a, test_b = (to_unit(render(test_factors, 32, style)) for style in ("photo", "comic"))


# %% demo=true folded="Draws ten pictures of each pile"
fig = draw_rows({"photos": A[:10], "comics": B[:10]})
show(fig, alt="Two rows of ten small faces: photos above, comics with dark outlines and flat colors below.")

# %% [markdown]
# ## 2. There and back
#
# $G_{AB}$ makes comics of photos, $G_{BA}$ photos of comics. Two judges look at the results: $D_B$ asks whether a
# picture is a comic, $D_A$ whether it is a photo. That alone makes *some* comic of each photo. To make it the comic of
# this photo, Zhu and others (2017) ask that the way there and back ends where it began, for both domains:
#
# $$ L_\text{cyc} = \mathbb{E}_a \, \lVert G_{BA}(G_{AB}(a)) - a \rVert_1
# + \mathbb{E}_b \, \lVert G_{AB}(G_{BA}(b)) - b \rVert_1 . $$
#
# And whoever is given what it is to make should leave it alone (section 5.2 of the paper; it keeps colors):
#
# $$ L_\text{id} = \mathbb{E}_b \, \lVert G_{AB}(b) - b \rVert_1 + \mathbb{E}_a \, \lVert G_{BA}(a) - a \rVert_1 . $$

# %% [markdown] exercise="cycle_and_identity" stars=1 minutes=10
# ### Exercise 1: two losses
#
# Given both generators and a batch of each domain, return $L_\text{cyc}$ and $L_\text{id}$, in this order. Each
# distance is the mean absolute difference over all pictures, channels and pixels; the two directions are added up. The
# two batches may differ in size. Both networks learn from both losses, in each of the places where they stand.

# %% [markdown] hints="cycle_and_identity"
# Four distances in all: two go there and back, two stay where they are.
# ---
# The cycle from $A$: $\mathrm{mean}\,|G_{BA}(G_{AB}(a)) - a|$. $G_{AB}$'s identity is measured on $b$: that is what it
# is to make.
# ---
# `F.l1_loss(G_BA(G_AB(a)), a) + F.l1_loss(G_AB(G_BA(b)), b)`, and `F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)`.


# %% solution="cycle_and_identity"
def cycle_and_identity(G_AB, G_BA, a, b):
    """The cycle's loss and the identity loss, two tensors of shape ().

    Args:
        G_AB, G_BA: the generators.
        a, b: pictures of A (n, c, H, W) and of B (m, c, H, W).
    """
    ### BEGIN SOLUTION
    cycle = F.l1_loss(G_BA(G_AB(a)), a) + F.l1_loss(G_AB(G_BA(b)), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    return cycle, same
    ### END SOLUTION


# %% test="cycle_and_identity" points=2

# %% [markdown] predict="zero_cycle"
# Which pairs of maps have a cycle loss of 0?
#
# - [ ] only the right translation and its inverse :: That one has. So has every other map that can be undone, with the
#   map that undoes it.
# - [x] any map that can be undone, with the one that undoes it :: Negatives, pictures upside down, a shuffle of all
#   people: whatever loses nothing comes back.
# - [ ] only maps that change nothing :: They have, too. But the cycle does not ask *how* a picture was changed.
#
# ---
# The next exercise counts how many of them please the judges as well.

# %% [markdown]
# ## 3. What the losses do not see
#
# Take domains of finitely many pictures, numbered from 0 on. `p[i]` says how often picture $i$ of $A$ occurs, `q[j]`
# how often picture $j$ of $B$ does; they are whole numbers with equal sums. A map into $B$ is a list: picture $i$
# becomes `f[i]`. A map back is a list `g`. All there is to know about a translation can now be counted.

# %% [markdown] exercise="perfect_maps" stars=3 minutes=35
# ### Exercise 2: how many perfect translations? Step by step
#
# Write five steps. Each is asked for by its number and is checked by itself.
#
# 1. **What comes out**: how often each picture of $B$ comes out when all of $A$ is translated: a list of whole numbers,
#    as long as `q`.
# 2. **The judge**: the share of what comes out that would have to change its place to be distributed as $B$ is:
#    half of the sum of absolute differences between what comes out and `q`, divided by the sum of `q`. A perfect judge
#    has nothing to say where this is 0.
# 3. **The cycle**: the share of $A$'s pictures, each counted as often as it occurs, that come back to where they were
#    by `f` and then `g`.
# 4. **A shuffle**: let `f` be one-to-one, with all of $B$ in it, and let `g` undo it. Let `s` be a list that shuffles
#    $B$: `j` becomes `s[j]`. Return two lists, a map into $B$ that is `f` with the shuffle behind it, and the map back
#    with which every picture comes back as before.
# 5. **The count**: how many maps `f` into $B$ are perfect: no two pictures become one, each picture of $B$ is hit, and
#    each becomes one that occurs as often as itself. A whole number. (`f`, `g` and `s` do not matter here.)

# %% [markdown] hints="perfect_maps"
# Steps 1 and 3 go through the pictures of $A$ once. Step 4: what was done last is undone first. Step 5: pictures that
# occur equally often can be exchanged, and no others.
# ---
# Step 4: $i \mapsto s(f(i))$, and back $j \mapsto g(s^{-1}(j))$. Step 5: a group of $n$ pictures that occur equally
# often has $n!$ orders, and the groups are independent: $\prod_c n_c!$. If `p` and `q` do not hold the same numbers,
# there is no such map.
# ---
# Step 1: `out[f[i]] += p[i]`. Step 3: `sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)`. Step 4:
# `[s[j] for j in f]` and `[g[s.index(j)] for j in range(len(s))]`. Step 5: `sorted(p) != sorted(q)`, `p.count(c)` and
# `math.factorial`.


# %% solution="perfect_maps"
def perfect_maps(step, p, q, f, g, s=()):
    """One step, 1 to 5, on finite domains.

    p, q: how often each picture of A and of B occurs. f, g: lists, maps into B and back. s: a list, a shuffle of B.
    """
    if step == 1:  # what comes out
        ### BEGIN SOLUTION
        out = [0] * len(q)
        for i, j in enumerate(f):
            out[j] += p[i]
        return out
        ### END SOLUTION
    if step == 2:  # what the judge finds
        ### BEGIN SOLUTION
        out = perfect_maps(1, p, q, f, g)
        return sum(abs(c - d) for c, d in zip(out, q, strict=True)) / 2 / sum(q)
        ### END SOLUTION
    if step == 3:  # what the cycle finds
        ### BEGIN SOLUTION
        return sum(c for i, c in enumerate(p) if g[f[i]] == i) / sum(p)
        ### END SOLUTION
    if step == 4:  # another pair as perfect
        ### BEGIN SOLUTION
        return [s[j] for j in f], [g[s.index(j)] for j in range(len(s))]
        ### END SOLUTION
    if step == 5:  # how many are perfect
        ### BEGIN SOLUTION
        if sorted(p) != sorted(q):
            return 0
        return math.prod(math.factorial(p.count(c)) for c in set(p))
        ### END SOLUTION
    raise ValueError(f"Steps are 1 to 5, not {step}.")


# %% test="perfect_maps" points=3

# %% demo=true folded="Draws how many translations are perfect, by your step 5"
fig = figure(8, 2.6)
left, right = axes(fig, 1, 2)
kinds = range(1, 9)
left.semilogy(
    kinds, [perfect_maps(5, [1] * k, [1] * k, [], []) for k in kinds], "o-", color=FAKE, label="equally often"
)
lone = [perfect_maps(5, [*range(k)], [*range(k)], [], []) for k in kinds]
left.semilogy(kinds, lone, "s-", color=REAL, label="all differ")
left.set(xlabel="kinds of pictures", ylabel="perfect translations")
left.legend(fontsize=9)
counts = [[1, 2, 3, 4, 5, 6], [1, 1, 2, 3, 4, 5], [1, 1, 2, 2, 3, 3], [1, 1, 1, 2, 2, 2], [1] * 6]
right.barh([str(c)[1:-1] for c in counts], [perfect_maps(5, c, c, [], []) for c in counts], color=JUDGE)
right.set(xscale="log", xlabel="perfect translations of six kinds")
show(
    fig,
    alt="Left: the number of perfect translations by the number of kinds, growing like a factorial where all occur "
    "equally often, and 1 where all frequencies differ. Right: bars for five lists of frequencies of six kinds.",
)

# %% [markdown]
# **The losses do not say who is who.** With eight kinds of face that occur equally often there are 40,320 translations
# that no judge and no cycle finds fault with, and one of them is meant. What, then, picks it? Two things. Frequencies:
# a rare kind must become a rare kind. And the network: of all maps that please the losses, training finds one that is
# *easy* for it, and for a small convolutional network the easy one leaves everything where it is and changes what a
# patch looks like. That is no theorem, but it fits what one sees: CycleGAN turns horses into zebras well, and cats into
# dogs badly (section 6 of the paper).
#
# ## 4. The generator
#
# A network that is to change little should not have to build the picture anew. A **residual block** (He and others,
# 2016) adds to its input what two convolutions make of it, so what came in passes by itself. (It cannot add *nothing*
# here: a normalization at its end, as in the paper, gives what is added variance 1. How much that counts beside the
# input, the layers around it decide.) CycleGAN's generator is a few such blocks at a reduced size (Johnson and others,
# 2016).
#
# One more thing matters for pictures that should look like pictures up to the edge. A convolution with padding sees
# zeros around the picture, and zero is a color: a gray frame. **Reflection padding** shows it the picture itself,
# mirrored at its edge, instead.

# %% [markdown] exercise="ResidualBlock" stars=2 minutes=20
# ### Exercise 3: a block that leaves no frame
#
# Write a network with maps (n, channels, H, W) in and out, H and W at least 2. It adds to its input what these layers
# make of it, in this order: reflection padding by one pixel, a 3 × 3 convolution, instance normalization, ReLU,
# reflection padding by one pixel, a 3 × 3 convolution, instance normalization. Nothing stands behind the sum.
#
# Instance normalization brings each channel of each picture to mean 0 and variance 1 (`nn.InstanceNorm2d` as it is).
# The convolutions have `channels` in and out; whether they have biases is up to you (nothing is left of them).

# %% [markdown] hints="ResidualBlock"
# Seven layers in a row, and a sum around them.
# ---
# `nn.ReflectionPad2d(1)` makes room, and the convolution behind it has no padding of its own.
# ---
# `self.layers = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels),
# nn.ReLU(), …)`, and `return x + self.layers(x)`.


# %% solution="ResidualBlock"
class ResidualBlock(nn.Module):
    """What comes in, plus what two mirrored convolutions make of it: (n, channels, H, W) to the same."""

    def __init__(self, channels):
        ### BEGIN SOLUTION
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return x + self.layers(x)
        ### END SOLUTION


# %% test="ResidualBlock" points=2

# %% [markdown]
# Around your blocks: a wide layer at full size, one that halves, the blocks, and the way back. Only the blocks are
# normalized. (The paper normalizes everywhere. That levels each picture's own colors, and our runs are too short to
# learn them again; past your blocks they get through.) The judge is lesson 08's PatchGAN without the second picture,
# and without normalization: each number in its map is an opinion on 16 × 16 pixels.


# %% name="networks" folded="The generator around your blocks"
def mirrored(inputs, outputs, kernel, stride=1):
    """A convolution that sees the picture mirrored at its edges, with ReLU behind it."""
    return [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(inputs, outputs, kernel, stride), nn.ReLU()]


class Translator(nn.Module):
    """Pictures (n, 3, H, W) to pictures of the same size in [−1, 1]."""

    def __init__(self, width=16, blocks=2):
        super().__init__()
        wide = 2 * width
        self.layers = nn.Sequential(
            *mirrored(3, width, 7),
            *mirrored(width, wide, 3, stride=2),
            *[ResidualBlock(wide) for _ in range(blocks)],
            nn.Upsample(scale_factor=2),
            *mirrored(wide, width, 3),
            nn.ReflectionPad2d(3),
            nn.Conv2d(width, 3, 7),
            nn.Tanh(),
        )

    def forward(self, x):
        return self.layers(x)


# %% name="judge"
def patch_judge(width=16):
    """From pictures (n, 3, H, W) to a map of opinions, near 1 for what looks real: no sigmoid."""
    first = nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)
    second = nn.Conv2d(width, 2 * width, 4, 1, 1), nn.LeakyReLU(0.2)
    return nn.Sequential(*first, *second, nn.Conv2d(2 * width, 1, 4, 1, 1))


# %% [markdown]
# ## 5. The buffer
#
# A generator that changes its mind from step to step, and a judge that knows only its latest idea, chase each other in
# circles. As in lesson 03 the judge is therefore shown a mix of new and past translations; CycleGAN keeps 50. You wrote
# such a buffer there as an object that tosses its own coins. Here it is one pure function, with coins and places given.
# What such a function does can be said exactly.

# %% [markdown] exercise="from_buffer" stars=2 minutes=20
# ### Exercise 4: fifty past translations
#
# `held` (m, …) are the translations that the buffer holds, at most `capacity`; `fakes` (n, …) are new ones. Go through
# the new ones in order:
#
# - while fewer than `capacity` are held, the new one is stored behind the others, *and* shown;
# - once the buffer is full: if `coins[i]` is True, the one held at `places[i]` is shown, and the new one takes its
#   place. If it is False, the new one is shown and not stored.
#
# A picture that was stored can come out again for a later one of the same batch. Return two tensors: what is shown
# (n, …), and what is held then. Both are cut off from $G$'s computation; what came in stays as it was. `m` may be 0
# (then `held` has the shape (0, …)), `n` is not.

# %% [markdown] hints="from_buffer"
# Lesson 03's loop with a list, where chance now comes in from outside.
# ---
# `held = list(held)` makes a list of pictures that may grow and be replaced without changing the tensor.
# ---
# `for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):` with three cases, and
# `torch.stack` of both lists at the end.


# %% solution="from_buffer"
def from_buffer(held, fakes, coins, places, capacity=50):
    """What D is shown, and what the buffer holds then.

    Args:
        held: past translations (m, …), m at most capacity.
        fakes: new ones (n, …).
        coins: (n,), True where a past one is to be shown.
        places: (n,), whole numbers from 0 to capacity − 1.

    Returns:
        (n, …), and (min(m + n, capacity), …).
    """
    ### BEGIN SOLUTION
    kept, shown = list(held), []
    for fake, coin, place in zip(fakes.detach(), coins.tolist(), places.tolist(), strict=True):
        if len(kept) < capacity:
            kept.append(fake)
            shown.append(fake)
        elif coin:
            shown.append(kept[place])
            kept[place] = fake
        else:
            shown.append(fake)
    return torch.stack(shown), torch.stack(kept)
    ### END SOLUTION


# %% test="from_buffer" points=2


# %% name="remembering"
class Remembering:
    """Your buffer as something to call: past translations, and chance."""

    def __init__(self, capacity=50):
        self.capacity, self.held = capacity, torch.empty(0)

    def __call__(self, fakes):
        held = self.held if len(self.held) else fakes[:0].detach()
        coins, places = torch.rand(len(fakes)) < 0.5, torch.randint(self.capacity, (len(fakes),))
        shown, self.held = from_buffer(held, fakes, coins, places, self.capacity)
        return shown


# %% [markdown] predict="how_old"
# With batches of one picture and 50 places: how long does a translation that was stored stay in the buffer, on average?
#
# - [ ] 50 steps :: A place is taken only where the coin says so, every second time.
# - [x] 100 steps :: In each step it is replaced with probability ½ · 1/50. A wait of that kind takes 100 steps on
#   average.
# - [ ] until the end :: Each place is drawn again and again.
#
# ---
# So half of what a judge sees is new, and half has an age of about 100 steps, some of it of several hundred. Our
# batches have four pictures, and everything goes four times as fast.

# %% [markdown]
# ## 6. The step
#
# $$\min_{G_{AB}, G_{BA}} \; \mathbb{E}_a (D_B(G_{AB}(a)) - 1)^2 + \mathbb{E}_b (D_A(G_{BA}(b)) - 1)^2
# + \lambda L_\text{cyc} + \mu L_\text{id},$$
#
# $$\min_{D_A, D_B} \; \tfrac12 \bigl( \mathbb{E}_a (D_A(a) - 1)^2 + \mathbb{E}_{\hat a} D_A(\hat a)^2
# + \mathbb{E}_b (D_B(b) - 1)^2 + \mathbb{E}_{\hat b} D_B(\hat b)^2 \bigr).$$
#
# **Least squares** (Mao and others, 2017) in place of cross-entropy: an opinion should be 1 for real and 0 for made
# pictures, and its squared distance counts. It does not fade where $D$ is sure (lesson 06).
#
# $\hat a$ and $\hat b$ are past translations, from a buffer for each domain. The two generators move together, since
# the cycle needs both; then the judges do.

# %% [markdown] exercise="cyclegan_step" stars=3 minutes=45
# ### Exercise 5: four networks, two turns
#
# One step on a batch `a` of photos and a batch `b` of comics.
#
# 1. **The generators' turn.** Translate both batches. One step of `opt_G`, which holds the parameters of both
#    generators, down the first formula, with `weight` for $\lambda$ and `identity` for $\mu$. The judges judge as
#    they are and do not move.
# 2. **The judges' turn.** Give the *same* translations as in turn 1, from before the generators' step, to
#    `remember_A` (those that lie in $A$) and `remember_B`, once each, whenever you like. What they return is $\hat a$
#    and $\hat b$. One step of `opt_D`, which holds the parameters of both judges, down the second formula. It adds
#    nothing to the generators' gradients.
# 3. Return four plain numbers: the generators' adversarial loss (the first two terms), $L_\text{cyc}$,
#    $L_\text{id}$, both without their weights, and the judges' loss; each from before the step that it led to.
#
# All means are over everything there is. Gradients of an earlier step or of the other turn must not count. The two
# batches may differ in size. All networks can learn after the step as before. The networks have no chance in them, so
# it does not matter how often you call them in a turn.

# %% [markdown] hints="cyclegan_step"
# Who may move in which turn? The optimizers decide that: each knows its own networks. But a `backward()` leaves
# gradients in everybody that it passes.
# ---
# Turn 1: into_b = $G_{AB}(a)$ is judged by $D_B$, and into_a = $G_{BA}(b)$ by $D_A$. Turn 2 begins with
# `opt_D.zero_grad()`, *after* the generators' `backward()`, which went through the judges.
# ---
# `fooled = (D_B(into_b) - 1).square().mean() + …`; `cycle, same = cycle_and_identity(G_AB, G_BA, a, b)`, or by hand;
# three lines for `opt_G`. Then `old_a = remember_A(into_a.detach())`, `d_loss = ((D_A(a) - 1).square().mean() +
# D_A(old_a).square().mean() + …) / 2`, and three lines for `opt_D`.


# %% solution="cyclegan_step"
def cyclegan_step(G_AB, G_BA, D_A, D_B, opt_G, opt_D, a, b, weight, identity, remember_A, remember_B):
    """One step of both generators, then one of both judges; returns four plain numbers.

    Args:
        G_AB, G_BA: from pictures to pictures; D_A, D_B: from pictures to opinions (n, 1, h, w).
        opt_G, opt_D: optimizers of both generators' and of both judges' parameters.
        a, b: pictures of A and of B; weight, identity: λ of the cycle, μ of the identity loss.
        remember_A, remember_B: functions of translations; they return what the judge is shown in their place.
    """
    ### BEGIN SOLUTION
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()
    cycle = F.l1_loss(G_BA(into_b), a) + F.l1_loss(G_AB(into_a), b)
    same = F.l1_loss(G_AB(b), b) + F.l1_loss(G_BA(a), a)
    opt_G.zero_grad()
    (fooled + weight * cycle + identity * same).backward()
    opt_G.step()
    old_a, old_b = remember_A(into_a.detach()), remember_B(into_b.detach())
    on_a = (D_A(a) - 1).square().mean() + D_A(old_a).square().mean()
    on_b = (D_B(b) - 1).square().mean() + D_B(old_b).square().mean()
    d_loss = (on_a + on_b) / 2
    opt_D.zero_grad()
    d_loss.backward()
    opt_D.step()
    return fooled.item(), cycle.item(), same.item(), d_loss.item()
    ### END SOLUTION


# %% test="cyclegan_step" points=4

# %% [markdown]
# ## 7. With the cycle and without
#
# Four runs on the same two piles, from the same start. They differ in the weights alone. The rates stay for the first
# half and fall to 0 in the second, as in the paper. The paper trains for 200 passes over its pictures; we see ours
# about once.


# %% name="translate"
def translate(weight, identity, steps, seed=0, rate=1e-3, judges=1.0, mixed=0.0, past=50):
    """Train four networks; both generators, and the four losses of each step. past=0 trains without a buffer."""
    seed_everything(seed)
    G_AB, G_BA, D_A, D_B = Translator(), Translator(), patch_judge(), patch_judge()
    opt_G = torch.optim.Adam([*G_AB.parameters(), *G_BA.parameters()], rate, betas=(0.5, 0.999))
    opt_D = torch.optim.Adam([*D_A.parameters(), *D_B.parameters()], judges * rate, betas=(0.5, 0.999))
    falls = [torch.optim.lr_scheduler.LambdaLR(opt, lambda k: min(1, 2 - 2 * k / steps)) for opt in (opt_G, opt_D)]
    pile_b = torch.cat([B[int(mixed * N) :], A[: int(mixed * N)]])
    remember_A, remember_B = (Remembering(past) if past else torch.detach for _ in range(2))
    losses = []
    with working(f"training for {steps:,} steps", usual=0.2 * steps) as done:
        for step in range(steps):
            a, b = (pile[torch.randint(len(pile), (4,))] for pile in (A, pile_b))
            players = G_AB, G_BA, D_A, D_B, opt_G, opt_D
            losses.append(cyclegan_step(*players, a, b, weight, identity, remember_A, remember_B))
            for fall in falls:
                fall.step()
            done((step + 1) / steps)
    return G_AB.eval(), G_BA.eval(), losses


@torch.no_grad()
def made_by(G, x):
    """What G makes of these pictures, a hundred at a time."""
    return torch.cat([G(some) for some in x.split(100)])


# %% name="four-runs"
STEPS = quick(300, 2)
RUNS = {"no cycle": (0.0, 0.0), "λ = 1, no identity": (1.0, 0.0), "λ = 1": (1.0, 0.5), "λ = 10": (10.0, 5.0)}
pairs_of_networks = {name: translate(*weights, STEPS) for name, weights in RUNS.items()}
comics = {name: made_by(run[0], test_a) for name, run in pairs_of_networks.items()}
photos = {name: made_by(run[1], test_b) for name, run in pairs_of_networks.items()}

# %% demo=true folded="Draws what the four make of people they have never seen"
fig = draw_rows({"photo": test_a[:10], **{name: made[:10] for name, made in comics.items()}, "true comic": test_b[:10]})
show(fig, alt="Six rows of ten small faces: photos, what each of four networks made of them, and true comics.")

# %% [markdown]
# Which of them translate? A small **classifier** that has learned to tell photos from comics (of people that are in
# none of our piles) says what share of the translations it takes for the other domain. And is it still the same person?
# The **face reader** of lesson 04 reads how a head is turned and tilted, skin, hair, beard and smile, and we correlate
# that with what is true of the person whose picture was translated. It has learned from photos alone. So dark gray bars
# show what it reads off the *true* comics: a finished translation cannot be expected to be read better. Light gray ones
# are of the photos as they are: what is read as well as that is still half a photo. (One head in five shows no hair.)

# %% [markdown] predict="without_the_cycle"
# Without the cycle and without the identity loss, what becomes of the translations?
#
# - [ ] photos as they were :: Nothing asks for that. The judges say no to a photo, and nobody says yes.
# - [x] anything that a judge lets pass: nothing asks that the person survives :: No loss holds the network to what came
#   in. The bars on the right become short.
# - [ ] the same as with it :: The judges cannot tell whose comic it is. Look at the bars.
#
# ---
# Little of the person is left. What comes is of the other domain in one direction and not in the other, and which one
# depends on the seed.

# %% name="measured" folded="Trains the classifier on people of its own, and reads the comics of the test people"
telling_apart = domain_classifier(people(N, 20_000), people(N, 30_000, "comic"), quick(150, 10))
changed = {
    name: (share_of_b(telling_apart, comics[name]), 1 - share_of_b(telling_apart, photos[name])) for name in RUNS
}
kept = {"true comics": kept_factors(test_b, test_factors), "photos as they are": kept_factors(test_a, test_factors)}
kept |= {name: kept_factors(made, test_factors) for name, made in comics.items()}

# %% name="kept" demo=true folded="Draws how many translations are of the other domain, and what of the person is kept"
fig = figure(9.5, 3.6)
left, right = axes(fig, 1, 2, width_ratios=(1, 2))
into_comics, into_photos = zip(*changed.values(), strict=True)
left.barh([k - 0.18 for k in range(4)], into_comics, 0.34, color=FAKE, label="comics, taken for comics")
left.barh([k + 0.18 for k in range(4)], into_photos, 0.34, color=REAL, label="photos, for photos")
left.set(yticks=range(4), yticklabels=[name.replace(", ", ",\n") for name in RUNS], xlim=(0, 1), xlabel="share")
left.axvline(0.9, color="0.4", ls=":")
left.invert_yaxis()
left.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), frameon=False)
for k, (name, found) in enumerate(kept.items()):
    color = ("0.5", "0.8")[k] if k < 2 else PALETTE[k - 2]
    right.bar([j + 0.14 * k for j in range(len(FOLLOWED))], list(found.values()), 0.13, color=color, label=name)
right.set(
    xticks=[j + 0.35 for j in range(len(FOLLOWED))], xticklabels=["turn", "tilt", "skin", "hair", "beard", "smile"]
)
right.set(ylabel="correlation with the truth")
right.legend(fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
show(
    fig,
    alt="Left: for each run the share of translations into comics that are taken for comics, and of those into photos "
    "for photos. Right: for six factors the correlation of what is read off the comics with the truth, by run, beside "
    "true comics and photos.",
)

# %% [markdown]
# Read the two halves together. A run is a translation only where both of its bars on the left are long, and it is a
# translation *of this person* only where its bars on the right come near the dark gray ones. (Of the test people's own
# pictures the classifier takes all comics for comics, and no photo.) We measured three seeds of each run; the ranges
# below are theirs.
#
# - **No cycle**: from 0 to 94 % are taken for comics, from 37 to 100 % for photos, and no factor correlates by more
#   than 0.39. The comics are 0.90 to 0.95 times as far from the true comic of the person as from that of another.
# - **λ = 1, no identity**: 65 to 96 % are taken for comics, 74 to 100 % for photos. Now look at the pictures: dark
#   outlines have become stripes. A classifier that has only seen photos and comics takes for a comic whatever is
#   dark and gaudy, so a high share alone proves little. The turn of the head correlates by 0.51 to 0.61.
# - **λ = 1**: 64 to 79 % for comics, 66 to 86 % for photos; turn 0.75 to 0.80, skin 0.88 to 0.92, hair 0.77 to 0.80 (on
#   true comics: 0.97, 0.96 and 0.81). Smiles are mostly lost: 0.08 to 0.33, where true comics have 0.90. The comics are
#   0.56 to 0.58 times as far from their own true comic as from another person's. A photo that is left as it is has
#   0.52: so this number says whose comic it is, and not that it is one. Only the long runs below are nearer than that.
# - **λ = 10**: the person is kept best (turn 0.80 to 0.85), and 48 to 54 % are taken for comics. A heavy cycle holds
#   on to the photo. The paper's weight is meant for many more steps.
#
# So **none of these short runs is a finished translation**. The aim is nine in ten taken for the other domain with the
# person kept, and in about a minute of training nobody gets there. With twice the steps λ = 1 (seed 0) keeps much more
# of the person: turn 0.84 instead of 0.75, beard 0.78 instead of 0.43, smile 0.37 instead of 0.08. The share of comics
# stays at 79 %.
#
# What the buffer is worth does not show in runs so short. With it 79, 64 and 77 % are taken for comics, without it
# (`past=0`) 79, 75 and 64 %; for photos 82, 66 and 86 % with, 82, 61 and 82 % without.
#
# ### A slider on the cycle's weight
#
# Three longer runs come with the course: λ = 0, 1 and 10, for 3,000 steps instead of 300, with the same networks and
# piles as yours (`gancourse train cycle-weights-32`, a quarter of an hour on a CPU). Here they are, on the 300 test
# people (`bench.py --only saved`), and behind them the range over these and two more seeds (`--only long`):
#
# | | taken for comics | for photos | turn | skin | smile | own comic : another's |
# |---|---|---|---|---|---|---|
# | no cycle | 88 %, 75–88 | 76 %, 76–100 | 0.35, 0.35–0.38 | 0.48, 0.06–0.48 | −0.11, −0.11 to 0.05 | 0.89–0.97 |
# | λ = 1 | 90 %, 88–90 | 96 %, 93–96 | 0.90, 0.90–0.91 | 0.95, 0.95 | 0.57, 0.50–0.57 | 0.44–0.45 |
# | λ = 10 | 83 %, 81–83 | 91 %, 91–92 | 0.95, 0.95 | 0.96, 0.96–0.97 | 0.56, 0.56–0.69 | 0.46 |
#
# **Now it is a translation**: nine in ten are of the other domain, and the person is kept, with λ = 1. Ten times the
# steps have done that. Without a cycle they have done next to nothing for the person. And λ = 10, the paper's weight,
# keeps a little more of the person and changes a little less.
#
# Choose a person and a run, one of yours or one of these. From left to right: the photo, its translation, and the way
# back; then the true comic and its way there and back.


# %% name="saved" demo=true
from gancourse.models import store

saved = store.load("cyclegan_faces_32")
LONG = {f"λ = {k}, 3,000 steps": (saved[f"G_AB_{k}"], saved[f"G_BA_{k}"]) for k in (0, 1, 10)}
every_run = {name: run[:2] for name, run in pairs_of_networks.items()} | LONG


# %% name="slider" demo=true folded="Makes the panel: a face, its translation, and the way back, by run"
def draw_trip(fig, run, person):
    """One person's two trips with one run's networks."""
    G_AB, G_BA = every_run[run]
    trips = []
    for picture, there, back in ((test_a[person], G_AB, G_BA), (test_b[person], G_BA, G_AB)):
        with torch.no_grad():
            made = there(picture[None])
            trips += [picture, made[0], back(made)[0]]
    names = ("photo", "as a comic", "and back", "comic", "as a photo", "and back")
    for ax, picture, name in zip(axes(fig, 1, 6), trips, names, strict=True):
        ax.imshow((picture.movedim(0, -1) + 1) / 2)
        ax.set_axis_off()
        ax.set_title(name, fontsize=10)
    return f"Six pictures of person {person + 1}, run {run}: a photo, its comic, the way back; then a comic, likewise."


runs, persons = {name: name for name in every_run}, {str(k + 1): k for k in range(len(test_a[:40]))}
which = {"run": Choice("run", runs, "λ = 1, 3,000 steps"), "person": Choice("person", persons, "1")}
trip = Sliders(draw_trip, which, (9.5, 2.2))
trip

# %% [markdown]
# ## 8. The message in the picture
#
# A comic has no shading. How can $G_{BA}$ give a photo its shading back? It may guess. Or $G_{AB}$ may have written it
# into the comic, so small that no eye finds it and no judge minds. Chu and others (2017) found exactly that in
# CycleGANs that had trained for long: maps of a city in which every roof of the aerial photograph was hidden. A test
# for it is simple: disturb the translation by what nobody sees, and look at the way back.

# %% [markdown] exercise="hidden_message" stars=2 minutes=15
# ### Exercise 6: is there a message?
#
# Translate `a` by `G_AB` and back by `G_BA`; measure the mean absolute difference to `a`. Then once more, where the
# translation is disturbed on its way: add `noise` (of the translation's shape, numbers from N(0, 1)) times `levels`
# gray levels, and clip what comes to [−1, 1]. Pictures have 256 gray levels from −1 to 1, so that one level is 2/255.
# Return the two differences, the undisturbed one first, as plain numbers.

# %% [markdown] hints="hidden_message"
# Twice the same way back, from two translations that look the same.
# ---
# $\mathrm{mean}\,|G_{BA}(\hat b) - a|$ and $\mathrm{mean}\,|G_{BA}(\mathrm{clip}(\hat b + \tfrac{2k}{255}\,
# \varepsilon)) - a|$.
# ---
# Under `torch.no_grad()`: `made = G_AB(a)`, `disturbed = (made + levels * 2 / 255 * noise).clamp(-1, 1)`, and
# `F.l1_loss(G_BA(…), a).item()` of both.


# %% solution="hidden_message"
def hidden_message(G_AB, G_BA, a, noise, levels):
    """How far the way back ends from a, and how far with noise on the translation: two plain numbers.

    Args:
        G_AB, G_BA: the generators.
        a: pictures (n, c, H, W) in [−1, 1].
        noise: of the translation's shape, from N(0, 1).
        levels: standard deviation of the noise that is added, in gray levels.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        made = G_AB(a)
        disturbed = (made + levels * 2 / 255 * noise).clamp(-1, 1)
        return F.l1_loss(G_BA(made), a).item(), F.l1_loss(G_BA(disturbed), a).item()
    ### END SOLUTION


# %% test="hidden_message" points=2

# %% [markdown]
# Such a message takes long to grow: first the networks learn the plain part. In runs as short as ours there is none:
# noise of four gray levels on the comics moves the way back by less than 0.005, in all four runs, and in the three of
# 3,000 steps as well. So here is one that nobody trained, a pair of maps in two lines each. Let $B$ be a pile of gray
# pictures. A translation is the photo **in gray**, and $G_{AB}$ changes it by at most **one** gray level: no eye could
# tell. $G_{BA}$ brings the colors back, and leaves a gray picture gray. Both halves of the cycle's loss are 0 (section
# 2: the map can be undone), and so the training has no reason to look for another pair.


# %% name="smuggler"
def in_gray(a):
    """The brightness of each pixel, in three equal channels: (n, 3, H, W)."""
    return (a * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True).expand_as(a)


def smuggled(a, most=1.0):
    """In gray, changed toward the colors by at most so many gray levels."""
    return in_gray(a) + most / 255 * (a - in_gray(a))


def unpacked(b, most=1.0):
    """The way back: the brightness is still right, and what differs from it is enlarged."""
    return (in_gray(b) + (b - in_gray(b)) * 255 / most).clamp(-1, 1)


# %% [markdown] predict="one_gray_level"
# The translation is a gray picture, to every eye. Noise of **one** gray level is added to it. What becomes of the
# colors on the way back?
#
# - [ ] nothing anybody would see: one level of 256 :: Nobody sees the noise. But look at what it is laid over.
# - [x] they are lost :: The message is at most one level high. Noise of one level drowns it.
# - [ ] they become a little noisy :: The way back must enlarge two levels to the whole range of colors, and enlarges
#   the noise with them.
#
# ---
# What was undone by noise that nobody sees was never in the part of the picture that one sees.

# %% name="message" demo=true folded="Draws the gray pictures, and the way back from them, disturbed and not"
noise = torch.randn_like(test_a)
gray = smuggled(test_a[:10])
as_bytes = ((gray + 1) * 127.5).round() / 127.5 - 1
back = {
    "back": unpacked(gray),
    "back, after noise": unpacked((gray + 2 / 255 * noise[:10]).clamp(-1, 1)),
    "back, from a file": unpacked(as_bytes),
}
fig = draw_rows({"photo": test_a[:10], "translation": gray, **back})
show(fig, alt="Five rows of ten small faces: photos, the same in gray, and three ways back from the gray pictures.")

# %% name="how-much-noise" demo=true folded="Draws the error on return against the noise"
levels = [0, 0.25, 0.5, 1, 2, 4]
ways = {
    "gray, with a message": (smuggled, unpacked),
    "gray, without": (in_gray, in_gray),
    "my comics, λ = 1": pairs_of_networks["λ = 1"][:2],
}
fig = figure(7, 2.8)
(ax,) = axes(fig)
errors = {name: [] for name in ways}
for level in each(levels, "measuring the way back at six levels of noise", usual=quick(6, 1)):
    for name, both_ways in ways.items():
        errors[name].append(hidden_message(*both_ways, test_a, noise, level)[1])
for k, (name, values) in enumerate(errors.items()):
    ax.plot(levels, values, "o-", color=PALETTE[k], label=name)
ax.set(xlabel="noise on the translation, in gray levels", ylabel="mean difference on return", ylim=(0, None))
ax.legend(fontsize=9, loc="center right")
show(fig, alt="Three curves of the mean difference to the photo on return, against the noise on the translation.")

# %% [markdown]
# Undisturbed, the way back is exact. With a quarter of a gray level of noise it is off by 0.32 on average, with one
# level by 0.72; simply handing back the gray picture, without any colors, is off by 0.11. A file does harm, too: it
# keeps whole gray levels, and the message lies between them. For the comics, too, the rise of the curve is what their
# way back owes to what one cannot see: next to nothing. A cycle that closes has proved that something came through, and
# nothing more.
#
# ## 9. Your own two folders
#
# The method wants two piles of pictures and nothing else, so any two folders will do. One line reads them:
#
# ```python
# A, B = (to_unit(pile.pixels) for pile in two_folders("photos/summer", "photos/winter", size=32))
# ```
#
# Put it in a cell of your own, set `N = min(len(A), len(B))`, and call `translate(1.0, 0.5, 300)`. Pictures may have
# any size and lie in folders of folders. What cannot be read is skipped, named and counted. The cell below shows that
# on two folders that it makes for the purpose, one of them with a damaged file.
#
# What to expect? We gave it a thousand real photographs of people who smile and a thousand of people who do not (from
# CelebA, 32 × 32, one run) and looked at a dozen translations each way. The people are still there, only blurred, and
# no smile comes or goes: a mouth is a shape, and shapes are what the method is bad at. Folders that differ in colors or
# texture are a better start.

# %% demo=true open="one line reads two folders; the others make them"
with TemporaryDirectory() as place, warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for name, pile in (("photos", A[:8]), ("comics", B[:8])):
        Path(place, name).mkdir()
        for k, picture in enumerate(pile):
            save_image((picture + 1) / 2, Path(place, name, f"{k}.png"))
    Path(place, "photos", "3.png").write_bytes(b"half a pic")
    mine, theirs = two_folders(Path(place, "photos"), Path(place, "comics"), size=32)
    print(mine, theirs, *(str(warning.message).replace(place, "…") for warning in said), sep="\n")

# %% [markdown]
# ## 10. What goes wrong
#
# Two runs that fail. Your step is right in both; what is wrong is told behind the questions.


# %% name="broken-runs" folded="Trains a run whose settings lie in the package, with changes if you like"
def play_broken(name, **changes):
    """Train run A or B, with some settings changed; its translations of test people into comics."""
    settings = broken_run("09_cyclegan", name) | changes
    steps = quick(settings.pop("steps"), 2)
    weights = settings.pop("weight", 1.0), settings.pop("identity", 0.5)
    G_AB, G_BA, _ = translate(*weights, steps, **settings)
    made = made_by(G_AB, test_a)
    pile = torch.cat([B[int(settings.get("mixed", 0) * N) :], A[: int(settings.get("mixed", 0) * N)]])
    back = float((made_by(G_BA, made) - test_a).abs().mean())
    moved = float((made - test_a).abs().mean())
    told = f"run {name}: {share_of_b(telling_apart, made):.0%} taken for comics, "
    told += f"{share_of_b(telling_apart, pile):.0%} of pile B are; changed by {moved:.2f}, back within {back:.2f}"
    fig = draw_rows({"photo": test_a[:10], "translation": made[:10]}, told)
    show(fig, alt=f"Two rows of ten small faces, photos and their translations. The title says: {told}.")
    return made


# %% demo=true
run_a = play_broken("A")

# %% [markdown] quiz="run_a"
# Run A: which pair of numbers is strange together?
#
# - [x] few translations are comics, and yet the way back is good :: Whoever changes nothing comes back easily. The
#   cycle's loss is least where nothing is translated.
# - [ ] the pile and the translations :: The pile is as it should be.
# - [ ] none: it only needs more steps :: What in its loss would change with more steps?
#
# ---
# Its settings: `judges=0`, and `weight=10, identity=5` for 150 steps. The judges' rate is 0: they stay as they were
# drawn, and know nothing; the heavy cycle makes it plainer.

# %% demo=true
run_b = play_broken("B")

# %% [markdown] quiz="run_b"
# Run B: where would you look first?
#
# - [ ] at the generators :: They do what pleases the judges.
# - [x] at pile B :: Not all that lies in it is a comic, says the classifier. The judges learn what is in the pile.
# - [ ] at the weight of the cycle :: It is that of the good run.
#
# ---
# Its setting: `mixed=0.6`. Six of ten pictures in the folder of comics are photos.

# %% [markdown] exercise="diagnose_the_runs" stars=2 minutes=20
# ### Exercise 7: two diagnoses
#
# For each of the runs A and B write three sentences: what you see in the pictures and in the numbers (the evidence),
# why the setting leads to it (the cause), and what you would change (the cure). For run A say also why the cycle's loss
# alone could never have shown the mistake. Try your cures: `play_broken("A", judges=1.0, weight=1.0, identity=0.5)`
# plays run A with judges that learn and the good run's weights, and so for `mixed` and `rate`. A teacher reads this
# answer.

# %% [markdown] answer="diagnose_the_runs" points=4
# *A: judges that do not learn.* The translations look like blurred photos, about one in eight is taken for a comic
# (with other seeds one in twenty), and yet the way back is good, after half of the good run's steps. With a rate of 0
# the judges' opinions say nothing about comics; what is left in the generators' loss are the cycle and the identity,
# and both are 0 where nothing is changed. So the cycle's loss leads straight to not translating. Cure: judges = 1, with
# the good run's weights. One watches the judges' own loss, or the share taken for comics, beside the cycle.
#
# *B: a pile that is not clean.* The faces are smudged and have no outlines, hardly any is taken for a comic, and the
# title says why: of the pile itself not half are. To D_B a photo is a real picture of B, so a photo that is left alone
# pleases it. Cure: sort the folder (mixed = 0). Found before training by looking at some pictures of each folder.
#
# One point for each right pair of evidence and cause, one for two cures that work, one for what the cycle cannot show.

# %% [markdown]
# ## 11. An open challenge
#
# The whole lesson once more, in the plane and without networks.

# %% [markdown] exercise="translated_points" stars=3 minutes=45 challenge=true
# ### Exercise 8: points without pairs
#
# `a` (n, 2) are points of one plane, in five heaps of different sizes; `b` (m, 2) are points of another. A map that
# nobody tells you takes the first plane to the second: it turns, perhaps mirrors, stretches, moves, and bends a little.
# The points in `b` are *other* points of the same heaps, taken there. Return for each point of `a` where it belongs in
# the second plane: (n, 2).
#
# What counts is the mean distance to the true places, in % of what an answer gets that says the middle of `b` for all.
# Bronze takes at most **70** %, silver **35** %, gold **12** %. Three worlds are drawn, and the worst one counts; a run
# may take 20 seconds. Graders' worlds are others. Anything that looks at `a` and `b` is allowed, libraries too.

# %% [markdown] hints="translated_points"
# For bronze, find the largest heap in both. Its points belong into the other largest heap; all others may go to the
# middle of `b`.
# ---
# For silver match all five heaps by their sizes (section 3 says why that is enough), and send each point to the middle
# of its heap's partner. For gold a point should keep its place within the heap: look for *one* simple map.
# ---
# Bring both clouds to mean 0 and to the identity as covariance, by their eigenvectors and eigenvalues. Then only a turn
# is left, perhaps with a mirror: try 72 angles with each, and take the one where `torch.cdist(turned, b).mean()` is
# least. Then go back with the inverse of what was done to `b`.


# %% solution="translated_points"
def translated_points(a, b):
    """Where points a (n, 2) belong among points b (m, 2): (n, 2)."""
    ### BEGIN SOLUTION

    def leveled(x):
        """Mean 0 and covariance 1; and the mean, and the matrix that leads back."""
        middle = x.mean(0)
        lengths, directions = torch.linalg.eigh((x - middle).T @ (x - middle) / len(x))
        there = directions / lengths.sqrt()
        return (x - middle) @ there, middle, torch.linalg.inv(there)

    u, _, _ = leveled(a)
    v, middle, back = leveled(b)
    best, turned = math.inf, u
    for mirror in (1.0, -1.0):
        for k in range(72):
            c, s = math.cos(2 * math.pi * k / 72), math.sin(2 * math.pi * k / 72)
            candidate = u @ torch.tensor([[c, mirror * s], [-s, mirror * c]])
            far = float(torch.cdist(candidate, v).mean())
            if far < best:
                best, turned = far, candidate
    return turned @ back + middle
    ### END SOLUTION


# %% test="translated_points" points=3

# %% [markdown]
# ## 12. What to take along
#
# - Two piles are enough. Judges make translations look right, the cycle makes them carry what came in.
# - The losses do not say who is who. Frequencies and the ease of a map do: small changes of patches are easy, new
#   shapes are not.
# - The generators move together, the judges after them, on past translations that are cut off.
# - A cycle that closes proves that something was carried, not that one can see it.
# - A loss that is best where nothing happens needs another number beside it.

# %% [markdown] quiz="mirror_images"
# A CycleGAN is to translate left shoes into right ones. The translations are perfect shoes and come back exactly, but
# black ones become brown and brown ones black. Which loss finds fault?
#
# - [ ] the cycle :: It comes back exactly.
# - [ ] the judges :: If black and brown shoes are equally frequent, the pile of results looks as it should.
# - [x] the identity loss, if one is used :: $G_{AB}$ would have to leave a black right shoe black, and a network that
#   does so for right shoes most easily does so for left ones.

# %% [markdown] quiz="joint_optimizer"
# In the generators' turn a friend gives his optimizer the parameters of all four networks. What happens?
#
# - [ ] nothing: the judges have a turn of their own :: Each of their steps is then undone by another one.
# - [x] the judges learn to call translations real :: The generators' loss asks for $D(\hat b) = 1$, and the judges can
#   bring that about more easily than the generators.
# - [ ] the generators stop learning at once :: They still get gradients, from judges that flatter them.

# %% [markdown] quiz="jpeg"
# Somebody saves the translations of a long-trained CycleGAN as JPEG, and translates them back. The results are far
# worse than without saving, though the files look the same. Why?
#
# - [x] JPEG throws away small changes that no eye sees, and the message was in them :: Then the way back has only what
#   one can see.
# - [ ] $G_{BA}$ was not trained on JPEG's colors :: One sees no difference in them, and true comics saved as JPEG are
#   translated as before.
# - [ ] 32 × 32 pixels are too few :: The same happens with large pictures.

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a grader would:
#
# ```
# gancourse validate 09_cyclegan
# ```
#
# Graders run these checks and a few more, on inputs drawn afresh.
#
# ## Read on
#
# - J.-Y. Zhu, T. Park, P. Isola and A. Efros, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
#   Networks*, ICCV 2017, [arXiv:1703.10593](https://arxiv.org/abs/1703.10593). Section 3 has the losses, section 5.1.4
#   runs without parts of them, section 6 what fails.
# - C. Chu, A. Zhmoginov and M. Sandler, *CycleGAN, a Master of Steganography*, 2017,
#   [arXiv:1712.02950](https://arxiv.org/abs/1712.02950).
# - X. Mao, Q. Li, H. Xie, R. Lau, Z. Wang and S. Smolley, *Least Squares Generative Adversarial Networks*, ICCV 2017,
#   [arXiv:1611.04076](https://arxiv.org/abs/1611.04076).
# - J. Johnson, A. Alahi and L. Fei-Fei, *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*, ECCV
#   2016, [arXiv:1603.08155](https://arxiv.org/abs/1603.08155), where the generator comes from.

# %% demo=true folded="Your own translations, kept beside this notebook"
fig = draw_rows({"photo": test_a[10:18], "my comic": comics["λ = 1"][10:18]})
keepsake(fig, alt="Eight small faces as photos, and the comics that my network made of them.", name="my_comics")

# %% [markdown] last=true
# ## What you have built
#
# A translator that learned from two piles and no pair: residual blocks that leave no frame, a buffer of past
# translations, and a step in which four networks move in two turns. You have counted what its losses leave open. And
# you have found a message in a gray picture that no eye could see.
#
# **The same at full scale.**
#
# | | here | CycleGAN (2017) |
# |---|---|---|
# | pictures | 32 × 32 | 128 × 128 and 256 × 256 |
# | $G$ | halved once, 2 residual blocks, 16 to 32 channels | halved twice, 6 or 9 blocks, 64 to 256 channels |
# | $D$ | patches of 16 × 16 | patches of 70 × 70 |
# | normalization | instance, in the blocks | instance, but for $G$'s last layer and $D$'s first and last |
# | losses | least squares, λ = 1, μ = ½ | least squares, λ = 10, μ = 5 (or none) |
# | buffer | 50 translations | 50 translations |
# | batch | 4 | 1 |
# | training | about one pass | 200 passes |
#
# **Next:** small pictures become large. There the pairs come for free: every large picture has a small one.
