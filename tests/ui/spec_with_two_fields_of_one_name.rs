ottpay::actions!("./spec/with_two_fields_of_one_name");

fn main() {}
