//! A process that the test starts, talks to, and kills.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::UnboundedSender;

use super::said::MARK;

/// A process, and the lines to and from it.
pub(crate) struct Peer {
    child: Child,
    /// Open until the process has to end.
    input: Option<ChildStdin>,
}

impl Peer {
    /// Starts the process; its output is sent to the sender, with this number.
    pub(crate) fn start(mut command: Command, number: usize, heard: UnboundedSender<(usize, String)>) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = said.next_line().await {
                if let Some((_, said)) = line.split_once(MARK) {
                    let _ = heard.send((number, said.to_owned()));
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input }
    }

    /// Sends a line to it. A killed process does not receive it.
    pub(crate) async fn tell(&mut self, line: &str) {
        if let Some(input) = &mut self.input {
            let _ = input.write_all(format!("{line}\n").as_bytes()).await;
        }
    }

    /// Closes its input, so that it ends.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Kills it with the signal that no program can catch.
    pub(crate) async fn kill(mut self) {
        if let Some(ended) = self.child.try_wait().unwrap() {
            let mut errors = String::new();
            let _ = self.child.stderr.take().unwrap().read_to_string(&mut errors).await;
            panic!("it has ended on its own with {ended}: {errors}");
        }
        self.child.kill().await.unwrap();
    }

    /// Waits until it has ended; returns how, and what it wrote to its standard error.
    pub(crate) async fn wait(mut self) -> (ExitStatus, String) {
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
        (self.child.wait().await.unwrap(), errors)
    }

    /// Lets the process finish.
    pub(crate) async fn end(mut self) {
        self.hang_up();
        let (status, errors) = self.wait().await;
        assert!(status.success(), "it ended with {status}: {errors}");
    }
}
