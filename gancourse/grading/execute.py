"""Run a notebook to its end, whatever its cells do.

A cell that fails, runs too long or ends Python costs what depends on it and no more: an error is
noted and the next cell runs; a cell that ran too long is interrupted; where Python itself has
ended, everything runs again without the cell that ended it.

Kernels get this interpreter, a settled environment and none of the user's IPython configuration.
"""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from gancourse.grading.config import CELL_TIMEOUT

MOST_KERNELS = 4
"""How often to start over after cells that end Python."""

MOST_OUTPUT = 1_000_000
"""Characters of printed text kept per cell."""

PATIENCE = 5
"""Seconds an interrupted kernel has to come to rest."""

TOO_LONG, DIED, NOT_RUN = "CellTimeoutError", "DeadKernelError", "NotRun"
DROPPED = (
    *("PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONINSPECT", "MPLBACKEND", "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH"),
    "PYTHONDONTWRITEBYTECODE",  # without bytecode every kernel would compile torch again: ten seconds
)


def execute(
    notebook: NotebookNode,
    folder: Path,
    timeout: int = CELL_TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run every code cell of `notebook`, in place, with `folder` as the working directory.

    Args:
        notebook: gets its outputs; errors are among them, never raised.
        folder: where the notebook's pictures are.
        timeout: seconds per cell.
        progress: called with the number of the cell about to run and the number of cells.
    """
    spoiled: set[int] = set()  # cells that ran too long or ended Python; not run again
    with tempfile.TemporaryDirectory(prefix="gancourse-") as private:
        env = kernel_environment(Path(private))
        for _ in range(MOST_KERNELS):
            if Runner(notebook, folder, timeout).run(env, spoiled, progress):
                return
    for index in range(max(spoiled) + 1, len(notebook.cells)):
        if notebook.cells[index].cell_type == "code":
            note(notebook.cells[index], NOT_RUN, "Too many cells above ended Python.")


def kernel_environment(private: Path) -> dict[str, str]:
    """The environment student code runs in."""
    env = {name: value for name, value in os.environ.items() if name not in DROPPED}
    env.update(GANCOURSE_FAST="1", IPYTHONDIR=str(private), JUPYTER_CONFIG_DIR=str(private), PYTHONNOUSERSITE="1")
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the debugger warns about frozen modules
    return env


def note(cell: NotebookNode, name: str, text: str) -> None:
    """Write down in a cell's outputs that it did not get through."""
    if not any(output.output_type == "error" and output.ename == name for output in cell.outputs):
        cell.outputs.append(new_output("error", ename=name, evalue=text, traceback=[text]))


class Runner(NotebookClient):
    """nbclient, in a fresh kernel of this very interpreter."""

    def __init__(self, notebook: NotebookNode, folder: Path, timeout: int):
        quiet = logging.getLogger("gancourse.execute")
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
        super().__init__(
            notebook,
            timeout=timeout,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": TOO_LONG, "evalue": "", "traceback": []},
            raise_on_iopub_timeout=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
            log=quiet,
        )
        self.printed, self.late = 0, False

    def create_kernel_manager(self) -> AsyncKernelManager:
        # Without folders to look in, "python3" is this interpreter's own kernel, not one that
        # somebody once installed under that name.
        specs = KernelSpecManager(kernel_dirs=[], log=self.log)
        self.km = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, log=self.log)
        return self.km

    def run(self, env: dict[str, str], spoiled: set[int], progress: Callable[[int, int], None] | None) -> bool:
        """Run all cells but the spoiled ones, to which it adds; False if one of them ended Python."""
        with self.setup_kernel(env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type != "code" or index in spoiled:
                    continue
                if progress:
                    progress(index + 1, len(self.nb.cells))
                self.printed, self.late = 0, False
                try:
                    self.execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
                except DeadKernelError:
                    note(cell, DIED, "Running this cell ended Python.")
                    spoiled.add(index)
                    return False
                if self.late:
                    spoiled.add(index)
                    note(cell, TOO_LONG, f"This ran longer than {self.timeout} seconds and was stopped.")
                    if not self.at_rest():
                        return False
        return True

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> Any:
        self.late = True
        return await super()._async_handle_timeout(timeout, cell)

    def at_rest(self) -> bool:
        """Whether the kernel answers again after an interrupt."""
        client: Any = self.kc
        try:
            run_sync(client.wait_for_ready)(timeout=PATIENCE)
        except RuntimeError:
            return False
        return True

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Keep an output, unless the cell has printed too much already."""
        if msg["header"]["msg_type"] == "stream":
            self.printed += len(msg["content"]["text"])
            if self.printed > MOST_OUTPUT:
                return None
        return super().output(outs, msg, display_id, cell_index)
