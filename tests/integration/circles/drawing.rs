//! The drawing of a crate: its files, an arrow for each import between two of them, and the circles that they form.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};

use super::references::references;
use super::source::{Disk, Source};

/// Files and arrows of a crate.
pub(super) struct Drawing {
    /// Files that are not only for tests.
    pub(super) files: BTreeSet<PathBuf>,
    /// Files that only tests contain. They are not drawn.
    pub(super) test_files: BTreeSet<PathBuf>,
    /// Each leads from one file to another, with the names that the first uses from the second.
    pub(super) arrows: BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>,
    /// Why the drawing is incomplete.
    pub(super) problems: Vec<String>,
}

/// Files that import each other, directly or through others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Circle {
    /// All of them.
    pub(super) files: BTreeSet<PathBuf>,
    /// Every arrow between them.
    arrows: Vec<Arrow>,
    /// The shortest way around.
    way: Vec<Arrow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Arrow {
    from: PathBuf,
    to: PathBuf,
    names: BTreeSet<String>,
}

impl Drawing {
    /// Draws the crate with this root file.
    pub(super) fn of_crate(root: &Path, disk: Disk<'_>) -> Self {
        let source = Source::read(root, disk);
        let references = references(&source);
        let path = |file: usize| source.files[file].path.clone();
        let mut arrows: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
        for ((from, to), names) in references.arrows {
            arrows.entry(path(from)).or_default().entry(path(to)).or_default().extend(names);
        }
        let paths = |is_test| {
            let files = source.files.iter().enumerate().filter(move |(_, file)| file.is_test == is_test);
            files.map(|(number, _)| path(number)).collect()
        };
        let (files, test_files) = (paths(false), paths(true));
        let problems = source.problems.iter().cloned().chain(references.problems).collect();
        Self { files, test_files, arrows, problems }
    }

    /// How many arrows there are.
    pub(super) fn arrows(&self) -> usize {
        self.arrows.values().map(BTreeMap::len).sum()
    }

    /// The circles; no file is in two of them.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let reached: BTreeMap<_, _> = self.files.iter().map(|file| (file, self.reached(file))).collect();
        let reaches = |from: &PathBuf, to: &PathBuf| reached.get(from).is_some_and(|all| all.contains(to));
        let mut circles: Vec<Circle> = Vec::new();
        for file in self.files.iter().filter(|file| reaches(file, file)) {
            if !circles.iter().any(|circle| circle.files.contains(file)) {
                let others = self.files.iter().filter(|other| reaches(file, other) && reaches(other, file));
                circles.push(self.circle(others.cloned().collect()));
            }
        }
        circles
    }

    /// Everything that a file imports, directly or through others.
    fn reached<'a>(&'a self, file: &'a Path) -> BTreeSet<&'a PathBuf> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![file];
        while let Some(next) = waiting.pop() {
            for to in self.arrows.get(next).into_iter().flat_map(BTreeMap::keys) {
                if reached.insert(to) {
                    waiting.push(to);
                }
            }
        }
        reached
    }

    fn circle(&self, files: BTreeSet<PathBuf>) -> Circle {
        let mut arrows = Vec::new();
        for from in &files {
            let inside = self.arrows.get(from).into_iter().flatten().filter(|(to, _)| files.contains(*to));
            arrows.extend(inside.map(|(to, names)| Arrow { from: from.clone(), to: to.clone(), names: names.clone() }));
        }
        let ways = files.iter().filter_map(|file| shortest_way_back(file, &arrows));
        let way = ways.min_by_key(Vec::len).unwrap_or_default();
        Circle { files, arrows, way }
    }
}

/// The shortest way from a file to itself.
fn shortest_way_back(start: &Path, arrows: &[Arrow]) -> Option<Vec<Arrow>> {
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from([(start, Vec::new())]);
    while let Some((file, way)) = waiting.pop_front() {
        for arrow in arrows.iter().filter(|arrow| arrow.from == file) {
            let way: Vec<Arrow> = way.iter().chain([arrow]).cloned().collect();
            if arrow.to == start {
                return Some(way);
            }
            if seen.insert(&arrow.to) {
                waiting.push_back((&arrow.to, way));
            }
        }
    }
    None
}

/// `a.rs -> b.rs (names: X, y) -> a.rs (names: Z)`, and, if that is not all of the circle, every arrow on a line of its
/// own.
impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.way.first().map(|arrow| arrow.from.display().to_string());
        write!(f, "{}", first.unwrap_or_default())?;
        for arrow in &self.way {
            write!(f, " -> {} {}", arrow.to.display(), names(arrow))?;
        }
        if self.way.len() < self.arrows.len() {
            write!(f, "\n    {} files are in this circle:", self.files.len())?;
            for arrow in &self.arrows {
                write!(f, "\n    {} -> {} {}", arrow.from.display(), arrow.to.display(), names(arrow))?;
            }
        }
        Ok(())
    }
}

fn names(arrow: &Arrow) -> String {
    format!("(names: {})", arrow.names.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
}
