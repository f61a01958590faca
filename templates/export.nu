{% include "inherited.nu" %}
    # For shells started from here.
    for _venvars_name in [{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}] {
        if $_venvars_name in $env {
            load-env {($'_VENVARS_OLD_($_venvars_name)'): ($env | get $_venvars_name)}
        }
    }
    load-env {
{%- for variable in export.variables %}
        {{ variable.name|safe }}: {{ variable.value }}
{%- endfor %}
        _VENVARS: '{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}'
    }
{%- if !export.defaults.is_empty() %}
    # Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
    for _venvars_new in [
{%- for variable in export.defaults %}
        {name: '{{ variable.name|safe }}', value: {{ variable.value }}}
{%- endfor %}
    ] {
        if $_venvars_new.name not-in $env {
            load-env {($_venvars_new.name): $_venvars_new.value, _VENVARS: $'($env._VENVARS)($_venvars_new.name) '}
        }
    }
{%- endif %}
{%- if let Some(secrets) = export.secrets %}
    for _venvars_secrets in [{{ secrets }}] {
        let _venvars_script = ($env.VIRTUAL_ENV | path join 'bin' 'activate.nu')
        if ($_venvars_secrets | path exists) and ($_venvars_script | path exists) and ((ls -D $_venvars_secrets | first).modified > (ls -D $_venvars_script | first).modified) {
            print --stderr 'venvars: this script is older than secrets.toml; run: venvars apply'
        }
    }
{%- endif %}
