//! Idempotency keys.

use reqwest::header::HeaderValue;

use crate::body::BoxError;

/// Returns a UUID of version 4 (RFC 9562 section 5.4), from the operating system's randomness.
pub(crate) fn idempotency_key() -> Result<HeaderValue, BoxError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    // The version, 4, and the variant, 0b10.
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Ok(HeaderValue::try_from(parts.join("-"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_of_version_4() {
        for _ in 0..100 {
            let key = idempotency_key().unwrap();
            let key = key.to_str().unwrap();
            let lengths: Vec<usize> = key.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{key}");
            assert_eq!(&key[14..15], "4", "{key}");
            assert!(["8", "9", "a", "b"].contains(&&key[19..20]), "{key}");
        }
    }
}
