//! Which lines of a value of several are looked for by themselves: a log has something before each, and who pastes
//! a key leaves its frame out.

use std::collections::BTreeSet;

use crate::engines::search::Lines;

/// The fewest characters of such a line; random text of so many stands nowhere by chance.
const SHORTEST: usize = 16;

/// What begins and ends a block of PEM (RFC 7468, section 2), and of SSH's public keys (RFC 4716, section 3.2).
const BEGIN: [&str; 2] = ["-----BEGIN ", "---- BEGIN "];
const END: [&str; 2] = ["-----END ", "---- END "];

/// What a block of which anybody may know the body has in its label.
const PUBLIC: [&str; 5] = ["CERTIFICATE", "PUBLIC KEY", "X509 CRL", "PARAMETERS", "SIGNATURE"];

/// What every unencrypted private key of OpenSSH begins with: the first line of many is the same.
const OPENSSH: &str = "b3BlbnNzaC1rZXktdjEA";

/// The lines of `value` that are looked for by themselves, without the blanks around them; none of a value of one
/// line. A key that JSON holds has its line ends written down: `\n`.
pub(super) fn lines(value: &str, which: Lines) -> Vec<&str> {
    let is_key = |line: &str| line.contains(BEGIN[0]) && line.contains("\\n");
    let mut found = Vec::new();
    let mut is_public = false;
    let mut add = |line| {
        let line = str::trim(line);
        is_public = match label(line) {
            Some(label) => PUBLIC.iter().any(|public| label.contains(public)),
            None => is_public && !END.iter().any(|end| line.starts_with(end)),
        };
        let is_wanted = match which {
            Lines::Each => true,
            Lines::Random => !is_public && is_random(line),
        };
        if is_wanted && line.chars().count() >= SHORTEST && line.len() < value.len() {
            found.push(line);
        }
    };
    for line in value.lines() {
        add(line);
        if is_key(line) {
            line.split("\\n").for_each(&mut add);
        }
    }
    found
}

/// The label of the block that `line` begins, which may stand behind the name that JSON has for it.
fn label(line: &str) -> Option<&str> {
    BEGIN.iter().find_map(|begin| line.split_once(begin)?.1.split("--").next())
}

