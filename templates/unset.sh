    # Gives back what the variables held before activation. _VENVARS lists them; it is
    # exported, so a shell that was started inside an active one finds the way back too.
    case ${_VENVARS_GUARD+on} in
    on)
        _venvars_hook off
        \unset -f _venvars_hook _venvars_guard
        \unset -v _VENVARS_GUARD
        ;;
    esac
    case ${_VENVARS-} in
    '' | [0-9]* | *\ [0-9]* | *[!A-Za-z0-9_\ ]*) ;;
    *)
        # This session's own activation knows which of them existed; an inherited one does not.
        _VENVARS_KEPT=${_VENVARS_KEPT-$_VENVARS}
        \eval "\\unset -v $_VENVARS" || \:
        while \[ -n "$_VENVARS_KEPT" ]; do
            _venvars_name=${_VENVARS_KEPT%%\ *}
            _VENVARS_KEPT=${_VENVARS_KEPT#"$_venvars_name"}
            _VENVARS_KEPT=${_VENVARS_KEPT#\ }
            \eval "
                case \${_VENVARS_TYPED_$_venvars_name+typed}\${_VENVARS_VAR_$_venvars_name+shell}\${_VENVARS_OLD_$_venvars_name+exported} in
                typed*) _venvars_typed_$_venvars_name; \\unset -f _venvars_typed_$_venvars_name ;;
                shell*) $_venvars_name=\$_VENVARS_VAR_$_venvars_name ;;
                exported) $_venvars_name=\$_VENVARS_OLD_$_venvars_name; \\export $_venvars_name ;;
                esac
                \\unset -v _VENVARS_TYPED_$_venvars_name _VENVARS_VAR_$_venvars_name _VENVARS_OLD_$_venvars_name || \\:
            "
        done
        \unset -v _VENVARS _VENVARS_KEPT _venvars_name || \:
        ;;
    esac
