//! Prints the public items of rustdoc's JSON in the named files, one a line, without implementations that every type has or
//! that are derived. Each list is written to a file of the same name, with the extension `txt`, in the first folder named.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("expected a folder, then files")?;
    for file in arguments {
        let api = public_api::Builder::from_rustdoc_json(&file)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build()?;
        let name = file.file_stem().ok_or("expected the name of a file")?;
        let lines: String = api.items().map(|item| format!("{item}\n")).collect();
        fs::write(folder.join(name).with_extension("txt"), lines)?;
    }
    Ok(())
}
