    # Gives back what the variables held before activation. _VENVARS lists them; it is
    # exported, so a shell that was started inside an active one finds the way back too.
    builtin functions --erase _venvars_guard
    builtin set -l _venvars_names (builtin string match --all --regex '(?<!\S)[A-Za-z_][A-Za-z0-9_]*(?!\S)' -- "$_VENVARS")
    builtin set -eg $_venvars_names _VENVARS
    # `set -q` counts the names that are not there.
    builtin set -qg _VENVARS_OLD_$_venvars_names
    if builtin test $status -ne (builtin count $_venvars_names)
        for _venvars_name in $_venvars_names
            if builtin set -qg _VENVARS_OLD_$_venvars_name
                builtin set -l _venvars_old _VENVARS_OLD_$_venvars_name
                builtin set -l _venvars_flags -g
                builtin set -qgx $_venvars_old; and builtin set -a _venvars_flags -x; or builtin set -a _venvars_flags -u
                builtin set -qg --path $_venvars_old; and builtin set -a _venvars_flags --path
                builtin set $_venvars_flags $_venvars_name $$_venvars_old
                builtin set -eg $_venvars_old
            end
        end
    end
