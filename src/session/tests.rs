//! What commands do, in this process: whom they ask and what they say is handed to them here.

#![allow(clippy::disallowed_methods, reason = "a test makes the files that the user has")]

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::model::project::Project;
use crate::model::secrets::Secrets;
#[cfg(unix)]
use crate::session::allow;
use crate::session::apply::{self, Held, Which};
use crate::session::backups;
use crate::session::environment::Files;
use crate::session::import::{Incoming, Wish};
#[cfg(unix)]
use crate::session::inventory::Inventory;
use crate::session::leaks::{self, Meant};
use crate::session::rotation::{Renewal, target::Target, targets, turn};
use crate::session::setting::{self, Keeping, Replaced};
#[cfg(unix)]
use crate::session::sources::Reach;
use crate::session::sources::Sources;
use crate::session::status::Status;
use crate::session::{Session, editor, ledger};
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::{Choice, ProfileName};

/// A project, whose folder goes with it.
struct TestProject {
    folder: TempDir,
    sources: Sources,
}

impl TestProject {
    /// One whose secrets file and settings say this.
    fn of(secrets: &str, settings: &str) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap(), sources: Sources::default() };
        made.write("venvars.toml", settings);
        made.write("secrets.toml", secrets);
        made
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn project(&self) -> Project {
        Project::find(self.folder.path(), None).unwrap()
    }

    fn session(&self) -> Session {
        Session::open(self.project(), &Choice::Default, &self.sources).unwrap()
    }

    /// `venvars set NAME`, whose value is typed.
    fn set(&self, profile: Option<&str>, name: &str, value: &str) -> Result<Option<Replaced>> {
        let project = self.project();
        let before = setting::secrets(&project, &Keeping::Plain)?;
        let profile = profile.map(|profile| ProfileName::new(profile).unwrap());
        let value = Zeroizing::new(value.to_owned());
        let place = (profile.as_ref(), &named(name));
        setting::set(&project, &self.sources, &before, place, (&value, None), Keeping::Plain, || ())
    }

    fn value(&self, choice: &str, name: &str) -> String {
        let session = Session::open(self.project(), &choice.parse().unwrap(), &self.sources).unwrap();
        let environment = session.environment().unwrap();
        environment.variable(name).unwrap().value.reveal().to_owned()
    }
}

fn named(name: &str) -> Name {
    Name::new(name).unwrap()
}

#[test]
fn set_tells_whether_the_value_before_is_in_a_backup() {
    let made = TestProject::of("OLD = \"first value\"\n", "");
    assert_eq!(made.set(None, "NEW", "one").unwrap(), None);
    assert_eq!(made.set(None, "OLD", "second value").unwrap(), Some(Replaced::InBackup));
    assert_eq!(made.set(Some("prod"), "OLD", "of production").unwrap(), None);
    assert_eq!(
        (made.value("", "OLD"), made.value("prod", "OLD")),
        ("second value".into(), "of production".into())
    );
    let (backups, now) = backups::of_project(&made.project()).unwrap();
    assert_eq!(backups.only_here(&now).unwrap(), ["OLD"]);
    // The value from before is what `restore` brings back.
    let texts: Vec<_> = backups.other_than(&now).iter().map(|one| one.text().unwrap()).collect();
    let first = texts.iter().find(|text| text.as_slice() == b"OLD = \"first value\"\n").unwrap();
    editor::restore(&made.project(), first, || ()).unwrap();
    assert_eq!(made.value("", "OLD"), "first value");
}

#[test]
fn a_rotated_value_asks_which_one_is_compromised() {
    let made = TestProject::of("KEY = \"the value of today 1\"\n", "");
    let session = made.session();
    let names = ["KEY".to_owned()];
    let renewal = Renewal { names: &names, all_compromised: false, generate: None, drops: false };
    let (found, mut left) = targets(&session, &renewal).unwrap();
    let asked = RefCell::new(Vec::new());
    let new = |target: &Target| {
        asked.borrow_mut().push(target.name.to_string());
        Ok((Zeroizing::new("the value of tomorrow 2".to_owned()), None))
    };
    let turns = renewal.turns(found, &mut left, new).unwrap();
    let (turned, failed) = turn::carry_out(&session, &turns, || ()).unwrap();
    assert_eq!((turned.len(), failed.len(), left.len()), (1, 0, 0));
    assert_eq!(asked.into_inner(), ["KEY"]);
    assert_eq!(made.value("", "KEY"), "the value of tomorrow 2");

    // The answer, where the question has to tell whether there is an old value.
    let remember = |has_old: bool, answer: Result<Meant>| {
        let answer = RefCell::new(Some(answer));
        let which = |name: &Name, at: Option<&str>| {
            assert_eq!((name.as_str(), at.is_some()), ("KEY", has_old));
            answer.take().unwrap()
        };
        leaks::remember_current(&made.project(), &made.sources, &Choice::Default, &names, "seen", which)
    };
    // Nobody answered: nothing is recorded.
    assert!(remember(true, Err(Error::usage("no answer"))).is_err());
    assert!(!made.folder.path().join(ledger::FILE).exists());
    assert!(remember(true, Ok(Meant::Rotated)).unwrap().values[0].1);
    assert!(remember(false, Ok(Meant::Rotated)).is_err());
    assert!(remember(false, Ok(Meant::Current)).unwrap().values[0].1);
    // The same again is known.
    assert!(!remember(false, Ok(Meant::Current)).unwrap().values[0].1);
    // One of the two is forgotten: the person says which.
    let (_, more) = leaks::forget(&made.project(), "KEY", |own| {
        assert_eq!(own.len(), 2);
        Ok(2)
    })
    .unwrap();
    assert_eq!(more, 1);
    // What is known to others may not be set again. Which of the two is the second is a matter of the ledger's salts.
    let refused = ["the value of today 1", "the value of tomorrow 2"]
        .map(|value| made.set(None, "KEY", value).is_err());
    assert_eq!(refused.iter().filter(|is_refused| **is_refused).count(), 1);
}

