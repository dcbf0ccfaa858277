ottpay::actions!("./spec/with_a_repeated_word");

fn main() {}
