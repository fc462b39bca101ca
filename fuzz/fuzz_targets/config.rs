//! The node's configuration file.

#![no_main]

// The settings name one type of the HTTP client; the client itself, with its TLS, is not wanted here.
extern crate self as chapar_client;

#[path = "../../edge/client/src/cidr.rs"]
mod cidr;
#[allow(dead_code, unused_imports, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/node/src/config/mod.rs"]
mod config;

pub use cidr::Cidr;
use config::Config;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static FILE: LazyLock<std::path::PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("chapar-fuzz-{}.toml", std::process::id())));

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).unwrap();
    if let Err(fault) = Config::load(&FILE, &|_| None) {
        assert!(!fault.to_string().is_empty());
    }
});
