# Gives back what the variables held before activation. _VENVARS lists them; a shell that was
# started inside an active one finds what they held in its own first environment.
from os import environ as _venvars_environ
_venvars_guard = __xonsh__.__dict__.pop('_venvars_guard', None)
if _venvars_guard is not None:
    events.on_pre_prompt.discard(_venvars_guard)
_venvars_env = __xonsh__.env
_venvars_state = __xonsh__.__dict__.pop('_venvars', None)
for _venvars_name in str(_venvars_env.get('_VENVARS', '')).split():
    _venvars_old = '_VENVARS_OLD_' + _venvars_name
    if _venvars_state is None:
        _venvars_was = (_venvars_old in _venvars_environ, _venvars_environ.get(_venvars_old), None)
    else:
        _venvars_was = _venvars_state[_venvars_name]
    for _venvars_gone in (_venvars_name, _venvars_old):
        _venvars_env.pop(_venvars_gone, None)
        if _venvars_state is not None:
            _venvars_env._vars.pop(_venvars_gone, None)
    if _venvars_was[2] is not None:
        _venvars_env._vars[_venvars_name] = _venvars_was[2]
    if _venvars_was[0]:
        _venvars_env[_venvars_name] = _venvars_was[1]
_venvars_env.pop('_VENVARS', None)
