# %% [markdown]
# # Generative adversarial networks, by hand
#
# Welcome. This course starts with two small networks that play a game over a bell curve, and ends
# with generators of faces that you can steer. You write the parts that matter yourself. Each
# exercise tells you at once what is right, what is wrong, and where to look.
#
# ![The game of lesson 01 at its end: the generator's curve lies on the data's bell curve, and the
# discriminator's dashed line lies at one half across it, and is faint where there are no data.](images/game.png)

# %% [markdown] lessons=true
# ## The lessons

# %% folded="How far you are in each lesson, and where to go on"
from gancourse import signpost

signpost()

# %% [markdown]
# ## How a lesson works
#
# - Read from the top and run each cell with *Shift + Enter*.
# - In an exercise, replace `raise NotImplementedError` by your code, run the cell, then run the
#   check below it. Run it as often as you like; nothing is counted.
# - Stuck? Each exercise has three hints that open on a click: the idea, the formula, nearly the code.
# - Everything runs on an ordinary laptop. A GPU is used where it helps.
# - Your notebook is yours: building the course anew never overwrites a notebook you have worked in.
#
# If something does not work, open a terminal (*File → New → Terminal*) and run `gancourse doctor`.
# It says what is missing and what to do about it. The cell below tells where computations will run.

# %%
from gancourse import device

print(f"Your computations will run on: {device()}")
