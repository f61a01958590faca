# Completions for venvars in fish.

function __venvars_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    # The arguments of the command after `run --` are that command's own.
    if contains -- run $words; and set -l at (contains --index -- -- $words); and test $at -lt (count $words)
        complete --do-complete (string join -- ' ' (string escape -- $words[(math $at + 1)..]) $current)
    else
        command venvars complete (count $words) -- $words $current 2>/dev/null
    end
end

complete --command venvars --no-files --keep-order --arguments '(__venvars_complete)'
