"""From a lesson's source to its notebooks: what is promised to authors, students and graders."""

from __future__ import annotations

import ast
import os
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from gancourse.authoring import build, lint, report, source
from gancourse.authoring.course import run_converter
from gancourse.authoring.source import Lesson, find, lesson_paths, read
from gancourse.errors import CourseError

CLEAN = '''\
# %% [markdown] builds="an example" hours=1 stars=1
# # 07 · Example
#
# ![A straight line.](images/line.png) and <img src="b.png" alt="a bell">

# %% name="setup"
from gancourse import show

check = hidden = None

# %% [markdown] exercise="double" stars=2 minutes=5
# ### Exercise 1: twice

# %% [markdown] hints="double"
# The idea.
# ---
# The formula.
# ---
# Nearly the code.


# %% solution="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    secret_intermediate_result = x + x
    return secret_intermediate_result
    ### END SOLUTION


# %% test="double" points=2
check.double(double)
### BEGIN HIDDEN TESTS
assert double(21) == 42, "a secret test of a large number"
### END HIDDEN TESTS

# %% [markdown] exercise="why" stars=1 minutes=5
# ### Exercise 2: why?

# %% [markdown] answer="why" points=1
# Because the secret written answer says so.

# %%
show(double, alt="twice")

# %% [markdown] reveal="Answer"
# A question?
# ---
# An answer.

# %% [markdown] last=true
# What you have built.
'''


def lesson_of(text: str, folder: Path, name: str = "07_example") -> Lesson:
    path = folder / name / "lesson.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return read(path)


TEST = """\
check.double(double)
### BEGIN HIDDEN TESTS
assert double(21) == 42, "a secret test of a large number"
### END HIDDEN TESTS
"""


def changed(old: str, new: str) -> str:
    """The clean lesson with one thing broken."""
    assert CLEAN.count(old) == 1, old
    return CLEAN.replace(old, new)


# --- reading --------------------------------------------------------------------------------


def test_cells_have_kind_text_keys_and_line(tmp_path):
    lesson = lesson_of(CLEAN, tmp_path)
    lines = CLEAN.splitlines()
    assert all(lines[cell.line - 1].startswith("# %%") for cell in lesson.cells)
    cell = lesson.cell("double")
    assert cell.kind == "code" and cell.keys == {"solution": "double"} and cell.text.startswith("def double")
    assert lesson.title == "07 · Example"
    assert lesson.exercises == ["double", "why"] and lesson.points == {"double": 2, "why": 1}
    with pytest.raises(KeyError, match="has no cell 'nothing'"):
        lesson.cell("nothing")


def test_namespace_runs_cells_with_their_answers(tmp_path):
    assert lesson_of(CLEAN, tmp_path).namespace("double")["double"](4) == 8


def test_line_endings_and_byte_order_mark_do_not_matter(tmp_path):
    """Editors on Windows write both."""
    unix = lesson_of(CLEAN, tmp_path)
    windows = lesson_of("\ufeff" + CLEAN.replace("\n", "\r\n"), tmp_path)
    assert windows == unix


def test_a_marker_inside_a_string_starts_no_cell(tmp_path):
    title, string = "# %% [markdown]\n# # Title\n\n", 'text = """\n# %% [markdown]\n# not a cell\n"""\n\n'
    text = f'{title}# %%\n{string}# %% name="last"\ny = 1\n'
    lesson = lesson_of(text, tmp_path)
    assert [cell.line for cell in lesson.cells] == [1, 4, 10]
    assert "# %% [markdown]" in lesson.cells[1].text
    assert [cell.id for cell in lesson.cells] == ["cell-001", "cell-002", "last"]


