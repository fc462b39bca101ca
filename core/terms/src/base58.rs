//! Base58 with the Bitcoin alphabet, as multibase writes it behind a `z`.
//!
//! Holds the digits alone. Refuses to hold what the bytes mean (`jwk`, and whoever reads a key or a signature).

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Base of the digits.
const BASE: u32 = 58;
/// Longest text read: a signature of 64 bytes has at most 88 characters, and the cost grows with the square of the length.
const CHARACTERS: usize = 128;

/// The digits of `bytes`; each leading zero byte is a leading `1`.
pub fn encode(bytes: &[u8]) -> String {
    let mut little_endian: Vec<u8> = Vec::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut little_endian {
            carry += u32::from(*digit) << 8;
            *digit = low_byte(carry % BASE);
            carry /= BASE;
        }
        while carry > 0 {
            little_endian.push(low_byte(carry % BASE));
            carry /= BASE;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    little_endian.extend(std::iter::repeat_n(0, zeros));
    let digits = little_endian.iter().rev();
    digits
        .filter_map(|digit| ALPHABET.get(usize::from(*digit)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// The bytes that the digits stand for; `None` for another character or a text longer than any that we read.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > CHARACTERS {
        return None;
    }
    let mut little_endian: Vec<u8> = Vec::with_capacity(text.len());
    for character in text.bytes() {
        let mut carry = u32::try_from(ALPHABET.iter().position(|letter| *letter == character)?).ok()?;
        for byte in &mut little_endian {
            carry += u32::from(*byte) * BASE;
            *byte = low_byte(carry);
            carry >>= 8;
        }
        if carry > 0 {
            little_endian.push(u8::try_from(carry).ok()?);
        }
    }
    let zeros = text.bytes().take_while(|character| *character == b'1').count();
    little_endian.extend(std::iter::repeat_n(0, zeros));
    little_endian.reverse();
    Some(little_endian)
}

const fn low_byte(number: u32) -> u8 {
    let [low, ..] = number.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let table: [(&str, &[u8]); 4] = [
            ("2NEpo7TZRRrLZSi2U", b"Hello World!"),
            ("11233QC4", &[0, 0, 0x28, 0x7f, 0xb4, 0xcd]),
            ("", b""),
            ("111", &[0, 0, 0]),
        ];
        for (text, bytes) in table {
            assert_eq!(decode(text).unwrap(), bytes);
            assert_eq!(encode(bytes), text);
        }
        assert_eq!(decode("0"), None);
        assert_eq!(decode(&"z".repeat(CHARACTERS + 1)), None);
    }

    #[test]
    fn every_length_of_a_signature_is_read_back() {
        for length in 0..=64_u8 {
            let bytes: Vec<u8> = (0..length).map(|place| place.wrapping_mul(37) ^ length).collect();
            assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
            assert_eq!(
                decode(&encode(&vec![0xff; bytes.len()])).unwrap(),
                vec![0xff; bytes.len()]
            );
        }
    }
}
