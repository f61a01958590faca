def _venvars_export(values, defaults):
    env = __xonsh__.env
    if 'VIRTUAL_ENV' not in env:
        return
    before = env.detype()
    values.update((name, value) for name, value in defaults.items() if name not in before)
    state = {}
    for name, value in values.items():
        old = '_VENVARS_OLD_' + name
        state[name] = (name in before, env.get(name), env._vars.get(name))
        if name in before:
            env.register(old, type='str')
            env[old] = before[name]
        # A text, whatever its name: xonsh expands what it takes for a path.
        env.register(name, type='str')
        env[name] = value
    if values:
        env['_VENVARS'] = ''.join(name + ' ' for name in values)
        __xonsh__._venvars = state
{%- if export.guard %}
        if not env.get('XONSH_INTERACTIVE'):
            return
        venv = env['VIRTUAL_ENV']

        # Straight into a venv without our blocks, it may not be our `deactivate` that runs.
        def guard(**_):
            if __xonsh__.env.get('VIRTUAL_ENV') != venv:
{%- filter indent(16, first=true)|safe %}
{% include "unset.xsh" %}
{%- endfilter %}

        events.on_pre_prompt(guard)
        __xonsh__._venvars_guard = guard
{%- endif %}
