"""A place for strangers' code, and a way to talk to it.

=======  =====================================================================
module   what it does
=======  =====================================================================
wire     messages that cannot execute anything
peer     two processes that call each other's functions, gradients included
mirror   networks and optimizers on both sides
guest    the student's side: runs cells, is called
shell    Jupyter's shell on that side: magics and what belongs to them
worker   the process in the sandbox: imports once, forks for each notebook
walls    starts the process behind walls: bubblewrap, limits, or what there is
host     the grader's side: stand-ins for what the student wrote
=======  =====================================================================
"""
