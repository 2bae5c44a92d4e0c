"""How long from a stroke to the face: lesson 08's canvas in JupyterLab and Chromium, measured.

    python benchmarks/canvas_latency.py [--rounds 3] [--moves 40]

The shipped network from sketch to photo, 64 × 64, on one CPU thread; a mouse that draws; and the time from the
browser's pointer event until the answer's pixels are on the page. Then a fast stroke, 60 moves a second for two
seconds: whether the last drawing is the one that Python has and that was answered last. The target, a median within
100 ms, is for an idle machine with two cores: each round is printed with the load it met.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from widgets_latency import ASK, WATCH, browser, run_alone, server

MOST = 100.0  # milliseconds
CANVAS = """
import time, torch
from gancourse.models import store
from gancourse.widgets import Canvas

torch.set_num_threads(1)
G, took, seen = store.load("pix2pix_sketch_64")["G"], [], []
canvas = Canvas(64, brush=2)

@torch.no_grad()
def answer(drawn):
    started = time.perf_counter()
    made = G(torch.from_numpy(drawn)[None, None] / 127.5 - 1)[0]
    took.append(1000 * (time.perf_counter() - started))
    seen.append(drawn)
    return made

canvas.on_change(answer)
canvas
"""


def main() -> int:
    """Measure every round and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--moves", type=int, default=40)
    options = parser.parse_args()
    print("round  load   median    90 %   network   last stroke; milliseconds")
    medians = []
    for i in range(options.rounds):
        row = stroked(options.moves)
        medians.append(row["median"])
        last = "answered" if row["right"] else "NOT ANSWERED"
        print(f"{i + 1:5d}  {row['load']:4.1f}  {row['median']:7.1f} {row['p90']:7.1f}  {row['network']:8.1f}   {last}")
        if not row["right"]:
            return 1
    met = min(medians) <= MOST
    print(f"target, a median within {MOST:g} ms: {'met' if met else 'missed'} in the least disturbed round")
    return 0 if met else 1


def stroked(moves: int) -> dict[str, Any]:
    """One round in a fresh server, browser and kernel."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), True) as url, browser() as page:
        run_alone(page, url, Path(folder), CANVAS)
        page.locator(".gancourse-answer:visible").wait_for()
        page.wait_for_timeout(2000)
        page.evaluate(WATCH.replace("gancourse-picture", "gancourse-answer"))
        box = page.locator(".gancourse-stage canvas").bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.wait_for_timeout(500)
        page.evaluate(ASK, "took.clear()")
        load, waits = os.getloadavg()[0], []
        for i in range(moves + 5):
            page.evaluate("() => { seen.moves.length = seen.pictures.length = 0 }")
            across, down = divmod(i, 9)
            page.mouse.move(box["x"] + 30 + 40 * down, box["y"] + 30 + 40 * (across % 9))
            page.wait_for_function("() => seen.pictures.length", polling=15)
            if i >= 5:
                waits.append(page.evaluate("() => seen.pictures[0] - seen.moves[0]"))
            page.wait_for_timeout(120)
        network = statistics.median(json.loads(page.evaluate(ASK, "print(took)")))
        started = time.perf_counter()
        for i in range(120):
            page.mouse.move(box["x"] + 20 + 2.5 * i, box["y"] + 200 + 60 * (i % 2))
            time.sleep(max(0, started + (i + 1) / 60 - time.perf_counter()))
        page.mouse.up()
        page.wait_for_timeout(2500)
        right = page.evaluate(ASK, "canvas.rest(); print((seen[-1] == canvas.array).all())").strip() == "True"
        return {
            "load": load,
            "median": statistics.median(waits),
            "p90": statistics.quantiles(waits, n=10)[-1],
            "network": network,
            "right": right,
        }


if __name__ == "__main__":
    sys.exit(main())
