"""A recipe run into a folder: its files, stopping without loss, going on, and refusing what does not fit."""

from __future__ import annotations

import csv
import logging
import os
import re
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import nn
from typer.testing import CliRunner

from gancourse.cli import app
from gancourse.errors import CourseError
from gancourse.models import store
from gancourse.paths import weights_folder
from gancourse.training import Diverged, Machine, keeping
from gancourse.training.checkpoint import read_checkpoint, save_checkpoint
from gancourse.training.recipes import RECIPES, Recipe, recipe
from gancourse.training.session import Plan, Session, make_shipped, train
from gancourse.training.speed.form import PLAIN, Form


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def plan(out: Path, **settings: Any) -> Plan:
    """A few steps on the ring, on the CPU whatever the machine has."""
    return Plan(recipe("ring"), out, **{"steps": 6, "log_every": 2, "draw_every": 100, **settings})


def table(out: Path) -> list[dict[str, str]]:
    with open(out / "metrics.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def losses(out: Path) -> list[tuple[str, str, str]]:
    return [(row["step"], row["d_loss"], row["g_loss"]) for row in table(out)]


def test_a_run_leaves_a_table_curves_pictures_and_a_checkpoint(tmp_path) -> None:
    assert train(plan(tmp_path / "run")) == 0
    rows = table(tmp_path / "run")
    assert [row["step"] for row in rows] == ["2", "4", "6"]
    assert all(0 < float(row["d_real"]) < 1 and float(row["g_norm"]) > 0 for row in rows)
    board = EventAccumulator(str(tmp_path / "run" / "tensorboard")).Reload()
    curve = board.Scalars("d_loss")
    assert [event.step for event in curve] == [2, 4, 6]
    assert [event.value for event in curve] == pytest.approx([float(row["d_loss"]) for row in rows])
    with Image.open(tmp_path / "run" / "samples" / "000006.png") as picture:
        assert min(picture.size) > 200
    about, tensors = read_checkpoint(tmp_path / "run" / "checkpoint.safetensors")
    assert about["step"] == 6
    assert about["notes"]["recipe"] == "ring"
    assert any(name.startswith("ema.") for name in tensors)


@pytest.mark.slow
def test_a_stopped_run_goes_on_as_if_nothing_had_happened(tmp_path, caplog, capfd) -> None:
    train(plan(tmp_path / "whole", steps=10))
    stopped = Session(plan(tmp_path / "parts", steps=10))
    stopped.engine.hooks.append(lambda state: os.kill(os.getpid(), signal.SIGINT) if state.step == 5 else None)
    handler = signal.getsignal(signal.SIGINT)
    assert stopped.run() is False
    assert signal.getsignal(signal.SIGINT) is handler
    assert stopped.engine.state.step == 5
    assert "saving" in capfd.readouterr().err
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(plan(tmp_path / "parts", steps=10)) == 0
    assert "goes on at step 5" in caplog.text
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    whole, parts = (read_checkpoint(tmp_path / name / "checkpoint.safetensors")[1] for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_checkpoint_and_its_table_reads_straight(tmp_path) -> None:
    train(plan(tmp_path / "whole", steps=8))
    train(plan(tmp_path / "run", steps=4))
    old = (tmp_path / "run" / "checkpoint.safetensors").read_bytes()
    train(plan(tmp_path / "run", steps=6))
    (tmp_path / "run" / "checkpoint.safetensors").write_bytes(old)  # the table is ahead of it, as after a kill
    train(plan(tmp_path / "run", steps=8))
    assert losses(tmp_path / "run") == losses(tmp_path / "whole")
    board = EventAccumulator(str(tmp_path / "run" / "tensorboard")).Reload()
    assert [event.step for event in board.Scalars("g_loss")] == [2, 4, 6, 8]


def test_a_finished_run_is_left_alone(tmp_path, caplog) -> None:
    train(plan(tmp_path))
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(plan(tmp_path, steps=5)) == 0
    assert "--steps" in caplog.text
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before
    assert len(table(tmp_path)) == 3


def test_time_limits_a_run_and_counts_earlier_sessions(tmp_path, caplog) -> None:
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert [train(plan(tmp_path, steps=10_000, minutes=0.0)) for _ in range(2)] == [0, 0]
    assert re.findall(r"time is over: (\S+ of \S+) steps", caplog.text) == ["1 of 10,000", "2 of 10,000"]
    assert "without --minutes" in caplog.text and "done" not in caplog.text


def test_a_run_that_time_cut_off_is_not_kept(tmp_path, caplog) -> None:
    one = replace(recipe("dcgan-faces-32"), keep={"some": ("G",)}, what={"some": "a short run"}, measure=None)
    cut = Plan(one, tmp_path / "run", n=64, steps=3, minutes=0.0, keep=True, keep_in=tmp_path / "kept", trial=False)
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(cut) == 1
    assert "1 of 3 steps" in caplog.text and "nothing is kept: only a finished run is" in caplog.text
    assert not (tmp_path / "kept").exists()
    assert train(replace(cut, minutes=None)) == 0
    assert store.about(tmp_path / "kept" / "some.safetensors")["steps"] == 3
    assert train(replace(cut, out=tmp_path / "last", steps=1)) == 0, "time was over with the last step"


def test_what_cannot_be_kept_is_told_before_the_training(tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it trains")

    monkeypatch.setattr(Session, "__init__", refuse)
    monkeypatch.setattr("gancourse.training.cycles.cycle_engine", refuse)
    with pytest.raises(CourseError, match="ring keeps nothing"):
        train(plan(tmp_path, keep=True))
    told = CliRunner().invoke(app, ["train", "ring", "--keep-in", str(tmp_path)])
    assert "ring keeps nothing" in str(told.exception), "where to keep, and not that: it was meant nevertheless"
    monkeypatch.setattr(keeping, "checkout", lambda: None)
    for command in (["dcgan-faces-64"], ["cycle-weights-32"], ["--all"]):
        refused = CliRunner().invoke(app, ["train", *command, "--keep"])
        assert isinstance(refused.exception, CourseError), command
        assert "say with --keep-in where to write" in str(refused.exception)


def test_who_stops_one_of_all_recipes_stops_all(tmp_path, monkeypatch, capsys) -> None:
    """The signal comes in the first recipe's second step: it is saved, and the next one does not begin."""
    monkeypatch.chdir(tmp_path)
    ring = recipe("ring")

    def make(*given: Any) -> Any:
        engine = ring.make(*given)
        engine.hooks.append(lambda state: os.kill(os.getpid(), signal.SIGTERM) if state.step == 2 else None)
        return engine

    first = replace(ring, name="first", keep={"first": ("G",)}, make=make)
    monkeypatch.setattr("gancourse.training.recipes.RECIPES", {"first": first, "next": replace(first, name="next")})
    with pytest.raises(KeyboardInterrupt):
        make_shipped(60, tmp_path / "kept")
    assert read_checkpoint(tmp_path / "runs" / "first" / "checkpoint.safetensors")[0]["step"] == 2
    assert not (tmp_path / "runs" / "next").exists() and not (tmp_path / "kept").exists()
    assert "not made: it was stopped" in capsys.readouterr().out


def test_a_run_whose_pace_is_planned_goes_on_with_its_number_of_steps_alone(tmp_path, caplog) -> None:
    paced = Plan(replace(recipe("ring"), paced=True), tmp_path, steps=4, minutes=0.0)
    train(paced)
    for steps, asked in ((8, "8"), (2, "2"), (None, "4,000")):
        with pytest.raises(CourseError, match=f"planned for 4 steps, .* {asked}.*--steps 4 goes on; .*--out"):
            Session(replace(paced, steps=steps))
    train(replace(paced, minutes=None))
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(replace(paced, minutes=None)) == 0
    assert "4 steps already; that is all it was planned for" in caplog.text
    # A checkpoint from before the plan was noted goes on as it did.
    session = Session(paced)
    save_checkpoint(session.engine, session.file, **session.identity, seconds=1.0, form=asdict(PLAIN))
    assert Session(replace(paced, steps=8)).steps == 8


def test_recipes_say_whether_their_pace_is_planned() -> None:
    assert {one.name for one in RECIPES.values() if isinstance(one, Recipe) and not one.paced} == {
        "dcgan-faces-32", "ring", "grid",
    }  # fmt: skip


def test_what_does_not_fit_is_refused_in_words(tmp_path) -> None:
    train(plan(tmp_path, steps=1))
    for changed, word in (
        ({"seed": 1}, "seed 0.*1"),
        ({"resume": False}, "--out"),
        ({"data": "faces"}, "ring"),
    ):
        with pytest.raises(CourseError, match=word):
            Session(plan(tmp_path, **changed))
    with pytest.raises(CourseError, match="recipe 'ring'"):
        Session(Plan(recipe("grid"), tmp_path, steps=2))
    (tmp_path / "checkpoint.safetensors").write_bytes(b"nonsense")
    with pytest.raises(CourseError, match="damaged"):
        Session(plan(tmp_path))
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(CourseError, match="cannot be written"):
        train(plan(blocked / "run"))
    with pytest.raises(CourseError, match="ring"):
        recipe("rnig")


def pth(path: Path) -> None:
    torch.save({"state_dict": nn.Linear(2, 2).state_dict(), "epoch": 3}, path)


def old_pth(path: Path) -> None:
    torch.save(nn.Linear(2, 2).state_dict(), path, _use_new_zipfile_serialization=False)


def data_parallel(path: Path) -> None:
    save_file({f"module.{name}": value for name, value in nn.Linear(2, 2).state_dict().items()}, path)


def kept_networks(path: Path) -> None:
    path.write_bytes((weights_folder() / "dcgan_faces_64.safetensors").read_bytes())


def nonsense(path: Path) -> None:
    path.write_bytes(b"nonsense")


def half(path: Path) -> None:
    train(plan(path.parent, steps=1))
    path.write_bytes(path.read_bytes()[:-1000])


def unreadable_header(path: Path) -> None:
    save_file({"a": torch.zeros(1)}, path, metadata={"gancourse": "{"})


@pytest.mark.parametrize(
    ("put", "says", "never"),
    [
        (pth, r"pickle of `torch\.save`.*another --out.*load_state_dict", "damaged|Delete"),
        (old_pth, r"pickle of `torch\.save`", "damaged|Delete"),
        (data_parallel, r"the first of them module\.bias.*`module\.` come from nn\.DataParallel", "damaged|Delete"),
        (kept_networks, r"as --keep writes them.*store\.load", "damaged|Delete|version"),
        (nonsense, "damaged, cut short or something else", "Delete"),
        (half, "damaged, cut short", "pickle"),
        (unreadable_header, "its header cannot be read", "pickle"),
    ],
)
def test_another_programs_checkpoint_is_named_as_what_it_is(tmp_path, put, says, never) -> None:
    file = tmp_path / "checkpoint.safetensors"
    put(file)
    before = file.read_bytes()
    refused = CliRunner().invoke(app, ["train", "ring", "--out", str(tmp_path), "--steps", "2"])
    assert isinstance(refused.exception, CourseError)
    assert re.search(says, str(refused.exception)), refused.exception
    assert not re.search(never, str(refused.exception))
    assert file.read_bytes() == before


def test_checkpoints_that_are_not_read_are_mentioned(tmp_path, caplog) -> None:
    pth(tmp_path / "model_latest.pth")
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(plan(tmp_path, steps=1)) == 0
    assert "holds model_latest.pth, which no run goes on from: this one begins anew" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(plan(tmp_path, steps=2)) == 0
    assert "model_latest" not in caplog.text


def test_weights_that_are_no_numbers_are_not_saved_before_their_loss_comes(tmp_path) -> None:
    train(plan(tmp_path, steps=4))
    good = (tmp_path / "checkpoint.safetensors").read_bytes()
    session = Session(plan(tmp_path, steps=5))
    session.engine.hooks.append(lambda state: session.engine.game.G[0].bias.data.fill_(torch.inf))
    with pytest.raises(
        Diverged, match=r"(?s)G\.0\.bias holds .* after step 5.*last good checkpoint, of step 4, is kept"
    ):
        session.run()
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == good


@pytest.mark.slow
def test_the_command_lists_and_trains(tmp_path) -> None:
    runner = CliRunner()
    for asked in ("list", "--list"):
        listed = runner.invoke(app, ["train", asked])
        assert listed.exit_code == 0
        for one in RECIPES.values():
            assert one.name in listed.output
            steps = f"{one.steps:,} steps, " if isinstance(one, Recipe) else ""
            assert f"{steps}{one.minutes['cpu']:g} minutes on cpu" in listed.output
            assert all(f"data/{stem}.safetensors" in listed.output for stem in one.keep)
    done = runner.invoke(app, ["train", "ring", "--out", str(tmp_path), "--steps", "2", "--log-every", "1"])
    assert done.exit_code == 0, done.output
    assert [row["step"] for row in table(tmp_path)] == ["1", "2"]


@pytest.mark.slow
def test_pictures_are_trained_in_the_form_that_the_checkpoint_names(tmp_path, monkeypatch) -> None:
    """A DCGAN on a few drawn faces; the trial is run, its answer kept, and a resumed run does not try again."""
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    settings = {"n": 64, "log_every": 1}
    small = Plan(recipe("dcgan-faces-32"), tmp_path / "run", steps=1, trial=False, **settings)
    assert train(small) == 0
    form = read_checkpoint(tmp_path / "run" / "checkpoint.safetensors")[0]["notes"]["form"]
    assert form["precision"] == "float32"
    with Image.open(tmp_path / "run" / "samples" / "000001.png") as sheet:
        assert sheet.width > 8 * 32

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a resumed run tried again")

    monkeypatch.setattr("gancourse.training.session.fastest", refuse)
    assert train(Plan(recipe("dcgan-faces-32"), tmp_path / "run", steps=2, **settings)) == 0


def test_the_form_is_tried_late_in_the_run_where_a_network_that_grows_is_at_full_size(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    sizes: list[float] = []

    def look(make: Any, tried: Any, key: object) -> Form:
        sizes.append(float(make(PLAIN).step().reported["size"]))
        return PLAIN

    monkeypatch.setattr("gancourse.training.session.fastest", look)
    session = Session(Plan(recipe("progressive-faces-32"), tmp_path / "run", n=32))
    assert sizes == [32]
    assert session.engine.step().reported["size"] == 4, "the run itself begins small"


@pytest.mark.slow
def test_a_run_that_turns_nan_says_so_and_what_is_left(tmp_path, monkeypatch) -> None:
    train(plan(tmp_path, steps=4))
    good = (tmp_path / "checkpoint.safetensors").read_bytes()
    session = Session(plan(tmp_path, steps=20))
    session.engine.hooks.append(
        lambda state: session.engine.game.G[0].bias.data.fill_(torch.nan) if state.step == 5 else 0
    )
    with pytest.raises(Diverged, match=r"(?s)loss of D is nan in step 6.*last good checkpoint, of step 4, is kept"):
        session.run()
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == good
    assert session.engine.state.step == 6


def test_the_table_grows_a_column_where_a_game_reports_something_new(tmp_path) -> None:
    session = Session(plan(tmp_path, steps=6))
    session.engine.hooks.append(lambda state: session.engine.game.report(late=torch.ones(())) if state.step == 3 else 0)
    assert session.run()
    assert [row["late"] for row in table(tmp_path)] == ["", "1.0", "1.0"]
    assert [row["step"] for row in table(tmp_path)] == ["2", "4", "6"]


def test_without_tensorboard_a_run_does_without(tmp_path, monkeypatch, caplog) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with caplog.at_level(logging.INFO, "gancourse.training"):
        assert train(plan(tmp_path)) == 0
    assert "not installed" in caplog.text
    assert len(table(tmp_path)) == 3
    assert not (tmp_path / "tensorboard").exists()


@pytest.mark.slow
def test_every_recipe_makes_an_engine_that_plays_keeps_and_draws(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path))
    for one in (one for one in RECIPES.values() if isinstance(one, Recipe)):
        torch.manual_seed(0)
        engine = one.make(one.load(one.data[0], 128), Machine("cpu"), 0, 10)
        assert one.paced == bool(engine.schedules or hasattr(engine.game, "phase")), one.name
        assert engine.step().numbers()["step"] == 1
        for names in one.keep.values():
            assert all(isinstance(engine.averaged(name), nn.Module) for name in names)
        if one.draw is not None:
            assert min(one.draw(engine, 0).size) > 200
        if not one.size:
            assert one.measure(engine)["of"] >= 8


@pytest.mark.slow
def test_what_a_recipe_keeps_is_its_networks_with_how_they_were_made(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    data = tmp_path / "data"
    data.mkdir()
    for home in (store, keeping):
        monkeypatch.setattr(home, "weights_folder", lambda: data)
    (data / "README.md").write_text(f"{keeping.BEGIN}{keeping.END}")
    # The figures of an untrained network would take a minute: all but the measuring is the real recipe.
    figures = {"dcgan_faces_64": {"distance": 1.5}, "dcgan_faces_64_judge": {"probe": 0.5}}
    one = replace(recipe("dcgan-faces-64"), measure=lambda engine: figures)
    done = Plan(one, tmp_path / "run", n=64, steps=1, seed=3, trial=False, keep=True)
    session = Session(done)
    assert session.run()
    generator, judge = session.keep()
    said = store.about(generator)
    assert (said["recipe"], said["seed"], said["steps"], said["n"]) == ("dcgan-faces-64", 3, 1, 64)
    assert said["reached"] == {"distance": 1.5} and "generator" in said["what"]
    assert store.about(judge)["reached"] == {"probe": 0.5}
    z = torch.randn(2, 64)
    torch.testing.assert_close(store.load(generator)["G"](z), session.engine.ask("G", z), atol=2e-3, rtol=0)
    assert list(store.load(judge)) == ["D"]
