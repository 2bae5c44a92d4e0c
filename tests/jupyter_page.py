"""JupyterLab on a free port and a page of Chromium, for tests and for what is measured in them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120_000  # milliseconds: two busy cores start a kernel slowly
SEEN = {"width": 1300, "height": 1000}
COURSE = str(ROOT / "jupyter")
"""The course's settings for the server; `jupyter/student` before it hides instructors' tools, as `make lab` does."""
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
)


@contextlib.contextmanager
def jupyterlab(folder: Path, scratch: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a JupyterLab that shows `folder`; what it says goes into a log in `scratch`.

    Raises:
        RuntimeError: if it ends, or does not answer for two minutes; with the end of its log.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = scratch / "lab.log"
    env = {**environment, "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    arguments = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    arguments += ["--expose-app-in-browser", f"--ServerApp.root_dir={folder}"]
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    with log.open("w") as out:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=out, stderr=out, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(url, server, log)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api", timeout=2).read()
            return
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer:\n{log.read_text()[-2000:]}")


def chromium() -> dict[str, Any] | None:
    """What to launch it with; None where there is none."""
    finder = [sys.executable, str(ROOT / "tools" / "needs.py"), "--browser"]
    found = subprocess.run(finder, capture_output=True, text=True, check=False)
    if found.returncode:
        return None
    # Chromium's own sandbox does not work for root.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": found.stdout.strip(), "args": [*FLAGS, *root]}
