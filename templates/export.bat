{% include "unset.bat" %}
{%- for variable in variables %}
@if defined {{ variable.name|safe }} set "_VENVARS_OLD_{{ variable.name|safe }}=%{{ variable.name|safe }}%"
@set "{{ variable.name|safe }}={{ variable.value }}"
{%- endfor %}
@set "_VENVARS={% for variable in variables %}{{ variable.name|safe }} {% endfor %}"
