"""Writes what the generators of virtual environments write on Windows, by their own code and templates, into a folder
for each: OUT/NAME/Scripts. The venv's own path stands there as HERE.

    windows_venvs.py venv NAME OUT LIB          LIB is CPython's Lib
    windows_venvs.py virtualenv NAME OUT        run by the Python that has it
    windows_venvs.py uv NAME OUT UV
"""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from types import SimpleNamespace

NAME = "venvars-here"
HERE = "C:\\" + NAME


class Scripts(type(pathlib.Path())):
    """The folder that is written to, which the generators take for the one in the venv."""

    def relative_to(self, *_):
        return "Scripts"


class Windows:
    """The module `os`, as it tells of itself on Windows."""

    name, sep, pathsep, linesep = "nt", "\\", ";", "\r\n"

    def __getattr__(self, name):
        return getattr(os, name)


def venv(scripts, lib):
    package = pathlib.Path(lib) / "venv"
    spec = importlib.util.spec_from_file_location("windows_venv", package / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.os = Windows()
    context = SimpleNamespace(
        env_dir=HERE,
        env_name=NAME,
        prompt=f"({NAME}) ",
        bin_name="Scripts",
        bin_path=str(scripts),
        env_exe=HERE + "\\Scripts\\python.exe",
        env_exec_cmd=HERE + "\\Scripts\\python.exe",
    )
    module.EnvBuilder().install_scripts(context, str(package / "scripts"))


def virtualenv(scripts):
    from virtualenv import activation

    os.pathsep, os.linesep = ";", "\r\n"
    creator = SimpleNamespace(
        dest=HERE,
        env_name=NAME,
        bin_dir=Scripts(scripts),
        libs=[scripts.parent / "Lib" / "site-packages"],
        pyenv_cfg={},
        interpreter=SimpleNamespace(
            os="nt", platform="win32", version_info=sys.version_info, tcl_lib=None, tk_lib=None
        ),
    )
    for name in activation.__all__:
        # csh is not on Windows.
        if name != "CShellActivator":
            getattr(activation, name)(SimpleNamespace(prompt=None)).generate(creator)


def uv(scripts, program):
    """On Unix it writes the same, with other paths."""
    with tempfile.TemporaryDirectory() as folder:
        made = folder + "/" + NAME
        environment = {**os.environ, "UV_OFFLINE": "1"}
        subprocess.run([program, "venv", "--quiet", "--python", "python3", made], check=True, env=environment)
        for script in pathlib.Path(made, "bin").glob("*activate*"):
            text = script.read_bytes().decode()
            for there, here in [(made, HERE), ("\\bin;", "\\Scripts;"), ("/bin:", "\\Scripts;"), ("/bin", "/Scripts")]:
                text = text.replace(there, here)
            if script.suffix == ".bat":
                text = text.replace("\n", "\r\n")
            (scripts / script.name).write_bytes(text.encode())


kind, name, out, *more = sys.argv[1:]
folder = pathlib.Path(out, name)
shutil.rmtree(folder, ignore_errors=True)
(folder / "Scripts").mkdir(parents=True)
globals()[kind](folder / "Scripts", *more)
(folder / "pyvenv.cfg").write_text("home = C:\\Python\nversion = 3.13.0\n")
