ottpay::actions!("./spec/that_is_not_yaml");

fn main() {}
