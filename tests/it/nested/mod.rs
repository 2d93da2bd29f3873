//! Retries inside retries, in every way to retry: which call continues if a nested one gives up.

mod layers;
mod rule;
mod tree;
mod web;
