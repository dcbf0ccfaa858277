//! Flags, environment and file.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;

use common::{KEY, folder, ottpay, run};

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
fn the_file_of_the_user_is_read_if_there_is_none_in_the_folder() {
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
    let mut command = ottpay(&["open", "--config", "shop.toml"]);
    command.current_dir(folder);
    run(command, "{}").fails(2, says);
}

#[test]
fn a_bad_file_is_refused_and_shows_no_key() {
    refused("sign_kye = \"x\"", &["no setting `sign_kye`", "did you mean `sign_key`"]);
    refused("sign_key = 1234567812345678", &["shop.toml", "`sign_key` is no text"]);
    refused(&format!("merchant_id = \"M\"\nsign_key = {KEY}"), &["shop.toml:2", "no TOML"]);
    refused(&format!("sign_key = \"{KEY}"), &["shop.toml:1", "no TOML"]);
    refused("sign_key = \" \"", &["the sign key is empty"]);
    run(ottpay(&["open", "--config", "none.toml"]), "{}").fails(2, &["none.toml cannot be read"]);
}
