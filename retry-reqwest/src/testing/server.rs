//! `Server`: its script, its threads, and what it received.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpSocket;

use super::play::serve;
use super::recorded::{Body, Recorded};
use super::reply::{End, Reply, reply};

/// A server on 127.0.0.1 that does to each request what its script says.
///
/// The first request gets the first reply, and so on, on every connection and for every path. The server stops
/// when it is dropped: it closes its port and all its connections, those that hang among them.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retryable::Policy;
/// use retryable::http::RequestBuilderExt;
/// use retryable::http::testing::{Server, hang, reply};
/// use std::time::Duration;
///
/// const POLICY: Policy = Policy::exponential(Duration::from_millis(1)).max_attempts(2);
///
/// let server = Server::script([hang(), reply(200)]);
/// let client = reqwest::Client::builder().timeout(Duration::from_millis(50)).build()?;
/// let order = client.post(format!("{}/orders", server.url())).body("three apples");
/// order.retry(&POLICY).idempotency_key().send().await?;
///
/// let requests = server.finish();
/// assert_eq!(requests[1].path, "/orders");
/// assert!(requests[1].has_body("three apples"));
/// // The server can recognize the repetition.
/// let key = requests[0].header("idempotency-key");
/// assert!(key.is_some() && key == requests[1].header("idempotency-key"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that plays these replies once.
    ///
    /// A request after the last one gets 501, which no policy retries by default, with a body that explains it.
    /// [`finish`](Self::finish) then panics.
    ///
    /// # Panics
    ///
    /// If there is no free port, or no thread can be started.
    #[track_caller]
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(Script::Once(replies.into_iter().collect()))
    }

    /// Starts a server that plays these replies, and repeats the last one for every further request.
    ///
    /// # Panics
    ///
    /// If there is no free port, or no thread can be started.
    #[track_caller]
    pub fn repeat_last(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::start(Script::Repeat(replies.into_iter().collect()))
    }

    /// Starts a server that calls a function for each request: with its index, which begins at 0, and with the request.
    ///
    /// The body is not read yet, so the function sees an empty one.
    ///
    /// # Panics
    ///
    /// If there is no free port, or no thread can be started.
    ///
    /// # Examples
    ///
    /// ```
    /// use retryable::http::testing::{Server, reply};
    ///
    /// // Busy at first, and particular about the path.
    /// let server = Server::respond_with(|index, request| match request.path.as_str() {
    ///     "/orders" if index == 0 => reply(503).header("retry-after", "1"),
    ///     "/orders" => reply(200),
    ///     _ => reply(404),
    /// });
    /// ```
    #[track_caller]
    pub fn respond_with<F>(reply: F) -> Self
    where
        F: Fn(usize, &Recorded) -> Reply + Send + Sync + 'static,
    {
        Self::start(Script::Function(Box::new(reply)))
    }

    #[track_caller]
    fn start(script: Script) -> Self {
        let shared = Arc::new(Shared {
            script,
            state: Mutex::default(),
            stopped: Condvar::new(),
        });
        match listen(&shared) {
            Ok((address, thread)) => Self {
                address,
                shared,
                thread: Some(thread),
            },
            Err(error) => panic!("the test server cannot start: {error}"),
        }
    }

    /// Returns the URL of the server, without a path: `http://127.0.0.1:` and the port.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests so far, in the order in which their headers arrived: request *n* got reply *n*.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().requests.clone()
    }

    /// Returns how many connections the server has accepted so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Stops the server, and returns its requests.
    ///
    /// # Panics
    ///
    /// If the number of requests differs from the number of replies in the [`script`](Self::script). With
    /// [`repeat_last`](Self::repeat_last), if there were fewer.
    #[track_caller]
    pub fn finish(self) -> Vec<Recorded> {
        let requests = self.requests();
        let seen = requests.len();
        let (expected, replies) = match &self.shared.script {
            Script::Once(replies) => (seen == replies.len(), replies.len()),
            Script::Repeat(replies) => (seen >= replies.len(), replies.len()),
            Script::Function(_) => (true, 0),
        };
        assert!(
            expected,
            "the server received {seen} requests, but its script has {replies} replies"
        );
        requests
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let open = {
            let mut state = self.shared.lock();
            state.stopped = true;
            std::mem::take(&mut state.open)
        };
        self.shared.stopped.notify_all();
        for stream in open.iter().filter_map(Weak::upgrade) {
            // It fails if the client has closed the connection already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread, which waits for connections. If this fails, joining could wait forever.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn listen(shared: &Arc<Shared>) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let shared = Arc::clone(shared);
    let accept = move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            let stream = Arc::new(stream);
            if !shared.open(&stream) {
                return;
            }
            let shared = Arc::clone(&shared);
            // Without a thread, the connection is closed: the test fails, but does not stall.
            let _ = thread::Builder::new().spawn(move || {
                let end = serve(&stream, &shared);
                // Dropping closes the connection.
                if let (End::Reset, Some(stream)) = (end, Arc::into_inner(stream)) {
                    reset(stream);
                }
            });
        }
    };
    let thread = thread::Builder::new().name("retry test server".into());
    Ok((address, thread.spawn(accept)?))
}

