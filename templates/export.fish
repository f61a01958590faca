builtin set -g _venvars_status $status
if builtin set -q VIRTUAL_ENV[1]
    # `set -q` counts the names that are not there.
    builtin set -qg{% for variable in variables %} {{ variable.name|safe }}{% endfor %}
    if builtin test $status -ne {{ variables.len()|safe }}
        for _venvars_name in{% for variable in variables %} {{ variable.name|safe }}{% endfor %}
            if builtin set -qg $_venvars_name
                builtin set -l _venvars_flags -g
                builtin set -qgx $_venvars_name; and builtin set -a _venvars_flags -x; or builtin set -a _venvars_flags -u
                builtin set -qg --path $_venvars_name; and builtin set -a _venvars_flags --path
                builtin set $_venvars_flags _VENVARS_OLD_$_venvars_name $$_venvars_name
                builtin set -eg $_venvars_name
            end
        end
    end
{%- for variable in variables %}
    builtin set -gx {{ variable.name|safe }} {{ variable.value }}
{%- endfor %}
    builtin set -gx _VENVARS '{% for variable in variables %}{{ variable.name|safe }} {% endfor %}'
end
function _venvars_end
    builtin functions --erase _venvars_end
    builtin set -l _venvars_result $_venvars_status
    builtin set -eg _venvars_status
    builtin set -eg _venvars_name
    return $_venvars_result
end
_venvars_end
