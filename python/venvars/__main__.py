"""`python -m venvars` is the binary itself."""

import os
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
    try:
        return subprocess.run(command).returncode
    except KeyboardInterrupt:
        return 2


if __name__ == "__main__":
    sys.exit(main())
