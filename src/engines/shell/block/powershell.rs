//! `Activate.ps1` and `activate.ps1`. In PowerShell, to assign nothing to a variable of the environment is
//! to remove it.
//!
//! What the program says in odd ways saves time in a fresh shell, where the first assignment to several variables or
//! to a property takes some 4 ms, and a filter of 200 names 3; a rare case in `& { }` is compiled only when it runs.

use super::{Data, Program, Question, defaults, list, set, unless, word};
use crate::engines::shell::Shell::PowerShell;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.ps1"),
    // An activation calls `deactivate -NonDestructive`: in a fresh shell there is nothing to take back, and not to
    // call the function saves the time to compile it.
    inside: "if ($function:_venvars_unset -and (-not $NonDestructive -or $null -ne $env:_VENVARS -or $function:_venvars_look)) { _venvars_unset -NonDestructive:$NonDestructive } # venvars\n",
    embedded,
    live,
};

fn embedded(data: &Data<'_>) -> String {
    let mut text = "if ($env:VIRTUAL_ENV) {\n".to_owned();
    text.extend(data.variables.iter().map(|variable| {
        let (name, line) = (&variable.name, set(PowerShell, variable));
        format!("    $env:_VENVARS_OLD_{name} = $env:{name}\n    {line}\n")
    }));
    text.push_str(&format!("    $env:_VENVARS = '{}'\n{}", list(&data.variables), unless("    #", data)));
    text.push_str(&defaults(PowerShell, data, |name, line| {
        format!(
            "    if ($null -eq $env:{name}) {{
        $env:_VENVARS_OLD_{name} = $null
        {line}
        $env:_VENVARS += '{name} '
    }}\n"
        )
    }));
    text.extend(data.guard.then_some("    _venvars_watch\n"));
    let newer = |secrets| format!("    _venvars_newer {} $PSCommandPath\n", word(PowerShell, secrets));
    text.extend(data.secrets.map(newer));
    text + "}\n"
}

fn live(question: &Question) -> String {
    let words = question.words(|text| word(PowerShell, text));
    let (program, arguments) = (&words[0], words[1..].join(" "));
    format!(
        "if ($env:VIRTUAL_ENV) {{
    & {{ # in a scope of its own; the answer is the lines that set the variables
        $PSNativeCommandUseErrorActionPreference, $WhatIfPreference, $ConfirmPreference = $false, $false, 'None'
        $code = if (Microsoft.PowerShell.Management\\Test-Path -LiteralPath Variable:LASTEXITCODE) {{ $global:LASTEXITCODE }}
        $program = {program}
        if (-not (Microsoft.PowerShell.Management\\Test-Path -LiteralPath $program)) {{
            $program = 'venvars'
            if (-not (Microsoft.PowerShell.Core\\Get-Command -Name venvars -CommandType Application -ErrorAction Ignore)) {{
                Microsoft.PowerShell.Utility\\Write-Warning 'venvars: no variable was set: venvars was not found; install it again'
                return
            }}
        }}
        $answer = & $program {arguments} powershell
        if ($answer -and $global:LASTEXITCODE -eq 0) {{ $answer -join \"`n\" | Microsoft.PowerShell.Utility\\Invoke-Expression }}
        if ($null -ne $code) {{ $global:LASTEXITCODE = $code }}
        else {{ Microsoft.PowerShell.Utility\\Remove-Variable -Name LASTEXITCODE -Scope Global -ErrorAction Ignore }}
    }}
}}\n"
    )
}
