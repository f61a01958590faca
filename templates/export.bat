{% include "unset.bat" %}
{%- for variable in export.variables %}
@if defined {{ variable.name|safe }} set "_VENVARS_OLD_{{ variable.name|safe }}=%{{ variable.name|safe }}%"
@set "{{ variable.name|safe }}={{ variable.value }}"
{%- endfor %}
@set "_VENVARS={% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}"
{%- if !export.defaults.is_empty() %}
@rem Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- for variable in export.defaults %}
@if not defined {{ variable.name|safe }} set "_VENVARS=%_VENVARS%{{ variable.name|safe }} "
@if not defined {{ variable.name|safe }} set "{{ variable.name|safe }}={{ variable.value }}"
{%- endfor %}
{%- endif %}
