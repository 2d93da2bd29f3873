//! What is installed in the process.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::Overrides;
use super::pinned::Pin;
use super::site::Site;
use crate::config::PolicyConfig;
use crate::policy::{Name, NameId};

/// Whether a call has to look for overrides.
///
/// `Relaxed`: what is installed has its own ordering. A thread that does not know of an installation yet, because
/// nothing has synchronized it with that thread, begins its call before it.
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

static INSTALLED: ArcSwapOption<Installed> = ArcSwapOption::const_empty();

/// Held during an installation, so that the two words above fit together.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The names of calls that were seen.
static KNOWN: RwLock<BTreeSet<&'static str>> = RwLock::new(BTreeSet::new());

/// A document, and the calls that it was looked up for.
#[derive(Debug)]
struct Installed {
    overrides: Overrides,
    /// By name. A name is resolved once, so that it is reported once.
    sites: Mutex<BTreeMap<&'static str, Option<Arc<Pin>>>>,
    /// The same, without a lock and without comparing names. Replaced when a call site is new.
    lookup: ArcSwap<BTreeMap<NameId, Option<Arc<Pin>>>>,
}

/// A setting that was installed for calls which it cannot change. Returned by [`not_applied`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct NotApplied {
    /// The name of the calls.
    pub name: &'static str,
    /// The setting.
    pub key: &'static str,
}

/// Returns the names of calls that were seen so far, in order: for an admin page.
///
/// A name becomes known when one of its calls begins while overrides are installed, even if they have no entries, or when
/// an attempt fails. While nothing is installed, a call that succeeds leaves no trace, because that would cost time.
///
/// # Examples
///
/// ```standalone_crate
/// use retryable::config::{Overrides, known_names};
/// use retryable::retryable;
///
/// #[retryable]
/// fn fetch() -> std::io::Result<u32> {
///     Ok(7)
/// }
///
/// Overrides::default().install();
/// fetch().unwrap();
/// assert!(known_names().iter().any(|name| name.ends_with("::fetch")));
/// ```
pub fn known_names() -> Vec<&'static str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().copied().collect()
}

/// Returns the installed settings that turned out not to apply to calls, in order of their names: for an admin page.
///
/// A limit or a `max` is found when a call begins, the others when an attempt fails.
///
/// # Examples
///
/// ```standalone_crate
/// use retryable::config::{Overrides, not_applied};
/// use retryable::{Policy, transient};
///
/// // Without retries in the code, no configuration adds one.
/// const POLICY: Policy = Policy::new().max_attempts(1).name("orders::place");
///
/// Overrides::parse("orders::*(max=3)")?.install();
/// let outcome = POLICY.run_blocking(|| Err::<(), _>(transient("down")));
/// assert!(outcome.is_err());
///
/// let [place] = not_applied()[..] else { unreachable!() };
/// assert_eq!((place.name, place.key), ("orders::place", "max"));
/// # Ok::<(), retryable::config::ConfigError>(())
/// ```
pub fn not_applied() -> Vec<NotApplied> {
    let installed = INSTALLED.load();
    let Some(installed) = &*installed else {
        return Vec::new();
    };
    let sites = installed.sites();
    let pins = sites.values().flatten();
    pins.flat_map(|pin| pin.site.not_applied()).collect()
}

pub(super) fn install(overrides: Option<Overrides>) {
    let is_installed = overrides.is_some();
    #[cfg(feature = "tracing")]
    tracing::event!(
        target: "retryable::config",
        tracing::Level::INFO,
        config.entries = overrides.as_ref().map_or(0, Overrides::len),
        config.installed = is_installed,
    );
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    INSTALLED.store(overrides.map(|overrides| Arc::new(Installed::new(overrides))));
    IS_INSTALLED.store(is_installed, Ordering::Relaxed);
}

#[inline]
pub(crate) fn is_installed() -> bool {
    IS_INSTALLED.load(Ordering::Relaxed)
}

/// Looks up what is installed for a call.
pub(super) fn look_up(name: &Name) -> Option<Arc<Pin>> {
    let installed = INSTALLED.load();
    let installed = installed.as_ref()?;
    let known = installed.lookup.load();
    match known.get(&name.id()) {
        Some(pin) => pin.clone(),
        None => installed.resolve(name),
    }
}

/// A call of this name was seen.
#[cold]
pub(crate) fn remember(name: &Name) {
    let name = name.get();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if known.contains(name) {
        return;
    }
    drop(known);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(name);
}

impl Installed {
    fn new(overrides: Overrides) -> Self {
        Self {
            overrides,
            sites: Mutex::default(),
            lookup: ArcSwap::default(),
        }
    }

    fn sites(&self) -> MutexGuard<'_, BTreeMap<&'static str, Option<Arc<Pin>>>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn resolve(&self, name: &Name) -> Option<Arc<Pin>> {
        remember(name);
        let (id, name) = (name.id(), name.get());
        let mut sites = self.sites();
        let pin = sites.entry(name).or_insert_with(|| {
            let config = self.overrides.of(name);
            let is_overridden = config != PolicyConfig::default();
            is_overridden.then(|| Arc::new(Pin::new(Site::new(name, config))))
        });
        // The lock is held: no other thread replaces the table.
        let mut lookup = BTreeMap::clone(&self.lookup.load());
        lookup.insert(id, pin.clone());
        self.lookup.store(Arc::new(lookup));
        pin.clone()
    }
}
