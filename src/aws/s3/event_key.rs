//! Keys of objects as S3 writes them into events.

/// A key, or the start or end of one, as it is in events and has to be in the filters of a
/// notification: spaces as `+`, and all but letters, digits and `- . * _ /` percent-encoded
/// (*Amazon S3 User Guide*, "Event message structure" and "Configuring event notifications using object
/// key name filtering").
#[must_use]
pub fn event_key(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'-' | b'.' | b'*' | b'_' | b'/' => encoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            b' ' => encoded.push('+'),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The key that is written so; the text itself where it is no such writing.
pub(super) fn of_event_key(encoded: &str) -> String {
    let spaced = encoded.replace('+', " ");
    urlencoding::decode(&spaced).map_or_else(|_| encoded.to_owned(), |key| key.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_written_as_s3_writes_them() {
        assert_eq!(event_key("in/a-b_c.2*"), "in/a-b_c.2*");
        assert_eq!(event_key("a b/year=2026/(1+1)%/ä"), "a+b/year%3D2026/%281%2B1%29%25/%C3%A4");
        assert_eq!(of_event_key("%ff"), "%ff", "no text");
    }

    proptest! {
        #[test]
        fn every_key_comes_back(key in any::<String>()) {
            prop_assert_eq!(of_event_key(&event_key(&key)), key);
        }
    }
}
