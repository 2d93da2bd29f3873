//! The crates that are compiled: the same functions, retried with this framework and with each peer. In addition to
//! tokio, each peer has the dependencies that its documentation asks for.

use retryable_benches::report::versioned;

/// A way to retry a function.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) name: String,
    /// The name of the generated crate.
    pub(crate) package: &'static str,
    /// A line for each dependency in addition to tokio.
    dependencies: String,
    /// The code above the functions.
    uses: &'static str,
    /// A function, with the placeholders `N` for its number, `BODY` for its body and `HEAD` for its beginning.
    function: &'static str,
    /// Whether many of these functions are checked, too.
    pub(crate) is_checked: bool,
}

const TOKIO: &str = "tokio = { version = \"1\", features = [\"rt\", \"time\"] }\n";

const SHARED: &str = "
#[derive(Clone, Debug)] pub struct E;
pub struct Client;
impl Client {
    pub async fn get(&self, _: &str, id: u64) -> Result<u64, E> { if id == 3 { Err(E) } else { Ok(id) } }
}
";

const MAIN: &str = "
fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    println!(\"{:?}\", runtime.block_on(f1(&Client, 1, \"hello\".to_owned())));
}
";

const HEAD: &str = "pub async fn fN(client: &Client, id: u64, label: String) -> Result<u64, E>";

const BODY: &str = "{ let a = client.get(&label, id).await?; \
    let b = client.get(&label, id + a).await?; Ok::<u64, E>(a + b) }";

impl Way {
    /// Creates a way that depends on tokio only.
    fn new(name: impl Into<String>, package: &'static str, function: &'static str) -> Self {
        Self {
            name: name.into(),
            package,
            dependencies: String::new(),
            uses: "",
            function,
            is_checked: false,
        }
    }

    /// Creates the way of a peer, in the version of this workspace's lock file.
    fn peer(name: &'static str, package: &'static str, function: &'static str) -> Self {
        Self::new(versioned(name), package, function).with(name, "")
    }

    /// Adds a dependency with these settings.
    fn with(mut self, name: &str, settings: &str) -> Self {
        let named = versioned(name);
        let version = named.split_once(' ').map_or("*", |(_, version)| version);
        let line = format!("{name} = {{ version = \"={version}\"{settings} }}\n");
        // The last settings of a crate count.
        self.dependencies = self
            .dependencies
            .lines()
            .filter(|line| line.split_once(' ').is_some_and(|(of, _)| of != name))
            .map(|line| format!("{line}\n"))
            .chain([line])
            .collect();
        self
    }

    fn uses(mut self, uses: &'static str) -> Self {
        self.uses = uses;
        self
    }

    fn checked(mut self) -> Self {
        self.is_checked = true;
        self
    }

    /// Returns the dependencies, for `Cargo.toml`.
    pub(crate) fn dependencies(&self) -> String {
        format!("{TOKIO}{}", self.dependencies)
    }

    /// Returns the code for `main.rs`: this number of functions, of which `main` calls the first.
    pub(crate) fn source(&self, functions: u32) -> String {
        let functions = (1..=functions).map(|number| {
            let text = self.function.replace("HEAD", HEAD).replace("BODY", BODY);
            text.replace("fN", &format!("f{number}"))
        });
        let functions: String = functions.collect();
        format!(
            "#![allow(dead_code, unexpected_cfgs)]\n{}{SHARED}{functions}{MAIN}",
            self.uses
        )
    }
}

/// The functions without a retry.
pub(crate) fn plain() -> Way {
    Way::new("plain functions", "plain", "HEAD BODY\n").checked()
}

/// Returns all ways: by hand, ours, then the peers.
pub(crate) fn ways() -> Vec<Way> {
    vec![
        Way::new("loop by hand", "by-hand", BY_HAND).checked(),
        ours(),
        Way::peer("backon", "with-backon", BACKON)
            .uses("use backon::{ExponentialBuilder, Retryable};")
            .checked(),
        Way::peer("backon-macros", "with-backon-macros", BACKON_MACROS)
            .with("backon", "")
            .uses(BACKON_BUILDER)
            .checked(),
        Way::peer("tokio-retry", "with-tokio-retry", TOKIO_RETRY),
        Way::peer("tokio-retry2", "with-tokio-retry2", TOKIO_RETRY2)
            .with("tokio-retry2", ", features = [\"jitter\"]"),
        Way::peer("backoff", "with-backoff", BACKOFF).with("backoff", ", features = [\"tokio\"]"),
        Way::peer("again", "with-again", AGAIN),
        Way::peer("mulligan", "with-mulligan", MULLIGAN),
        Way::peer(
            "retry-if",
            "with-retry-if",
            "#[retry(CONFIG, is_err)] HEAD BODY\n",
        )
        // The code that its attribute generates names this crate.
        .with("tracing", ", default-features = false")
        .uses(RETRY_IF)
        .checked(),
        Way::peer("retrying", "with-retrying", RETRYING)
            .with("retrying", ", features = [\"tokio\"]")
            .checked(),
        Way::peer("tower", "with-tower", TOWER)
            .with("tower", ", features = [\"retry\", \"util\"]")
            .uses(TOWER_POLICY),
        Way::peer("retry-policies", "with-retry-policies", RETRY_POLICIES).uses(
            "use retry_policies::{RetryDecision, RetryPolicy, policies::ExponentialBackoff};",
        ),
    ]
}

