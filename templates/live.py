import json as _venvars_json
import os as _venvars_os
import shutil as _venvars_shutil
import subprocess as _venvars_subprocess

if "VIRTUAL_ENV" in _venvars_os.environ:
    _venvars_question = [{{ export.program }}, {% for argument in export.arguments %}{{ argument }}, {% endfor %}'python']
    if not _venvars_shutil.which(_venvars_question[0]):
        _venvars_question[0] = "venvars"
    try:
        _venvars_answer = _venvars_subprocess.run(_venvars_question, stdout=_venvars_subprocess.PIPE)
        if _venvars_answer.returncode == 0:
            _venvars_os.environ.update(_venvars_json.loads(_venvars_answer.stdout))
        del _venvars_answer
    except OSError as _venvars_error:
        _venvars_os.write(2, f"venvars: could not be asked for the values: {_venvars_error.strerror}\n".encode())
    del _venvars_question
del _venvars_json, _venvars_os, _venvars_shutil, _venvars_subprocess
