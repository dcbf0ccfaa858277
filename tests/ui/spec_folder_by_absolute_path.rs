ottpay::actions!("/spec");

fn main() {}
