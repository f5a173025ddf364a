"""The built book: what pages it has, whether it is up to date, and a server for it."""

import fcntl
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import book_extension
import serve
import yaml

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
SITE = BUILD / "html"


def pages():
    """Return the addresses of all pages in the table of contents, below the site's root."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [*toc.get("chapters", []), *(chapter for part in toc.get("parts", []) for chapter in part["chapters"])]
    return [f"{name}.html" for name in (toc["root"], *(chapter["file"] for chapter in chapters))]


def ensure_built():
    """Build the book, strictly, unless it stands there already, made from what stands here now."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two test processes one builds, and the other waits for it
        if book_extension.is_built(SITE):
            return
        jupyter_book = Path(sys.executable).with_name("jupyter-book")
        command = [jupyter_book, "build", "-q", "-W", "--keep-going", "-n", ROOT]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"})
        assert run.returncode == 0, f"the book does not build:\n{run.stdout}{run.stderr}"


@contextmanager
def served(folder):
    """Serve a folder on this machine for as long as the `with` block lasts; gives its address."""
    server = serve.server(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
