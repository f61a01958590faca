//! Whether PowerShell runs scripts on this Windows: about_Execution_Policies and about_Group_Policy_Settings. It is looked
//! up where PowerShell looks, because to start one takes longer than all else that we do.

use std::fmt;

use crate::world::variables;

/// What keeps PowerShell from running a script with values in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obstacle {
    /// Which PowerShell.
    pub edition: Edition,
    /// Its policy.
    pub policy: Policy,
    /// Whether group policy says so: no user can change that.
    pub is_imposed: bool,
}

/// The two PowerShells, which have their policies in places of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Windows PowerShell 5.1.
    Windows,
    /// PowerShell 7.
    Core,
}

/// A policy that such a script does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// No script runs.
    Restricted,
    /// Signed scripts run: one that has been changed is not signed.
    AllSigned,
}

impl Obstacle {
    /// The way to the variables all the same.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self { policy: Policy::Restricted, is_imposed: false, .. } => {
                "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned"
            }
            _ => "venvars export --format powershell | Out-String | Invoke-Expression",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shell = match self.edition {
            Edition::Windows => "Windows PowerShell",
            Edition::Core => "PowerShell",
        };
        let by = if self.is_imposed { ", set by group policy" } else { "" };
        match self.policy {
            Policy::Restricted => write!(f, "{shell} does not run scripts (execution policy Restricted{by})"),
            Policy::AllSigned => write!(
                f,
                "{shell} runs signed scripts only (execution policy AllSigned{by}), and a change invalidates a signature"
            ),
        }
    }
}

/// A part of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Machine,
    User,
}

/// What keeps PowerShell from running a script with values in it, if anything does: PowerShell 7 if it has started us, else
/// Windows PowerShell, which every Windows has.
#[must_use]
pub fn obstacle() -> Option<Obstacle> {
    if !cfg!(windows) {
        return None;
    }
    let edition = match variables::raw("POWERSHELL_DISTRIBUTION_CHANNEL") {
        Some(_) => Edition::Core,
        None => Edition::Windows,
    };
    decide(edition, registry, variables::text("PSExecutionPolicyPreference"), configured)
}

/// The first of these places that says something decides: group policy, the process, the user, the machine.
fn decide(
    edition: Edition,
    registry: impl Fn(Root, &str, &str) -> Option<String>,
    process: Option<String>,
    configured: impl Fn(Root) -> Option<String>,
) -> Option<Obstacle> {
    const WINDOWS: &str = r"SOFTWARE\Policies\Microsoft\Windows\PowerShell";
    const CORE: &str = r"SOFTWARE\Policies\Microsoft\PowerShellCore";
    const OWN: &str = r"SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell";
    const SYSTEM: &str = r"SYSTEM\CurrentControlSet\Control\ProductOptions";
    let roots = [Root::Machine, Root::User];
    let imposed = roots.into_iter().find_map(|root| {
        let borrows = || registry(root, CORE, "UseWindowsPowerShellPolicySetting").as_deref() == Some("1");
        let key = if edition == Edition::Windows || borrows() { WINDOWS } else { CORE };
        match registry(root, key, "EnableScripts")?.as_str() {
            "0" => Some("Restricted".to_owned()),
            _ => registry(root, key, "ExecutionPolicy"),
        }
    });
    let is_imposed = imposed.is_some();
    let says = |policy: &String| !policy.eq_ignore_ascii_case("Undefined") && !policy.is_empty();
    let own = || {
        roots.into_iter().rev().find_map(|root| {
            let policy = match edition {
                Edition::Windows => registry(root, OWN, "ExecutionPolicy"),
                Edition::Core => configured(root),
            };
            policy.filter(says)
        })
    };
    let policy = imposed.or_else(|| process.filter(says)).or_else(own);
    let policy = match policy.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("restricted") => Policy::Restricted,
        Some("allsigned") => Policy::AllSigned,
        Some(_) => return None,
        None if edition == Edition::Core => return None,
        // A server's is RemoteSigned.
        None if registry(Root::Machine, SYSTEM, "ProductType").is_some_and(|kind| kind != "WinNT") => {
            return None;
        }
        None => Policy::Restricted,
    };
    Some(Obstacle { edition, policy, is_imposed })
}

/// A text, or a number in decimal, of the registry.
#[cfg(windows)]
fn registry(root: Root, key: &str, name: &str) -> Option<String> {
    use winreg::RegKey;
    use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

    let root = RegKey::predef(match root {
        Root::Machine => HKEY_LOCAL_MACHINE,
        Root::User => HKEY_CURRENT_USER,
    });
    let key = root.open_subkey(key).ok()?;
    key.get_value(name).ok().or_else(|| Some(key.get_value::<u32, _>(name).ok()?.to_string()))
}

