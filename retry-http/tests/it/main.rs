//! The library from outside.

mod clients;
mod hints;
mod request_facts;
