//! The facade as a user has it: what is annotated, and what is run by policies.

mod async_closures;
mod boxed_futures;
mod budget;
mod card_line;
mod clocks;
mod configured_words;
mod cost;
mod derive_classify;
mod documents;
mod fleet;
mod foreign_errors;
#[path = "../forms/mod.rs"]
mod forms;
mod impl_blocks;
mod links;
mod live_policies;
mod locations;
mod nested;
mod observe;
mod outages;
mod published;
mod record;
mod reloaded_policies;
mod shape_keys;
mod shapes;
mod stored_policies;
mod testing;
mod testing_forms;
