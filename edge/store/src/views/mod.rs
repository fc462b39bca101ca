//! Views: the catalogue of all records, which are rows that a fold makes of the entries of register logs, and what is read of them.
//!
//! Holds rows and the search over them. Refuses to know what a record means or how words are made (`chapar-register`). All of it can be
//! thrown away and made again.

mod digest;
mod federations;
mod fold;
mod lists;
mod records;
mod search;
mod states;
mod words;

#[cfg(test)]
pub(crate) mod plans {
    //! What must seek.

    /// Pages and look-ups.
    pub(crate) fn of_reads() -> Vec<String> {
        let mut all = super::records::plans::statements();
        all.extend(super::search::plans::statements());
        all.extend(super::federations::PLANS.map(str::to_owned));
        all
    }

    /// What a fold writes; it may walk the few records that the write is about.
    pub(crate) fn of_writes() -> impl Iterator<Item = &'static str> {
        super::fold::plans::STATEMENTS
            .into_iter()
            .chain(super::words::plans::STATEMENTS)
    }
}
