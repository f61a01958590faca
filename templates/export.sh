_venvars_status=$?
if \[ -n "${VIRTUAL_ENV-}" ]; then
    _venvars_refused=
    _VENVARS_KEPT=
    case ${BASH_VERSION-} in
    '') _venvars_found={% for variable in export.variables %}${{ "{"|safe }}{{ variable.name|safe }}+x}{% endfor %} ;;
    *) \eval '_venvars_found={% for variable in export.variables %}${{ "{"|safe }}{{ variable.name|safe }}[*]+x}{% endfor %}' ;;
    esac
    case $_venvars_found in
    x*)
        # Some names exist already. What they hold is kept: exported ones in exported helpers
        # (for shells started from here), the shell's own variables in helpers of this shell.
        for _venvars_name in{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %}; do
            case ${BASH_VERSION:+bash}${ZSH_VERSION:+zsh} in
            bash)
                case $BASH_VERSION in
                [1-3].* | 4.[0-3].*)
                    # No ${name@a} yet: only these ask in a subshell, and only for a name that exists.
                    \eval "case \${$_venvars_name[*]+x} in x*) _venvars_found=\$(\\declare -p $_venvars_name) ;; *) _venvars_found= ;; esac"
                    case $_venvars_found in
                    '') continue ;;
                    "declare -- "*) _venvars_found=shell ;;
                    "declare -x "*) _venvars_found=exported ;;
                    *) _venvars_found=refused ;;
                    esac
                    ;;
                *)
                    \eval "_venvars_found=\${$_venvars_name[@]+=}\${$_venvars_name[@]@a}"
                    case $_venvars_found in
                    '') continue ;;
                    *r*) _venvars_found=refused ;;
                    =) _venvars_found=shell ;;
                    =x) _venvars_found=exported ;;
                    *)
                        \eval "_venvars_found=\${$_venvars_name[@]@A}"
                        \eval "_venvars_typed_$_venvars_name () { declare -g ${_venvars_found#declare }; }"
                        _venvars_found=typed
                        ;;
                    esac
                    ;;
                esac
                ;;
            zsh)
                \eval '_venvars_found=${(Pt)_venvars_name-}'
                case $_venvars_found in
                '') continue ;;
                *readonly*) _venvars_found=refused ;;
                scalar) _venvars_found=shell ;;
                scalar-export) _venvars_found=exported ;;
                *)
                    \emulate zsh -c '
                        _venvars_found="-g ${${(M)_venvars_found:#*-export*}:+-x} ${${(M)_venvars_found:#*-unique*}:+-U} ${${(M)_venvars_found:#*-upper*}:+-u} ${${(M)_venvars_found:#*-lower*}:+-l} ${${(M)_venvars_found:#integer*}:+-i} ${${(M)_venvars_found:#float*}:+-F} ${${(M)_venvars_found:#array*}:+-a} ${${(M)_venvars_found:#association*}:+-A}"
                        case $_venvars_found in
                        *-A*) _venvars_found="$_venvars_found $_venvars_name; $_venvars_name=(${(@qqkvP)_venvars_name})" ;;
                        *-a*) _venvars_found="$_venvars_found $_venvars_name; $_venvars_name=(${(@qqP)_venvars_name})" ;;
                        *) _venvars_found="$_venvars_found $_venvars_name=${(qqP)_venvars_name}" ;;
                        esac
                    '
                    \eval "_venvars_typed_$_venvars_name () { \\typeset $_venvars_found; }"
                    _venvars_found=typed
                    ;;
                esac
                ;;
            *)
                # Here no built-in tells an exported variable from the shell's own, nor a readonly
                # one from another: assigning to that ends the shell or fails, before any change.
                \eval "
                    case \${$_venvars_name+x} in
                    x) if \\command \\eval '$_venvars_name=\$$_venvars_name'; then _venvars_found=exported; else _venvars_found=refused; fi ;;
                    *) continue ;;
                    esac
                "
                ;;
            esac
            _VENVARS_KEPT="$_VENVARS_KEPT$_venvars_name "
            case $_venvars_found in
            exported) \eval "_VENVARS_OLD_$_venvars_name=\$$_venvars_name; \\export _VENVARS_OLD_$_venvars_name" ;;
            shell) \eval "_VENVARS_VAR_$_venvars_name=\$$_venvars_name" ;;
            typed) \eval "_VENVARS_TYPED_$_venvars_name=" ;;
            refused) _venvars_refused="$_venvars_refused $_venvars_name" ;;
            esac
        done
        ;;
    esac
    if \[ -n "$_venvars_refused" ]; then
        \echo "venvars: no variable was set: readonly in this shell:$_venvars_refused" >&2
        for _venvars_name in{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %}; do
            \eval "\\unset -v _VENVARS_TYPED_$_venvars_name _VENVARS_VAR_$_venvars_name _VENVARS_OLD_$_venvars_name || \\:"
            \eval "\\unset -f _venvars_typed_$_venvars_name 2>/dev/null || \\:"
        done
        \unset -v _VENVARS_KEPT
    else
{%- if !export.variables.is_empty() %}
        # Without what a name may still have from before, such as an integer's attribute.
        \unset -v{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %} || \:
{%- endif %}
{%- for variable in export.variables %}
        {{ variable.name|safe }}={{ variable.value }}
{%- endfor %}
        _VENVARS='{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}'
        \export _VENVARS{% for variable in export.variables %} {{ variable.name|safe }}{% endfor %}
{%- if !export.defaults.is_empty() %}
        # Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
        case ${BASH_VERSION-} in
        '') _venvars_found=" {% for variable in export.defaults %}${{ "{"|safe }}{{ variable.name|safe }}+{{ variable.name|safe }} }{% endfor %}" ;;
        *) \eval '_venvars_found=" {% for variable in export.defaults %}${{ "{"|safe }}{{ variable.name|safe }}[*]+{{ variable.name|safe }} }{% endfor %}"' ;;
        esac
{%- for variable in export.defaults %}
        case $_venvars_found in
        *" {{ variable.name|safe }} "*) ;;
        *)
            {{ variable.name|safe }}={{ variable.value }}
            _VENVARS="${_VENVARS}{{ variable.name|safe }} "
            \export {{ variable.name|safe }}
            ;;
        esac
{%- endfor %}
{%- if export.variables.is_empty() %}
        case $_VENVARS in
        '') \unset -v _VENVARS ;;
        esac
{%- endif %}
{%- endif %}
    fi
{%- if let Some(secrets) = export.secrets %}
    if \[ -e "$VIRTUAL_ENV/bin/activate" ] && \[ {{ secrets }} -nt "$VIRTUAL_ENV/bin/activate" ]; then
        \echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
    fi
{%- endif %}
fi
{%- if export.guard %}
{% include "guard.sh" %}
{%- endif %}
_venvars_end () {
    \unset -v _venvars_status _venvars_found _venvars_refused _venvars_name || \:
    \unset -f _venvars_end
    \return "$1"
}
_venvars_end "$_venvars_status"
