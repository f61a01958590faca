    # Gives back what the variables held before activation. _VENVARS lists them; it is
    # exported, so a shell that was started inside an active one finds the way back too.
    for _venvars_name in (builtin string match --all --regex '(?<!\S)[A-Za-z_][A-Za-z0-9_]*(?!\S)' -- "$_VENVARS")
        builtin set -eg $_venvars_name
        builtin set -l _venvars_old _VENVARS_OLD_$_venvars_name
        if builtin set -qg $_venvars_old
            builtin set -l _venvars_flags -g
            builtin set -qgx $_venvars_old; and builtin set -a _venvars_flags -x; or builtin set -a _venvars_flags -u
            builtin set -qg --path $_venvars_old; and builtin set -a _venvars_flags --path
            builtin set $_venvars_flags $_venvars_name $$_venvars_old
            builtin set -eg $_venvars_old
        end
    end
    builtin set -eg _VENVARS
