"""Strangers' submissions, all of them graded in one run: everybody gets what they deserve, and nothing else happens.

The submissions are data, a module for each kind: forging, leaking, tampering, exhausting, and odd but
honest. `making` says how they are made. Two ordinary students are in the class with them, and a third
one who has a secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from exhausting import EXHAUSTING
from forging import FORGING
from leaking import LEAKING
from making import EVERYTHING, GOTCHA, LESSON, NOTHING, REPOSITORY, TESTED, Submission, World, blank, solved, write
from odd import ODD
from tampering import TAMPERING

from gancourse.grading.grade import grade_lesson
from gancourse.grading.record import gradebook
from gancourse.grading.sandbox.walls import Limits, bubblewrap

pytestmark = pytest.mark.slow  # two sandboxes and a class: over a minute, even for few submissions
ALL = [*TAMPERING, *EXHAUSTING, *LEAKING, *FORGING, *ODD]
PATIENCE = float(os.environ.get("GANCOURSE_PATIENCE", "1"))  # where other tests run beside the class
LIMITS = Limits(cell=5 * PATIENCE, call=10 * PATIENCE, notebook=60 * PATIENCE, memory=2 * 2**30)
NO_SANDBOX = bubblewrap()
ORDINARY = {"zz perfect": EVERYTHING, "zz blank": NOTHING, "victim": EVERYTHING}
TOKEN = "TOKEN" + "-"


class Class:
    """What one run over a class left behind."""

    def __init__(self, root: Path, submissions: list[Submission], jobs: int = 2) -> None:
        self.submissions = submissions
        self.submitted, self.out = root / "submitted", root / "out"
        self.secret = TOKEN + secrets.token_hex(12)
        self.calls: list[Any] = []
        self.others = sandboxes()
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=self.listen, args=(server,), daemon=True).start()
            self.world = World(self.submitted, self.out, server.getsockname()[1], f"h{secrets.token_hex(5)}")
            self.fill()
            before, os.environ["GANCOURSE_SECRET"] = fingerprint(self.submitted), self.secret
            start = time.monotonic()
            try:
                self.status = grade_lesson(LESSON.name, self.submitted, self.out, jobs, root / "all.json", LIMITS)
            finally:
                del os.environ["GANCOURSE_SECRET"]
            self.seconds = time.monotonic() - start
        self.untouched = fingerprint(self.submitted) == before
        kept = (self.out / "judged" / LESSON.name).glob("*.json")
        self.outcomes = [json.loads(path.read_text())["outcome"] for path in kept]
        self.students = json.loads((root / "all.json").read_text(encoding="utf-8"))["students"]

    def listen(self, server: socket.socket) -> None:
        while True:
            try:
                self.calls.append(server.accept())
            except OSError:
                return

    def fill(self) -> None:
        for submission in self.submissions:
            folder = self.submitted / submission.student / LESSON.name
            folder.parent.mkdir(parents=True)
            submission.fill(folder, self.world)
        for student in ORDINARY:
            write(blank() if "blank" in student else solved(), self.submitted / student / LESSON.name)
        # The secret is in a file of the victim's, and in the notebook itself.
        notebook = solved()
        notebook.cells.append(nbformat.v4.new_code_cell(f"mine = {self.secret!r}", id="mine"))
        write(notebook, self.world.prey)
        (self.world.prey / "secret.txt").write_text(self.secret)

    def points(self, student: str) -> dict[str, float]:
        return {id: self.students[student]["exercises"][id]["score"] for id in TESTED}

    def said(self, submission: Submission) -> str:
        """All that came of a submission: outputs, reports, and the page for its student."""
        kept = [outcome for outcome in self.outcomes if outcome["student"] == submission.student]
        row = self.students[submission.student]
        return "\n".join([json.dumps(kept, ensure_ascii=False), json.dumps(row), self.page(submission.student)])

    def page(self, student: str) -> str:
        return (self.out / "feedback" / student / LESSON.name / f"{LESSON.name}.html").read_text(encoding="utf-8")


def fingerprint(root: Path) -> str:
    """Names, links and beginnings of all files below a folder."""
    parts = []
    for path in sorted(root.rglob("*")):
        content = os.fsencode(os.readlink(path)) if path.is_symlink() else b""
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                content = file.read(2**22)
        parts.append(os.fsencode(path) + content + str(path.lstat().st_mtime_ns).encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


@pytest.fixture(scope="session")
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """The class of all whose tests are going to run."""
    chosen = [item.callspec.params.get("submission") for item in request.session.items if hasattr(item, "callspec")]
    names = {one.student for one in chosen if isinstance(one, Submission)}
    usable = [one for one in ALL if one.student in names and (one.anywhere or NO_SANDBOX is None)]
    yield Class(tmp_path_factory.mktemp("hostile"), usable)


def as_parameter(submission: Submission) -> Any:
    marks: list[Any] = []
    if not submission.anywhere:
        marks.append(pytest.mark.skipif(NO_SANDBOX is not None, reason=f"no full sandbox: {NO_SANDBOX}"))
    if submission.hole:
        marks.append(pytest.mark.xfail(strict=True, reason=submission.hole))
    return pytest.param(submission, marks=marks, id=submission.student)


@pytest.mark.parametrize("submission", [as_parameter(submission) for submission in ALL])
def test_everybody_gets_what_they_deserve(submission: Submission, graded: Class, request: Any) -> None:
    request.node.user_properties.append(("hostile", submission.kind))
    said = graded.said(submission)
    assert GOTCHA not in said
    assert graded.secret not in said
    said_of_each = graded.students[submission.student]["exercises"]
    assert graded.points(submission.student) == submission.points, json.dumps(said_of_each, indent=1)


def test_there_are_enough_of_each_kind() -> None:
    assert len(ALL) >= 55
    assert len({submission.student for submission in ALL}) == len(ALL)


@pytest.mark.parametrize("student", ORDINARY)
def test_the_others_keep_their_grades(student: str, graded: Class) -> None:
    assert graded.points(student) == ORDINARY[student]


def test_nobody_is_lost(graded: Class) -> None:
    assert set(graded.students) == {*ORDINARY, *(submission.student for submission in graded.submissions)}
    with gradebook(graded.out) as book:
        for student, row in graded.students.items():
            assert book.find_submission(LESSON.name, student).score == pytest.approx(row["score"])


def test_the_submissions_are_left_alone(graded: Class) -> None:
    assert graded.untouched


def test_nobody_has_reached_the_network(graded: Class) -> None:
    assert graded.calls == []


def sandboxes() -> set[int]:
    """The processes under this one that are a sandbox's; other tests in this process may keep some for themselves."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # ended meanwhile, or is about to
            if child.status() != psutil.STATUS_ZOMBIE and "sandbox.worker" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


