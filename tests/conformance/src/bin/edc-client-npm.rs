//! The judge `edc-client-npm`: the published npm client of EDC's management API, in each version at hand, against two real nodes.
//!
//! What is called and what must come of it is told in TypeScript (`tests/clients/npm`); the compiler checks it against the types
//! of each version before it runs. Refuses to know the calls.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::clients::{Count, Pair, Workplace, run};
use chapar_conformance::kit;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The oldest version that speaks the management API's third version well, and the newest that is served.
const VERSIONS: [&str; 2] = ["0.9.0", "0.9.5"];
/// Longest that one version may take; it takes seconds.
const LIMIT: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    let kit = match kit::fetched("edc-client-npm") {
        Ok(kit) => kit,
        Err(why) => {
            eprintln!("edc-client-npm: {why}");
            return ExitCode::FAILURE;
        }
    };
    let counts = VERSIONS.map(|version| judge(&kit, version));
    counts
        .into_iter()
        .fold(Count::default(), Count::and)
        .close("edc-client-npm")
}

fn judge(kit: &Path, version: &str) -> Count {
    println!("-- client {version}");
    let place = Workplace::make();
    lay_out(kit, version, &place.0);
    let mut compile = Command::new("node");
    compile.args(["node_modules/typescript/bin/tsc", "--project", "."]);
    let compiled = compile.current_dir(&place.0).status().expect("`node` can be started");
    assert!(
        compiled.success(),
        "the types of client {version} are not what the judge was written for"
    );
    let pair = Pair::start();
    let mut story = Command::new("node");
    story.arg("main.js").current_dir(&place.0);
    pair.introduce(&mut story);
    run(story, LIMIT)
}

/// The texts, beside the packages, where `#client` means this version.
fn lay_out(kit: &Path, version: &str, place: &Path) {
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/npm/src");
    for text in fs::read_dir(&texts).expect("the texts are there") {
        let text = text.expect("the folder can be read");
        fs::copy(text.path(), place.join(text.file_name())).expect("a text can be copied");
    }
    let package = format!("{{ \"private\": true, \"imports\": {{ \"#client\": \"edc-client-{version}\" }} }}");
    fs::write(place.join("package.json"), package).expect("a text can be written");
    let packages = kit
        .join("node_modules")
        .canonicalize()
        .expect("the kit has its packages");
    std::os::unix::fs::symlink(packages, place.join("node_modules")).expect("a link can be made");
}
