use venvars::session::editor;
use venvars::words::error::Result;
use venvars::world::disk::from_here;

use crate::edge::cli::Global;
use crate::edge::opening::say_waiting;
use crate::edge::views::variables::in_profile;

/// `venvars unset`: the variable's line is gone.
pub fn run(global: &Global, name: &str) -> Result<()> {
    let project = global.project()?;
    let profile = global.profile.named();
    editor::remove(&project, profile, name, || say_waiting(&project))?;
    let (file, profile) = (from_here(&project.secrets), in_profile(profile));
    global.say(&format!("removed {name} from {file}{profile}; run `venvars apply`"));
    Ok(())
}
