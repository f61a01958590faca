//! The signature at the end of a PowerShell script. Any change makes it void, and nothing may
//! follow it, so it is kept inside our block, spelt so that PowerShell does not see it.

/// How each line of a signature begins.
const SIGN: &[u8] = b"# SIG # ";
/// Stands for [`SIGN`] in a kept line.
const KEPT_SIGN: &[u8] = b"#venvars+ ";
/// Stands before a kept line that does not begin with [`SIGN`].
const KEPT: &[u8] = b"#venvars| ";
/// Follows a signature that has no final newline.
const KEPT_OPEN: &[u8] = b"#venvars- ";

/// Where the signature in `text` begins, if it has one.
pub(super) fn start(text: &[u8]) -> Option<usize> {
    let mut found = memchr::memmem::find_iter(text, b"# SIG # Begin signature block");
    found.find(|at| text[..*at].last().is_none_or(|byte| *byte == b'\n'))
}

/// `signature` as comment lines that are none.
pub(super) fn keep(signature: &[u8], line_end: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(signature.len() + signature.len() / 4);
    for line in signature.split_inclusive(|byte| *byte == b'\n') {
        let (sign, rest) = line.strip_prefix(SIGN).map_or((KEPT, line), |rest| (KEPT_SIGN, rest));
        kept.extend_from_slice(sign);
        kept.extend_from_slice(rest);
    }
    if !signature.is_empty() && !signature.ends_with(b"\n") {
        kept.extend([line_end, KEPT_OPEN, line_end].concat());
    }
    kept
}

/// The signature that is kept among the lines of `block`; empty if none is.
pub(super) fn give_back(block: &[u8]) -> Vec<u8> {
    let mut signature = Vec::new();
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        if let Some(rest) = line.strip_prefix(KEPT_SIGN) {
            signature.extend_from_slice(SIGN);
            signature.extend_from_slice(rest);
        } else if let Some(rest) = line.strip_prefix(KEPT) {
            signature.extend_from_slice(rest);
        } else if let Some(end) = line.strip_prefix(KEPT_OPEN) {
            signature.truncate(signature.len().saturating_sub(end.len()));
        }
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_comes_back_byte_for_byte() {
        for signature in [
            &b"# SIG # Begin signature block\r\n# MIIa+\r\n# SIG # End signature block\r\n"[..],
            b"# SIG # Begin signature block\n# MIIa\n# SIG # End signature block",
            b"# SIG # Begin signature block\n\xff\n\n#venvars| x\n",
        ] {
            for line_end in [&b"\n"[..], b"\r\n"] {
                let kept = keep(signature, line_end);
                assert_eq!(start(&kept), None);
                assert_eq!(give_back(&kept), signature);
            }
        }
    }
}
