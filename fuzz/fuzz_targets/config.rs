//! The node's configuration file.

#![no_main]

// The settings name a type of the HTTP client and one of the loop; these themselves, with TLS and store, are not wanted here.
extern crate self as chapar_client;
extern crate self as chapar_runtime;

#[path = "../../edge/client/src/cidr.rs"]
mod cidr;
#[allow(dead_code, unused_imports, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/node/src/config/mod.rs"]
mod config;

#[allow(dead_code, reason = "the edge's own module, taken in as it is")]
#[path = "../../edge/runtime/src/quota.rs"]
mod quota;

pub use cidr::Cidr;
use config::Config;
use libfuzzer_sys::fuzz_target;
pub use quota::Quota;
use std::sync::LazyLock;

static FILE: LazyLock<std::path::PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("chapar-fuzz-{}.toml", std::process::id())));

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).unwrap();
    if let Err(fault) = Config::load(&FILE, &|_| None) {
        assert!(!fault.to_string().is_empty());
    }
});