def test_nothing_is_left_running(graded: Class) -> None:
    deadline = time.monotonic() + 10  # what was killed takes a moment to be gone on a busy machine
    while (sandboxes() - graded.others) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert sandboxes() - graded.others == set()
    left = []
    for process in psutil.process_iter(["name", "cmdline"]):
        words = " ".join([process.info["name"] or "", *(process.info["cmdline"] or ())])
        if graded.world.mark[:14] in words and process.pid != os.getpid():
            left.append(words)
    assert left == []


def test_nothing_is_written_outside(graded: Class) -> None:
    places = [graded.submitted, graded.out, graded.world.prey, REPOSITORY, REPOSITORY / "gancourse"]
    places += map(Path, ("/", "/tmp", "/dev/shm", "/var/tmp", "/etc", "/root", "/home", "/run", "/dev", "/usr/lib"))
    found = [path for place in places if place.is_dir() for path in place.glob(f"*{graded.world.mark}*")]
    found += [path for place in ("/tmp", "/dev/shm", "/run") for path in Path(place).glob("leftover*")]
    assert found == []


class Active(HTMLParser):
    """Finds what of a payload has become more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.found += [f"<{tag} {name}={value}>" for name, value in attrs if "pwned" in f"{name}{value}"]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style") and "pwned" in data:
            self.found.append(f"<{self.inside}>{data[:60]}")


def test_no_submission_puts_script_into_a_page(graded: Class) -> None:
    pages = list((graded.out / "feedback").rglob("*.html"))
    assert len(pages) >= len(graded.students)
    for path in pages:
        page = Active()
        page.feed(path.read_text(encoding="utf-8"))
        assert page.found == [], path


def test_graders_see_no_outputs_but_text(graded: Class) -> None:
    for path in (graded.out / "autograded").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert {output.output_type for output in cell.get("outputs", ())} <= {"stream", "error"}, path
            if cell.cell_type == "markdown" and "pwned" in cell.source:
                assert "<" not in cell.source
