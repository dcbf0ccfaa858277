ottpay::actions!("./spec/with_an_empty_file");

fn main() {}
