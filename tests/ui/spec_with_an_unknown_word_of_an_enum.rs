ottpay::actions!("./spec/with_an_unknown_word_of_an_enum");

fn main() {}
