//! The time line that a person reads: who did what, which state it led to, and how that was read back from the other side.

use std::time::Instant;

/// Columns: who, what, state.
const WIDTHS: [usize; 3] = [3, 58, 26];

/// What is printed as the story goes on.
pub struct Timeline {
    began: Instant,
    lines: usize,
}

/// One line.
pub struct Line<'a> {
    /// Whose act it is.
    pub who: &'a str,
    /// The act.
    pub what: String,
    /// What it led to, as read back.
    pub state: String,
    /// Where and how it was read back.
    pub read: String,
}

impl Timeline {
    /// Prints the head.
    pub fn begin() -> Self {
        let [who, what, state] = WIDTHS;
        outln!(
            "\n   #    time  {:<who$}  {:<what$}  {:<state$}  read back",
            "who",
            "what",
            "state"
        );
        Self {
            began: Instant::now(),
            lines: 0,
        }
    }

    /// Prints a line.
    pub fn say(&mut self, line: &Line<'_>) {
        self.lines += 1;
        let [who, what, state] = WIDTHS;
        let seconds = self.began.elapsed().as_secs_f64();
        outln!(
            "  {:>2} {seconds:>6.2}s  {:<who$}  {:<what$}  {:<state$}  {}",
            self.lines,
            line.who,
            line.what,
            line.state,
            line.read
        );
    }

    /// Prints what did not hold.
    pub fn fail(&self, why: &str) {
        outln!(
            "  {:>2} {:>6.2}s  FAIL  {}",
            self.lines + 1,
            self.began.elapsed().as_secs_f64(),
            why.replace('\n', " ")
        );
    }

    /// How many lines, and how long it took in seconds.
    pub fn sum(&self) -> (usize, f64) {
        (self.lines, self.began.elapsed().as_secs_f64())
    }
}