def test_a_cell_magic_starts_no_cell(tmp_path):
    lesson = lesson_of("# %% [markdown]\n# # Title\n\n# %%\n# %%time\nx = 1\n", tmp_path)
    assert [cell.text for cell in lesson.cells] == ["# Title", "%%time\nx = 1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"# %%\ndef f(:\n", r":2: no valid Python"),
        (b'# %%\nx = """\n# %%\n', r":2: no valid Python: unterminated"),
        (b"# %%\nx = 1\x00\n", r"no valid Python: source code string cannot contain null bytes"),
        (b"# %%\nx = '\xff'\n", r"not UTF-8 \(byte 10\)"),
        ("# %%\n\nx = 'a\u2028b'\n".encode(), r":3: holds the invisible line break '\\u2028'"),
        (b"\nimport torch\n\n# %%\nx = 1\n", r":2: text before the first `# %%` line"),
        (b"", r"holds no cell"),
        (b"x = 1\n", r"holds no cell"),
        (b"# %%\nx = 1\n\n# %% [raw]\n# text\n", r":4: a raw cell; a lesson has code and \[markdown\] cells only"),
    ],
)
def test_damaged_sources_get_a_sentence(tmp_path, content, says):
    path = tmp_path / "lesson.py"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=says) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_source_gets_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        read(tmp_path / "lesson.py")


@pytest.mark.parametrize(
    "name",
    [
        "01_gaussian_1d",
        "1",
        "01",
        "gaussian_1d",
        "lessons/01_gaussian_1d/lesson.py",
        "notebooks/01_gaussian_1d/01_gaussian_1d.ipynb",
    ],
)
def test_find_by_name_number_topic_or_path(name):
    assert find(name).name == "01_gaussian_1d"


@pytest.mark.parametrize("name", ["", "0", "99", "gaussian", "1d"])
def test_find_lists_the_lessons_there_are(name):
    with pytest.raises(CourseError) as caught:
        find(name)
    assert f"There is no lesson {name!r}" in str(caught.value)
    assert all(path.parent.name in str(caught.value) for path in lesson_paths())


