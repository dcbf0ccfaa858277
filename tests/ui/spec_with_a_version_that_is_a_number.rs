ottpay::actions!("./spec/with_a_version_that_is_a_number");

fn main() {}
