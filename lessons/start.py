# %% [markdown]
# # Start here
