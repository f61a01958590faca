if ( $?_VENVARS ) then
    # Inherited from a shell in which a venv is active: this one has no way back of its own.
    foreach _venvars_name ( $_VENVARS )
        eval "set _venvars_found = "\$"?_VENVARS_OLD_$_venvars_name"
        if ( $_venvars_found ) eval "setenv $_venvars_name "\$"_VENVARS_OLD_${_venvars_name}:q"
        if ( ! $_venvars_found ) unsetenv $_venvars_name
        unsetenv _VENVARS_OLD_$_venvars_name
    end
    unset _venvars_name _venvars_found
    unsetenv _VENVARS
endif
