ottpay::actions!("./spec/with_an_action_twice");

fn main() {}
