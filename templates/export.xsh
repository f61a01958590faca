# Sets: {% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}
{%- if !export.defaults.is_empty() %}
# Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- endif %}
{% include "set.xsh" %}

_venvars_export({
{%- for variable in export.variables %}
    '{{ variable.name|safe }}': {{ variable.value }},
{%- endfor %}
}, {
{%- for variable in export.defaults %}
    '{{ variable.name|safe }}': {{ variable.value }},
{%- endfor %}
})
del _venvars_export
{%- if let Some(secrets) = export.secrets %}


def _venvars_compare(secrets):
    import os
    import sys
    script = os.path.join(str(__xonsh__.env.get('VIRTUAL_ENV', '')), 'bin', 'activate.xsh')
    try:
        stale = os.stat(secrets).st_mtime_ns > os.stat(script).st_mtime_ns
    except OSError:
        return
    if stale:
        print('venvars: this script is older than secrets.toml; run: venvars apply', file=sys.stderr)


_venvars_compare({{ secrets }})
del _venvars_compare
{%- endif %}
