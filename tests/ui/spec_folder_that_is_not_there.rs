ottpay::actions!("./nowhere");

fn main() {}
