# Completions for venvars in bash.

_venvars() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() word gap command='' i
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
            [[ $word != -- || -n $command ]] || command=$((i + 1))
        fi
        rest=${rest#"$word"}
    done
    # The arguments of the command after `run --` are that command's own.
    if [[ -n $command && $COMP_CWORD -gt $command && $(type -t _command_offset) == function ]]; then
        _command_offset "$command"
        return
    fi
    local last=$((${#words[@]} - 1)) value
    local current=${words[last]}
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
