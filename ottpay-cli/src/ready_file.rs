//! A file that says where the sandbox listens, for the program that started it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The longest file that is read to see what it is, in bytes.
const MAX_READ: u64 = 64 * 1024;

/// What the file contains. The sign key is never in it: other users of the machine may read the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ready {
    pub(crate) url: String,
    pub(crate) merchant_id: String,
}

/// The file. Once it has been written, it is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct ReadyFile {
    path: PathBuf,
    written: OnceLock<()>,
}

impl ReadyFile {
    /// Removes what an earlier sandbox has left there: it says where nothing listens any more. Any other file is left alone,
    /// and is an error.
    pub(crate) fn prepare(path: PathBuf) -> io::Result<Self> {
        match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(file) if is_ready_file(&file) => fs::remove_file(&path)?,
            Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is another file already")),
        }
        Ok(Self { path, written: OnceLock::new() })
    }

    /// Writes the file. A reader finds all of it or none.
    pub(crate) fn write(&self, ready: &Ready) -> io::Result<()> {
        let text = serde_json::to_string(ready)?;
        let temporary = name_temporary(&self.path);
        let written = File::create_new(&temporary)
            .and_then(|mut file| writeln!(file, "{text}"))
            .and_then(|()| fs::rename(&temporary, &self.path));
        if written.is_ok() {
            let _ = self.written.set(());
        } else {
            let _ = fs::remove_file(&temporary);
        }
        written
    }
}

fn is_ready_file(file: &File) -> bool {
    let mut text = String::new();
    file.take(MAX_READ).read_to_string(&mut text).is_ok() && serde_json::from_str::<Ready>(&text).is_ok()
}

/// A file beside it, of this process alone.
fn name_temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        if self.written.get().is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
