"""Answers 200 to everything on Odoo's port; these paths do as they say after their answer:

/hang      it lives on and answers nothing more
/exit      it ends with exit code 1
/eat       it takes memory until the kernel kills it
/say/TEXT  it writes TEXT to its standard output (requests are logged to standard error, as Odoo does)

With a memory limit of fewer bytes than the variable LIGHT_NEEDS_MEMORY says, or with LIGHT_BROKEN, it ends at once, with
exit code 3.
"""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

NEVER = threading.Event()
PAGE = b'<!doctype html><title>Odoo</title><form class="oe_login_form"></form>\n'
hanging = False


def hang():
    global hanging
    hanging = True


def leave():
    os._exit(1)


def eat():
    eaten = []
    while True:
        # Written to, or the kernel would only promise it.
        eaten.append(bytearray(b"x") * (16 * 1024 * 1024))


ORDERS = {"/hang": hang, "/exit": leave, "/eat": eat}


class Light(BaseHTTPRequestHandler):
    def answer(self):
        if hanging:
            NEVER.wait()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/say/"):
            print(unquote(self.path[len("/say/") :]), flush=True)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PAGE)
        self.wfile.flush()
        ORDERS.get(self.path, lambda: None)()

    do_GET = do_HEAD = do_POST = answer


def memory_limit():
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        if os.path.exists(path):
            with open(path) as file:
                limit = file.read().strip()
            return float("inf") if limit == "max" else int(limit)
    raise SystemExit("no memory limit can be read")


if memory_limit() < int(os.environ.get("LIGHT_NEEDS_MEMORY", "0")):
    print("not enough memory", file=sys.stderr, flush=True)
    sys.exit(3)

if "LIGHT_BROKEN" in os.environ:
    print("odoo-light is broken", file=sys.stderr, flush=True)
    sys.exit(3)

server = ThreadingHTTPServer(("", 8069), Light)
server.daemon_threads = True
print("odoo-light listens on 8069", file=sys.stderr, flush=True)
server.serve_forever()
