"""virtualenv's plugin: a new environment of the project has the variables in its scripts at once.

virtualenv asks activators from elsewhere before its own, when there are no scripts yet. The last thing that it does is
to write `pyvenv.cfg`.
"""

import subprocess
from typing import Any, List

from virtualenv.activation.activator import Activator

from ._find_venvars import find_venvars

#: What a command of the project may take at most, in seconds.
PATIENCE = 60


class VenvarsActivator(Activator):
    def generate(self, creator: Any) -> List[Any]:
        try:
            config = creator.pyenv_cfg
            write = config.write

            def write_and_apply() -> None:
                write()
                _apply(str(creator.dest))

            config.write = write_and_apply
        except Exception:  # another virtualenv than those known: its own work goes on
            pass
        return []


def _apply(folder: str) -> None:
    """Has venvars look whether the environment in `folder` is the project's. Whatever it says, that is made."""
    try:
        subprocess.run(
            [find_venvars(), "--quiet", "apply", "--created", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except Exception:
        pass
