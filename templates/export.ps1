if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Env:VIRTUAL_ENV') {
    # In a scope of its own, so that no helper variable stays behind.
    & {
        foreach ($name in @({% for variable in variables %}'{{ variable.name|safe }}'{% if !loop.last %}, {% endif %}{% endfor %})) {
            if (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Env:$name") {
                Microsoft.PowerShell.Management\Set-Item -LiteralPath "Env:_VENVARS_OLD_$name" -Value (Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name").Value
            }
        }
{%- for variable in variables %}
        $env:{{ variable.name|safe }} = {{ variable.value }}
{%- endfor %}
        $env:_VENVARS = '{% for variable in variables %}{{ variable.name|safe }} {% endfor %}'
    }
}
