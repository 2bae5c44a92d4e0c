"""The store of weights: what goes in comes out, and whatever is none of ours is told in one text."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from gancourse.errors import CourseError
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, Generator, sample_z
from gancourse.models.face_reader import FaceReader
from gancourse.paths import repository

DATA = repository() / "data"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of a small generator and a small discriminator."""
    nets = {"G": Generator(8, latent_dim=5, width=4), "D": Discriminator(8, width=4)}
    return store.save(tmp_path / "small.safetensors", nets, {"recipe": "small", "steps": 3})


# --- Round trips ---------------------------------------------------------------------------------


def test_networks_come_back_ready(tmp_path: Path) -> None:
    G, D, reader = Generator(16, latent_dim=5, width=4), Discriminator(16, 8, channels=1), FaceReader(width=6)
    for _ in range(3):
        G(sample_z(8, 5))  # running statistics of its own
    path = tmp_path / "deep" / "three.safetensors"
    store.save(path, {"G": G.to(memory_format=torch.channels_last), "D": D, "reader": reader}, {})
    back = store.load(path)
    assert list(back) == ["G", "D", "reader"]
    assert (back["G"].latent_dim, back["D"].channels, back["reader"].width) == (5, 1, 6)
    for name, net in {"G": G, "D": D, "reader": reader}.items():
        assert type(back[name]) is type(net) and not any(module.training for module in back[name].modules())
        for key, value in net.state_dict().items():
            found = back[name].state_dict()[key]
            assert found.dtype == value.dtype and not found.requires_grad
            assert torch.equal(found, value.half().float() if value.is_floating_point() else value), key
    z = sample_z(6, 5)
    assert torch.allclose(back["G"](z), G.eval()(z), atol=2e-3)  # half precision


def test_a_file_says_how_it_was_made(file: Path) -> None:
    assert store.about(file) == {
        "format": 1,
        "nets": {
            "G": {"class": "dcgan.Generator", "settings": {"size": 8, "latent_dim": 5, "width": 4, "channels": 3}},
            "D": {"class": "dcgan.Discriminator", "settings": {"size": 8, "width": 4, "channels": 3}},
        },
        "recipe": "small",
        "steps": 3,
    }


def test_weights_are_stored_in_half_precision_by_network(file: Path) -> None:
    with safe_open(file, "pt") as opened:
        keys = set(opened.keys())
        assert opened.get_tensor("G.net.0.weight").dtype == torch.float16
    assert {key.split(".")[0] for key in keys} == {"G", "D"}


def test_tensors_come_back_bit_for_bit(tmp_path: Path) -> None:
    tensors = {"a": torch.randn(2, 3).T, "b": torch.tensor([1, 2]), "c": torch.tensor([torch.nan, 1e30])}
    path = store.save(tmp_path / "t.safetensors", {"G": Generator(8, 5, 4)}, {}, tensors)
    found = store.tensors_of(path)
    assert set(found) == set(tensors)
    for name, value in tensors.items():
        assert found[name].dtype == value.dtype and torch.equal(found[name].nan_to_num(7), value.nan_to_num(7))


def test_the_same_run_makes_the_same_file(file: Path, tmp_path: Path) -> None:
    made = {key: value for key, value in store.about(file).items() if key not in ("format", "nets")}
    again = store.save(tmp_path / "again.safetensors", store.load(file), made)
    assert again.read_bytes() == file.read_bytes()


