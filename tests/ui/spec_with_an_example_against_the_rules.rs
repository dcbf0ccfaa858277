ottpay::actions!("./spec/with_an_example_against_the_rules");

fn main() {}
