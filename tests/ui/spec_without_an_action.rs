ottpay::actions!("./spec/without_an_action");

fn main() {}
