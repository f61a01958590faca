//! That something is going on, at a terminal.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use venvars::world::threads;

/// What `work` comes to. Where a person would wait for more than a second, `what` is going on is shown meanwhile.
pub fn while_waiting<R>(what: &'static str, work: impl FnOnce() -> R) -> R {
    if !io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::hidden();
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.set_message(what);
    let show = || {
        bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        bar.enable_steady_tick(Duration::from_millis(100));
    };
    let result = threads::patiently(show, work);
    bar.finish_and_clear();
    result
}