# --- building -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """All lessons, built afresh; with the variable LESSON that one."""
    folder = tmp_path_factory.mktemp("built")
    assert build.build_all(folder, os.environ.get("LESSON") or None) == []
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The clean lesson, built."""
    folder = tmp_path_factory.mktemp("course")
    build.generate(lesson_of(CLEAN, folder), folder)
    return folder


def notebook(course: Path, step: str, name: str = "07_example") -> nbformat.NotebookNode:
    return nbformat.read(course / step / name / f"{name}.ipynb", as_version=4)


def text_of(made: nbformat.NotebookNode) -> str:
    return "\n".join(cell.source for cell in made.cells)


def files(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow  # `make check` compares the notebooks with a fresh build before it runs tests
def test_a_rebuild_is_identical(built, tmp_path):
    assert build.build_all(tmp_path, "01") == []
    first, second = map(files, (built, tmp_path))
    assert {Path("notebooks/start.ipynb"), Path("notebooks/01_gaussian_1d/01_gaussian_1d.ipynb")} <= set(second)
    assert {path: first[path] for path in second} == second


@pytest.mark.slow
def test_committed_notebooks_are_as_their_sources_say(built):
    """If this fails, run `make lessons` and commit what it changes."""
    assert build.differences(built) == []


@pytest.mark.slow  # make check builds every lesson once already
def test_differences_are_found(built, tmp_path, monkeypatch):
    root = tmp_path / "repository"
    build.publish(built, root)
    monkeypatch.setattr(build, "repository", lambda: root)
    assert build.differences(built) == []
    (root / "notebooks" / "start.ipynb").unlink()
    edited = root / "solutions" / "01_gaussian_1d" / "01_gaussian_1d.ipynb"
    edited.write_text(edited.read_text().replace("discriminator", "discriminatrix", 1))
    for name in ("old/old.ipynb", "01_gaussian_1d/01_gaussian_1d.mine-2025.ipynb", ".ipynb_checkpoints/x.ipynb"):
        (root / "notebooks" / name).parent.mkdir(exist_ok=True)
        (root / "notebooks" / name).write_text("{}")
    assert sorted(build.differences(built)) == [
        "notebooks/old/old.ipynb has no source",
        "notebooks/start.ipynb is missing",
        "solutions/01_gaussian_1d/01_gaussian_1d.ipynb differs from its source",
    ]


@pytest.mark.slow  # make check builds every lesson once already
def test_ids_are_unique_and_the_same_everywhere(built, course):
    for made in [notebook(course, s) for s in ("source", "notebooks", "solutions")] + [
        notebook(built, s, path.parent.name) for path in lesson_paths() for s in ("notebooks", "solutions")
    ]:
        nbformat.validate(made)
        ids = [cell.id for cell in made.cells]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id) for id in ids)
    assert [c.id for c in notebook(course, "notebooks").cells] == [c.id for c in notebook(course, "solutions").cells]


def test_an_exercises_ids_do_not_hang_on_its_place(course, tmp_path):
    """Grades are kept by id, so a new cell above must not rename the exercises below."""
    longer = CLEAN.replace("# %% [markdown] exercise=", "# %% [markdown]\n# New.\n\n# %% [markdown] exercise=", 1)
    before = [cell.id for cell in lesson_of(CLEAN, tmp_path).cells if not cell.id.startswith("cell-")]
    after = [cell.id for cell in lesson_of(longer, tmp_path).cells if not cell.id.startswith("cell-")]
    assert before == after
    assert before == ["setup", "exercise-double", "hints-double", "double", "test-double", "exercise-why", "why"]


@pytest.mark.slow  # make check builds every lesson once already
def test_metadata_is_valid_for_nbgrader(built, course):
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import CheckCellMetadata

    for made in (notebook(course, "notebooks"), notebook(built, "notebooks", "01_gaussian_1d")):
        CheckCellMetadata().preprocess(made, {})
        MetadataValidator().validate_nb(made)
    cells = {cell.id: cell.metadata.get("nbgrader") for cell in notebook(course, "notebooks").cells}
    assert {id for id, grading in cells.items() if grading} == {"double", "test-double", "why"}
    expected = {"double": (False, True, False), "test-double": (True, False, True), "why": (True, True, False)}
    for id, (grade, solution, locked) in expected.items():
        assert (cells[id]["grade"], cells[id]["solution"], cells[id]["locked"]) == (grade, solution, locked)
        assert cells[id]["grade_id"] == id and cells[id]["schema_version"] == 3
    assert cells["test-double"]["points"] == 2 and cells["why"]["points"] == 1


def test_released_notebook_holds_no_answer_and_the_solution_does(course):
    released, solved = text_of(notebook(course, "notebooks")), text_of(notebook(course, "solutions"))
    for secret in ("secret_intermediate_result", "a secret test", "secret written answer"):
        assert secret not in released and secret in solved
    assert "raise NotImplementedError  # your code here" in released
    assert "*Write your answer here.*" in released
    assert '"""Twice x."""' in released, "the docstring is part of the question"
    assert "### BEGIN" not in released


@pytest.mark.slow  # make check builds every lesson once already
@pytest.mark.parametrize("path", lesson_paths(), ids=lambda p: p.parent.name)
def test_every_lesson_keeps_its_answers(built, path):
    lesson = read(path)
    released, solved = (notebook(built, step, lesson.name) for step in ("notebooks", "solutions"))
    assert lint.leaks_of(lesson, released) == []
    for cell in lesson.cells:
        for answer in lint.SOLUTION.findall(cell.text):
            assert answer.strip() in text_of(solved)
            assert f"\n{answer.rstrip()}\n" not in text_of(released)  # whole lines: `return d` begins others, too
    for cell in (c for c in released.cells if c.cell_type == "code" and not c.source.lstrip().startswith("%")):
        ast.parse(cell.source.rstrip().removesuffix(";"))


def test_an_empty_test_cell_is_written(tmp_path):
    lesson = lesson_of(changed(TEST, ""), tmp_path)
    cell = lesson.cell("test-double")
    assert cell.text == source.written_test("07_example", "double")
    assert 'hidden("07_example").double(double)' in cell.text and lint.lint(lesson) == []
    build.generate(lesson, tmp_path)
    released = {cell.id: cell.source for cell in notebook(tmp_path, "notebooks").cells}
    assert released["test-double"] == "check.double(double)"


def test_keys_are_spelled_out_for_the_reader(course):
    cells = {cell.id: cell.source for cell in notebook(course, "notebooks").cells}
    assert cells["exercise-double"] == "### Exercise 1: twice\n\n*★★☆ · about 5 minutes · 2 points*\n"
    assert "*★☆☆ · about 5 minutes · 1 point*" in cells["exercise-why"]
    assert cells["hints-double"].count("<details>") == cells["hints-double"].count("</details>") == 3
    assert "<summary>Hint 2: the formula</summary>\n\nThe formula.\n" in cells["hints-double"]
    last = cells["cell-010"]
    assert last.startswith("A question?\n\n<details>\n<summary>Answer</summary>\n\nAn answer.")


@pytest.mark.parametrize(("path", "following"), list(pairwise(lesson_paths())), ids=lambda path: path.parent.name)
def test_the_last_page_shows_the_next_lessons_picture(path, following):
    """Title, link and picture are the next lesson's own, so that a new one in between needs no words from another."""
    end = build.signposts(read(path), "foot")[-1].source
    name = following.parent.name
    assert f"[{source.title_in(following)}](../{name}/{name}.ipynb)" in end
    words, where = re.search(r"!\[(.+)\]\(../.+/images/(.+?)\)", end).groups()
    assert len(words) > 20
    assert (following.parent / "assets" / where).is_file()


