if (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'Env:VIRTUAL_ENV') {
    # In a scope of its own, so that no helper variable stays behind. The answer is the lines that
    # a script with the values in it would hold.
    & {
        $code = $global:LASTEXITCODE
        $program = {{ export.program }}
        if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath $program)) { $program = 'venvars' }
        $answer = & $program{% for argument in export.arguments %} {{ argument }}{% endfor %} powershell
        if ($LASTEXITCODE -eq 0) {
            . ([ScriptBlock]::Create($answer -join "`n"))
        }
        $global:LASTEXITCODE = $code
    }
}
