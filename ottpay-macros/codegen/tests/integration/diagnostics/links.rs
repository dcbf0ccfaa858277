//! Specifications that are laid out as symbolic links, and links to files that never end.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{PAY, Spec};
use ottpay_codegen::{Folder, compile_client, wide_lines};

/// The problems in short. Something that waits for a pipe or never ends fails the test.
fn problems(spec: &Spec) -> Vec<String> {
    let (sender, receiver) = mpsc::channel();
    let package = spec.0.parent().unwrap().to_owned();
    thread::spawn(move || {
        let folder = Folder::from_name("spec", &package, None).unwrap();
        let report = compile_client(&folder).report().clone();
        let _ = wide_lines(&folder);
        let _ = sender.send(report.diagnostics().iter().map(short).collect());
    });
    receiver.recv_timeout(Duration::from_secs(60)).unwrap()
}

fn short(found: &ottpay_codegen::Diagnostic) -> String {
    format!("{}: {}", found.place.position.file, found.message)
}

/// A copy of the folder with a link in place of each file.
fn farm(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { farm(&path, &to) } else { symlink(path, to).unwrap() }
    }
}

/// A specification, moved elsewhere, and the place where it was.
fn moved(name: &str) -> (Spec, PathBuf) {
    let spec = Spec::good(&format!("links/{name}"));
    let real = spec.0.parent().unwrap().join("elsewhere/real");
    fs::create_dir_all(real.parent().unwrap()).unwrap();
    fs::rename(&spec.0, &real).unwrap();
    (spec, real)
}

#[test]
fn a_tree_of_links_is_a_specification() {
    let (spec, real) = moved("farm");
    farm(&real, &spec.0);
    assert_eq!(problems(&spec), [""; 0]);
}

#[test]
fn a_folder_and_its_actions_can_be_links() {
    let (spec, real) = moved("folder");
    symlink(&real, &spec.0).unwrap();
    assert_eq!(problems(&spec), [""; 0]);
    let (spec, real) = moved("actions");
    fs::create_dir(&spec.0).unwrap();
    farm(&real, &spec.0);
    fs::remove_dir_all(spec.0.join("actions")).unwrap();
    symlink("../elsewhere/real/actions", spec.0.join("actions")).unwrap();
    assert_eq!(problems(&spec), [""; 0]);
}

#[test]
fn chains_of_links_are_followed_and_the_path_is_as_it_was_written() {
    let spec = Spec::good("links/chain");
    let outside = spec.0.parent().unwrap().join("outside.yaml");
    fs::write(&outside, PAY.replace("effect: write", "efect: write").replace("PAY", "REFUND")).unwrap();
    symlink(&outside, spec.0.join("actions/.second")).unwrap();
    symlink(".second", spec.0.join("actions/.first")).unwrap();
    symlink(".first", spec.0.join("actions/refund.yaml")).unwrap();
    let problems = problems(&spec);
    assert!(problems.len() == 1 && problems[0].starts_with("spec/actions/refund.yaml: "), "{problems:?}");
}

#[test]
fn an_endless_file_is_refused_without_waiting() {
    for file in ["actions/refund.yaml", "types.yaml", "callbacks.yaml", "gateway.yaml", "actions/pay.yaml"] {
        for target in
            ["refund.yaml", "/dev/zero", "/dev/random", "/dev/tty", "/proc/kmsg", "/proc/self/mem", "/proc/kcore"]
        {
            let spec = Spec::good("links/endless");
            let path = spec.0.join(file);
            let _ = fs::remove_file(&path);
            // The first is a link to itself.
            let target = if target == "refund.yaml" { path.file_name().unwrap().as_ref() } else { Path::new(target) };
            symlink(target, &path).unwrap();
            let problems = problems(&spec);
            let is_its_own = |problem: &String| problem.starts_with(&format!("spec/{file}: "));
            assert!(problems.len() == 1 && problems.iter().all(is_its_own), "{file} -> {target:?}: {problems:?}");
        }
        let spec = Spec::good("links/pipe");
        let path = spec.0.join(file);
        let _ = fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = format!("spec/{file}: `{name}` is a device, a pipe or a socket, expected a file");
        assert_eq!(problems(&spec), std::slice::from_ref(&expected));
        fs::remove_file(&path).unwrap();
        let _socket = UnixListener::bind(&path).unwrap();
        assert_eq!(problems(&spec), std::slice::from_ref(&expected));
    }
}

#[test]
fn links_that_lead_nowhere_are_reported_where_they_are() {
    let (spec, _) = moved("nowhere");
    symlink("nowhere", &spec.0).unwrap();
    assert_eq!(problems(&spec), ["spec: the folder cannot be read: No such file or directory (os error 2)"]);
    fs::remove_file(&spec.0).unwrap();
    symlink("spec", &spec.0).unwrap();
    let looped = problems(&spec);
    assert!(
        looped.len() == 1 && looped[0].starts_with("spec: the folder cannot be read: Too many levels"),
        "{looped:?}"
    );
    let spec = Spec::good("links/nowhere_actions");
    fs::remove_dir_all(spec.0.join("actions")).unwrap();
    symlink("actions", spec.0.join("actions")).unwrap();
    let looped = problems(&spec);
    let expected = "spec/actions: the file cannot be read: Too many levels";
    assert!(looped.len() == 1 && looped[0].starts_with(expected), "{looped:?}");
}

#[test]
fn a_folder_with_too_many_entries_is_not_read() {
    let spec = Spec::good("links/many");
    (0..1001).for_each(|index| spec.write(&format!("actions/a{index}.yaml"), PAY));
    assert_eq!(problems(&spec), ["spec/actions: the folder has more than 1000 entries"]);
    (0..1001).for_each(|index| spec.write(&format!("a{index}.yaml"), PAY));
    assert_eq!(problems(&spec), ["spec: the folder has more than 1000 entries"]);
    fs::remove_dir_all(&spec.0).unwrap();
    fs::create_dir(&spec.0).unwrap();
    spec.write("gateway.yaml", super::GATEWAY);
    spec.write("types.yaml", super::TYPES);
    spec.write("callbacks.yaml", super::CALLBACKS);
    assert_eq!(problems(&spec), ["spec: the folder has no action"]);
}