@pytest.mark.slow
def test_pictures_travel_with_their_lesson(tmp_path):
    (tmp_path / "07_example" / "assets").mkdir(parents=True)
    (tmp_path / "07_example" / "assets" / "line.png").write_bytes(b"picture")
    build.generate(lesson_of(CLEAN, tmp_path), tmp_path)
    for step in ("notebooks", "solutions"):
        assert (tmp_path / step / "07_example" / "images" / "line.png").read_bytes() == b"picture"


# --- notebooks somebody worked in -----------------------------------------------------------


def rebuilt(course: Path, tmp_path: Path, change=None) -> tuple[Path, list[Path]]:
    """Publish the clean lesson, let somebody change it, publish a newer one over it."""
    target = tmp_path / "notebooks" / "07_example"
    build.publish(course / "notebooks" / "07_example", target)
    mine = target / "07_example.ipynb"
    if change:
        change(mine)
    newer = tmp_path / "newer"
    made = notebook(course, "notebooks")
    made.cells[0].source += "\nNewer."
    build.write_notebook(made, newer / "07_example.ipynb")
    return mine, build.publish(newer, target)


def edit(path: Path) -> None:
    made = nbformat.read(path, as_version=4)
    made.cells[3].source += "\nmy work"
    nbformat.write(made, path)


def run(path: Path) -> None:
    made = nbformat.read(path, as_version=4)
    code = next(cell for cell in made.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="my output")]
    nbformat.write(made, path)


def damage(path: Path) -> None:
    path.write_text("my work, half saved {")


@pytest.mark.parametrize("change", [edit, run, damage])
def test_work_is_moved_aside_and_never_overwritten(course, tmp_path, change):
    mine, kept = rebuilt(course, tmp_path, change)
    assert len(kept) == 1 and kept[0].parent == mine.parent
    assert re.fullmatch(r"07_example\.mine-\d{4}-\d\d-\d\d-\d{6}\.ipynb", kept[0].name)
    assert "my " in kept[0].read_text() and "Newer." in mine.read_text()


def touch(path: Path) -> None:
    """What JupyterLab does when a notebook is opened and saved: other metadata, another layout."""
    made = nbformat.read(path, as_version=4)
    made.metadata["language_info"] = {"name": "python", "version": "3.12.0"}
    made.cells[0].metadata["collapsed"] = True
    path.write_text(nbformat.writes(made, indent=4))


@pytest.mark.parametrize("change", [None, touch])
def test_an_untouched_notebook_is_replaced(course, tmp_path, change):
    mine, kept = rebuilt(course, tmp_path, change)
    assert kept == [] and "Newer." in mine.read_text()
    assert [p.name for p in mine.parent.iterdir()] == ["07_example.ipynb"]


def test_two_notebooks_kept_in_one_second_both_survive(tmp_path):
    kept = []
    for text in ("first", "second", "third"):
        path = tmp_path / "lesson.ipynb"
        path.write_text(text)
        kept.append(build.move_aside(path))
    assert [path.read_text() for path in kept] == ["first", "second", "third"]


