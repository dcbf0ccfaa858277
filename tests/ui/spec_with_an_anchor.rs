ottpay::actions!("./spec/with_an_anchor");

fn main() {}
