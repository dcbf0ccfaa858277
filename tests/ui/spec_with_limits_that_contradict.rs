ottpay::actions!("./spec/with_limits_that_contradict");

fn main() {}