/// `#[retryable]`.
pub(crate) fn ours() -> Way {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut way = Way::new(versioned("retryable"), "with-retryable", OURS);
    way.dependencies = format!("retryable = {{ path = {folder:?} }}\n");
    way.uses(CLASSIFY).checked()
}

const BY_HAND: &str = "HEAD {
    let mut attempt = 1_u32;
    let mut delay = std::time::Duration::from_millis(100);
    loop {
        let outcome: Result<u64, E> = async { let label = label.clone(); BODY }.await;
        match outcome {
            Ok(value) => return Ok(value),
            Err(error) => { if attempt >= 5 { return Err(error); } }
        }
        attempt += 1;
        tokio::time::sleep(delay).await;
        delay = (delay * 2).min(std::time::Duration::from_secs(20));
    }
}\n";

const CLASSIFY: &str = "use retryable::{Class, Classify, retryable};
impl Classify for E { fn classify(&self) -> Class { Class::Transient } }";

const OURS: &str = "#[retryable(max = 5, backoff = \"exp\")] HEAD BODY\n";

const BACKON: &str = "HEAD {
    let strategy = ExponentialBuilder::default().with_max_times(4).with_jitter();
    (|| async BODY).retry(strategy).await
}\n";

const BACKON_BUILDER: &str = "use backon::ExponentialBuilder;
fn builder() -> ExponentialBuilder { ExponentialBuilder::default().with_max_times(4).with_jitter() }";

/// With a function that borrows: the attribute moves arguments into the first attempt.
const BACKON_MACROS: &str = "HEAD {
    #[backon_macros::backon(backoff = builder)]
    async fn call(client: &Client, id: u64, label: &str) -> Result<u64, E> BODY
    call(client, id, &label).await
}\n";

const TOKIO_RETRY: &str = "HEAD {
    use tokio_retry::{Retry, strategy::{ExponentialBackoff, jitter}};
    let strategy = ExponentialBackoff::from_millis(2).factor(50).map(jitter).take(4);
    Retry::start(strategy, || async BODY).await
}\n";

const TOKIO_RETRY2: &str = "HEAD {
    use tokio_retry2::{Retry, RetryError, strategy::{ExponentialFactorBackoff, jitter}};
    let strategy = ExponentialFactorBackoff::from_millis(100, 2.0).map(jitter).take(4);
    Retry::spawn(strategy, || async { async BODY.await.map_err(RetryError::transient) }).await
}\n";

const BACKOFF: &str = "HEAD {
    backoff::future::retry(backoff::ExponentialBackoff::default(), || async {
        async BODY.await.map_err(backoff::Error::transient)
    }).await
}\n";

const AGAIN: &str = "HEAD {
    again::RetryPolicy::exponential(std::time::Duration::from_millis(100)).with_jitter(true)
        .with_max_retries(4).retry(|| async BODY).await
}\n";

const MULLIGAN: &str = "HEAD {
    mulligan::until_ok().stop_after(4).exponential(std::time::Duration::from_millis(100))
        .full_jitter().execute(async || BODY).await
}\n";

const RETRY_IF: &str = "use retry_if::{ExponentialBackoffConfig, retry};
const CONFIG: ExponentialBackoffConfig = ExponentialBackoffConfig {
    max_retries: 4, t_wait: std::time::Duration::from_millis(100), backoff: 2.0, t_wait_max: None,
    backoff_max: Some(std::time::Duration::from_secs(20)),
};
fn is_err(outcome: &Result<u64, E>) -> bool { outcome.is_err() }";

const RETRYING: &str = "#[retrying::retry(stop = attempts(5),
    wait = exponential(multiplier = 0.1, min = 0.0, max = 20.0, exp_base = 2))] HEAD BODY\n";

const TOWER_POLICY: &str = "use tower::retry::{Policy, Retry, backoff::{Backoff, MakeBackoff}};
use tower::retry::backoff::{ExponentialBackoff, ExponentialBackoffMaker};
#[derive(Clone)] struct Few { left: u32, backoff: ExponentialBackoff }
impl Policy<(), u64, E> for Few {
    type Future = tokio::time::Sleep;
    fn retry(&mut self, _: &mut (), outcome: &mut Result<u64, E>) -> Option<Self::Future> {
        self.left = self.left.checked_sub(1)?;
        outcome.is_err().then(|| self.backoff.next_backoff())
    }
    fn clone_request(&mut self, _: &()) -> Option<()> { Some(()) }
}";

const TOWER: &str = "HEAD {
    use tower::{ServiceExt, service_fn};
    let backoff = ExponentialBackoffMaker::default().make_backoff();
    let label = &label;
    let service = service_fn(move |()| async move BODY);
    Retry::new(Few { left: 4, backoff }, service).oneshot(()).await
}\n";

const RETRY_POLICIES: &str = "HEAD {
    let policy = ExponentialBackoff::builder().build_with_max_retries(4);
    let start = std::time::SystemTime::now();
    let mut retries = 0;
    loop {
        let error = match async BODY.await { Ok(value) => return Ok(value), Err(error) => error };
        let RetryDecision::Retry { execute_after } = policy.should_retry(start, retries) else { return Err(error) };
        retries += 1;
        tokio::time::sleep(execute_after.duration_since(std::time::SystemTime::now()).unwrap_or_default()).await;
    }
}\n";
