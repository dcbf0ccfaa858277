ottpay::actions!("./spec/with_a_misspelt_key");

fn main() {}
