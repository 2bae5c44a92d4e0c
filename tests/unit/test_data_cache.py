"""The cache: nothing half-done is used or left, whatever interrupts it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import time

import numpy as np
import pytest
import torch

from gancourse.data import cache
from gancourse.data.cache import Blueprint, cached
from gancourse.errors import CourseError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "decoded"


PICTURES = np.random.default_rng(0).integers(0, 256, (20, 3, 4, 4), dtype=np.uint8)


def blueprint(blocks=None) -> Blueprint:
    return Blueprint(PICTURES.shape, {"odd": np.arange(20) % 2 == 1}, blocks or [PICTURES[:12], PICTURES[12:]])


def never() -> Blueprint:
    raise AssertionError("built again")


def entries(folder) -> list[str]:
    """What is in the cache but for lock files, which are empty and stay."""
    return sorted(p.name for p in folder.iterdir() if p.suffix != ".lock")


def test_built_once_and_mapped_later(folder) -> None:
    for build in (blueprint, never):
        pixels, columns = cached("x", ["key", 1], build)
        assert torch.equal(pixels, torch.from_numpy(PICTURES))
        assert torch.equal(columns["odd"], torch.arange(20) % 2 == 1)
    assert len(entries(folder)) == 1
    pixels[0] = 0  # this process's copy
    assert torch.equal(cached("x", ["key", 1], never)[0], torch.from_numpy(PICTURES))


def test_another_key_is_another_entry(folder, monkeypatch) -> None:
    cached("x", ["key", 1], blueprint)
    cached("x", ["key", 2], blueprint)
    monkeypatch.setattr(cache, "ENTRY_VERSION", 999)
    cached("x", ["key", 2], blueprint)
    assert len(entries(folder)) == 3


@pytest.mark.parametrize("damage", ["short", "gone", "no json", "half a json", "no sizes"])
def test_an_incomplete_entry_is_never_used(folder, damage) -> None:
    cached("x", "key", blueprint)
    entry = folder / entries(folder)[0]
    if damage == "short":
        (entry / "images.npy").write_bytes((entry / "images.npy").read_bytes()[:-10])
    elif damage == "gone":
        (entry / "columns.npz").unlink()
    elif damage == "no json":
        (entry / "entry.json").unlink()
    elif damage == "no sizes":
        (entry / "entry.json").write_text('{"sizes": {}}')
    else:
        (entry / "entry.json").write_text("{")
    assert torch.equal(cached("x", "key", blueprint)[0], torch.from_numpy(PICTURES))
    assert entries(folder) == [entry.name]
    cached("x", "key", never)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, CourseError, RuntimeError])
def test_an_interrupted_build_leaves_nothing(folder, kind) -> None:
    def blocks():
        yield PICTURES[:12]
        raise kind("stop")

    with pytest.raises(kind):
        cached("x", "key", lambda: blueprint(blocks()))
    assert entries(folder) == []
    cached("x", "key", blueprint)


def test_too_few_pictures_are_no_entry(folder) -> None:
    with pytest.raises(ValueError, match="12 pictures were built, not 20"):
        cached("x", "key", lambda: blueprint([PICTURES[:12]]))
    assert entries(folder) == []


def test_a_disk_that_fills_up_is_named_and_left_clean(folder) -> None:
    def blocks():
        yield PICTURES[:12]
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CourseError, match=r"is full, and nothing half-done was left.*GANCOURSE_CACHE"):
        cached("x", "key", lambda: blueprint(blocks()))
    assert entries(folder) == []


def test_a_disk_without_room_is_named_before_anything_is_decoded(folder, monkeypatch) -> None:
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda path: cache.shutil._ntuple_diskusage(1000, 990, 10))
    with pytest.raises(CourseError, match="is full"):
        cached("x", "key", lambda: blueprint(iter([])))
    assert entries(folder) == []


@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_cache_that_cannot_be_made_is_named(tmp_path, monkeypatch, below) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "file" / below))
    with pytest.raises(CourseError, match=r"cannot be written to .*Set GANCOURSE_CACHE"):
        cached("x", "key", blueprint)


def test_without_locks_another_entry_may_come_at_the_last_moment(folder, monkeypatch) -> None:
    def rename(unfinished, entry) -> None:
        shutil.copytree(unfinished, entry)  # what another process renames just then
        real(unfinished, entry)

    real = os.rename
    monkeypatch.setattr(cache, "fcntl", None)
    monkeypatch.setattr(cache.os, "rename", rename)
    assert torch.equal(cached("x", "key", blueprint)[0], torch.from_numpy(PICTURES))
    assert len(entries(folder)) == 1


def test_what_a_killed_process_left_is_cleared_away(folder) -> None:
    cached("x", "key", blueprint)
    (entry,) = entries(folder)
    left = folder / f"{entry}.unfinished-abc"
    left.mkdir()
    (left / "images.npy").write_bytes(b"half")
    (folder / entry / "entry.json").unlink()
    cached("x", "key", blueprint)
    assert entries(folder) == [entry]


def build_slowly(queue) -> None:
    def blocks():
        queue.put("decoded")
        yield PICTURES[:12]
        time.sleep(0.5)
        yield PICTURES[12:]

    pixels, _ = cached("x", "key", lambda: blueprint(blocks()))
    queue.put(bool(torch.equal(pixels, torch.from_numpy(PICTURES))))


@pytest.mark.slow
@pytest.mark.parametrize("locks", [True, False])
def test_two_processes_may_build_at_once(folder, monkeypatch, locks) -> None:
    if not locks:
        monkeypatch.setattr(cache, "fcntl", None)  # as on Windows; the forked processes inherit it
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    both = [context.Process(target=build_slowly, args=(queue,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
        assert process.exitcode == 0
    said = [queue.get(timeout=5) for _ in range(3 if locks else 4)]
    assert said.count(True) == 2
    assert said.count("decoded") == (1 if locks else 2)
    assert len(entries(folder)) == 1


def test_ten_thousand_pictures_are_mapped_in_under_a_second(folder) -> None:
    blocks = [np.zeros((2500, 3, 64, 64), np.uint8)] * 4
    columns = {f"a{i}": np.zeros(10_000, bool) for i in range(40)}
    cached("x", "key", lambda: Blueprint((10_000, 3, 64, 64), columns, blocks))
    start = time.perf_counter()
    pixels, _ = cached("x", "key", never)
    assert time.perf_counter() - start < 1
    assert pixels.shape == (10_000, 3, 64, 64)
