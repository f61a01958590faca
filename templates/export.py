import os as _venvars_os

if "VIRTUAL_ENV" in _venvars_os.environ:
    _venvars_os.environ.update(
        {
{%- for variable in export.variables %}
            "{{ variable.name|safe }}": {{ variable.value }},
{%- endfor %}
            "_VENVARS": "{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}",
        }
    )
{%- if !export.defaults.is_empty() %}
    # Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- for variable in export.defaults %}
    if "{{ variable.name|safe }}" not in _venvars_os.environ:
        _venvars_os.environ["{{ variable.name|safe }}"] = {{ variable.value }}
        _venvars_os.environ["_VENVARS"] += "{{ variable.name|safe }} "
{%- endfor %}
{%- endif %}
{%- if let Some(secrets) = export.secrets %}
    try:
        if _venvars_os.stat({{ secrets }}).st_mtime_ns > _venvars_os.stat(__file__).st_mtime_ns:
            _venvars_os.write(2, b"venvars: this script is older than secrets.toml; run: venvars apply\n")
    except OSError:
        pass
{%- endif %}
del _venvars_os
