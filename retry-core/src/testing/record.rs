//! `record`: what the calls of a test did, attempt by attempt.

use core::fmt;
use core::future::Future;
use core::time::Duration;
use std::borrow::ToOwned;
use std::string::String;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Vec;

use super::scope::{Effect, Scope, each_recorder, with_effect};
use crate::class::Class;
use crate::context::next_call_number;
use crate::give_up::GiveUp;
use crate::machine::Decision;

/// Runs `code`, and records every retried call that it makes on this thread. Returns its value, and the record.
///
/// Recordings may be nested: the outer one has the calls of the inner one too. Other threads are not recorded, so tests
/// that run at once do not see each other.
///
/// A future that `code` returns has not run yet. Record it with [`record_async`].
///
/// # Examples
///
/// ```
/// use retryable::testing::{self, Script};
/// use retryable::{Class, Classified, retryable, transient};
/// use std::time::Duration;
///
/// #[retryable(max = 5, base = "100ms", jitter = "none")]
/// fn fetch(script: &Script<Result<u32, Classified<&'static str>>>) -> Result<u32, Classified<&'static str>> {
///     script.next()
/// }
///
/// let _quick = testing::no_delay();
/// let script = Script::new([Err(transient("busy")), Err(transient("busy")), Ok(7)]);
/// let (value, record) = testing::record(|| fetch(&script));
/// assert_eq!(value, Ok(7));
/// assert_eq!(record.attempts(), 3);
/// assert_eq!(record.classes(), [Class::Transient; 2]);
/// assert_eq!(record.delays(), [Duration::from_millis(100), Duration::from_millis(200)]);
/// assert_eq!(record.to_string(), "1 transient, waited 100ms\n2 transient, waited 200ms\n3 succeeded");
/// ```
pub fn record<T>(code: impl FnOnce() -> T) -> (T, Record) {
    let recorder = Recorder::default();
    let scope = Scope::enter(Effect::Record(recorder.clone()));
    let value = code();
    drop(scope);
    (value, recorder.finish())
}

/// Awaits `future`, and records every retried call that runs while it is polled, on any thread. Returns its value, and
/// the record.
///
/// Tasks that `future` spawns are outside of it: each is polled on its own, and can record itself.
///
/// # Examples
///
/// ```
/// use retryable::{GiveUp, Policy, testing, transient};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let policy = Policy::new();
/// let call = policy.run(|| async { Err::<(), _>(transient("down")) });
/// let (outcome, record) = testing::record_async(call.into_future()).await;
/// assert!(outcome.is_err());
/// assert_eq!((record.attempts(), record.give_up()), (3, Some(GiveUp::Exhausted)));
/// # use std::future::IntoFuture;
/// # })
/// ```
pub fn record_async<F: Future>(future: F) -> impl Future<Output = (F::Output, Record)> {
    let recorder = Recorder::default();
    let future = with_effect(Effect::Record(recorder.clone()), future);
    async move { (future.await, recorder.finish()) }
}

