//! Group commit: jobs that arrive at the same time are carried out in sequence, committed once, and only then answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::jobs::{Job, Report, WaitingJobs};
use super::state::Engine;

/// The maximum number of jobs in one commit: other users of the database wait for it.
const MAX_TOGETHER: usize = 64;

/// Carries out jobs until the task is aborted. New jobs queue up during a commit.
pub(crate) async fn run_jobs(engine: Arc<Engine>, mut waiting: WaitingJobs<Engine>) {
    while let Some(first) = waiting.next().await {
        let engine = Arc::clone(&engine);
        let carried_out = tokio::task::spawn_blocking(move || {
            let reports = engine.carry_out_together(first, &mut waiting);
            (waiting, reports)
        });
        // An error means that the runtime is shutting down.
        let Ok((still_waiting, reports)) = carried_out.await else { return };
        waiting = still_waiting;
        // On this thread, because a waker called on another thread would interrupt this one each time.
        for (report, kept) in reports {
            report(kept);
        }
    }
}

impl Engine {
    /// Carries out a job together with others that arrive at the same time. Returns its result after the changes of all
    /// of them are committed, with the durability of the sandbox's settings.
    pub(crate) async fn commit_in_group<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> rusqlite::Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job<Engine> = Box::new(move |engine| {
            let done = work(engine);
            // The caller may be gone; its changes are committed all the same.
            Box::new(move |kept| drop(answer.send(kept.map(|()| done))))
        });
        let stopped = || describe_failure(rusqlite::ffi::SQLITE_ABORT, "the sandbox did not finish it");
        if !self.jobs.add(job).await {
            return Err(stopped());
        }
        answered.await.map_err(|_| stopped())?
    }

    /// Carries out a job and those that arrive meanwhile, and commits their changes together. Returns their reports,
    /// and whether the changes were committed.
    fn carry_out_together(
        &self,
        first: Job<Engine>,
        waiting: &mut WaitingJobs<Engine>,
    ) -> Vec<(Report, rusqlite::Result<()>)> {
        let further = std::iter::from_fn(|| waiting.next_now());
        // The report of a job that panics is missing, so its caller gets an error.
        let carry_out = |job: Job<Engine>| catch_unwind(AssertUnwindSafe(|| job(self))).ok();
        let mut jobs = std::iter::once(first).chain(further).take(MAX_TOGETHER).map(carry_out);
        let (done, kept) = self.store.commit_together(&mut jobs);
        if let Err(error) = &kept {
            tracing::error!(%error, "changes could not be committed");
        }
        done.into_iter().flatten().map(|report| (report, copy_result(&kept))).collect()
    }
}

/// Copies the result of a commit for each job of the group.
fn copy_result(kept: &rusqlite::Result<()>) -> rusqlite::Result<()> {
    match kept {
        Ok(()) => Ok(()),
        Err(rusqlite::Error::SqliteFailure(code, text)) => Err(rusqlite::Error::SqliteFailure(*code, text.clone())),
        Err(error) => Err(describe_failure(rusqlite::ffi::SQLITE_ERROR, &error.to_string())),
    }
}

fn describe_failure(code: i32, text: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as blocking;
    use std::time::Duration;

    use super::super::test_engine::build_engine;
    use super::*;

    /// Adds a job in a separate task. It has been added when this returns.
    async fn add<T: Send + 'static>(
        engine: &Arc<Engine>,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> tokio::task::JoinHandle<rusqlite::Result<T>> {
        let engine = Arc::clone(engine);
        let answered = tokio::spawn(async move { engine.commit_in_group(work).await });
        tokio::task::yield_now().await;
        answered
    }

    #[tokio::test]
    async fn nothing_is_answered_before_its_group_is_committed() {
        let (engine, waiting) = build_engine();
        let (go, wait) = blocking::channel::<()>();
        let (begun, begins) = oneshot::channel();
        let first = add(&engine, |engine| engine.store.set("first", "")).await;
        let second = add(&engine, move |engine| {
            begun.send(()).unwrap();
            wait.recv().unwrap();
            engine.store.set("second", "")
        })
        .await;
        let running = tokio::spawn(run_jobs(Arc::clone(&engine), waiting));
        begins.await.unwrap();
        // The first job has been carried out by now, but must not be answered before the commit.
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!first.is_finished());
        go.send(()).unwrap();
        first.await.unwrap().unwrap().unwrap();
        second.await.unwrap().unwrap().unwrap();
        assert!(engine.store.setting("first").unwrap().is_some());
        running.abort();
    }

    #[tokio::test]
    async fn every_job_of_a_group_that_is_not_committed_gets_an_error() {
        let (engine, waiting) = build_engine();
        let first = add(&engine, |engine| engine.store.set("first", "")).await;
        let broken = add(&engine, |engine| engine.store.undo_group()).await;
        let later = add(&engine, |engine| engine.store.set("later", "")).await;
        let running = tokio::spawn(run_jobs(Arc::clone(&engine), waiting));
        assert!(first.await.unwrap().is_err());
        assert!(broken.await.unwrap().is_err());
        later.await.unwrap().unwrap().unwrap();
        assert!(engine.store.setting("first").unwrap().is_none());
        assert!(engine.store.setting("later").unwrap().is_some());
        running.abort();
    }

    #[tokio::test]
    async fn a_job_that_panics_gets_an_error_and_the_others_of_its_group_are_kept() {
        let (engine, waiting) = build_engine();
        let first = add(&engine, |engine| engine.store.set("first", "")).await;
        let panics = add(&engine, |_| -> () { panic!("as the test wants it") }).await;
        let later = add(&engine, |engine| engine.store.set("later", "")).await;
        let running = tokio::spawn(run_jobs(Arc::clone(&engine), waiting));
        first.await.unwrap().unwrap().unwrap();
        assert!(panics.await.unwrap().unwrap_err().to_string().contains("did not finish"));
        later.await.unwrap().unwrap().unwrap();
        assert!(engine.store.setting("first").unwrap().is_some() && engine.store.setting("later").unwrap().is_some());
        running.abort();
    }
}
