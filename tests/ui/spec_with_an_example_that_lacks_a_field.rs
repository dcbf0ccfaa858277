ottpay::actions!("./spec/with_an_example_that_lacks_a_field");

fn main() {}
