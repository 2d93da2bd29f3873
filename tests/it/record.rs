//! Records of annotated functions.

use std::future::Future;
use std::time::Duration;

use retryable::testing::{self, Record, Script};
use retryable::{Classified, DynPolicy, Exponential, Jitter, Policy, retryable, transient};

type Outcome = Result<u32, Classified<&'static str>>;
type Outcomes = Script<Outcome>;

#[retryable(base = "10s", jitter = "none")]
fn blocking(script: &Outcomes) -> Outcome {
    script.next()
}

#[retryable(base = "10s", jitter = "none")]
async fn awaited(script: &Outcomes) -> Outcome {
    script.next()
}

struct Client {
    policy: DynPolicy<Classified<&'static str>>,
}

#[retryable(base = "10s", jitter = "none")]
impl Client {
    #[retryable]
    async fn method(&self, script: &Outcomes) -> Outcome {
        script.next()
    }
}

impl Client {
    #[retryable(policy = self.policy)]
    async fn by_policy(&self, script: &Outcomes) -> Outcome {
        script.next()
    }

    #[retryable(policy = self.policy)]
    fn by_policy_blocking(&self, script: &Outcomes) -> Outcome {
        script.next()
    }
}

fn script() -> Outcomes {
    Script::new([Err(transient("busy")), Err(transient("busy")), Ok(7)])
}

#[track_caller]
fn assert_recorded(record: &Record, name: &str) {
    assert_eq!(
        record.to_string(),
        "1 transient, waited 10s\n2 transient, waited 20s\n3 succeeded"
    );
    assert_eq!(record.names(), [format!("{}::{name}", module_path!())]);
}

async fn recorded(call: impl Future<Output = Outcome>) -> Record {
    let (outcome, record) = testing::record_async(call).await;
    assert_eq!(outcome, Ok(7));
    record
}

#[tokio::test]
async fn every_form_of_annotated_function_is_recorded() {
    let _quick = testing::no_delay();
    let backoff = Exponential::new(Duration::from_secs(10)).jitter(Jitter::None);
    let client = Client {
        policy: Policy::with_backoff(backoff).erase(),
    };
    assert_recorded(&testing::record(|| blocking(&script())).1, "blocking");
    assert_recorded(&recorded(awaited(&script())).await, "awaited");
    let record = recorded(client.method(&script())).await;
    assert_recorded(&record, "Client::method");
    let record = recorded(client.by_policy(&script())).await;
    assert_recorded(&record, "Client::by_policy");
    let (_, record) = testing::record(|| client.by_policy_blocking(&script()));
    assert_recorded(&record, "Client::by_policy_blocking");
}

#[test]
fn a_function_that_succeeds_at_once_is_recorded() {
    let (_, record) = testing::record(|| blocking(&Script::new([Ok(7)])));
    assert_eq!(record.to_string(), "1 succeeded");
}
