# Completions for venvars in PowerShell.

Register-ArgumentCompleter -Native -CommandName venvars -ScriptBlock {
    param($current, $ast, $cursor)
    # The words in front, as they are written: nothing of them is evaluated.
    $words = @(foreach ($element in $ast.CommandElements) {
        if ($element.Extent.EndOffset -lt $cursor) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                $element.Value
            } else {
                $element.Extent.Text
            }
        }
    })
    $venvars = Get-Command venvars -CommandType Application -TotalCount 1 -ErrorAction Ignore
    if (-not $venvars) { return }
    $ErrorActionPreference = 'Continue' # 5.1 takes for an error what a program writes to standard error
    $encoding = [Console]::OutputEncoding # on Windows not that of the answer
    try { [Console]::OutputEncoding = [Text.Encoding]::UTF8 } catch { } # where there is no console
    $answer = & $venvars complete $words.Count -- $words $current 2>$null
    try { [Console]::OutputEncoding = $encoding } catch { }
    $answer | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        $text = $value
        if ($text -notmatch '^[\w./\\:@%+=~-]+$') { $text = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text) + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
