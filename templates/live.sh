_venvars_asked=$?
if \[ -n "${VIRTUAL_ENV-}" ]; then
    # The answer is the lines that a script with the values in it would hold.
    _venvars_program={{ export.program }}
    \[ -x "$_venvars_program" ] || _venvars_program=venvars
    if _venvars_answer=$(\exec "$_venvars_program"{% for argument in export.arguments %} {{ argument }}{% endfor %} sh); then
        \eval "$_venvars_answer"
    fi
fi
_venvars_asked_end () {
    \unset -v _venvars_asked _venvars_program _venvars_answer || \:
    \unset -f _venvars_asked_end
    \return "$1"
}
_venvars_asked_end "$_venvars_asked"
