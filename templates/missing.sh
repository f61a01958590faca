_venvars_missing () { # is there no $1? then it comes into the list
    case "${BASH_VERSION:+bash}" in bash) \eval "_venvars_found=\${$1[*]+x}" ;; *) \eval "_venvars_found=\${$1+x}" ;; esac
    case $_venvars_found in '') \unset -v _venvars_found; \export _VENVARS="$_VENVARS$1 " ;; *) \unset -v _venvars_found; \return 1 ;; esac
}
