ottpay::actions!("./spec/with_a_contradiction");

fn main() {}
