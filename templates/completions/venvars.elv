# Completions for venvars in Elvish.

use str

set edit:completion:arg-completer[venvars] = {|@words|
    e:venvars complete (- (count $words) 1) -- $@words 2>/dev/null | each {|line|
        var parts = [(str:split "\t" $line)]
        edit:complex-candidate $parts[0]
    }
}
