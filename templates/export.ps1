if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Env:VIRTUAL_ENV') {
    # In a scope of its own, so that no helper variable stays behind.
    & {
{%- if !export.variables.is_empty() %}
        foreach ($name in @({% for variable in export.variables %}'{{ variable.name|safe }}'{% if !loop.last %}, {% endif %}{% endfor %})) {
            if (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Env:$name") {
                Microsoft.PowerShell.Management\Set-Item -LiteralPath "Env:_VENVARS_OLD_$name" -Value (Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name").Value
            }
        }
{%- endif %}
{%- for variable in export.variables %}
        $env:{{ variable.name|safe }} = {{ variable.value }}
{%- endfor %}
        $env:_VENVARS = '{% for variable in export.variables %}{{ variable.name|safe }} {% endfor %}'
{%- if !export.defaults.is_empty() %}
        # Set unless they are there: {% for variable in export.defaults %}{{ variable.name|safe }} {% endfor %}
{%- for variable in export.defaults %}
        if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Env:{{ variable.name|safe }}')) {
            $env:{{ variable.name|safe }} = {{ variable.value }}
            $env:_VENVARS += '{{ variable.name|safe }} '
        }
{%- endfor %}
{%- endif %}
{%- if export.guard %}
{% include "guard.ps1" %}
{%- endif %}
{%- if let Some(secrets) = export.secrets %}
        $secrets = {{ secrets }}
        if ((Microsoft.PowerShell.Management\Test-Path -LiteralPath $secrets) -and [IO.File]::GetLastWriteTimeUtc($secrets) -gt [IO.File]::GetLastWriteTimeUtc($PSCommandPath)) {
            [Console]::Error.WriteLine('venvars: this script is older than secrets.toml; run: venvars apply')
        }
{%- endif %}
    }
}
