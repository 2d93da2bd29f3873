//! Without the feature `observe`, no observer is called.
#![expect(
    clippy::unused_self,
    reason = "the functions have the signatures of `observed.rs`"
)]

use super::call_state::{CallState, Judged};
use crate::classify::Rule;
use crate::measure::Measure;
use crate::policy::{Name, Settings};

pub(super) fn is_wanted(_: &Settings) -> bool {
    false
}

#[derive(Debug)]
pub(crate) struct Kept;

impl Kept {
    pub(crate) fn new<E, Via: ?Sized>(
        _: &Settings,
        _: &impl Rule<E, Via>,
        _: Option<&E>,
        _: &Judged,
    ) -> Self {
        Self
    }
}

impl<M: Measure> CallState<M> {
    pub(crate) fn is_success_wanted(&self, _: &Settings) -> bool {
        false
    }

    pub(crate) fn report_success(&self, _: &Settings, _: &Name) {}

    pub(super) fn observe_failure<E, Via: ?Sized>(
        &self,
        _: &Settings,
        _: &impl Rule<E, Via>,
        _: Option<&E>,
        _: Judged,
        _: &Name,
    ) {
    }

    pub(super) fn observe_failure_apart<E, Via: ?Sized>(
        &self,
        _: &Settings,
        _: &impl Rule<E, Via>,
        _: Option<&E>,
        _: &Judged,
        _: &Name,
    ) {
    }

    pub(super) fn observe_class(&self, _: &Settings, _: &Judged) {}

    pub(crate) fn observe_kept(&self, _: &Kept, _: &Judged, _: &Name) {}
}
