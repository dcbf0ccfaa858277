//! Writes the seeds and the words of every target into `corpus/`, for cargo-fuzz.

use std::path::Path;
use std::{fs, io};

use ottpay_fuzz::targets::ALL;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in ALL {
        let folder = corpus.join(target.name);
        fs::create_dir_all(&folder)?;
        for (index, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:04}")), seed)?;
        }
        let quote = |word: &&str| {
            let escaped: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("\"{escaped}\"\n")
        };
        fs::write(corpus.join(format!("{}.dict", target.name)), target.words.iter().map(quote).collect::<String>())?;
    }
    Ok(())
}
