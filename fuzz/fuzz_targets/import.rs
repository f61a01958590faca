//! Any text in every format that is imported, but for Python's, which Python itself reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venvars::engines::import::{self, ImportFormat};

fuzz_target!(|text: &str| {
    for format in ImportFormat::ALL.into_iter().filter(|format| format.name() != "python") {
        let _ = import::read(format, text);
    }
});
