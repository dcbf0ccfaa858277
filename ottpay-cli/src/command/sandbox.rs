//! `ottpay sandbox`: runs a local gateway until it is stopped.

mod scenario;
mod tls;

use std::collections::BTreeMap;
use std::fs::File;
use std::future::pending;
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ottpay::envelope::seal;
use ottpay::{AcknowledgementError, GATEWAY, SignKey};
use ottpay_sandbox::{Assumption, Question, Sandbox, SandboxBuilder, SandboxError, Synchronous};
use ottpay_vocabulary::acknowledgement;

use scenario::{Playing, ScenarioFlags};
use tls::{TlsFlags, describe_links, describe_trust, quote_path};

use crate::failure::Failure;
use crate::own_thread::run_on_own_thread;
use crate::ready_file::{Ready, ReadyFile};
use crate::settings::{GivenKey, GivenToken};
use crate::signal::StopSignals;
use crate::{address, settings, stderr, stdout, terminal};

/// The default port on loopback, without `--listen`.
const DEFAULT_PORT: u16 = 8081;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The first line on standard output is the URL, as in `listening on http://127.0.0.1:8081`. The next lines are the
merchant id and, if the sandbox generated one, the sign key; with --tls, the file with the certificate that clients have
to trust; with --scenario, one line for each completed step.

Merchant and key come only from flags and from the database. OTTPAY_MERCHANT_ID, OTTPAY_SIGN_KEY and the settings file
are for the other commands, and may contain the values of the real merchant, which a sandbox never needs. Standard error
shows how to configure the other commands for the sandbox.

In a container or on a build server, wait for GET /sandbox/ready or for the file of --ready-file, and set a control
token. docs/containers.md has a service for docker compose and one for GitHub Actions.

Examples:
  ottpay sandbox
  ottpay sandbox --db orders.db
  ottpay sandbox --db orders.db --synchronous full
  ottpay sandbox --db orders.db --tls
  ottpay sandbox --public-url https://pay.example
  ottpay sandbox --scenario shop.yaml --exit
  ottpay sandbox --listen 127.0.0.1:0 --merchant ON00004652 --sign-key 6698851A525C9433
  ottpay sandbox --listen 0.0.0.0:8081 --public-url http://sandbox:8081 --control-token 0f1e2d3c4b5a69788796a5b4c3d2e1f0
  ottpay call status_query --set order_id=T1 --endpoint http://127.0.0.1:8081 --merchant-id SB00000001")]
pub(crate) struct Options {
    /// The only address to listen on; port 0 means any free port. The default is 127.0.0.1:8081 and, if this machine
    /// has IPv6, [::1]:8081, because `localhost` may mean either. Other machines can use the gateway and the buyer's
    /// pages; with --control-token, the developer's pages and the control interface, too
    #[arg(long, value_name = "ADDR", value_parser = address::parse_address)]
    listen: Option<SocketAddr>,
    /// File for orders, callbacks and messages, created if it does not exist; without it they are kept in memory.
    /// Always a path: `:memory:` and `file:x.db` are file names
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Durability of a commit to the file
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Level::Normal, requires = "db")]
    synchronous: Level,
    /// The only merchant of the gateway; the default is the merchant of the database, or SB00000001
    #[arg(long, value_name = "ID", value_parser = parse_merchant_id)]
    merchant: Option<String>,
    /// The merchant's sign key; by default the sandbox creates one, prints it, and keeps it in the database
    #[arg(long, value_name = "KEY")]
    sign_key: Option<GivenKey>,
    /// The URL at which buyers reach the sandbox, for payment links: http://192.168.1.20:8081, or https://pay.example
    /// for a tunnel or a proxy to this sandbox; the pages for developers keep the URL of this machine
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    tls: TlsFlags,
    /// Open the control interface and the developer's pages to other machines with this token of at least 16
    /// characters: programs send it as `Authorization: Bearer TOKEN`, people enter it on a page. Other users of the
    /// machine can see flags, so prefer the variable [env: OTTPAY_CONTROL_TOKEN]
    #[arg(long, value_name = "TOKEN")]
    control_token: Option<GivenToken>,
    /// Write this file once the sandbox is ready, and remove it at the end: JSON with `url` and `merchant_id`, never
    /// the sign key
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Also send callbacks to other machines
    #[arg(long)]
    callbacks_anywhere: bool,
    /// Expected body of the shop's answers to callbacks; the default is the body in the specification. Other bodies are
    /// noted in the log and on the pages
    #[arg(long, value_name = "TEXT", value_parser = parse_acknowledgement)]
    acknowledgement: Option<String>,
    /// Retry a callback until the answer has exactly the expected body
    #[arg(long)]
    strict_acknowledgement: bool,
    /// Write replies and callbacks in the plainest form: members sorted by name, strings only, on one line. By default
    /// they are not sorted, and some contain numbers, `null` and line breaks, like recorded messages of the gateway
    #[arg(long)]
    tame: bool,
    /// Reject requests that are otherwise accepted with a note, such as amounts that are JSON numbers
    #[arg(long)]
    strict: bool,
    /// Answer a question that the vendor's documentation leaves open, as in refused_ids=burnt; can be repeated
    #[arg(long, value_name = "NAME=VALUE", long_help = list_assumptions())]
    assume: Vec<Assumption>,
    #[command(flatten)]
    scenario: ScenarioFlags,
}

