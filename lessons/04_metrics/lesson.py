# %% [markdown] builds="the scores that papers print, entropy to coverage, and what each one misses" hours=4 stars=2
# # 04 · How good is a GAN?
#
# The last lesson ended with faces, and with the question that every paper on GANs has to answer:
# are these better than those? Looking at a few samples flatters. The losses say nothing. This lesson
# builds the scores that people print in tables, one by one, and then breaks each of them.
#
# **You will be able to**
#
# - write the Inception Score, the FID, the KID, precision and recall, density and coverage, and get the
#   numbers that the well-kept libraries get;
# - say for each score what it looks at, and name a bad generator that it calls good;
# - correct for the number of samples, which moves an FID more than many a new idea has;
# - measure copying, and what a discriminator has learned, with a nearest neighbor and a linear probe;
# - read an evaluation that somebody else ran, and find what is wrong with it.
#
# **Time:** about four and a half hours, of which the machine works two minutes. No GPU is needed.
# **Builds on:** lessons 02 and 03 (mode collapse, a GAN for faces), some linear algebra (eigenvalues of a symmetric
# matrix).

# %% [markdown]
# ![Left: one row of small drawn faces for each of six generators: real and unseen, blurred, noisy, two hair
# styles only, copies of the training set, one picture per hair style. Right: a table of nine scores for
# each. Orange fields mark what a score calls worse than real pictures, blue what it calls better, white
# what it cannot tell from real. No row has an orange field for every defect.](images/table.png)
#
# *What you will build: the table on the right. Each column is a generator with one known defect, each
# row a score. Orange: worse than real pictures. White: no different from real pictures. Blue: better
# than real pictures. Look along the rows. No score sees everything.*

# %% name="setup"
import torch
import torch.nn.functional as F
from matplotlib.patches import Circle, Rectangle

from gancourse import choose_threads, data, device, each, keepsake, quick, seed_everything, show, working
from gancourse.checks import public
from gancourse.plots import FAKE, PALETTE, REAL, axes, figure

check = public("04_metrics")
choose_threads()
seed_everything(0)

# %% [markdown]
# ## 1. Eyes
#
# An explicit model can be judged by the probability it gives to new data. A GAN has no density, so
# all we have are two heaps of pictures: real ones and made ones. How alike are the heaps? Pixels are
# a poor place to ask. Shift a face by one pixel, and every pixel changes while nobody sees it; blur
# it, and the pixels hardly move while everybody sees it.
#
# So all scores of this lesson look through the eyes of a network trained for something else. Its last
# hidden layer turns a picture into a list of *features*, its output into probabilities of classes.
# The field uses Inception, a classifier of ImageNet. Its weights are a download, and this course works
# without one. It brings eyes of its own: a small network that reads hair, age, smile and glasses from
# drawn faces. It has 128 features, and we take its seven **hair styles** as the classes.
#
# **Numbers of this lesson are therefore not comparable with those in papers.** Nor are numbers from
# papers with each other, unless network, preprocessing, real set and sample size agree.

# %% name="eyes" demo=true folded="Loads the eyes: a network that turns pictures into features and probabilities"
from gancourse.metrics import embed, face_network

network = face_network(device=device())


class Sample:
    """Pictures (n, 3, H, W) as bytes, their features (n, 128) and the probabilities of hair styles (n, 7)."""

    def __init__(self, pictures, features, probabilities):
        self.pictures, self.features, self.probabilities = pictures, features, probabilities

    def __getitem__(self, which):
        return Sample(self.pictures[which], self.features[which], self.probabilities[which])


def look(pictures):
    """What the network sees in pictures."""
    with working(f"looking at {len(pictures):,} pictures", len(pictures) * 1.6e-3):
        return Sample(pictures, *embed(pictures, network))


# %% [markdown]
# ### Six generators
#
# To know what a score sees, give it generators whose defect is known. We plant the defects ourselves:
# real pictures that were in no training set stand for a perfect generator; the same pictures
# blurred, or with noise, for bad ones; then one that has only two of the seven hair styles; one that
# repeats its training set; and one with a single perfect picture for each hair style.
#
# Drawing the faces and looking at them usually takes half a minute, the first time.

# %% name="data" demo=true
N = quick(1000, 200)  # pictures in each set
draw = torch.Generator().manual_seed(0)
faces = data.load("faces", size=32, split="train", attributes=["hair_style"], n=quick(6000, 1400))
everything = look(faces.pixels)
known, fresh = faces.subset(slice(0, N)), faces.subset(slice(N, None))  # in training; in no training set
train, pool = everything[:N], everything[N:]
held_out = look(data.load("faces", size=32, split="test", n=N).pixels)

# %% name="defects" demo=true folded="Plants the defects: six generators by their names"
from gancourse.metrics.defects import plant

sureness = pool.probabilities.max(1).values
planted = {
    "real, unseen": ("blur", 0),
    "blurred": ("blur", 0.5),
    "noisy": ("noise", 0.2),
    "two styles": ("dropped", 5 / 6),
    "copies": ("copies", 1),
    "one per style": ("one_per_class", 1),
}
generators = {}
for name, (defect, strength) in each(planted.items(), "planting six defects", 16, total=len(planted)):
    generators[name] = look(plant(defect, strength, fresh, known, n=N, sureness=sureness))
unseen = generators["real, unseen"]


# %% name="strips" demo=true folded="Draws a row of faces for each generator"
def draw_strips(panels, generators, columns=12):
    """One row of pictures per generator, one panel each."""
    for ax, (name, made) in zip(panels, generators.items(), strict=True):
        row = made.pictures[:columns].permute(0, 2, 3, 1)  # n, height, width, channels
        ax.imshow(torch.cat(list(row), 1))
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
        ax.set(xticks=[], yticks=[])
        ax.grid(False)


fig = figure(9.5, 4.9)
draw_strips(axes(fig, len(generators), 1), generators)
show(
    fig,
    alt="Six rows of drawn faces: sharp and varied; slightly blurred; with colored grain; sharp, but all with "
    "straight or wavy hair; sharp and varied; and the same seven faces over and over.",
)

# %% [markdown]
# Rank the six rows by eye before you go on. Most people find rows four and five perfect, and for a
# dozen pictures they are.
#
# **What you may use.** In your answers torch, NumPy, and SciPy with all they have, `scipy.stats.entropy` and the
# like included. Finished scores, and scikit-learn, come in section 10 to compare with. While you are graded they
# are not there. You may call what you wrote in an exercise above.
#
# **What holds in all exercises.** *One number* is a tensor of shape (), a float, a fraction or a NumPy number; a *pair*
# is two of them. Leave what you are given as it is. Any precision will do where the text does not ask for double.
#
# ## 2. The Inception Score
#
# Salimans and others (2016) asked for two things. *Each* picture should be of something: the network
# is sure of its class. *All* pictures together should be of everything: on the whole, every class
# comes up. Sureness and spread are both measured by entropy, so that is where you begin.

# %% [markdown] exercise="information" stars=1 minutes=10
# ### Exercise 1: entropy and divergence, to warm up
#
# Two functions of a line each, with the natural logarithm: the unit is the *nat*. Both work on tensors
# whose **last** dimension holds the probabilities: shape (…, K) in, shape (…) out.
#
# - The **entropy** $H(p) = -\sum_k p_k \log p_k$, in which $0 \cdot \log 0$ counts 0.
# - The **Kullback–Leibler divergence** $\mathrm{KL}(p \,\|\, q) = \sum_k p_k \log \frac{p_k}{q_k}$: how many
#   nats you lose if you expect $q$ and the world is $p$. Shapes broadcast: `q` may be one distribution (K,)
#   beside many `p` (n, K). Where $p_k = 0$ the term is 0, even if $q_k = 0$ too. Where $q_k = 0$ and $p_k > 0$
#   the impossible has happened, and the result is infinity: not NaN, and not just a large number.
#
# The last function of the cell hands both to the check. Leave it as it is.

# %% [markdown] hints="information"
# One product and one sum each. The only trouble is a probability of 0. And the logarithm of a quotient is a
# difference: both of its parts are sums of the first kind.
# ---
# $H(p) = -\sum_k p_k \log p_k$ over the last dimension, which `sum(-1)` sums over, however many there are.
# $\mathrm{KL} = \sum_k p_k \log p_k - \sum_k p_k \log q_k$, where the first factor is $p$ in both; check the three
# cases $p = 0$, $q = 0$, both.
# ---
# `torch.xlogy(a, b)` is $a \log b$, and 0 where $a$ is 0, and −∞ where $b$ is 0 and $a$ is not. Use it
# with the same tensor twice for the entropy; twice, subtracted, for the divergence.


# %% solution="information"
def entropy(p):
    """H(p) in nats; p has shape (…, K) and sums to 1 over its last dimension. Returns shape (…)."""
    ### BEGIN SOLUTION
    return -torch.xlogy(p, p).sum(-1)
    ### END SOLUTION


def kl_divergence(p, q):
    """KL(p ‖ q) in nats over the last dimension; p and q of shape (…, K) broadcast. Returns shape (…)."""
    ### BEGIN SOLUTION
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
    ### END SOLUTION


def information():
    """Both, for the check."""
    return entropy, kl_divergence


# %% test="information" points=1

# %% [markdown] exercise="inception_score" stars=2 minutes=10
# ### Exercise 2: the Inception Score
#
# Let $p(y \mid x_i)$ be the class probabilities of picture $i$, and $p(y)$ their mean over all pictures.
# The score asks how far each picture's classes are from the average picture's:
#
# $$\mathrm{IS} = \exp\Bigl( \tfrac1n \textstyle\sum_i \mathrm{KL}\bigl(p(y \mid x_i) \,\|\, p(y)\bigr) \Bigr).$$
#
# You get the table of probabilities (n, K), of one picture or more; return one number. Use all pictures at once.
# (Papers often cut the set into ten parts, and report the mean and the spread over the parts.)

# %% [markdown] hints="inception_score"
# First the average picture: over which dimension? Then one divergence per picture, then their mean,
# and the exponential at the very end.
# ---
# $p(y) = \frac1n \sum_i p(y \mid x_i)$ has shape (K,). The mean is taken of the divergences, *inside*
# the exponential.
# ---
# `marginal = probabilities.mean(0)`; then your `kl_divergence` of the table and the marginal gives
# (n,); `.mean().exp()`.


# %% solution="inception_score"
def inception_score(probabilities):
    """The Inception Score from class probabilities (n, K): a number from 1 to K."""
    ### BEGIN SOLUTION
    marginal = probabilities.mean(0)
    return kl_divergence(probabilities, marginal).mean().exp()
    ### END SOLUTION


