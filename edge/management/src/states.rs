//! The names of states and their numbers, as clients of EDC know them. Our phases have the same names: a move under way is the
//! `-ING` state.

/// Of a negotiation.
const NEGOTIATION: [(&str, i64); 15] = [
    ("INITIAL", 50),
    ("REQUESTING", 100),
    ("REQUESTED", 200),
    ("OFFERING", 300),
    ("OFFERED", 400),
    ("ACCEPTING", 700),
    ("ACCEPTED", 800),
    ("AGREEING", 825),
    ("AGREED", 850),
    ("VERIFYING", 1050),
    ("VERIFIED", 1100),
    ("FINALIZING", 1150),
    ("FINALIZED", 1200),
    ("TERMINATING", 1300),
    ("TERMINATED", 1400),
];

/// Of a transfer. Some stand for waits on data planes, which ours does not know; they find nothing.
const TRANSFER: [(&str, i64); 23] = [
    ("INITIAL", 100),
    ("PROVISIONING", 200),
    ("PREPARATION_REQUESTED", 250),
    ("PROVISIONED", 300),
    ("REQUESTING", 400),
    ("REQUESTED", 500),
    ("STARTING", 550),
    ("STARTUP_REQUESTED", 570),
    ("STARTED", 600),
    ("SUSPENDING", 650),
    ("SUSPENDING_REQUESTED", 675),
    ("SUSPENDED", 700),
    ("RESUMING", 720),
    ("RESUMED", 725),
    ("COMPLETING", 750),
    ("COMPLETING_REQUESTED", 775),
    ("COMPLETED", 800),
    ("TERMINATING", 825),
    ("TERMINATING_REQUESTED", 840),
    ("TERMINATED", 850),
    ("DEPROVISIONING", 900),
    ("DEPROVISIONING_REQUESTED", 950),
    ("DEPROVISIONED", 1000),
];

/// The name of a negotiation's state by its number.
pub fn negotiation_name(number: i64) -> Option<&'static str> {
    name(&NEGOTIATION, number)
}

/// The name of a transfer's state by its number.
pub fn transfer_name(number: i64) -> Option<&'static str> {
    name(&TRANSFER, number)
}

/// The number of a negotiation's state by its name.
pub fn negotiation_number(name: &str) -> Option<i64> {
    number(&NEGOTIATION, name)
}

/// The number of a transfer's state by its name.
pub fn transfer_number(name: &str) -> Option<i64> {
    number(&TRANSFER, name)
}

fn number(table: &[(&str, i64)], name: &str) -> Option<i64> {
    table.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

fn name(table: &'static [(&'static str, i64)], number: i64) -> Option<&'static str> {
    table.iter().find(|(_, code)| *code == number).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_one_to_one() {
        for (table, name_of) in [
            (
                NEGOTIATION.as_slice(),
                negotiation_name as fn(i64) -> Option<&'static str>,
            ),
            (TRANSFER.as_slice(), transfer_name),
        ] {
            for (name, code) in table {
                assert_eq!((name_of(*code), number(table, name)), (Some(*name), Some(*code)));
            }
        }
        assert_eq!(negotiation_name(7), None);
        assert_eq!(transfer_number("NOSUCH"), None);
    }
}
