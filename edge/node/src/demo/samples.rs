//! The sample certificates inside the binary. `build.rs` lists them; what they are is said in `samples/README.md`.

/// Who issued a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The agency that publishes its registry.
    PlantQuarantine,
    /// Another body at the same node.
    AnotherBody,
}

/// A document with what is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its id.
    pub id: &'static str,
    /// Who issued it.
    pub issuer: Issuer,
    /// Its bytes.
    pub content: &'static [u8],
    /// Its properties, a JSON object.
    pub metadata: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_inside() {
        let of = |issuer| SAMPLES.iter().filter(|sample| sample.issuer == issuer).count();
        assert_eq!((of(Issuer::PlantQuarantine), of(Issuer::AnotherBody)), (30, 3));
        for sample in SAMPLES {
            let metadata: serde_json::Value = serde_json::from_str(sample.metadata).unwrap();
            assert_eq!(metadata["id"], sample.id);
            assert!(sample.content.starts_with(b"<?xml"), "{}", sample.id);
        }
    }
}
