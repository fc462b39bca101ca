//! The judge `tlog-go`: others read what we write, we read what others write, and either finds every planted fault.

#![allow(clippy::panic, reason = "a judge may stop loudly")]

use chapar_tlog_go::faults::FAULTS;
use chapar_tlog_go::layout::{SIZES, SMALL, Verdicts};
use chapar_tlog_go::{others, read, write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was looked at, and how much of it was as it should be.
#[derive(Default)]
struct Count {
    good: usize,
    all: usize,
}

impl Count {
    fn note(&mut self, what: &str, verdict: Result<(), String>) {
        self.all += 1;
        match verdict {
            Ok(()) => self.good += 1,
            Err(why) => println!("FAILED {what}: {why}"),
        }
    }

    /// A sound log: every check is well.
    fn sound(&mut self, reader: &str, verdicts: Verdicts) {
        for (check, verdict) in verdicts {
            self.note(&format!("{reader}: {check}"), verdict);
        }
    }

    /// A planted fault: the check that must find it did.
    fn found(&mut self, reader: &str, fault: &str, check: &str, verdicts: Verdicts) {
        let verdict = verdicts.into_iter().find(|(name, _)| *name == check);
        let found = matches!(verdict, Some((_, Err(_))));
        let verdict = if found {
            Ok(())
        } else {
            Err(format!("`{check}` did not find it"))
        };
        self.note(&format!("{reader}, {fault}"), verdict);
    }
}

fn main() -> ExitCode {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tlog-go");
    let place = std::path::absolute(place).unwrap_or_else(|_| PathBuf::from("target/tlog-go"));
    // What is not there need not be removed; what cannot be is found when it is written to.
    let _ = fs::remove_dir_all(&place);
    let mut count = Count::default();
    ours(&place.join("ours"), &mut count);
    theirs(&place.join("theirs"), &mut count);
    println!("{} of {}", count.good, count.all);
    if count.good == count.all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// We write, others read.
fn ours(place: &Path, count: &mut Count) {
    let large = place.join("large");
    write::write(&large, &SIZES);
    count.sound("others read ours", others::read(&large));
    count.sound("we read ours", read::read(&large));
    count.note("fsck reads ours", others::fsck(&large));
    let small = place.join("small");
    write::write(&small, &SMALL);
    count.note("fsck reads the small one", others::fsck(&small));
    for (index, (fault, check, plant)) in FAULTS.into_iter().enumerate() {
        let spoiled = copy(&small, &place.join(format!("fault-{index}")));
        plant(&spoiled);
        count.found("others", fault, check, others::read(&spoiled));
        // `fsck` reads the tree and the entries of the newest checkpoint, nothing else.
        if matches!(check, "roots" | "entries") {
            let found = others::fsck(&spoiled)
                .err()
                .map(drop)
                .ok_or_else(|| "not found".to_owned());
            count.note(&format!("fsck, {fault}"), found);
        }
    }
}

/// Others write, we read.
fn theirs(place: &Path, count: &mut Count) {
    for (name, sizes) in [("large", SIZES.as_slice()), ("small", &SMALL)] {
        count.note(
            &format!("others write the {name} one"),
            others::write(&place.join(name), sizes),
        );
    }
    count.sound("we read theirs", read::read(&place.join("large")));
    for (index, (fault, check, plant)) in FAULTS.into_iter().enumerate() {
        let spoiled = copy(&place.join("small"), &place.join(format!("fault-{index}")));
        plant(&spoiled);
        count.found("we", fault, check, read::read(&spoiled));
    }
}

fn copy(from: &Path, to: &Path) -> PathBuf {
    copy_into(from, to).unwrap_or_else(|why| panic!("`{}`: {why}", to.display()));
    to.to_owned()
}

fn copy_into(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let place = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy_into(&file.path(), &place)?;
        } else {
            fs::copy(file.path(), place)?;
        }
    }
    Ok(())
}