def test_nothing_is_written_where_nothing_changed(course, tmp_path):
    target = tmp_path / "07_example"
    build.publish(course / "notebooks" / "07_example", target)
    edit(target / "07_example.ipynb")
    before = files(target)
    (tmp_path / "empty").mkdir()
    assert build.publish(tmp_path / "empty", target) == [] and files(target) == before


def test_nbgraders_refusal_is_a_sentence(tmp_path):
    (tmp_path / "source").mkdir()
    from nbgrader.converters import GenerateAssignment

    with pytest.raises(CourseError, match="nbgrader could not build 07_example") as caught:
        run_converter(GenerateAssignment, "07_example", tmp_path)
    assert "Traceback" not in str(caught.value)


# --- lint -----------------------------------------------------------------------------------


def test_a_clean_lesson_has_no_findings(tmp_path, course):
    lesson = lesson_of(CLEAN, tmp_path)
    assert lint.lint(lesson) == []
    assert lint.leaks_of(lesson, notebook(course, "notebooks")) == []
    lint.refuse(lesson)


LONG = "\n".join(f"x{i} = {i}" for i in range(26))
FAULTS = {
    "picture without alt text": ("![A straight line.]", "![ ]", "1: a picture has no alt text"),
    "img without alt text": (' alt="a bell"', ' data-alt="a bell"', "1: an <img> has no alt text"),
    "img in code": ("check = hidden = None", "tag = '<img src=x>'", "6: an <img> has no alt text"),
    "show without alt text": (', alt="twice"', "", ": show(…) needs alt=…"),
    "show with empty alt text": ('alt="twice"', 'alt=" "', ": show(…) needs alt=…"),
    "plt.show": ('show(double, alt="twice")', "plt.show()", ": plt.show() gives a picture without alt text"),
    "long cell": ("check = hidden = None", LONG, "6: cell of 28 lines; split it so that none has more than 25"),
    "unknown key": ('name="setup"', 'nmae="setup"', "6: unknown key 'nmae'; the keys are name, exercise"),
    "key on the wrong kind of cell": ("# %%\nshow", '# %% hints="double"\nshow', "key 'hints' belongs on a markdown"),
    "key not quoted": ('name="setup"', "name=setup", "cannot read 'name=setup' on the `# %%` line"),
    "words for keys": ('# %% name="setup"', "# %% Setup", "cannot read 'Setup' on the `# %%` line"),
    "bad name": ('name="setup"', 'name="set up"', "name='set up' should be a quoted name"),
    "bad points": ("points=2", 'points="2"', "points='2' should be a whole number above 0"),
    "no points at all": (" points=2", "", "test='double' needs points=… on the same line"),
    "zero points": ("points=2", "points=0", "points=0 should be a whole number above 0"),
    "four stars": ("stars=2", "stars=4", "stars=4 should be 1, 2 or 3"),
    "exercise without minutes": (" stars=2 minutes=5", " stars=2", "exercise='double' needs minutes=…"),
    "two roles": ('answer="why" points=1', 'answer="why" hints="why" points=1', "keys 'hints' and 'answer' are on one"),
    "test that ends in an expression": ("check.double(double)\n", "double(3)\n", "ends in the expression `double(3)`"),
    "hidden test that ends in an expression": (
        'assert double(21) == 42, "a secret test of a large number"',
        "double(21)",
        "ends in the expression `double(21)`",
    ),
    "hidden test only": ("check.double(double)\n", "", "test cell of 'double' is empty, or all of it is hidden"),
    "another exercise's test": ("check.double(double)\n", "check.treble(treble)\n", "does not use double"),
    "exercise without test": (
        '# %% test="double" points=2\ncheck.double(double)\n### BEGIN HIDDEN TESTS\n'
        'assert double(21) == 42, "a secret test of a large number"\n### END HIDDEN TESTS\n',
        "",
        "exercise 'double' has no test; add a cell",
    ),
    "test without solution": ('solution="double"', 'solution="treble"', "test 'double' has no solution cell"),
    "solution under another name": ("def double", "def treble", "solution='double' does not define double"),
    "exercise without hints": ('hints="double"', 'name="hints"', "exercise 'double' has no hints cell"),
    "exercise without introduction": (' exercise="double" stars=2 minutes=5', "", "has no exercise cell"),
    "introduction of nothing": ('exercise="why"', 'exercise="how"', "exercise='how' belongs to no exercise"),
    "duplicate id": ("# %%\nshow", '# %% name="setup"\nshow', "duplicate id 'setup': 2 cells have it"),
    "duplicate id by role": ("# %%\nshow", '# %% name="test-double"\nshow', "duplicate id 'test-double'"),
    "two hints": ("# Nearly the code.\n", "", "hints='double' has 3 part(s); three, divided by `---`, are wanted"),
    "one hint": ("# The idea.\n# ---\n# The formula.\n# ---\n", "", "hints='double' has 1 part(s)"),
    "nothing to reveal": ("# A question?\n# ---\n", "# A question?\n", "reveal=… has no `---` line"),
    "marker not closed": ("    ### END SOLUTION\n", "", "1 `### BEGIN SOLUTION` but 0 `### END SOLUTION`"),
    "marker not opened": ("### BEGIN HIDDEN TESTS\n", "", "0 `### BEGIN HIDDEN TESTS` but 1 `### END HIDDEN TESTS`"),
    "markers in the wrong order": (
        "    ### BEGIN SOLUTION\n    secret_intermediate_result = x + x\n",
        "    ### END SOLUTION\n    x = x + x\n    ### BEGIN SOLUTION\n    secret_intermediate_result = x\n",
        "2 `### END SOLUTION`",
    ),
    "markers in a plain cell": (
        "check = hidden = None",
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
        "`### BEGIN SOLUTION` stands outside a solution=… cell",
    ),
    "no markers": (
        "    ### BEGIN SOLUTION\n    secret_intermediate_result = x + x\n    return secret_intermediate_result\n"
        "    ### END SOLUTION\n",
        "    return 2 * x\n",
        "solution='double' has no `### BEGIN SOLUTION`",
    ),
    "nothing for the tables": (' builds="an example" hours=1 stars=1', "", "the first cell should say what one builds"),
    "no hours": (" hours=1", "", "builds='an example' needs hours=… on the same line"),
    "no title": ("# # 07 · Example", "# 07 · Example", "the first cell should be markdown and start with `# Title`"),
}


