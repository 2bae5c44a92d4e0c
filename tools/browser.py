"""Find Chromium for the browser tests, or get it.

    python tools/browser.py           find one; if there is none, install it; say how it went
    python tools/browser.py --print   only find one: its path, or exit status 1

Where the variable CI is set, having none is a failure; elsewhere the browser tests are skipped.
Standard library only.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def main() -> int:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Find Chromium for the browser tests, or get it.")
    parser.add_argument("--print", action="store_true", help="print the path of one that is there; install nothing")
    only_print = parser.parse_args().print
    path = find()
    if only_print:
        if path:
            print(path)
        return 0 if path else 1
    if path is None:
        install()
        path = find()
    if path:
        print(f"browser: the browser tests use {path}.")
        return 0
    fatal = os.environ.get("CI", "").lower() not in ("", "0", "false")
    print(
        "browser: no Chromium was found, and none could be installed here. "
        + ("With CI set, that is a failure. " if fatal else "The browser tests will be skipped. ")
        + "Install chromium or Google Chrome, or set GANCOURSE_CHROMIUM to the path of one.",
        file=sys.stderr,
    )
    return 1 if fatal else 0


def find() -> str | None:
    """The first browser that starts."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[str]:
    """Where a browser may be, the user's choice first, Playwright's slow answer last."""
    if chosen := os.environ.get("GANCOURSE_CHROMIUM"):
        yield chosen
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    yield from filter(os.path.exists, APPLICATIONS)
    python = ROOT / ".venv" / "bin" / "python"
    if python.exists():
        answer = subprocess.run([str(python), "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
        if answer.returncode == 0 and os.path.exists(answer.stdout.strip()):
            yield answer.stdout.strip()


def starts(path: str) -> bool:
    """Whether a browser tells its version. Ubuntu's package, say, is a stub without snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def install() -> None:
    """Install Chromium: Debian's package if we may, else the one that Playwright offers."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get") and not is_ubuntu():
        print("browser: installing Debian's chromium.", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        if run([*apt, "update"], quiet) and run([*apt, "install", "-y", "--no-install-recommends", "chromium"], quiet):
            return
    playwright = ROOT / ".venv" / "bin" / "playwright"
    if playwright.exists():
        print("browser: asking Playwright for its Chromium.", flush=True)
        system = ["--with-deps"] if root and shutil.which("apt-get") else []
        run([str(playwright), "install", *system, "chromium"], dict(os.environ))


def is_ubuntu() -> bool:
    """Whether the system's chromium package would be a stub that needs snap."""
    try:
        return "\nID=ubuntu\n" in "\n" + Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return False


def run(command: list[str], environment: dict[str, str]) -> bool:
    """Whether a command succeeds. Its output goes to stderr, and it cannot ask anything."""
    answer = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=900)
    return answer.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
