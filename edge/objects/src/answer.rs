//! What the storage says when it does not do what it was asked.

use chapar_client::Incoming;

/// Longest part of an answer that is shown.
const SHOWN: usize = 200;

/// What a person needs of a refusal: the status, and the code and message of S3's error document where there is one.
pub fn refusal(answer: &Incoming) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inner, _) = rest.split_once('<')?;
        Some(inner.chars().take(SHOWN).collect::<String>())
    };
    match (part("Code"), part("Message")) {
        (Some(code), Some(message)) => format!("status {}, `{code}`: {message}", answer.status.as_u16()),
        (Some(code), None) => format!("status {}, `{code}`", answer.status.as_u16()),
        (None, _) => format!("status {}", answer.status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Incoming {
        Incoming {
            status: http::StatusCode::FORBIDDEN,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn a_refusal_names_status_code_and_message() {
        let body = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>";
        assert_eq!(refusal(&answer(body)), "status 403, `SignatureDoesNotMatch`: no");
        assert_eq!(refusal(&answer("<Error><Code>A</Code></Error>")), "status 403, `A`");
        assert_eq!(refusal(&answer("<html>")), "status 403");
    }
}
