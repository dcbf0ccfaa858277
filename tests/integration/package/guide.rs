//! The guide is a program: a package of its own with the files of `docs/spec-language.md`, as it shows them, calls every
//! action against the sandbox.

use std::path::Path;

use crate::common::cargo::{self, Package};
use crate::common::guide;

/// The call in the guide's `main`, which is replaced with every call.
const FIRST_CALL: &str = "    shop_query(&client).await?;\n";

/// Posts a callback to a shop of its own, and hands it to the guide's code.
const CALLBACK: &str = r#"
async fn callback() -> Result<()> {
    use std::io::{Read, Write};
    let sandbox = Sandbox::builder().gateway(&GATEWAY).start().await?;
    let client = Client::builder()
        .endpoint(sandbox.url())
        .merchant_id(sandbox.merchant_id())
        .sign_key(sandbox.sign_key())
        .build()?;
    let shop = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/ottpay", shop.local_addr()?);
    let posted = std::thread::spawn(move || -> std::io::Result<Vec<u8>> {
        let (mut stream, _) = shop.accept()?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
        let (mut read, mut chunk) = (Vec::new(), [0; 4096]);
        // The body is JSON, and ends with its brace.
        while !read.ends_with(b"}") {
            let length = stream.read(&mut chunk)?;
            read.extend(&chunk[..length]);
            assert!(length > 0 && read.len() < 100_000);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nSUCCESS")?;
        let head = read.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        Ok(read.split_off(head + 4))
    });
    let sale = client.ticket_pay().order_id(OrderId::new("T1")?).amount(Amount::from_minor(4500));
    sale.without_operator_id().back_url(url).send().await?;
    sandbox.pay("T1").await?;
    receive(&client, &posted.join().unwrap()?)
}
"#;

/// The names of the functions that call the actions.
fn calls(code: &str) -> Vec<&str> {
    let functions = code.lines().filter_map(|line| line.strip_prefix("async fn ")?.split_once('('));
    functions.filter(|(_, rest)| rest.contains(": &Client)")).map(|(name, _)| name).collect()
}

/// The guide's package without its code; except that its dependencies are taken from this folder.
fn package() -> Package {
    let files = guide::files_of_private_actions();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The guide's actions may exist in this project already.
    let has_them = files.keys().any(|name| name.starts_with("spec/actions/") && root.join(name).exists());
    let library = match has_them {
        true => cargo::project_without(
            "guide_library",
            files.keys().map(String::as_str).filter(|name| name.contains("actions")),
        ),
        false => root.to_owned(),
    };
    let package = Package::empty("guide");
    let [manifest] = guide::labelled("toml").try_into().unwrap();
    let sandbox = library.join("ottpay-sandbox");
    let depended = [
        ("ottpay = \"0.1\"", format!("ottpay = {{ path = {library:?}, default-features = false }}")),
        ("ottpay-sandbox = \"0.1\"", format!("ottpay-sandbox = {{ path = {sandbox:?} }}")),
    ];
    let manifest = depended.iter().fold(manifest, |manifest, (shown, used)| {
        assert!(manifest.contains(shown), "{shown}");
        manifest.replace(shown, used)
    });
    package.write("Cargo.toml", &format!("{manifest}\n[workspace]\n"));
    package.lock(&library);
    files.iter().for_each(|(name, text)| package.write(name, text));
    package
}

#[test]
fn the_guide_is_a_program_that_compiles_and_runs() {
    let package = package();
    let (build, code): (Vec<_>, Vec<_>) =
        guide::labelled("rust").into_iter().partition(|code| code.starts_with("// build.rs"));
    package.write("build.rs", &build.concat());
    let code = code.join("\n");
    let names = calls(&code);
    assert!(names.len() >= 10 && code.contains(FIRST_CALL), "{names:?}");
    let mut all: String =
        names.iter().map(|name| format!("    {name}(&client).await?;\n    println!(\"{name}\");\n")).collect();
    all.push_str("    callback().await?;\n    println!(\"callback\");\n");
    package.write("src/main.rs", &(code.replacen(FIRST_CALL, &all, 1) + CALLBACK));

    let output = package.cargo(&["run", "--quiet"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "a newcomer should see no warnings");
    let expected: String = names.iter().map(|name| format!("{name}\n")).collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected + "callback\n");
}
