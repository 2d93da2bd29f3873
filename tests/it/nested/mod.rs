//! Retries inside retries, through every way to retry: who goes on when one inside gives up.

mod layers;
mod rule;
mod tree;
mod web;