/// The standard library cannot set `SO_LINGER` yet.
fn reset(stream: TcpStream) {
    let socket = TcpSocket::from_std_stream(stream);
    // If it fails, the connection is closed: a failure of another kind.
    let _ = socket.set_zero_linger();
}

enum Script {
    Once(Vec<Reply>),
    /// The last one is repeated.
    Repeat(Vec<Reply>),
    Function(Box<dyn Fn(usize, &Recorded) -> Reply + Send + Sync>),
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once(replies) | Self::Repeat(replies) => f.debug_list().entries(replies).finish(),
            Self::Function(_) => f.write_str("Function"),
        }
    }
}

impl Script {
    fn reply(&self, index: usize, request: &Recorded) -> Reply {
        let (replies, repeated) = match self {
            Self::Once(replies) => (replies, None),
            Self::Repeat(replies) => (replies, replies.last()),
            Self::Function(reply) => return reply(index, request),
        };
        if let Some(reply) = replies.get(index).or(repeated) {
            return reply.clone();
        }
        let (number, replies) = (index + 1, replies.len());
        reply(501).body(format!(
            "this is request {number}, but the script has {replies} replies"
        ))
    }
}

/// What the threads share.
#[derive(Debug)]
pub(super) struct Shared {
    script: Script,
    state: Mutex<State>,
    stopped: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Recorded>,
    connections: usize,
    /// Weak: a connection is reset by closing its only handle.
    open: Vec<Weak<TcpStream>>,
    stopped: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a connection, so that the server can close it. `false` if the server has stopped.
    fn open(&self, stream: &Arc<TcpStream>) -> bool {
        let mut state = self.lock();
        state.open.retain(|stream| stream.strong_count() > 0);
        state.open.push(Arc::downgrade(stream));
        state.connections += 1;
        !state.stopped
    }

    /// Records a request. Returns its index and the reply to it.
    pub(super) fn begin(&self, request: &Recorded) -> (usize, Reply) {
        let index = {
            let mut state = self.lock();
            state.requests.push(request.clone());
            state.requests.len() - 1
        };
        // Without the lock: a function may look at the server.
        (index, self.script.reply(index, request))
    }

    /// Records the body of a request.
    pub(super) fn read(&self, index: usize, body: Body) {
        if let Some(request) = self.lock().requests.get_mut(index) {
            request.set_body(body);
        }
    }

    /// Waits. An error if the server has stopped, so that the connection sends nothing more.
    pub(super) fn pause(&self, time: Duration) -> io::Result<()> {
        if time.is_zero() {
            return Ok(());
        }
        let running = |state: &mut State| !state.stopped;
        match self.stopped.wait_timeout_while(self.lock(), time, running) {
            Ok((_, waited)) if waited.timed_out() => Ok(()),
            _ => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }
}
