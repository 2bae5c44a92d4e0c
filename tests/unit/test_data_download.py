"""Downloads against a server on this machine: what breaks is gone on with, what is wrong is named."""

from __future__ import annotations

import hashlib
import http.server
import io
import re
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from gancourse import data, paths
from gancourse.cli import app
from gancourse.data import celeba_download, download
from gancourse.data.download import File, NoSource, fetch
from gancourse.errors import CourseError

CONTENT = bytes(range(256)) * 4096  # 1 MB
HALF = len(CONTENT) // 2
PAGE = b"<!DOCTYPE html><html><title>Google Drive - Quota exceeded</title></html>"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves what is in `files`. The first folder of an address says how it misbehaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {"x.zip": CONTENT}
        self.asked: list[tuple[str, str | None]] = []  # path and Range of every request

    def url(self, how: str, name: str = "x.zip") -> str:
        return f"http://127.0.0.1:{self.server_port}/{how}/{name}"

    def file(self, *how: str) -> File:
        return File("x.zip", md5(CONTENT), [self.url(h) for h in how])


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        _, how, name = self.path.split("/", 2)
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        content = {"page": PAGE, "other": CONTENT[::-1]}.get(how, self.server.files.get(name))
        if how == "absent" or content is None:
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and how != "norange" else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        # "cut" breaks off the first answer in the middle; "short" breaks off every one after 1000 bytes.
        breaks = {"cut": HALF if len(self.server.asked) == 1 else None, "short": 1000, "interrupt": HALF}
        end = breaks.get(how)
        if how == "slow":
            self.wfile.write(content[start:HALF])
            time.sleep(1.3)
            start = HALF
        self.wfile.write(content[start : None if end is None else start + end])
        if how == "interrupt":  # as Ctrl-C does, once what was sent has been taken
            time.sleep(0.3)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(1)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_fetched_once(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        assert fetch(server.file("good"), tmp_path / "a" / "b").read_bytes() == CONTENT
    assert len(server.asked) == 1
    assert left(tmp_path / "a" / "b") == ["x.zip"]


def test_a_broken_connection_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    assert fetch(server.file("cut"), tmp_path).read_bytes() == CONTENT
    assert [wanted for _, wanted in server.asked] == [None, f"bytes={HALF}-"]


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(server: Server, tmp_path: Path) -> None:
    with pytest.raises(NoSource, match=r"broke off after 1,000 of .* bytes \(0\.0 MB are kept"):
        fetch(server.file("short"), tmp_path)
    assert left(tmp_path) == ["x.zip.part"]
    kept = download.ATTEMPTS * 1000
    assert (tmp_path / "x.zip.part").read_bytes() == CONTENT[:kept]
    assert fetch(server.file("good"), tmp_path).read_bytes() == CONTENT
    assert server.asked[-1][1] == f"bytes={kept}-"
    assert left(tmp_path) == ["x.zip"]


def test_the_next_source_goes_on_with_what_the_first_sent(server: Server, tmp_path: Path) -> None:
    assert fetch(server.file("short", "good"), tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("/good/x.zip", f"bytes={download.ATTEMPTS * 1000}-")


def test_a_server_that_sends_everything_again_is_understood(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.zip.part").write_bytes(CONTENT[:HALF])
    assert fetch(server.file("norange"), tmp_path).read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_a_part_that_is_complete_is_only_verified(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.zip.part").write_bytes(CONTENT)
    assert fetch(server.file("good"), tmp_path).read_bytes() == CONTENT  # the server answers 416
    assert len(server.asked) == 1


def test_the_rest_of_another_file_is_not_gone_on_with(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.zip.part").write_bytes(b"another version" * 99)
    assert fetch(server.file("good"), tmp_path).read_bytes() == CONTENT
    assert [wanted for _, wanted in server.asked] == ["bytes=1485-", None]


def test_a_damaged_file_under_the_final_name_is_replaced(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(PAGE)
    assert fetch(server.file("good"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("other", rf"sent another file: its MD5 sum is {md5(CONTENT[::-1])}, not {md5(CONTENT)}; it was deleted"),
        ("page", "answered with a web page in place of the file"),
        ("absent", "answered 404 Not Found"),
    ],
    ids=["wrong checksum", "web page", "404"],
)
def test_a_source_without_the_file_is_named_and_the_next_one_tried(
    server: Server, tmp_path: Path, how: str, says: str
) -> None:
    with pytest.raises(NoSource, match=rf"No source gave x\.zip:\s+http://127\.0\.0\.1:\d+/{how}/x\.zip\s+{says}"):
        fetch(server.file(how), tmp_path)
    assert left(tmp_path) == []
    assert fetch(server.file(how, "good"), tmp_path).read_bytes() == CONTENT


def test_nobody_listening_is_named(tmp_path: Path, server: Server) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(NoSource, match=r"the connection failed: .*refused"):
        fetch(server.file("good"), tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the disk that is always full")
def test_a_full_disk_is_named_and_left_clean(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.zip.part").symlink_to("/dev/full")
    with pytest.raises(CourseError, match=r"no room for x\.zip \(No space left on device\).*Nothing half-done"):
        fetch(server.file("good"), tmp_path)
    assert left(tmp_path) == []


def test_a_disk_too_small_is_named_before_anything_is_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = download.shutil.disk_usage(tmp_path)._replace(free=len(CONTENT) - 1)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: free)
    with pytest.raises(CourseError, match=r"no room for x\.zip"):
        fetch(server.file("good", "good"), tmp_path)
    assert left(tmp_path) == [] and len(server.asked) == 1


def test_a_folder_that_cannot_be_made_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match=r"x\.zip cannot be put into .*file.*--to FOLDER"):
        fetch(server.file("good"), tmp_path / "file")


def test_ctrl_c_keeps_the_part_and_nothing_under_the_final_name(server: Server, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it would be ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            fetch(server.file("interrupt"), tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    assert left(tmp_path) == ["x.zip.part"]
    part = (tmp_path / "x.zip.part").read_bytes()
    assert part and CONTENT.startswith(part)
    assert fetch(server.file("good"), tmp_path).read_bytes() == CONTENT
    assert server.asked[-1][1] == f"bytes={len(part)}-"


@pytest.mark.slow
def test_progress_is_shown(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fetch(server.file("slow"), tmp_path)
    assert re.search(r"x\.zip: +\d+%.*1\.05M/1\.05M", capsys.readouterr().err)


# The whole of `gancourse data get celeba`, with three small files in the place of the large ones.


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for i in range(1, 5):
            picture = io.BytesIO()
            Image.new("RGB", (178, 218), (50 * i, 50 * i, 50 * i)).save(picture, "jpeg")
            file.writestr(f"img_align_celeba/{i:06d}.jpg", picture.getvalue())
    return buffer.getvalue()


ROWS = "".join(f"{i:06d}.jpg {1 if i % 2 else -1:2d} -1\n" for i in range(1, 5))
SMALL = {
    "list_attr_celeba.txt": f"4\nSmiling Eyeglasses \n{ROWS}".encode(),
    "list_eval_partition.txt": b"000001.jpg 0\n000002.jpg 0\n000003.jpg 1\n000004.jpg 2\n",
    "img_align_celeba.zip": archive(),
}


@pytest.fixture
def sources(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """CelebA's sources: the first answers with a page, as Google Drive does, the second has everything."""
    server.files = dict(SMALL)
    monkeypatch.setattr(celeba_download, "NEEDED", {name: (name, md5(content)) for name, content in SMALL.items()})
    monkeypatch.setattr(celeba_download, "DRIVE", server.url("page", "{id}"))
    monkeypatch.setattr(celeba_download, "MIRRORS", [server.url("good", "{name}")])
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GANCOURSE_CELEBA", raising=False)
    monkeypatch.delenv("GANCOURSE_FASHION", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "checkout", lambda: None)
    return server


def test_get_celeba_brings_a_copy_that_loads(sources: Server, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["data", "get", "celeba"], input="y\n")
    assert done.exit_code == 0, done.output
    for name in SMALL:
        assert f"{name}: complete and verified" in done.output
    assert "GANCOURSE_CELEBA" not in done.output
    assert left(tmp_path / "cache" / "celeba") == sorted(SMALL)
    assert [path.split("/")[1] for path, _ in sources.asked] == ["page", "good"] * 3
    loaded = data.load("celeba", size=16, split="train")
    assert loaded.attributes["Smiling"].tolist() == [True, False]
    assert "research only" in loaded.license


def test_get_celeba_twice_fetches_once(sources: Server, tmp_path: Path) -> None:
    for _ in range(2):
        assert CliRunner().invoke(app, ["data", "get", "celeba", "--accept"]).exit_code == 0
    assert len(sources.asked) == 6


@pytest.mark.parametrize("answer", ["n\n", ""], ids=["no", "no answer"])
def test_the_terms_come_first_and_no_means_no(sources: Server, tmp_path: Path, answer: str) -> None:
    done = CliRunner().invoke(app, ["data", "get", "celeba"], input=answer)
    assert done.exit_code != 0
    said = " ".join(done.output.split())
    for term in (
        "non-commercial research only",
        "found on the Internet and are not MMLAB's property",
        "must not copy, publish or distribute",
        "may end your access",
        "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
        "1.4 GB will be downloaded",
    ):
        assert term in said
    assert sources.asked == [] and not (tmp_path / "cache").exists()


def test_where_no_source_answers_it_says_what_to_do_by_hand(
    sources: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celeba_download, "MIRRORS", [sources.url("absent", "{name}"), sources.url("other", "{name}")])
    done = CliRunner().invoke(app, ["data", "get", "celeba", "--accept"])
    assert isinstance(done.exception, CourseError)
    said = str(done.exception)
    for part in ("a web page", "answered 404", "sent another file", "To get it by hand", *SMALL, "Kaggle"):
        assert part in said
    assert str(tmp_path / "cache" / "celeba") in said
    assert left(tmp_path / "cache" / "celeba") == []


def test_a_folder_of_ones_own_is_used_and_named(sources: Server, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["data", "get", "celeba", "--accept", "--to", "mine"])
    assert done.exit_code == 0, done.output
    assert left(tmp_path / "mine") == sorted(SMALL)
    assert f"Set GANCOURSE_CELEBA={(tmp_path / 'mine').resolve()} so that it is used." in done.output


def test_a_copy_that_comes_first_is_named(sources: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCOURSE_CELEBA", str(tmp_path / "nowhere"))
    assert f"Set GANCOURSE_CELEBA={(tmp_path / 'cache' / 'celeba').resolve()} so that it is used." in get_celeba()
    monkeypatch.delenv("GANCOURSE_CELEBA")
    first = tmp_path / "data" / "celeba" / "img_align_celeba.zip"
    first.parent.mkdir(parents=True)
    first.write_bytes(SMALL["img_align_celeba.zip"])
    assert f"so that it is used and not {first.relative_to(tmp_path)}." in get_celeba()


def get_celeba() -> str:
    done = CliRunner().invoke(app, ["data", "get", "celeba", "--accept"])
    assert done.exit_code == 0, done.output
    return done.output


def test_list_and_sheet(sources: Server, tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["data", "list"], env={"COLUMNS": "200"})
    assert listed.exit_code == 0, listed.output
    assert re.search(r"celeba +no .*gancourse data get celeba", listed.output)
    get_celeba()
    listed = CliRunner().invoke(app, ["data", "list"], env={"COLUMNS": "200"})
    assert re.search(r"celeba +yes +pictures and labels, zipped", listed.output)
    assert all(re.search(rf"^ *{name} ", listed.output, re.MULTILINE) for name in ("faces", "fashion", "toys"))
    done = CliRunner().invoke(app, ["data", "sheet", "celeba", "--split", "all", "--size", "64", "--n", "3"])
    assert done.exit_code == 0, done.output
    assert "celeba.png: 3 pictures of celeba/all" in done.output and "non-commercial" in done.output
    with Image.open(tmp_path / "celeba.png") as sheet:
        assert sheet.size == (3 * 66 + 2, 66 + 2)  # side by side, two pixels around each
        shades = [sheet.getpixel((2 + 66 * i + 32, 34))[0] for i in range(3)]
    assert [round(shade / 50) for shade in shades] == [1, 2, 3]


def test_a_sheet_that_cannot_be_written_is_named(sources: Server, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["data", "sheet", "faces", "--n", "2", "--out", str(tmp_path / "no" / "x.png")])
    assert isinstance(done.exception, CourseError) and "x.png cannot be written" in str(done.exception)


def test_what_ships_with_the_course_need_not_be_fetched() -> None:
    done = CliRunner().invoke(app, ["data", "get", "faces"])
    assert done.exit_code == 0 and "comes with the course" in done.output