def test_others_can_read_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    """A grader's sandbox runs as another user."""
    before = os.umask(0o022)
    try:
        path = store.save(tmp_path / "x.safetensors", {}, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644 and os.listdir(tmp_path) == ["x.safetensors"]


def test_loading_draws_no_random_numbers(file: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    store.load(file)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("length", [0x280, 0x4B50])
def test_a_file_may_begin_as_a_pickle_or_an_archive_does(tmp_path: Path, length: int) -> None:
    """Its first bytes are the length of the words that follow."""
    path = store.save(tmp_path / "x.safetensors", {}, {"what": ""}, {"a": torch.zeros(9)})
    letters = length - int.from_bytes(path.read_bytes()[:8], "little")
    store.save(path, {}, {"what": "x" * letters}, {"a": torch.zeros(9)})
    assert path.read_bytes()[:2] in (b"\x80\x02", b"PK")
    assert store.tensors_of(path)["a"].tolist() == [0] * 9
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CourseError, match="are damaged"):
        store.load(path)


def test_what_is_loaded_does_not_change_with_the_file(file: Path) -> None:
    G = store.load(file)["G"]
    z = sample_z(2, 5)
    before = G(z)
    store.save(file, {"G": Generator(8, 5, 4)}, {})
    assert torch.equal(G(z), before)


def test_a_loaded_generator_can_be_trained_on_if_one_says_so(file: Path) -> None:
    still = store.load(file)["G"]
    with pytest.raises(RuntimeError, match="does not require grad"):  # documented in `load`
        still(sample_z(4, 5)).mean().backward()
    net = store.load(file, trainable=True)["G"]
    assert all(module.training for module in net.modules())
    before = net.net[0].weight.detach().clone()
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    net(sample_z(4, 5)).square().mean().backward()
    optimizer.step()
    assert not torch.equal(net.net[0].weight, before)


# --- What cannot be stored -----------------------------------------------------------------------


class Lacking(Generator):
    """A class that is not the package's."""


@pytest.mark.parametrize(
    ("nets", "made", "words"),
    [
        ({"G": nn.Linear(1, 1)}, {}, "only networks of gancourse.models"),
        ({"G": Lacking(8, 5, 4)}, {}, "only networks of gancourse.models"),
        ({"G.a": Generator(8, 5, 4)}, {}, "'G.a' is no name"),
        ({}, {"format": 2}, "format"),
        ({}, {"by": print}, "JSON"),
        ({}, {"reached": {"distance": float("nan")}}, "NaN"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path, nets: Any, made: Any, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        store.save(tmp_path / "x.safetensors", nets, made)
    assert not os.listdir(tmp_path)


def test_a_network_that_forgets_its_settings_is_told(tmp_path: Path) -> None:
    G = Generator(8, 5, 4)
    del G.latent_dim
    with pytest.raises(CourseError, match=r"takes latent_dim.*self\.latent_dim = latent_dim"):
        store.save(tmp_path / "x.safetensors", {"G": G}, {})


@pytest.mark.parametrize("value", [1e6, torch.inf, torch.nan])
def test_weights_that_half_precision_cannot_hold_are_told(tmp_path: Path, value: float) -> None:
    G = Generator(8, 5, 4)
    with torch.no_grad():
        G.net[0].weight[0, 0, 0, 0] = value
    with pytest.raises(CourseError, match=r"G\.net\.0\.weight is not finite in half precision"):
        store.save(tmp_path / "x.safetensors", {"G": G}, {})


# --- What cannot be loaded -----------------------------------------------------------------------


def changed(file: Path, **changes: Any) -> None:
    """Say something else of a file's weights."""
    with safe_open(file, "pt") as opened:
        said = json.loads(opened.metadata()["gancourse"])
        held = {key: opened.get_tensor(key).clone() for key in opened.keys()}  # noqa: SIM118
    save_file(held, file, metadata={"gancourse": json.dumps(said | changes)})


def network(named: str, **settings: Any) -> dict[str, Any]:
    return {"nets": {"G": {"class": named, "settings": settings}}}


SMALL = {"size": 8, "latent_dim": 5, "width": 4, "channels": 3}
SPOILED = {
    "missing": (lambda path: path.unlink(), "it is not there"),
    "empty": (lambda path: path.write_bytes(b""), "its 0 bytes are damaged"),
    "text": (lambda path: path.write_bytes(b"no tensors"), "its 10 bytes are damaged, or something else"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-10]), "are damaged"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "it is a folder"),
    "later": (lambda path: changed(path, format=2), "it has format 2.*A later gancourse wrote it: update"),
    "no format": (lambda path: changed(path, format="one"), "what it says of itself cannot be read"),
    "no class": (lambda path: changed(path, nets={"G": 1}), "what it says of itself cannot be read"),
    "no networks": (lambda path: changed(path, nets=[]), "what it says of itself cannot be read"),
    "no such class": (lambda path: changed(path, **network("dcgan.Critic")), "a dcgan.Critic, and gancourse.models"),
    "no such module": (lambda path: changed(path, **network("later.Generator")), "a later.Generator, and"),
    "a module in a module": (lambda path: changed(path, **network("dcgan.nn.Linear")), "a dcgan.nn.Linear, and"),
    "a function": (lambda path: changed(path, **network("dcgan.levels", size=8)), "a dcgan.levels, and"),
    "torch's": (lambda path: changed(path, **network("dcgan.Tensor")), "a dcgan.Tensor, and"),
    "another package's": (lambda path: changed(path, **network("..paths.Path")), "a ..paths.Path, and"),
    "other settings": (lambda path: changed(path, **network("dcgan.Generator", depth=3)), "cannot be built from"),
    "odd size": (lambda path: changed(path, **network("dcgan.Generator", size=9)), "power of two"),
    "another width": (
        lambda path: changed(path, **network("dcgan.Generator", **(SMALL | {"width": 8}))),
        r"another network's: net\.0\.weight is \(5, 4, 4, 4\), and in dcgan.Generator .*5, 8.*train small --keep",
    ),
    "another network": (
        lambda path: changed(path, **network("dcgan.Discriminator", size=8, width=4)),
        r"features.0.bias is missing, and in dcgan.Discriminator \(4,\)",
    ),
    "torch.save": (lambda path: torch.save(Generator(8).state_dict(), path), "pickle.*weights_only=True"),
    "old torch.save": (
        lambda path: torch.save({"a": torch.zeros(1)}, path, _use_new_zipfile_serialization=False),
        "pickle.*weights_only=True",
    ),
    "someone's safetensors": (
        lambda path: save_file({"module.net.0.weight": torch.zeros(1)}, path),
        r"to which network its 1 tensors belong, the first of them module\.net\.0\.weight.*take it off",
    ),
    "someone's own words": (lambda path: save_file({}, path, metadata={"format": "pt"}), "its 0 tensors belong"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_one_text_says_what_is_wrong_what_was_expected_and_what_to_do(file: Path, how: str) -> None:
    spoil, words = SPOILED[how]
    spoil(file)
    with pytest.raises(CourseError, match=rf"small\.safetensors cannot be used: .*{words}") as told:
        store.load(file)
    assert "Expected is a file of the course's weights, format 1, as `gancourse train RECIPE --keep`" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_name_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(CourseError, match=r"faces_65\.safetensors cannot be used: it is not there.*face_reader"):
        store.load("dcgan_faces_65")


def test_a_name_is_no_place_to_write_where_there_is_no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "checkout", lambda: None)
    with pytest.raises(CourseError, match=r"installed without one.*\./x\.safetensors"):
        store.save("x", {}, {})


# --- What comes with the course ------------------------------------------------------------------


def test_every_file_loads_and_says_what_it_is() -> None:
    assert store.shipped() == sorted(path.stem for path in DATA.glob("*.safetensors"))
    for name in store.shipped():
        said = store.about(name)
        assert {"what", "recipe", "seed", "reached"} <= set(said), name
        nets = store.load(name)
        assert set(nets) == set(said["nets"]) and (nets or store.tensors_of(name)), name


def test_the_discriminator_that_comes_along_looks_at_faces() -> None:
    D = store.load("dcgan_faces_64_judge")["D"]
    assert D(torch.zeros(2, 3, D.size, D.size)).shape == (2, 1)
