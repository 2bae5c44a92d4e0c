"""Who does the judging: processes on this machine, or a Dask cluster. Both get the same tasks.

A process that dies takes one submission's run with it and nothing else: the task is given to a fresh
one. Whoever waits for the outcomes does all the writing.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from gancourse.errors import CourseError
from gancourse.grading.trial import Outcome, Task, judge_task

ENDED_TWICE = "The process that judged this submission ended unexpectedly, twice."

Crew = Callable[[list[Task]], Iterator[Outcome]]


def local_crew(jobs: int) -> Crew:
    """`jobs` processes on this machine, each with a sandbox of its own that stays warm."""

    def work(tasks: list[Task]) -> Iterator[Outcome]:
        context = fresh_processes()
        left = {task.student: task for task in tasks}
        try:
            with ProcessPoolExecutor(min(jobs, len(tasks)) or 1, context, end_with_the_grader) as pool:
                try:
                    for future in as_completed([pool.submit(judge_task, task) for task in tasks]):
                        outcome = future.result()
                        del left[outcome.student]
                        yield outcome
                finally:  # whoever waits may have stopped
                    pool.shutdown(wait=False, cancel_futures=True)
        except BrokenProcessPool:
            # One task has brought its process down, and the pool with it: each of the rest alone.
            for student, task in left.items():
                try:
                    with ProcessPoolExecutor(1, context, end_with_the_grader) as pool:
                        yield pool.submit(judge_task, task).result()
                except BrokenProcessPool:
                    yield Outcome(student, log=ENDED_TWICE)

    return work


def fresh_processes() -> Any:
    """What judges are started by. No fork of this process, which may have used torch and would hang.

    Importing what judges takes seconds of computing. Where the system can fork, one process does it, which
    runs nothing, and every judge is a fork of that one, for as long as this process lives.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gancourse.grading.judge"])
    return context


def end_with_the_grader() -> None:
    """Let this process end when the one that grades does, even if that was killed and could tell nobody."""

    def watch(grader: Any) -> None:
        grader.join()
        os._exit(1)

    threading.Thread(target=watch, args=(multiprocessing.parent_process(),), daemon=True).start()


def cluster_crew(address: str) -> Crew:
    """The workers of a Dask cluster whose scheduler is at `address`. They need this repository.

    Raises:
        CourseError: if dask.distributed is not installed, or nobody answers there.
    """
    if importlib.util.find_spec("distributed") is None:
        raise CourseError("--scheduler needs dask.distributed: pip install 'gancourse[cluster]'.")

    def work(tasks: list[Task]) -> Iterator[Outcome]:
        from distributed import Client
        from distributed import as_completed as as_done

        try:
            client = Client(address, timeout=20)
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(f"No Dask scheduler answers at {address} ({error}). Is it running?") from error
        with client:
            # Not pure: the same notebook of two students is judged twice. A worker that dies hands
            # its tasks to the others; a task that kills its worker three times is given up.
            futures = {client.submit(judge_task, task, pure=False, retries=2): task.student for task in tasks}
            for future in as_done(list(futures)):
                error = future.exception() if future.status == "error" else None
                yield Outcome(futures[future], log=f"{ENDED_TWICE} {error}") if error else future.result()

    return work
