//! Ids of calls: unique in this process, in a forked one, and in a process on another machine.
//!
//! A call stores only a number of 64 bits, because it lies in the future of every annotated function. The id of
//! 128 bits is computed from it when code asks for it.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// The process in which a thread has drawn its numbers, and the number of its next call.
type Numbers = Option<(u32, u64)>;

std::thread_local! {
    static NUMBERS: Cell<Numbers> = const { Cell::new(None) };
}

/// Returns a number that no other call of this process has, and that is not 0.
pub(crate) fn next_call_number() -> u64 {
    let (call, numbers) = after(NUMBERS.get(), process_id());
    NUMBERS.set(numbers);
    call
}

/// Returns the number of the next call. Each thread counts up from its own random start: random numbers alone
/// would repeat after some billion calls. A forked process inherits the start, and draws a new one.
fn after(numbers: Numbers, process: u32) -> (u64, Numbers) {
    let call = match numbers {
        Some((owner, next)) if owner == process => next,
        _ => place(process),
    };
    let call = call.max(1);
    (call, Some((process, call.wrapping_add(1))))
}

/// Draws the start of a thread's numbers. The keys come from the operating system, but a forked process inherits
/// them. Its process id may be that of an earlier process with the same keys, so the time is hashed too.
fn place(process: u32) -> u64 {
    #[cfg(any(unix, windows))]
    let now = std::time::SystemTime::now();
    // It panics on some other targets, none of which can fork.
    #[cfg(not(any(unix, windows)))]
    let now = ();
    RandomState::new().hash_one((process, now, salt()))
}

/// Returns the id of the call with this number.
pub(super) fn call_id(call: u64) -> u128 {
    static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| [new_key(), new_key()]);
    id_under(&KEYS, call, process_id())
}

type Key = (RandomState, Salt);

fn new_key() -> Key {
    (RandomState::new(), salt())
}

fn id_under(keys: &[Key; 2], call: u64, process: u32) -> u128 {
    let half = |(state, salt): &Key| u128::from(state.hash_one((call, process, salt)));
    let [upper, lower] = keys;
    half(upper) << 64 | half(lower)
}

/// What is random in addition to a `RandomState`: in JavaScript, where those of all instances are equal.
#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
type Salt = u64;
#[cfg(not(all(feature = "wasm", target_family = "wasm", target_os = "unknown")))]
type Salt = ();

#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
fn salt() -> Salt {
    crate::web::entropy()
}

#[cfg(not(all(feature = "wasm", target_family = "wasm", target_os = "unknown")))]
fn salt() -> Salt {}

fn process_id() -> u32 {
    // It panics on some other targets, which have one process.
    if cfg!(any(unix, windows)) {
        std::process::id()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forked_process_has_other_ids_for_the_same_calls() {
        let keys = [new_key(), new_key()];
        let parent = id_under(&keys, 7, 100);
        assert_eq!(parent, id_under(&keys, 7, 100));
        let child = id_under(&keys, 7, 101);
        assert_ne!(parent, child);
        let lower = |id: u128| id & u128::from(u64::MAX);
        assert_ne!(lower(parent), lower(child));
        assert_ne!(parent >> 64, child >> 64);
        assert_ne!(parent, id_under(&keys, 8, 100));
    }

    #[test]
    fn a_forked_process_does_not_continue_the_numbers_of_its_parent() {
        let (first, inherited) = after(None, 100);
        let (second, _) = after(inherited, 100);
        assert_eq!(second, first.wrapping_add(1).max(1));
        let (child, of_child) = after(inherited, 101);
        assert_ne!(child, second);
        assert_eq!(after(of_child, 101).0, child.wrapping_add(1).max(1));
        // The operating system may reuse the id of a process that has ended.
        let (sibling, _) = after(inherited, 101);
        assert_ne!(child, sibling);
    }

    #[test]
    fn no_call_has_the_number_0() {
        assert_eq!(after(Some((1, u64::MAX)), 1), (u64::MAX, Some((1, 0))));
        assert_eq!(after(Some((1, 0)), 1), (1, Some((1, 2))));
    }
}
