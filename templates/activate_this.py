# Written by `venvars apply`, removed by `venvars remove`.
# The values come from secrets.toml: change them there and run `venvars apply`.
import os as _venvars_os


def _venvars_ask(question):
    import json
    import os
    import shutil
    import subprocess

    if not shutil.which(question[0]):
        question[0] = "venvars"
    try:
        answer = subprocess.run(question, stdout=subprocess.PIPE)
    except FileNotFoundError:
        os.write(2, b"venvars: no variable was set: venvars was not found; install it again\n")
        return
    except OSError as error:
        os.write(2, f"venvars: could not be asked for the values: {error.strerror}\n".encode())
        return
    values = json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout else {}
    if values:
        os.environ.update(values, _VENVARS="".join(name + " " for name in values))


def _venvars_newer(secrets, script):
    import os

    try:
        if os.stat(secrets).st_mtime_ns > os.stat(script).st_mtime_ns:
            os.write(2, b"venvars: this script is older than secrets.toml; run: venvars apply\n")
    except OSError:
        pass


