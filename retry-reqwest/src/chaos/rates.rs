//! `Chaos`: how often which fault is injected.

use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use super::report::{ChaosReport, Counters};

/// Faults for the requests of a client, to rehearse an outage: statuses, resets, cut bodies and latency.
///
/// Every attempt asks for its fault, within the attempt: policies, budgets, hooks and deadlines see what they would see
/// if the server or the network had failed. An attempt has one fault at most, and latency only if it has none, so that
/// no time is spent on waiting for a failure.
///
/// | fault | what happens |
/// |---|---|
/// | [`status`](Self::status) | nothing is sent; the attempt gets a response with this status |
/// | [`resets`](Self::resets) | the request is sent, and the response is lost: it may have taken effect |
/// | [`cut_bodies`](Self::cut_bodies) | the body of a successful response ends early |
/// | [`latency`](Self::latency) | the request is sent later; the time counts for `attempt_timeout`, deadlines and its timeout |
///
/// No fault claims that the server did not process the request, unless its status does, such as 429. Messages and
/// bodies of injected faults contain the word `injected`.
///
/// Set it with [`RetryClient::chaos`](crate::RetryClient::chaos), [`RetryRequest::chaos`](crate::RetryRequest::chaos) or
/// [`RetrySettings::chaos`](crate::RetrySettings::chaos). Clones share their counters and their place in the
/// sequence of faults. A redirect that is followed is part of its attempt, and gets no fault of its own.
///
/// # Release builds
///
/// A release build that sets this does not compile, unless it is built with `RUSTFLAGS="--cfg retryable_chaos"`. No
/// `Cargo.toml` can set that flag, so it cannot be left there. The check is `cfg!(debug_assertions)`; tests and
/// benchmarks with the profile `release` need the flag too.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retryable::Policy;
/// use retryable::http::testing::{Server, reply};
/// use retryable::http::{Chaos, RetryClient};
/// use std::time::Duration;
///
/// let server = Server::repeat_last([reply(200).body("42")]);
/// let chaos = Chaos::new().seed(7).status(503, 0.2).resets(0.1);
/// let policy = Policy::exponential(Duration::from_millis(1)).max_attempts(9);
/// let client = RetryClient::new(reqwest::Client::new(), policy).chaos(&chaos);
///
/// for _ in 0..100 {
///     assert_eq!(client.get(server.url()).text().await?, "42");
/// }
/// let report = chaos.report();
/// assert_eq!(report.attempts, 100 + report.faults());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "faults are injected into the requests that are given this value"]
pub struct Chaos {
    seed: u64,
    statuses: Vec<(StatusCode, f64)>,
    retry_after: Option<Duration>,
    resets: f64,
    cut_bodies: f64,
    latency: f64,
    latencies: (Duration, Duration),
    pub(super) counters: Arc<Counters>,
}

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    Status(StatusCode, Option<Duration>),
    Reset,
    /// The number chooses the place.
    CutBody(u64),
    Latency(Duration),
}

