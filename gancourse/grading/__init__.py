"""Grading: collect submissions, run and score each, record the scores, report them.

========  ==================================================================
module    what it does
========  ==================================================================
collect   finds everybody's notebook, and says what is wrong with the others
restore   puts back what a student must not change: tests and metadata
execute   runs a notebook, whatever its cells do
verdicts  reads an executed notebook: per exercise, passed or not, and why
autograde drives nbgrader's autograde and feedback for one submission
record    reads and writes nbgrader's gradebook
report    table, CSV, JSON
grade     `gancourse grade`, which ties these together
validate  `gancourse validate`, the student's half of it
========  ==================================================================
"""
