//! Standard output and standard error of the commands. What a command prints goes through `outln!`, `out!` and `errln!`.
//!
//! A reader that had enough (`chapar search water | head -1`) closes its end of the pipe. The command ends with that: at its next pause, without a
//! word, and as a shell tells of a program that writes where nobody reads. Output that cannot be written for another reason, e.g. on a
//! full disk, is an error. Holds no table and no JSON: those are `commands/show`'s.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use tokio::sync::SetOnce;

/// What a shell tells of a program that a closed pipe ended: 128 and the number of SIGPIPE.
const NOBODY_READS: u8 = 128 + 13;
/// The exit code where the output is not all where it should be.
const FAILED: u8 = 1;

/// Why nothing more is written.
static CUT: SetOnce<io::Error> = SetOnce::const_new();

/// Prints a line.
macro_rules! outln {
    () => { $crate::out::text(format_args!("\n")) };
    ($($words:tt)*) => { $crate::out::text(format_args!("{}\n", format_args!($($words)*))) };
}

/// Prints text as it is.
macro_rules! out {
    ($($words:tt)*) => { $crate::out::text(format_args!($($words)*)) };
}

/// Prints a line beside the output, for a person. Nothing depends on somebody reading it.
macro_rules! errln {
    ($($words:tt)*) => { $crate::out::aside(format_args!("{}\n", format_args!($($words)*))) };
}

/// Writes to standard output. Once that failed nothing more is written, and [`cut`] returns.
pub fn text(text: Arguments<'_>) {
    if CUT.initialized() {
        return;
    }
    if let Err(error) = write(text) {
        // Set already by another thread: that one was first.
        let _ = CUT.set(error);
    }
}

/// Writes to standard output; for who goes on whether somebody reads it or not.
///
/// # Errors
/// Nobody reads it, or it cannot be written.
pub fn write(text: Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_fmt(text)?;
    out.flush()
}

/// Writes to standard error.
pub fn aside(text: Arguments<'_>) {
    // There is no other place to tell that nobody reads this one.
    let _ = io::stderr().lock().write_fmt(text);
}

/// Returns when standard output can no more be written; as long as it can, never.
pub async fn cut() {
    CUT.wait().await;
}

/// With what the program ends where its output was cut off, whatever the command says of itself; none where all was written.
pub fn cut_code() -> Option<ExitCode> {
    let error = CUT.get()?;
    if error.kind() == ErrorKind::BrokenPipe {
        return Some(ExitCode::from(NOBODY_READS));
    }
    errln!("error: the output cannot be written: {error}");
    Some(ExitCode::from(FAILED))
}
