//! What is installed in the process.

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::Overrides;
use super::site::Site;
use crate::config::PolicyConfig;
use crate::policy::{Name, NameId};

/// The number of the installed document; 0 if nothing is installed.
///
/// `Relaxed`: what is installed has its own ordering. A thread that does not know of an installation yet, because
/// nothing has synchronized it with that thread, begins its call before it.
static GENERATION: AtomicU32 = AtomicU32::new(0);

static INSTALLED: ArcSwapOption<Installed> = ArcSwapOption::const_empty();

/// Held during an installation, so that the two words above fit together. The number of the last document.
static INSTALLING: Mutex<u32> = Mutex::new(0);

/// All sites that calls have, or had. Never freed, so that a call keeps a reference and no count of references.
static SITES: Mutex<BTreeMap<&'static str, Vec<&'static Site>>> = Mutex::new(BTreeMap::new());

/// The names of calls that were seen.
static KNOWN: RwLock<BTreeSet<&'static str>> = RwLock::new(BTreeSet::new());

/// A document, and the calls that it was looked up for.
#[derive(Debug)]
struct Installed {
    generation: u32,
    overrides: Overrides,
    /// By name. A name is resolved once, so that it is reported once.
    sites: Mutex<BTreeMap<&'static str, Option<&'static Site>>>,
    /// The same, without a lock and without comparing names. Replaced when a call site is new.
    lookup: ArcSwap<BTreeMap<NameId, Option<&'static Site>>>,
}

/// The last calls of a thread that were looked up, so that a further one needs no lock and no map.
#[derive(Clone, Copy)]
struct Recent {
    id: NameId,
    generation: u32,
    site: Option<&'static Site>,
}

std::thread_local! {
    static RECENT: [Cell<Option<Recent>>; NameId::SLOTS] =
        const { [const { Cell::new(None) }; NameId::SLOTS] };
    /// The last names of a thread that are known.
    static REMEMBERED: [Cell<Option<NameId>>; NameId::SLOTS] =
        const { [const { Cell::new(None) }; NameId::SLOTS] };
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
    sites
        .values()
        .flatten()
        .flat_map(|site| site.not_applied())
        .collect()
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
    let mut last = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let generation = match last.wrapping_add(1) {
        0 => 1,
        next => next,
    };
    *last = generation;
    INSTALLED.store(overrides.map(|overrides| Arc::new(Installed::new(generation, overrides))));
    let generation = if is_installed { generation } else { 0 };
    GENERATION.store(generation, Ordering::Relaxed);
}

#[inline]
pub(crate) fn is_installed() -> bool {
    GENERATION.load(Ordering::Relaxed) != 0
}

/// Looks up what is installed for a call.
pub(super) fn look_up(name: &Name) -> Option<&'static Site> {
    let (id, generation) = (name.id(), GENERATION.load(Ordering::Relaxed));
    RECENT.with(|recent| {
        let slot = recent.get(id.slot())?;
        match slot.get() {
            Some(found) if found.generation == generation && found.id == id => found.site,
            _ => {
                let found = look_up_in_table(name, id)?;
                slot.set(Some(found));
                found.site
            }
        }
    })
}

/// Returns what is installed for a call, with the generation of the document: `GENERATION` may be that of another one.
#[cold]
fn look_up_in_table(name: &Name, id: NameId) -> Option<Recent> {
    let installed = INSTALLED.load();
    let installed = installed.as_ref()?;
    let known = installed.lookup.load().get(&id).copied();
    Some(Recent {
        id,
        generation: installed.generation,
        site: known.unwrap_or_else(|| installed.resolve(name)),
    })
}

/// A call of this name was seen.
#[cold]
pub(crate) fn remember(name: &Name) {
    let id = name.id();
    let is_known = REMEMBERED.with(|known| {
        let slot = known.get(id.slot());
        slot.is_some_and(|slot| slot.replace(Some(id)) == Some(id))
    });
    if !is_known {
        add_to_known(name.get());
    }
}

fn add_to_known(name: &'static str) {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if known.contains(name) {
        return;
    }
    drop(known);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(name);
}

impl Installed {
    fn new(generation: u32, overrides: Overrides) -> Self {
        Self {
            generation,
            overrides,
            sites: Mutex::default(),
            lookup: ArcSwap::default(),
        }
    }

    fn sites(&self) -> MutexGuard<'_, BTreeMap<&'static str, Option<&'static Site>>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resolve(&self, name: &Name) -> Option<&'static Site> {
        remember(name);
        let (id, name) = (name.id(), name.get());
        let mut sites = self.sites();
        let site = *sites.entry(name).or_insert_with(|| {
            let config = self.overrides.of(name);
            (config != PolicyConfig::default()).then(|| kept(name, config))
        });
        // The lock is held: no other thread replaces the table.
        let mut lookup = BTreeMap::clone(&self.lookup.load());
        lookup.insert(id, site);
        self.lookup.store(Arc::new(lookup));
        site
    }
}

/// Returns the site with these settings, the same one each time.
fn kept(name: &'static str, config: PolicyConfig) -> &'static Site {
    let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    let of_name = sites.entry(name).or_default();
    if let Some(site) = of_name.iter().find(|site| site.has(&config)) {
        site.report_again();
        return site;
    }
    let site: &'static Site = Box::leak(Box::new(Site::new(name, config)));
    of_name.push(site);
    site
}
