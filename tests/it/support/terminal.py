"""A person at a terminal: runs a command on a pseudo-terminal that is its controlling one.

Standard input is one JSON object: `command`, and `steps`, each a list: expect TEXT; send KEYS; bytes HEX;
resize ROWS COLUMNS; signal NAME; close. Prints one JSON object: what the terminal has `shown`, the `code` that the
command ended with (or the negative of its signal), the step that `failed`, if one did, and whether the
terminal's settings are the `same` as before.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

order = json.load(sys.stdin)
ready, go = os.pipe()
pid, master = pty.fork()
if pid == 0:
    # Wait until the terminal has its size.
    os.read(ready, 1)
    os.execvp(order["command"][0], order["command"])


def resize(rows, columns):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


shown = b""
seen = 0
closed = False


def read(seconds):
    """Reads once, if anything comes. False at the end."""
    global shown, closed
    if closed or not select.select([master], [], [], seconds)[0]:
        return not closed
    try:
        piece = os.read(master, 65536)
    except OSError:
        piece = b""
    shown += piece
    closed = not piece
    return bool(piece)


def step(what, *arguments):
    global seen, closed
    if what == "expect":
        text = arguments[0].encode()
        until = time.monotonic() + 30
        while (at := shown.find(text, seen)) < 0:
            if not read(0.1) or time.monotonic() > until:
                return False
        seen = at + len(text)
    elif what == "send":
        os.write(master, arguments[0].encode())
    elif what == "bytes":
        os.write(master, bytes.fromhex(arguments[0]))
    elif what == "resize":
        resize(*arguments)
    elif what == "signal":
        os.kill(pid, getattr(signal, "SIG" + arguments[0]))
    elif what == "close":
        os.close(master)
        closed = True
    return True


resize(24, 80)
settings = termios.tcgetattr(master)
os.write(go, b".")
failed = None
for one in order["steps"]:
    if not step(*one):
        failed = one
        break
until = time.monotonic() + 30
while True:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        break
    if failed or time.monotonic() > until:
        failed = failed or ["end"]
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        break
    read(0.05)
while not closed and select.select([master], [], [], 0.2)[0]:
    if not read(0):
        break
same = closed or termios.tcgetattr(master) == settings
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"shown": shown.decode(errors="replace"), "code": code, "failed": failed, "same": same}))
