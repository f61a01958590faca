# Straight into a venv without our blocks, it is not our `deactivate` that runs. So each prompt looks
# whether VIRTUAL_ENV is still what it is now; of these shells, bash and zsh have a place for that.
case $-.${_VENVARS+${BASH_VERSION:+bash}${ZSH_VERSION:+zsh}} in
*i*.bash)
    _VENVARS_GUARD=$VIRTUAL_ENV
    _venvars_hook () {
        # Until VIRTUAL_ENV changes this runs no command, so no DEBUG trap either, from which prompts
        # learn that the user's command begins. A shell that inherits it has no guard, and no word.
        \set -- "$1" 'for _ in ${_VENVARS_GUARD+${_VENVARS_GUARD#"${VIRTUAL_ENV-}"}}; do _venvars_guard changed; \break; done'
        \eval '
            \set -- "$1" "$2" "
$2" "
:"
            \local _venvars_was _venvars_name _venvars_value
            _venvars_value=${PROMPT_COMMAND-}
            case $1 in
            on)
                \export -n _VENVARS_GUARD
                case $BASH_VERSION in
                [1-4].* | 5.0.*) _VENVARS_PROMPT=${PROMPT_COMMAND+set}.x ;;
                *)
                    \local -
                    \set +u
                    _VENVARS_PROMPT=${PROMPT_COMMAND+set}.${PROMPT_COMMAND@a}
                    ;;
                esac
                case $_VENVARS_PROMPT in
                *.x)
                    # In a shell that was started from a guarded one it is there already.
                    \printf -v PROMPT_COMMAND %s "${_venvars_value%"$3"}$3" 2>/dev/null || \:
                    ;;
                *. | *.a | *.ax)
                    # Not the first element: that one is what an assignment to the name alone replaces.
                    \set -- "$2" 0 "${!PROMPT_COMMAND[@]}"
                    PROMPT_COMMAND[${!#} + 1]=$1
                    ;;
                esac
                case $_VENVARS_PROMPT in
                *x) ;;
                *) \export -n PROMPT_COMMAND ;;
                esac
                ;;
            off)
                _venvars_was=$_VENVARS_PROMPT
                \unset -v _VENVARS_PROMPT
                case $_venvars_value in
                *"$3"*)
                    _venvars_value=${_venvars_value%"$3"}
                    # Elsewhere it separates what others have put around it.
                    _venvars_value=${_venvars_value//"$3"/$4}
                    \printf -v PROMPT_COMMAND %s "$_venvars_value" 2>/dev/null || \return 0
                    case $_venvars_was$_venvars_value in
                    .x) \unset -v PROMPT_COMMAND ;;
                    esac
                    ;;
                esac
                for _venvars_name in "${!PROMPT_COMMAND[@]}"; do
                    case ${PROMPT_COMMAND[_venvars_name]-} in
                    "$2") \unset -v "PROMPT_COMMAND[$_venvars_name]" 2>/dev/null || \return 0 ;;
                    *) \continue ;;
                    esac
                    # What was no array is none again.
                    case $_venvars_was.${!PROMPT_COMMAND[*]} in
                    *.. | *..0)
                        case ${PROMPT_COMMAND[*]@a} in
                        *x*) _venvars_was=export ;;
                        *) _venvars_was="export -n" ;;
                        esac
                        case ${PROMPT_COMMAND+set} in
                        set)
                            _venvars_value=$PROMPT_COMMAND
                            \unset -v PROMPT_COMMAND
                            PROMPT_COMMAND=$_venvars_value
                            \eval "\\$_venvars_was PROMPT_COMMAND"
                            ;;
                        *) \unset -v PROMPT_COMMAND ;;
                        esac
                        ;;
                    esac
                    \return 0
                done
                ;;
            esac
        '
    }
    ;;
*i*.zsh)
    _VENVARS_GUARD=$VIRTUAL_ENV
    _venvars_hook () {
        \emulate zsh -c '
            case $1.${(t)precmd_functions} in
            *readonly*) ;;
            on.)
                _VENVARS_PROMPT=
                \typeset -ga precmd_functions
                precmd_functions=(_venvars_guard)
                ;;
            on.array*) precmd_functions+=(_venvars_guard) ;;
            off.array*)
                precmd_functions=("${(@)precmd_functions:#_venvars_guard}")
                case $#precmd_functions${_VENVARS_PROMPT+unset} in
                0unset) \unset precmd_functions ;;
                esac
                \unset _VENVARS_PROMPT
                ;;
            esac
            \typeset -g +x _VENVARS_GUARD
        '
    }
    ;;
esac
case ${_VENVARS_GUARD+on} in
on)
    _venvars_guard () {
        # zsh asks at every prompt, bash only if it has changed.
        case ${1-}${VIRTUAL_ENV-} in
        "$_VENVARS_GUARD") \return 0 ;;
        esac
{%- filter indent(4, first=true)|safe %}
{% include "unset.sh" %}
{%- endfilter %}
    }
    _venvars_hook on
    ;;
esac
