//! Waits until a payment has ended.

use std::time::Duration;

use super::changes::Changes;
use super::confirmed::Confirmed;
use super::polling::Polling;
use super::tracked::{Trackable, Tracked};
use super::wait_error::WaitError;
use crate::client::Client;
use crate::transport::{BoxFuture, Clock};

/// The longest time between an answer and the next query.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

impl Client {
    /// Queries the state of an order repeatedly, until it has ended or the limit is reached. Nothing happens until it
    /// is awaited. The future can be dropped at any time, because a query changes nothing.
    ///
    /// ```no_run
    /// # extern crate ottpay_runtime as ottpay;
    /// # use std::time::Duration;
    /// # async fn run(client: ottpay::Client, order: ottpay::payment::Tracked) -> Result<(), Box<dyn std::error::Error>> {
    /// use ottpay::payment::Confirmed;
    ///
    /// match client.wait(&order).every(Duration::from_secs(3)).up_to(Duration::from_secs(300)).await? {
    ///     Confirmed::Paid(payment) => println!("paid {}", payment.paid()),
    ///     other => println!("not paid: {other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self, order: &(impl Trackable + ?Sized)) -> Wait {
        let (every, up_to) = (Duration::from_secs(3), Duration::from_secs(300));
        Wait { client: self.clone(), order: order.tracked(), every, up_to }
    }
}

/// A wait that begins when it is awaited, see [`wait`](crate::Client::wait).
#[derive(Debug, Clone)]
#[must_use = "nothing is queried until this is awaited"]
pub struct Wait {
    client: Client,
    order: Tracked,
    every: Duration,
    up_to: Duration,
}

impl Wait {
    /// Sets the time between an answer and the next query: 3 seconds by default, at least 10 milliseconds and at most
    /// 30 days. It is randomly lengthened, up to twice as long, so that many waits do not query at the same time.
    pub fn every(mut self, interval: Duration) -> Self {
        self.every = interval.clamp(Duration::from_millis(10), LONGEST);
        self
    }

    /// Sets the total time to wait, 5 minutes by default. A query is cancelled at the limit, so the wait never takes
    /// longer.
    pub fn up_to(mut self, limit: Duration) -> Self {
        self.up_to = limit;
        self
    }

    /// Returns every answer that differs from the previous one, as a stream for a page that shows the progress of a
    /// payment. The stream ends after the answer that ends a wait, or after an error.
    pub fn changes(self) -> Changes {
        let Self { client, order, every, up_to } = self;
        Changes::new(move || Polling::start(client, order, Clock::Runtime, every, up_to))
    }

    /// Queries the order repeatedly, and blocks the thread until it has ended or the limit is reached.
    ///
    /// For programs without an async runtime, instead of `.await`. The delays are real time. A custom transport must
    /// end each request at its timeout, because a blocked thread cannot abort it. Inside an async runtime this blocks a
    /// worker thread, so call it in `spawn_blocking`.
    ///
    /// # Errors
    /// [`WaitError`], as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn wait(self) -> Result<Confirmed, WaitError> {
        pollster::block_on(self.run(Clock::Thread))
    }

    async fn run(self, clock: Clock) -> Result<Confirmed, WaitError> {
        let Self { client, order, every, up_to } = self;
        let work = async move {
            let mut polling = Polling::start(client, order, clock, every, up_to);
            loop {
                if let Some(end) = polling.run_round().await {
                    return end;
                }
            }
        };
        clock.run(work).await.unwrap_or_else(|error| Err(WaitError::NoClock(error)))
    }
}

/// Waits until the order has ended: any answer except [`Open`](Confirmed::Open) and [`NoAnswer`](Confirmed::NoAnswer).
///
/// It needs no Tokio runtime; inside one, it uses the runtime's clock.
impl IntoFuture for Wait {
    type Output = Result<Confirmed, WaitError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run(Clock::Runtime))
    }
}
