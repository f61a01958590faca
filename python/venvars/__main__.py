"""`python -m venvars` is the binary itself."""

import os
import signal
import subprocess
import sys

from . import find_venvars


def main() -> int:
    try:
        command = [find_venvars(), *sys.argv[1:]]
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if os.name != "nt":
        os.execvp(command[0], command)
    # There, to execute is to start a child and to end: the prompt would be back before its work is done.
    # The console sends Ctrl-C to the child as well, which decides what happens. (Windows passes no such setting on.)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
