//! A file with the sandbox's URL, for the program that started it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// Maximum size in bytes of an existing file that is inspected.
const MAX_READ: u64 = 64 * 1024;

/// How long a server on this machine may take to accept a connection.
const MAX_CONNECT: Duration = Duration::from_millis(500);

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
    /// Removes the file of an earlier sandbox, which would announce an address where no server listens. The file of a
    /// running sandbox, and any other file, is left alone and is an error.
    pub(crate) fn prepare(path: PathBuf) -> io::Result<Self> {
        let exists = |message: String| Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(file) => match read_ready(&file) {
                None => return exists("another file already has this path".to_owned()),
                Some(ready) if is_served(&ready.url) => {
                    return exists(format!("it belongs to the running sandbox at {}", ready.url));
                }
                Some(_) => fs::remove_file(&path)?,
            },
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

/// Reads the file of a sandbox, or returns `None` for any other file.
fn read_ready(file: &File) -> Option<Ready> {
    let mut text = String::new();
    file.take(MAX_READ).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Whether a server on this machine accepts connections at an address. Others are not contacted: the file could name any.
fn is_served(url: &str) -> bool {
    let addresses = Url::parse(url).ok().and_then(|url| url.socket_addrs(|| None).ok()).unwrap_or_default();
    let mut local = addresses.iter().filter(|address| address.ip().is_loopback());
    local.any(|address| TcpStream::connect_timeout(address, MAX_CONNECT).is_ok())
}

/// A file next to it, for this process only.
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
