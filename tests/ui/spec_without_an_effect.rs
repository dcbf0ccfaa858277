ottpay::actions!("./spec/without_an_effect");

fn main() {}
