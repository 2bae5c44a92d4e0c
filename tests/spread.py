"""Which tests share a process, and in which order the processes take them: a pytest plugin for pytest-xdist."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling
    from xdist.workermanage import WorkerController


def group(nodeid: str) -> str:
    """The tests that run in one process, one after the other: those of one file, which share what they set up.

    Each exercise's mutants, and each lesson's solution and pages, may have another process; a machine's answers
    to one lesson share theirs, which takes seconds to begin.
    """
    path, _, name = nodeid.partition("::")
    subject = re.search(r"\[(\d\d)" if path.endswith("gate/test_machine.py") else r"\[(.*?)[:\]]", name)
    apart = "/gate/" in path or "solutions" in path or path.endswith("browser/test_lessons.py")
    return f"{path} {subject[1]}" if subject and apart else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer | None) -> LoadScopeScheduling:
    """Split the tests among processes by `group`, in the order of the files: the folders with the longest are first.

    (pytest-xdist's own marks for groups have no effect with pytest 9.2; and sorted by their number, the
    few tests that take minutes would come last.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

        def _reschedule(self, node: WorkerController) -> None:
            """A process that begins in a dead one's place is given nothing before it has said which tests it sees.

            pytest-xdist forgets that where two die at once, and the whole run ends with an error of its own.
            """
            if node in self.registered_collections:
                super()._reschedule(node)

        def remove_node(self, node: WorkerController) -> str | None:
            """Where a process has died, what it had not done is left to others; the test that was running, to nobody.

            pytest-xdist hands out its finished groups again, too. A process that gets one has nothing to tell, and
            is given nothing more: the run never ends.
            """
            workload = self.assigned_work.pop(node)
            left = [nodeid for unit in workload.values() for nodeid, done in unit.items() if not done]
            if not left:
                return None
            for scope, unit in workload.items():
                rest = [nodeid for nodeid, done in unit.items() if not done and nodeid != left[0]]
                if rest:
                    self.workqueue[scope] = OrderedDict.fromkeys(rest, False)
            for other in self.assigned_work:
                self._reschedule(other)
            return left[0]

    config.option.loadscopereorder = False
    return ByGroup(config, log)
