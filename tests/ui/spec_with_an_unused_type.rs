ottpay::actions!("./spec/with_an_unused_type");

fn main() {}
