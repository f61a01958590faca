import os as _venvars_os

if "VIRTUAL_ENV" in _venvars_os.environ:
    _venvars_os.environ.update(
        {
{%- for variable in variables %}
            "{{ variable.name|safe }}": {{ variable.value }},
{%- endfor %}
            "_VENVARS": "{% for variable in variables %}{{ variable.name|safe }} {% endfor %}",
        }
    )
del _venvars_os
