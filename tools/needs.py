"""Find what `make test` needs beside Python's packages, or get it: Chromium, and on Linux bubblewrap.

    python tools/needs.py             find both; install what is missing, where we may; fail if it stays missing
    python tools/needs.py --browser   only find Chromium: its path, or exit status 1

Without the first no page is tested, without the second none of the grader's walls; neither may be skipped in
silence. Standard library only.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LINUX = sys.platform == "linux"
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
    parser = argparse.ArgumentParser(description="Find Chromium and bubblewrap, or get them.")
    parser.add_argument("--browser", action="store_true", help="print the path of Chromium; install nothing")
    if parser.parse_args().browser:
        path = find()
        if path:
            print(path)
        return 0 if path else 1
    missing = [name for name, there in NEEDS.items() if not there()]
    if missing:
        install(missing)
    missing = [name for name in missing if not NEEDS[name]()]
    for name in missing:
        print(f"needs: {name} is missing, and could not be installed here. {ADVICE[name]}", file=sys.stderr)
    if not missing:
        print("needs: Chromium and bubblewrap are there." if LINUX else "needs: Chromium is there.")
    return int(bool(missing))


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


def walls() -> bool:
    """Whether bubblewrap can put up walls. Elsewhere than on Linux there is none, and nothing to ask for."""
    if not LINUX:
        return True
    bwrap = shutil.which("bwrap")
    return bwrap is not None and run([bwrap, "--ro-bind", "/", "/", "--unshare-net", "true"], dict(os.environ))


def install(missing: list[str]) -> None:
    """Install by Debian's packages if we may; Chromium else from Playwright."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    packages = [name for name in missing if name != "chromium" or not is_ubuntu()]
    if root and shutil.which("apt-get") and packages:
        print(f"needs: installing {' and '.join(packages)} with apt-get.", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        if run([*apt, "update"], quiet):
            run([*apt, "install", "-y", "--no-install-recommends", *packages], quiet)
    playwright = ROOT / ".venv" / "bin" / "playwright"
    if "chromium" in missing and find() is None and playwright.exists():
        print("needs: asking Playwright for its Chromium.", flush=True)
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


NEEDS = {"chromium": lambda: find() is not None, "bubblewrap": walls}
ADVICE = {
    "chromium": "On Debian: `apt install chromium`. Or install Google Chrome, or set GANCOURSE_CHROMIUM to its path.",
    "bubblewrap": "On Debian and Ubuntu: `apt install bubblewrap`. In a container it needs user namespaces.",
}

if __name__ == "__main__":
    sys.exit(main())
