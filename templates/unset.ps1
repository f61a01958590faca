    # Gives back what the variables held before activation. _VENVARS lists them; it is in the
    # environment, so a shell that was started inside an active one finds the way back too.
    if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Variable:global:_venvars_guard') {
        $global:_venvars_guard.IsOn = $false
        foreach ($_venvarsName in 'prompt', '_OLD_VIRTUAL_PROMPT') {
            if ((Microsoft.PowerShell.Management\Test-Path -LiteralPath "Function:$_venvarsName") -and
                "$((Microsoft.PowerShell.Management\Get-Item -LiteralPath "Function:$_venvarsName").ScriptBlock)" -ceq "$($global:_venvars_guard.Hook)") {
                Microsoft.PowerShell.Management\Set-Item -LiteralPath "Function:global:$_venvarsName" -Value $global:_venvars_guard.Prompt
            }
        }
        Microsoft.PowerShell.Utility\Remove-Variable -Name '_venvars_guard' -Scope Global
    }
    if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Env:_VENVARS') {
        foreach ($_venvarsName in ($env:_VENVARS -split ' ')) {
            if ($_venvarsName -notmatch '^[A-Za-z_][A-Za-z0-9_]*$') { continue }
            if (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Env:_VENVARS_OLD_$_venvarsName") {
                Microsoft.PowerShell.Management\Set-Item -LiteralPath "Env:$_venvarsName" -Value (Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:_VENVARS_OLD_$_venvarsName").Value
                Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:_VENVARS_OLD_$_venvarsName"
            }
            elseif (Microsoft.PowerShell.Management\Test-Path -LiteralPath "Env:$_venvarsName") {
                Microsoft.PowerShell.Management\Remove-Item -LiteralPath "Env:$_venvarsName"
            }
        }
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Env:_VENVARS'
    }
