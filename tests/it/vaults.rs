//! Keyrings, age and pass: what is stored by us is read by the real programs, and the reverse.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};

use dbus::arg::Variant;
use dbus::blocking::LocalConnection;
use dbus_secret_service::{EncryptionType, SecretService};
use libtest_mimic::{Failed, Trial};
use venvars::words::error::Error;
use venvars::world::age::{self, Identities};
use venvars::world::keyring;
use venvars::world::keyring::entry::KeyringEntry;

use crate::support::keyring::Session;
use crate::support::pass::Store;
use crate::support::{self, clean, succeed, trial, values};

/// Tells the test binary to be another process: what it does instead of testing.
const PART: &str = "VENVARS_TEST_PART";
const SECRET: &str = "hunter2-hunter2";

/// Where this program was started to be another process, it is that and nothing else.
pub fn play_a_part() {
    if let Some(part) = env::var_os(PART) {
        let code = play(&part.to_string_lossy(), &env::args().skip(1).collect::<Vec<_>>());
        std::process::exit(i32::from(code != ExitCode::SUCCESS) * 2);
    }
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let keyrings: [(&str, fn() -> Result<(), Failed>); 9] = [
        ("from-the-command-line", from_the_command_line),
        ("stored-by-secret-tool", stored_by_secret_tool),
        ("stored-by-us", stored_by_us),
        ("not-in-plain-on-the-bus", encrypted_on_the_bus),
        ("nothing-there", nothing_there),
        ("locked", locked),
        ("ambiguous-or-no-text", ambiguous_or_no_text),
        ("no-keyring", no_keyring),
        ("hanging", hanging),
    ];
    for (name, run) in keyrings {
        trials.push(trial(format!("keyring::{name}"), support::keyring::missing(), run));
    }
    let ages: [(&str, fn() -> Result<(), Failed>); 8] = [
        ("read-by-age", read_by_age),
        ("written-by-age", written_by_age),
        ("ssh-keys", ssh_keys),
        ("passphrases", passphrases),
        ("tampered", tampered),
        ("bad-messages", bad_messages),
        ("bad-identities", bad_identities),
        ("speed", speed),
    ];
    let no_age = ["age", "age-keygen", "ssh-keygen", "script", "setsid"]
        .into_iter()
        .find(|program| which::which(program).is_err())
        .map(str::to_owned);
    for (name, run) in ages {
        trials.push(trial(format!("age::{name}"), no_age.clone(), run));
    }
    trials.push(trial("pass::show".to_owned(), support::pass::missing(), pass));
    trials
}

/// What a process of its own does: the library's functions in the environment of a session, or
/// a Secret Service that does not do its work.
fn play(part: &str, arguments: &[String]) -> ExitCode {
    let argument = |index: usize| arguments.get(index).cloned().unwrap_or_default();
    let patience = env::var("PATIENCE")
        .ok()
        .and_then(|ms| ms.parse().ok())
        .map_or(Duration::from_secs(20), Duration::from_millis);
    let done = match part {
        "get" => KeyringEntry::parse(&argument(0))
            .and_then(|entry| keyring::get(&entry, patience))
            .map(|value| value.to_string()),
        "set" => KeyringEntry::parse(&argument(0))
            .and_then(|entry| keyring::set(&entry, &env::var("VALUE").unwrap_or_default(), patience))
            .map(|()| String::new()),
        "delete" => KeyringEntry::parse(&argument(0))
            .and_then(|entry| keyring::delete(&entry, patience))
            .map(|()| String::new()),
        "decrypt" => Identities::load(&[argument(0).into()]).and_then(|identities| {
            let message = fs::read_to_string(argument(1)).unwrap_or_default();
            // Twice: a passphrase is asked for once.
            age::decrypt(&identities, &message)?;
            age::decrypt(&identities, &message).map(|value| value.to_string())
        }),
        "bytes" => store_bytes().map(|()| String::new()),
        "silent" | "prompting" => return serve(part == "prompting"),
        _ => Err(Error::usage("an unknown part")),
    };
    match done {
        Ok(value) => {
            print!("{value}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}\n{}", error.remedy().unwrap_or_default());
            ExitCode::from(2)
        }
    }
}

