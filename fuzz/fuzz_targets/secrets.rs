//! Any text as secrets.toml: read, or an error that shows none of it.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use venvars::model::secrets::Secrets;

fuzz_target!(|text: &str| {
    let _ = Secrets::parse(Path::new("secrets.toml"), text);
});
