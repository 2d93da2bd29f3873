//! A budget for each host, for a limited number of hosts.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use reqwest::Url;
use retry_core::Budget;

/// The default number of hosts that have a budget. There is a limit, because the table of a program that receives its
/// URLs from elsewhere, such as a crawler, would grow for ever.
const HOSTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// The budgets of the hosts that were called most recently.
pub(crate) struct Hosts {
    make: Box<dyn Fn() -> Budget + Send + Sync>,
    budgets: Mutex<LruCache<String, Arc<Budget>>>,
}

impl Hosts {
    pub(super) fn new(make: impl Fn() -> Budget + Send + Sync + 'static) -> Self {
        Self {
            make: Box::new(make),
            budgets: Mutex::new(LruCache::new(HOSTS)),
        }
    }

    /// Limits the number of hosts. The hosts that were called least recently are removed.
    pub(super) fn at_most(&self, hosts: usize) {
        let hosts = NonZeroUsize::new(hosts).unwrap_or(NonZeroUsize::MIN);
        self.budgets().resize(hosts);
    }

    /// Returns the budget for a request to this URL; `None` if the client has no budget per host.
    #[inline]
    pub(crate) fn budget_of(hosts: Option<&Self>, url: Option<&Url>) -> Option<Arc<Budget>> {
        hosts?.budget(url?)
    }

    /// Returns the budget of the host and port of this URL; `None` if it has no host.
    pub(super) fn budget(&self, url: &Url) -> Option<Arc<Budget>> {
        let port = url.port_or_known_default().unwrap_or_default();
        let host = format!("{}:{port}", url.host_str()?);
        let mut budgets = self.budgets();
        let budget = budgets.get_or_insert(host, || Arc::new((self.make)()));
        Some(Arc::clone(budget))
    }

    /// Ignores poisoning: the table does not change if the caller's closure panics while it makes a budget.
    fn budgets(&self) -> MutexGuard<'_, LruCache<String, Arc<Budget>>> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let budgets = self.budgets();
        f.debug_struct("Hosts")
            .field("hosts", &budgets.len())
            .field("at_most", &budgets.cap())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(host: u8) -> Url {
        format!("http://host-{host}/").parse().unwrap()
    }

    fn hosts(at_most: usize) -> Hosts {
        let hosts = Hosts::new(|| Budget::new(0.1).burst(3));
        hosts.at_most(at_most);
        hosts
    }

    fn budget(hosts: &Hosts, url: &str) -> Option<Arc<Budget>> {
        hosts.budget(&url.parse().unwrap())
    }

    #[test]
    fn a_budget_is_of_one_host_and_port() {
        let hosts = hosts(9);
        let same = |one, two| {
            let (one, two) = (budget(&hosts, one), budget(&hosts, two));
            Arc::ptr_eq(&one.unwrap(), &two.unwrap())
        };
        assert!(same("http://a/one?x", "http://A:80/two"));
        assert!(same("https://a/", "https://user@a:443/"));
        assert!(!same("http://a/", "http://a:8080/"));
        assert!(!same("http://a/", "http://b/"));
        assert!(same("http://[::1]:1/", "http://[::1]:1/two"));
        assert!(budget(&hosts, "data:text/plain,x").is_none());
    }

    #[test]
    fn there_is_room_for_one_host_at_least() {
        let hosts = hosts(0);
        let one = hosts.budget(&url(1));
        assert!(one.unwrap().withdraw());
        assert_eq!(hosts.budgets().len(), 1);
    }

    proptest! {
        #[test]
        fn the_table_is_bounded_and_the_least_recent_host_leaves_first(
            at_most in 1..6_usize,
            calls in prop::collection::vec(0..10_u8, 1..60),
        ) {
            let hosts = hosts(at_most);
            // The most recent host first.
            let mut recent: Vec<(u8, Arc<Budget>)> = Vec::new();
            for host in calls {
                let budget = hosts.budget(&url(host)).unwrap();
                let before = recent.iter().position(|(known, _)| *known == host);
                if let Some(before) = before {
                    prop_assert!(Arc::ptr_eq(&budget, &recent.remove(before).1));
                } else {
                    prop_assert_eq!(budget.available(), 3);
                    budget.withdraw();
                }
                recent.insert(0, (host, budget));
                recent.truncate(at_most);
                prop_assert_eq!(hosts.budgets().len(), recent.len());
            }
        }

        #[test]
        fn a_host_that_fails_does_not_starve_the_others(
            calls in prop::collection::vec(0..5_u8, 1..200),
        ) {
            let hosts = hosts(5);
            let retried = |host| hosts.budget(&url(host)).unwrap().withdraw();
            // Host 0 is down, and uses up its budget; the others need a retry now and then.
            let (mut spent, mut called) = ([0_u32; 5], [0_u32; 5]);
            for host in calls {
                let of = usize::from(host);
                hosts.budget(&url(host)).unwrap().deposit();
                called[of] += 1;
                if host == 0 {
                    while retried(0) {
                        spent[0] += 1;
                    }
                } else if spent[of] < 3 {
                    prop_assert!(retried(host), "its burst is its own");
                    spent[of] += 1;
                }
            }
            prop_assert!(f64::from(spent[0]) <= 3.0 + 0.1 * f64::from(called[0]) + 1e-9);
        }
    }
}
