# %% [markdown] builds="TODO: what one builds in it, in a few words" hours=2 stars=1
# # 11 · TODO: a title
#
# TODO: two or three sentences on what this lesson is about.
#
# **You will be able to**
#
# - TODO: three to five goals, each with a verb;
#
# **Time:** TODO. No GPU is needed.
# **Builds on:** TODO.

# %% [markdown]
# TODO: the picture of the idea, made by `pictures.py` in this folder: `![what it shows](images/idea.png)`.

# %% name="setup"
import torch

from gancourse import keepsake, seed_everything, show
from gancourse.checks import public
from gancourse.plots import JUDGE, axes, figure

check = public("11_inpainting")
torch.set_num_threads(1)
seed_everything(0)

# %% [markdown]
# ## 1. TODO
#
# TODO: theory in short cells. What follows is one exercise as an example, to be replaced by yours.

# %% [markdown] exercise="mean_probability" stars=1 minutes=5
# ### Exercise 1: how sure is the discriminator?
#
# Write a function that takes a discriminator's logits, shape (n, 1), and returns the mean of the probabilities
# $D(x_i) = \sigma(l_i)$: one number, shape ().

# %% [markdown] hints="mean_probability"
# A logit is no probability yet.
# ---
# $\tfrac1n \sum_i \sigma(l_i)$ with $\sigma(l) = 1 / (1 + e^{-l})$.
# ---
# `torch.sigmoid` takes a whole tensor, and a tensor has a method `mean()`.


# %% solution="mean_probability"
def mean_probability(logits):
    """The mean of D's probabilities, from logits (n, 1): a tensor of shape ()."""
    ### BEGIN SOLUTION
    return torch.sigmoid(logits).mean()
    ### END SOLUTION


# %% test="mean_probability" points=1

# %% [markdown] predict="how_sure"
# Before a figure that matters, a prediction: how sure is a discriminator with new weights?
#
# - [x] about one half :: Its logits are near 0, and $\sigma(0) = ½$.
# - [ ] near 0 or near 1 :: It would have to have learned something.
#
# ---
# What came, in a sentence or two. TODO: three to six predictions in a lesson.

# %% demo=true folded="Draws the probabilities of a discriminator with new weights"
fig = figure(6, 2.5)
(ax,) = axes(fig)
logits = torch.nn.Linear(8, 1)(torch.randn(500, 8)).detach()
ax.hist(torch.sigmoid(logits).flatten(), bins=30, color=JUDGE)
ax.set(xlim=(0, 1), xlabel="D(x)", title=f"mean {mean_probability(logits):.2f}")
show(fig, alt="TODO: what it shows, without answering the question. A histogram of probabilities from 0 to 1.")

# %% [markdown]
# TODO: what was seen. Then summary, quizzes, papers.

# %% [markdown] quiz="logit_of_half"
# TODO: A question on what was learned. Which logit says ½?
#
# - [x] 0 :: $\sigma(0) = ½$.
# - [ ] ½ :: A logit is no probability yet: $\sigma(½) = 0.62$.

# %% demo=true folded="Your own picture, kept beside this notebook"
keepsake(fig, alt="A histogram of a discriminator's probabilities.", name="my_discriminator")

# %% [markdown] last=true
# ## What you have built
#
# TODO: three sentences; the same method at full scale beside the paper's setting, and what differs.