@pytest.mark.parametrize(("old", "new", "says"), FAULTS.values(), ids=FAULTS.keys())
def test_lint_finds(tmp_path, old, new, says):
    found = lint.lint(lesson_of(changed(old, new), tmp_path))
    assert any(says in line for line in found), found
    assert all(line.startswith(str(tmp_path / "07_example" / "lesson.py")) for line in found)


ALONE = sorted(set(FAULTS) - {
    # These break two promises at once: a renamed or missing cell is missed elsewhere, too.
    "key on the wrong kind of cell", "key not quoted", "words for keys", "no points at all", "two roles",
    "another exercise's test", "exercise without test", "test without solution", "introduction of nothing",
    "exercise without introduction", "markers in the wrong order", "hidden test only",
    "solution under another name", "unknown key", "bad name",
})  # fmt: skip


@pytest.mark.parametrize("fault", ALONE)
def test_lint_finds_nothing_else(tmp_path, fault):
    old, new, _ = FAULTS[fault]
    assert len(lint.lint(lesson_of(changed(old, new), tmp_path))) == 1


def test_end_before_begin(tmp_path):
    text = changed("    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n").replace(
        "return secret_intermediate_result\n    ### END SOLUTION", "return x\n    ### BEGIN SOLUTION"
    )
    found = lint.lint(lesson_of(text, tmp_path))
    assert any("`### END SOLUTION` stands before `### BEGIN SOLUTION`" in line for line in found)


def test_hidden_lines_do_not_make_a_cell_long(tmp_path):
    """No reader sees them."""
    secret = 'assert double(21) == 42, "a secret test of a large number"'
    assert lint.lint(lesson_of(changed(secret, LONG), tmp_path)) == []