/// The attempts of the calls that were made during [`record`] or [`record_async`].
///
/// An attempt is in the record once its outcome is known to the call. So it has neither an attempt that was dropped or
/// cut off with its call, nor the success of a loop that does not call [`Retry::succeeded`](crate::Retry::succeeded).
///
/// Its `Display` text has a line for each attempt. It has no text of errors, and stays the same from one version to the
/// next, so that it can be compared with a snapshot. With a [`seed`](super::seed()), the delays are exact. If there are
/// several calls, each begins with a line of its name:
///
/// ```text
/// my_crate::fetch
/// 1 throttled, waited 1s
/// 2 succeeded
/// my_crate::store
/// 1 permanent, gave up: not_retryable
/// ```
///
/// The words are those of [`Class::name`] and [`GiveUp::name`]. `waited` is the wait that was decided, even if
/// [`no_delay`](super::no_delay()) skipped it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a record says what happened, and checks nothing"]
pub struct Record {
    calls: Vec<Call>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Call {
    name: String,
    attempts: Vec<Attempt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Attempt {
    number: u32,
    /// `None` if it succeeded.
    class: Option<Class>,
    /// A wait that ended too late is followed by giving up, so there may be both.
    delay: Option<Duration>,
    give_up: Option<GiveUp>,
}

impl Record {
    /// Returns the number of attempts, those of all calls.
    pub fn attempts(&self) -> usize {
        self.all().count()
    }

    /// Returns the class of each attempt that failed, in order.
    pub fn classes(&self) -> Vec<Class> {
        self.all().filter_map(|attempt| attempt.class).collect()
    }

    /// Returns the wait after each attempt that was retried, in order.
    pub fn delays(&self) -> Vec<Duration> {
        self.all().filter_map(|attempt| attempt.delay).collect()
    }

    /// Returns why the last call gave up; `None` if it did not.
    pub fn give_up(&self) -> Option<GiveUp> {
        self.calls.last()?.attempts.last()?.give_up
    }

    /// Returns a record of each call, in the order in which the calls began: an outer call comes before its nested calls.
    pub fn calls(&self) -> Vec<Self> {
        let calls = self.calls.iter().cloned();
        calls
            .map(|call| Self {
                calls: [call].into(),
            })
            .collect()
    }

    /// Returns the name of each call, as observers receive it ([`Facts::name`](crate::observe::Facts::name)).
    pub fn names(&self) -> Vec<&str> {
        self.calls.iter().map(|call| &*call.name).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Attempt> {
        self.calls.iter().flat_map(|call| &call.attempts)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for Call { name, attempts } in &self.calls {
            if self.calls.len() > 1 {
                write!(f, "{separator}{name}")?;
                separator = "\n";
            }
            for attempt in attempts {
                write!(f, "{separator}{attempt}")?;
                separator = "\n";
            }
        }
        if self.calls.is_empty() {
            f.write_str("no attempts")?;
        }
        Ok(())
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.class.map_or("succeeded", Class::name);
        write!(f, "{} {word}", self.number)?;
        if let Some(delay) = self.delay {
            write!(f, ", waited {delay:?}")?;
        }
        match self.give_up {
            Some(reason) => write!(f, ", gave up: {}", reason.name()),
            None => Ok(()),
        }
    }
}

/// A recording in progress: calls and their numbers. Shared, because a future may be polled on several threads.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorder(Arc<Mutex<Vec<(u64, Call)>>>);

impl Recorder {
    /// No code panics while it holds the lock.
    fn with<R>(&self, code: impl FnOnce(&mut Vec<(u64, Call)>) -> R) -> R {
        code(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn began(&self, number: u64) {
        self.with(|calls| calls.push((number, Call::default())));
    }

    fn attempted(&self, number: u64, name: &str, attempt: Attempt) {
        self.with(|calls| {
            let mut last = calls.iter_mut().rev().filter(|(of, _)| *of == number);
            match last.next() {
                // The number of a call that began before the recording may be 0.
                Some((_, call)) if number != 0 || !call.has_ended() => call.add(name, attempt),
                _ => {
                    let mut call = Call::default();
                    call.add(name, attempt);
                    calls.push((number, call));
                }
            }
        });
    }

    /// Ends the recording. It leaves out calls that were dropped in their first attempt.
    fn finish(&self) -> Record {
        let calls = self.with(core::mem::take).into_iter();
        let calls = calls.map(|(_, call)| call);
        Record {
            calls: calls.filter(|call| !call.attempts.is_empty()).collect(),
        }
    }
}

impl Call {
    fn add(&mut self, name: &str, attempt: Attempt) {
        name.clone_into(&mut self.name);
        match self.attempts.last_mut() {
            // The wait after the attempt ended too late.
            Some(last) if last.number == attempt.number => last.give_up = attempt.give_up,
            _ => self.attempts.push(attempt),
        }
    }

    fn has_ended(&self) -> bool {
        let last = self.attempts.last();
        last.is_some_and(|last| last.delay.is_none() || last.give_up.is_some())
    }
}

/// Whether a recording is active on this thread.
pub(crate) fn is_recording() -> bool {
    let mut any = false;
    each_recorder(|_| any = true);
    any
}

/// A call begins. Returns the number that identifies it, if a recording is active.
pub(crate) fn began() -> Option<u64> {
    if !is_recording() {
        return None;
    }
    let number = next_call_number();
    each_recorder(|recorder| recorder.began(number));
    Some(number)
}

/// An attempt of the call with this number succeeded.
pub(crate) fn succeeded(call: u64, name: &str, number: u32) {
    let attempt = Attempt {
        number,
        class: None,
        delay: None,
        give_up: None,
    };
    each_recorder(|recorder| recorder.attempted(call, name, attempt));
}

/// An attempt of the call with this number failed.
pub(crate) fn failed(call: u64, name: &str, number: u32, class: Class, decision: Decision) {
    let (delay, give_up) = match decision {
        Decision::Wait(delay) => (Some(delay), None),
        Decision::Stop(reason) => (None, Some(reason)),
    };
    let attempt = Attempt {
        number,
        class: Some(class),
        delay,
        give_up,
    };
    each_recorder(|recorder| recorder.attempted(call, name, attempt));
}