/// Stores what secret-tool does not take, by the crate beneath ours.
fn store_bytes() -> venvars::words::error::Result<()> {
    let stored = SecretService::connect(EncryptionType::Plain).and_then(|service| {
        let collection = service.get_default_collection()?;
        for (account, bytes) in [
            ("latin", &b"hunter2-hunter2\xe9"[..]),
            ("zero", b"hunter2-hunter2\0"),
            ("seen", b"in plain sight"),
        ] {
            let attributes = HashMap::from([("service", "myapp"), ("username", account)]);
            collection.create_item("x", attributes, bytes, true, "text/plain")?;
        }
        Ok(())
    });
    stored.map_err(|error| Error::service(error.to_string()))
}

/// A Secret Service that answers nothing at all; or one that is locked and shows a prompt that
/// nobody answers.
fn serve(prompting: bool) -> ExitCode {
    let path = |text: &'static str| dbus::Path::from(text);
    let Ok(bus) = LocalConnection::new_session() else { return ExitCode::FAILURE };
    if bus.request_name("org.freedesktop.secrets", false, true, false).is_err() {
        return ExitCode::FAILURE;
    }
    println!("ready");
    let channel = bus.channel();
    loop {
        let Ok(Some(message)) = channel.blocking_pop_message(Duration::from_mins(1)) else { continue };
        if !prompting {
            continue;
        }
        let reply = match message.member().as_deref() {
            // Any number is a public key.
            Some("OpenSession") => message.method_return().append2(Variant(vec![5_u8; 128]), path("/s")),
            Some("SearchItems") => {
                message.method_return().append2(Vec::<dbus::Path>::new(), vec![path("/locked")])
            }
            Some("Unlock") => message.method_return().append2(Vec::<dbus::Path>::new(), path("/prompt")),
            _ => message.method_return(),
        };
        let _: Result<u32, ()> = channel.send(reply);
    }
}

/// The test binary in another part.
fn part(command: &mut Command, part: &str) {
    command.env(PART, part).env("HOME", "/nonexistent");
}

fn ourselves() -> Result<PathBuf, Failed> {
    Ok(env::current_exe()?)
}

fn library(session: &Session, part: &str, entry: &str, patience: u64) -> Result<Output, Failed> {
    let mut command = session.command(ourselves()?);
    self::part(&mut command, part);
    Ok(command.arg(entry).env("PATIENCE", patience.to_string()).output()?)
}

fn get(session: &Session, entry: &str) -> Result<String, Failed> {
    let output = library(session, "get", entry, 20_000)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn set(session: &Session, entry: &str, value: &str) -> Result<(), Failed> {
    let mut command = session.command(ourselves()?);
    part(&mut command, "set");
    succeed(command.arg(entry).env("VALUE", value)).map(|_| ())
}

/// What the library says against it; the value is nowhere in it.
fn refused(output: &Output, expected: &str) -> Result<(), Failed> {
    let said = String::from_utf8_lossy(&output.stderr);
    let remedy = said.lines().nth(1).is_some_and(|hint| !hint.is_empty());
    if output.status.code() != Some(2) || !said.contains(expected) || !remedy || said.contains(SECRET) {
        return Err(format!("expected {expected:?}: {:?}: {said}", output.status).into());
    }
    Ok(())
}

fn store(session: &Session, service: &str, account: &str, value: &[u8]) -> Result<(), Failed> {
    feed(
        session.command("secret-tool").args(["store", "--label=x", "service", service, "username", account]),
        value,
    )
    .map(|_| ())
}

fn feed(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Failed> {
    let output = support::fed(command, input)?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output.stdout)
}

fn same(name: &str, found: &str, expected: &str) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    let shown = |text: &str| text.chars().take(100).collect::<String>();
    Err(format!("{name}: {:?} is not {:?}", shown(found), shown(expected)).into())
}

/// All that is nasty, as far as an environment variable hands it over.
fn nasty() -> Vec<(String, String)> {
    values::nasty().into_iter().filter(|(_, value)| value.len() < 100_000).collect()
}

