//! A cluster: created, started, stopped as by a power failure, and restarted.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::install::{find_postgres, unprivileged};
use super::pgbouncer::PgBouncer;
use super::starting::{PATIENCE, free_port};
use super::watched::Watched;

/// A running server.
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    password: String,
    is_durable: bool,
    running: Mutex<Running>,
    databases: AtomicU32,
    pgbouncer: OnceLock<Option<PgBouncer>>,
}

struct Running {
    port: u16,
    process: Option<Watched>,
}

impl Server {
    /// A server that does not wait for its disk: commits survive its own end, but not that of the machine.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(false)
    }

    /// A server that waits for its disk, as a server with real money should.
    pub(crate) fn start_durable() -> Option<Self> {
        Self::start_with(true)
    }

    fn start_with(is_durable: bool) -> Option<Self> {
        static SERVERS: AtomicU32 = AtomicU32::new(0);
        let programs = find_postgres()?;
        let name = format!("ottpay-postgres-{}-{}", std::process::id(), SERVERS.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        // Left by an earlier process with this id, which was ended together with its shell.
        let _ = std::fs::remove_dir_all(&folder);
        // Only those who may enter the folder reach the socket in it, through which the password is set. It is sent as it is:
        // SCRAM costs a client without optimization 0.2 s for each connection.
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.args(["--username=postgres", "--auth-local=trust", "--auth-host=password", "--encoding=UTF8"]);
        initdb.args(["--locale=C", "--no-sync", "--pgdata"]).arg(&folder).current_dir("/");
        let output = initdb.output().unwrap();
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));

        let server = Self {
            programs,
            folder,
            password: random_word(),
            is_durable,
            running: Mutex::new(Running { port: 0, process: None }),
            databases: AtomicU32::new(0),
            pgbouncer: OnceLock::new(),
        };
        server.boot(None);
        server.administer(&format!("ALTER ROLE postgres PASSWORD '{}'", server.password));
        Some(server)
    }

    /// Starts the cluster on a port, or on any free one. Another program may bind that first; then it tries another.
    fn boot(&self, port: Option<u16>) {
        let mut running = self.running.lock().unwrap();
        for _ in 0..30 {
            running.port = port.unwrap_or_else(free_port);
            let process = Watched::start(&self.command(running.port), &self.folder, "server.log", "QUIT");
            let until = Instant::now() + PATIENCE;
            while !self.has_failed() && Instant::now() < until {
                if self.is_ready() {
                    running.process = Some(process);
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            process.stop();
            // Processes of a killed server may still be running, and hold its shared memory.
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    fn command(&self, port: u16) -> Command {
        let mut postgres = unprivileged(&self.programs.join("postgres"));
        postgres.arg("-D").arg(&self.folder);
        let folder = self.folder.display();
        let on = if self.is_durable { "on" } else { "off" };
        for setting in [
            format!("port={port}"),
            format!("unix_socket_directories={folder}"),
            format!("fsync={on}"),
            format!("full_page_writes={on}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "max_connections=200".to_owned(),
        ] {
            postgres.args(["-c", &setting]);
        }
        postgres
    }

    /// Its file states this in the eighth line. The first line is the process, which excludes a file of a killed
    /// server.
    fn is_ready(&self) -> bool {
        let file = std::fs::read_to_string(self.folder.join("postmaster.pid")).unwrap_or_default();
        let is_alive = file.lines().next().is_some_and(|process| Path::new("/proc").join(process.trim()).exists());
        is_alive && file.lines().nth(7).is_some_and(|line| line.trim() == "ready")
    }

    /// A client that connects too early receives a FATAL as well: "the database system is starting up".
    fn has_failed(&self) -> bool {
        self.log().lines().any(|line| line.contains("FATAL") && !line.contains("the database system is"))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// The address of a new, empty database.
    pub(crate) fn fresh_database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.administer(&format!("CREATE DATABASE {name}"));
        format!("postgres://postgres:{}@127.0.0.1:{}/{name}", self.password, self.port())
    }

    /// The same database through PgBouncer, which is in transaction mode and is started by the first call. `None`, with a
    /// printed sentence, where it is not installed.
    pub(crate) fn through_pgbouncer(&self, url: &str) -> Option<String> {
        let start = || PgBouncer::start(&self.folder, self.port(), &self.password);
        let pgbouncer = self.pgbouncer.get_or_init(start).as_ref()?;
        Some(url.replace(&format!(":{}/", self.port()), &format!(":{}/", pgbouncer.port())))
    }

    /// Stops it as a power failure would: connections break, and open transactions are lost.
    pub(crate) fn kill(&self) {
        let process = self.running.lock().unwrap().process.take();
        process.expect("the server runs").stop();
    }

    /// Kills it with the signal that no program can catch: resources that it shares with others are not cleaned up.
    pub(crate) fn kill_at_once(&self) {
        let process = self.running.lock().unwrap().process.take();
        process.expect("the server runs").kill();
    }

    /// Starts it again after [`kill`](Self::kill), on the same port.
    pub(crate) fn restart(&self) {
        self.boot(Some(self.port()));
    }

    pub(crate) fn port(&self) -> u16 {
        self.running.lock().unwrap().port
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a statement in the database `postgres` and returns the output of `psql`: one row per line, columns
    /// separated by `|`.
    pub(crate) fn administer(&self, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        psql.arg("--host").arg(&self.folder).args(["--port", &self.port().to_string(), "--username=postgres"]);
        psql.args(["--dbname=postgres", "--command", sql]);
        printed(&mut psql)
    }

    /// The same in the database of an address.
    pub(crate) fn psql(&self, url: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        psql.args(["--command", sql, "--dbname", url]);
        printed(&mut psql)
    }
}

fn printed(command: &mut Command) -> String {
    let output = command.current_dir("/").stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn random_word() -> String {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
