//! A process that does not outlive the test's process.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs what its arguments say, waits for a line or the end of its input, and stops it, by the signal that the line names or by
/// its own. If the input ends without a line, everything ends, and the folder is removed, too.
const SCRIPT: &str = r#"
folder=$1 signal=$2
shift 2
"$@" </dev/null &
word= other=
read -r word other
kill "-${other:-$signal}" $!
wait $!
[ "$word" = keep ] || rm -rf "$folder"
"#;

/// A process that is stopped when this is dropped, or when the test's process ends.
pub(crate) struct Watched(Child);

impl Watched {
    /// Starts a program in a folder, in which the file `log` gets what it prints. The signal is what stops it.
    pub(crate) fn start(program: &Command, folder: &Path, log: &str, signal: &str) -> Self {
        let log = std::fs::File::create(folder.join(log)).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]).arg(folder).arg(signal).arg(program.get_program()).args(program.get_args());
        shell.current_dir("/").stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        // An interrupt from the terminal is for the test's process, whose end ends this one.
        Self(shell.process_group(0).spawn().unwrap())
    }

    /// Stops it, and waits until it is gone. The folder stays.
    pub(crate) fn stop(self) {
        self.stop_by("keep\n");
    }

    /// Kills it, so that it cannot clean up, and waits until it is gone. The folder stays.
    pub(crate) fn kill(self) {
        self.stop_by("keep KILL\n");
    }

    fn stop_by(mut self, line: &str) {
        self.0.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.0.stdin.take().is_some() {
            let _ = self.0.wait();
        }
    }
}
