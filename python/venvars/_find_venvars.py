"""Where an installer has put the binary."""

import os
import sys
import sysconfig
from typing import Iterator


def find_venvars() -> str:
    """The path of the binary.

    Raises `FileNotFoundError` where this package was installed without it.
    """
    name = "venvars" + (sysconfig.get_config_var("EXE") or "")
    folders = list(dict.fromkeys(_folders()))
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"there is no {name} in {', '.join(folders)}; install venvars again")


def _folders() -> Iterator[str]:
    # This environment's own, and that of the Python that it was made with.
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", vars={"base": sys.base_prefix})
    # PREFIX/lib/python3.X/site-packages/venvars, on Windows PREFIX\Lib\site-packages\venvars: `pip install --prefix`,
    # and `uv run --with`, whose environment is laid over another.
    package = os.path.dirname(os.path.abspath(__file__))
    up, scripts = (3, "Scripts") if os.name == "nt" else (4, "bin")
    yield os.path.join(os.path.normpath(os.path.join(package, *[os.pardir] * up)), scripts)
    # `pip install --target`
    yield os.path.join(os.path.dirname(package), "bin")
    yield sysconfig.get_path("scripts", scheme=_user_scheme())


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and sysconfig.get_config_var("PYTHONFRAMEWORK"):
        return "osx_framework_user"
    return "posix_user"
