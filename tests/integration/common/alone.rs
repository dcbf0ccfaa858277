//! Runs a test in a process of its own: properties of a whole process, such as its memory, are measured or set there.

use std::process::Command;

/// Names the test that this process was started for.
const CHILD: &str = "OTTPAY_TEST_ALONE";

/// Whether this process runs only the test of this path.
pub(crate) fn is_alone(test: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|child| child == test)
}

/// Runs the test with this path, which begins with `module_path!()`, in a process of its own with these variables.
pub(crate) fn run_alone(test: &str, variables: &[(&str, &str)]) {
    let (_, name) = test.split_once("::").expect("the path begins with the crate");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", name, "--nocapture"]).env(CHILD, test).envs(variables.iter().copied());
    let output = child.output().unwrap();
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}\n{errors}");
    let is_of_harness = |line: &&str| line.is_empty() || line.starts_with("running ") || line.starts_with("test ");
    for line in printed.lines().filter(|line| !is_of_harness(line)) {
        println!("{line}");
    }
}
