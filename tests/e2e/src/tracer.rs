//! A tracer that lets system calls of a node that runs fail, as a bad disk would.
//!
//! A call that is made to fail is not carried out: a write that fails so is not stored. What was written before a sync that fails is
//! stored or not, as the system likes.

use crate::house::House;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// `strace` on a node, until it is detached or dropped.
pub struct Tracer(Child);

impl Tracer {
    /// Begins to let calls of the node fail. `fault` is what `strace` takes behind `inject=`: calls, the error, and which of the calls
    /// that each thread makes.
    pub fn attach(house: &House, fault: &str) -> Self {
        let calls = fault.split(':').next().unwrap_or_default();
        let (trace, inject) = (format!("trace={calls}"), format!("inject={fault}"));
        let mut child = Command::new("strace")
            .args(["-f", "-p", &house.process().to_string()])
            .args(["-e", &trace, "-e", &inject, "-o", "/dev/null"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("`strace` can be started");
        let mut told = String::new();
        let mut lines = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
        // It says so once every thread is attached.
        while !told.contains("attached") {
            assert!(
                lines.read_line(&mut told).expect("the tracer can be heard") > 0,
                "`strace` did not attach: {told}"
            );
        }
        thread::spawn(move || {
            // The pipe must be emptied while threads come and go.
            let _ = io::copy(&mut lines, &mut io::sink());
        });
        Self(child)
    }

    /// Lets all calls be carried out again.
    pub fn detach(&mut self) {
        let told = Command::new("kill")
            .args(["-INT", &self.0.id().to_string()])
            .status()
            .expect("`kill` can be started");
        assert!(told.success(), "the tracer had ended");
        self.0.wait().expect("the tracer can be waited for");
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // It has ended already unless the judge is panicking.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