/// When a commit is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    /// If the sandbox is killed, no answered request is lost; if the power fails, the last ones may be
    Normal,
    /// If the power fails, no answered request is lost either; slower, because each commit waits for the disk
    Full,
}

impl From<Level> for Synchronous {
    fn from(level: Level) -> Self {
        match level {
            Level::Normal => Self::Normal,
            Level::Full => Self::Full,
        }
    }
}

/// The help of `--assume`: every question with its answers.
fn list_assumptions() -> String {
    let mut text =
        "Answer one question that the vendor's documentation leaves open, as in refused_ids=burnt; can be repeated. What
the sandbox does is not evidence of what the gateway does:\n"
            .to_owned();
    for question in Question::ALL {
        text += &format!("\n{}: {}\n", question.name(), question.description());
        for answer in question.answers() {
            let default = if answer.is_default() { " (default)" } else { "" };
            text += &format!("  {}: {}{default}\n", answer.value(), answer.meaning().replace('`', ""));
        }
    }
    text
}

fn parse_acknowledgement(text: &str) -> Result<String, AcknowledgementError> {
    acknowledgement::check_body(text).map(|()| text.to_owned())
}

fn parse_merchant_id(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a merchant id must not be empty; omit the flag to use SB00000001 or the merchant id of the \
                   database"),
        id => Ok(id.to_owned()),
    }
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let Options { listen, db, merchant, sign_key, public_url, callbacks_anywhere, .. } = options;
    let sign_key = sign_key.map(GivenKey::parse).transpose()?;
    let playing = options.scenario.read()?;
    // Invalid requests are logged to standard error. If it is not read, log lines are dropped instead of blocking.
    let (log, _flushed_at_the_end) = tracing_appender::non_blocking(io::stderr());
    let _ = tracing_subscriber::fmt()
        .with_writer(log)
        .with_ansi(terminal::shows_colours(&io::stderr()))
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_target(false)
        .try_init();
    let control_token = match options.control_token {
        Some(token) => Some(token),
        None => settings::read_variable("OTTPAY_CONTROL_TOKEN")?.map(|set| GivenToken::from(set.value)),
    };
    let has_token = control_token.is_some();
    let ready_file = options.ready_file.map(prepare_ready_file).transpose()?;
    let (file, has_public_url) = (db.clone(), public_url.is_some());
    let name = options.tls.first_name().filter(|_| !has_public_url);
    let builder = Sandbox::builder().callbacks_anywhere(callbacks_anywhere);
    let mut builder = match listen {
        Some(address) => builder.listen(address),
        None => builder.port(DEFAULT_PORT),
    };
    builder = builder.strict_acknowledgement(options.strict_acknowledgement).synchronous(options.synchronous.into());
    builder = builder.tame(options.tame);
    builder = builder.strict(options.strict);
    builder = options.assume.into_iter().fold(builder, SandboxBuilder::assume);
    if let Some(acknowledgement) = options.acknowledgement {
        builder = builder.acknowledgement(acknowledgement);
    }
    builder = options.tls.apply(builder, db.as_deref())?;
    if let Some(token) = control_token {
        builder = builder.control_token(token.into_text().trim());
    }
    if let Some(db) = db {
        builder = builder.database(db);
    }
    if let Some(merchant) = merchant {
        builder = builder.merchant_id(merchant);
    }
    if let Some(sign_key) = sign_key {
        builder = builder.sign_key(sign_key);
    }
    if let Some(url) = public_url {
        builder = builder.public_url(url);
    }
    let ends_with_scenario = playing.as_ref().is_some_and(Playing::ends_command);
    let stop = StopSignals::catch();
    let run = async move {
        let sandbox =
            builder.start().await.map_err(|error| describe_start_error(&error, file.as_deref(), has_public_url))?;
        if let Some(file) = &ready_file {
            let ready = Ready { url: sandbox.url().to_owned(), merchant_id: sandbox.merchant_id().to_owned() };
            file.write(&ready).map_err(|error| describe_ready_file_error(&error))?;
        }
        let (data, mut notes) = (describe_sandbox(&sandbox), describe_how_to_call(&sandbox));
        notes.extend(name.and_then(|name| describe_links(&sandbox, &name)));
        let (printer, steps) = mpsc::channel();
        let print = move || {
            data.iter().try_for_each(stdout::print_line)?;
            if let Some(listen) = listen {
                let reach = match has_token {
                    true => "the gateway and the buyer's pages, and everything else with the control token",
                    false => "the gateway and the buyer's pages, never the developer's pages",
                };
                address::warn_unless_loopback(listen, reach);
            }
            notes.iter().for_each(stderr::print_line);
            steps.into_iter().try_for_each(stdout::print_line)
        };
        let play = async {
            match playing {
                Some(playing) => playing.play(&sandbox, printer).await,
                None => {
                    drop(printer);
                    Ok(false)
                }
            }
        };
        // On a separate thread, because the outputs may be pipes that are not read.
        // `play` is polled before the address is printed, so that orders of a program that reads it belong to the
        // scenario.
        let (ends, printed) = tokio::join!(biased; play, run_on_own_thread(print));
        let ends = ends?;
        printed.map_err(|error| Failure::refused(format!("cannot start a thread: {error}")))??;
        // The sandbox runs until a signal ends the command.
        if ends { Ok(()) } else { pending().await }
    };
    tokio::select! {
        () = stop.wait() => match ends_with_scenario {
            true => Err(Failure::refused("interrupted before the scenario ended")),
            false => Ok(()),
        },
        failed = run => failed,
    }
}

