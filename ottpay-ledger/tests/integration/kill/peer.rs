//! A process that the test starts, talks to, and kills.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::UnboundedSender;

use super::said::MARK;

/// A process, and the lines to and from it.
pub(crate) struct Peer {
    child: Child,
    input: ChildStdin,
}

impl Peer {
    /// Starts it; what it says goes to the sender, with this number.
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
        let input = child.stdin.take().unwrap();
        Self { child, input }
    }

    /// Says something to it. One that has been killed does not hear it.
    pub(crate) async fn tell(&mut self, line: &str) {
        let _ = self.input.write_all(format!("{line}\n").as_bytes()).await;
    }

    /// Kills it by the signal that no program can catch.
    pub(crate) async fn kill(mut self) {
        if let Some(ended) = self.child.try_wait().unwrap() {
            let mut errors = String::new();
            let _ = self.child.stderr.take().unwrap().read_to_string(&mut errors).await;
            panic!("it has ended by itself with {ended}: {errors}");
        }
        self.child.kill().await.unwrap();
    }

    /// Lets it come to its end.
    pub(crate) async fn end(self) {
        let Self { mut child, input } = self;
        drop(input);
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
        let status = child.wait().await.unwrap();
        assert!(status.success(), "it ended with {status}: {errors}");
    }
}
