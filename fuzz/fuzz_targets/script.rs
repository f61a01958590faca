//! Any bytes as an activate script: what is left without our blocks holds none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venvars::engines::shell::script::{ScriptKind, Script};

const NAMES: [&str; 10] = [
    "activate",
    "activate.fish",
    "Activate.ps1",
    "activate.csh",
    "deactivate.csh",
    "activate.nu",
    "activate.xsh",
    "activate.bat",
    "deactivate.bat",
    "activate_this.py",
];

fuzz_target!(|input: (u8, &[u8])| {
    let (index, content) = input;
    let Some(kind) = ScriptKind::of(NAMES[usize::from(index) % NAMES.len()]) else { return };
    let Ok(script) = Script::parse(kind, content) else { return };
    let base = script.without_blocks();
    if let Ok(again) = Script::parse(kind, base) {
        assert!(!again.is_applied());
    }
});
