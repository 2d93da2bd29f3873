//! Each mode of `retryable::testing` with each form of retry.

use std::panic::catch_unwind;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use retryable::GiveUp;
use retryable::testing::{self, Mode, Record};

use crate::forms::{ATTEMPTS, FORMS, Form, POLICY};

/// The delays of a seed, for so many attempts.
fn delays(seed: u64, attempts: usize) -> Vec<Duration> {
    POLICY.schedule(seed).take(attempts - 1).collect()
}

/// Runs each form both ways: in scopes of the thread, and in a future with the same mode.
fn each(mode: Mode, scopes: impl Fn(Form) -> Record, check: impl Fn(&Record, &str)) {
    for (name, form) in FORMS {
        let begun = Instant::now();
        check(&scopes(form), name);
        check(&form.run_with(mode), &format!("{name}, with"));
        let took = begun.elapsed();
        // Generous, for a machine that does much else.
        assert!(took < Duration::from_secs(2), "{name} took {took:?}");
    }
}

#[test]
fn no_delay_acts_on_every_form() {
    let scopes = |form: Form| {
        let _quick = testing::no_delay();
        form.run()
    };
    each(Mode::new().no_delay(), scopes, |record, name| {
        assert_eq!(record.attempts(), ATTEMPTS, "{name}");
        assert_eq!(record.give_up(), Some(GiveUp::Exhausted), "{name}");
    });
}

#[test]
fn no_retries_acts_on_every_form() {
    let scopes = |form: Form| {
        let _once = testing::no_retries();
        form.run()
    };
    each(Mode::new().no_retries(), scopes, |record, name| {
        assert_eq!(record.attempts(), 1, "{name}");
        assert_eq!(record.give_up(), Some(GiveUp::Exhausted), "{name}");
    });
}

#[test]
fn max_attempts_acts_on_every_form() {
    let mode = Mode::new().no_delay().max_attempts(2);
    let scopes = |form: Form| {
        let (_quick, _few) = (testing::no_delay(), testing::max_attempts(2));
        form.run()
    };
    each(mode, scopes, |record, name| {
        assert_eq!(record.attempts(), 2, "{name}");
    });
}

#[test]
fn a_seed_acts_on_every_form() {
    let scopes = |form: Form| {
        let (_quick, _same) = (testing::no_delay(), testing::seed(7));
        form.run()
    };
    each(Mode::new().no_delay().seed(7), scopes, |record, name| {
        assert_eq!(record.delays(), delays(7, ATTEMPTS), "{name}");
    });
}

#[test]
fn nested_modes_act_on_every_form_setting_by_setting() {
    let outer = Mode::new().no_delay().seed(8);
    let _outer = testing::max_attempts(3);
    let scopes = |form: Form| {
        let (_quick, _other) = (testing::no_delay(), testing::seed(8));
        let _inner = testing::seed(7);
        let record = form.run();
        assert_eq!(record.delays(), delays(7, 3));
        // Inside of the scopes: the seed is the mode's, the maximum that of the thread.
        form.run_with(Mode::new().seed(8))
    };
    each(outer, scopes, |record, name| {
        assert_eq!(record.delays(), delays(8, 3), "{name}");
    });
}

#[test]
fn a_mode_ends_for_every_form_if_the_test_panics() {
    let _quick = testing::no_delay();
    for (name, form) in FORMS {
        let panicked = catch_unwind(|| {
            let _once = testing::no_retries();
            assert_eq!(form.run().attempts(), ATTEMPTS, "a test fails");
        });
        assert!(panicked.is_err(), "{name}");
        let panicked = catch_unwind(|| {
            let attempts = form.run_with(Mode::new().no_retries()).attempts();
            assert_eq!(attempts, ATTEMPTS, "a test fails");
        });
        assert!(panicked.is_err(), "{name}");
        assert_eq!(form.run().attempts(), ATTEMPTS, "{name}");
    }
}

#[test]
fn two_threads_do_not_see_the_modes_of_each_other_in_any_form() {
    let both = Barrier::new(2);
    let run = |max: u32| {
        let (_quick, _few) = (testing::no_delay(), testing::max_attempts(max));
        for (name, form) in FORMS {
            both.wait();
            assert_eq!(form.run().attempts(), max as usize, "{name}");
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| run(2));
        scope.spawn(|| run(3));
    });
}

#[test]
fn two_tasks_do_not_see_the_modes_of_each_other_in_any_form() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks = FORMS.iter().flat_map(|(name, form)| {
            [2, 3].map(|max| {
                let mode = Mode::new().no_delay().max_attempts(max);
                let form = *form;
                let task = match form {
                    Form::Awaited(form) => tokio::spawn(testing::with(mode, form())),
                    Form::Blocking(_) => tokio::task::spawn_blocking(move || form.run_with(mode)),
                };
                (name, max, task)
            })
        });
        for (name, max, task) in tasks.collect::<Vec<_>>() {
            assert_eq!(task.await.unwrap().attempts(), max as usize, "{name}");
        }
    });
}
