//! Random trees of calls, against the rule written down once more, and against what follows from it.

use proptest::prelude::*;
use retryable::{Class, Nested};

use super::tree::{
    BY_SERVICE, Call, Child, DRIVERS, DRIVERS_AROUND, Event, Handling, Log, Outcome, any_call, make,
};

/// The rule, written down once more. The second value: whether a nested give-up was not handled.
fn expected(call: &Call, log: &mut Vec<Event>) -> (Option<Class>, bool) {
    for number in 1.. {
        log.push(Event::Attempt {
            call: call.id,
            number,
        });
        let mut marked = false;
        let mut end = None;
        for child in &call.children {
            let (failure, gave_up) = expected(&child.call, log);
            marked |= gave_up;
            end = match (failure, child.handling) {
                (None, _) | (_, Handling::Ignored) => None,
                (Some(class), Handling::PassedOn) | (_, Handling::TakenFor(class)) => Some(class),
            };
            if end.is_some() {
                break;
            }
        }
        let own = call.ends[(number as usize).min(call.ends.len()) - 1];
        let Some(mut class) = end.or(own) else {
            log.push(Event::Success { call: call.id });
            return (None, false);
        };
        if call.driver == BY_SERVICE {
            // A service says that a call inside gave up by asking for no other attempt. Where no other attempt
            // would follow anyway, that says nothing.
            marked &= class != Class::Permanent;
            if marked {
                class = Class::Permanent;
            }
        }
        let permanent = class == Class::Permanent;
        if permanent || number == call.max || marked {
            log.push(Event::GaveUp { call: call.id });
            return (Some(class), marked || !permanent);
        }
    }
    unreachable!("the last attempt gives up")
}

fn made(call: &Call, nested: Nested) -> (Outcome, Vec<Event>) {
    let log = Log::default();
    let outcome = make(call, nested, &log);
    let events = std::mem::take(&mut *log.lock().unwrap());
    (outcome, events)
}

/// Whether a call gave up in this log during an attempt of `of` that did not succeed, and
/// `of` made another attempt after it. Permanent failures are no giving up, so this looks at calls whose
/// every failure is transient.
fn went_on_after_a_give_up(call: &Call, log: &[Event]) -> bool {
    let mut gave_up = false;
    log.iter().any(|event| match *event {
        Event::Attempt { call: of, number } if of == call.id => {
            let went_on = number > 1 && gave_up;
            gave_up = false;
            went_on
        }
        Event::GaveUp { call: of } if of != call.id && is_inside(call, of) => {
            gave_up = true;
            false
        }
        // A descendant that succeeds has handled what gave up inside of it.
        Event::Success { call: of } if of != call.id && is_inside(call, of) => {
            gave_up = false;
            false
        }
        Event::Success { call: of } | Event::GaveUp { call: of } if of == call.id => {
            gave_up = false;
            false
        }
        _ => false,
    })
}

fn is_inside(call: &Call, id: u32) -> bool {
    let mut inside = call.children.iter();
    inside.any(|child| child.call.id == id || is_inside(&child.call, id))
}

/// All failures transient and forwarded, one child a call: a call that gives up ends all enclosing calls.
fn chain(call: &Call) -> Call {
    let transient = |end: &Option<Class>| end.map(|_| Class::Transient);
    let children = call.children.first().map(|child| Child {
        call: chain(&child.call),
        handling: Handling::PassedOn,
    });
    Call {
        children: children.into_iter().collect(),
        ends: call.ends.iter().map(transient).collect(),
        ..*call
    }
}

/// Every call fails less often than it may.
fn recovering(call: &Call) -> Call {
    let failures = call.ends.len().min(call.max as usize - 1);
    let mut ends = vec![Some(Class::Transient); failures];
    ends.push(None);
    let recovering = |child: &Child| Child {
        call: recovering(&child.call),
        ..*child
    };
    Call {
        children: call.children.iter().map(recovering).collect(),
        ends,
        ..*call
    }
}

fn every(call: &Call) -> Vec<&Call> {
    let inside = call.children.iter().flat_map(|child| every(&child.call));
    [call].into_iter().chain(inside).collect()
}

fn count(log: &[Event], of: impl Fn(&Event) -> bool) -> usize {
    log.iter().filter(|event| of(event)).count()
}

#[test]
fn three_layers_of_five_make_five_calls_through_every_mixture_of_ways() {
    let call = |id, driver, inside: Option<Call>| Call {
        id,
        max: 5,
        driver,
        children: Vec::from_iter(inside.map(|call| Child {
            call,
            handling: Handling::PassedOn,
        })),
        ends: vec![Some(Class::Transient)],
    };
    let hits = |log: &[Event], id: u32| {
        count(
            log,
            |event| matches!(*event, Event::Attempt { call, .. } if call == id),
        )
    };
    for top in 0..DRIVERS_AROUND {
        for middle in 0..DRIVERS_AROUND {
            for bottom in 0..DRIVERS {
                let tree = call(0, top, Some(call(1, middle, Some(call(2, bottom, None)))));
                let (outcome, log) = made(&tree, Nested::Stop);
                assert!(outcome.is_err());
                let hits = [0, 1, 2].map(|id| hits(&log, id));
                assert_eq!(hits, [1, 1, 5], "{top}, {middle}, {bottom}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_tree_of_calls_keeps_the_rule(call in any_call()) {
        let (outcome, log) = made(&call, Nested::Stop);
        let mut model = Vec::new();
        let (failure, _) = expected(&call, &mut model);
        prop_assert_eq!(log, model);
        prop_assert_eq!(outcome.err().map(|error| error.class()), failure);
    }

    #[test]
    fn once_a_call_gives_up_no_enclosing_call_continues(call in any_call()) {
        let call = chain(&call);
        let (_, log) = made(&call, Nested::Stop);
        for call in every(&call) {
            prop_assert!(!went_on_after_a_give_up(call, &log), "{} in {log:?}", call.id);
        }
    }

    #[test]
    fn if_the_bottom_always_fails_its_limit_is_that_of_all(call in any_call()) {
        let mut call = chain(&call);
        let mut bottom = &mut call;
        while !bottom.children.is_empty() {
            bottom = &mut bottom.children[0].call;
        }
        bottom.ends = vec![Some(Class::Transient)];
        let (id, limit) = (bottom.id, bottom.max as usize);
        let (outcome, log) = made(&call, Nested::Stop);
        prop_assert!(outcome.is_err());
        let of = |id| move |event: &Event| matches!(*event, Event::Attempt { call, .. } if call == id);
        let (hits, top) = (count(&log, of(id)), count(&log, of(call.id)));
        prop_assert!(hits <= limit * top);
        // The first call of the bottom that gives up ends it all, so it is even the limit itself.
        prop_assert_eq!(hits, limit);
    }

    #[test]
    fn a_tree_in_which_nothing_gives_up_is_as_if_each_layer_retried_alone(call in any_call()) {
        let call = recovering(&call);
        let (outcome, log) = made(&call, Nested::Stop);
        prop_assert_eq!(count(&log, |event| matches!(event, Event::GaveUp { .. })), 0);
        prop_assert_eq!(made(&call, Nested::Multiply), (outcome, log));
    }
}
