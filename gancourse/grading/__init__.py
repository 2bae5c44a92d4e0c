"""Grading: collect submissions, judge each in a sandbox, record the scores, report them.

What an exercise came to is a `Result` from the judge to the student's page. A notebook is judged by
one piece of code, whoever asks: a student (`validate`), an instructor (`grade`), or nbgrader.

========  ==================================================================
module    what it does
========  ==================================================================
collect   finds everybody's notebook, whatever state it is in
folders   looks into folders that strangers made
attempts  tells which of a student's files is the notebook
reading   gets cells out of bytes
restore   puts back what a student must not change; tells cells apart
sandbox   runs strangers' code behind walls, and talks to it
judge     runs a notebook in there and checks its answers out here
bounds    limits what the checks themselves take
result    what one exercise came to, as an object, text and JSON
trial     one submission as a task that can be sent, and what came of it
crew      who does the judging: processes here, or a Dask cluster
ledger    what has been judged already, so that a run can be resumed
autograde lets nbgrader enter the results of one submission
config    nbgrader's configuration for that
record    reads scores from nbgrader's gradebook, those given by hand first
summary   a class as table, CSV and JSON
page      the page a student gets back
grade     `gancourse grade`, which ties these together
validate  `gancourse validate`: the judge alone, without hidden checks
========  ==================================================================

**Whom we trust.** The instructor, the repository and its checks, nbgrader, the kernel of the operating
system. Nobody whose notebook is graded.

**What a submission is.** Bytes. Of a notebook only the cells' text and ids are read; tags, metadata,
outputs, attachments and versions are dropped. Of other files only ordinary ones of moderate size are
taken along: no links, devices, hidden files. Markdown is made unable to become HTML, outputs are text.

**What student code can reach.** It runs in a process forked for it, behind bubblewrap: no network; no
files but Python, its libraries, this package without the lessons' checks, and the embedded data, all
read-only; a scratch folder that is emptied after it; no environment; no other process that it may
signal, but the worker it was forked from, whose end costs nobody but itself; limits on memory,
processes, files and time. When it is over, all that still runs is killed, and a worker that is not
as it was (a file left, a process left, a limit lowered) is replaced.

**What student code can say.** Values: numbers, strings, arrays, containers of them, bounded in size.
They cannot execute. No claim of the student's process about having passed is asked for; the checks
run in the grader's process, on inputs that are drawn afresh for each submission. So whatever a
process does to itself (patched libraries, forged answers on the wire, threads, frames) it can earn
points only by returning right values for inputs nobody could foresee, which is what an exercise asks.

**What is left.** Two students may hand in the same code. An answer may be right for reasons that no
check sees. A hole in the kernel or in bubblewrap is a hole here. Without bubblewrap (macOS,
some containers) there are limits and nothing else: such a run says so, and `--sandbox full` refuses.
"""

import gancourse.grammar  # noqa: F401  # before nbformat comes
