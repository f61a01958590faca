builtin set -g _venvars_status $status
if builtin set -q VIRTUAL_ENV[1]
{%- if !export.variables.is_empty() %}
    # `set -q` counts the names that are not there.
    builtin set -qg{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %}
    if builtin test $status -ne {{ export.variables.len()|safe }}
        for _venvars_name in{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %}
            if builtin set -qg $_venvars_name
                builtin set -l _venvars_flags -g
                builtin set -qgx $_venvars_name; and builtin set -a _venvars_flags -x; or builtin set -a _venvars_flags -u
                builtin set -qg --path $_venvars_name; and builtin set -a _venvars_flags --path
                builtin set $_venvars_flags _VENVARS_OLD_$_venvars_name $$_venvars_name
                builtin set -eg $_venvars_name
            end
        end
    end
{%- endif %}
{%- for variable in export.variables %}
    builtin set -gx {{ variable.name|safe }} {{ variable.value }}
{%- endfor %}
    builtin set -gx _VENVARS '{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}'
{%- if !export.defaults.is_empty() %}
    # Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- for variable in export.defaults %}
    if not builtin set -q {{ variable.name|safe }}
        builtin set -gx {{ variable.name|safe }} {{ variable.value }}
        builtin set -gx _VENVARS "$_VENVARS"'{{ variable.name|safe }} '
    end
{%- endfor %}
{%- endif %}
{%- if export.guard %}
{% include "guard.fish" %}
{%- endif %}
{%- if let Some(secrets) = export.secrets %}
    if builtin test -e "$VIRTUAL_ENV/bin/activate.fish" -a {{ secrets }} -nt "$VIRTUAL_ENV/bin/activate.fish"
        builtin echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
    end
{%- endif %}
end
function _venvars_end
    builtin functions --erase _venvars_end
    builtin set -l _venvars_result $_venvars_status
    builtin set -eg _venvars_status
    builtin set -eg _venvars_name
    return $_venvars_result
end
_venvars_end
