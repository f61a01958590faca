        # Straight into a venv without our blocks, it is not our `deactivate` that runs. So the prompt
        # looks whether VIRTUAL_ENV is still what it is now. A generator that has a prompt of its own
        # gives the one from before back: it is that one that has to look.
        $place = if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Function:_OLD_VIRTUAL_PROMPT') { '_OLD_VIRTUAL_PROMPT' } else { 'prompt' }
        if (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Function:$place") {
            $guard = @{
                IsOn = $true
                Venv = $env:VIRTUAL_ENV
                Prompt = (Microsoft.PowerShell.Management\Get-Item -LiteralPath "Function:$place").ScriptBlock
                Undo = {
{%- filter indent(16, first=true)|safe %}
{% include "unset.ps1" %}
{%- endfilter %}
                }
            }
            # The prompt comes first: it may ask for `$?`.
            $guard.Hook = {
                try { & $guard.Prompt }
                finally { if ($guard.IsOn -and $env:VIRTUAL_ENV -cne $guard.Venv) { & $guard.Undo } }
            }.GetNewClosure()
            $global:_venvars_guard = $guard
            Microsoft.PowerShell.Management\Set-Item -LiteralPath "Function:global:$place" -Value $guard.Hook
        }