fn prepare_ready_file(path: PathBuf) -> Result<ReadyFile, Failure> {
    ReadyFile::prepare(path).map_err(|error| describe_ready_file_error(&error))
}

fn describe_ready_file_error(error: &io::Error) -> Failure {
    Failure::refused(format!("the file of --ready-file cannot be written: {error}"))
        .help("use the path of a new file in an existing folder")
}

/// Prints the information for other programs on standard output.
fn describe_sandbox(sandbox: &Sandbox) -> Vec<String> {
    let mut lines = vec![format!("listening on {}", sandbox.url()), format!("merchant_id {}", sandbox.merchant_id())];
    lines.extend(sandbox.made_key().map(|made| format!("sign_key {made}")));
    lines.extend(sandbox.ca_file().map(|file| format!("ca_file {}", file.display())));
    lines
}

/// Describes why the gateway did not start, and what to do about it.
fn describe_start_error(error: &SandboxError, db: Option<&Path>, has_public_url: bool) -> Failure {
    if let SandboxError::Listen { address, source, .. } = error {
        return Failure::cannot_listen(address, source);
    }
    let failure = Failure::refused(error);
    match (error, db) {
        (SandboxError::ControlToken { .. }, _) => failure.help("--control-token or OTTPAY_CONTROL_TOKEN sets it"),
        (SandboxError::PublicUrl { .. }, _) if has_public_url => failure.help("--public-url sets it"),
        (SandboxError::Certificate { .. }, _) => {
            failure.help("--tls-dir is the folder of the certificate, and --tls-name adds a name to it")
        }
        (SandboxError::Database { file: Some(_), .. }, Some(db)) => suggest_usable_file(failure, db),
        _ => failure,
    }
}

