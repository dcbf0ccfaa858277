ottpay::actions!("./spec/with_an_unknown_type");

fn main() {}