fn stored_by_secret_tool() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    // secret-tool itself stores no more than 8 KiB.
    for (name, value) in nasty().into_iter().filter(|(_, value)| value.len() < 8000) {
        store(&session, "my/app", &name, value.as_bytes())?;
        same(&name, &get(&session, &format!("my/app/{name}"))?, &value)?;
    }
    Ok(())
}

fn stored_by_us() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    for (name, value) in nasty() {
        set(&session, &format!("https://my.app/{name}"), "before")?;
        set(&session, &format!("https://my.app/{name}"), &value)?;
        let mut lookup = session.command("secret-tool");
        lookup.args(["lookup", "service", "https://my.app", "username", &name]);
        // secret-tool says that there is nothing when there is an empty value.
        let found = if value.is_empty() { lookup.output()?.stdout } else { succeed(&mut lookup)?.stdout };
        same(&name, std::str::from_utf8(&found)?, &value)?;
        same(&name, &get(&session, &format!("https://my.app/{name}"))?, &value)?;
    }
    library(&session, "delete", "https://my.app/TROUBLE", 20_000)?;
    refused(&library(&session, "get", "https://my.app/TROUBLE", 20_000)?, "no keyring entry")
}

/// What somebody who watches the bus sees of a value that is stored and read.
fn encrypted_on_the_bus() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    let value = "never to be seen";
    let mut monitor = session.command("dbus-monitor");
    let mut monitor = monitor.arg("--session").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    std::thread::sleep(Duration::from_millis(500));
    set(&session, "myapp/stripe", value)?;
    same("stripe", &get(&session, "myapp/stripe")?, value)?;
    // What is stored without encryption is seen.
    let mut put = session.command(ourselves()?);
    part(&mut put, "bytes");
    succeed(&mut put)?;
    std::thread::sleep(Duration::from_millis(500));
    monitor.kill()?;
    let seen = String::from_utf8_lossy(&monitor.wait_with_output()?.stdout).into_owned();
    let expected = ["dh-ietf1024-sha256-aes128-cbc-pkcs7", "GetSecret", "in plain sight"];
    if !expected.iter().all(|word| seen.contains(word)) {
        return Err("the monitor saw nothing".into());
    }
    if seen.contains(value) { Err("the value is on the bus".into()) } else { Ok(()) }
}

fn nothing_there() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    let output = library(&session, "get", "my app/stripe", 20_000)?;
    refused(&output, "no keyring entry my app/stripe")?;
    refused(&output, "`secret-tool store --label='my app/stripe' service 'my app' username stripe`")?;
    refused(&library(&session, "delete", "my app/stripe", 20_000)?, "no keyring entry")
}

fn locked() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    set(&session, "myapp/stripe", SECRET)?;
    session.lock()?;
    refused(&library(&session, "get", "myapp/stripe", 20_000)?, "the keyring with myapp/stripe is locked")?;
    refused(&library(&session, "set", "other/entry", 20_000)?, "is locked")
}

fn ambiguous_or_no_text() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    for extra in ["1", "2"] {
        let mut command = session.command("secret-tool");
        command.args(["store", "--label=x", "service", "myapp", "username", "stripe", "extra", extra]);
        feed(&mut command, SECRET.as_bytes())?;
    }
    refused(&library(&session, "get", "myapp/stripe", 20_000)?, "the keyring has 2 entries myapp/stripe")?;
    let mut put = session.command(ourselves()?);
    part(&mut put, "bytes");
    succeed(&mut put)?;
    refused(&library(&session, "get", "myapp/latin", 20_000)?, "contains bytes that are not text")?;
    refused(&library(&session, "get", "myapp/zero", 20_000)?, "contains a NUL")
}

fn no_keyring() -> Result<(), Failed> {
    let session = Session::bare()?;
    refused(&library(&session, "get", "myapp/stripe", 20_000)?, "nothing offers the Secret Service")?;
    let mut command = Command::new(ourselves()?);
    clean(&mut command, &session.home());
    part(&mut command, "get");
    refused(&command.arg("myapp/stripe").output()?, "DBUS_SESSION_BUS_ADDRESS is not set")?;
    for address in ["unix:path=/nonexistent/bus", "nonsense", "unix:path=/tmp"] {
        let output = command.env("DBUS_SESSION_BUS_ADDRESS", address).output()?;
        refused(&output, "the session bus cannot be reached")?;
    }
    Ok(())
}