impl Chaos {
    /// Creates faults that never happen. The seed is random.
    #[expect(
        clippy::new_without_default,
        reason = "a default that injects nothing would say the opposite of its name"
    )]
    pub fn new() -> Self {
        Self {
            seed: RandomState::new().hash_one(0),
            statuses: Vec::new(),
            retry_after: None,
            resets: 0.0,
            cut_bodies: 0.0,
            latency: 0.0,
            latencies: (Duration::ZERO, Duration::ZERO),
            counters: Arc::default(),
        }
    }

    /// Sets the seed: with the same seed, the same rates and the same order of attempts, the same attempts fail.
    /// Attempts that run at once ask in any order.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Responds with this status, without a request. May be called several times, for several statuses.
    ///
    /// # Panics
    ///
    /// If `status` is not in 100..=999, if `rate` is not in 0.0..=1.0, or if the rates of all faults add up to more than
    /// 1.0.
    #[track_caller]
    pub fn status(mut self, status: u16, rate: f64) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            panic!("`status` is {status}, but must be in 100..=999");
        };
        self.statuses.push((status, rate));
        self.checked(rate)
    }

    /// Sends `Retry-After` with every injected status, in whole seconds, rounded up. Default: no such header.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Loses the response of a request that was sent. The failure is a reset during the exchange: it is repeated only
    /// if the request is safe to repeat.
    ///
    /// If the request fails by itself, that failure is reported, and no reset is counted. One thing differs from a real
    /// reset: reqwest makes no error of that kind on request, so [`error_type`](retry_core::Classify::error_type) is
    /// `body`, and not `other`.
    ///
    /// # Panics
    ///
    /// If `rate` is not in 0.0..=1.0, or if the rates of all faults add up to more than 1.0.
    #[track_caller]
    pub fn resets(mut self, rate: f64) -> Self {
        self.resets = rate;
        self.checked(rate)
    }

    /// Ends the body of a successful response at a random place. Empty bodies stay.
    ///
    /// The attempt of `text`, `bytes`, `json` and `download` fails so, and is retried or resumed. With `send`, the
    /// middleware and the layer, the attempt has ended before: the caller, who reads the body, gets the failure.
    /// A blocking client reads up to that place before the response is returned. The fault is counted when the
    /// reader reaches it.
    ///
    /// # Panics
    ///
    /// If `rate` is not in 0.0..=1.0, or if the rates of all faults add up to more than 1.0.
    #[track_caller]
    pub fn cut_bodies(mut self, rate: f64) -> Self {
        self.cut_bodies = rate;
        self.checked(rate)
    }

    /// Delays requests by a random time from `delays`, both ends included. The rate is that among attempts without a
    /// fault.
    ///
    /// A timeout of the request ends the wait. reqwest does not show the timeout of a client, which acts when the
    /// wait is over.
    ///
    /// # Panics
    ///
    /// If `rate` is not in 0.0..=1.0, or if `delays` is empty.
    #[track_caller]
    pub fn latency(mut self, rate: f64, delays: RangeInclusive<Duration>) -> Self {
        assert!(
            !delays.is_empty(),
            "`delays` is {delays:?}, but must not be empty"
        );
        self.latency = rate;
        self.latencies = delays.into_inner();
        self.checked(rate)
    }

    /// Starts or stops injecting faults, for all clones. Default: started. While it is stopped, attempts neither count
    /// nor advance the sequence of faults.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::Chaos;
    ///
    /// let chaos = Chaos::new().status(503, 0.5);
    /// chaos.set_active(false); // until an operator begins the rehearsal
    /// ```
    pub fn set_active(&self, active: bool) {
        self.counters.set_active(active);
    }

    /// Returns what was injected so far.
    pub fn report(&self) -> ChaosReport {
        self.counters.report(self.seed)
    }

    #[track_caller]
    fn checked(self, rate: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&rate),
            "`rate` is {rate}, but must be in 0.0..=1.0"
        );
        let sum: f64 = self.statuses.iter().map(|(_, rate)| rate).sum();
        let sum = sum + self.resets + self.cut_bodies;
        // Ten rates of 0.1 add up to a little less or more than 1.0.
        assert!(
            sum <= 1.0 + 1e-9,
            "the rates of all faults add up to {sum}, but must be at most 1.0"
        );
        self
    }

    /// Decides about the attempt that begins now.
    pub(super) fn draw(&self) -> Option<Fault> {
        let number = self.counters.begin()?;
        let mut random = Random::new(self.seed, number);
        // One number decides among all faults: an attempt has one at most.
        let mut place = random.unit();
        for (status, rate) in &self.statuses {
            if place < *rate {
                return Some(Fault::Status(*status, self.retry_after));
            }
            place -= rate;
        }
        if place < self.resets {
            return Some(Fault::Reset);
        }
        if place - self.resets < self.cut_bodies {
            return Some(Fault::CutBody(random.next()));
        }
        if random.unit() < self.latency {
            let (least, most) = self.latencies;
            let more = most.saturating_sub(least).mul_f64(random.unit());
            return Some(Fault::Latency(least.saturating_add(more)));
        }
        None
    }
}

/// `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Its numbers are fixed, so that a
/// seed means the same in every version.
struct Random(u64);

