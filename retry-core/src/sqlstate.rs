//! What SQLSTATE codes mean for the next attempt, without a database library.
//!
//! The codes are those of [PostgreSQL]. Databases that speak its protocol use them, too. MySQL and MariaDB return 40001 for a
//! deadlock. SQLite has no SQLSTATE.
//!
//! | SQLSTATE | class | source |
//! |---|---|---|
//! | 40001 serialization failure, 40P01 deadlock | refused | [Serialization failures]: the database has rolled the transaction back; retry all of it |
//! | 55P03 lock not available, 55006 object in use | refused | [PostgreSQL]: the statement failed before it changed anything, so the transaction is rolled back |
//! | 40003 statement completion unknown | ambiguous | SQL standard, class 40: the database does not know whether the transaction was committed |
//! | 53xxx insufficient resources | refused | [PostgreSQL], class 53: the connection was rejected, or the statement failed and the transaction is rolled back |
//! | 57P03 cannot connect now | refused | [PostgreSQL]: the server starts or stops, and rejects the connection |
//! | 08001 unable to establish a connection, 08004 connection rejected | refused | SQL standard, class 08: there was no connection to send a statement on |
//! | 08000 connection exception, 08003 connection does not exist, 08006 connection failure, 08007 transaction resolution unknown | ambiguous | SQL standard, class 08: the connection was lost, perhaps after a commit was sent |
//! | 57P01 admin shutdown, 57P02 crash shutdown | ambiguous | [PostgreSQL]: the server closed the connection, perhaps after a commit was sent |
//! | all others | permanent | |
//!
//! `Refused` holds for the **whole transaction**: the function that is retried must begin and commit it. A retry of the failed
//! statement alone fails, because its transaction is aborted, or it repeats a part of what the transaction read. It also holds
//! only if the function has no other effect, such as an email.
//!
//! [PostgreSQL]: https://www.postgresql.org/docs/current/errcodes-appendix.html
//! [Serialization failures]: https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html

use crate::class::Class;

/// Returns the class of a SQLSTATE, five characters long, by the [table](self) of this module.
///
/// # Examples
///
/// ```
/// use retryable::{Class, sqlstate};
///
/// assert_eq!(sqlstate::classify("40001"), Class::Refused); // serialization failure
/// assert_eq!(sqlstate::classify("08006"), Class::Ambiguous); // connection failure: was it committed?
/// assert_eq!(sqlstate::classify("23505"), Class::Permanent); // unique violation
/// ```
pub const fn classify(state: &str) -> Class {
    match state.as_bytes() {
        b"40001"
        | b"40P01"
        | b"55P03"
        | b"55006"
        | [b'5', b'3', _, _, _]
        | b"57P03"
        | b"08001"
        | b"08004" => Class::Refused,
        b"40003" | b"08000" | b"08003" | b"08006" | b"08007" | b"57P01" | b"57P02" => {
            Class::Ambiguous
        }
        _ => Class::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    /// The class of each state that the table of the documentation lists; `53xxx` is a class of states.
    fn documented() -> BTreeMap<String, String> {
        let mut rows = BTreeMap::new();
        for line in include_str!("sqlstate.rs").lines() {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [_, states, class, _, _] = cells[..] else {
                continue;
            };
            let words = states.split(|c: char| !c.is_ascii_alphanumeric());
            let is_state = |word: &&str| word.len() == 5 && word.as_bytes()[0].is_ascii_digit();
            for state in words.filter(is_state) {
                let previous = rows.insert(state.into(), class.into());
                assert_eq!(previous, None, "{state} has two rows");
            }
        }
        rows
    }

    #[test]
    fn the_table_says_what_the_function_does() {
        let rows = documented();
        assert_eq!(rows.len(), 15, "{rows:?}");
        for (state, class) in &rows {
            let state = state.replace("xxx", "300");
            assert_eq!(classify(&state).name(), class, "{state}");
        }
        // Every state there could be that is not in the table.
        let digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'P'];
        let mut listed = 0;
        for number in 0..digits.len().pow(5) {
            let digit = |place: u32| digits[number / digits.len().pow(place) % digits.len()];
            let state: String = [4, 3, 2, 1, 0].map(digit).iter().collect();
            let documented = rows.contains_key(&state) || state.starts_with("53");
            listed += u32::from(documented);
            let permanent = classify(&state) == Class::Permanent;
            assert_eq!(permanent, !documented, "{state}");
        }
        assert!(listed > 14);
    }

    #[test]
    fn what_is_no_sqlstate_is_permanent() {
        for state in [
            "",
            "4",
            "40",
            "53",
            "5300",
            "530000",
            "40p01",
            " 40001",
            "４０００１",
        ] {
            assert_eq!(classify(state), Class::Permanent, "{state:?}");
        }
    }

    #[test]
    fn the_class_is_known_at_compile_time() {
        const CLASS: Class = classify("40001");
        assert_eq!(CLASS, Class::Refused);
    }
}
