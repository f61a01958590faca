{% include "unset.bat" %}
@rem The answer is an assignment a line.
@for /f "usebackq eol= delims=" %%l in (`call "{{ export.program }}"{% for argument in export.arguments %} "{{ argument }}"{% endfor %} cmd`) do @set "%%l"
