//! `run --mask`: real programs, through pipes and on real terminals.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::terminal::at_terminal;
use crate::support::{clean, private, venvars};
use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        a_value_never_comes_out,
        one_byte_at_a_time_is_masked_too,
        base64_on_standard_error_is_masked,
        what_the_environment_has_instead_is_masked_as_well,
        a_prompt_comes_at_once,
        the_end_of_a_line_comes_at_once,
        values_from_before_are_masked_too,
        ci_switches_it_on_and_an_option_off,
        it_ends_as_the_command_does,
        a_signal_reaches_the_command,
        a_reader_that_goes_away_ends_the_command,
        a_command_without_a_mask_is_still_this_process,
        a_hundred_megabytes_stream_by_in_little_memory,
        a_terminal_stays_one_and_a_pipe_a_pipe,
        lines_are_found_where_a_terminal_ends_them,
        a_tab_in_a_value_is_found_where_a_terminal_makes_blanks_of_it,
        a_new_window_size_reaches_the_command,
        keys_reach_the_command_raw_and_cooked,
        a_letter_typed_is_seen_at_once_though_it_begins_a_value,
        half_a_value_is_not_let_go_for_a_pause,
        a_terminal_s_keys_and_signals_end_the_command,
        a_terminal_that_is_gone_takes_the_command_along,
        the_key_that_would_stop_it_does_nothing,
        started_in_the_background_it_prints_and_asks_for_keys_later,
        between_pipes_the_keys_are_left_to_whoever_reads_them,
        a_program_with_a_whole_screen_works,
        what_the_command_left_behind_is_masked_too,
        what_is_ignored_stays_so_and_nothing_is_blocked,
        a_program_that_draws_on_the_whole_screen_works,
        what_is_no_secret_is_printed
    ]
}

const SECRETS: &str = r#"
API_KEY = "secretvalue-and-more"
SHORT_KEY = "secretvalue"
NOTE = "first line of it\nsecond line of it\n"
PORT = "5000"
"#;

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, SECRETS).unwrap();
    private(&file);
    fs::write(folder.path().join("rc"), "PS1='ready> '\n").unwrap();
    folder
}