fn hanging() -> Result<(), Failed> {
    for (service, said) in
        [("silent", "did not answer about myapp/stripe"), ("prompting", "within 1.5 seconds")]
    {
        let session = Session::bare()?;
        let mut command = session.command(ourselves()?);
        part(&mut command, service);
        let mut fake = command.stdout(Stdio::piped()).spawn()?;
        let mut line = [0; 6];
        std::io::Read::read_exact(fake.stdout.as_mut().ok_or("no output")?, &mut line)?;
        let start = Instant::now();
        let output = library(&session, "get", "myapp/stripe", 1500);
        let took = start.elapsed();
        fake.kill()?;
        fake.wait()?;
        refused(&output?, said)?;
        if took > Duration::from_secs(10) {
            return Err(format!("{service}: {took:?}").into());
        }
    }
    Ok(())
}

/// A folder with an identity of `age-keygen` in it, and its public key.
fn identity() -> Result<(tempfile::TempDir, PathBuf, String), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("identity.txt");
    succeed(Command::new("age-keygen").arg("-o").arg(&file))?;
    let public = succeed(Command::new("age-keygen").arg("-y").arg(&file))?.stdout;
    Ok((folder, file, String::from_utf8(public)?.trim().to_owned()))
}

fn real_age(file: &Path, message: &str) -> Result<String, Failed> {
    Ok(String::from_utf8(feed(Command::new("age").arg("-d").arg("-i").arg(file), message.as_bytes())?)?)
}

fn read_by_age() -> Result<(), Failed> {
    let (_folder, file, public) = identity()?;
    let (_other_folder, other_file, other) = identity()?;
    for (name, value) in values::nasty() {
        let message = said(age::encrypt(&value, &[public.clone(), other.clone()]))?;
        same(&name, &real_age(&file, &message)?, &value)?;
        same(&name, &real_age(&other_file, &message)?, &value)?;
    }
    Ok(())
}

fn written_by_age() -> Result<(), Failed> {
    let (_folder, file, public) = identity()?;
    let (_other_folder, other_file, _) = identity()?;
    let identities = said(Identities::load(&[other_file, file.clone()]))?;
    for (name, value) in values::nasty() {
        let message = feed(Command::new("age").args(["-a", "-r", &public]), value.as_bytes())?;
        let message = String::from_utf8(message)?;
        same(&name, &said(age::decrypt(&identities, &message))?, &value)?;
        // As an editor of Windows leaves it, with blanks around it.
        let message = format!("\n  {}\n", message.replace('\n', "\r\n"));
        same(&name, &said(age::decrypt(&identities, &message))?, &value)?;
    }
    assert!(identities.warnings().is_empty(), "{:?}", identities.warnings());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644))?;
    let warnings = said(Identities::load(&[file]))?.warnings().join("\n");
    assert!(warnings.contains("can be read by others") && warnings.contains("chmod 600"), "{warnings}");
    Ok(())
}

fn said<T>(result: venvars::words::error::Result<T>) -> Result<T, Failed> {
    result.map_err(|error| format!("{error}; {:?}", error.remedy()).into())
}

fn ssh_key(folder: &Path, kind: &[&str], passphrase: &str) -> Result<(PathBuf, String), Failed> {
    let file = folder.join(kind.concat());
    succeed(Command::new("ssh-keygen").args(["-q", "-N", passphrase, "-t"]).args(kind).arg("-f").arg(&file))?;
    let public = fs::read_to_string(file.with_file_name(format!("{}.pub", kind.concat())))?;
    Ok((file, public))
}