/// Suggests what to do about a database file that cannot be opened.
fn suggest_usable_file(failure: Failure, db: &Path) -> Failure {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Some(target) = db.read_link().ok().filter(|_| !db.exists()) {
        return failure.help(format!(
            "it is a link to {}, which does not exist; remove the link, or use another file with --db",
            target.display()
        ));
    }
    let is_usable = File::options().read(true).write(true).open(db).is_ok();
    let help = match (db.exists(), is_usable) {
        _ if db.is_dir() => "use a file in this folder with --db".to_owned(),
        _ if db.to_string_lossy().ends_with(std::path::is_separator) => {
            "remove the separator at the end of --db: it is for folders".to_owned()
        }
        (true, true) => return failure,
        (true, false) => "allow reading and writing the file, or use another file with --db".to_owned(),
        (false, _) if folder.is_dir() => {
            format!("allow creating files in {}, or use another file with --db", folder.display())
        }
        (false, _) => format!("create the folder {} first, or use another file with --db", folder.display()),
    };
    failure.help(help)
}

/// Describes how to make the other commands use this sandbox, and which variables prevent that.
fn describe_how_to_call(sandbox: &Sandbox) -> Vec<String> {
    let mut lines = Vec::new();
    let (url, merchant, own) = (sandbox.url(), sandbox.merchant_id(), fingerprint_key(&sandbox.sign_key()));
    let is_own = |key: &str| SignKey::new(key).is_ok_and(|key| fingerprint_key(&key) == own);
    let set = |name| settings::read_variable(name).ok().flatten().map(|set| set.value);
    let (endpoint_set, merchant_set, key_set) =
        (set("OTTPAY_ENDPOINT"), set("OTTPAY_MERCHANT_ID"), set("OTTPAY_SIGN_KEY"));
    let others: Vec<&str> = [
        ("OTTPAY_ENDPOINT", endpoint_set.is_some_and(|set| set.trim_end_matches('/') != url)),
        ("OTTPAY_MERCHANT_ID", merchant_set.is_some_and(|set| set.trim() != merchant)),
        ("OTTPAY_SIGN_KEY", key_set.as_ref().is_some_and(|set| !is_own(set))),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect();
    if !others.is_empty() {
        lines.push(format!(
            "note: {} in this environment would direct calls elsewhere, not to this sandbox",
            others.join(", ")
        ));
    }
    // A key that was passed in is never printed.
    let key = match sandbox.made_key() {
        Some(made) if io::stderr().is_terminal() => format!(" OTTPAY_SIGN_KEY={made}"),
        // Standard error may be a log file, which must not contain a key.
        Some(_) => ", and OTTPAY_SIGN_KEY to the key above".to_owned(),
        None if key_set.is_some_and(|set| is_own(&set)) => String::new(),
        None => ", and OTTPAY_SIGN_KEY to the key of the sandbox".to_owned(),
    };
    let ca_file = sandbox.ca_file().map(|file| format!(" OTTPAY_CA_FILE={}", quote_path(file))).unwrap_or_default();
    let own = format!("OTTPAY_MERCHANT_ID={merchant} OTTPAY_CURRENCY={}{ca_file}", sandbox.currency());
    lines.push(format!("to call it: export OTTPAY_ENDPOINT={url} {own}{key}"));
    lines.push(format!("pages for developers: {url}/sandbox"));
    lines.extend(describe_trust(sandbox));
    lines
}

/// Compares two sign keys by a message sealed with each, because sign keys have no equality.
fn fingerprint_key(key: &SignKey) -> String {
    seal(&BTreeMap::<String, String>::new(), key, GATEWAY.cipher).data
}
