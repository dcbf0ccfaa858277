//! `ottpay spec` on folders that are laid out as symbolic links.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{folder, ottpay, root, run};

/// A copy of the folder with a link in place of each file.
fn farm(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { farm(&path, &to) } else { symlink(path, to).unwrap() }
    }
}

#[test]
fn the_specification_of_the_library_as_links_is_the_same() {
    let inside = folder();
    farm(&root().join("spec"), &inside.join("farm/spec"));
    symlink("farm/spec", inside.join("linked")).unwrap();
    let printed = |step: &str, folder: &Path, dir: &str| {
        let mut command = ottpay(&["spec", step, dir]);
        command.current_dir(folder);
        let done = run(command, "");
        assert_eq!(done.code, 0, "{step} {dir}: {}", done.err);
        done
    };
    for dir in ["farm/spec", "linked", "./linked/", inside.join("linked").to_str().unwrap()] {
        let done = printed("check", &inside, dir);
        assert!(done.err.contains("actions, no mistakes"), "{dir}: {}", done.err);
    }
    assert_eq!(printed("doc", &inside.join("farm"), "spec").out, printed("doc", &root(), "spec").out);
}

#[test]
fn a_link_that_leads_nowhere_is_reported_as_the_one_mistake() {
    let inside = folder();
    farm(&root().join("spec"), &inside.join("spec"));
    fs::remove_file(inside.join("spec/gateway.yaml")).unwrap();
    symlink("nowhere", inside.join("spec/gateway.yaml")).unwrap();
    let mut command = ottpay(&["spec", "check"]);
    command.current_dir(&inside);
    run(command, "").fails(1, &["--> spec/gateway.yaml", "the file cannot be read", "spec: 1 mistake"]);
}