/// The script of a venv as `python -m venv` makes it, as far as it counts here.
const SCRIPT: &str = "deactivate () {\n    unset VIRTUAL_ENV\n    if [ ! \"${1:-}\" = \"nondestructive\" ] ; then\n        \
                      unset -f deactivate\n    fi\n}\n\ndeactivate nondestructive\n\nVIRTUAL_ENV=/tmp/venv\nexport \
                      VIRTUAL_ENV\n";

#[test]
fn apply_and_remove_leave_the_script_as_it_was() {
    let made = TestProject::of("KEY = \"a value\"\n", "venv = \".venv\"\n");
    made.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    made.write(".venv/bin/activate", SCRIPT);
    let which = || Which { venvs: &[], shells: &[] };
    let is_current = || {
        let status = Status::of(&made.session(), &[]).unwrap();
        !status.plan.changes_anything()
    };
    assert!(!is_current());
    let session = made.session();
    let (application, warnings) = apply::prepare(&session, which(), false).unwrap();
    assert_eq!(warnings, [""; 0]);
    application.plan.carry_out().unwrap();
    drop(application);
    assert!(is_current());
    assert!(made.text(".venv/bin/activate").contains("'a value'"));
    made.set(None, "KEY", "another").unwrap();
    assert!(!is_current());
    let held = Held::take(&made.project(), which()).unwrap();
    held.plan_removal().unwrap().plan.carry_out().unwrap();
    assert_eq!(made.text(".venv/bin/activate"), SCRIPT);
}

#[test]
fn import_tells_what_would_change_before_it_writes() {
    let made = TestProject::of("SAME = \"one\"\nOTHER = \"two\"\n", "");
    made.write(".env", "SAME=one\nOTHER=2\nNEW=three\n");
    let project = made.project();
    let wish = Wish {
        file: Some(Path::new(".env")),
        folder: &project.folder,
        format: None,
        take: false,
        dry_run: false,
    };
    let incoming = Incoming::read(&project, None, &wish, || ()).unwrap();
    assert_eq!(incoming.changed(), ["OTHER"]);
    assert_eq!(made.value("", "OTHER"), "two");
    incoming.write().unwrap();
    assert_eq!(["SAME", "OTHER", "NEW"].map(|name| made.value("", name)), ["one", "2", "three"]);
}

#[cfg(unix)]
#[test]
fn a_command_is_asked_once_whatever_the_number_of_profiles() {
    let text = "TOKEN = { command = [\"sh\", \"ask.sh\"] }\n[profile.a]\nA = \"1\"\n[profile.b]\nB = \"2\"\n";
    let made = TestProject::of(text, "");
    made.write("ask.sh", "echo asked >>asked\necho value-from-a-command\n");
    let session = made.session();
    // What must ask nobody tells how many values it could not look for.
    let inventory = Inventory::of(&session.files, Reach::Quiet).unwrap();
    assert_eq!(inventory.without_value()[0].len(), 1);
    assert!(!made.folder.path().join("asked").exists());
    for profile in ["", "a", "b", "none"] {
        assert_eq!(made.value(profile, "TOKEN"), "value-from-a-command");
    }
    assert_eq!(made.text("asked"), "asked\n");
    let lines = allow::all(&session.files.found(), &session.files.permission).unwrap();
    assert_eq!(lines.len(), 1);
}

#[test]
fn an_error_in_one_layer_names_its_line_and_no_value() {
    let made = TestProject::of("GOOD = \"fine\"\nBAD-NAME = \"hunter2hunter2\"\n", "");
    let error = Files::read(made.project(), &made.sources).err().unwrap();
    let shown = format!("{error:?} {error} {error:#}");
    assert!(shown.contains("secrets.toml:2"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    // What is valid is there all the same, for those who ask for it.
    let (secrets, errors) = Secrets::parse_in_part(&made.project().secrets, &made.text("secrets.toml"));
    assert_eq!((secrets.all().count(), errors.len()), (1, 1));
}
