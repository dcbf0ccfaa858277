//! Flags, environment and file.

use std::fs;

use crate::common::{self, KEY, folder, ottpay, run};

fn merchant(arguments: &[&str], variable: Option<&str>, file: &str) -> String {
    let folder = folder();
    fs::write(folder.join("ottpay.toml"), file).unwrap();
    let mut command = ottpay(&[&["seal", "STATUS_QUERY", "--sign-key", KEY][..], arguments].concat());
    command.current_dir(folder);
    if let Some(variable) = variable {
        command.env("OTTPAY_MERCHANT_ID", variable);
    }
    run(command, "{}").json()["merchant_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "merchant_id = \"F\"";
    assert_eq!(merchant(&["--merchant-id", "A"], Some("E"), file), "A");
    assert_eq!(merchant(&[], Some("E"), file), "E");
    assert_eq!(merchant(&[], None, file), "F");
}

#[test]
fn the_file_of_the_user_is_read_if_the_folder_has_no_file() {
    let home = folder();
    fs::create_dir_all(home.join("ottpay")).unwrap();
    fs::write(home.join("ottpay/config.toml"), format!("merchant_id = \"U\"\nsign_key = \"{KEY}\"")).unwrap();
    let mut command = ottpay(&["seal", "STATUS_QUERY"]);
    command.env("XDG_CONFIG_HOME", home);
    assert_eq!(run(command, "{}").json()["merchant_id"], "U");
}

fn refused(file: &str, says: &[&str]) {
    let folder = folder();
    fs::write(folder.join("shop.toml"), file).unwrap();
    #[cfg(unix)]
    set_mode(&folder.join("shop.toml"), 0o600);
    let mut command = ottpay(&["open", "--config", "shop.toml"]);
    command.current_dir(folder);
    run(command, "{}").fails(2, says);
}

#[test]
fn a_bad_file_is_refused_and_shows_no_key() {
    refused("sign_kye = \"x\"", &["unknown setting `sign_kye`", "did you mean `sign_key`"]);
    refused("sign_key = 1234567812345678", &["shop.toml", "`sign_key` is not a string"]);
    refused(&format!("merchant_id = \"M\"\nsign_key = {KEY}"), &["shop.toml:2", "invalid TOML"]);
    refused(&format!("sign_key = \"{KEY}"), &["shop.toml:1", "invalid TOML"]);
    refused("sign_key = \" \"", &["the sign key is empty; set by `sign_key` in shop.toml"]);
    refused(&format!("[ottpay]\nsign_key = \"{KEY}\""), &["unknown table `ottpay`", "top of the file"]);
    refused(&format!("sign_key = \"{KEY}\"\nsign_key = \"{KEY}\""), &["shop.toml:2: `sign_key` appears twice"]);
    run(ottpay(&["open", "--config", "none.toml"]), "{}").fails(2, &["cannot read none.toml", "merchant_id = "]);
    #[cfg(target_os = "linux")]
    run(ottpay(&["open", "--config", "/dev/zero"]), "{}").fails(2, &["/dev/zero is larger than 1 MiB", "TOML"]);
}

#[test]
fn a_key_that_was_stored_wrongly_is_refused_and_not_shown() {
    let (half, rest) = KEY.split_at(8);
    for (key, said) in [
        (format!("\"{KEY}\""), "quotation mark"),
        (format!("\u{feff}{KEY}"), "byte order mark"),
        (format!("{KEY}\u{200b}"), "zero-width space"),
        (format!("{half}\r\n{rest}"), "line break"),
        (format!("{KEY}\\n"), "escaped line break"),
        (format!("export OTTPAY_SIGN_KEY={KEY}"), "its name"),
        (" ".to_owned(), "empty"),
    ] {
        let by_flag = run(ottpay(&["seal", "STATUS_QUERY", "--sign-key", &key]), "{}");
        by_flag.fails(2, &[said, "set by --sign-key"]);
        let of_sandbox = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--sign-key", &key]), "");
        of_sandbox.fails(2, &[said, "set by --sign-key"]);
        let mut command = ottpay(&["open"]);
        command.env("OTTPAY_SIGN_KEY", &key);
        let by_variable = run(command, "{}");
        let expected = if said == "empty" { "not set" } else { "set by the variable OTTPAY_SIGN_KEY" };
        by_variable.fails(2, &[expected]);
        for done in [by_flag, of_sandbox, by_variable] {
            assert!(!done.err.contains(half) && !done.err.contains(rest), "{done:?}");
        }
        refused(&format!("sign_key = {}", serde_json::to_string(&key).unwrap()), &[said, "`sign_key` in shop.toml"]);
    }
}

#[cfg(unix)]
fn set_mode(file: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

/// Returns the output on standard error about a settings file with this mode, however the file is found.
#[cfg(unix)]
fn warnings(name: &str, file: &str, mode: u32, more: &[&str]) -> String {
    let folder = folder();
    fs::create_dir_all(folder.join("ottpay")).unwrap();
    fs::write(folder.join(name), file).unwrap();
    set_mode(&folder.join(name), mode);
    let mut command = ottpay(&[&["seal", "STATUS_QUERY", "--merchant-id", "M"], more].concat());
    command.current_dir(&folder).env("XDG_CONFIG_HOME", &folder);
    let done = run(command, "{}");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!done.err.contains(KEY) && !done.out.contains(KEY), "{done:?}");
    done.err
}

#[cfg(unix)]
#[test]
fn a_file_with_the_key_that_others_can_read_brings_a_warning_without_the_key() {
    let with_key = format!("sign_key = \"{KEY}\"");
    for (name, more) in [
        ("ottpay.toml", &[][..]),
        ("ottpay/config.toml", &[]),
        ("shop.toml", &["--config", "shop.toml"]),
        // The key in the file is not used, but others can still read it.
        ("ottpay.toml", &["--sign-key", "other"]),
    ] {
        for mode in [0o644, 0o640, 0o604, 0o660, 0o602, 0o777] {
            let shown = warnings(name, &with_key, mode, more);
            for part in [name, &format!("mode {mode:04o}"), "chmod 600"] {
                assert!(shown.starts_with("warning: ") && shown.contains(part), "{name} {mode:o}: {shown}");
            }
            assert_eq!(shown.lines().count(), 1, "{shown}");
        }
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(warnings(name, &with_key, mode, more), "", "{name} {mode:o}");
        }
    }
    assert_eq!(warnings("ottpay.toml", "merchant_id = \"F\"", 0o644, &["--sign-key", "other"]), "");
}

