"""The doctor: what it finds here, and what it says when something is wrong."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gancourse import doctor


def one(check) -> doctor.Reading:
    """The only reading of a check."""
    (reading,) = doctor.guarded(check)
    return reading


def test_nothing_is_wrong_here() -> None:
    found = doctor.readings()
    assert [f for f in found if f.severity == "problem"] == []
    things = {f.thing for f in found}
    assert {"Python", "packages", "device", "Jupyter kernel", "nbgrader in JupyterLab", "alembic", "checkout"} <= things
    assert any("GB" in f.found for f in found if f.thing == "free disk space")


def test_every_trouble_comes_with_a_remedy(monkeypatch) -> None:
    monkeypatch.setattr(doctor, "installed_version", lambda name: None)
    found = list(doctor.packages())
    assert found
    assert all(f.remedy for f in found if f.severity != "ok")


def test_missing_and_old_packages_are_named(monkeypatch) -> None:
    real = doctor.installed_version
    simulated = {"torch": "1.13.1", "seaborn": None, "nbval": None}
    monkeypatch.setattr(doctor, "installed_version", lambda name: simulated.get(name, real(name)))
    found = {f.thing: f for f in doctor.packages()}
    assert found["torch"].severity == "problem"
    assert "1.13.1" in found["torch"].found
    assert ">=2.6" in found["torch"].found
    assert found["seaborn"].found == "not installed"
    assert found["nbval"].severity == "note", "only tests need it"
    assert "numpy" in found["packages"].found


def test_a_package_that_is_not_installed_at_all(monkeypatch) -> None:
    def gone(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", gone)
    assert one(doctor.packages).severity == "problem"


@pytest.mark.parametrize(
    "error", [ImportError("no torchvision"), RuntimeError("operator nms does not exist"), OSError()]
)
def test_torch_and_torchvision_that_do_not_match(monkeypatch, error) -> None:
    real = importlib.import_module

    def load(name: str):
        if name == "torchvision":
            raise error
        return real(name)

    monkeypatch.setattr(importlib, "import_module", load)
    reading = one(doctor.torch_and_device)
    assert reading.severity == "problem"
    assert type(error).__name__ in reading.found
    assert "matching pair" in reading.remedy


def test_a_gpu_is_named_with_its_memory(monkeypatch) -> None:
    cuda = SimpleNamespace(
        device_count=lambda: 2,
        get_device_properties=lambda index: SimpleNamespace(name=f"GPU {index}", total_memory=24 * 2**30),
    )
    monkeypatch.setattr("gancourse.running.device", lambda: SimpleNamespace(type="cuda"))
    assert doctor.device_used(SimpleNamespace(cuda=cuda)) == "CUDA: GPU 0 with 24 GiB, GPU 1 with 24 GiB"


def test_no_gpu_is_no_trouble(monkeypatch) -> None:
    monkeypatch.setattr("gancourse.running.device", lambda: SimpleNamespace(type="cpu"))
    torch = SimpleNamespace(get_num_threads=lambda: 2)
    assert doctor.device_used(torch) == "CPU with 2 thread(s); no GPU, and none is needed"


@pytest.mark.parametrize(
    ("program", "severity"),
    [("python", "ok"), (sys.executable, "ok"), ("/somewhere/else/bin/python", "problem")],
)
def test_kernel_of_another_environment(monkeypatch, program, severity) -> None:
    spec = SimpleNamespace(argv=[program, "-m", "ipykernel_launcher"])
    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", lambda self, name: spec)
    assert one(doctor.kernel).severity == severity


def test_extension_that_was_disabled(monkeypatch, tmp_path: Path) -> None:
    here = Path(sys.prefix, "etc", "jupyter")
    user = tmp_path / "jupyter_server_config.json"
    off = {"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.formgrader": False}}}
    user.write_text(json.dumps(off), encoding="utf-8")
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path), str(here)])
    reading = one(doctor.nbgrader_extensions)
    assert reading.severity == "problem"
    assert reading.found == "not enabled: formgrader"


def test_damaged_settings_are_a_finding_and_not_a_crash(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "jupyter_server_config.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path)])
    reading = one(doctor.nbgrader_extensions)
    assert reading.severity == "problem"
    assert "could not be looked at" in reading.found


def test_no_alembic(monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *args, **kwargs: None)
    assert one(doctor.alembic).severity == "problem"


def test_no_chromium_is_only_a_note(monkeypatch) -> None:
    monkeypatch.setattr(doctor.subprocess, "run", lambda *args, **kwargs: SimpleNamespace(returncode=1, stdout=""))
    assert one(doctor.chromium).severity == "note"


@pytest.mark.parametrize(("free", "severity"), [(1e8, "problem"), (1e9, "note"), (1e11, "ok")])
def test_disk_space(monkeypatch, free, severity) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert one(doctor.disk).severity == severity


def test_exit_status_and_table(monkeypatch, capsys) -> None:
    bad = doctor.Reading("torch", "[not] installed", "problem", "Run [something].")
    monkeypatch.setattr(doctor, "readings", lambda: [doctor.Reading("Python", "3.11"), bad])
    assert doctor.examine() == 1
    printed = capsys.readouterr().out
    assert "[not] installed" in printed
    assert "1 problem" in printed
    monkeypatch.setattr(doctor, "readings", lambda: [doctor.Reading("Chromium", "not found", "note", "Install it.")])
    assert doctor.examine() == 0
