"""Serve a folder on this machine alone and say where: python tools/serve.py FOLDER [PORT]."""

import functools
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files, without a line for each request."""

    def log_message(self, *arguments):
        pass


def server(folder, port):
    """Return a server for `folder` on `port`, or on the next one that is free; 0 takes any."""
    handler = functools.partial(Handler, directory=str(folder))
    for candidate in [port] if port == 0 else range(port, port + 20):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            print(f"Port {candidate} is taken.")
    sys.exit(f"No free port from {port} to {port + 19}; name one: make book PORT=9000")


if __name__ == "__main__":
    folder, port = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8000
    with server(folder, port) as running:
        print(f"The book is at http://127.0.0.1:{running.server_port}/  (stop it with Ctrl+C)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
