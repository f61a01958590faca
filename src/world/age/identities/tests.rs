use std::fs;

use super::*;

#[test]
fn where_identities_are_looked_for() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let config = home.join("config");
    let touch = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    };
    let found = |named: Option<&OsStr>| find(named, Some(&config), Some(home));
    let error = found(None).unwrap_err();
    assert!(error.remedy().unwrap().contains("age-keygen -o ~/.config/venvars/identity.txt"));
    let rsa = home.join(".ssh/id_rsa");
    touch(&rsa);
    assert_eq!(found(None).unwrap(), std::slice::from_ref(&rsa));
    let ed25519 = home.join(".ssh/id_ed25519");
    touch(&ed25519);
    assert_eq!(found(None).unwrap(), [ed25519, rsa]);
    let own = config.join("venvars/identity.txt");
    touch(&own);
    assert_eq!(found(None).unwrap(), std::slice::from_ref(&own));
    assert_eq!(found(Some(OsStr::new(""))).unwrap(), [own]);
    let named = env::join_paths(["/a b/c", "", "d"]).unwrap();
    assert_eq!(found(Some(&named)).unwrap(), [PathBuf::from("/a b/c"), PathBuf::from("d")]);
    assert!(find(None, None, None).is_err());
}

#[test]
fn an_identity_file_that_is_none_says_where_and_shows_nothing() {
    let key = x25519::Identity::generate();
    let key = ::age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
    assert_eq!(native(&format!("# made\r\n\n {key} \n{key}")).unwrap().len(), 2);
    for (text, what) in [
        (String::new(), "no identity in this file"),
        ("# hunter2".to_owned(), "no identity in this file"),
        (format!("{key}\nhunter2"), "line 2 is not an age identity"),
        (format!("{}hunter2", &key[..40]), "line 1 is not an age identity"),
        ("AGE-PLUGIN-HUNTER2-1X".to_owned(), "line 1 needs an age plugin"),
        ("ssh-ed25519 hunter2".to_owned(), "line 1 is a public key"),
    ] {
        let error = native(&text).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(what) && error.remedy().is_some(), "{error}");
        assert!(!error.to_string().to_lowercase().contains("hunter2"), "{error}");
    }
}