#[cfg(not(windows))]
fn registry(_: Root, _: &str, _: &str) -> Option<String> {
    None
}

/// What PowerShell 7's own file says, the machine's beside its program: about_PowerShell_Config.
fn configured(root: Root) -> Option<String> {
    let folder = match root {
        Root::Machine => which::which("pwsh").ok()?.parent()?.to_owned(),
        Root::User => dirs::document_dir()?.join("PowerShell"),
    };
    let text = std::fs::read_to_string(folder.join("powershell.config.json")).ok()?;
    let settings: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(settings.get("Microsoft.PowerShell:ExecutionPolicy")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    type RegistryValue = (Root, &'static str, &'static str, &'static str);

    /// What is decided where the registry holds `entries` and `config` is in both files.
    fn of(
        edition: Edition,
        entries: &[RegistryValue],
        process: Option<&str>,
        config: Option<&str>,
    ) -> Option<(Policy, bool)> {
        let registry = |root, key: &str, name: &str| {
            let found =
                entries.iter().find(|entry| entry.0 == root && key.ends_with(entry.1) && name == entry.2)?;
            Some(found.3.to_owned())
        };
        let found = decide(edition, registry, process.map(str::to_owned), |_| config.map(str::to_owned))?;
        assert_eq!(found.edition, edition);
        Some((found.policy, found.is_imposed))
    }

    #[test]
    fn the_first_place_that_says_something_decides() {
        use Edition::{Core, Windows};
        use Policy::{AllSigned, Restricted};
        const CLIENT: RegistryValue = (Root::Machine, "ProductOptions", "ProductType", "WinNT");
        const SERVER: RegistryValue = (Root::Machine, "ProductOptions", "ProductType", "ServerNT");
        const USER: RegistryValue = (Root::User, "Microsoft.PowerShell", "ExecutionPolicy", "RemoteSigned");
        const MACHINE: RegistryValue =
            (Root::Machine, "Microsoft.PowerShell", "ExecutionPolicy", "AllSigned");
        const NO_SCRIPTS: RegistryValue = (Root::User, r"Windows\PowerShell", "EnableScripts", "0");
        const SCRIPTS: RegistryValue = (Root::Machine, r"Windows\PowerShell", "EnableScripts", "1");
        const SIGNED: RegistryValue = (Root::Machine, r"Windows\PowerShell", "ExecutionPolicy", "AllSigned");
        const BORROWED: RegistryValue =
            (Root::Machine, "PowerShellCore", "UseWindowsPowerShellPolicySetting", "1");

        // Nothing is said.
        assert_eq!(of(Windows, &[CLIENT], None, None), Some((Restricted, false)));
        assert_eq!(of(Windows, &[SERVER], None, None), None);
        assert_eq!(of(Core, &[CLIENT], None, None), None);
        // The user before the machine, the process before both.
        assert_eq!(of(Windows, &[CLIENT, MACHINE], None, None), Some((AllSigned, false)));
        assert_eq!(of(Windows, &[CLIENT, MACHINE, USER], None, None), None);
        assert_eq!(of(Windows, &[MACHINE], Some("Bypass"), None), None);
        assert_eq!(of(Windows, &[MACHINE], Some("Undefined"), None), Some((AllSigned, false)));
        assert_eq!(of(Windows, &[USER], Some("allsigned"), None), Some((AllSigned, false)));
        // Group policy before all.
        assert_eq!(of(Windows, &[USER, NO_SCRIPTS], Some("Bypass"), None), Some((Restricted, true)));
        assert_eq!(of(Windows, &[USER, SCRIPTS, SIGNED], None, None), Some((AllSigned, true)));
        // PowerShell 7 has places of its own.
        assert_eq!(of(Core, &[MACHINE, NO_SCRIPTS], None, None), None);
        assert_eq!(of(Core, &[], None, Some("Restricted")), Some((Restricted, false)));
        assert_eq!(of(Core, &[SCRIPTS, SIGNED], None, None), None);
        assert_eq!(of(Core, &[SCRIPTS, SIGNED, BORROWED], None, None), Some((AllSigned, true)));
    }

    #[test]
    fn there_is_a_remedy_of_each() {
        let shown = |policy, is_imposed| {
            let obstacle = Obstacle { edition: Edition::Windows, policy, is_imposed };
            format!("{obstacle}: {}", obstacle.remedy())
        };
        assert_eq!(
            shown(Policy::Restricted, false),
            "Windows PowerShell does not run scripts (execution policy Restricted): Set-ExecutionPolicy -Scope CurrentUser RemoteSigned"
        );
        assert_eq!(
            shown(Policy::AllSigned, true),
            "Windows PowerShell runs signed scripts only (execution policy AllSigned, set by group policy), and a change invalidates a signature: venvars export --format powershell | Out-String | Invoke-Expression"
        );
    }
}
