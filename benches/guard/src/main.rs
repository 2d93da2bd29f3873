//! Makes calls that succeed at once, for callgrind to count, and prints the sizes of futures.
//!
//!     guard LOOP TIMES
//!     guard sizes

use std::hint::black_box;
use std::mem::size_of_val;

use guard::operation::{body, finish, hidden, succeeds};
use guard::peers::{self, Outcome};

macro_rules! for_each_loop {
    ($with:ident) => {
        $with!(by_hand);
        $with!(attribute);
        $with!(run);
        $with!(explicit);
    };
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    if name == "sizes" {
        sizes();
        return;
    }
    let times = arguments.next().and_then(|times| times.parse().ok());
    let times: u32 = times.expect("the number of calls");
    macro_rules! run {
        ($way:ident) => {
            if name == concat!(stringify!($way), "-ready") {
                for _ in 0..times {
                    let _ = black_box(finish(peers::$way::call(&succeeds)));
                }
                return;
            }
            if name == concat!(stringify!($way), "-dyn") {
                let op = hidden();
                for _ in 0..times {
                    let _ = black_box(finish(peers::$way::call(&op)));
                }
                return;
            }
        };
    }
    for_each_loop!(run);
    let blocks = || -> Outcome { Ok(black_box(7)) };
    match name.as_str() {
        "blocking-ready" => {
            for _ in 0..times {
                let _ = black_box(peers::blocking::call(&blocks));
            }
        }
        "blocking-dyn" => {
            let op: &dyn Fn() -> Outcome = black_box(&blocks);
            for _ in 0..times {
                let _ = black_box(peers::blocking::call(&op));
            }
        }
        _ => panic!("no loop is named {name}"),
    }
}

/// Prints the bytes of each future around a body of 1 KiB.
fn sizes() {
    let large = body::<1024>;
    macro_rules! size {
        ($way:ident) => {
            println!(
                "{} {}",
                stringify!($way),
                size_of_val(&peers::$way::call(&large))
            );
        };
    }
    for_each_loop!(size);
}
