//! Workers that drain a queue: each job is retried within a budget that all workers share, a job that fails for good
//! becomes a dead letter, and a shutdown finishes the current jobs.
//!
//!     cargo run -p examples --example worker

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use retryable::http::testing::{Recorded, Server, reply};
use retryable::http::{self, RequestBuilderExt};
use retryable::{Budget, GiveUp, retryable};
use tokio::sync::{mpsc, watch};

/// In an outage: ten retries, and then one for every ten jobs. All workers share it.
static RETRIES: Budget = Budget::new(0.1).burst(10);

struct Job {
    id: u32,
}

/// A job that no worker tries again, until a person has looked at it.
struct DeadLetter {
    job: u32,
    reason: GiveUp,
}

/// What all workers share.
struct Workers {
    client: Client,
    url: String,
    queue: tokio::sync::Mutex<mpsc::Receiver<Job>>,
    dead: Mutex<Vec<DeadLetter>>,
}

impl Workers {
    /// Processes jobs until the queue is closed and empty, or until `stop` is set. Returns how many jobs were done.
    async fn work(&self, mut stop: watch::Receiver<bool>) -> u32 {
        let mut done = 0;
        loop {
            let job = tokio::select! {
                // In this order: a stopped worker takes no job.
                biased;
                _ = stop.wait_for(|stop| *stop) => return done,
                job = self.next_job() => job,
            };
            let Some(job) = job else {
                return done;
            };
            // Outside of `select!`, so that a shutdown does not interrupt it.
            match self.process(&job).await {
                Ok(true) => done += 1,
                Ok(false) => {}
                // Such as a 400: the job is wrong, and was not retried.
                Err(error) => self.bury(&job, &error, GiveUp::NotRetryable),
            }
        }
    }

    async fn next_job(&self) -> Option<Job> {
        self.queue.lock().await.recv().await
    }

    /// Returns whether the job was done. `max_elapsed` bounds how long a shutdown takes.
    #[retryable(
        max = 4,
        base = "5ms",
        max_elapsed = "10s",
        budget = RETRIES,
        fallback = |error, reason| {
            self.bury(job, &error, reason);
            Ok(false)
        }
    )]
    async fn process(&self, job: &Job) -> Result<bool, http::Error> {
        let request = self.client.post(format!("{}/mails/{}", self.url, job.id));
        // The server recognizes a repeated job by its id, so repeating it is safe.
        let request = request.header("idempotency-key", format!("\"job-{}\"", job.id));
        request.send_checked().await?;
        Ok(true)
    }

    fn bury(&self, job: &Job, error: &http::Error, reason: GiveUp) {
        println!("job {} is dead: {error}: {reason}", job.id);
        let job = job.id;
        self.dead().push(DeadLetter { job, reason });
    }

    fn dead(&self) -> MutexGuard<'_, Vec<DeadLetter>> {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::respond_with(|_, request| match request.path.as_str() {
        "/mails/1" => reply(400),
        "/mails/2" => reply(503),
        // An outage for the jobs from 100 on.
        path if path.starts_with("/mails/1") => reply(503),
        path if path.starts_with("/mails/9") => reply(200).after(Duration::from_millis(300)),
        _ => reply(200),
    });
    let (jobs, queue) = mpsc::channel(1000);
    let workers = Arc::new(Workers {
        client: Client::builder().no_proxy().build()?,
        url: server.url(),
        queue: tokio::sync::Mutex::new(queue),
        dead: Mutex::default(),
    });
    let (stop, stopped) = watch::channel(false);
    let tasks = [(); 3].map(|()| {
        let (workers, stopped) = (Arc::clone(&workers), stopped.clone());
        tokio::spawn(async move { workers.work(stopped).await })
    });

    // A wrong job, one that always fails, and two that succeed.
    for id in 1..=4 {
        jobs.send(Job { id }).await?;
    }
    wait_until(|| workers.dead().len() == 2).await;
    // Then an outage of 50 jobs, and five jobs that are slow.
    for id in (100..150).chain(900..905) {
        jobs.send(Job { id }).await?;
    }

    // In a program: `tokio::signal::ctrl_c().await?`. Here: when each worker has a slow job.
    wait_until(|| count(&server, "/mails/9") == 3).await;
    stop.send(true)?;
    let mut done = 0;
    for task in tasks {
        done += task.await?;
    }
    let mut left = Vec::new();
    let mut queue = workers.queue.lock().await;
    queue.close();
    while let Ok(job) = queue.try_recv() {
        left.push(job.id);
    }
    println!("{done} jobs done; for the next start: {left:?}");
    // The current jobs were finished, and no other job began.
    assert_eq!((done, left), (5, vec![903, 904]));
    assert_eq!(count(&server, "/mails/9"), 3);

    let dead = workers.dead();
    assert_eq!(dead.len(), 52);
    let reason = |job| {
        let letter = dead.iter().find(|letter| letter.job == job);
        letter.map(|letter| letter.reason)
    };
    assert_eq!(reason(1), Some(GiveUp::NotRetryable));
    assert_eq!(reason(2), Some(GiveUp::Exhausted));
    assert_eq!(reason(149), Some(GiveUp::Budget));

    // At most the burst of ten and a tenth of the jobs, of which job 2 used three.
    let retries = count(&server, "/mails/1") - 1 - 50;
    println!("50 jobs in an outage caused {retries} retries");
    assert!((7..=13).contains(&retries), "{retries}");
    Ok(())
}

fn count(server: &Server, path: &str) -> usize {
    let requests = server.requests();
    let matching = |seen: &&Recorded| seen.path.starts_with(path);
    requests.iter().filter(matching).count()
}

async fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
