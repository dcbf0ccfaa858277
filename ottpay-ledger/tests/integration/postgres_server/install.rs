//! The location of the programs, and the user they run as.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of PostgreSQL's programs: the newest of Debian's, or where PATH finds `initdb`.
pub(crate) fn find_postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| {
        let folder = entry.ok()?.path();
        let version: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        Some((version, folder.join("bin")))
    });
    let newest = versions.filter(|(_, bin)| bin.join("initdb").exists()).max_by_key(|(version, _)| *version);
    let found = newest.map(|(_, bin)| bin).or_else(|| find_in_path("initdb")?.parent().map(Path::to_owned));
    report_missing(found, "PostgreSQL", "postgresql")
}

pub(crate) fn find_pgbouncer() -> Option<PathBuf> {
    let debian = Some(PathBuf::from("/usr/sbin/pgbouncer")).filter(|program| program.exists());
    report_missing(debian.or_else(|| find_in_path("pgbouncer")), "PgBouncer", "pgbouncer")
}

fn find_in_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.exists())
}

/// Its tests are skipped where it is not installed, and fail where `CI_POSTGRES` says that it is.
fn report_missing(found: Option<PathBuf>, name: &str, package: &str) -> Option<PathBuf> {
    if found.is_none() {
        assert!(std::env::var_os("CI_POSTGRES").is_none(), "{name} is not there");
        println!("skipped: {name} is not there; Debian has it in the package {package}");
    }
    found
}

/// Neither program runs as root: if the tests run as root, the user `postgres`, which Debian's package creates, runs
/// them.
pub(crate) fn unprivileged(program: &Path) -> Command {
    let output = Command::new("id").arg("-u").output().unwrap();
    if output.stdout != b"0\n" {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    command
}