impl Random {
    /// The numbers of one attempt.
    fn new(seed: u64, attempt: u64) -> Self {
        let mut seeds = Self(seed);
        let seed = seeds.next();
        Self(Self(seed ^ attempt).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least 0, and less than 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in an `f64`")]
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(chaos: &Chaos) -> Vec<Option<Fault>> {
        (0..10_000).map(|_| chaos.draw()).collect()
    }

    #[test]
    fn faults_come_at_their_rates() {
        let second = Duration::from_secs(1);
        let chaos = Chaos::new()
            .seed(3)
            .status(503, 0.1)
            .status(429, 0.05)
            .resets(0.2)
            .cut_bodies(0.15)
            .latency(0.4, second..=3 * second);
        let draws = draws(&chaos);
        let share = |of: &dyn Fn(&Fault) -> bool| {
            let count = draws.iter().flatten().filter(|fault| of(fault)).count();
            f64::from(u32::try_from(count).unwrap()) / 10_000.0
        };
        let near = |share: f64, rate: f64| assert!((share - rate).abs() < 0.015, "{share}, {rate}");
        near(
            share(&|f| matches!(f, Fault::Status(s, _) if *s == 503)),
            0.1,
        );
        near(
            share(&|f| matches!(f, Fault::Status(s, _) if *s == 429)),
            0.05,
        );
        near(share(&|f| *f == Fault::Reset), 0.2);
        near(share(&|f| matches!(f, Fault::CutBody(_))), 0.15);
        // Of the half that has no fault.
        near(share(&|f| matches!(f, Fault::Latency(_))), 0.5 * 0.4);
        let delays = draws.iter().filter_map(|fault| match fault {
            Some(Fault::Latency(delay)) => Some(*delay),
            _ => None,
        });
        let (least, most) = (delays.clone().min(), delays.max());
        assert!(least >= Some(second) && least < Some(second.mul_f64(1.1)));
        assert!(most <= Some(3 * second) && most > Some(second.mul_f64(2.9)));
    }

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let chaos = |seed| Chaos::new().seed(seed).status(503, 0.3).resets(0.3);
        assert_eq!(draws(&chaos(7)), draws(&chaos(7)));
        assert_ne!(draws(&chaos(7)), draws(&chaos(8)));
        assert_ne!(Chaos::new().seed, Chaos::new().seed);
    }

    #[test]
    fn rates_of_zero_and_one_are_exact() {
        let one = Chaos::new().resets(1.0);
        assert!(draws(&one).iter().all(|fault| *fault == Some(Fault::Reset)));
        let none = Chaos::new()
            .resets(0.0)
            .latency(0.0, Duration::ZERO..=Duration::MAX);
        assert!(draws(&none).iter().all(Option::is_none));
        let always = Chaos::new().latency(1.0, Duration::MAX..=Duration::MAX);
        assert_eq!(always.draw(), Some(Fault::Latency(Duration::MAX)));
    }

    #[test]
    fn clones_share_one_sequence_and_stop_together() {
        let chaos = Chaos::new().resets(1.0);
        let clone = chaos.clone();
        assert_eq!(
            (chaos.draw(), clone.draw()),
            (Some(Fault::Reset), Some(Fault::Reset))
        );
        assert_eq!(chaos.report().attempts, 2);
        clone.set_active(false);
        assert_eq!((chaos.draw(), chaos.report().attempts), (None, 2));
        clone.set_active(true);
        assert_eq!(
            (chaos.draw(), chaos.report().attempts),
            (Some(Fault::Reset), 3)
        );
    }

    #[test]
    #[should_panic(expected = "`rate` is 1.5, but must be in 0.0..=1.0")]
    fn a_rate_above_one_is_refused() {
        let _ = Chaos::new().resets(1.5);
    }

    #[test]
    #[should_panic(expected = "`rate` is NaN, but must be in 0.0..=1.0")]
    fn a_rate_that_is_no_number_is_refused() {
        let _ = Chaos::new().latency(f64::NAN, Duration::ZERO..=Duration::ZERO);
    }

    #[test]
    #[should_panic(expected = "the rates of all faults add up to 1.1")]
    fn rates_that_add_up_to_more_than_one_are_refused() {
        let _ = Chaos::new().status(503, 0.5).resets(0.3).cut_bodies(0.3);
    }

    #[test]
    #[should_panic(expected = "`status` is 42, but must be in 100..=999")]
    fn a_number_that_is_no_status_is_refused() {
        let _ = Chaos::new().status(42, 0.5);
    }

    #[test]
    #[should_panic(expected = "`delays` is 2s..=1s, but must not be empty")]
    fn an_empty_range_of_delays_is_refused() {
        let _ = Chaos::new().latency(0.5, Duration::from_secs(2)..=Duration::from_secs(1));
    }
}
