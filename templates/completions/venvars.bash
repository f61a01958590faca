# Completions for venvars in bash.

_venvars() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() word gap at i
    # bash splits words at = and : as well.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        gap=${rest%%[![:space:]]*}
        rest=${rest#"$gap"}
        ((i < COMP_CWORD)) || word=$rest
        if [[ -z $gap && $i -gt 0 ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#"$word"}
    done
    local last=$((${#words[@]} - 1))
    # The arguments of the command after `run --` are that command's own.
    for ((at = 1; at < last - 1; at++)); do
        if [[ ${words[at]} == -- ]]; then
            if [[ $(type -t _command_offset) == function ]]; then
                _command_offset $((at + 1 + COMP_CWORD - last))
                return
            fi
            break
        fi
    done
    local current=${words[last]} value
    # What readline replaces begins behind the last separator.
    local kept=${current%"${current##*[=:]}"}
    [[ $COMP_WORDBREAKS == *[=:]* ]] || kept=
    COMPREPLY=()
    while IFS=$'\t' read -r value _; do
        value=${value#"$kept"}
        [[ $value =~ ^[[:alnum:]_./@%+,~-]*$ ]] || printf -v value %q "$value"
        COMPREPLY+=("$value")
    done < <(command venvars complete "$last" -- "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -F _venvars venvars