#[cfg(unix)]
#[test]
fn a_mistake_in_a_file_that_others_can_read_is_reported_without_a_warning() {
    let folder = folder();
    fs::write(folder.join("ottpay.toml"), format!("sign_key = \"{KEY}\"\nmerchant = \"M\"")).unwrap();
    let mut command = ottpay(&["open"]);
    command.current_dir(&folder);
    run(command, "{}").fails(2, &["unknown setting `merchant`"]);
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    assert_eq!(merchant(&[], Some(""), "merchant_id = \"F\""), "F");
    let mut command = ottpay(&["open"]);
    command.env("OTTPAY_SIGN_KEY", " ");
    run(command, "{}").fails(2, &["the sign key is not set"]);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut command = ottpay(&["open"]);
    command.env("OTTPAY_SIGN_KEY", std::ffi::OsStr::from_bytes(b"k\xff"));
    run(command, "{}").fails(2, &["the variable OTTPAY_SIGN_KEY is not UTF-8 text"]);
}

#[test]
fn a_bad_endpoint_is_reported_with_its_source() {
    let call = |endpoint: &str| {
        let mut command = common::sample(&["call", "status_query", "--set", "order_id=T1"]);
        command.env("OTTPAY_ENDPOINT", endpoint);
        run(command, "")
    };
    call("shop").fails(2, &["base URL", "the variable OTTPAY_ENDPOINT sets it"]);
    call("http://shop.example").fails(2, &["plain HTTP", "the variable OTTPAY_ENDPOINT sets it", "https://"]);
    let flag = ["call", "status_query", "--set", "order_id=T1", "--endpoint", "https://x.example/processV2"];
    run(common::sample(&flag), "").fails(2, &["leave out the path", "--endpoint sets it"]);
}

#[test]
fn help_and_usage_show_nothing_of_the_environment() {
    for arguments in [&["call", "--help"][..], &["call", "-h"], &["call"], &["open", "--wrong"]] {
        let mut command = common::sample(arguments);
        command.env("OTTPAY_ENDPOINT", "https://secret.example").env("OTTPAY_OPERATOR_ID", "0000099999");
        let done = run(command, "");
        let shown = done.out + &done.err;
        assert!(!shown.contains("secret.example") && !shown.contains("0000099999"), "{shown}");
        assert!(done.code == 0 || !shown.contains("--merchant-id <"), "{shown}");
    }
}

#[test]
fn the_help_lists_every_setting() {
    let folder = folder();
    fs::write(folder.join("ottpay.toml"), "unknown = \"\"").unwrap();
    let mut command = ottpay(&["seal", "STATUS_QUERY"]);
    command.current_dir(folder);
    let error = run(command, "{}").err;
    let settings: Vec<&str> = error.split_once("The settings are ").unwrap().1.trim_end().split(", ").collect();
    assert!(settings.len() >= 10, "{settings:?}");
    let help = run(ottpay(&["--help"]), "").out;
    let listed: Vec<&str> = help.split([' ', ',', '.', '\n']).collect();
    for setting in settings {
        assert!(listed.contains(&setting), "{setting}\n{help}");
    }
}
