ottpay::actions!("./spec/that_is_nested_too_deep");

fn main() {}
