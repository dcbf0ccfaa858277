ottpay::actions!("./spec/with_an_unknown_callback");

fn main() {}
