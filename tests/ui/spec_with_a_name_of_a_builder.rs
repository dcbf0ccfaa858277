ottpay::actions!("./spec/with_a_name_of_a_builder");

fn main() {}
