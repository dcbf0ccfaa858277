//! Every line of whole files, indented too little or too much: a file that no longer parses is reported as wrong
//! indentation, at the line that was changed.

use std::fs;
use std::path::Path;

use super::Spec;
use ottpay_codegen::{Diagnostics, Mistake, read};

/// Files of the project's own specification, and the number of lines of which one is tried.
const FILES: [(&str, usize); 6] = [
    ("gateway.yaml", 5),
    ("types.yaml", 19),
    ("callbacks.yaml", 19),
    ("actions/refund.yaml", 1),
    ("actions/portico.yaml", 9),
    ("actions/wap_pay_link.yaml", 3),
];

/// Returns the line with other whitespace before it; `None` if that is the same line.
fn shifted(line: &str, how: &str) -> Option<String> {
    let content = line.trim_start();
    if content.is_empty() || content.starts_with('#') {
        return None;
    }
    let less = |count: usize| line.get(..count)?.trim().is_empty().then(|| line[count..].to_owned());
    match how {
        "+1" => Some(format!(" {line}")),
        "+2" => Some(format!("  {line}")),
        "-1" => less(1),
        "-2" => less(2),
        "a tab in front" => Some(format!("\t{line}")),
        "tabs" => less(2).map(|_| format!("{}{content}", "\t".repeat((line.len() - content.len()) / 2))),
        _ => panic!("{how}"),
    }
}

/// The reader's report: the kind and the line of text that is not YAML.
fn failure(spec: &Spec, file: &str) -> Option<(Mistake, u32, String, String)> {
    let mut diagnostics = Diagnostics::default();
    let _ = read::read_folder(&spec.0, "spec", false, &mut diagnostics);
    let report = diagnostics.into_report();
    let is_syntax = |mistake| {
        matches!(
            mistake,
            Mistake::Syntax | Mistake::Tab | Mistake::Indentation | Mistake::YamlFeature | Mistake::TooDeep
        )
    };
    let found = report
        .diagnostics()
        .iter()
        .find(|found| is_syntax(found.mistake) && found.place.position.file.ends_with(file))?;
    Some((found.mistake, found.place.position.line, found.message.clone(), found.help.clone()))
}

#[test]
fn a_line_that_is_indented_wrongly_is_named_as_that() {
    let (mut changed, mut failed, mut elsewhere, mut misnamed) = (0, 0, Vec::new(), Vec::new());
    for (file, every) in FILES {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec").join(file)).unwrap();
        let spec = Spec::good("indentation");
        for other in ["gateway.yaml", "types.yaml", "callbacks.yaml", "actions/pay.yaml", "actions/other.yaml"] {
            fs::remove_file(spec.0.join(other)).unwrap();
        }
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate().step_by(every) {
            for how in ["+1", "+2", "-1", "-2", "a tab in front", "tabs"] {
                let Some(line) = shifted(line, how) else { continue };
                let all = lines.iter().enumerate().map(|(at, other)| if at == index { &line } else { *other });
                spec.write(file, all.map(|line| format!("{line}\n")).collect::<String>());
                changed += 1;
                let Some((mistake, found, message, help)) = failure(&spec, file) else { continue };
                failed += 1;
                let at = u32::try_from(index).unwrap() + 1;
                let shown = format!("{file}:{at} {how}: {line:?} -> line {found}: {message}");
                if !matches!(mistake, Mistake::Indentation | Mistake::Tab) && !help.contains("indentation") {
                    misnamed.push(shown);
                } else if found != at {
                    elsewhere.push(shown);
                }
            }
        }
    }
    assert!(changed > 400 && failed * 10 > changed * 7, "{failed} of {changed}");
    let wrong = format!("not named:\n{}\nelsewhere:\n{}", misnamed.join("\n"), elsewhere.join("\n"));
    assert!(misnamed.is_empty() && elsewhere.len() * 100 <= failed, "{wrong}");
}