fn ssh_keys() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for kind in [&["ed25519"][..], &["rsa", "-b", "2048"], &["rsa", "-b", "3072", "-m", "PEM"]] {
        let (file, public) = ssh_key(folder.path(), kind, "")?;
        let message = said(age::encrypt(values::TROUBLE, std::slice::from_ref(&public)))?;
        same("ours", &real_age(&file, &message)?, values::TROUBLE)?;
        let theirs = feed(Command::new("age").args(["-a", "-r", &public]), values::TROUBLE.as_bytes())?;
        let identities = said(Identities::load(&[file]))?;
        same("theirs", &said(age::decrypt(&identities, std::str::from_utf8(&theirs)?))?, values::TROUBLE)?;
    }
    let (file, public) = ssh_key(folder.path(), &["ecdsa"], "")?;
    error(Identities::load(&[file]), "age does not support this kind of ssh key")?;
    error(age::encrypt("", &[public]), "recipient 1 is a kind of ssh key")
}

fn error<T>(result: venvars::words::error::Result<T>, expected: &str) -> Result<(), Failed> {
    match result {
        Ok(_) => Err(format!("no error: {expected}").into()),
        Err(error) => {
            let shown = format!("{error}\n{}", error.remedy().unwrap_or_default());
            if shown.contains(expected) && !shown.contains(SECRET) { Ok(()) } else { Err(shown.into()) }
        }
    }
}

fn passphrases() -> Result<(), Failed> {
    let (folder, file, public) = identity()?;
    let shut = folder.path().join("shut.age");
    at_terminal(&["age", "-p", "-o", &shut.to_string_lossy(), &file.to_string_lossy()], "tr0ub\ntr0ub\n")?;
    let (ssh, ssh_public) = ssh_key(folder.path(), &["ed25519"], "tr0ub")?;
    let elsewhere = tempfile::tempdir()?;
    let (_, other) = ssh_key(elsewhere.path(), &["ed25519"], "tr0ub")?;
    let message = folder.path().join("message");
    for (file, public) in [(&shut, &public), (&ssh, &ssh_public)] {
        fs::write(&message, said(age::encrypt(SECRET, std::slice::from_ref(public)))?)?;
        let us = ourselves()?;
        let us = [&*us.to_string_lossy(), &file.to_string_lossy(), &message.to_string_lossy()];
        let shown = at_terminal(&us, "tr0ub\n")?;
        if !shown.contains(SECRET) || shown.matches("Passphrase of").count() != 1 {
            return Err(format!("{}: {shown}", file.display()).into());
        }
        let shown = at_terminal(&us, "wrong\n")?;
        if !shown.contains("cannot be decrypted with that passphrase") || shown.contains(SECRET) {
            return Err(format!("{}: {shown}", file.display()).into());
        }
        let mut command = Command::new("setsid");
        clean(&mut command, folder.path());
        part(&mut command, "decrypt");
        refused(&command.arg("-w").args(us).output()?, "no terminal to ask")?;
    }
    // What an ssh key cannot open, nobody is asked for.
    let other = said(age::encrypt(SECRET, &[other]))?;
    error(age::decrypt(&said(Identities::load(&[ssh]))?, &other), "cannot decrypt the age message")
}

