ottpay::actions!("./spec/with_a_doubled_key");

fn main() {}
