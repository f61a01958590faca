//! `activate.bat`, `deactivate.bat`: cmd.exe.

use super::{Data, Program, Question, defaults, lines, list, names};
use crate::engines::shell::Shell::Cmd;
use crate::words::variable::Variable;

pub(super) const PROGRAM: Program =
    Program { text: include_str!("../../../../templates/activate.bat"), inside: "", embedded, live };

const ACTIVATE: &str = PROGRAM.text;

/// A batch file is read in the console's code page. A generator that changes it to UTF-8 keeps the old one in a
/// variable; where there is none, it is done here.
const UTF8: &str = "\
@set \"_venvars_page=\"
@if not defined _OLD_CODEPAGE for /f \"tokens=2 delims=:.\" %%a in ('\"%SystemRoot%\\System32\\chcp.com\"') do @set \"_venvars_page=%%a\"
@if defined _venvars_page \"%SystemRoot%\\System32\\chcp.com\" 65001 > nul
";
const END_UTF8: &str = "\
@if defined _venvars_page \"%SystemRoot%\\System32\\chcp.com\" %_venvars_page% > nul
@set \"_venvars_page=\"
";

fn embedded(data: &Data<'_>) -> String {
    let is_ascii = |variable: &&Variable| variable.value.reveal().is_ascii();
    let is_ascii = data.variables.iter().chain(&data.defaults).all(is_ascii);
    let (before, after) = if is_ascii { ("", "") } else { (UTF8, END_UTF8) };
    let mut text = format!("{ACTIVATE}{before}");
    text.push_str(&names("@call :_venvars_begin ", &data.variables));
    text.push_str(&lines(Cmd, "", "@rem", data));
    text.push_str(&defaults(Cmd, data, |name, line| {
        format!(
            "@if defined {name} goto :_venvars_has_{name}\n@call :_venvars_add {name}\n{line}\n:_venvars_has_{name}\n"
        )
    }));
    text + after
}

fn live(question: &Question) -> String {
    let words = question.words(|word| Cmd.literal(word));
    // No quote can be held, and no line break; and `call` expands what stands between two percent signs once more.
    // Such a path is never part of a line. Each percent sign is doubled here.
    let percents = words.iter().flat_map(|word| word.bytes()).filter(|byte| *byte == b'%').count() / 2;
    if percents > 1 || words.iter().any(|word| word.contains(['"', '\n', '\r', '\u{1a}'])) {
        return format!(
            "{ACTIVATE}@echo venvars: no variable was set: a batch file cannot hold the path of this project 1>&2\n"
        );
    }
    format!(
        "{ACTIVATE}{UTF8}@set \"_venvars_program={}\"
@if not exist \"%_venvars_program%\" for %%p in (venvars.exe) do @set \"_venvars_program=%%~$PATH:p\"
@if not defined _venvars_program echo venvars: no variable was set: venvars was not found; install it again 1>&2
@rem The answer is an assignment a line; the first is that of all names.
@if defined _venvars_program for /f \"usebackq eol= delims=\" %%l in (`call \"%_venvars_program%\" \"{}\" cmd`) do @if defined _VENVARS (set \"%%l\") else (set \"%%l\" & call :_venvars_keep_all)
@set \"_venvars_program=\"
{END_UTF8}",
        words[0],
        words[1..].join("\" \"")
    )
}

/// An assignment a line; that of the names comes first, so that the way back exists whatever comes.
pub(super) fn answer(data: &Data<'_>) -> String {
    let values =
        data.variables.iter().map(|variable| format!("{}={}\r\n", variable.name, variable.value.reveal()));
    format!("_VENVARS={}\r\n", list(&data.variables)) + &values.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_holds_a_path_that_cmd_would_change() {
        for (path, is_held) in [
            (r"C:\Program Files (x86)\a & b", true),
            (r"C:\100%", true),
            (r"C:\%PATH%", false),
            (r"C:\50% of 100%", false),
            ("C:\\a\nb", false),
        ] {
            let question =
                Question { program: "venvars.exe".into(), arguments: vec![path.to_owned()], guard: false };
            assert_eq!(live(&question).contains("usebackq"), is_held, "{path}");
        }
    }
}