/// What a command shows at a terminal where this is typed.
fn at_terminal(command: &[&str], typed: &str) -> Result<String, Failed> {
    let mut script = Command::new("script");
    clean(&mut script, Path::new("/nonexistent"));
    part(&mut script, "decrypt");
    let line: Vec<_> = command.iter().map(|word| shell_escape::unix::escape((*word).into())).collect();
    let mut child = script
        .args(["-qec", &line.join(" "), "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no input")?;
    let mut screen = child.stdout.take().ok_or("no output")?;
    let (mut shown, mut lines) = (Vec::new(), typed.split_inclusive('\n'));
    let mut byte = [0];
    while std::io::Read::read(&mut screen, &mut byte)? == 1 {
        shown.push(byte[0]);
        // As a person: not before the question.
        if shown.ends_with(b": ") {
            std::thread::sleep(Duration::from_millis(200));
            // Who asks more often than expected gets the end of the input.
            let _ = input.write_all(lines.next().unwrap_or("\u{4}").as_bytes());
        }
    }
    child.wait()?;
    Ok(String::from_utf8_lossy(&shown).into_owned())
}

/// No changed or missing byte gives another plain text, whatever it is changed to.
fn tampered() -> Result<(), Failed> {
    let (folder, file, public) = identity()?;
    let (ssh, ssh_public) = ssh_key(folder.path(), &["ed25519"], "")?;
    let identities = said(Identities::load(&[file, ssh]))?;
    for public in [public, ssh_public] {
        let message = said(age::encrypt(SECRET, &[public]))?;
        for at in 0..message.len() {
            for byte in [b'A', b'B', b'/', b'\n', b' ', b'-', 0, message.as_bytes()[at] ^ 1] {
                let mut changed = message.clone().into_bytes();
                changed[at] = byte;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                check(&identities, &changed)?;
            }
            check(&identities, &message[at..])?;
            let cut = &message[..at];
            if cut.trim_end() != message.trim_end() {
                error(age::decrypt(&identities, cut), "age message")?;
            }
            let mut without = message.clone();
            without.remove(at);
            check(&identities, &without)?;
        }
    }
    Ok(())
}

/// An error, or the plain text if nothing but a blank has changed.
fn check(identities: &Identities, message: &str) -> Result<(), Failed> {
    match age::decrypt(identities, message) {
        Ok(plain) if *plain == *SECRET => Ok(()),
        Ok(_) => Err("another plain text".into()),
        Err(error) if error.to_string().contains(SECRET) => Err("the error shows the value".into()),
        Err(_) => Ok(()),
    }
}

fn bad_messages() -> Result<(), Failed> {
    let (_folder, file, public) = identity()?;
    let (_other_folder, other_file, _) = identity()?;
    let identities = said(Identities::load(&[file]))?;
    let message = said(age::encrypt(SECRET, std::slice::from_ref(&public)))?;
    error(age::decrypt(&said(Identities::load(&[other_file]))?, &message), "cannot decrypt the age message")?;
    error(age::decrypt(&Identities::default(), &message), "no identity")?;
    error(age::decrypt(&identities, &format!("{message}x")), "something follows the end")?;
    error(age::decrypt(&identities, &format!("{message}{message}")), "something follows the end")?;
    for garbage in ["", SECRET, "age-encryption.org/v1\n", "\0"] {
        error(age::decrypt(&identities, garbage), "not an armored age message")?;
    }
    error(age::decrypt(&identities, &message[..message.len() - 40]), "cut off")?;
    error(age::decrypt(&identities, &format!("{message}{}", " ".repeat(1 << 20))), "longer than 1 MiB")?;
    error(age::encrypt(&"x".repeat(1 << 20), std::slice::from_ref(&public)), "too long")?;
    for (bytes, what) in [(&b"\xff\xfe hunter2-hunter2"[..], "UTF-8"), (b"hunter2-hunter2\0", "a NUL")] {
        let message = feed(Command::new("age").args(["-a", "-r", &public]), bytes)?;
        error(age::decrypt(&identities, std::str::from_utf8(&message)?), what)?;
    }
    let folder = tempfile::tempdir()?;
    let (plain, shut) = (folder.path().join("plain"), folder.path().join("shut"));
    fs::write(&plain, SECRET)?;
    at_terminal(&["age", "-p", "-a", "-o", &shut.to_string_lossy(), &plain.to_string_lossy()], "x\nx\n")?;
    error(age::decrypt(&identities, &fs::read_to_string(shut)?), "encrypted to a passphrase")
}

fn bad_identities() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    error(Identities::load(std::slice::from_ref(&file)), "no such identity file")?;
    error(Identities::load(&[folder.path().to_owned()]), "could not read")?;
    for (bytes, what) in [
        (&b""[..], "no identity in this file"),
        (b"hunter2-hunter2", "line 1 is not an age identity"),
        (b"\xffhunter2-hunter2", "not an age or ssh identity"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2-hunter2", "not a private key that can be used"),
        (
            b"-----BEGIN PRIVATE KEY-----\nhunter2-hunter2\n-----END PRIVATE KEY-----\n",
            "not a private key that can",
        ),
    ] {
        fs::write(&file, bytes)?;
        error(Identities::load(std::slice::from_ref(&file)), what)?;
    }
    fs::write(&file, vec![b'#'; (1 << 20) + 1])?;
    error(Identities::load(&[file]), "more than 1 MiB")
}

/// Loading and opening twenty values, in a build without optimisation: far under a second.
fn speed() -> Result<(), Failed> {
    let (_folder, file, public) = identity()?;
    let messages = (0..20)
        .map(|_| said(age::encrypt(SECRET, std::slice::from_ref(&public))))
        .collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let identities = said(Identities::load(&[file]))?;
    let loaded = start.elapsed();
    let start = Instant::now();
    for message in &messages {
        said(age::decrypt(&identities, message))?;
    }
    let took = start.elapsed();
    if env::var_os("VENVARS_TEST_FIGURES").is_some() {
        println!("age: loaded in {loaded:?}, twenty opened in {took:?}");
    }
    if loaded + took > Duration::from_secs(1) { Err(format!("{took:?}").into()) } else { Ok(()) }
}

/// A project whose one value, API, is not in its secrets file, with a venv.
fn project(secrets: &str) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("secrets.toml");
    fs::write(&file, secrets)?;
    support::private(&file);
    let mut python = Command::new("python3");
    clean(&mut python, folder.path());
    succeed(python.args(["-m", "venv", "--without-pip", ".venv"]).current_dir(folder.path()))?;
    Ok(folder)
}

