# %% [markdown]
# # Generative adversarial networks, by hand
#
# Welcome. This course starts with two small networks that play a game over a bell curve, and ends with generators of
# faces that you can steer. You write the parts that matter yourself. Each exercise in code tells you at once what is
# right, what is wrong, and where to look.
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
# - In an exercise, replace `raise NotImplementedError` with your code, run the cell, then run the check below it. Run
#   the check as often as you like; nothing is counted.
# - Stuck? Each exercise in code has three hints that open on a click: the idea, the formula, nearly the code. What you
#   answer in words, a teacher reads.
# - Everything runs on an ordinary laptop. Lessons 03 and 04 use a GPU where there is one.
# - Your notebook is yours: building the course anew never overwrites a notebook you have worked in.
#
# If something does not work, open a terminal (*File → New → Terminal*) and run `gancourse doctor`. It says what is
# missing and what to do about it. The cell below tells where these two will compute.

# %%
from gancourse import device

print(f"Lessons 03 and 04 will compute on: {device()}")
