//! What events call a function.

use std::sync::Mutex;

use retryable::observe::{GaveUp, Observer};
use retryable::{Classified, GiveUpEvent, NoDelay, Policy, permanent, retryable};

type Outcome = Result<(), Classified<&'static str>>;

fn fails() -> Outcome {
    Err(permanent("fails"))
}

struct Names(Mutex<Vec<String>>);

impl Observer for Names {
    fn gave_up(&self, event: &GaveUp<'_>) {
        self.0
            .lock()
            .expect("no panic")
            .push(event.facts.name.to_owned());
    }
}

/// Returns what an observer of the policy sees.
fn name_of(call: impl FnOnce(&Policy<NoDelay>) -> Outcome) -> String {
    let names: &'static Names = Box::leak(Box::new(Names(Mutex::default())));
    assert!(call(&Policy::with_backoff(NoDelay).observer(names)).is_err());
    let mut names = names.0.lock().expect("no panic");
    assert_eq!(names.len(), 1);
    names.remove(0)
}

#[retryable(policy = policy)]
fn function(policy: &Policy<NoDelay>) -> Outcome {
    fails()
}

struct Users;
struct Orders<T>(T);

impl Users {
    #[retryable(policy = policy)]
    fn get(&self, policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }

    #[retryable(policy = policy)]
    fn create(policy: &Policy<NoDelay>, _: &Self) -> Outcome {
        fails()
    }
}

impl<T> Orders<T> {
    #[retryable(policy = policy)]
    fn get(&self, policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }
}

trait Fetch {
    #[retryable(policy = policy)]
    fn fetch(&self, policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }
}

impl Fetch for Users {}
impl Fetch for Orders<u8> {}

struct Block<T>(T);

#[retryable]
impl<T: Send> Block<T>
where
    T: Sync,
{
    #[retryable(policy = policy)]
    fn get(&self, policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }

    #[retryable(policy = policy, name = "own")]
    fn named(&self, policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }

    #[retryable(policy = policy)]
    pub(crate) fn associated(policy: &Policy<NoDelay>) -> Outcome {
        fails()
    }
}

#[test]
fn a_function_is_called_by_its_path() {
    assert_eq!(name_of(function), "it::observe::names::function");
}

#[test]
fn methods_of_two_types_have_two_names() {
    assert_eq!(
        name_of(|policy| Users.get(policy)),
        "it::observe::names::Users::get"
    );
    assert_eq!(
        name_of(|policy| Orders(1).get(policy)),
        "it::observe::names::Orders::get"
    );
    assert_eq!(
        name_of(|policy| Users::create(policy, &Users)),
        "it::observe::names::Users::create"
    );
}

#[test]
fn a_default_method_has_the_type_of_self() {
    assert_eq!(
        name_of(|policy| Users.fetch(policy)),
        "it::observe::names::Users::fetch"
    );
    assert_eq!(
        name_of(|policy| Orders(1).fetch(policy)),
        "it::observe::names::Orders::fetch"
    );
}

#[test]
fn an_annotated_block_names_its_methods() {
    assert_eq!(
        name_of(|policy| Block(1).get(policy)),
        "it::observe::names::Block::get"
    );
    assert_eq!(name_of(|policy| Block(1).named(policy)), "own");
    assert_eq!(
        name_of(Block::<u8>::associated),
        "it::observe::names::Block::associated"
    );
}

#[test]
fn a_call_without_a_name_is_unnamed() {
    assert_eq!(name_of(|policy| policy.run_blocking(fails)), "unnamed");
    assert_eq!(
        name_of(|policy| policy.name("").run_blocking(fails)),
        "unnamed"
    );
    assert_eq!(
        name_of(|policy| policy.name("fetch").run_blocking(fails)),
        "fetch"
    );
}

#[test]
fn a_policy_shows_its_name() {
    let debug = format!("{:?}", Policy::new().name("fetch"));
    assert!(debug.contains("name: \"fetch\""), "{debug}");
    assert_ne!(Policy::new(), Policy::new().name("fetch"));
}

fn keep(event: &GiveUpEvent<'_, Classified<&'static str>>) {
    assert_eq!(event.name, "it::observe::names::Hooked::get");
}

struct Hooked;

impl Hooked {
    #[retryable(backoff = "none", on_give_up = keep)]
    fn get(&self) -> Outcome {
        fails()
    }
}

#[test]
fn hooks_have_the_name_too() {
    assert!(Hooked.get().is_err());
}