/// Applies and has bash show API, while the venv is active and after: it is in no file then.
fn activated(folder: &Path, command: impl Fn(&str) -> Command) -> Result<(), Failed> {
    let ours = env!("CARGO_BIN_EXE_venvars");
    succeed(command(ours).arg("apply").current_dir(folder))?;
    let line = ". .venv/bin/activate; printf %s \"$API\"; deactivate; printf %s \"${API-}\"";
    let shown = succeed(command("bash").args(["--norc", "-c", line]).current_dir(folder))?.stdout;
    same("bash", std::str::from_utf8(&shown)?, SECRET)?;
    let mut grep = Command::new("grep");
    clean(&mut grep, folder);
    if grep.args(["-r", "-q", SECRET]).arg(folder).status()?.success() {
        return Err("the value lies in a file".into());
    }
    Ok(())
}

fn from_the_command_line() -> Result<(), Failed> {
    let session = Session::unlocked()?;
    let folder = project("")?;
    let mut set = session.command(env!("CARGO_BIN_EXE_venvars"));
    set.args(["set", "API", "--keyring=myapp/api"]).current_dir(folder.path());
    if !support::fed(&mut set, SECRET.as_bytes())?.status.success() {
        return Err("set --keyring failed".into());
    }
    let line = fs::read_to_string(folder.path().join("secrets.toml"))?;
    same("secrets.toml", line.trim(), "API = { keyring = \"myapp/api\" }")?;
    // Another value in its place: the first one is kept in the keyring.
    for value in ["something-else", SECRET] {
        let output = support::fed(&mut set, value.as_bytes())?;
        if !String::from_utf8_lossy(&output.stderr).contains("is kept in the keyring") {
            return Err("set --keyring does not say that it put the old value aside".into());
        }
    }
    let text = fs::read_to_string(folder.path().join("secrets.toml"))?;
    let entry = text.split("keyring = \"myapp/").nth(2).and_then(|rest| rest.split('"').next());
    let mut lookup = session.command("secret-tool");
    lookup.args(["lookup", "service", "myapp", "username", entry.ok_or("no old entry")?]);
    let found = support::succeed(&mut lookup)?;
    same("the old value", &String::from_utf8_lossy(&found.stdout), SECRET)?;
    activated(folder.path(), |program| session.command(program))?;
    // What is compromised goes into no keyring either.
    let mut compromised = session.command(env!("CARGO_BIN_EXE_venvars"));
    support::succeed(compromised.args(["compromised", "API", "--current"]).current_dir(folder.path()))?;
    let output = support::fed(&mut set, SECRET.as_bytes())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("has been compromised since") { Ok(()) } else { Err(said.into()) }
}

fn pass() -> Result<(), Failed> {
    let store = Store::with("dev/api/token", SECRET)?;
    let folder = project("API = { command = [\"pass\", \"show\", \"dev/api/token\"] }\n")?;
    activated(folder.path(), |program| store.command(program))
}