/// `run` with `options` and without a venv.
fn run(folder: &Path, options: &[&str], command: &[&str]) -> Command {
    let mut run = venvars(folder);
    run.args(["run", "--no-venv"]).args(options).arg("--").args(command);
    run
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn masked(command: &[&str]) -> Output {
    let folder = project();
    run(folder.path(), &["--mask"], command).output().unwrap()
}

/// What a command prints to its output.
#[track_caller]
fn prints(command: &[&str], expected: &str) {
    let output = masked(command);
    assert_eq!(text(&output.stdout), expected, "{command:?} {}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

fn a_value_never_comes_out() {
    prints(&["sh", "-c", "echo key=$API_KEY."], "key=<API_KEY>.\n");
    prints(&["printenv", "API_KEY", "SHORT_KEY", "PORT"], "<API_KEY>\n<SHORT_KEY>\n5000\n");
    prints(&["sh", "-c", "printf %s \"$SHORT_KEY\""], "<SHORT_KEY>");
    prints(&["sh", "-c", "printf %s \"$SHORT_KEY-and\""], "<SHORT_KEY>-and");
    prints(&["sh", "-c", "echo \"$NOTE\""], "<NOTE>\n\n");
    prints(&["sh", "-c", "printf %s \"$SHORT_KEY\" | od -An -tx1 | tr -d ' \\n'"], "<SHORT_KEY>");
    prints(
        &["python3", "-c", "import json,os; print(json.dumps({'lines': os.environ['NOTE']}))"],
        "{\"lines\": \"<NOTE>\\n\"}\n",
    );
    prints(
        &["python3", "-c", "import os, urllib.parse as u; print(u.quote(os.environ['NOTE'].strip()))"],
        "<NOTE>\n",
    );
}

fn one_byte_at_a_time_is_masked_too() {
    let script = "
import os, sys, time
for byte in ('see ' + os.environ['API_KEY'] + ' and ' + os.environ['SHORT_KEY']).encode():
    os.write(1, bytes([byte]))
    time.sleep(0.002)
";
    prints(&["python3", "-c", script], "see <API_KEY> and <SHORT_KEY>");
}

fn base64_on_standard_error_is_masked() {
    let output = masked(&["sh", "-c", "echo out; printf 'x%sy' \"$SHORT_KEY\" | base64 >&2; exit 3"]);
    assert_eq!(text(&output.stdout), "out\n");
    let errors = text(&output.stderr);
    // The digits that it shares with its neighbours stay.
    assert_eq!(errors, "eH<SHORT_KEY>eQ==\n".replace("eHN", "eH"), "{errors}");
    assert_eq!(output.status.code(), Some(3));
}

fn what_the_environment_has_instead_is_masked_as_well() {
    let folder = project();
    fs::write(folder.path().join("venvars.toml"), "override = false\n").unwrap();
    let printed = |option: &str| {
        let mut run = run(folder.path(), &[option], &["sh", "-c", "echo $API_KEY secretvalue-and-more"]);
        text(&run.env("API_KEY", "a-value-of-the-server").output().unwrap().stdout)
    };
    assert_eq!(printed("--no-mask"), "a-value-of-the-server secretvalue-and-more\n");
    assert_eq!(printed("--mask"), "<API_KEY> <API_KEY>\n");
}

fn a_prompt_comes_at_once() {
    let folder = project();
    let mut child = run(folder.path(), &["--mask"], &["sh", "-c", "printf 'Name: '; read name; echo $name"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut prompt = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut prompt).unwrap();
    assert_eq!(&prompt, b"Name: ");
    child.stdin.take().unwrap().write_all(b"secretvalue\n").unwrap();
    assert_eq!(text(&child.wait_with_output().unwrap().stdout), "<SHORT_KEY>\n");
}

fn the_end_of_a_line_comes_at_once() {
    let folder = project();
    // `7` is the first digit of the values' hexadecimal form, which may have its lines broken.
    let script = "echo row 7; echo row 7 >&2; read name; exec cat /dev/null";
    let mut child = run(folder.path(), &["--mask"], &["sh", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = [[0; 6]; 2];
    child.stdout.as_mut().unwrap().read_exact(&mut lines[0]).unwrap();
    child.stderr.as_mut().unwrap().read_exact(&mut lines[1]).unwrap();
    assert_eq!(lines, [*b"row 7\n"; 2]);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

fn values_from_before_are_masked_too() {
    let folder = project();
    let settings = "[variables.API_KEY]\nfallbacks = \"API_KEYS\"\n";
    fs::write(folder.path().join("venvars.toml"), settings).unwrap();
    let old = r#"
API_KEYS = "[\"kept-up-by-hand\", \"before-that-one\"]"
[[rotated]]
name = "SHORT_KEY"
at = 2026-11-25T00:00:00Z
value = "rotated-away"
"#;
    fs::write(folder.path().join("secrets.toml"), format!("{SECRETS}{old}")).unwrap();
    let print = "echo a kept-up-by-hand; echo before-that-one.; echo $API_KEYS; echo rotated-away";
    let output = run(folder.path(), &["--mask"], &["sh", "-c", print]).output().unwrap();
    assert_eq!(text(&output.stdout), "a <API_KEY>\n<API_KEY>.\n<API_KEYS>\n<SHORT_KEY>\n");
}

fn ci_switches_it_on_and_an_option_off() {
    let folder = project();
    let printed = |options: &[&str], ci: Option<&str>| {
        let mut run = run(folder.path(), options, &["printenv", "SHORT_KEY"]);
        run.envs(ci.map(|ci| ("CI", ci)));
        text(&run.output().unwrap().stdout)
    };
    assert_eq!(printed(&[], None), "secretvalue\n");
    assert_eq!(printed(&[], Some("true")), "<SHORT_KEY>\n");
    assert_eq!(printed(&[], Some("1")), "<SHORT_KEY>\n");
    assert_eq!(printed(&[], Some("false")), "secretvalue\n");
    assert_eq!(printed(&["--no-mask"], Some("true")), "secretvalue\n");
    assert_eq!(printed(&["--mask", "--no-mask"], Some("true")), "secretvalue\n");
    assert_eq!(printed(&["--no-mask", "--mask"], None), "<SHORT_KEY>\n");
}

fn it_ends_as_the_command_does() {
    let folder = project();
    let status = |options: &[&str], command: &[&str]| {
        run(folder.path(), options, command).stderr(Stdio::null()).status().unwrap()
    };
    for script in
        ["exit 0", "exit 7", "exit 255", "kill -TERM $$", "kill -KILL $$", "kill -INT $$", "kill -SEGV $$"]
    {
        let command = ["sh", "-c", script];
        assert_eq!(status(&["--mask"], &command), status(&["--no-mask"], &command), "{script}");
    }
    for command in [&["./no-such-program"][..], &["/"]] {
        assert_eq!(status(&["--mask"], command), status(&["--no-mask"], command), "{command:?}");
    }
    assert!(!folder.path().join("core").exists());
}

fn a_signal_reaches_the_command() {
    let folder = project();
    for signal in ["TERM", "HUP", "INT", "USR1"] {
        let script =
            format!("trap 'echo got $SHORT_KEY; exit 9' {signal}; echo ready; while :; do sleep 0.05; done");
        let mut child =
            run(folder.path(), &["--mask"], &["sh", "-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut ready = [0; 6];
        child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (text(&output.stdout).as_str(), output.status.code()),
            ("got <SHORT_KEY>\n", Some(9)),
            "{signal}"
        );
    }
}

fn a_reader_that_goes_away_ends_the_command() {
    let folder = project();
    let mut child = run(folder.path(), &["--mask"], &["yes"]).stdout(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 100]).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(13));
}

fn a_command_without_a_mask_is_still_this_process() {
    let folder = project();
    let child = run(folder.path(), &[], &["sh", "-c", "echo $$"]).stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    assert_eq!(text(&child.wait_with_output().unwrap().stdout), format!("{id}\n"));
}

fn a_hundred_megabytes_stream_by_in_little_memory() {
    let folder = project();
    let script = "
import os, sys
line = b'x' * 69 + b'secretvalue'[:5] + b'\\n'
block = line * 14000
for _ in range(100):
    sys.stdout.buffer.write(block)
print(os.environ['API_KEY'])
";
    let peak = folder.path().join("peak");
    let run = run(folder.path(), &["--mask"], &["python3", "-c", script]);
    let mut timed = Command::new("python3");
    clean(&mut timed, folder.path());
    let measure = "
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
";
    timed
        .current_dir(folder.path())
        .args(["-c", measure])
        .arg(&peak)
        .arg(run.get_program())
        .args(run.get_args());
    let mut child = timed.stdout(Stdio::piped()).spawn().unwrap();
    let (mut count, mut last, mut piece) = (0, Vec::new(), vec![0; 1 << 16]);
    let mut output = child.stdout.take().unwrap();
    while let Ok(read @ 1..) = output.read(&mut piece) {
        count += read;
        last.extend_from_slice(&piece[..read]);
        last.drain(..last.len().saturating_sub(20));
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(count, 100 * 14000 * 75 + 10);
    assert!(last.ends_with(b"x<API_KEY>\n".strip_prefix(b"x").unwrap()));
    // The kilobytes of the greediest process, which is Python or ours.
    let peak: usize = fs::read_to_string(peak).unwrap().parse().unwrap();
    assert!(peak < 100_000, "{peak}");
}

/// The command line that runs `script` masked.
fn sh(script: &str) -> [&str; 8] {
    [env!("CARGO_BIN_EXE_venvars"), "run", "--no-venv", "--mask", "--", "sh", "-c", script]
}

fn a_terminal_stays_one_and_a_pipe_a_pipe() {
    let folder = project();
    let script = "for fd in 0 1 2; do test -t $fd && echo $fd yes || echo $fd no; done > seen; stty size; echo $NOTE$SHORT_KEY";
    let seen = at_terminal(folder.path(), &sh(script), &[]);
    assert_eq!(fs::read_to_string(folder.path().join("seen")).unwrap(), "0 yes\n1 no\n2 yes\n");
    assert_eq!((seen.shown.as_str(), seen.code), ("24 80\r\n<NOTE> <SHORT_KEY>\r\n", 0));

    for (redirected, expected) in [
        ("", "0 yes\n1 yes\n2 yes\n"),
        ("</dev/null", "0 no\n1 yes\n2 yes\n"),
        ("2>errors", "0 yes\n1 yes\n2 no\n"),
        (">output", "0 yes\n1 no\n2 yes\n"),
        (">output 2>errors", "0 yes\n1 no\n2 no\n"),
    ] {
        let script = "for fd in 0 1 2; do test -t $fd && echo $fd yes >&3 || echo $fd no >&3; done 3>seen; \
            echo out $SHORT_KEY; echo err $SHORT_KEY >&2";
        fs::write(folder.path().join("script"), script).unwrap();
        let line = format!("$VENVARS run --no-venv --mask -- sh ./script {redirected}; echo code $?");
        let seen = at_terminal(folder.path(), &["sh", "-c", &line], &[]);
        assert_eq!(fs::read_to_string(folder.path().join("seen")).unwrap(), expected, "{redirected}");
        let file = |name| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        let all = [seen.shown, file("output"), file("errors")].concat();
        for expected in ["out <SHORT_KEY>", "err <SHORT_KEY>", "code 0"] {
            assert!(all.contains(expected), "{redirected}: {all:?}");
        }
        assert!(!all.contains("\r\r") && !all.contains("secretvalue"), "{redirected}: {all:?}");
    }
}

fn lines_are_found_where_a_terminal_ends_them() {
    let folder = project();
    let seen = at_terminal(folder.path(), &sh("printf '%s' \"[$NOTE]\"; printenv NOTE"), &[]);
    assert_eq!(seen.shown, "[<NOTE>\r\n]<NOTE>\r\n\r\n");
}

fn a_tab_in_a_value_is_found_where_a_terminal_makes_blanks_of_it() {
    let folder = project();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, "TABBED = \"before\\tand-behind\"\n").unwrap();
    private(&file);
    let line = "stty tab3; $VENVARS run --no-venv --mask -- printenv TABBED";
    let seen = at_terminal(folder.path(), &["sh", "-c", line], &[]);
    assert_eq!(seen.shown, "<TABBED>\r\n");
}

fn a_new_window_size_reaches_the_command() {
    let folder = project();
    let script = "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done";
    let seen = at_terminal(
        folder.path(),
        &sh(script),
        &[json!(["expect", "ready"]), json!(["resize", 33, 111]), json!(["expect", "33 111"])],
    );
    assert_eq!(seen.code, 0);
}

fn keys_reach_the_command_raw_and_cooked() {
    let folder = project();
    // A line, with the terminal's own echo and erase.
    let seen = at_terminal(
        folder.path(),
        &sh("printf 'Name: '; read name; echo \"<$name>\""),
        &[json!(["expect", "Name: "]), json!(["send", "Adx\u{7f}a\r"]), json!(["expect", "<Ada>"])],
    );
    assert_eq!(seen.code, 0);
    // Single keys without a line's end, as an editor reads them.
    let raw = "
import os, sys, termios, tty
tty.setraw(0)
print('raw', end='', flush=True)
keys = b''
while not keys.endswith(b'q'):
    keys += os.read(0, 1)
print(keys.hex())
";
    let command = [env!("CARGO_BIN_EXE_venvars"), "run", "--no-venv", "--mask", "--", "python3", "-c", raw];
    let seen = at_terminal(
        folder.path(),
        &command,
        &[
            json!(["expect", "raw"]),
            json!(["send", "\u{3}\u{1a}\u{1b}[A\rq"]),
            json!(["expect", "031a1b5b410d71"]),
        ],
    );
    assert_eq!(seen.code, 0);
    // What is typed without echo is not shown.
    let seen = at_terminal(
        folder.path(),
        &[
            "sh",
            "-c",
            "$VENVARS run --no-venv --mask -- python3 -c 'import getpass; print(len(getpass.getpass()))'",
        ],
        &[json!(["expect", "Password: "]), json!(["send", "unseen\r"]), json!(["expect", "6"])],
    );
    assert!(!seen.shown.contains("unseen"));
}

fn a_letter_typed_is_seen_at_once_though_it_begins_a_value() {
    let folder = project();
    let seen = at_terminal(
        folder.path(),
        &sh("printf '> '; read name; echo ok"),
        &[
            json!(["expect", "> "]),
            json!(["send", "s"]),
            json!(["expect", "s"]),
            json!(["send", "ecretvalue\r"]),
            json!(["expect", "ok"]),
        ],
    );
    assert_eq!(seen.shown, "> s<SHORT_KEY>\r\nok\r\n");
}

fn half_a_value_is_not_let_go_for_a_pause() {
    let folder = project();
    let script = "printf secretva; sleep 0.3; echo lue; printf sec; sleep 0.3; echo ond";
    let seen = at_terminal(folder.path(), &sh(script), &[]);
    assert_eq!(seen.shown, "<SHORT_KEY>\r\nsecond\r\n");
}

fn a_terminal_s_keys_and_signals_end_the_command() {
    let folder = project();
    // (A signal between two commands can get lost in dash, with or without us.)
    let wait = "echo ready; exec sleep 60";
    let seen = at_terminal(folder.path(), &sh(wait), &[json!(["expect", "ready"]), json!(["send", "\u{3}"])]);
    assert_eq!(seen.code, -2);
    let caught = "trap 'echo caught; exit 5' INT TERM HUP; echo ready; while :; do sleep 0.05; done";
    for step in [
        json!(["send", "\u{3}"]),
        json!(["signal", "TERM"]),
        json!(["signal", "INT"]),
        json!(["signal", "HUP"]),
    ] {
        let seen = at_terminal(
            folder.path(),
            &sh(caught),
            &[json!(["expect", "ready"]), step.clone(), json!(["expect", "caught"])],
        );
        assert_eq!(seen.code, 5, "{step}");
    }
    for (script, code) in [("exit 7", 7), ("kill -KILL $$", -9), ("kill -TERM $$", -15), ("exit 255", 255)] {
        assert_eq!(at_terminal(folder.path(), &sh(script), &[]).code, code, "{script}");
    }
    let missing = [env!("CARGO_BIN_EXE_venvars"), "run", "--no-venv", "--mask", "--", "./no-such-program"];
    let seen = at_terminal(folder.path(), &missing, &[]);
    assert_eq!(seen.code, 127);
    assert!(seen.shown.contains("no-such-program"));
}

fn a_terminal_that_is_gone_takes_the_command_along() {
    let folder = project();
    let script = "trap 'echo gone > seen; exit 0' HUP; echo ready; while :; do sleep 0.05; done";
    let start = Instant::now();
    let steps = [json!(["expect", "ready"]), json!(["close"])];
    at_terminal(folder.path(), &sh(script), &steps);
    assert_eq!(fs::read_to_string(folder.path().join("seen")).unwrap(), "gone\n");
    assert!(start.elapsed() < Duration::from_secs(20));
}

const BASH: [&str; 5] = ["bash", "--noprofile", "--noediting", "--rcfile", "rc"];

fn the_key_that_would_stop_it_does_nothing() {
    let folder = project();
    fs::write(folder.path().join("script"), "echo started; read one; echo got $one").unwrap();
    let seen = at_terminal(
        folder.path(),
        &BASH,
        &[
            json!(["expect", "ready> "]),
            json!(["send", "$VENVARS run --no-venv --mask -- sh ./script\r"]),
            json!(["expect", "started"]),
            json!(["send", "\u{1a}"]),
            json!(["send", "alpha\r"]),
            json!(["expect", "got alpha"]),
            json!(["expect", "ready> "]),
            json!(["send", "jobs; exit 4\r"]),
        ],
    );
    assert_eq!(seen.code, 4);
    assert!(!seen.shown.contains("Stopped"), "{}", seen.shown);
}

fn started_in_the_background_it_prints_and_asks_for_keys_later() {
    let folder = project();
    fs::write(folder.path().join("script"), "echo started; sleep 0.3; read one; echo got $one").unwrap();
    at_terminal(
        folder.path(),
        &BASH,
        &[
            json!(["expect", "ready> "]),
            json!(["send", "$VENVARS run --no-venv --mask -- sh ./script &\r"]),
            json!(["expect", "started"]),
            json!(["send", "echo mine\r"]),
            json!(["expect", "mine\r\n"]),
            json!(["send", "sleep 1; jobs\r"]),
            json!(["expect", "Stopped"]),
            json!(["expect", "ready> "]),
            json!(["send", "fg\r"]),
            json!(["expect", "script\r\n"]),
            json!(["send", "one\r"]),
            json!(["expect", "got one"]),
            json!(["expect", "ready> "]),
            json!(["send", "exit\r"]),
        ],
    );
}

fn between_pipes_the_keys_are_left_to_whoever_reads_them() {
    let folder = project();
    // The other end of the pipe reads the terminal; the command only prints.
    let line = "$VENVARS run --no-venv --mask -- sh -c 'echo to the pipe; echo $SHORT_KEY >&2; cat >/dev/null </dev/null; sleep 1' | \
        sh -c 'read line; echo asks; read key </dev/tty; echo \"$line, key $key\"'";
    let steps = [json!(["expect", "asks"]), json!(["send", "k\r"]), json!(["expect", "to the pipe, key k"])];
    let seen = at_terminal(folder.path(), &["bash", "-c", line], &steps);
    assert!(seen.shown.contains("<SHORT_KEY>\r\n"), "{:?}", seen.shown);
    // A command that reads from a pipe and asks at the terminal gets the keys then.
    let line = "echo piped | $VENVARS run --no-venv --mask -- sh -c \
        'read line; printf \"Key: \"; read key </dev/tty; echo \"$line $key $SHORT_KEY\"'";
    let steps =
        [json!(["expect", "Key: "]), json!(["send", "k\r"]), json!(["expect", "piped k <SHORT_KEY>\r\n"])];
    at_terminal(folder.path(), &["bash", "-c", line], &steps);
    // Ctrl-C ends both sides, though nobody took the keys.
    let line =
        "$VENVARS run --no-venv --mask -- sh -c 'echo ready >&2; exec sleep 60' | cat; echo ${PIPESTATUS[0]}";
    let steps = [
        json!(["expect", "ready> "]),
        json!(["send", format!("{line}\r")]),
        json!(["expect", "ready\r\n"]),
        json!(["send", "\u{3}"]),
        json!(["expect", "ready> "]),
        json!(["send", "exit\r"]),
    ];
    at_terminal(folder.path(), &BASH, &steps);
}

fn a_program_with_a_whole_screen_works() {
    let folder = project();
    // bash with a line editor, inside: its own job control, on the terminal that we made.
    let command = [
        env!("CARGO_BIN_EXE_venvars"),
        "run",
        "--no-venv",
        "--mask",
        "--",
        "bash",
        "--noprofile",
        "--rcfile",
        "rc",
    ];
    let seen = at_terminal(
        folder.path(),
        &command,
        &[
            json!(["expect", "ready> "]),
            // (Before the job runs, the key would stop nothing; while the shell has one, it does not end.)
            json!(["send", "sh -c 'echo here; exec sleep 50'\r"]),
            json!(["expect", "here\r\n"]),
            json!(["send", "\u{1a}"]),
            json!(["expect", "Stopped"]),
            json!(["send", "kill -KILL %1; disown %1; echo $SHORT_KEY\r"]),
            json!(["expect", "<SHORT_KEY>"]),
            json!(["send", "exit 6\r"]),
        ],
    );
    assert_eq!(seen.code, 6);
    assert!(!seen.shown.contains("cannot set terminal process group"), "{}", seen.shown);
}

fn what_the_command_left_behind_is_masked_too() {
    prints(&["sh", "-c", "(sleep 0.4; echo later $SHORT_KEY) & echo now"], "now\nlater <SHORT_KEY>\n");
    let folder = project();
    // A signal does not wait for it.
    let mut child = run(folder.path(), &["--mask"], &["sh", "-c", "sleep 30 & echo now; exit 3"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 4]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(20));
}

fn what_is_ignored_stays_so_and_nothing_is_blocked() {
    let folder = project();
    let script = "import os, signal\n\
        os.kill(os.getpid(), signal.SIGHUP)\n\
        print('alive', [one.name for one in signal.pthread_sigmask(signal.SIG_BLOCK, [])])";
    fs::write(folder.path().join("script.py"), script).unwrap();
    let line = "trap '' HUP; exec \"$0\" run --no-venv --mask -- python3 script.py";
    let command = ["sh", "-c", line, env!("CARGO_BIN_EXE_venvars")];
    let mut piped = Command::new(command[0]);
    clean(&mut piped, folder.path());
    let output = piped.args(&command[1..]).current_dir(folder.path()).output().unwrap();
    assert_eq!(text(&output.stdout), "alive []\n");
    assert_eq!(at_terminal(folder.path(), &command, &[]).shown, "alive []\r\n");
}

fn a_program_that_draws_on_the_whole_screen_works() {
    let folder = project();
    let script = "import curses, os\n\
        def draw(screen):\n\
        \x20   screen.addstr(3, 5, '%d %d %s' % (*screen.getmaxyx(), os.environ['SHORT_KEY']))\n\
        \x20   screen.refresh()\n\
        \x20   while (key := screen.getch()) != curses.KEY_UP:\n\
        \x20       screen.addstr(5, 5, 'size %d %d' % screen.getmaxyx() if key == curses.KEY_RESIZE else 'key')\n\
        curses.wrapper(draw)";
    fs::write(folder.path().join("script.py"), script).unwrap();
    let line = "TERM=xterm exec \"$0\" run --no-venv --mask -- python3 script.py";
    let seen = at_terminal(
        folder.path(),
        &["sh", "-c", line, env!("CARGO_BIN_EXE_venvars")],
        &[
            json!(["expect", "24 80 <SHORT_KEY>"]),
            json!(["resize", 30, 100]),
            json!(["expect", "size 30 100"]),
            json!(["send", "\u{1b}OA"]),
        ],
    );
    assert_eq!(seen.code, 0);
}

fn what_is_no_secret_is_printed() {
    let folder = project();
    fs::write(
        folder.path().join("venvars.toml"),
        "[variables.SHORT_KEY]\nsecret = false\n[variables.GREETING]\ndefault = \"hello-there-you\"\n",
    )
    .unwrap();
    let mut run = run(folder.path(), &["--mask"], &["printenv", "SHORT_KEY", "GREETING", "PORT", "API_KEY"]);
    assert_eq!(text(&run.output().unwrap().stdout), "secretvalue\nhello-there-you\n5000\n<API_KEY>\n");
}
