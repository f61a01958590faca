//! `Activate.ps1` and `activate.ps1`. In PowerShell, to assign nothing to a variable of the environment is
//! to remove it.

use super::{Data, Program, Question, UNLESS, list, set, word};
use crate::engines::shell::Shell::PowerShell;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.ps1"),
    inside: "if ($function:_venvars_unset) { _venvars_unset -NonDestructive:$NonDestructive } # venvars\n",
    embedded,
    live,
};

fn embedded(data: &Data<'_>) -> String {
    let mut text = "if ($env:VIRTUAL_ENV) {\n".to_owned();
    for variable in &data.variables {
        text.push_str(&format!(
            "    $env:_VENVARS_OLD_{0} = $env:{0}\n    {1}\n",
            variable.name,
            set(PowerShell, variable)
        ));
    }
    text.push_str(&format!("    $env:_VENVARS = '{}'\n", list(&data.variables)));
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "    if ($null -eq $env:{0}) {{
        $env:_VENVARS_OLD_{0} = $null
        {1}
        $env:_VENVARS += '{0} '
    }}\n",
            variable.name,
            set(PowerShell, variable)
        ));
    }
    if data.guard {
        text.push_str("    _venvars_watch\n");
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!("    _venvars_newer {} $PSCommandPath\n", word(PowerShell, secrets)));
    }
    text + "}\n"
}

fn live(question: &Question) -> String {
    let arguments: String =
        question.arguments.iter().map(|argument| format!(" {}", word(PowerShell, argument))).collect();
    format!(
        "if ($env:VIRTUAL_ENV) {{
    & {{ # in a scope of its own; the answer is the lines that set the variables
        $PSNativeCommandUseErrorActionPreference = $false
        $code = if (Microsoft.PowerShell.Management\\Test-Path -LiteralPath Variable:LASTEXITCODE) {{ $global:LASTEXITCODE }}
        $program = {}
        if (-not (Microsoft.PowerShell.Management\\Test-Path -LiteralPath $program)) {{ $program = 'venvars' }}
        $answer = & $program{arguments} powershell
        if ($answer -and $global:LASTEXITCODE -eq 0) {{ $answer -join \"`n\" | Microsoft.PowerShell.Utility\\Invoke-Expression }}
        if ($null -ne $code) {{ $global:LASTEXITCODE = $code }}
        else {{ Microsoft.PowerShell.Utility\\Remove-Variable -Name LASTEXITCODE -Scope Global -ErrorAction Ignore }}
    }}
}}\n",
        word(PowerShell, &question.program.to_string_lossy())
    )
}
