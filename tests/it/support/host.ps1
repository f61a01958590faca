# Runs the scripts that its input names, each as a new process would: with its own variables, functions and environment.
# A line has the folder to start in, the script, a file with its environment and one for what it prints, with tabs between them.
while ($null -ne ($job = [Console]::In.ReadLine())) {
    $folder, $script, $variables, $printed = $job -split "`t"
    foreach ($name in @([Environment]::GetEnvironmentVariables().Keys)) {
        [Environment]::SetEnvironmentVariable($name, [NullString]::Value)
    }
    foreach ($variable in [IO.File]::ReadAllText($variables).Split("`0")) {
        $name, $value = $variable.Split('=', 2)
        if ($name) { [Environment]::SetEnvironmentVariable($name, $value) }
    }
    $runspace = [runspacefactory]::CreateRunspace($Host)
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $shell.AddScript("Set-Location -LiteralPath '$folder'").Invoke()
    $shell.Commands.Clear()
    $null = $shell.AddScript(". '$script' *>&1 | Out-String -Stream -Width 200")
    $lines = @()
    $reply = 'venvars-tests: done'
    try { $lines = $shell.Invoke() } catch { $lines = "$_"; $reply = 'venvars-tests: failed' }
    [IO.File]::WriteAllLines($printed, [string[]]$lines)
    $shell.Dispose()
    $runspace.Dispose()
    [Console]::Out.WriteLine($reply)
}
