# Completions for venvars in Nushell, from 0.108 on.

def "nu-complete venvars" [words: list<string>] {
    let found = ^venvars complete (($words | length) - 1) -- ...$words | complete
    $found.stdout | lines | each {|line|
        let parts = $line | split row "\t"
        let value = if $parts.0 =~ '\s' { $parts.0 | to nuon } else { $parts.0 }
        { value: $value, description: ($parts | get --optional 1 | default "") }
    }
}

@complete "nu-complete venvars"
extern "venvars" []