# %% test="inception_score" points=1

# %% [markdown]
# The exponential turns nats into a *number of classes*: between 1, where all pictures look like the
# same thing or like nothing, and K. The mean divergence is also a difference of entropies, the
# entropy of the whole minus the mean entropy of one picture. The cell below prints both.

# %% [markdown] predict="highest_inception_score"
# Which of the six generators gets the highest Inception Score?
#
# - [ ] *real, unseen*: nothing is better than reality :: Reality has rare styles, and faces whose style nobody can
#   see, and is marked down for both.
# - [ ] *copies*: each picture is perfect, and there are many :: They get what real pictures get: copies are real
#   ones.
# - [x] *one per style*: seven pictures :: Yes. Each is sure, all classes come up, and more is not asked.
# - [ ] *two styles*: the network has least to doubt :: Each picture may be sure, but two classes of seven are little
#   spread.
#
# ---
# *One per style* wins, close to the highest score there can be, with seven pictures in all.

# %% demo=true
print("generator        score   whole   each   (entropies in nats)")
for name, made in generators.items():
    p = made.probabilities
    whole, apiece = entropy(p.mean(0)), entropy(p).mean()
    print(f"{name:15} {float(inception_score(p)):6.2f} {float(whole):7.2f} {float(apiece):6.2f}")

# %% [markdown]
# Blur and noise make the network unsure (*each* rises), and two styles leave little to spread
# (*whole* falls): the score sees all three. But the winner has only seven pictures. It beats reality. Rare styles cost
# reality little; nearly all that it is marked down for are faces whose class cannot be seen, bald heads and heads under
# hats, one in five. Without them its score would rise from 5.4 to 6.6 (`python lessons/04_metrics/bench.py --text`).
# The score never looks at a real picture, and it cannot see variety *within* a class.
#
# Barratt and Sharma (2018) list more that goes wrong: the score depends on which weights of the
# network are used, and on the number of parts the set is cut into; on data that are not ImageNet's its
# classes mean little; and whoever optimizes it gets pictures that fool the network.
#
# ## 3. The Fréchet distance
#
# Heusel and others (2017) compare made with real. Take the features of each heap, and pretend that they
# are a cloud of points from a normal distribution. Such a cloud is described by its mean and its
# covariance. The distance between two normal distributions has a closed form, due to Fréchet in one
# dimension and to Dowson and Landau (1982) in many:
#
# $$d^2 = \lVert \mu_1 - \mu_2 \rVert^2
# + \operatorname{tr}\bigl(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2}\bigr).$$
#
# With Inception's features $d^2$ is the **FID**: the *square*, although it is called a distance. The
# first part compares where the clouds are, the second how they spread. If both covariances
# are diagonal, the second part is simply $\sum_i (\text{std}_{1i} - \text{std}_{2i})^2$.


# %% name="moments"
def moments(features):
    """Mean (d,) and covariance (d, d) of features (n, d), in double precision; the covariance has n − 1 below."""
    features = features.double()
    return features.mean(0), torch.cov(features.T)


# %% [markdown] exercise="frechet_distance" stars=3 minutes=25
# ### Exercise 3: the Fréchet distance
#
# The trouble is $(\Sigma_1 \Sigma_2)^{1/2}$. The product of two symmetric matrices is not symmetric,
# and where features are always 0 (after a ReLU, some are) or pictures are fewer than dimensions, it is
# singular as well. Many implementations call a general matrix square root here. It is slow; on singular
# products it may return NaN or imaginary numbers; and so people add a small number to the diagonal
# and hope. It can be done without.
#
# Return $d^2$ for means (d,) and covariances (d, d), as one number. The covariances are symmetric and
# have no negative eigenvalue, but they may be singular or even 0. The result must be right to four
# digits then too (a true 0 to $10^{-4}$, of either sign): never NaN, never complex. Compute in double precision,
# whatever comes in.

# %% [markdown] hints="frechet_distance"
# You need no square root of a matrix, only the *trace* of one: the sum of the square roots of the
# eigenvalues of $\Sigma_1 \Sigma_2$. Find a symmetric matrix with the same eigenvalues; for those there
# is a routine that is fast and safe.
# ---
# For square matrices $AB$ and $BA$ have the same eigenvalues. With $\Sigma_1 = RR$, $R = \Sigma_1^{1/2}$
# symmetric, $\Sigma_1\Sigma_2 = R\,(R\Sigma_2)$ has those of $R \Sigma_2 R$, which is symmetric. And $R =
# V \operatorname{diag}(\sqrt{\lambda})\, V^\top$ if $\Sigma_1 = V \operatorname{diag}(\lambda)\, V^\top$.
# ---
# `values, vectors = torch.linalg.eigh(sigma1)`. Eigenvalues that should be 0 come out as ±10⁻¹⁷:
# `.clamp(min=0)` before each root. Build `R`, then `torch.linalg.eigvalsh(R @ sigma2 @ R)`, clamp, root,
# sum. Last come the other terms.


