{% include "inherited.nu" %}
    # Nushell evaluates no text: the answer is JSON.
    for _venvars_program in [{{ export.program }}] {
        let _venvars_program = if ($_venvars_program | path exists) { $_venvars_program } else { 'venvars' }
        let _venvars_answer = try {
            ^$_venvars_program{% for argument in export.arguments %} {{ argument }}{% endfor %} nu | from json
        } catch {
            null
        }
        for _venvars_new in ($_venvars_answer | default {} | transpose name value) {
            if $_venvars_new.name in $env {
                load-env {($'_VENVARS_OLD_($_venvars_new.name)'): ($env | get $_venvars_new.name)}
            }
            load-env {($_venvars_new.name): $_venvars_new.value}
        }
    }
