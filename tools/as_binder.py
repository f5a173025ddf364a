"""Try the book as Binder does: a fresh environment from requirements.txt and postBuild, a Jupyter server, every notebook run by it.

    python tools/as_binder.py [FOLDER]     in FOLDER (a new one otherwise), which keeps the environment

It does by hand what repo2docker does with runtime.txt, requirements.txt and postBuild, in the Python that runs this script.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "as-binder"
PATIENCE = 300


def environment(folder):
    """Make the environment that Binder would make; return its folder of programs."""
    place = folder / "env"
    programs = place / "bin"
    if not programs.is_dir():
        wanted = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
        if wanted != f"{sys.version_info.major}.{sys.version_info.minor}":
            print(f"Binder takes Python {wanted}; this is {sys.version.split()[0]}")
        venv.create(place, with_pip=True)
        subprocess.run([programs / "pip", "install", "-q", "--no-cache-dir", "-r", ROOT / "requirements.txt"], check=True)
    path = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(["./postBuild"], check=True, cwd=ROOT, env=path)
    return programs


@contextlib.contextmanager
def server(programs):
    """Start a Jupyter server in the repository, as Binder does; gives its address."""
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    command = [programs / "jupyter", "server", *options]
    with tempfile.TemporaryDirectory() as runtime:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "JUPYTER_RUNTIME_DIR": runtime}, **quiet)
        try:
            yield _address(Path(runtime), process)
        finally:
            process.terminate()
            process.wait()


def _address(runtime, process):
    """Wait until a server has written down where it is."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for written in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):
                return json.loads(written.read_text())["url"].rstrip("/")
        time.sleep(0.2)
    raise RuntimeError("the Jupyter server did not start")


def ask(address, path, body=None):
    """Ask the server's interface something; return its answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/api/{path}", data, {"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def run(address, name):
    """Run a notebook through the server, cell by cell; return the errors of its cells."""
    from websocket import create_connection  # comes with the Jupyter server

    cells = ask(address, f"contents/book/{name}")["content"]["cells"]
    session = ask(address, "sessions", {"path": f"book/{name}", "name": name, "type": "notebook", "kernel": {"name": "python3"}})
    kernel = f"{address.replace('http', 'ws')}/api/kernels/{session['kernel']['id']}/channels?token={TOKEN}"
    connection = create_connection(kernel, timeout=PATIENCE)
    try:
        return [error for cell in cells if cell["cell_type"] == "code" for error in _run_cell(connection, "".join(cell["source"]))]
    finally:
        connection.close()


def _run_cell(connection, code):
    """Run one cell and wait until the kernel is idle again; return its errors."""
    asked = uuid.uuid4().hex
    header = {"msg_id": asked, "msg_type": "execute_request", "username": "", "session": asked, "version": "5.3", "date": ""}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content, "buffers": []}
    connection.send(json.dumps(message))
    errors = []
    while True:
        told = connection.recv()
        if isinstance(told, bytes):  # pictures of widgets; nothing to read
            continue
        told = json.loads(told)
        if told["parent_header"].get("msg_id") != asked:
            continue
        if told["msg_type"] == "error":
            errors.append(f"{told['content']['ename']}: {told['content']['evalue']}")
        if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
            return errors


def main():
    """Make the environment, start the server in it, and run every notebook."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    programs = environment(folder)
    if Path(sys.prefix) != folder / "env":  # the connection needs a package that this environment has
        os.execv(programs / "python", [programs / "python", __file__, str(folder)])
    failed = 0
    with server(programs) as address:
        for path in sorted((ROOT / "book").glob("*.ipynb")):
            started = time.monotonic()
            errors = run(address, path.name)
            failed += bool(errors)
            print(f"{path.name}: {'; '.join(errors) or 'ran'} ({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