/// Whether `line` looks as if nobody had thought of it: digits of base64 or hexadecimal digits, of several kinds
/// that change often, with few of the pairs of letters that words are made of.
fn is_random(line: &str) -> bool {
    /// The 40 pairs of letters that English has most often (Norvig, English Letter Frequency Counts, 2012): half
    /// of all in a text, one in seventeen of random ones.
    const PAIRS: &str = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le \
                         ve co me de hi ri ro ic ne ea";
    let text = line.trim_matches(['"', '\'', ',', ';']).trim_end_matches('=').as_bytes();
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        b'+' | b'/' | b'-' | b'_' => Some(3),
        _ => None,
    };
    let Some(kinds) = text.iter().map(|byte| kind(*byte)).collect::<Option<Vec<usize>>>() else {
        return false;
    };
    let count = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
    let changes = kinds.windows(2).filter(|two| two[0] != two[1]).count();
    let letters = text.windows(2).filter(|two| two.iter().all(u8::is_ascii_alphabetic));
    let words = letters.clone().filter(|two| {
        let pair = [two[0].to_ascii_lowercase(), two[1].to_ascii_lowercase()];
        PAIRS.as_bytes().windows(2).any(|known| known == pair)
    });
    let (length, words) = (text.len(), words.count());
    length >= SHORTEST
        && count(2) >= length / SHORTEST
        && count(0) + count(1) >= length / 8
        && count(3) <= length / 8
        && changes >= length / 4
        && (words <= 2 || words * 4 <= letters.count())
        && text.iter().collect::<BTreeSet<_>>().len() >= SHORTEST / 2
        && !line.starts_with(OPENSSH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    const REST: &str = "2wIDAQABAoIBAQCnX5f3Gk9jL1qQ";

    fn random(value: &str) -> Vec<&str> {
        lines(value, Lines::Random)
    }

    #[test]
    fn the_body_of_a_private_key_is_looked_for_line_by_line() {
        for end in ["\n", "\r\n", "\n    "] {
            let pem =
                ["-----BEGIN PRIVATE KEY-----", KEY, REST, "A5vk==", "-----END PRIVATE KEY-----"].join(end);
            assert_eq!(random(&pem), [KEY, REST], "{end:?}");
            let each = ["-----BEGIN PRIVATE KEY-----", KEY, REST, "-----END PRIVATE KEY-----"];
            assert_eq!(lines(&pem, Lines::Each), each, "{end:?}");
        }
        // The same in JSON, with its line ends written down.
        let json = format!(
            "{{\n  \"type\": \"service_account\",\n  \"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{KEY}\\n{REST}\\n\
             -----END PRIVATE KEY-----\\n\",\n  \"client_id\": \"123456789012345678901\"\n}}"
        );
        assert_eq!(random(&json), [KEY, REST]);
        assert_eq!(random(&json.replace("\n  ", "").replace("\n}", "}")), [KEY, REST]);
        // One that age made, and one of OpenVPN.
        let age = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGP6YQSZ9GPQYQSZQ3PQYQSZQGPQ7QSZQGPQYQS4R8XYZ";
        assert_eq!(random(&format!("# created: 2026-11-25T10:00:00Z\n# public key: age1xyz\n{age}")), [age]);
        let hex = "6acef03f62675b4b1bbd03e53b187727";
        assert_eq!(
            random(&format!(
                "-----BEGIN OpenVPN Static key V1-----\n{hex}\n-----END OpenVPN Static key V1-----"
            )),
            [hex]
        );
    }

    #[test]
    fn what_anybody_may_know_is_not() {
        for label in [
            "CERTIFICATE",
            "TRUSTED CERTIFICATE",
            "CERTIFICATE REQUEST",
            "PUBLIC KEY",
            "RSA PUBLIC KEY",
            "DH PARAMETERS",
        ] {
            let pem = format!("-----BEGIN {label}-----\n{KEY}\n{REST}\n-----END {label}-----");
            assert_eq!(random(&pem), [""; 0], "{label}");
            // What comes after is none of it.
            let key = format!("{pem}\n-----BEGIN EC PRIVATE KEY-----\n{KEY}\n-----END EC PRIVATE KEY-----\n");
            assert_eq!(random(&key), [KEY], "{label}");
        }
        let ssh2 = format!("---- BEGIN SSH2 PUBLIC KEY ----\n{KEY}\n---- END SSH2 PUBLIC KEY ----");
        assert_eq!(random(&ssh2), [""; 0]);
        // The first line of every private key of OpenSSH.
        let first = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";
        assert_eq!(random(&format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{first}\n{KEY}")), [KEY]);
        // A text of one line is looked for as a whole.
        assert_eq!(random(KEY), [""; 0]);
        assert_eq!(lines(r"C:\new-folder-of-the-project\next-one", Lines::Each), [""; 0]);
    }

    #[test]
    fn what_stands_in_many_a_file_is_not_random() {
        for line in [
            "\"auth_provider_x509_cert_url\": \"https://www.googleapis.com/oauth2/v1/certs\",",
            "\"https://www.googleapis.com/oauth2/v1/certs\",",
            "https://accounts.google.com/o/oauth2/auth",
            "universe_domain=googleapis.com",
            "current-context: prod",
            "certificate-authority-data:",
            "insecure-skip-tls-verify",
            "apiVersion=client.authentication.k8s.io/v1beta1",
            "----------------------------------------",
            "================",
            "0000000000000000",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "1234567890123456",
            "2026-11-25T10:00:00Z",
            "2026-11-25-10-00-00",
            "abcdefghijklmnopqrstuvwxyz",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            "configuration_settings_production",
            "ApplicationConfigurationManager2",
            "DJANGO_SETTINGS_MODULE=shop.settings",
            "src/engines/search/matcher.rs",
            "django-environ==0.11.2",
            "arn:aws:iam::123456789012:role/deploy",
        ] {
            assert!(!is_random(line), "{line}");
        }
    }
}
