# %% [markdown]
# # 01 · One bell curve

# %% name="setup"
import torch
import torch.nn.functional as F

from gancourse.checks import public

check = public("01_gaussian_1d")

# %% [markdown] exercise="discriminator_loss" stars=1 minutes=10
# ### Exercise 1: the discriminator's loss

# %% [markdown] hints="discriminator_loss"
# a
# ---
# b
# ---
# c


# %% solution="discriminator_loss"
def discriminator_loss(real_logits, fake_logits):
    """−mean log D(x) − mean log(1 − D(G(z))), as one number."""
    ### BEGIN SOLUTION
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    ### END SOLUTION


# %% test="discriminator_loss" points=2
check.discriminator_loss(discriminator_loss)
### BEGIN HIDDEN TESTS
from gancourse.checks import hidden

hidden("01_gaussian_1d").discriminator_loss(discriminator_loss)
### END HIDDEN TESTS
