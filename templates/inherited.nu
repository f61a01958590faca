    # What another activation has set (straight from venv to venv, or in the shell that started
    # this one) is undone first; `overlay hide` undoes what is set here.
    for _venvars_name in ($env._VENVARS? | default '' | split row ' ' | where $it =~ '^[A-Za-z_][A-Za-z0-9_]*$') {
        let _venvars_old = $'_VENVARS_OLD_($_venvars_name)'
        hide-env --ignore-errors $_venvars_name
        if $_venvars_old in $env {
            load-env {($_venvars_name): ($env | get $_venvars_old)}
            hide-env --ignore-errors $_venvars_old
        }
    }
