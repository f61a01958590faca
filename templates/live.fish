builtin set -g _venvars_asked $status
if builtin set -q VIRTUAL_ENV[1]
    # The answer is the lines that a script with the values in it would hold.
    builtin set -g _venvars_program {{ export.program }}
    builtin test -x $_venvars_program; or builtin set -g _venvars_program venvars
    command $_venvars_program{% for argument in export.arguments %} {{ argument }}{% endfor %} fish | builtin source
end
function _venvars_asked_end
    builtin functions --erase _venvars_asked_end
    builtin set -l _venvars_result $_venvars_asked
    builtin set -eg _venvars_asked
    builtin set -eg _venvars_program
    return $_venvars_result
end
_venvars_asked_end