@pytest.mark.parametrize(
    ("leak", "says"),
    [
        ("    secret_intermediate_result = x + x", "answer text of 'double'"),
        ('assert double(21) == 42, "a secret test of a large number"', "answer text of 'test-double'"),
        ("Because the secret written answer says so.", "answer text of 'why'"),
        ("### BEGIN SOLUTION", "contains `### BEGIN`"),
        ("### END HIDDEN TESTS", "contains `### END`"),
    ],
)
def test_lint_finds_answers_left_in_the_released_notebook(tmp_path, course, leak, says):
    released = notebook(course, "notebooks")
    released.cells[2].source += f"\n{leak}\n"
    found = lint.leaks_of(lesson_of(CLEAN, tmp_path), released)
    assert len(found) == 1 and says in found[0]


def test_a_hint_that_holds_the_answer_is_a_leak(tmp_path):
    lesson = lesson_of(changed("# Nearly the code.", "# secret_intermediate_result = x + x"), tmp_path)
    build.generate(lesson, tmp_path)
    assert any("answer text of 'double'" in line for line in lint.leaks_of(lesson, notebook(tmp_path, "notebooks")))


def test_a_line_of_code_that_stands_in_the_open_is_no_leak(tmp_path):
    lesson = lesson_of(changed("check = hidden = None", "x = 1\nsecret_intermediate_result = x + x"), tmp_path)
    build.generate(lesson, tmp_path)
    assert lint.leaks_of(lesson, notebook(tmp_path, "notebooks")) == []


@pytest.mark.parametrize("fault", ["duplicate id", "two hints", "four stars", "bad points", "marker not closed"])
def test_a_lesson_that_cannot_be_built_is_refused_with_the_reason(tmp_path, fault):
    old, new, says = FAULTS[fault]
    with pytest.raises(CourseError, match="cannot be built") as caught:
        build.generate(lesson_of(changed(old, new), tmp_path), tmp_path)
    assert says in str(caught.value)


# --- what the command line prints -----------------------------------------------------------


def test_one_broken_lesson_does_not_hide_another(tmp_path, monkeypatch, capsys):
    lessons = tmp_path / "lessons"
    lesson_of("# %% [markdown]\n# # Start\n#\n# ![](x.png)\n", lessons, "start")
    for name, text in (
        ("01_broken", "# %%\nx = (\n"),
        ("02_faulty", changed("stars=2", "stars=4")),
        ("03_clean", CLEAN),
    ):
        (lessons / name).mkdir()
        (lessons / name / "lesson.py").write_text(text)
    for module in (source, report):
        monkeypatch.setattr(module, "repository", lambda: tmp_path)
    assert report.lint_and_report() == 1
    out = capsys.readouterr().out.splitlines()
    assert [re.sub(r".*lessons.", "", line) for line in out] == [
        "01_broken/lesson.py:2: no valid Python: '(' was never closed.",
        "02_faulty/lesson.py:11: stars=4 should be 1, 2 or 3",
        "start/lesson.py:1: a picture has no alt text; write ![what it shows](file)",
        "3 finding(s) in 3 lesson(s).",
    ]


@pytest.mark.slow
def test_a_clean_course_says_so(tmp_path, monkeypatch, capsys):
    lesson_of("# %% [markdown]\n# # Start\n", tmp_path / "lessons", "start")
    lesson_of(CLEAN, tmp_path / "lessons", "03_clean")
    for module in (source, report, build):
        monkeypatch.setattr(module, "repository", lambda: tmp_path)
    assert report.lint_and_report() == 0
    assert capsys.readouterr().out == "The lessons are clean.\n"
    assert report.build_and_report(check=True) == 1
    assert "notebooks/03_clean/03_clean.ipynb is missing" in capsys.readouterr().out
    assert report.build_and_report(check=False) == 0
    assert report.build_and_report(check=True) == 0
    edit(tmp_path / "notebooks" / "03_clean" / "03_clean.ipynb")
    lesson_of(CLEAN.replace("Example", "Sample"), tmp_path / "lessons", "03_clean")
    capsys.readouterr()
    assert report.build_and_report(check=False) == 0
    assert "Your work in that notebook is kept as notebooks/03_clean/03_clean.mine-" in capsys.readouterr().out


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.parent.name)
def test_every_lesson_chooses_its_threads(path: Path) -> None:
    """With all cores' threads small networks are slower than with one, and far slower where several notebooks run."""
    assert re.search(r"^(choose_threads\(|torch\.set_num_threads\()", read(path).cell("setup").text, re.MULTILINE)
