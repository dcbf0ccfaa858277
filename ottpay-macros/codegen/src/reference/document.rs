//! The whole document, section by section.

use super::anchors::Anchors;
use super::context::Reference;
use super::fields::Fields;
use crate::check::{Action, Spec};

/// Writes the reference of all declarations of the specification.
pub fn render_markdown(spec: &Spec) -> String {
    let mut actions: Vec<&Action> = spec.actions().iter().collect();
    // The methods of a file have to be adjacent to become one section.
    actions.sort_by(|a, b| (&a.source, &a.name).cmp(&(&b.source, &b.name)));
    let files: Vec<&[&Action]> = actions.chunk_by(|a, b| a.file.file == b.file.file).collect();
    let anchors = Anchors::new(spec, &files);
    let reference = Reference { spec, fields: Fields { spec, anchors: &anchors }, anchors: &anchors };
    let mut out = reference.write_introduction(&actions);
    files.iter().for_each(|methods| reference.write_file(methods, &mut out));
    out.push_str(
        "# Callbacks\n\nThe messages that the gateway posts to the merchant. The client's method of the same name \
         verifies a callback before you can read its fields.\n\n",
    );
    for (index, callback) in spec.callbacks().iter().enumerate() {
        reference.write_callback(index, callback, &actions, &mut out);
    }
    reference.write_types(&mut out);
    reference.write_gateway(&mut out);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
