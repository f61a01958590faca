    # Straight into a venv without our blocks, it is not our `deactivate` that runs.
    builtin set -l _venvars_venv $VIRTUAL_ENV
    function _venvars_guard --on-variable VIRTUAL_ENV --inherit-variable _venvars_venv
        # `VIRTUAL_ENV=x command` is no activation.
        if builtin set -ql VIRTUAL_ENV; or builtin test "$VIRTUAL_ENV" = "$_venvars_venv"
            return
        end
{%- filter indent(4, first=true)|safe %}
{% include "unset.fish" %}
{%- endfilter %}
    end