# %% solution="frechet_distance"
def frechet_distance(mu1, sigma1, mu2, sigma2):
    """The squared Fréchet distance between two normal distributions.

    Args:
        mu1, mu2: the means, shape (d,).
        sigma1, sigma2: the covariances, shape (d, d), symmetric, without negative eigenvalues.

    Returns:
        one number.
    """
    ### BEGIN SOLUTION
    mu1, sigma1, mu2, sigma2 = (t.double() for t in (mu1, sigma1, mu2, sigma2))
    values, vectors = torch.linalg.eigh(sigma1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ sigma2 @ root).clamp(min=0).sqrt().sum()
    return (mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace() - 2 * cross
    ### END SOLUTION


# %% test="frechet_distance" points=2

# %% [markdown] predict="copies_and_the_fid"
# A generator that repeats its training set, against pictures that are real and new: which has the lower FID?
#
# - [x] the copies :: Yes: the very sample that it is compared with. No new picture can be as near to it.
# - [ ] the new ones, for copies are no art :: The FID knows of no art. It asks how near the two heaps are.
# - [ ] both have 0, for both are perfect :: Two different samples of the same thing have different means and
#   covariances.
#
# ---
# The copies have an FID of 0; real and new pictures do not. Whoever is better than real pictures has likely copied.

# %% demo=true open="the numbers that the next section is about"
reference = moments(train.features)
zeros = int((torch.linalg.eigvalsh(reference[1]) < 1e-9).sum())
print(f"{zeros} of the 128 eigenvalues of the training set's covariance are 0: it is singular.\n")
for name, made in generators.items():
    print(f"{name:15} FID {float(frechet_distance(*reference, *moments(made.features))):z7.2f}")

# %% [markdown]
# One per style, the Inception Score's champion, is now the worst. Blur, noise and missing styles are
# all seen, for the FID looks at everything at once and returns one number. But look at the first line
# and at *copies*. Two sets of real faces have an FID above 0.
#
# ### How many pictures?
#
# The means and covariances are estimated from samples, and every error in them adds distance. So the
# FID of finite samples is too large: it is **biased**. Chong and Forsyth (2020) show that the excess
# goes down like $1/n$. By how much? You will work it out, and then measure it.

# %% [markdown] exercise="fid_bias" stars=3 minutes=30
# ### Exercise 4: the bias, step by step
#
# Take a generator that is perfect: both heaps come from the *same* normal distribution, so that the true distance
# is 0. Turn the axes until its covariance is diagonal,
# $\Sigma = \operatorname{diag}(\lambda_1, \dots, \lambda_d)$. We draw $m$ real pictures and $n$ made ones and
# estimate means $\hat\mu_1, \hat\mu_2$ and covariances $\hat\Sigma_1, \hat\Sigma_2$ from them. What distance do we
# expect? Four small functions, each checked on its own; `spectrum` is $\lambda$, shape (d,), in double precision,
# with no $\lambda_i$ below 0.
#
# 1. `mean_excess`: the mean of $\lVert \hat\mu_1 - \hat\mu_2 \rVert^2$. The mean of $n$ independent numbers with
#    variance $\lambda$ has variance $\lambda / n$.
# 2. `entry_variances`: the variance of each entry $\hat\Sigma_{ij}$ from $n$ points, as a table (d, d). The estimate
#    averages products $x_i x_j$, and has $n - 1$ below, for the mean costs one point: it is
#    $\operatorname{Var}(x_i x_j) / (n - 1)$. For centered normal numbers
#    $\mathbb E[x_i^2 x_j^2] = \lambda_i \lambda_j$ where $i \ne j$, and $\mathbb E[x_i^4] = 3 \lambda_i^2$.
# 3. `spread_excess`: the mean of the second part, given the variances $v_{ij}$ of the entries of
#    $\hat\Sigma_1 - \hat\Sigma_2$. A small symmetric error $E$ of a covariance moves the distribution by
#    $d^2 \approx \frac12 \sum_{ij} E_{ij}^2 / (\lambda_i + \lambda_j)$. (In one dimension:
#    $(\sqrt{\lambda + E} - \sqrt{\lambda})^2 \approx E^2 / 4 \lambda$.) The sum runs over all $i$ and $j$. Where
#    $\lambda_i + \lambda_j = 0$ nothing varies ($v_{ij} = 0$), and nothing is added; a 0 beside a $\lambda$ above 0
#    counts like any other, and so does a sum that is small.
# 4. `drawn_on`: all of this goes down like $1/n$. So given FIDs, plain numbers, at two or more different `sizes`, fit
#    the line $\text{FID} = a + b/n$ to them by least squares, and return the pair $(a, b)$. What the line says at
#    $1/n = 0$ is called FID$_\infty$.

# %% [markdown] hints="fid_bias"
# Step 1: independent errors add up, dimension by dimension. Step 2: a variance is a mean square less a squared
# mean; what is the mean of $x_i x_j$ for $i \ne j$, and for $i = j$? Step 3: take the mean of the formula; what is
# the mean of $E_{ij}^2$? Step 4: a straight line, but over which axis?
# ---
# 1: $\sum_i \lambda_i (\frac1m + \frac1n)$. 2: $\lambda_i \lambda_j / (n-1)$ off the diagonal and
# $(3 - 1) \lambda_i^2 / (n-1)$ on it. 3: $\frac12 \sum_{ij} v_{ij} / (\lambda_i + \lambda_j)$. 4: least squares
# with the columns $1$ and $1/n$.
# ---
# 2: `torch.outer` gives all products, `torch.eye(d)` is 1 on the diagonal. 3: `spectrum[:, None] + spectrum` has
# all sums; put something above 0 in the place of a 0 before you divide. 4: `numpy.polyfit(…, …, 1)` against
# all $1/n$ returns the slope first; `torch.linalg.lstsq` does as well.


# %% solution="fid_bias"
def mean_excess(spectrum, m, n):
    """Step 1: the mean of ‖μ̂₁ − μ̂₂‖² for m and n points; one number."""
    ### BEGIN SOLUTION
    return spectrum.sum() * (1 / m + 1 / n)
    ### END SOLUTION


def entry_variances(spectrum, n):
    """Step 2: the variance of every entry of a covariance estimated from n points, (d, d)."""
    ### BEGIN SOLUTION
    return torch.outer(spectrum, spectrum) * (1 + torch.eye(len(spectrum))) / (n - 1)
    ### END SOLUTION


def spread_excess(spectrum, variances):
    """Step 3: what errors with these variances (d, d) add to the distance; one number."""
    ### BEGIN SOLUTION
    return (variances / (spectrum[:, None] + spectrum).clamp(min=1e-300)).sum() / 2
    ### END SOLUTION


def drawn_on(sizes, fids):
    """Step 4: (a, b) of the line a + b/n that is nearest to FIDs at these sizes, lists of numbers."""
    ### BEGIN SOLUTION
    one_over, fids = (torch.tensor(x, dtype=torch.float64)[:, None] for x in ([1 / n for n in sizes], list(fids)))
    columns = torch.cat([torch.ones_like(one_over), one_over], 1)
    return torch.linalg.lstsq(columns, fids).solution.flatten()
    ### END SOLUTION


def fid_bias():
    """The four steps, for the check. Leave it as it is."""
    return mean_excess, entry_variances, spread_excess, drawn_on


# %% test="fid_bias" points=3

# %% [markdown] exercise="bias_sweep" stars=2 minutes=15
# ### Exercise 5: the sweep that measures it
#
# Now the experiment. Given features `real` (m, d) and `fake` (n, d), a list of `sizes`, how many `times` to repeat,
# and a function `distance(x, y)`: for each size in turn draw so many of the real rows, and so many of the fake ones,
# at random, ask `distance` for that pair, real ones first, and do this `times` times. Then `yield` the pair (size,
# distances): the size and the list of what `distance` said, in order. Only then go on to the next size, so that
# whoever listens can show how far it is.
#
# Each draw takes every row at most once, is made anew, for each size and each time, and on either side by itself. Each
# list is a new one. No size is larger than m or n.

# %% [markdown] hints="bias_sweep"
# Two loops, one inside the other; the `yield` belongs to the outer one. What must be drawn inside the inner one?
# ---
# A random choice without repetition: the first so many of a random order.
# ---
# `torch.randperm(len(real))[:size]` are the places of one draw; rows are taken by `real[places]`. In the inner loop
# draw for both sides, append what `distance(…, …)` says to a list; after it, `yield size, found`.


# %% solution="bias_sweep"
def bias_sweep(real, fake, sizes, times, distance):
    """Measure a distance at several sample sizes.

    Args:
        real, fake: features, shapes (m, d) and (n, d).
        sizes: how many rows to draw from either side.
        times: how often to draw at each size.
        distance: takes (x, y), both of shape (size, d); returns a number.

    Yields:
        (size, list of `times` numbers), one size after the other.
    """
    ### BEGIN SOLUTION
    for size in sizes:
        found = []
        for _ in range(times):
            x = real[torch.randperm(len(real))[:size]]
            y = fake[torch.randperm(len(fake))[:size]]
            found.append(distance(x, y))
        yield size, found
    ### END SOLUTION


# %% test="bias_sweep" points=2

# %% [markdown]
# Now your sweep against your formula. One half of the real faces is compared with the other, and with the other
# a little blurred. The formula needs $\lambda$ and $n$, and no experiment at all. The sweep usually takes
# ten seconds.

# %% [markdown] predict="a_hundred_or_two_thousand"
# Which FID is larger: that of 100 real faces against 100 others, or that of 2,000 *blurred* faces against 2,000
# real ones?
#
# - [x] the one of the 100 real faces :: Yes. At 100 the bias is larger than what blur does to 2,000.
# - [ ] the one of the blurred faces: they are worse :: They are. But the error of 100 pictures weighs more.
# - [ ] about the same :: Put $n = 100$ into your formula: the bias alone is some 12.
#
# ---
# The 100 real ones, by far: about 11 against 4. The number of pictures moves an FID more than many a new idea.

# %% name="bias" demo=true open="it runs the sweep that you wrote"
from gancourse.metrics.defects import blur

half = len(everything.features) // 2
sizes = [n for n in (100, 150, 200, 300, 500, 1000, 2000) if n <= half]
first, second = everything[:half], everything[half:]
rivals = {"the other half": second, "a little blurred": look(blur(second.pictures, 0.35))}


def distance(x, y):
    return float(frechet_distance(*moments(x), *moments(y)))


curves = {}
with working("comparing halves at several sizes", 8) as done:
    for name, rival in rivals.items():
        curves[name] = {}
        for n, found in bias_sweep(first.features, rival.features, sizes, 5, distance):
            curves[name][n] = found
            done((len(curves) - 1 + len(curves[name]) / len(sizes)) / len(rivals))

# %% name="theory" demo=true
spectrum = torch.linalg.eigvalsh(moments(everything.features)[1]).clamp(min=0)


def expected_excess(n):
    """What your steps 1 to 3 say of the FID of n pictures against n, if both heaps were one normal distribution."""
    return float(mean_excess(spectrum, n, n) + spread_excess(spectrum, 2 * entry_variances(spectrum, n)))


# %% demo=true folded="Draws the FID against n and against 1/n, with your formula and your lines"
fig = figure(9.5, 3.4)
left, right = axes(fig, 1, 2)
one_over = torch.tensor([1 / n for n in sizes], dtype=torch.float64)
for (name, found), color, dash in zip(curves.items(), (REAL, FAKE), ("-", "--"), strict=True):
    table = torch.tensor(list(found.values()), dtype=torch.float64)
    mean, spread = table.mean(1), table.std(1)
    left.errorbar(sizes, mean, spread, color=color, ls=dash, marker="o", ms=4, label=name)
    right.errorbar(one_over, mean, spread, color=color, ls="", marker="o", ms=4)
    limit, slope = (float(x) for x in drawn_on(sizes[-4:], mean[-4:].tolist()))
    ends = [limit, limit + slope / sizes[0]]
    right.plot([0, 1 / sizes[0]], ends, color=color, ls=dash, label=f"ends at {limit:z.1f}")
left.plot(sizes, [expected_excess(n) for n in sizes], color="0.3", ls=":", lw=2, label="your formula")
left.set(xlabel="pictures n", ylabel="FID", xscale="log", title="too few pictures, too large an FID")
left.set_xticks(sizes, list(map(str, sizes)))
left.minorticks_off()
right.set(xlabel="1/n", title="drawn on to infinitely many")
for ax in (left, right):
    ax.legend(fontsize=9)
show(
    fig,
    alt="Left: the FID against the number of pictures, of real faces and of blurred ones, beside a dotted line "
    "that the formula gives. Right: the same against 1/n, with lines drawn on to 1/n = 0.",
)

# %% [markdown]
# The dotted line is your formula: it comes within a third of what is measured, at every $n$, although features
# after a ReLU are far from normal. With 100 pictures, real faces have a worse FID than blurred ones have with
# 2,000. So compare FIDs only at the same $n$, on either side; say $n$; and take many. The field takes 50,000, and
# needs them: with Inception's 2,048 features $\operatorname{tr} \Sigma$ and the number of entries are larger, and
# so is the excess.
#
# On the right, from a few hundred pictures on, the points lie on lines. That of the real faces should end at 0,
# and ends near it. It may end a little *below*: FID$_\infty$ is an estimate with an error of either sign, and no
# distance any more. How steep a line is depends on the generator, by your own formula: on its $\lambda$. So at
# small $n$ even the *order* of two good generators may come out wrong.
#
# ## 4. The kernel distance
#
# Bińkowski and others (2018) replace the normal distributions by a *maximum mean discrepancy*. A kernel $k(a, b)$ says
# how alike two feature vectors are. If real and made pictures come from the same source, then two made ones are on
# average as alike as two real ones, and as alike as a made one and a real one. With
#
# $$k(a, b) = \Bigl(\tfrac1d\, a \cdot b + 1\Bigr)^3, \qquad
# \mathrm{KID} = \underset{i \ne j}{\text{mean}}\, k(x_i, x_j) + \underset{i \ne j}{\text{mean}}\, k(y_i, y_j)
# - 2\, \underset{i, j}{\text{mean}}\, k(x_i, y_j).$$
#
# No normality is assumed; the cube compares means, covariances and third moments. And because
# no picture is compared with itself, the estimate is **unbiased**.

# %% [markdown] exercise="kid" stars=2 minutes=15
# ### Exercise 6: the KID
#
# Write the formula for features `x` (m, d) and `y` (n, d), with any m and n of at least 2. In the
# first two means the pairs of a picture with itself, $i = j$, are left out, of the sum and of the count; two pictures
# with equal features are a pair like any other. The third
# is over all $mn$ pairs. Return one number, not multiplied by anything, and as it is if it is negative.
# Compute in double precision: it is a small difference of large numbers.

# %% [markdown] hints="kid"
# Three tables of kernel values: x with x, y with y, x with y. All entries of a table come from one
# matrix product. In two of them the diagonal is not wanted.
# ---
# $\frac{1}{m(m-1)}\bigl(\sum_{ij} K_{ij} - \sum_i K_{ii}\bigr)$ for the tables with a diagonal;
# the plain mean for the third.
# ---
# `K = (x @ x.T / d + 1) ** 3` with `d = x.shape[1]`, after `x, y = x.double(), y.double()`. Then
# `(K.sum() - K.trace()) / (m * (m - 1))`. The same for `y`; then minus twice the mean of the
# mixed table.


# %% solution="kid"
def kid(x, y):
    """The unbiased squared MMD with the kernel (a·b/d + 1)³ between features (m, d) and (n, d): one number."""
    ### BEGIN SOLUTION
    x, y = x.double(), y.double()

    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def mean_of_others(table):
        return (table.sum() - table.trace()) / (len(table) * (len(table) - 1))

    return mean_of_others(kernel(x, x)) + mean_of_others(kernel(y, y)) - 2 * kernel(x, y).mean()
    ### END SOLUTION


# %% test="kid" points=2

# %% demo=true folded="Draws FID and KID of the halves against n, and prints the KID of each generator"
draws = dict(bias_sweep(first.features, second.features, sizes, 5, kid))
fig = figure(9.5, 3)
for ax, (score, found) in zip(axes(fig, 1, 2), {"FID": curves["the other half"], "KID": draws}.items(), strict=True):
    table = torch.tensor([[float(x) for x in found[n]] for n in sizes])
    ax.errorbar(sizes, table.mean(1), table.std(1), color=REAL, marker="o", ms=4)
    ax.axhline(0, color="0.4", ls=":")
    ax.set(title=f"{score} of two halves of the real faces", xlabel="pictures n", xscale="log")
    ax.set_xticks(sizes, list(map(str, sizes)))
    ax.minorticks_off()
show(
    fig,
    alt="Two scores of real faces against real faces, by the number of pictures, with their spread over five draws.",
)
for name, made in generators.items():
    print(f"{name:15} KID {float(kid(train.features, made.features)):8.3f}")

# %% [markdown]
# The FID of the halves falls all the way. The KID does not: it strays around 0, below it too, less
# and less with more pictures. Few pictures make it uncertain, not wrong, so its spread belongs beside
# it. What it sees is close to what the FID sees, with another weighting: a cube is fond of large
# features. And it, too, finds nothing wrong with copies.
#
# ## 5. Precision and recall
#
# One number cannot tell *bad pictures* from *missing pictures*. Sajjadi and others (2018) asked for two:
# **precision**, the share of made pictures that could be real; **recall**, the share of real ones that
# could have been made. Kynkäänniemi and others (2019) made them easy to compute. Around every real
# picture (in feature space) draw a ball that reaches to its $k$-th nearest real neighbor. All balls
# together are a guess at where real pictures live. Precision is the share of made pictures inside.
# Swap the roles for recall.

# %% [markdown] exercise="precision_recall" stars=3 minutes=25
# ### Exercise 7: precision and recall
#
# For features `real` (m, d) and `fake` (n, d) and a number of neighbors `k` return the pair (precision, recall).
# Conventions: the distance is Euclidean. The radius of a point's ball is the distance to its $k$-th nearest neighbor
# among the *other* points of its own set; a point is no neighbor of itself. A twin, in the same place, is another
# point, at distance 0. A point on the edge of a ball is inside. m and n may differ, and `k` is smaller than both. (With
# more than 25 points on a side, `torch.cdist` takes a short cut that rounds: twins may come out a hair apart. The
# checks ask for twins and edges among fewer points only, and exercise 9 comes back to it.)

# %% [markdown] hints="precision_recall"
# You need two things: the radius of each point's ball, from the distances within one set; and a table
# that says which point of the other set is inside which ball. Then it is enough to be in *any* ball.
# ---
# $r_i$ = the $(k+1)$-th smallest entry of row $i$ of the distances within a set, since the smallest is the
# point itself, at 0. Precision is the mean over $j$ of "some $i$ has $\lVert \text{real}_i -
# \text{fake}_j \rVert \le r_i$".
# ---
# `torch.cdist(real, real).kthvalue(k + 1).values` has shape (m,). With `table = torch.cdist(real, fake)`
# of shape (m, n): compare with `radius[:, None]`, then `.any(0)` over the balls, then the mean. For
# recall, compare the same table with the radii of the fakes, `[None, :]`, and `.any(1)`.


# %% solution="precision_recall"
def precision_recall(real, fake, k):
    """Kynkäänniemi and others' precision and recall with balls to the k-th neighbor.

    Args:
        real, fake: features, shapes (m, d) and (n, d).
        k: which neighbor gives the radius, from 1.

    Returns:
        (precision, recall), two numbers from 0 to 1.
    """
    ### BEGIN SOLUTION
    real, fake = real.double(), fake.double()
    real_radius = torch.cdist(real, real).kthvalue(k + 1).values
    fake_radius = torch.cdist(fake, fake).kthvalue(k + 1).values
    table = torch.cdist(real, fake)
    precision = (table <= real_radius[:, None]).any(0)
    recall = (table <= fake_radius[None, :]).any(1)
    return precision.double().mean(), recall.double().mean()
    ### END SOLUTION


# %% test="precision_recall" points=2

# %% [markdown]
# In two dimensions the balls can be drawn. The real points form three groups; the generator has found
# two of them and also makes a few points where nothing is. On the left look for orange crosses
# outside of all blue balls, on the right for blue dots outside of all orange ones.

# %% demo=true folded="Three groups of real points, two of made ones, and three strays"
groups = torch.tensor([[0.0, 0.0], [4.0, 0.5], [2.0, 3.5]])
real = torch.cat([g + 0.5 * torch.randn(15, 2, generator=draw) for g in groups])
fake = torch.cat([g + 0.4 * torch.randn(17, 2, generator=draw) for g in groups[:2]])
fake = torch.cat([fake, torch.tensor([[5.0, 3.2], [5.6, 3.4], [5.2, 3.9]])])
precision, recall = (float(share) for share in precision_recall(real, fake, k=3))
titles = (f"balls around real points: precision {precision:.2f}", f"around made ones: recall {recall:.2f}")

# %% demo=true folded="Draws the balls around real and around made points"
fig = figure(9.5, 4.2)
panels = axes(fig, 1, 2, sharex=True, sharey=True)
for ax, centers, color, title in zip(panels, (real, fake), (REAL, FAKE), titles, strict=True):
    reach = torch.cdist(centers, centers).kthvalue(4).values
    for (x, y), r in zip(centers.tolist(), reach.tolist(), strict=True):
        ax.add_patch(Circle((x, y), r, color=color, alpha=0.13, lw=0))
    ax.scatter(*real.T, color=REAL, s=22, label="real")
    ax.scatter(*fake.T, color=FAKE, s=28, marker="x", label="made")
    ax.set(title=title, aspect="equal", xlim=(-1.8, 6.6), ylim=(-1.6, 5.2))
panels[0].legend(loc="upper left", fontsize=9)
show(
    fig,
    alt="Two groups of real points are covered by made ones, the third is not; three made points lie apart. Left, "
    f"balls around the real points: the three strays are outside, precision {precision:.2f}. Right, balls around "
    f"the made points: the third group is mostly outside, recall {recall:.2f}.",
)

# %% [markdown]
# The three strays cost precision, the forgotten group costs recall, and the two numbers say which is
# which. The picture also shows the weak spot. A point that stands alone has a huge ball. On the left
# anything made near a lonely real point counts as good; on the right the strays, of all points, claim
# half of the sky and win back a little recall.
#
# ## 6. Density and coverage
#
# Naeem and others (2020) repair two things. Instead of asking *whether* a made point is in a ball, count
# in *how many*: a lonely real point then gives little. And measure variety by the balls of the *real*
# points only, whose places do not change with the generator, so that strays cannot buy recall:
#
# $$\text{density} = \frac{1}{k\,n} \sum_{j=1}^{n} \sum_{i=1}^{m} 1\bigl[\text{fake}_j \in B_i\bigr], \qquad
# \text{coverage} = \frac1m \sum_{i=1}^{m} 1\bigl[\text{some fake}_j \in B_i\bigr],$$
#
# where $B_i$ is the ball of real point $i$.

# %% [markdown] exercise="density_coverage" stars=2 minutes=15
# ### Exercise 8: density and coverage
#
# With the conventions of exercise 7 (Euclidean; the $k$-th neighbor among the others, a twin too; the edge is
# inside), return the pair (density, coverage) for `real` (m, d), `fake` (n, d) and `k`.

# %% [markdown] hints="density_coverage"
# Everything is in one table of yes and no: which made point (column) is in the ball of which real point
# (row). One score counts its entries, the other asks something of each row.
# ---
# Density: the number of entries that are true, divided by $k$ and by the number $n$ of made points.
# Coverage: the share of rows with at least one true entry.
# ---
# `inside = torch.cdist(real, fake) <= radius[:, None]`, with the radius of exercise 7. Then
# `inside.sum() / (k * len(fake))`, and `.any(1)` with the mean over the real points.


# %% solution="density_coverage"
def density_coverage(real, fake, k):
    """Naeem and others' density and coverage with balls around the real points.

    Args:
        real, fake: features, shapes (m, d) and (n, d).
        k: which neighbor gives the radius, from 1.

    Returns:
        (density, coverage): a number from 0 that may exceed 1, and one from 0 to 1.
    """
    ### BEGIN SOLUTION
    real, fake = real.double(), fake.double()
    radius = torch.cdist(real, real).kthvalue(k + 1).values
    inside = torch.cdist(real, fake) <= radius[:, None]
    return inside.sum() / (k * len(fake)), inside.any(1).double().mean()
    ### END SOLUTION


# %% test="density_coverage" points=2

# %% [markdown] predict="what_two_styles_lose"
# The generator with two of seven hair styles: every picture is a perfect one. What does it lose?
#
# - [ ] precision :: Each of its pictures lies among real ones. Precision finds nothing wrong.
# - [x] recall :: Yes: real pictures with the other five styles lie in no ball of its own.
# - [ ] both :: They answer different questions: are made pictures real, and are real ones made?
# - [ ] neither, for its pictures are real :: They are, and they are not all there is.
#
# ---
# It keeps its precision and loses recall and coverage. That is what two numbers are good for.

# %% name="neighbors" demo=true
K = 5  # neighbors, from here on

# %% demo=true folded="Draws the four scores of each generator as bars"
found = {}
for name, made in each(generators.items(), "counting neighbors", 2, total=len(generators)):
    pairs = [score(train.features, made.features, K) for score in (precision_recall, density_coverage)]
    found[name] = [float(value) for two in pairs for value in two]
fig = figure(9.5, 3)
names = ("precision", "recall", "density", "coverage")
for column, (ax, score) in enumerate(zip(axes(fig, 1, 4, sharey=True), names, strict=True)):
    ax.barh(list(found), [row[column] for row in found.values()], color=REAL if column % 2 else FAKE, alpha=0.7)
    ax.axvline(found["real, unseen"][column], color="0.3", ls=":")
    ax.set(title=score, xlim=(0, 1.35))
ax.invert_yaxis()
words = "; ".join(f"{name} {' '.join(f'{v:.2f}' for v in row)}" for name, row in found.items())
show(fig, alt=f"Bars of precision, recall, density and coverage, in that order: {words}.")

# %% [markdown]
# The dotted lines are what real, unseen faces get. Now the defects come apart. Nothing costs more precision than
# noise. *Two styles* keep their precision and lose recall. One per style has next to no recall and coverage, and
# loses some precision: its seven are the faces of which the network is surest, and not the most usual ones. Blur
# costs recall more than precision: blurred faces crowd together, and small balls around them reach few real ones.
#
# Copies are perfect again. They must be: every score so far asks whether made and real are alike, and
# nothing is more alike than a copy.
#
# ## 7. Has it learned by heart?
#
# A generator that copies should be found out by its distance to the training set. But how near is too
# near? Compare with pictures that it cannot have copied: a **held-out** set. If made pictures are
# nearer to the training set than held-out ones are, something is fishy. Meehan, Chaudhuri and Dasgupta
# (2020) build a test for copying on this comparison.

# %% [markdown] exercise="memorization" stars=2 minutes=15
# ### Exercise 9: memorization
#
# Let $L(z)$ be the Euclidean distance from $z$ to the nearest point of `train`. Return the probability
# that $L(\text{fake}) < L(\text{test})$ for one made and one held-out point drawn at random: the share
# among all pairs, where a tie counts ½. The sizes of the three sets may differ.
#
# ½ says that the made ones are as far from the training set as new pictures. 1 says copies. Near 0 says
# that they are unlike the training set. An exact copy must get the distance 0 exactly, so that ties
# are found; see the third hint.

# %% [markdown] hints="memorization"
# Two lists of distances: one for the made points, one for the held-out ones. Then every made point
# plays against every held-out one, and you count the wins.
# ---
# $\frac{1}{n\,b} \sum_{j} \sum_{i} \bigl( 1[L(f_j) < L(t_i)] + \tfrac12\, 1[L(f_j) = L(t_i)] \bigr)$.
# ---
# `torch.cdist(fake, train).min(1).values` is nearly it. For more than 25 points `cdist` takes a short
# cut that gives a small number instead of 0 for equal points; `compute_mode=
# "donot_use_mm_for_euclid_dist"` keeps it from that. Compare `near[:, None]` with `usual[None, :]`.


# %% solution="memorization"
def memorization(train, test, fake):
    """The probability that a made point is nearer to the training set than a held-out one is.

    Args:
        train, test, fake: features, shapes (a, d), (b, d) and (n, d).

    Returns:
        one number: ½ for new points, 1 for copies, near 0 for points unlike any in training.
    """

    ### BEGIN SOLUTION
    def nearest(points):
        return torch.cdist(points, train, compute_mode="donot_use_mm_for_euclid_dist").min(1).values

    near, usual = nearest(fake)[:, None], nearest(test)[None, :]
    return (near < usual).double().mean() + (near == usual).double().mean() / 2
    ### END SOLUTION


# %% test="memorization" points=2

# %% [markdown] predict="half_of_them_copies"
# A generator copies half of the time, and else draws new faces as good as held-out ones. What does memorization say?
#
# - [ ] ½: new and old cancel :: The new half gets ½ by itself. The copies win every comparison.
# - [x] ¾ :: Yes: ½ · 1 for the copies and ½ · ½ for the rest.
# - [ ] 1: copies are found :: Only if all of them are copies. A share of pairs is no alarm.
#
# ---
# ¾, and with a tenth of copies 0.55. A careful thief hides well.

# %% [markdown]
# Numbers first, then eyes: below each made picture stands its nearest neighbor in the training set.

# %% demo=true folded="Prints each generator's memorization; draws pictures above their nearest neighbors"
for name, made in generators.items():
    share = memorization(train.features, held_out.features, made.features)
    print(f"{name:15} nearer to the training set than new pictures are: {float(share):.2f}")

fig = figure(9.5, 3.6)
rows = {}
for name in ("real, unseen", "copies"):
    made = generators[name][torch.arange(12)]
    rows[name] = made
    rows[f"nearest to {name.split(',')[0]}"] = train[torch.cdist(made.features, train.features).argmin(1)]
draw_strips(axes(fig, 4, 1), rows)
show(
    fig,
    alt="Two pairs of rows. Unseen faces and their nearest training faces: alike in hair, skin and accessories, but "
    "other people. Copies and theirs: the same pictures.",
)

# %% [markdown]
# This is the score that sees copies, and it sees nothing but the distance to the training set. Note two limits. A
# generator that copies only some of the time hides well. And the score needs pictures that were held out, which most
# published evaluations never kept.
#
# ## 8. The shape of the cloud
#
# Khrulkov and Oseledets (2018) compare *topology*. Take a few dozen landmarks from a cloud, connect
# those that are close, and let "close" grow. Loops appear and are filled in. For how much of the
# time are there 0, 1, 2, … loops? That is the **relative living time** of each number, a histogram that
# knows nothing of coordinates: move, turn, or scale the cloud, and it stays. The **Geometry Score** is
# the squared distance between the mean histograms of two clouds. Computing the loops is a chapter of
# its own, persistent homology, so here a library function does it. Look first at toys.

# %% name="geometry" demo=true folded="A ring, two rings and a disk, and how long each number of loops lives"
from gancourse.metrics import relative_living_times

angle = 2 * torch.pi * torch.rand(200, generator=draw)
ring = torch.stack([angle.cos(), angle.sin()], 1) * (0.8 + 0.2 * torch.rand(200, 1, generator=draw))
shapes = {
    "a ring": ring,
    "two rings": torch.cat([ring[:100], ring[100:] + torch.tensor([3.0, 0.0])]),
    "a disk": ring * torch.rand(200, 1, generator=draw).sqrt(),
}
lives = {name: relative_living_times(points, draws=quick(20, 3)) for name, points in shapes.items()}

# %% demo=true folded="Draws the three clouds and their histograms"
fig = figure(9.5, 3.6)
panels = axes(fig, 2, 3, height_ratios=(3, 2))
for ax, below, (name, points) in zip(panels[:3], panels[3:], shapes.items(), strict=True):
    ax.scatter(*points.T, s=4, color=REAL)
    ax.set(title=name, aspect="equal", xticks=[], yticks=[])
    below.bar(range(4), lives[name][:4], color=PALETTE[2])
    below.set(xlabel="loops", ylim=(0, 1), xticks=range(4))
panels[3].set_ylabel("share of time")
often = {name: int(times.argmax()) for name, times in lives.items()}
show(
    fig,
    alt="Three clouds of points and how long each number of loops lives. The numbers that live longest: "
    + ", ".join(f"{name} {loops}" for name, loops in often.items())
    + ".",
)

# %% [markdown]
# It counts the rings, wherever they are. Now the faces. Estimating a topology in 128 dimensions takes many
# draws of landmarks, so we are content with 200 pictures each and look at the score in thousandths. That usually
# takes some seconds.


# %% name="geometry-scores" demo=true folded="Computes the Geometry Score of each generator"
def shape_of(made):
    return relative_living_times(made.features[: min(N, 200)], draws=quick(30, 2))


shape_of_training = shape_of(train)


def geometry(made):
    """The Geometry Score against the training set, in thousandths."""
    return 1000 * float((shape_of(made) - shape_of_training).square().sum())


shapes_found = {}
for name, made in each(generators.items(), "looking for loops", 4, total=len(generators)):
    shapes_found[name] = geometry(made)
for name, value in shapes_found.items():
    print(f"{name:15} Geometry Score {value:7.1f}")

# %% [markdown]
# *One per style* has another shape altogether: seven points have no loops. All the others are far nearer
# to the real faces: a cloud may move, thicken and lose a part, and keep most of its loops. So this is a score for
# a special question. Khrulkov and Oseledets ask it of generators that collapse.
#
# ## 9. What has the discriminator learned?
#
# A GAN has a second network, and nobody has asked yet what *it* can do. Radford, Metz and Chintala (2015) froze the
# discriminator, took its hidden layers as features, and trained a linear classifier on them with few labels. If a
# straight line through feature space can tell glasses from no glasses, the features know about glasses. This is a
# **linear probe**, and it is good for any features.

# %% [markdown] exercise="linear_probe" stars=2 minutes=20
# ### Exercise 10: a linear probe
#
# Ridge regression with a free bias: find the weights $W$ (d, c) and the bias $b$ (c,) that minimize
#
# $$\sum_{i=1}^{n} \lVert x_i W + b - t_i \rVert^2 + \lambda \lVert W \rVert^2$$
#
# for features $x_i$, the rows of `features` (n, d), targets $t_i$, the rows of `targets` (n, c), and
# $\lambda > 0$, `strength`. Note what is not in it: the sum over $i$ is no mean, and $b$ is not
# penalized. There may be more dimensions than pictures. Targets may be whole numbers. Return W and b, as torch
# tensors or NumPy arrays, and compute in double precision: features may be nearly the same.

# %% [markdown] hints="linear_probe"
# Get rid of the bias first: whatever $W$ is, the best $b$ makes the mean error 0. So subtract the means
# from features and targets; what is left is ridge regression without a bias.
# ---
# With centered $X$ and $T$: $W = (X^\top X + \lambda I)^{-1} X^\top T$ and
# $b = \bar t - \bar x\, W$, with the means $\bar x$, $\bar t$ of the rows.
# ---
# `torch.linalg.solve(A, B)` solves $AW = B$ without an inverse. `A = X.T @ X + strength * torch.eye(d)`,
# the identity in double precision; `B = X.T @ T`.


# %% solution="linear_probe"
def linear_probe(features, targets, strength):
    """Ridge regression with a bias that is not penalized.

    Args:
        features: shape (n, d).
        targets: shape (n, c).
        strength: λ, above 0.

    Returns:
        (weights, bias): shapes (d, c) and (c,).
    """
    ### BEGIN SOLUTION
    features, targets = features.double(), targets.double()
    center, level = features.mean(0), targets.mean(0)
    x, t = features - center, targets - level
    penalty = strength * torch.eye(x.shape[1], dtype=torch.float64)
    weights = torch.linalg.solve(x.T @ x + penalty, x.T @ t)
    return weights, level - center @ weights
    ### END SOLUTION


# %% test="linear_probe" points=1

# %% [markdown]
# Three sets of features compete, on faces of 64 pixels: the pixels themselves, the layers of a
# discriminator that has learned nothing yet, and the same layers of one that has played against a
# generator on faces *without any labels*. As in the paper each layer is shrunk by maximum pooling (here to
# 2 × 2), and all are put side by side. The probe then gets a few labels, and is asked about new faces. That usually
# takes a quarter of a minute.

# %% [markdown] predict="who_reads_a_smile"
# Which features tell a broad smile from none, after the probe has seen 1,000 labels?
#
# - [ ] the pixels: everything is in them :: It is, but not along a straight line. They hardly beat always saying the
#   same.
# - [ ] both discriminators alike: features are features :: Random layers help a little, and no more.
# - [x] the trained discriminator's :: Yes, although nobody ever told it about smiles.
#
# ---
# To tell real faces from made ones it had to look at mouths, and a straight line finds them in its layers.

# %% name="layers" demo=true folded="Two discriminators, a trained one and an untrained one, and two thousand faces"
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, pooled_layers

N_64 = quick(1000, 200)
labels = ["hair_style", "glasses", "smile"]
studied = data.load("faces", size=64, split="train", attributes=labels, n=N_64)
asked = data.load("faces", size=64, split="test", attributes=labels, n=N_64)
trained = store.load("dcgan_faces_64_judge")["D"]
untrained = Discriminator(64, trained.width)
for layer in untrained.modules():
    if isinstance(layer, torch.nn.BatchNorm2d):
        layer.momentum = None  # take the mean over all batches
with torch.no_grad():
    for some in each(studied.pixels.split(100), "showing faces to the untrained one", 4):
        untrained(to_unit(some))  # its batch normalization sees the data, its weights stay random
eyes = {
    "pixels": lambda pictures: F.avg_pool2d(pictures.float(), 4).flatten(1),
    "untrained D": lambda pictures: pooled_layers(untrained.eval(), pictures),
    "trained D": lambda pictures: pooled_layers(trained, pictures),
}

# %% name="probe" demo=true open="it shows how your probe is used"
seen = {}
for name, see in each(eyes.items(), "reading the layers", 5, total=len(eyes)):
    seen[name] = see(studied.pixels), see(asked.pixels)


def accuracy(x, new_x, classes, new_classes, strength=300.0):
    """The share of new pictures whose class a probe names rightly; features are scaled to a spread of 1."""
    center, spread = x.mean(0), x.std(0) + 1e-6
    weights, bias = linear_probe((x - center) / spread, F.one_hot(classes), strength)
    weights, bias = torch.as_tensor(weights).double(), torch.as_tensor(bias).double()
    guesses = (((new_x - center) / spread).double() @ weights + bias).argmax(1)
    return float((guesses == new_classes).double().mean())


# %% name="probed" demo=true folded="Asks three questions of three sets of features, with few labels and with many"
questions = {
    "hair style": lambda faces: faces.attributes["hair_style"].long(),
    "glasses": lambda faces: (faces.attributes["glasses"] > 0).long(),
    "smile": lambda faces: (faces.attributes["smile"] > 0.3).long(),
}
named, often = {}, {}
todo = [(question, count) for question in questions for count in (N_64 // 5, N_64)]
for question, count in each(todo, "fitting eighteen probes", 5):
    y, new_y = questions[question](studied)[:count], questions[question](asked)
    often[question] = float(new_y.bincount().max() / len(new_y))
    for name, (x, new_x) in seen.items():
        named[question, count, name] = accuracy(x[:count], new_x, y, new_y)

# %% demo=true folded="Draws how many new faces each set of features names rightly"
fig = figure(9.5, 3)
for ax, question in zip(axes(fig, 1, 3, sharey=True), questions, strict=True):
    for place, (name, color) in enumerate(zip(seen, (PALETTE[7], PALETTE[2], FAKE), strict=True)):
        few, many = (named[question, count, name] for count in (N_64 // 5, N_64))
        ax.bar(place, many, color=color, alpha=0.8)
        ax.plot(place, few, marker="o", color="black", ms=5, ls="")
    ax.axhline(often[question], color="0.3", ls=":")
    ax.set(title=question, ylim=(0, 1), xticks=range(len(seen)))
    ax.set_xticklabels([name.replace(" ", "\n") for name in seen])
words = "; ".join(
    f"{question}: " + ", ".join(f"{name} {named[question, N_64, name]:.2f}" for name in seen) for question in questions
)
show(fig, alt=f"Bars of the share of new faces named rightly with all labels. {words}.")

# %% [markdown]
# Bars are for 1,000 labels, dots for 200; the dotted line is what you get by always naming the most common class. The
# trained layers win every question. Of smiles the pixels hardly know more than the dotted line. Of hair nobody can know
# all: one head in ten is bald, and hats hide some (the face reader finds the labeled style in about 89 of 100).
#
# ## 10. Against the libraries
#
# A score is worth comparing only if everybody computes the same one. `torch_fidelity` holds the
# reference versions of IS, FID, KID, and precision and recall; `prdc`, by the authors, of density and
# coverage; scikit-learn of ridge regression; SciPy of the comparison in exercise 9 (it is the rank
# test of Mann and Whitney). To plug other eyes into `torch_fidelity`, register a feature extractor.

# %% name="extractor" demo=true folded="Registers our eyes with torch_fidelity"
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY


class FaceReaderEyes(FeatureExtractorBase):
    """Our eyes, as torch_fidelity wants them: from uint8 pictures to a tuple of tensors."""

    def __init__(self, name, features_list, **options):
        super().__init__(name, features_list)

    @staticmethod
    def get_provided_features_list():
        return ("features", "logits")

    @staticmethod
    def get_default_feature_layer_for_metric(metric):
        return "logits" if metric == "isc" else "features"

    def forward(self, input):
        features, probabilities = network(input)
        both = {"features": features.cpu(), "logits": probabilities.cpu().clamp(min=1e-38).log()}
        return tuple(both[name] for name in self.features_list)


FEATURE_EXTRACTORS_REGISTRY["face-reader"] = FaceReaderEyes

# %% name="theirs" demo=true folded="Asks the libraries, on the same pictures; usually some seconds"
from prdc import compute_prdc
from torch.utils.data import Dataset
from torch_fidelity import calculate_metrics


class Bytes(Dataset):
    """Pictures as torch_fidelity reads them."""

    def __init__(self, pictures):
        self.pictures = pictures

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        return self.pictures[index]


options = dict(input1=Bytes(unseen.pictures), input2=Bytes(train.pictures), feature_extractor="face-reader")
options |= dict(isc=True, fid=True, kid=True, prc=True, isc_splits=1, kid_subsets=1, kid_subset_size=N)
options |= dict(prc_neighborhood=K, cuda=False, cache=False, save_cpu_ram=True, verbose=False)
with working("asking the libraries", 6):
    theirs = calculate_metrics(**options)
theirs |= compute_prdc(train.features.numpy(), unseen.features.numpy(), nearest_k=K)

# %% demo=true folded="Prints your scores beside the libraries'"
from scipy.stats import mannwhitneyu
from sklearn.linear_model import Ridge

real, fake = train.features, unseen.features
precision, recall = precision_recall(real, fake, K)
density, coverage = density_coverage(real, fake, K)
weights, bias = linear_probe(real, train.probabilities, 10.0)
ridge = Ridge(alpha=10.0).fit(real.double(), train.probabilities.double())
L = [torch.cdist(x.double(), real.double()).min(1).values for x in (held_out.features, fake)]
rows = [
    ("Inception Score", inception_score(unseen.probabilities), theirs["inception_score_mean"]),
    ("FID", frechet_distance(*moments(real), *moments(fake)), theirs["frechet_inception_distance"]),
    ("KID", kid(real, fake), theirs["kernel_inception_distance_mean"]),
    ("precision", precision, theirs["precision"]),
    ("recall", recall, theirs["recall"]),
    ("density", density, theirs["density"]),
    ("coverage", coverage, theirs["coverage"]),
    ("a weight of the probe", weights[0, 0], ridge.coef_[0, 0]),
    ("memorization", memorization(real, held_out.features, fake), mannwhitneyu(*L).statistic / N**2),
]
print(f"{'':23} {'yours':>12} {'library':>12}  difference")
for name, yours, library in rows:
    print(f"{name:23} {float(yours):12.6f} {float(library):12.6f}  {abs(float(yours) - float(library)):.1e}")

# %% [markdown]
# Anything above 10⁻⁴ in the last column is a difference in definition: look at a root, an n − 1, a
# diagonal, a neighbor more or less. That is how most differences between papers' numbers come about.
#
# **Inception's eyes.** Where its weights are at hand, one line of section 1 changes everything to Inception:
# `network = inception_network()`, from `gancourse.metrics`; it says where it looks for the file. With
# photographs, `data.load("celeba", …)`, and 50,000 of them, you get the numbers that papers print.
# Without the weights, photographs can be loaded but not judged: these eyes know drawn faces only.
#
# **Speed.** With Inception's 2,048 features the usual root of a matrix takes about ten times as long as
# eigenvalues of symmetric matrices, and more where they are singular: `python benchmarks/frechet.py` times both
# side by side, in three turns, at equal answers.

# %% [markdown]
# ## 11. All against all
#
# Now the figure from the top. Every score for every generator, and, to know what is *different*,
# for further sets of real faces as well. A field is colored if its number is more than five standard
# deviations away from those of real sets: orange in the direction that is called worse, blue in the
# direction that is called better. It usually takes ten seconds.

# %% name="scores" demo=true folded="All scores of a sample, by name"
BETTER = {"Inception Score": 1, "FID": -1, "KID": -1, "precision": 1, "recall": 1}
BETTER |= {"density": 1, "coverage": 1, "memorization": 0, "Geometry Score": -1}  # 0: both ways are bad


def scores(made, real=train):
    """All scores of a sample, by name."""
    precision, recall = precision_recall(real.features, made.features, K)
    density, coverage = density_coverage(real.features, made.features, K)
    found = {
        "Inception Score": inception_score(made.probabilities),
        "FID": frechet_distance(*moments(real.features), *moments(made.features)),
        "KID": kid(real.features, made.features),
        "precision": precision,
        "recall": recall,
        "density": density,
        "coverage": coverage,
        "memorization": memorization(real.features, held_out.features, made.features),
    }
    return {name: float(value) for name, value in found.items()}


# %% name="verdict" demo=true folded="Scores every generator and further real sets, and says what is different"
def all_scores(made):
    return {**scores(made), "Geometry Score": geometry(made)}


samples = {**generators, **{start: pool[start : start + N] for start in range(0, len(pool.features) - N + 1, N)}}
found = {}
for name, made in each(samples.items(), "scoring eleven samples", 9, total=len(samples)):
    found[name] = all_scores(made)
table = {name: found[name] for name in generators}
others = [found[start] for start in samples if start not in generators]
usual = {score: torch.tensor([one[score] for one in others]) for score in others[0]}


def verdict(score, value):
    """How far from real sets, in standard deviations: above 5 worse, below −5 better, in between no different."""
    away = (value - usual[score].mean()) / usual[score].std()
    return float(away.abs() if BETTER[score] == 0 else -BETTER[score] * away)


# %% name="table" demo=true folded="Draws the table: scores as rows, generators as columns"
def draw_table(ax, table, verdict):
    """Scores as rows, generators as columns, colored by the verdict."""
    rows = list(next(iter(table.values())))
    for column, found in enumerate(table.values()):
        for row, (score, value) in enumerate(found.items()):
            away = verdict(score, value)
            color, sign = (FAKE, " ▼") if away > 5 else (REAL, " ▲") if away < -5 else ("white", "")
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color=color, alpha=0.4, lw=0))
            text = f"{value:.0f}" if value > 99 else f"{round(value, 4):z.3g}"
            ax.text(column, row, f"{text}{sign}", ha="center", va="center", fontsize=9.5)
    ax.set(xlim=(-0.5, len(table) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    ax.set_xticks(range(len(table)), [name.replace(" ", "\n", 1) for name in table])
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(False)


# %% name="figure" demo=true folded="Draws the figure from the top, of your scores"
fig = figure(9.5, 4.2)
draw_table(axes(fig)[0], table, verdict)
seen = {s: [n for n in table if verdict(s, table[n][s]) > 5] for s in usual}
show(
    fig,
    alt="A table of scores and generators. "
    + " ".join(f"{score} calls worse than real: {', '.join(names) or 'none'}." for score, names in seen.items()),
)

# %% [markdown]
# Read it by columns. *Blurred* and *noisy*: nearly every score objects. *Two styles*: precision and density
# find nothing wrong, for each picture is fine; recall, coverage and the distances miss the other five
# styles. *Copies*: a single row objects, and others call them better than real pictures. *One per style*: the
# favorite of the Inception Score, and nothing at all to recall.
#
# Then by rows. No score objects to all five. The FID objects to four, and does not say what it saw. For
# that take a pair, precision and recall or density and coverage; and for copies, memorization. Those
# three numbers between them see everything that was planted.
#
# ## 12. Play with it
#
# Below you are the generator. The sliders plant defects into a few hundred pictures, and the bars
# answer after a moment. The black tick on each bar is what unseen real pictures get. Things to try:
#
# 1. Blur a little. Which bar moves first?
# 2. Back to sharp. Go down to one hair style. Which bars do not care?
# 3. Raise the copies to 100 %. What gives it away? What at 50 %?
# 4. Find a setting with a better FID than the tick. What would a reader of your table believe?


# %% name="spoiled" demo=true folded="Plants several defects at once"
from gancourse.metrics.defects import noise


def spoiled(blurred, grain, styles, copied):
    """A sample with several defects at once: blur and noise from 0 to 1, styles left, the share of copies."""
    n = quick(250, 100)
    made = plant("dropped", (7 - styles) / 6, fresh, known, n=n)
    few = known.subset(slice(0, n))  # those that `quickly` below holds: copies of others could not be told
    copies = plant("copies", 1, fresh, few, n=n)
    pictures = torch.where((torch.arange(n) < copied * n)[:, None, None, None], copies, made)
    return look(noise(blur(pictures, blurred), grain, torch.Generator().manual_seed(1)))


quickly = train[: quick(250, 100)]  # as few real pictures: bars answer at once, but see section 3 on bias
plain = scores(spoiled(0, 0, 7, 0), quickly)
TOP = {"Inception Score": 7, "FID": 150, "KID": 15}  # the ends of the bars; of all others 1.5


def length(score, value):
    """A bar's length from 0 to 1; distances are drawn by their roots, so that small ones are seen."""
    part = max(value, 0) / TOP.get(score, 1.5)
    return min(part**0.5 if BETTER[score] == -1 else part, 1)


# %% name="bars" demo=true folded="Draws the spoiled pictures and their scores"
def draw_spoiled(fig, **defects):
    """Sixteen of the pictures, and a bar for each score; returns the alt text."""
    fig.clear()
    left, right = axes(fig, 1, 2, width_ratios=(2, 3))
    made = spoiled(**defects)
    rows = [torch.cat(list(four), 2) for four in made.pictures[:16].split(4)]
    left.imshow(torch.cat(rows, 1).permute(1, 2, 0))
    left.set_axis_off()
    found = scores(made, quickly)
    for row, (score, value) in enumerate(found.items()):
        right.barh(row, length(score, value), color=FAKE, alpha=0.6)
        right.plot([length(score, plain[score])] * 2, [row - 0.4, row + 0.4], color="black", lw=2)
        right.text(1.02, row, f"{value:.3g}", va="center")
    right.set_yticks(range(len(found)), list(found))
    right.set(xlim=(0, 1), ylim=(len(found) - 0.5, -0.5), xticks=[])
    words = ", ".join(f"{score} {value:.3g} (real {plain[score]:.3g})" for score, value in found.items())
    return f"Sixteen of the generator's faces, and its scores: {words}."


# %% name="panel" demo=true open="the names of the sliders are its settings"
from gancourse.widgets import Knob
from gancourse.widgets.sliders import Sliders

panel = Sliders(
    draw_spoiled,
    {
        "blurred": Knob("blur", 0, 1, 0),
        "grain": Knob("noise", 0, 1, 0),
        "styles": Knob("hair styles", 1, 7, 7, whole=True),
        "copied": Knob("share of copies", 0, 1, 0),
    },
)
panel

# %% [markdown]
# Blur takes recall and coverage long before it takes precision: what is lost is variety at the edge of the cloud.
# Copies look like progress: a quarter of them brings the FID below that of unseen real pictures, and of all bars only
# memorization says why.
#
# ## 13. An open challenge

# %% [markdown] exercise="suspicion" stars=3 minutes=40 challenge=true
# ### Exercise 11: a score that nothing fools
#
# Until now you wrote what papers had found. This time only the goal is given: one number, the larger the worse,
# which is larger for *every* spoiled generator than for real points. You get three sets of features in single
# precision: `train` (300, d), which a generator may have copied; `held_out` (200, d), which is real and new; and
# `made` (200, d). The points come from a few clouds of unlike shape, not from faces, so that one question takes
# milliseconds.
#
# Ten defects are planted, all of them weak: noise, points pulled to the middle of their kind, a missing kind, one
# that comes too often, every point twice, copies, copies moved by a hair, copies one time in five, one normal
# cloud with the right mean and covariance, a few strays. Each is compared with six real sets; what counts is the
# share of comparisons in which the defect gets the larger number. A tie is no success.
#
# Bronze takes at least **70** %, silver **86**, gold **95**; graders take 3 % off that, and add other worlds and a
# few defects that are not in this list. The FID against the training set reaches about 55. A call may take a
# second. What you return may use all that you have built above, and must not depend on which call it is: sets come
# in random order.

# %% [markdown] hints="suspicion"
# Which defects does the FID miss, by section 11? Add what sees them. Then: a number that is too *small* may be as
# suspicious as one that is too large.
# ---
# Two numbers of unlike size cannot simply be added. How far is each from what real points get, measured in *its
# own* standard deviations? Such a distance from the usual has no unit, and all of them can be added.
# ---
# You know what real points get, for you have 500 of them: take some out at random, pretend that they were made, and
# ask your numbers about them and the rest, a few times. Good numbers: quantiles of the distance to the nearest
# training point, held-out point, other made point; the distance of each real point to the nearest made one; means
# and covariances.


# %% solution="suspicion"
def suspicion(train, held_out, made):
    """How suspicious a set of made points is, one number: train (a, d), held_out (b, d), made (n, d)."""

    ### BEGIN SOLUTION
    def nearest(x, y):
        return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").min(1).values

    def looked_at(t, h, m):
        own = torch.cdist(m, m, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf).min(1).values
        both = torch.cat([t, h])
        far = [nearest(m, t), nearest(m, h), own, nearest(both, m)]
        found = [x.quantile(torch.tensor([0.1, 0.5, 0.9])) for x in far] + [torch.stack([x.mean() for x in far])]
        moved, spread = m.mean(0) - both.mean(0), torch.cov(m.T) - torch.cov(both.T)
        return torch.cat([*found, torch.stack([moved.norm(), spread.norm()])])

    real, n, usual, now = torch.cat([train, held_out]), len(made), [], []
    for seed in range(8):  # pretend that some of the real points were made
        order = torch.randperm(len(real), generator=torch.Generator().manual_seed(seed))
        t, h = real[order[n:]].tensor_split([(len(real) - n) * len(train) // len(real)])
        usual.append(looked_at(t, h, real[order[:n]]))
        now.append(looked_at(t, h, made))
    usual, now = torch.stack(usual), torch.stack(now)
    return ((now.mean(0) - usual.mean(0)) / usual.std(0)).square().sum()
    ### END SOLUTION


# %% test="suspicion" points=3

# %% [markdown]
# The report names the defects that fool your score most. What the gold medal takes is the idea behind every honest
# evaluation: not a better number, but knowing what real data would get.
#
# ## 14. What goes wrong
#
# Three reports from friends, each with a number that fell and a conclusion. All three conclusions
# are wrong, and in none of them is the code of the scores to blame: it is yours, and right. Look at the
# pictures and at how each number was made.


# %% name="reports" demo=true folded="Fetches the three reports, and looks at their pictures"
from gancourse.metrics.evaluations import evaluation

friends = {}
for which in each("ABC", "looking at three reports", 12):
    told = evaluation(which, known, fresh, N)
    friends[which] = told, {name: look(pictures) for name, pictures in told.sets.items()}


def fid(made, real):
    return float(frechet_distance(*moments(real.features), *moments(made.features)))


def report(which):
    """A friend's words, pictures (a row for each set), and numbers."""
    told, sets = friends[which]
    fig = figure(9.5, 0.5 + 0.8 * len(sets))
    draw_strips(axes(fig, len(sets), 1), sets)
    show(fig, alt=f"Report {which}: {told.seen}.")
    for made, real in told.compared:
        against = train if real == "data" else sets[real]
        d2, k2 = fid(sets[made], against), float(kid(against.features, sets[made].features))
        print(f"{made} against {real}: {len(sets[made].features)} pictures, FID {d2:z.2f}, KID {k2:z.3f}")


# %% [markdown]
# **Report A.** "In spring we had little time and drew few samples. The new generator takes all night,
# but look at its FID!"

# %% demo=true
report("A")

# %% [markdown]
# **Report B.** "Our faces were a little soft, and the FID said so. Then we moved to the new server, which
# keeps the data set in a compact format. Same generator, same number of pictures, and the FID fell to
# almost nothing. The old numbers must have been wrong."

# %% demo=true
report("B")

# %% [markdown]
# **Report C.** "We trained ten times longer. The FID is now *lower than that of real pictures*, at equal
# numbers, against equal data. Nobody has ever been closer to the truth."

# %% demo=true
report("C")

# %% [markdown] exercise="diagnose_the_reports" stars=2 minutes=25
# ### Exercise 12: three reports
#
# For each of A, B and C write: what made the number fall (the cause); a number you have computed
# yourself, in a cell of your own, that proves it (the evidence); and what the friend should have
# done (the cure). Three sentences each will do. A teacher reads this answer.
#
# The samples are yours to examine: `friends["A"][1]["spring"]` and the others have `.pictures`, `.features` and
# `.probabilities`, as all samples here, and can be cut: `sample[:80]`.

# %% [markdown] answer="diagnose_the_reports" points=3
# *A: unequal sample sizes.* The FID is biased upward by about a constant over n, and spring has a twelfth
# of summer's pictures. Evidence: with as many pictures, `fid(summer[: N // 12], train)` (where
# `summer = friends["A"][1]["summer"]`) is well above spring's; or the KID, which is unbiased, is worse for summer;
# the pictures of summer are blurred. Cure: the same n on either side for both, or FID∞.
#
# *B: another preprocessing of the reference.* The compact format halves the size and doubles it again,
# so the reference became soft, and soft fakes fit it better. Nothing about the generator has changed.
# Evidence: `fid(train, new_server)` is far above 0 although these are the same faces; `fid(unseen, new_server)`
# shows that perfect pictures now score worse than the friend's. Cure: recompute the reference from the
# original pictures, with the same resizing for both sides, and publish it.
#
# *C: copies.* Real unseen pictures cannot be beaten by honest means, so a lower FID and KID are themselves
# a warning. Evidence: `memorization(train.features, held_out.features, ours.features)` is about 0.9; or
# the distance to the nearest training picture is 0 for four in five. Cure: early stopping or more data, evaluation
# against held-out pictures, and a memorization score beside the FID.
#
# One point for each right cause with a number that proves it and a cure that works.

# %% [markdown] reveal="What the three friends had done (open it after you have written)"
# It is in the package, with the papers that warn of it: `gancourse.metrics.evaluations`.
#
# ---
# *A*: spring has a twelfth of summer's pictures, and summer's are blurred. *B*: the new server keeps half of the
# size, so its pictures are soft, too. *C*: four in five are copies of the training set.

# %% [markdown]
# ## 15. What to take along
#
# - All scores look through the eyes of a network, and only at what it sees. Numbers from different
#   eyes, preprocessing, real sets or sample sizes cannot be compared.
# - The Inception Score never looks at real pictures, and is content with one picture per class.
# - The FID compares means and covariances. It is biased upward like 1/n: even two halves of the real data do not get 0.
#   The trace of the root needs eigenvalues of a symmetric matrix, and no matrix root.
# - The KID is unbiased. Give it with its spread.
# - Precision and density ask if pictures are good, recall and coverage if any are missing.
# - All of these love copies. Hold out data, and measure the distance to the training set.
# - So report a few that look at different things, with n, eyes, and preprocessing, and show pictures.

# %% [markdown] quiz="one_per_class"
# A generator draws one perfect picture for each of 1,000 classes. What is its Inception Score, and what its recall?
#
# - [ ] 1,000, and a recall of 1 :: The score is right. But balls around points that repeat have radius 0, and reach
#   nobody.
# - [x] 1,000, and a recall next to 0 :: Yes: sure pictures of all classes, and next to no variety.
# - [ ] 1, and a recall next to 0 :: The score is 1 where all pictures look the same. These are of all classes.
#
# ---
# 1,000, the most there can be: each picture is sure, and all classes come up equally. The recall is next to
# 0: balls around 1,000 points that repeat have radius 0 (the $k$-th neighbor is the same picture again).

# %% [markdown] quiz="two_papers"
# Two papers report FIDs of 12.1 (10,000 samples) and 12.9 (5,000 samples), on the same data with the same network.
# Which generator is better?
#
# - [ ] the one with 12.1 :: It had twice the samples, and half of the bias.
# - [ ] the one with 12.9, if you take the bias off :: Perhaps. How large the bias is depends on the generator.
# - [x] it cannot be told :: Yes. Ask for the same number of samples, or for both lines drawn on.
#
# ---
# The second FID has twice the bias. Ask for the same number of samples, or draw both on to infinitely many.

# %% [markdown] quiz="negative_kid"
# A KID of −0.02: a bug?
#
# - [ ] yes, a distance is never negative :: A distance is not. An unbiased estimate of one that is near 0 is, half of
#   the time.
# - [x] no :: Right. A KID that is *never* negative has kept its diagonals.
# - [ ] yes, the kernel has to be positive :: It is. The difference of three means of it need not be.
#
# ---
# An unbiased estimate of something near 0 falls below 0 about half of the time.

# %% [markdown] quiz="product_of_roots"
# Why is $\operatorname{tr}(\Sigma_1^{1/2} \Sigma_2^{1/2})$ not good enough for the Fréchet distance?
#
# - [ ] it is complex where a covariance is singular :: Symmetric roots are real there, too.
# - [ ] it takes two roots, and is slower :: It is right only now and then, which is worse.
# - [x] it equals $\operatorname{tr}\bigl((\Sigma_1 \Sigma_2)^{1/2}\bigr)$ only where the two commute :: Yes; else it
#   is smaller, and the distance comes out too large.
#
# ---
# It equals $\operatorname{tr}\bigl((\Sigma_1 \Sigma_2)^{1/2}\bigr)$ only if the two commute. Otherwise it is smaller,
# so the distance comes out too large.

# %% [markdown] quiz="truncation"
# You draw $z$ from the middle of its distribution only, and the faces get cleaner. How do the scores answer?
#
# - [x] precision and density rise, recall and coverage fall :: Yes. Better pictures, fewer kinds.
# - [ ] all four rise: the faces are better :: They are, and there are fewer kinds of them.
# - [ ] the FID falls, for it looks at everything :: It weighs both against each other, and may go either way.
#
# ---
# Precision and density rise, recall and coverage fall. The FID weighs both against each other, and may go
# either way. That is why two numbers are better than one.

# %% demo=true folded="Your own scorecard: six generators, and what nine scores say of each"
fig = figure(11, 4.6)
left, right = fig.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
draw_strips(left.subplots(len(generators), 1), generators, columns=6)
draw_table(right.subplots(), table, verdict)
words = (
    "Six rows of faces, one for each generator, and a table of nine scores of each; what differs from real is colored."
)
keepsake(fig, alt=words, name="my_scorecard")

# %% [markdown]
# ## Hand in
#
# Save the notebook. Then open a terminal (*File → New → Terminal*) and let it run from the top, as a
# grader would. It repeats what the checks say and leaves your file as it is:
#
# ```
# gancourse validate 04_metrics
# ```
#
# Graders run these checks and a few more, on inputs drawn afresh. In your answers you may use torch,
# NumPy, and SciPy with all they have to build with: distances, neighbors, eigenvalues, linear systems, rank
# tests. `torch_fidelity`, `prdc`, `pytorch_fid`, scikit-learn, and the scores in `gancourse.metrics` are
# for comparing. While you are graded they are not there.
#
# ## Read on
#
# - T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford and X. Chen, *Improved Techniques for
#   Training GANs*, NeurIPS 2016, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498): section 4 has the
#   Inception Score.
# - S. Barratt and R. Sharma, *A Note on the Inception Score*, 2018,
#   [arXiv:1801.01973](https://arxiv.org/abs/1801.01973): section 4 on what is wrong with it and with its use.
# - M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler and S. Hochreiter, *GANs Trained by a Two Time-Scale
#   Update Rule Converge to a Local Nash Equilibrium*, NeurIPS 2017,
#   [arXiv:1706.08500](https://arxiv.org/abs/1706.08500): equation 6 is the FID; figure 3 shows it against
#   defects planted in pictures of faces.
# - D. C. Dowson and B. V. Landau, *The Fréchet distance between multivariate normal distributions*, Journal
#   of Multivariate Analysis 12, 1982: the closed form.
# - M. J. Chong and D. Forsyth, *Effectively Unbiased FID and Inception Score and where to find them*, CVPR
#   2020, [arXiv:1911.07023](https://arxiv.org/abs/1911.07023): section 3 on the bias, section 4 on FID∞.
# - M. Bińkowski, D. J. Sutherland, M. Arbel and A. Gretton, *Demystifying MMD GANs*, ICLR 2018,
#   [arXiv:1801.01401](https://arxiv.org/abs/1801.01401): section 4 has the KID and what is biased about the FID.
# - G. Parmar, R. Zhang and J.-Y. Zhu, *On Aliased Resizing and Surprising Subtleties in GAN Evaluation*, CVPR 2022,
#   [arXiv:2104.11222](https://arxiv.org/abs/2104.11222): resizing and compression alone move an FID.
# - M. S. M. Sajjadi, O. Bachem, M. Lucic, O. Bousquet and S. Gelly, *Assessing Generative Models via
#   Precision and Recall*, NeurIPS 2018, [arXiv:1806.00035](https://arxiv.org/abs/1806.00035).
# - T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen and T. Aila, *Improved Precision and Recall Metric for
#   Assessing Generative Models*, NeurIPS 2019, [arXiv:1904.06991](https://arxiv.org/abs/1904.06991): section 2,
#   equations 1 and 2.
# - M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi and J. Yoo, *Reliable Fidelity and Diversity Metrics for Generative
#   Models*, ICML 2020, [arXiv:2002.09797](https://arxiv.org/abs/2002.09797): section 3 has density and coverage.
# - C. Meehan, K. Chaudhuri and S. Dasgupta, *A Non-Parametric Test to Detect Data-Copying in Generative
#   Models*, AISTATS 2020, [arXiv:2004.05675](https://arxiv.org/abs/2004.05675).
# - V. Khrulkov and I. Oseledets, *Geometry Score: A Method For Comparing Generative Adversarial Networks*,
#   ICML 2018, [arXiv:1802.02664](https://arxiv.org/abs/1802.02664): sections 3 and 4.
# - A. Radford, L. Metz and S. Chintala, *Unsupervised Representation Learning with Deep Convolutional
#   Generative Adversarial Networks*, 2015, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434): section 5.1
#   probes the discriminator.

# %% [markdown] last=true
# ## What you have built
#
# Eight scores that agree with the libraries' to the fourth digit, a linear probe that does, too, and a table that says
# what each score misses. You know by how much an FID errs with $n$ pictures before you have drawn one, and you have
# read three evaluations whose conclusions were wrong.
#
# At full scale it is the same method, with other eyes. Papers take Inception's 2,048 features, 50,000 photographs on
# either side and, since Parmar and others (2022), one agreed way of resizing; here it is 128 features of a small
# network, 1,000 drawn faces and 32 pixels. With Inception's weights at hand one line of section 1 is all that
# changes. What does not change: say $n$, the eyes and the preparation, hold pictures out, and show some.
#
# **Next:** autoencoders and their kin: models that can say how likely a picture is, and that pay for it with blur. Your
# scores come along.
