# %% [markdown] builds="TODO: what one builds in it, in a few words" hours=2 stars=1
# # 00 · TODO: a title
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

from gancourse import seed_everything
from gancourse.checks import public

check = public("00_template")
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

# %% [markdown]
# TODO: what was seen. Then summary, quiz, papers, a last page.
