# Completions for venvars in Nushell, from 0.108 on.

def "nu-complete venvars" [words: list<string>] {
    let found = ^venvars complete (($words | length) - 1) -- ...$words | complete
    $found.stdout | lines | each {|line|
        let parts = $line | split row "\t"
        { value: $parts.0, description: ($parts | get --optional 1 | default "") }
    }
}

@complete "nu-complete venvars"
extern "venvars" []
