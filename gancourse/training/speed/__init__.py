"""What only makes a step faster and never changes what it computes: nobody needs it to understand training.

`form` says in which ways the same step can be computed, `trial` finds out which is fastest on this
machine, `convolutions` is one of the ways.
"""
