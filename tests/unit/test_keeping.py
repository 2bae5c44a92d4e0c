"""What `--keep` leaves: files with their figures, a table that says the same, and as many as the minutes allow."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from gancourse.errors import CourseError
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.paths import repository
from gancourse.training import keeping
from gancourse.training.everything import make_all, stated_minutes
from gancourse.training.keeping import keep, table_of_files


@dataclass(frozen=True)
class Small:
    """A recipe, as far as keeping goes."""

    name: str = "small"
    keep: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"small": ("G",), "small_judge": ("D",)})
    minutes: float | Mapping[str, float] = 1.0


@pytest.fixture
def nets() -> dict[str, torch.nn.Module]:
    return {"G": Generator(8, 5, 4), "D": Discriminator(8, 4), "other": torch.nn.Linear(1, 1)}


def test_each_file_gets_its_networks_and_its_figures(nets: dict[str, torch.nn.Module], tmp_path: Path) -> None:
    made = {
        "seed": 3,
        "what": {"small": "a generator", "small_judge": "its judge"},
        "reached": {"small": {"distance": 1.5}, "small_judge": {}},
        "rates": {"G": 1.0, "D": 2.0},
    }
    files = keep(Small(), nets, made, tmp_path / "out")
    assert [path.name for path in files] == ["small.safetensors", "small_judge.safetensors"]
    assert sorted(os.listdir(tmp_path / "out")) == [path.name for path in files]
    G, D = map(store.about, files)
    assert (G["recipe"], G["seed"], G["what"], G["reached"]) == ("small", 3, "a generator", {"distance": 1.5})
    assert (D["what"], D["reached"], D["rates"]) == ("its judge", {}, {"G": 1.0, "D": 2.0})
    assert list(store.load(files[0])) == ["G"] and list(store.load(files[1])) == ["D"]


def test_all_files_or_none(nets: dict[str, torch.nn.Module], tmp_path: Path) -> None:
    """What is there stays if one of the new files cannot be."""
    keep(Small(), nets, {"seed": 1}, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    del nets["D"]
    with pytest.raises(CourseError, match="small keeps D, and the run has no such network"):
        keep(Small(), nets, {"seed": 2}, tmp_path)
    nets["D"] = Discriminator(64, 48)
    with pytest.raises(CourseError, match=r"small_judge\.safetensors would have 3\.\d MB, and 2\.5 MB is the most"):
        keep(Small(), nets, {"seed": 2}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_keeps_nothing_says_so(nets: dict[str, torch.nn.Module], tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="ring keeps nothing"):
        keep(Small("ring", {}), nets, {}, tmp_path)


def test_without_a_checkout_one_says_where(
    nets: dict[str, torch.nn.Module], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(keeping, "checkout", lambda: None)
    with pytest.raises(CourseError, match="say with --keep-in where"):
        keep(Small(), nets, {})
    assert len(keep(Small(), nets, {}, tmp_path)) == 2


# --- The table -----------------------------------------------------------------------------------


def test_the_table_of_data_says_what_the_files_say() -> None:
    said = (repository() / "data" / "README.md").read_text(encoding="utf-8")
    table = said.partition(keeping.BEGIN)[2].partition(keeping.END)[0].strip()
    assert table == table_of_files(), "python -c 'from gancourse.training.keeping import renew_table; renew_table()'"
    for name in store.shipped():
        (row,) = re.findall(rf"^\| `{name}\.safetensors` .*$", table, re.MULTILINE)
        for figure, value in store.about(name)["reached"].items():
            assert f"{figure} {value:g}" in row


def test_keeping_in_a_checkout_renews_the_table(
    nets: dict[str, torch.nn.Module], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for home in (store, keeping):
        monkeypatch.setattr(home, "weights_folder", lambda: tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{keeping.BEGIN}\nold\n{keeping.END}\nafter\n", encoding="utf-8")
    keep(Small(), nets, {"what": "small ones", "reached": {"distance": 0.25}, "minutes": 1.5, "device": "cpu"})
    text = readme.read_text(encoding="utf-8")
    row = "small ones | `gancourse train small --keep`, 1.5 minutes (cpu) | distance 0.25 |"
    assert f"| `small.safetensors` | {row}" in text and "old" not in text
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    readme.write_text("no place for it", encoding="utf-8")
    with pytest.raises(CourseError, match="lacks the lines"):
        keep(Small(), nets, {})


# --- All of them ---------------------------------------------------------------------------------


class Clock:
    """Seconds that pass when a recipe is made."""

    def __init__(self) -> None:
        self.now, self.made = 100.0, []

    def make(self, minutes: float) -> Callable[[Small], list[Path]]:
        def make(recipe: Small) -> list[Path]:
            self.made.append(recipe.name)
            self.now += 60 * minutes
            if recipe.name == "told":
                raise CourseError("no faces here")
            if recipe.name == "broken":
                raise RuntimeError("out of memory\nand more")
            return [Path(f"data/{recipe.name}.safetensors")]

        return make


def test_all_are_made_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    recipes = [Small("reader"), Small("ring", {}), Small("faces", minutes={"cuda": 4, "cpu": 30})]
    assert make_all(recipes, 12, "cuda:0", clock.make(2), lambda: clock.now) == 0
    assert clock.made == ["reader", "faces"]  # ring keeps nothing
    assert capsys.readouterr().out.splitlines() == [
        "recipe  stated  taken  (minutes, cuda:0)",
        "reader     1.0    2.0  reader.safetensors",
        "faces      4.0    2.0  faces.safetensors",
        "2 of 2 recipes made, in 4.0 of 12 minutes.",
    ]


def test_what_does_not_fit_or_fails_is_told_and_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    recipes = [
        Small("told", minutes=5),
        Small("broken", minutes=5),
        Small("long", minutes=9),  # 8 minutes are left
        Small("unknown", minutes={"cpu": 1}),
        Small("short", minutes=8),
    ]
    assert make_all(recipes, 12, "cuda", clock.make(2), lambda: clock.now) == 1
    assert clock.made == ["told", "broken", "short"]
    assert capsys.readouterr().out.splitlines() == [
        "recipe   stated  taken  (minutes, cuda)",
        "told        5.0    2.0  not made: no faces here",
        "broken      5.0    2.0  not made: RuntimeError: out of memory",
        "long        9.0      —  not made: 8.0 minutes were left",
        "unknown       —      —  not made: it does not say how long it takes on cuda",
        "short       8.0    2.0  short.safetensors",
        "1 of 5 recipes made, in 6.0 of 12 minutes.",
    ]


def test_an_interrupted_recipe_ends_all_and_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()

    def make(recipe: Small) -> list[Path]:
        if recipe.name == "stopped":
            raise KeyboardInterrupt
        return clock.make(2)(recipe)

    with pytest.raises(KeyboardInterrupt):
        make_all([Small("reader"), Small("stopped"), Small("later")], 12, "cpu", make, lambda: clock.now)
    assert clock.made == ["reader"]
    assert capsys.readouterr().out.splitlines()[1:] == [
        "reader      1.0    2.0  reader.safetensors",
        "stopped       —      —  not made: it was stopped",
        "1 of 2 recipes made, in 2.0 of 12 minutes.",
    ]


def test_minutes_may_differ_by_device() -> None:
    assert stated_minutes(Small(minutes=3), "cuda") == 3
    assert [stated_minutes(Small(minutes={"cpu": 9, "cuda": 1}), d) for d in ("cpu", "cuda:1", "mps")] == [9, 1, None]
