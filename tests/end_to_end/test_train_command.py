"""`gancourse train` as a user has it: a process that is interrupted, and one of two processes that share a batch."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "gancourse"
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "ACCELERATE_USE_CPU": "true"}


def steps(out: Path) -> list[int]:
    """Which steps the table has."""
    try:
        with open(out / "metrics.csv", newline="", encoding="utf-8") as file:
            return [int(row["step"]) for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError):
        return []


@pytest.mark.slow
def test_control_c_saves_and_the_same_command_goes_on(tmp_path) -> None:
    command = [str(PROGRAM), "train", "ring", "--out", str(tmp_path), "--log-every", "1"]
    process = subprocess.Popen(
        [*command, "--steps", "1000000"], env=ONE_THREAD, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 240
    while len(steps(tmp_path)) < 20:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=240)
    assert process.returncode == 130, said
    assert "The same command goes on" in said
    assert "Traceback" not in said
    reached = steps(tmp_path)
    assert reached == list(range(1, len(reached) + 1))
    more = subprocess.run(
        [*command, "--steps", str(len(reached) + 3)], env=ONE_THREAD, capture_output=True, text=True, timeout=240
    )
    assert more.returncode == 0, more.stderr
    assert f"goes on at step {len(reached):,}" in more.stderr
    assert steps(tmp_path) == list(range(1, len(reached) + 4))


HOT = """
import dataclasses, sys
from gancourse import cli
from gancourse.training.recipes import RECIPES

ring = RECIPES["ring"]

def make(*given):
    engine = ring.make(*given)
    def heat(state):
        if state.step >= 6:
            engine.rates.update(dict.fromkeys(engine.rates, 1e30))
    engine.hooks.append(heat)
    return engine

RECIPES["ring"] = dataclasses.replace(ring, make=make, keep={"ring": ("G",)})
cli.main()
"""


@pytest.mark.slow
def test_a_run_that_turns_nan_ends_with_an_error_and_keeps_its_good_checkpoint(tmp_path) -> None:
    """Learning rates that jump to 10³⁰: as far as such a run goes by itself, though it does not log each step."""
    out, program = tmp_path / "run", tmp_path / "hot.py"
    program.write_text(HOT)
    command = ["train", "ring", "--out", str(out), "--log-every", "1000"]
    good = subprocess.run([str(PROGRAM), *command, "--steps", "4"], env=ONE_THREAD, capture_output=True, timeout=240)
    assert good.returncode == 0, good.stderr
    kept = (out / "checkpoint.safetensors").read_bytes()
    hot = [sys.executable, str(program), *command, "--steps", "30", "--keep", "--keep-in", str(tmp_path / "kept")]
    done = subprocess.run(hot, env=ONE_THREAD, capture_output=True, text=True, timeout=240)
    assert done.returncode == 2, done.stderr
    said = done.stderr
    assert "Traceback" not in said and "done:" not in said
    assert re.search(r"gancourse: .* in step \d+: .*lower learning rates", said), said
    assert "last good checkpoint, of step 4, is kept" in said
    assert (out / "checkpoint.safetensors").read_bytes() == kept
    assert not (tmp_path / "kept").exists()
    more = subprocess.run(
        [str(PROGRAM), *command, "--steps", "8"], env=ONE_THREAD, capture_output=True, text=True, timeout=240
    )
    assert more.returncode == 0, more.stderr
    assert "goes on at step 4" in more.stderr


SHARED = """
import json, sys
import torch
from torch import nn
from gancourse.data.images import Images
from gancourse.games import Gan
from gancourse.games.penalties import R1
from gancourse.training import Engine, Machine

torch.set_num_threads(1)
machine = Machine()
torch.manual_seed(machine.rank)  # the first process's weights must win
pixels = torch.randint(0, 256, (40, 3, 8, 8), generator=torch.Generator().manual_seed(5), dtype=torch.uint8)
G = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 192), nn.Tanh(), nn.Unflatten(1, (3, 8, 8)))
D = nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(128, 1))
game = Gan(G, D, latent_dim=4, penalty=R1(1.0, every=2), k=2, instance_noise=0.05)
run = Engine(game, Images(pixels), batch_size=12, ema={"G": 0.999}, lr=2e-3, seed=3, machine=machine)
resumed = sys.argv[2] if len(sys.argv) > 2 else ""
if resumed:
    run.load(resumed)
told = [run.step().numbers() for _ in range(6)]
run.save(sys.argv[1] + ".safetensors")
with torch.no_grad():
    told.append({"weights": [float(sum(p.double().abs().sum() for p in net.parameters())) for net in (game.G, game.D)]})
with open(f"{sys.argv[1]}.{machine.rank}.json", "w") as file:
    json.dump({"processes": machine.processes, "told": told}, file)
if machine.processes > 1:
    from accelerate import PartialState
    PartialState().destroy_process_group()
"""


def shared(tmp_path: Path, name: str, processes: int, resume: str = "") -> dict:
    """Run the script above in one process or under `accelerate launch`; what the first process (checked: each) told."""
    script = tmp_path / "shared.py"
    script.write_text(SHARED)
    launch = [sys.executable]
    if processes > 1:
        options = {"num_processes": processes, "num_machines": 1, "mixed_precision": "no", "dynamo_backend": "no"}
        # --multi_gpu is what starts several processes; ACCELERATE_USE_CPU says that they are to use CPUs.
        launch += ["-m", "accelerate.commands.launch", "--multi_gpu", "--main_process_port=0"]
        launch += [f"--{name}={value}" for name, value in options.items()]
    command = [*launch, str(script), str(tmp_path / name), *([str(tmp_path / resume)] if resume else [])]
    done = subprocess.run(command, env=ONE_THREAD, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    told = [json.loads((tmp_path / f"{name}.{rank}.json").read_text()) for rank in range(processes)]
    assert all(one["processes"] == processes for one in told)
    return {"all": [one["told"] for one in told], "told": told[0]["told"]}


@pytest.mark.slow
def test_two_processes_train_like_one_with_the_joined_batch(tmp_path) -> None:
    """Networks without batch normalization: with it, each process would normalize its own half."""
    alone, together = shared(tmp_path, "one", 1)["told"], shared(tmp_path, "two", 2)
    first, second = together["all"]
    for mine, other, joined in zip(first[:-1], second[:-1], alone[:-1], strict=True):
        for name in ("d_loss", "g_loss", "d_real", "d_fake", "d_norm", "g_norm", "penalty"):
            assert mine[name] == other[name], "both processes report the joined batch"
            assert mine[name] == pytest.approx(joined[name], rel=1e-3, abs=1e-5), name
    assert first[-1] == second[-1], "the processes' weights drifted apart"
    assert first[-1]["weights"] == pytest.approx(alone[-1]["weights"], rel=1e-5)
    # A run of two processes goes on as one of one.
    more = shared(tmp_path, "more", 1, resume="two.safetensors")["told"]
    longer = shared(tmp_path, "longer", 1, resume="one.safetensors")["told"]
    for mine, joined in zip(more[:-1], longer[:-1], strict=True):
        assert mine["d_loss"] == pytest.approx(joined["d_loss"], rel=1e-3, abs=1e-5)
