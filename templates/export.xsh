def _venvars_export(values):
    env = __xonsh__.env
    if 'VIRTUAL_ENV' not in env:
        return
    before = env.detype()
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
    env['_VENVARS'] = ''.join(name + ' ' for name in values)
    __xonsh__._venvars = state


_venvars_export({
{%- for variable in variables %}
    '{{ variable.name|safe }}': {{ variable.value }},
{%- endfor %}
})
del _venvars_export
