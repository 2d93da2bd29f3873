//! Where an attempt asks for its fault. Without the feature `chaos`, nothing is left of it.
#![cfg_attr(
    not(feature = "chaos"),
    expect(unused_variables, clippy::unused_self, reason = "there are no faults")
)]

use std::future::Future;
use std::time::Duration;

use reqwest::{Response, Url};
#[cfg(feature = "chaos")]
use {
    super::injected,
    super::rates::{Chaos, Fault},
    std::mem,
    std::pin::Pin,
    std::sync::Arc,
    std::task::{Context, Poll, ready},
    tokio::time::{Sleep, sleep},
};

/// The faults of requests, if they have any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Injector(#[cfg(feature = "chaos")] Option<Arc<Chaos>>);

impl Injector {
    #[cfg(feature = "chaos")]
    pub(crate) fn new(chaos: Chaos) -> Self {
        Self(Some(Arc::new(chaos)))
    }

    /// Takes the faults of `outer`, if there are none here.
    #[cfg(feature = "middleware")]
    pub(crate) fn or(&mut self, outer: &Self) {
        #[cfg(feature = "chaos")]
        if self.0.is_none() {
            self.0.clone_from(&outer.0);
        }
    }

    /// Decides about the attempt that begins now. `request` returns the URL and the timeout of its request.
    pub(crate) fn begin(&self, request: impl FnOnce() -> (Url, Option<Duration>)) -> Injection {
        #[cfg(not(feature = "chaos"))]
        return Injection();
        #[cfg(feature = "chaos")]
        Injection(self.0.as_ref().and_then(|chaos| {
            let fault = chaos.draw()?;
            let (url, timeout) = request();
            Some(Box::new(Drawn {
                fault,
                chaos: Arc::clone(chaos),
                url,
                timeout,
            }))
        }))
    }
}

/// The fault of one attempt, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Injection(#[cfg(feature = "chaos")] Option<Box<Drawn>>);

#[cfg(feature = "chaos")]
#[derive(Debug)]
struct Drawn {
    fault: Fault,
    chaos: Arc<Chaos>,
    url: Url,
    timeout: Option<Duration>,
}

impl Injection {
    /// Awaits a request with this fault. `sent` is polled only if something is to be sent.
    pub(crate) fn around<F, E>(self, sent: F) -> impl Future<Output = Result<Response, E>>
    where
        F: Future<Output = Result<Response, E>>,
        E: From<reqwest::Error>,
    {
        #[cfg(not(feature = "chaos"))]
        return sent;
        #[cfg(feature = "chaos")]
        Injected {
            sent,
            drawn: self.0,
            wait: None,
        }
    }

    /// Sends a blocking request with this fault.
    #[cfg(feature = "blocking")]
    pub(crate) fn send(
        self,
        request: reqwest::blocking::Request,
        send: impl FnOnce(reqwest::blocking::Request) -> reqwest::Result<reqwest::blocking::Response>,
    ) -> reqwest::Result<reqwest::blocking::Response> {
        #[cfg(feature = "chaos")]
        if let Some(drawn) = self.0 {
            return drawn.send(request, send);
        }
        send(request)
    }
}

/// Requests, clients and calls do not grow without the feature.
#[cfg(not(feature = "chaos"))]
const _: () = assert!(size_of::<Injector>() == 0 && size_of::<Injection>() == 0);

#[cfg(feature = "chaos")]
impl Drawn {
    /// Returns how long to wait. Counts the wait. `timeout` is that of the request.
    fn wait(&self, latency: Duration, timeout: Option<Duration>) -> Duration {
        self.chaos.counters.delayed();
        timeout.map_or(latency, |timeout| timeout.min(latency))
    }

    /// Returns the error of a response that was lost.
    fn reset<R, E: From<reqwest::Error>>(self, response: R) -> Result<R, E> {
        match injected::reset(self.url) {
            Some(error) => {
                self.chaos.counters.reset();
                Err(error.into())
            }
            None => Ok(response),
        }
    }

    #[cfg(feature = "blocking")]
    fn send(
        self,
        mut request: reqwest::blocking::Request,
        send: impl FnOnce(reqwest::blocking::Request) -> reqwest::Result<reqwest::blocking::Response>,
    ) -> reqwest::Result<reqwest::blocking::Response> {
        match self.fault {
            Fault::Status(status, retry_after) => {
                self.chaos.counters.status(status.as_u16());
                Ok(injected::response(status, retry_after, self.url).into())
            }
            Fault::Reset => self.reset(send(request)?),
            Fault::CutBody(random) => {
                let response = send(request)?;
                let counters = Arc::clone(&self.chaos.counters);
                Ok(injected::cut_blocking(response, random, counters))
            }
            Fault::Latency(latency) => {
                let wait = self.wait(latency, request.timeout().copied());
                std::thread::sleep(wait);
                // If no time is left, reqwest reports its own timeout.
                if let Some(timeout) = request.timeout_mut() {
                    *timeout = timeout.saturating_sub(wait);
                }
                send(request)
            }
        }
    }
}

#[cfg(feature = "chaos")]
pin_project_lite::pin_project! {
    /// Not an `async fn`, whose future would store `sent` twice.
    struct Injected<F> {
        #[pin]
        sent: F,
        drawn: Option<Box<Drawn>>,
        wait: Option<Pin<Box<Sleep>>>,
    }
}

#[cfg(feature = "chaos")]
impl<F, E> Future for Injected<F>
where
    F: Future<Output = Result<Response, E>>,
    E: From<reqwest::Error>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(drawn) = this.drawn else {
            return this.sent.poll(cx);
        };
        match drawn.fault {
            Fault::Status(status, retry_after) => {
                drawn.chaos.counters.status(status.as_u16());
                let url = drawn.url.clone();
                Poll::Ready(Ok(injected::response(status, retry_after, url).into()))
            }
            Fault::Latency(latency) => {
                let wait = this
                    .wait
                    .get_or_insert_with(|| Box::pin(sleep(drawn.wait(latency, drawn.timeout))));
                ready!(wait.as_mut().poll(cx));
                *this.drawn = None;
                this.sent.poll(cx)
            }
            Fault::Reset => {
                let response = ready!(this.sent.poll(cx))?;
                Poll::Ready(match mem::take(this.drawn) {
                    Some(drawn) => drawn.reset(response),
                    None => Ok(response),
                })
            }
            Fault::CutBody(random) => {
                let response = ready!(this.sent.poll(cx))?;
                let counters = Arc::clone(&drawn.chaos.counters);
                Poll::Ready(Ok(injected::cut(response, random, counters)))
            }
        }
    }
}
