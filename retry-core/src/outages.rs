//! Outages: which policy outlasts one of 0.1 s, 1 s or 10 s. A page, without any item.
#![doc = ""]
#![doc = include_str!("../docs/outages.md")]
