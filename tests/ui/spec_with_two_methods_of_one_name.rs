ottpay::actions!("./spec/with_two_methods_of_one_name");

fn main() {}
