ottpay::actions!("./spec/with_a_method_of_the_library");

fn main() {}
